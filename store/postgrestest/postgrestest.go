// Package postgrestest runs a PostgreSQL server for tests.
package postgrestest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Server is a PostgreSQL server with a cluster of its own. It is reached through
// a socket file alone.
type Server struct {
	dir       string
	databases atomic.Int32
}

// Start runs a server until the end of the test. Its language is English, so
// that text which is left to the server comes in another order than in SQLite.
// Without PostgreSQL's programs the test is skipped; where COUNTERSIGN_CI is set
// it fails.
func Start(t testing.TB) *Server {
	t.Helper()
	bin := programs(t)
	dir, err := os.MkdirTemp("", "countersign-pg-") // a socket's path may have a hundred bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	s := &Server{dir: dir}
	as := servant(t, dir)
	data := filepath.Join(dir, "data")
	s.run(t, as, filepath.Join(bin, "initdb"), "-D", data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale-provider=icu", "--icu-locale=en-US", "--locale=C.UTF-8")
	ctl := filepath.Join(bin, "pg_ctl")
	s.run(t, as, ctl, "start", "-w", "-D", data, "-l", filepath.Join(dir, "log"),
		"-o", "-k "+dir+" -c listen_addresses= -c fsync=off -c max_connections=400 -c shared_buffers=32MB")
	t.Cleanup(func() { s.run(t, as, ctl, "stop", "-w", "-D", data, "-m", "immediate") })
	return s
}

// URL makes an empty database and returns its address.
func (s *Server) URL(t testing.TB) string {
	t.Helper()
	return s.Copy(t, s.url("template0"))
}

// Copy makes a copy of a database that nobody uses and returns its address.
func (s *Server) Copy(t testing.TB, of string) string {
	t.Helper()
	at, err := pgx.ParseConfig(of)
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("test%d", s.databases.Add(1))
	s.Exec(t, s.url("postgres"), "CREATE DATABASE "+name+" TEMPLATE "+at.Database)
	return s.url(name)
}

func (s *Server) url(database string) string {
	return "postgres://tester@/" + database + "?host=" + s.dir
}

// Exec runs statements in a database, as somebody would who has its address and
// not the program. It fails the test at the first that fails.
func (s *Server) Exec(t testing.TB, url string, statements ...string) {
	t.Helper()
	if err := s.Try(t, url, statements...); err != nil {
		t.Fatal(err)
	}
}

// Try is Exec that returns the error of the first statement that fails.
func (s *Server) Try(t testing.TB, url string, statements ...string) (err error) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := conn.Close(ctx); err != nil {
			t.Error(err)
		}
	}()
	for _, text := range statements {
		if _, err := conn.Exec(ctx, text); err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
	}
	return nil
}

// programs finds where PostgreSQL's programs lie: Debian keeps them out of the
// path.
func programs(t testing.TB) string {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	slices.SortFunc(found, func(a, b string) int { return version(b) - version(a) })
	if path, err := exec.LookPath("initdb"); err == nil {
		found = append(found, path)
	}
	if len(found) > 0 {
		return filepath.Dir(found[0])
	}
	if os.Getenv("COUNTERSIGN_CI") != "" {
		t.Fatal("PostgreSQL is not installed, and this machine promised it")
	}
	t.Skip("needs PostgreSQL's initdb, which is not installed")
	return ""
}

// version is the main version in a path of Debian's.
func version(path string) int {
	n, _ := strconv.Atoi(strings.Split(path, "/")[4])
	return n
}

// servant is who the server runs as: PostgreSQL refuses to be root.
func servant(t testing.TB, dir string) *syscall.Credential {
	t.Helper()
	if os.Getuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		u, err = user.Lookup("nobody")
	}
	if err != nil {
		t.Fatalf("PostgreSQL does not run as root, and there is nobody else: %v", err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	if err := os.Chown(dir, uid, gid); err != nil {
		t.Fatal(err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

func (s *Server) run(t testing.TB, as *syscall.Credential, name string, args ...string) {
	t.Helper()
	c := exec.Command(name, args...)
	c.Dir = s.dir
	c.SysProcAttr = &syscall.SysProcAttr{Credential: as}
	out, err := os.CreateTemp(s.dir, "out") // a pipe would be kept open by the server
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = out.Close() }()
	c.Stdout, c.Stderr = out, out
	if err := c.Run(); err != nil {
		said, _ := os.ReadFile(out.Name())
		t.Fatalf("%s: %v\n%s", filepath.Base(name), err, said)
	}
}
