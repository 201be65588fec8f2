package bot

import (
	"strings"
	"testing"

	"countersign/bot/fakeslack"
	"countersign/workflows"
)

func threadCard(w *vendorWorld, id int64, channel, ts string) workflows.Card {
	return workflows.Card{
		ID: id, Kind: workflows.CardVendor, Record: "VN-0001", Channel: workflows.ChannelVendors, ThreadIn: channel, ThreadID: ts,
	}
}

func vendorCard() workflows.CardView {
	v := approverCard()
	v.Record, v.Title, v.Status, v.Text = "VN-0001", "Ana Lopez asks for Figma", "Details are missing", "VN-0001 Figma: details are missing"
	v.Actions = []workflows.ActionView{{Verb: workflows.VerbDetails, Label: "Fill in details", Style: "primary", Form: true}}
	return v
}

// under are the bot's answers in a thread, as Ana sees them.
func (w *vendorWorld) under(channel, ts string) []fakeslack.Message {
	var out []fakeslack.Message
	for _, m := range w.Replies(w.ana.ID, channel, ts) {
		if m.IsBot && m.ThreadTS == ts {
			out = append(out, m)
		}
	}
	return out
}

// topLevel are the bot's posts in the vendors channel.
func (w *vendorWorld) topLevel() []fakeslack.Message {
	var out []fakeslack.Message
	for _, m := range w.Messages(w.ana.ID, w.vendors.ID) {
		if m.IsBot {
			out = append(out, m)
		}
	}
	return out
}

func TestACardStandsUnderTheMessageItAnswers(t *testing.T) {
	w := withVendors(t)
	ts := w.say(w.ana, w.vendors.ID, "", "we need Figma")
	c := threadCard(w, 1, w.vendors.ID, ts)
	c.At = show(t, w.world, c, vendorCard())
	got := w.under(w.vendors.ID, ts)
	if len(got) != 1 || got[0].TS != c.At.ID || !strings.Contains(string(got[0].Blocks), "Fill in details") || len(w.topLevel()) != 0 {
		t.Fatalf("the thread has %d cards and the channel %d, want one in the thread", len(got), len(w.topLevel()))
	}
	v := vendorCard()
	v.Status = "Waiting for a sponsor"
	show(t, w.world, c, v)
	if got := w.under(w.vendors.ID, ts); len(got) != 1 || !strings.Contains(string(got[0].Blocks), "Waiting for a sponsor") {
		t.Errorf("the thread has %d cards after a change, want the one changed", len(got))
	}
}

func TestACardAboutAnAnswerStandsInTheSameThread(t *testing.T) {
	w := withVendors(t)
	ts := w.say(w.ana, w.vendors.ID, "", "which tool for design?")
	answer := w.say(w.bob, w.vendors.ID, ts, "we need Figma")
	c := threadCard(w, 1, w.vendors.ID, answer)
	show(t, w.world, c, vendorCard())
	c.Tried = true
	show(t, w.world, c, vendorCard())
	if got := w.under(w.vendors.ID, ts); len(got) != 1 || len(w.topLevel()) != 0 {
		t.Errorf("the thread has %d cards and the channel %d, want one in the thread", len(got), len(w.topLevel()))
	}
}

func TestALostCardIsFoundInItsThread(t *testing.T) {
	w := withVendors(t)
	ts := w.say(w.ana, w.vendors.ID, "", "we need Figma")
	c := threadCard(w, 1, w.vendors.ID, ts)
	w.Fail(fakeslack.Fault{Method: "chat.postMessage", Status: 500, Applied: true})
	if _, err := w.bot.Show(t.Context(), c, workflows.Person{}, drawn(vendorCard())); err == nil {
		t.Fatal("the failed post was not reported")
	}
	c.Tried = true
	at := show(t, w.world, c, vendorCard())
	if got := w.under(w.vendors.ID, ts); len(got) != 1 || got[0].TS != at.ID {
		t.Errorf("the thread has %d cards, want the one that was lost", len(got))
	}
}

