package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"countersign/store/ledger"
)

// shell runs the command line and returns its exit code and what it printed.
func shell(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	none := func(string) (string, bool) { return "", false }
	code = run(context.Background(), args, none, &out, &errs)
	return code, out.String(), errs.String()
}

// granted tells a story up to a granted access, and keeps a checkpoint on the
// way.
func granted(t *testing.T) (s *story, checkpoint string) {
	t.Helper()
	s = tellStory(t)
	s.early = tampered(t, s, "")
	s.asks("U0NORA", "GitHub", "member", "168h0m0s", why, "")
	s.presses("U0BOB", s.sees("U0BOB", "AR-000001", "Approve"), "Approve")
	s.sees("U0NORA", "AR-000001", "Granted")
	s.clock.Advance(24 * time.Hour) // past midnight: a checkpoint is posted
	var note string
	s.until("the checkpoint of the day", func() bool {
		post, ok := s.find("U0CLEO", "Ledger checkpoint")
		if ok {
			note = signedNote(t, post.Blocks)
		}
		cp, err := ledger.ParseCheckpoint([]byte(note))
		return err == nil && cp.Size > 5 // the first one is of the start alone
	})
	checkpoint = filepath.Join(t.TempDir(), "checkpoint.txt")
	if err := os.WriteFile(checkpoint, []byte(note), 0o600); err != nil {
		t.Fatal(err)
	}
	return s, checkpoint
}

// signedNote finds the preformatted text of a post, as a reader copies it.
func signedNote(t *testing.T, blocks json.RawMessage) string {
	t.Helper()
	var v any
	if err := json.Unmarshal(blocks, &v); err != nil {
		t.Fatal(err)
	}
	var note string
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			for _, e := range v {
				walk(e)
			}
		case string:
			if strings.Contains(v, "— ") && strings.Contains(v, "/countersign") {
				note = strings.Trim(v, "`\n") + "\n"
			}
		}
	}
	walk(v)
	if note == "" {
		t.Fatalf("no signed note in %s", blocks)
	}
	return note
}

