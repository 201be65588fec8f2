// Package postgrestest runs a PostgreSQL server for tests.
package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Server is a PostgreSQL server with a cluster of its own. It is reached through
// a socket file alone.
type Server struct {
	dir       string
	bin       string
	as        *syscall.Credential
	databases atomic.Int32
}

// Guarded is the one role whose password is asked for. Nobody makes it but a test
// that needs it.
const Guarded = "guarded"

// Start runs a server until the end of the test. Its language is English, so
// that text which is left to the server comes in another order than in SQLite.
// Without PostgreSQL's programs the test is skipped; where COUNTERSIGN_CI is set
// it fails.
func Start(t testing.TB) *Server {
	t.Helper()
	s, err := launch(programs(t))
	t.Cleanup(func() {
		if err := s.remove(); err != nil {
			t.Error(err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The server that the tests of a package share.
var shared struct {
	once   sync.Once
	server *Server
	err    error
}

// Shared is the server that all tests of a package may use, begun by the first
// of them and ended by Main, which the package's TestMain must call.
func Shared(t testing.TB) *Server {
	t.Helper()
	bin := programs(t)
	shared.once.Do(func() { shared.server, shared.err = launch(bin) })
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.server
}

// Main runs the tests of a package and ends the server that they shared. It
// returns the exit code.
func Main(m *testing.M) int {
	code := m.Run()
	if shared.server == nil {
		return code
	}
	if err := shared.server.remove(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return max(code, 1)
	}
	return code
}

// launch makes a cluster and runs a server on it. What it returns is to be
// removed, with an error too.
func launch(bin string) (*Server, error) {
	dir, err := os.MkdirTemp("", "countersign-pg-") // a socket's path may have a hundred bytes
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir, bin: bin}
	if s.as, err = servant(dir); err != nil {
		return s, err
	}
	if err := s.run("initdb", "-D", s.data(), "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale-provider=icu", "--icu-locale=en-US", "--locale=C.UTF-8"); err != nil {
		return s, err
	}
	rules := "local all " + Guarded + " scram-sha-256\nlocal all all trust\n"
	if err := os.WriteFile(filepath.Join(s.data(), "pg_hba.conf"), []byte(rules), 0o600); err != nil {
		return s, err
	}
	return s, s.begin()
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) begin() error {
	return s.run("pg_ctl", "start", "-w", "-D", s.data(), "-l", filepath.Join(s.dir, "log"),
		"-o", "-k "+s.dir+" -c listen_addresses= -c fsync=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 -c autovacuum=off -c max_connections=400 -c shared_buffers=32MB")
}

func (s *Server) end() error {
	return s.run("pg_ctl", "stop", "-w", "-D", s.data(), "-m", "immediate")
}

// remove ends the server and removes its cluster.
func (s *Server) remove() (err error) {
	if s == nil {
		return nil
	}
	if _, running := os.Stat(filepath.Join(s.data(), "postmaster.pid")); running == nil {
		err = s.end()
	}
	return errors.Join(err, os.RemoveAll(s.dir))
}

// Stop ends the server at once, as when its machine fails. Only a server of the
// test's own may be stopped.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	if err := s.end(); err != nil {
		t.Fatal(err)
	}
}

// Restart begins a stopped server again, which recovers what was committed.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	if err := s.begin(); err != nil {
		t.Fatal(err)
	}
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
func servant(dir string) (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		u, err = user.Lookup("nobody")
	}
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL does not run as root, and there is nobody else: %w", err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, os.Chown(dir, uid, gid)
}

// run runs one of PostgreSQL's programs.
func (s *Server) run(name string, args ...string) error {
	c := exec.Command(filepath.Join(s.bin, name), args...)
	c.Dir = s.dir
	c.SysProcAttr = &syscall.SysProcAttr{Credential: s.as}
	out, err := os.CreateTemp(s.dir, "out") // a pipe would be kept open by the server
	if err != nil {
		return err
	}
	defer func() { _ = out.Close() }()
	c.Stdout, c.Stderr = out, out
	if err := c.Run(); err != nil {
		said, _ := os.ReadFile(out.Name())
		return fmt.Errorf("%s: %w\n%s", name, err, said)
	}
	return nil
}
