package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"countersign/bot/fakeslack"
	"countersign/provisioners/googleworkspace/fakegoogle"
	"countersign/store/ledger"
)

// team is the group that GitHub's level Member is given by.
const team = "github-members@acme.example"

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
		"a stop while people are read for the first time ends with 0":              tellOfAnEarlyStop,
		"a start goes on with the people known before":                             tellOfAStartWithoutGoogle,
		"a start without Slack goes on by itself and connects later":               tellOfAStartWithoutSlack,
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

func tellOfACleanStop(c *company) {
	c.starts()
	asked, _ := c.hosts.seen()
	people := slices.IndexFunc(asked, ofPeople)
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
	arrived := c.hosts.hold(applied, ofMembership)
	c.presses("U0BOB", card, "Approve") // returns with the acknowledgement
	if applied || with == syscall.SIGTERM {
		c.awaits(arrived, "Google to be asked")
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

// tellOfAnEarlyStop stops the process before it listens.
func tellOfAnEarlyStop(c *company) {
	arrived := c.hosts.hold(false, ofPeople)
	c.live = c.runs(nil, "serve", "--config", "config.yaml")
	c.awaits(arrived, "the directory to be read")
	c.ends(syscall.SIGTERM)
}

func tellOfAStartWithoutGoogle(c *company) {
	c.starts()
	c.asks("U0NORA", "GitHub", "member", "8h0m0s", why, "")
	c.sees("U0BOB", "AR-000001", "Approve")
	c.ends(syscall.SIGTERM)
	c.google.Fail(fakegoogle.Fault{Kind: fakegoogle.Unavailable, Count: -1})
	c.starts()
	c.presses("U0BOB", c.sees("U0BOB", "AR-000001", "Approve"), "Approve")
	c.sees("U0NORA", "AR-000001", "Approved by Bob Tran")
	c.google.Heal()
	c.holds("U0NORA", "AR-000001")
	if log := c.ends(syscall.SIGTERM).stderr.String(); !strings.Contains(log, "last known copy") {
		c.t.Errorf("the log does not say that people could not be read:\n%s", log)
	}
}

func tellOfAStartWithoutSlack(c *company) {
	c.starts()
	c.asks("U0NORA", "GitHub", "member", "8h0m0s", why, "")
	c.sees("U0BOB", "AR-000001", "Approve")
	c.ends(syscall.SIGTERM)
	c.slack.Fail(fakeslack.Fault{Method: "auth.test", Status: 503, Count: 4})
	c.starts()
	c.presses("U0BOB", c.sees("U0BOB", "AR-000001", "Approve"), "Approve")
	c.holds("U0NORA", "AR-000001")
	log := c.ends(syscall.SIGTERM).stderr.String()
	for _, want := range []string{"going on with what is known", "Slack is reached"} {
		if !strings.Contains(log, want) {
			c.t.Errorf("the log does not say %q:\n%s", want, log)
		}
	}
}
