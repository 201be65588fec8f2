package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
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
	"countersign/store/ledger"
)

// The tokens of the company that the binary serves.
const (
	appToken = "xapp-1-A0COUNTER-1234567890-7f3c91d2e4"
	botToken = "xoxb-1234567890-abcdefghij-Vq8r2LmZ0k"
)

// team is the group that GitHub's level Member is given by.
const team = "github-members@acme.example"

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

func TestTheBinaryServesAtTheRealHosts(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the binary")
	}
	binary := filepath.Join(t.TempDir(), "countersign")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	for name, tells := range map[string]func(*company){
		"access is asked for, approved and granted, before and after a clean stop": tellOfACleanStop,
		"a stop in the middle of a change loses nothing":                           func(c *company) { c.tellOfAnEnd(syscall.SIGTERM, false) },
		"an approval outlives a kill before Google heard of it":                    func(c *company) { c.tellOfAnEnd(syscall.SIGKILL, false) },
		"an approval outlives a kill after Google carried it out":                  func(c *company) { c.tellOfAnEnd(syscall.SIGKILL, true) },
		"a lost connection comes back and no secret is logged":                     tellOfALostConnection,
		"Google is reached without a key file":                                     tellOfNoKeyFile,
		"a start that cannot work says why and ends with 1":                        tellOfStartsThatFail,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // the stories wait more than they work
			tells(openCompany(t, binary))
		})
	}
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
		db:     filepath.Join(c.dir, "countersign.db"),
		slack:  fakeslack.New(fakeslack.Options{AppToken: appToken, BotToken: botToken}),
		google: fakegoogle.New(fakegoogle.Options{}),
	}
	d.settle(cfg)
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
			c.t.Logf("%s: %s\n%s%s", args, p.cmd.ProcessState, p.stdout.String(), p.stderr.String())
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
	select {
	case <-p.ended:
	case <-time.After(patience):
		c.t.Fatal("the process did not end")
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

func tellOfACleanStop(c *company) {
	c.starts()
	asked, _ := c.hosts.seen()
	people := slices.Index(asked, "admin.googleapis.com GET /admin/directory/v1/users")
	socket := slices.Index(asked, socketHost+" GET /link/")
	if people < 0 || socket < people {
		c.t.Errorf("the socket was opened before people were read: %q", asked)
	}
	c.approves("U0NORA", "AR-000001")
	c.holds("U0NORA", "AR-000001")
	c.refusesASecond()
	c.announcesItsKey()
	c.asks("U0LENA", "GitHub", "member", "8h0m0s", why, "")
	c.sees("U0BOB", "AR-000002", "Approve")
	c.ends(syscall.SIGTERM)

	c.starts()
	c.presses("U0BOB", c.sees("U0BOB", "AR-000002", "Approve"), "Approve")
	c.holds("U0LENA", "AR-000002")
	c.holds("U0NORA", "AR-000001")
	c.ends(syscall.SIGTERM)
	want := []string{"admin.googleapis.com", "oauth2.googleapis.com", "slack.com", socketHost}
	if got := c.hosts.names(); !slices.Equal(got, want) {
		c.t.Errorf("asked %v, want %v", got, want)
	}
	if _, stray := c.hosts.seen(); len(stray) > 0 {
		c.t.Errorf("asked in the wrong place: %q", stray)
	}
}

// refusesASecond starts another process on the database in use.
func (c *company) refusesASecond() {
	c.t.Helper()
	c.fails(nil, "another process has this database open", "countersign.db.lock")
}

// announcesItsKey compares what version prints with what compliance was told.
func (c *company) announcesItsKey() {
	c.t.Helper()
	var key, fingerprint string
	for line := range strings.Lines(c.prints("version", "--config", "config.yaml")) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ": "); ok && name == "ledger key" {
			key = value
		} else if ok && name == "fingerprint" {
			fingerprint = value
		}
	}
	if _, err := ledger.ParseVerifier(key); err != nil {
		c.t.Errorf("version prints the key %q: %v", key, err)
	}
	if sum := sha256.Sum256([]byte(key)); fingerprint != hex.EncodeToString(sum[:]) {
		c.t.Errorf("version prints the fingerprint %s, the key's is %x", fingerprint, sum)
	}
	c.sees("U0CLEO", "Fingerprint of the ledger key: "+fingerprint)
}

