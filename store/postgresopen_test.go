package store_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"countersign/store"
	"countersign/store/postgrestest"
	"countersign/workflows"
)

func TestSeveralProcessesMayOpenOneEmptyPostgreSQLDatabaseAtOnce(t *testing.T) {
	t.Parallel()
	server := postgrestest.Shared(t)
	url := server.URL(t)
	var children []*process
	for range 3 {
		children = append(children, startProcess(t, "open", url))
	}
	for _, c := range children {
		c.wants("ready")
	}
	var opened sync.WaitGroup
	errs := make([]error, 4)
	for _, c := range children {
		c.says("go")
	}
	for i := range errs {
		opened.Go(func() {
			s, err := store.Open(t.Context(), url, store.Options{})
			if err == nil {
				err = errors.Join(s.Update(t.Context(), tellSync), s.Close())
			}
			errs[i] = err
		})
	}
	opened.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
	for _, c := range children {
		c.wants("done")
	}
	d := &pgDatabase{url: url, server: server}
	if r := d.verify(t, store.Expectation{}); r.Wrong != "" || r.Events != 7 {
		t.Errorf("got %d events, wrong: %q; want one of each of seven and nothing", r.Events, r.Wrong)
	}
}

// tellSync appends an event that changes nothing.
func tellSync(tx workflows.Tx) error {
	_, err := tx.Append(workflows.Event{Type: "sync.ran", Actor: workflows.System, Outcome: workflows.Success, Source: "job"})
	return err
}

func TestAPostgreSQLDatabaseThatIsNotOursIsRefusedInPlainWords(t *testing.T) {
	t.Parallel()
	server := postgrestest.Shared(t)
	const foreign, empty = "is the database of another program", "is not a database of Countersign: it is empty, or another program's"
	for what, c := range map[string]struct {
		make        string
		write, read string
	}{
		"an empty one":                     {`SELECT 1`, "", empty},
		"another program's":                {`CREATE TABLE songs (x int)`, foreign, empty},
		"one with a table named like ours": {`CREATE TABLE events (x int)`, foreign, empty},
		"one with River's jobs alone":      {`CREATE TABLE river_job (x int)`, foreign, empty},
	} {
		url := server.URL(t)
		server.Exec(t, url, c.make)
		if r, err := store.OpenReader(t.Context(), url); err == nil {
			closeIt(t, r)
			t.Errorf("%s was opened for reading", what)
		} else if !strings.Contains(err.Error(), c.read) || strings.Contains(err.Error(), "SQLSTATE") {
			t.Errorf("%s: got error %q, want it to say %q", what, err, c.read)
		}
		if c.write == "" {
			continue
		}
		if s, err := store.Open(t.Context(), url, store.Options{}); err == nil {
			closeIt(t, s)
			t.Errorf("%s was opened", what)
		} else if !strings.Contains(err.Error(), c.write) {
			t.Errorf("%s: got error %q, want it to say %q", what, err, c.write)
		}
		if err := server.Try(t, url, `SELECT 1 FROM ledger_head`); err == nil {
			t.Errorf("%s: our tables were put into it", what)
		}
	}
}

func TestAPostgreSQLDatabaseOfANewerVersionIsRefused(t *testing.T) {
	t.Parallel()
	d, _ := newPGHistory(t)
	d.server.Exec(t, d.url, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, true)`)
	s, err := store.Open(t.Context(), d.url, store.Options{Key: d.key, Origin: origin})
	if err == nil {
		closeIt(t, s)
		t.Fatal("a database of a newer version was opened")
	}
	if want := "the database is of version 99"; !strings.Contains(err.Error(), want) {
		t.Errorf("got error %q, want it to say %q", err, want)
	}
}

func TestAPostgreSQLDatabaseThatCannotKeepEveryTextIsRefused(t *testing.T) {
	t.Parallel()
	server := postgrestest.Shared(t)
	url := server.URL(t)
	server.Exec(t, url, `CREATE DATABASE latin ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0`)
	_, settings, _ := strings.Cut(url, "?")
	s, err := store.Open(t.Context(), "postgres://tester@/latin?"+settings, store.Options{})
	if err == nil {
		closeIt(t, s)
		t.Fatal("it was opened")
	}
	if want := "encoding LATIN1, it must be UTF8"; !strings.Contains(err.Error(), want) {
		t.Errorf("got error %q, want it to say %q", err, want)
	}
}

func TestNoErrorAndNoLogHoldsThePasswordOfPostgreSQL(t *testing.T) {
	t.Parallel()
	server := postgrestest.Shared(t)
	url := server.URL(t)
	const secret = "hunter2hunter2"
	server.Exec(t, url, `CREATE ROLE `+postgrestest.Guarded+` LOGIN PASSWORD 'another'`)
	socket := url[strings.Index(url, "?host=")+len("?host="):]
	for what, at := range map[string]string{
		"a wrong password":          strings.Replace(url, "tester@", postgrestest.Guarded+":"+secret+"@", 1),
		"a wrong password apart":    strings.Replace(url, "tester@", postgrestest.Guarded+"@", 1) + "&password=" + secret,
		"a database that is not":    "postgres://tester:" + secret + "@/nowhere?host=" + socket,
		"a host that is down":       "postgres://u:" + secret + "@127.0.0.1:1/d",
		"a host that is not":        "postgresql://u:" + secret + "@/d?host=/nowhere",
		"a port that is none":       "postgres://u:" + secret + "@host:port/d",
		"a password cut short":      "postgres://u:" + secret + "%@host/d",
		"a setting that is none":    "postgres://u:" + secret + "@host/d?sslmode=" + secret,
		"a pool that is none":       "postgres://u:" + secret + "@host/d?pool_max_conns=" + secret,
		"settings instead of a URL": "host=h user=u password=" + secret,
		"another database's scheme": "mysql://u:" + secret + "@host/d",
	} {
		var log bytes.Buffer
		o := store.Options{Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
		_, err := store.Open(t.Context(), at, o)
		_, err2 := store.OpenReader(t.Context(), at)
		if err == nil || err2 == nil {
			t.Errorf("%s: it was opened", what)
		}
		for _, said := range []string{errors.Join(err, err2).Error(), log.String()} {
			if strings.Contains(said, secret) {
				t.Errorf("%s: the password stands in %q", what, said)
			}
		}
	}
}

func TestAPasswordIsTakenFromTheAddressOfPostgreSQL(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	url := server.URL(t)
	server.Exec(t, url, `CREATE ROLE `+postgrestest.Guarded+` SUPERUSER LOGIN PASSWORD 'p@ss:w/rd'`)
	s, err := store.Open(context.Background(), strings.Replace(url, "tester@", postgrestest.Guarded+":p%40ss%3Aw%2Frd@", 1), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	update(t, s, tellSync)
	closeIt(t, s)
}
