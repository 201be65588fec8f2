package bot

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"

	"countersign/bot/fakeslack"
	"countersign/workflows"
)

func TestMembersAreReadToTheLastPage(t *testing.T) {
	w := posting(t)
	for i := range memberPage + 10 {
		w.AddUser(fakeslack.User{Name: fmt.Sprintf("user%d", i), RealName: "Somebody"})
	}
	w.AddUser(fakeslack.User{Name: "guest", IsGuest: true})
	w.AddUser(fakeslack.User{Name: "stranger", Stranger: true})
	w.AddUser(fakeslack.User{Name: "other", TeamID: "T0OTHER"})
	w.AddUser(fakeslack.User{Name: "gone", Deleted: true})
	got, reading, err := w.bot.Members(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(w.Users())+1 || reading.Rows != len(got) || reading.Pages != 2 {
		t.Errorf("read %d members, %+v, want %d and Slackbot on 2 pages", len(got), reading, len(w.Users()))
	}
	want := map[string]workflows.PersonKind{
		"guest": workflows.KindGuest, "stranger": workflows.KindOutsider, "other": workflows.KindOutsider,
		"countersign": workflows.KindBot, "ana": workflows.KindMember,
	}
	for _, u := range w.Users() {
		i := slices.IndexFunc(got, func(m workflows.Member) bool { return m.ChatID == u.ID })
		if kind, ok := want[u.Name]; ok && (i < 0 || got[i].Kind != kind) {
			t.Errorf("%s is %+v, want a %s", u.Name, got[i], kind)
		}
		if i < 0 || got[i].Deleted != u.Deleted || got[i].Email != strings.ToLower(u.Email) {
			t.Errorf("%s was read wrongly: %d", u.Name, i)
		}
	}
}

func TestPatienceWaitsAsLongAsSlackAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun, tries := time.Now(), 0
		err := patiently(t.Context(), func() error {
			if tries++; tries < 3 {
				return fmt.Errorf("list: %w", &slack.RateLimitedError{RetryAfter: 30 * time.Second})
			}
			return nil
		})
		if err != nil || time.Since(begun) != time.Minute {
			t.Errorf("waited %v, %v, want 1m", time.Since(begun), err)
		}
		err = patiently(t.Context(), func() error { return &slack.RateLimitedError{RetryAfter: time.Second} })
		if err == nil {
			t.Error("patience has no end")
		}
	})
}

func TestAListingThatBreaksOffIsNoListing(t *testing.T) {
	w := posting(t)
	w.Fail(fakeslack.Fault{Method: "users.list", Error: "internal_error"})
	if got, _, err := w.bot.Members(t.Context()); err == nil || got != nil {
		t.Errorf("Members: %d, %v, want an error", len(got), err)
	}
}

func TestAnUnknownMemberIsNotFound(t *testing.T) {
	w := posting(t)
	if _, err := w.bot.Member(t.Context(), "U0NOBODY00"); !errors.Is(err, workflows.ErrNotFound) {
		t.Errorf("Member: %v, want not found", err)
	}
	m, err := w.bot.Member(t.Context(), w.ana.ID)
	if want := (workflows.Member{ChatID: w.ana.ID, Email: "ana@acme.example", Name: "Ana Lopez", Kind: workflows.KindMember}); err != nil || m != want {
		t.Errorf("Member: %+v, %v, want %+v", m, err, want)
	}
}

func TestSlackbotIsNoPerson(t *testing.T) {
	if got := kind(slack.User{ID: slackbot}, "T1"); got != workflows.KindBot {
		t.Errorf("kind is %s, want %s", got, workflows.KindBot)
	}
}

func TestOpenJoinsPublicChannels(t *testing.T) {
	w := posting(t)
	for _, c := range w.Channels(w.ana.ID) {
		if c.ID == w.requests.ID && !slices.Contains(c.Members, w.bot.workspace().user) {
			t.Errorf("members are %v, want the bot among them", c.Members)
		}
	}
	if w.bot.Team() == "" {
		t.Error("the team is not known")
	}
}

func TestOpenTakesAChannelByItsId(t *testing.T) {
	w := newWorld(t)
	b := w.newBot(Config{Channels: map[string]string{"requests": w.requests.ID}})
	if err := b.Open(t.Context()); err != nil || b.workspace().channels["requests"] != w.requests.ID {
		t.Errorf("Open: %v, %+v", err, b.workspace())
	}
}

