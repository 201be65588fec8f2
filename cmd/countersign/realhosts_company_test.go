package main

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"countersign/bot/fakeslack"
	"countersign/cmd/countersign/config"
	"countersign/provisioners/googleworkspace/fakegoogle"
)

// The tokens of the company that the binary serves.
const (
	appToken = "xapp-1-A0COUNTER-1234567890-7f3c91d2e4"
	botToken = "xoxb-1234567890-abcdefghij-Vq8r2LmZ0k"
)

// company is a story whose product is the built binary in a process of its own,
// on the example configuration as it is, reaching Slack and Google by their
// names.
type company struct {
	*story
	binary string
	dir    string // where it runs: configuration, database and keys
	hosts  *hosts
	vars   map[string]string
	live   *process
}

// process is one run of the binary.
type process struct {
	cmd            *exec.Cmd
	stdout, stderr bytes.Buffer  // to be read after the end
	ended          chan struct{} // closed at its end
}

// openCompany makes the emulators, their hosts, and a folder to serve from.
func openCompany(t *testing.T, binary string) *company {
	t.Helper()
	example, err := os.ReadFile(filepath.Join(root, "config.example.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	cfg, problems := config.Parse("config.yaml", example, func(string) (string, bool) { return "set", true })
	if cfg == nil || problems.Fatal() {
		t.Fatal(problems)
	}
	c := &company{binary: binary, dir: t.TempDir()}
	d := &demo{
		clock:  &demoClock{},
		db:     filepath.Join(c.dir, "countersign.db"),
		slack:  fakeslack.New(fakeslack.Options{AppToken: appToken, BotToken: botToken}),
		google: fakegoogle.New(fakegoogle.Options{}),
	}
	if err := d.settle(cfg); err != nil {
		t.Fatal(err)
	}
	c.story = &story{demo: d, t: t, ctx: t.Context()}
	c.hosts = openHosts(t, d.slack, d.google)
	key, err := d.google.ServiceAccountKey("https://oauth2.googleapis.com/token")
	if err != nil {
		t.Fatal(err)
	}
	c.writes("config.yaml", example)
	c.writes("service-account.json", key)
	c.writes("ca.pem", c.hosts.ca)
	c.vars = map[string]string{
		"PATH": os.Getenv("PATH"), "HOME": c.dir, "HTTPS_PROXY": c.hosts.proxy, "SSL_CERT_FILE": filepath.Join(c.dir, "ca.pem"),
		"SLACK_APP_TOKEN": appToken, "SLACK_BOT_TOKEN": botToken,
	}
	return c
}

func (c *company) writes(name string, content []byte) {
	c.t.Helper()
	if err := os.WriteFile(filepath.Join(c.dir, name), content, 0o600); err != nil {
		c.t.Fatal(err)
	}
}

// runs starts the binary. Vars stand in the place of the company's own.
func (c *company) runs(vars map[string]string, args ...string) *process {
	c.t.Helper()
	all := maps.Clone(c.vars)
	maps.Copy(all, vars)
	p := &process{cmd: exec.CommandContext(context.WithoutCancel(c.ctx), c.binary, args...), ended: make(chan struct{})}
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = c.dir, &p.stdout, &p.stderr
	for name, value := range all {
		p.cmd.Env = append(p.cmd.Env, name+"="+value)
	}
	if err := p.cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait() // the exit code stays in ProcessState
		close(p.ended)
	}()
	c.t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.ended
		if c.t.Failed() {
			c.t.Logf("%s: %s\n%s", args, p.cmd.ProcessState, p.stderr.String())
		}
	})
	return p
}

// starts serves, and waits until Slack has a connection to it.
func (c *company) starts() {
	c.t.Helper()
	c.live = c.runs(nil, "serve", "--config", "config.yaml")
	late := time.After(patience)
	for {
		changed := c.slack.Changed()
		if c.slack.Connections() == 1 {
			return
		}
		select {
		case <-changed:
		case <-c.live.ended:
			c.t.Fatalf("serve ended before it connected: %s", c.live.stderr.String())
		case <-late:
			c.t.Fatal("serve did not connect")
		}
	}
}

// ends sends the serving process a signal, and waits for its end and for Slack
// to notice it.
func (c *company) ends(with syscall.Signal) *process {
	c.t.Helper()
	p := c.live
	if err := p.cmd.Process.Signal(with); err != nil {
		c.t.Fatal(err)
	}
	c.finishes(p)
	if code := p.cmd.ProcessState.ExitCode(); with == syscall.SIGTERM && code != exitDone {
		c.t.Errorf("exit code %d after SIGTERM, want %d", code, exitDone)
	}
	c.until("the connection to end", func() bool { return c.slack.Connections() == 0 })
	c.logsAreCleanJSON(p)
	return p
}

func (c *company) finishes(p *process) {
	c.t.Helper()
	c.awaits(p.ended, "the process to end")
}