func TestTheAuditTrailPrintsTheVeryBytesThatWereHashed(t *testing.T) {
	s, _ := granted(t)
	code, out, errs := shell(t, "audit", "log", "--json", "--db", s.db)
	if code != exitDone {
		t.Fatalf("exit %d: %s", code, errs)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	for i, line := range lines {
		cut := strings.Index(line, `,"pii":`)
		leaf := line[:cut] + "}"
		var rest struct {
			Seq      int    `json:"seq"`
			LeafHash string `json:"leaf_hash"`
		}
		if err := json.Unmarshal([]byte(line), &rest); err != nil {
			t.Fatalf("line %d: %v", i+1, err)
		}
		sum := sha256.Sum256(append([]byte{0}, leaf...))
		if got := hex.EncodeToString(sum[:]); got != rest.LeafHash || rest.Seq != i+1 {
			t.Errorf("line %d has seq %d and hash %s, want %s", i+1, rest.Seq, got, rest.LeafHash)
		}
	}
	if len(lines) < 10 {
		t.Errorf("%d events, want at least those of the story", len(lines))
	}
	_, out, _ = shell(t, "audit", "log", "--db", s.db, "--person", "nora@acme.example", "--app", "github")
	if !strings.Contains(out, "grant.verified") || strings.Contains(out, "sync.ran") || !strings.Contains(out, why) {
		t.Errorf("Nora's part of the trail about GitHub is:\n%s", out)
	}
}

func TestVerifyFindsWhatWasDoneBehindTheLedger(t *testing.T) {
	s, checkpoint := granted(t)
	key := s.app.key.VerifierKey()
	if code, out, errs := shell(t, "audit", "verify", "--db", s.db, "--key", key, "--checkpoint", checkpoint); code != exitDone || !strings.Contains(out, s.app.key.Fingerprint()) {
		t.Fatalf("the good database: exit %d\n%s%s", code, out, errs)
	}
	if code, out, _ := shell(t, "audit", "verify", "--db", s.db); code != exitDone || !strings.Contains(out, "self-consistent, signer not checked, fingerprint "+s.app.key.Fingerprint()) {
		t.Errorf("without a key: exit %d\n%s", code, out)
	}
	unlock := "DROP TRIGGER events_no_update; DROP TRIGGER events_no_delete; DROP TRIGGER hashes_no_delete;"
	for name, c := range map[string]struct{ sql, says string }{
		"a byte of an event changed":    {unlock + `UPDATE events SET body = CAST(replace(CAST(body AS TEXT), '"success"', '"failure"') AS BLOB) WHERE seq = (SELECT min(seq) FROM events WHERE CAST(body AS TEXT) LIKE '%grant.verified%')`, "was changed"},
		"an event deleted":              {unlock + `DELETE FROM events WHERE seq = 3`, "event 3 is missing"},
		"a grant edited":                {`UPDATE grants SET ends_at = ends_at + 1000000`, "GR-000001 is not as the newest event about it says"},
		"a grant added":                 {`CREATE TEMP TABLE another AS SELECT * FROM grants; UPDATE another SET id = 'GR-000009'; INSERT INTO grants SELECT * FROM another`, "GR-000009 is in the tables but no event made it"},
		"a grant removed":               {`DELETE FROM grants`, "GR-000001 stands in the ledger but not in the tables"},
		"a personal value edited":       {`UPDATE pii SET value = 'Because.' WHERE field = 'justification'`, "does not match its commitment"},
		"somebody's manager edited":     {`UPDATE people SET manager_id = ''`, "is not as the newest event about it says"},
		"a decision by somebody else":   {`DROP TRIGGER decisions_no_update; UPDATE decisions SET person = 'P-000001'`, "AR-000001/1 is not as the newest event about it says"},
		"a stored checkpoint exchanged": {`DROP TRIGGER checkpoints_no_update; UPDATE checkpoints SET note = replace(note, 'acme', 'evil')`, "checkpoint"},
	} {
		t.Run(name, func(t *testing.T) {
			copied := tampered(t, s, c.sql)
			code, out, errs := shell(t, "audit", "verify", "--db", copied, "--key", key, "--checkpoint", checkpoint)
			if code != exitWrong || !strings.Contains(out, c.says) {
				t.Errorf("exit %d, want %d with %q:\n%s%s", code, exitWrong, c.says, out, errs)
			}
		})
	}
}

func TestACutTailIsFoundByAKeptCheckpointAlone(t *testing.T) {
	s, checkpoint := granted(t)
	key := s.app.key.VerifierKey()
	if code, out, _ := shell(t, "audit", "verify", "--db", s.early, "--key", key); code != exitDone {
		t.Errorf("a database put back to an earlier day is consistent in itself, but: exit %d\n%s", code, out)
	}
	code, out, _ := shell(t, "audit", "verify", "--db", s.early, "--key", key, "--checkpoint", checkpoint)
	if code != exitWrong || !strings.Contains(out, "the tail was cut") {
		t.Errorf("exit %d:\n%s", code, out)
	}
}

// tampered copies the story's database and changes the copy with raw SQL.
func tampered(t *testing.T, s *story, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "copy.db")
	db, err := sql.Open("sqlite", "file:"+s.db)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("VACUUM INTO ?", path); err != nil {
		t.Fatal(err)
	}
	copied, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	for _, statement := range strings.Split(text, ";") {
		if _, err := copied.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	return path
}

func TestAWrongKeyIsNotTakenForTheSigner(t *testing.T) {
	s, checkpoint := granted(t)
	other := tellStory(t).app.key.VerifierKey()
	code, out, _ := shell(t, "audit", "verify", "--db", s.db, "--key", other, "--checkpoint", checkpoint)
	if code != exitWrong || !strings.Contains(out, "WRONG") {
		t.Errorf("exit %d\n%s", code, out)
	}
}

func TestCheckNamesEveryProblemWithItsPlace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.yaml")
	text := "organization: {name: Acme, domain: acme.example, timezone: Europe/Berlin}\nslak: {}\nslack: {app_token: \"${A}\", bot_token: \"${B}\"}\napps:\n  - {id: x, name: X, owners: [not-an-address], levels: [{id: a, name: A, provision: {google_group: g@acme.example}, durations: [8x]}]}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, errs := shell(t, "check", "--offline", "--config", path)
	if code != exitWrong {
		t.Errorf("exit %d, want %d", code, exitWrong)
	}
	for _, want := range []string{path + ":2:1: ", path + ":5:", "slak", "not-an-address", "8x"} {
		if !strings.Contains(errs, want) {
			t.Errorf("check does not say %q:\n%s", want, errs)
		}
	}
	if code, out, errs := shell(t, "check", "--offline", "--config", filepath.Join(root, "config.example.yaml")); code != exitDone {
		t.Errorf("the example configuration: exit %d\n%s%s", code, out, errs)
	}
}