func TestOpenNamesEveryChannelThatDoesNotFit(t *testing.T) {
	w := newWorld(t)
	w.AddChannel(fakeslack.Channel{Name: "shared", Shared: true})
	w.AddChannel(fakeslack.Channel{Name: "old", Archived: true})
	w.AddChannel(fakeslack.Channel{Name: "open-people"})
	err := w.newBot(Config{Channels: map[string]string{
		"requests": "shared", "vendors": "old", "people": "open-people", "compliance": "nowhere",
	}}).Open(t.Context())
	for _, want := range []string{"shared with another company", "it is archived", "must be private", "no such channel"} {
		if !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("Open: %v, want %q", err, want)
		}
	}
}

func TestThePeopleChannelMustBePrivateAndOurs(t *testing.T) {
	w := newWorld(t)
	w.AddChannel(fakeslack.Channel{Name: "people-in", Private: true, Members: []string{"U0BOT"}})
	w.AddChannel(fakeslack.Channel{Name: "people-out", Private: true, Members: []string{w.ana.ID}})
	w.AddChannel(fakeslack.Channel{ID: "C0PRIVATE1", Name: "people-id", Private: true, Members: []string{w.ana.ID}})
	w.AddChannel(fakeslack.Channel{Name: "people-public", Members: []string{"U0BOT"}})
	w.AddChannel(fakeslack.Channel{Name: "people-shared", Private: true, Shared: true, Members: []string{"U0BOT"}})
	for channel, want := range map[string]string{
		"people-in":     "",
		"people-out":    "invite the app to #people-out",
		"C0PRIVATE1":    "invite the app to C0PRIVATE1",
		"people-public": "does not start while #people-public is public",
		"people-shared": "shared with another company",
	} {
		err := w.newBot(Config{Channels: map[string]string{workflows.ChannelPeople: channel}}).Open(t.Context())
		if want == "" && err != nil || want != "" && (!Lasting(err) || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v is lasting %t, want %q", channel, err, Lasting(err), want)
		}
	}
}

func TestOpenNeedsAGoodToken(t *testing.T) {
	w := newWorld(t)
	w.Fail(fakeslack.Fault{Method: "auth.test", Error: "invalid_auth"})
	if err := w.bot.Open(t.Context()); slackCode(err) != "invalid_auth" {
		t.Errorf("Open: %v, want invalid_auth", err)
	}
}

func TestTheManifestIsAsRecorded(t *testing.T) {
	raw, err := Manifest()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "manifest", json.RawMessage(raw))
}

func TestTheManifestKeepsSlacksLimits(t *testing.T) {
	for _, c := range slashCommands {
		if len(c.name) > 32 || len(c.hint) > 1000 || len(c.does) > 2000 {
			t.Errorf("%s is too long", c.name)
		}
	}
	if !slices.IsSorted(scopes) {
		t.Errorf("scopes are not in order: %v", scopes)
	}
}

func TestTextIsCutBetweenCharacters(t *testing.T) {
	for _, c := range []struct {
		in   string
		most int
		want string
	}{
		{"short", 5, "short"}, {"longer", 5, "long…"}, {"ééééé", 4, "ééé…"}, {"👩👩👩", 5, "👩👩…"}, {"", 3, ""},
	} {
		if got := cut(c.in, c.most); got != c.want {
			t.Errorf("cut(%q, %d) = %q, want %q", c.in, c.most, got, c.want)
		}
	}
}

func TestPiecesAreTheTextAgain(t *testing.T) {
	for _, s := range []string{"", "one", strings.Repeat("a", 95), strings.Repeat("word & word ", 30), strings.Repeat("👩‍🔧", 40)} {
		got := pieces(s, 20, escapedWidth)
		if joined := strings.Join(got, ""); strings.TrimSpace(joined) != strings.TrimSpace(s) {
			t.Errorf("pieces of %q are %q", s, got)
		}
		for _, p := range got {
			if n := width(p, escapedWidth); n > 20 {
				t.Errorf("a piece has %d characters: %q", n, p)
			}
		}
	}
}