func TestACardWhoseThreadIsGoneStandsInItsChannel(t *testing.T) {
	w := withVendors(t)
	ts := w.say(w.ana, w.vendors.ID, "", "we need Figma")
	w.must(w.Delete(t.Context(), w.ana.ID, w.vendors.ID, ts))
	for id := range int64(2) {
		show(t, w.world, threadCard(w, id, w.vendors.ID, ts), vendorCard())
	}
	if got := w.topLevel(); len(got) != 2 {
		t.Errorf("the channel has %d cards, want 2", len(got))
	}
	if n := w.CallCount("chat.postMessage"); n != 3 {
		t.Errorf("posted %d times, want the thread tried once", n)
	}
}

func TestACardIsNeverPostedTwiceWhenItsThreadGoes(t *testing.T) {
	w := withVendors(t)
	ts := w.say(w.ana, w.vendors.ID, "", "we need Figma")
	w.must(w.Delete(t.Context(), w.ana.ID, w.vendors.ID, ts))
	c := threadCard(w, 1, w.vendors.ID, ts)
	w.bot.strays.add(c.ThreadIn + " " + c.ThreadID)
	w.Fail(fakeslack.Fault{Method: "chat.postMessage", Status: 500, Applied: true})
	if _, err := w.bot.Show(t.Context(), c, workflows.Person{}, drawn(vendorCard())); err == nil {
		t.Fatal("the failed post was not reported")
	}
	w.bot.strays = newCounter() // as after a restart
	c.Tried = true
	show(t, w.world, c, vendorCard())
	if got := w.topLevel(); len(got) != 1 {
		t.Errorf("the channel has %d cards, want the one that was lost", len(got))
	}
}

func TestTheBotJoinsNoChannelToAnswerAMessage(t *testing.T) {
	w := withVendors(t)
	joins := w.CallCount("conversations.join")
	private := w.AddChannel(fakeslack.Channel{Name: "secret", Private: true, Members: []string{w.ana.ID}})
	for i, channel := range []string{w.lounge.ID, private.ID} {
		ts := w.say(w.ana, channel, "", "we need Figma")
		at := show(t, w.world, threadCard(w, int64(i), channel, ts), vendorCard())
		if at.Channel != w.vendors.ID || len(w.under(channel, ts)) != 0 {
			t.Errorf("the card stands in %s, want %s", at.Channel, w.vendors.ID)
		}
	}
	if n := w.CallCount("conversations.join") - joins; n != 0 {
		t.Errorf("joined %d channels, want none", n)
	}
}

func TestAThreadInTheBotsOwnChannelBringsItBackThere(t *testing.T) {
	w := withVendors(t)
	away := w.AddChannel(fakeslack.Channel{Name: "vendors-again", Members: []string{w.ana.ID}})
	w.bot.workspace().channels[workflows.ChannelVendors] = away.ID // as if it had been taken out
	ts := w.say(w.ana, away.ID, "", "we need Figma")
	show(t, w.world, threadCard(w, 1, away.ID, ts), vendorCard())
	if n := len(w.under(away.ID, ts)); n != 1 {
		t.Errorf("the thread has %d cards, want 1", n)
	}
}

func TestPatienceForAThreadIsAskedForAsForAnyChannel(t *testing.T) {
	w := withVendors(t)
	ts := w.say(w.ana, w.vendors.ID, "", "we need Figma")
	w.Fail(fakeslack.Fault{Method: "chat.postMessage", RetryAfter: 7})
	at, err := w.bot.Show(t.Context(), threadCard(w, 1, w.vendors.ID, ts), workflows.Person{}, drawn(vendorCard()))
	if _, ok := err.(*workflows.Later); !ok || at.ID != "" || len(w.topLevel()) != 0 {
		t.Errorf("Show: %v, %v, want to come again", at, err)
	}
}