func TestAPolicyThatCannotBeReadIsNamedByCheckAndKeepsServeFromStarting(t *testing.T) {
	example, err := os.ReadFile(filepath.Join(root, "config.example.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	policy := filepath.Join(t.TempDir(), "aup.md")
	text := strings.Replace(string(example), `version: "2026-01"}`, `version: "2026-01", file: "`+policy+`"}`, 1)
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	line := 1 + strings.Count(text[:strings.Index(text, policy)], "\n")
	says := func(args ...string) string {
		code, _, errs := shell(t, append(args, "--config", path)...)
		if code != exitWrong {
			t.Errorf("%s: exit %d, want %d", args, code, exitWrong)
		}
		return errs
	}
	missing := fmt.Sprintf("%s:%d:70: policies[0].file: no such file\n", path, line)
	for _, command := range [][]string{{"check", "--offline"}, {"serve"}} {
		if got := says(command...); !strings.Contains(got, missing) {
			t.Errorf("%s says\n%swant %s", command, got, missing)
		}
	}
	if err := os.WriteFile(policy, []byte("Be good."), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, want := says("check", "--offline"), "has 8 characters; a policy has at least 20"; !strings.Contains(got, want) {
		t.Errorf("check says\n%swant %s", got, want)
	}
	if err := os.WriteFile(policy, []byte("Be good to each other, always."), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := shell(t, "check", "--offline", "--config", path); code != exitDone {
		t.Errorf("with a good policy: exit %d\n%s", code, errs)
	}
}

func TestServeRefusesToStartWithoutItsTokens(t *testing.T) {
	code, _, errs := shell(t, "serve", "--config", filepath.Join(root, "config.example.yaml"))
	if code != exitWrong || !strings.Contains(errs, "SLACK_APP_TOKEN") {
		t.Errorf("exit %d: %s", code, errs)
	}
}

func TestBadUsageExitsWithTwoAndHelpWithZero(t *testing.T) {
	for _, args := range [][]string{{"serv"}, {"audit", "log", "--sinc", "1h"}, {"demo", "extra"}} {
		if code, _, errs := shell(t, args...); code != exitUsage || strings.Count(errs, "countersign: ") != 1 {
			t.Errorf("%v: exit %d: %s", args, code, errs)
		}
	}
	for _, args := range [][]string{{}, {"--help"}, {"audit", "--help"}} {
		if code, out, _ := shell(t, args...); code != exitDone || !strings.Contains(out, "Usage") {
			t.Errorf("%v: exit %d: %s", args, code, out)
		}
	}
}

func TestErrorsAreOneLineWithoutControlCharacters(t *testing.T) {
	code, _, errs := shell(t, "audit", "log", "--db", "sqlite:/no/such\x1b[31m\nfile")
	if code != exitWrong || strings.ContainsAny(strings.TrimSuffix(errs, "\n"), "\x1b\n") {
		t.Errorf("exit %d: %q", code, errs)
	}
	if code, _, errs := shell(t, "audit", "log", "--since", "yesterday"); code != exitWrong || !strings.Contains(errs, "--since") {
		t.Errorf("exit %d: %s", code, errs)
	}
}

func TestTheDemoListensOnLoopbackOnly(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:0", "192.0.2.1:80", ":8089", "nonsense"} {
		if code, _, errs := shell(t, "demo", "--addr", addr); code != exitWrong || !strings.Contains(errs, "loopback") {
			t.Errorf("%s: exit %d: %s", addr, code, errs)
		}
	}
}

func TestTheManifestAsksForLeastScopesAndAllCommands(t *testing.T) {
	code, out, _ := shell(t, "manifest")
	var m struct {
		Features struct {
			Commands []struct{ Command string } `json:"slash_commands"`
		}
		OAuth struct {
			Scopes struct{ Bot, User []string }
		} `json:"oauth_config"`
		Settings struct {
			SocketMode bool `json:"socket_mode_enabled"`
		}
	}
	if err := json.Unmarshal([]byte(out), &m); err != nil || code != exitDone {
		t.Fatalf("exit %d: %v", code, err)
	}
	if got := fmt.Sprint(m.Features.Commands); got != "[{/access} {/vendor} {/onboard} {/offboard} {/review} {/audit}]" {
		t.Errorf("commands %s", got)
	}
	if !m.Settings.SocketMode || len(m.OAuth.Scopes.User) > 0 {
		t.Errorf("socket mode %v, user scopes %v", m.Settings.SocketMode, m.OAuth.Scopes.User)
	}
	for _, s := range m.OAuth.Scopes.Bot {
		if strings.HasPrefix(s, "admin") || s == "chat:write.public" || s == "files:read" {
			t.Errorf("the manifest asks for %s", s)
		}
	}
}