func (c *company) awaits(done <-chan struct{}, what string) {
	c.t.Helper()
	select {
	case <-done:
	case <-time.After(patience):
		c.t.Fatalf("waited in vain for %s", what)
	}
}

// prints runs a command of the binary that has to succeed, and returns its
// output.
func (c *company) prints(args ...string) string {
	c.t.Helper()
	p := c.runs(nil, args...)
	c.finishes(p)
	if code := p.cmd.ProcessState.ExitCode(); code != exitDone {
		c.t.Fatalf("%s: exit code %d, want %d", args, code, exitDone)
	}
	return p.stdout.String()
}

// logsAreCleanJSON reads a log line by line and looks for secrets in it.
func (c *company) logsAreCleanJSON(p *process) {
	c.t.Helper()
	if p.stderr.Len() == 0 {
		c.t.Error("nothing was logged")
	}
	for line := range strings.Lines(p.stderr.String()) {
		var entry struct{ Time, Level, Msg string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil || entry.Time == "" || entry.Level == "" || entry.Msg == "" {
			c.t.Errorf("not a log line: %s", line)
		}
	}
	c.keepsSecrets(p)
}

func (c *company) keepsSecrets(p *process) {
	c.t.Helper()
	for _, secret := range []string{appToken, botToken, "ticket=", "/response/", "ya29.", "PRIVATE KEY", "assertion"} {
		if strings.Contains(p.stdout.String()+p.stderr.String(), secret) {
			c.t.Errorf("%q is in the output:\n%s%s", secret, p.stdout.String(), p.stderr.String())
		}
	}
}

// approves has a person ask for GitHub and its owner approve, and returns once
// Slack has the acknowledgement.
func (c *company) approves(user, record string) {
	c.t.Helper()
	c.asks(user, "GitHub", "member", "8h0m0s", why, "")
	c.presses("U0BOB", c.sees("U0BOB", record, "Approve"), "Approve")
}

// joined counts how often somebody was made a member of GitHub's group.
func (c *company) joined(handle string) (n int) {
	for _, e := range c.google.Log() {
		if e.Text == handle+"@acme.example joined "+team {
			n++
		}
	}
	return n
}

// holds checks what is to be true of a granted request in the end, the ledger
// with the commands of the binary.
func (c *company) holds(user, record string) {
	c.t.Helper()
	c.sees(user, record, "Granted", "Ends by itself")
	handle := strings.ToLower(strings.TrimPrefix(user, "U0"))
	if !c.member(team, handle) || c.joined(handle) != 1 {
		c.t.Errorf("%s: member %v, joined %d times, want once", user, c.member(team, handle), c.joined(handle))
	}
	key := strings.TrimPrefix(strings.Split(c.prints("version", "--config", "config.yaml"), "\n")[2], "ledger key: ")
	if out := c.prints("audit", "verify", "--db", "sqlite:"+c.db, "--key", key); !strings.Contains(out, "verified; signer checked") {
		c.t.Errorf("verify says %s", out)
	}
	var types []string
	for line := range strings.Lines(c.prints("audit", "log", "--json", "--db", c.db)) {
		var e struct {
			Type       string
			WorkflowID string `json:"workflow_id"`
		}
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			c.t.Fatal(err)
		}
		if e.WorkflowID == record {
			types = append(types, e.Type)
		}
	}
	want := []string{"access_request.created", "access_request.approved", "grant.started", "grant.provisioned", "grant.verified"}
	if !slices.Equal(types, want) {
		c.t.Errorf("%s: events %v, want %v", record, types, want)
	}
}

// rewrites changes a piece of the configuration.
func (c *company) rewrites(from, to string) {
	c.t.Helper()
	text, err := os.ReadFile(filepath.Join(c.dir, "config.yaml"))
	if err != nil || !bytes.Contains(text, []byte(from)) {
		c.t.Fatalf("no %q in the configuration: %v", from, err)
	}
	c.writes("config.yaml", bytes.Replace(text, []byte(from), []byte(to), 1))
}

// fails runs serve where it has to end with 1 and say texts on standard error.
func (c *company) fails(vars map[string]string, texts ...string) {
	c.t.Helper()
	p := c.runs(vars, "serve", "--config", "config.yaml")
	c.finishes(p)
	if code := p.cmd.ProcessState.ExitCode(); code != exitWrong {
		c.t.Errorf("exit code %d with %v, want %d", code, vars, exitWrong)
	}
	for _, text := range texts {
		if !strings.Contains(p.stderr.String(), text) {
			c.t.Errorf("with %v it says %q, want %q", vars, p.stderr.String(), text)
		}
	}
	if got := strings.Count(p.stderr.String(), "\n"); got != 1 || p.stdout.Len() > 0 {
		c.t.Errorf("%d lines on standard error, want 1, and none on standard output:\n%s%s", got, p.stderr.String(), p.stdout.String())
	}
	c.keepsSecrets(p)
}