// tellOfAnEnd ends the process while Google is being asked for what was
// approved and acknowledged, and starts it again.
func (c *company) tellOfAnEnd(with syscall.Signal, applied bool) {
	c.starts()
	c.asks("U0NORA", "GitHub", "member", "8h0m0s", why, "")
	card := c.sees("U0BOB", "AR-000001", "Approve")
	arrived := c.hosts.hold(applied)
	c.presses("U0BOB", card, "Approve") // returns with the acknowledgement
	if applied || with == syscall.SIGTERM {
		select {
		case <-arrived:
		case <-time.After(patience):
			c.t.Fatal("Google was not asked")
		}
	}
	c.ends(with)
	if got := c.joined("nora"); applied != (got == 1) {
		c.t.Fatalf("joined %d times before the end, want it carried out: %v", got, applied)
	}
	c.hosts.pass()
	c.starts()
	c.holds("U0NORA", "AR-000001")
	c.ends(syscall.SIGTERM)
}

func tellOfALostConnection(c *company) {
	c.starts()
	c.hosts.refuseSockets(1)
	c.slack.Fail(fakeslack.Fault{Method: "apps.connections.open", Status: 500})
	c.slack.Fail(fakeslack.Fault{Method: "chat.postMessage", Drop: true})
	c.google.Fail(fakegoogle.Fault{Method: "POST", Path: "/admin/directory/v1/groups/*/members", Kind: fakegoogle.Unavailable, Count: 1})
	c.slack.DropConnections()
	c.until("the connection to be lost", func() bool { return c.slack.Connections() == 0 })
	c.until("the connection to come back", func() bool { return c.slack.Connections() == 1 })
	c.approves("U0NORA", "AR-000001")
	c.holds("U0NORA", "AR-000001")
	log := c.ends(syscall.SIGTERM).stderr.String()
	for _, want := range []string{"could not connect to Slack", "status 503"} {
		if !strings.Contains(log, want) {
			c.t.Errorf("the log does not say %q", want)
		}
	}
}

// tellOfNoKeyFile has IAM sign, under the identity that the machine has.
func tellOfNoKeyFile(c *company) {
	machine := filepath.Join(c.dir, "machine.json")
	if err := os.Rename(filepath.Join(c.dir, "service-account.json"), machine); err != nil {
		c.t.Fatal(err)
	}
	target, err := c.google.ServiceAccountKey("https://oauth2.googleapis.com/token")
	if err != nil {
		c.t.Fatal(err)
	}
	var account struct {
		Email string `json:"client_email"`
	}
	if err := json.Unmarshal(target, &account); err != nil {
		c.t.Fatal(err)
	}
	c.rewrites("credentials_file: service-account.json", "impersonate: "+account.Email)
	c.vars["GOOGLE_APPLICATION_CREDENTIALS"] = machine
	c.starts()
	c.approves("U0NORA", "AR-000001")
	c.holds("U0NORA", "AR-000001")
	c.ends(syscall.SIGTERM)
	if got := c.hosts.names(); !slices.Contains(got, "iamcredentials.googleapis.com") {
		c.t.Errorf("asked %v, want IAM among them", got)
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

func tellOfStartsThatFail(c *company) {
	text, err := os.ReadFile(filepath.Join(c.dir, "config.yaml"))
	if err != nil {
		c.t.Fatal(err)
	}
	before, _, _ := strings.Cut(string(text), "${SLACK_APP_TOKEN}")
	line := strings.Count(before, "\n") + 1
	column := len(before) - strings.LastIndex(before, "\n")
	c.fails(map[string]string{"SLACK_APP_TOKEN": ""}, fmt.Sprintf("config.yaml:%d:%d: slack.app_token: ", line, column), "SLACK_APP_TOKEN")
	c.fails(map[string]string{"SLACK_BOT_TOKEN": "xoxb-revoked"}, "invalid_auth")
	stranger, _ := authority(c.t)
	c.writes("stranger.pem", stranger)
	c.fails(map[string]string{"SSL_CERT_FILE": filepath.Join(c.dir, "stranger.pem")}, "certificate signed by unknown authority")
	c.fails(map[string]string{"HTTPS_PROXY": "http://127.0.0.1:1"}, "proxyconnect")
}
