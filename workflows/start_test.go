package workflows_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/store/ledger"
	"countersign/workflows"
)

// notices are the plain messages in the compliance channel that are about this,
// oldest first.
func (h *company) notices(about string) (out []workflows.CardView) {
	h.t.Helper()
	posts := h.slack.all()
	slices.SortFunc(posts, func(a, b post) int { return int(a.card.ID - b.card.ID) })
	for _, p := range posts {
		if p.card.Kind == workflows.CardNotice && p.card.Channel == workflows.ChannelCompliance && strings.HasPrefix(p.card.Record, about) {
			out = append(out, p.view)
		}
	}
	return out
}

func TestAChangedConfigurationIsRecordedOnceAndPosted(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		for range 2 {
			if err := h.Start(); err != nil {
				t.Fatal(err)
			}
		}
		h.Settle()
		if n := h.notices("config"); len(n) != 1 {
			t.Fatalf("got %d notices, want the first start's", len(n))
		}
		h.says(h.notices("config")[0].Title, "starts for the first time", h.key.Fingerprint())

		id := h.Asks("nora", "github", "member", 8*time.Hour)
		h.Settle()
		h.Restart(func(c *workflows.Catalogue) { c.Apps[0].Owners = []string{mail("bea")} })
		h.Settle()
		if n := len(h.Events("config.applied")); n != 2 {
			t.Errorf("got %d of config.applied, want 2", n)
		}
		h.says(h.notices("config")[1].Title, "ops@gate", "owner of github")
		if _, ok := h.slack.card(workflows.CardApprover, id, chat("bea")); !ok {
			t.Error("the new owner was not asked about the request that waits")
		}
	})
}

func TestAStartGoesOnWithTheLastKnownPeople(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.slack.Unreadable(true)
		if err := h.Start(); err != nil {
			t.Fatalf("Start: %v", err)
		}
		h.is(h.Gets("nora", "github", "member", 8*time.Hour, "bob"), "Granted")
		h.slack.Unreadable(false)
	})
}

func TestAFirstStartWithoutPeopleFails(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Close()
		h.url += "-new"
		h.checked = 0
		h.Open()
		h.slack.Unreadable(true)
		if err := h.Start(); err == nil {
			t.Error("Start went on without knowing anybody")
		}
	})
}

func TestPeopleAreReadAgainEveryQuarterOfAnHour(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		if err := h.Start(); err != nil {
			t.Fatal(err)
		}
		before := len(h.Events("sync.ran"))
		h.Advance(time.Hour)
		if n := len(h.Events("sync.ran")) - before; n != 4 {
			t.Errorf("got %d readings in an hour, want 4", n)
		}
	})
}

func TestACheckpointIsPostedAtMidnightByteForByte(t *testing.T) {
	azores, err := time.LoadLocation("Atlantic/Azores")
	if err != nil {
		t.Fatal(err)
	}
	story(t, func(t *testing.T, h *company) {
		if err := h.Start(); err != nil { // at midnight UTC, 23:00 there
			t.Fatal(err)
		}
		h.Advance(time.Hour - time.Second)
		if n := len(h.Events("audit.checkpointed")); n != 1 {
			t.Fatalf("got %d checkpoints before midnight, want that of the first start", n)
		}
		h.Advance(2 * time.Second)
		points := h.Events("audit.checkpointed")
		if len(points) != 2 {
			t.Fatalf("got %d checkpoints after midnight, want 2", len(points))
		}
		next := time.UnixMilli(h.count("SELECT due_at FROM calendar WHERE kind = 'ledger.checkpoint'")).In(azores)
		if next.Hour() != 0 || next.Sub(h.now()) < 23*time.Hour {
			t.Errorf("the next one is due at %s, want the next midnight", next)
		}
		posted := h.notices("checkpoint")
		for i, p := range points {
			if posted[i].Pre != p.Data["note"] {
				t.Errorf("posted %q, want %q", posted[i].Pre, p.Data["note"])
			}
			c, err := ledger.VerifyCheckpoint([]byte(posted[i].Pre), h.key.Verifier())
			if err != nil || float64(c.Size) != p.Data["size"] {
				t.Errorf("checkpoint of %d events: %v, want %v", c.Size, err, p.Data["size"])
			}
		}
	}, func(h *company) { h.cat.Location = azores })
}

func TestACardNamesApproversWhoWereAddedWithinADay(t *testing.T) {
	const says = "was named as an approver within 24 hours"
	story(t, func(t *testing.T, h *company) {
		if err := h.Start(); err != nil {
			t.Fatal(err)
		}
		first := h.Asks("nora", "github", "member", 8*time.Hour)
		if text := h.channelCard(first); strings.Contains(text, says) {
			t.Errorf("at the first start nobody is new, but the card says %s", text)
		}
		h.Restart(func(c *workflows.Catalogue) { c.Apps[0].Owners = append(c.Apps[0].Owners, mail("finn")) })
		h.Settle()
		if text := h.channelCard(first); !strings.Contains(text, "Finn Stranger "+says) || strings.Contains(text, "Bob Builder "+says) {
			t.Errorf("the card says %s", text)
		}
		h.Advance(2 * day)
		later := h.Asks("mona", "github", "member", 8*time.Hour)
		if text := h.channelCard(later); strings.Contains(text, says) {
			t.Errorf("after two days nobody is new, but the card says %s", text)
		}
	})
}

// channelCard is all the small print of a request's card in its channel.
func (h *company) channelCard(id string) string {
	h.t.Helper()
	h.Settle()
	p, ok := h.slack.card(workflows.CardLog, id, workflows.ChannelRequests)
	if !ok {
		h.t.Fatalf("no card about %s in the channel", id)
	}
	var all []string
	for _, n := range p.view.Notes {
		all = append(all, n.Text)
	}
	return strings.Join(all, "; ")
}
