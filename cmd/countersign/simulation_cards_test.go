package main

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"countersign/bot/fakeslack"
	"countersign/workflows"
)

// cardFlow compares what is on people's screens with what is stored.
func cardFlow(w *world) flow { return flow{quiet: w.screensAreTrue} }

// storedCard is a card as the database has it.
type storedCard struct {
	id, wanted, shown   int64
	kind, record, at    string
	channel, person, to string
}

func (w *world) cards() (out []storedCard) {
	rows, err := w.life.raw.Query("SELECT id, kind, record, channel, person, wanted, shown, at_channel, at_id FROM cards ORDER BY id")
	if err != nil {
		w.fail("read the cards: %v", err)
	}
	defer rows.Close()
	for rows.Next() {
		var c storedCard
		if err := rows.Scan(&c.id, &c.kind, &c.record, &c.channel, &c.person, &c.wanted, &c.shown, &c.to, &c.at); err != nil {
			w.fail("read the cards: %v", err)
		}
		out = append(out, c)
	}
	return out
}

// posts are the messages in Slack by the number of the card that they show.
func (w *world) posts() map[int64][]fakeslack.Message {
	out := make(map[int64][]fakeslack.Message)
	seen := make(map[string]bool)
	viewers := []string{"U0BOT"} // who is in the people channel also when all admins are gone
	for _, s := range w.people {
		viewers = append(viewers, s.slackID())
	}
	for _, viewer := range viewers {
		for _, c := range w.slack.Channels(viewer) {
			for _, m := range w.messages(viewer, c.ID) {
				if seen[m.Channel+m.TS] || m.Ephemeral || len(m.Metadata) == 0 {
					continue
				}
				seen[m.Channel+m.TS] = true
				var meta struct {
					Payload struct{ Card string } `json:"event_payload"`
				}
				if json.Unmarshal(m.Metadata, &meta) == nil && meta.Payload.Card != "" {
					n := number(meta.Payload.Card)
					out[n] = append(out[n], m)
				}
			}
		}
	}
	return out
}

// screensAreTrue makes sure that each card stands once, shows what is stored, and
// has the buttons that still do something.
func (w *world) screensAreTrue() {
	posts := w.posts()
	matters := make(map[string]storedMatter)
	for _, m := range w.matters() {
		matters[m.r.ID] = m
	}
	cards := w.cards()
	w.askedAll(cards)
	for _, c := range cards {
		name := c.kind + " card " + strconv.FormatInt(c.id, 10) + " about " + c.record
		if c.shown < c.wanted {
			w.fail("%s shows version %d, %d is wanted", name, c.shown, c.wanted)
		}
		all := posts[c.id]
		if len(all) > 1 {
			w.fail("%s was posted %d times", name, len(all))
		}
		if len(all) == 0 {
			if c.at != "" || w.reachable(c) {
				w.fail("%s is nowhere to be seen (%q)", name, c.at)
			}
			continue
		}
		if all[0].TS != c.at {
			w.fail("%s stands at %s, %q is stored", name, all[0].TS, c.at)
		}
		if m, ok := matters[c.record]; ok && w.reachable(c) {
			w.showsState(name, c, m, string(all[0].Blocks))
		}
	}
}

// reachable says whether Slack takes a message to whom a card is for, as it has
// done all the time.
func (w *world) reachable(c storedCard) (ok bool) {
	if c.channel != "" {
		return true
	}
	w.view(func(tx workflows.Tx) error {
		p, err := tx.Person(c.person)
		ok = err == nil && p.ChatID != "" && !w.everAway[p.ChatID]
		return err
	})
	return ok
}

// showsState compares the words and buttons of a request's card with its state.
func (w *world) showsState(name string, c storedCard, m storedMatter, blocks string) {
	want := statusOf(m)
	if !strings.Contains(blocks, want) {
		w.fail("%s does not say %q: %s", name, want, blocks)
	}
	buttons := map[string]bool{}
	for _, verb := range []string{"approve", "deny", "reduce", "withdraw", "retry"} {
		buttons[verb] = strings.Contains(blocks, `"act:`+verb+`"`)
	}
	waiting := m.r.State == workflows.RequestWaiting
	if !waiting && (buttons["approve"] || buttons["deny"] || buttons["reduce"] || buttons["withdraw"]) {
		w.fail("%s is decided and still has buttons: %s", name, blocks)
	}
	if waiting && (c.kind == string(workflows.CardLog) && !buttons["approve"] || c.kind == string(workflows.CardRequester) && !buttons["withdraw"]) {
		w.fail("%s waits and lacks a button: %s", name, blocks)
	}
	failed := m.grant != nil && slices.Contains([]workflows.GrantState{workflows.GrantFailed, workflows.GrantEndFailed}, m.grant.State)
	if failed != buttons["retry"] {
		w.fail("%s is failed %v, and a button to retry is there %v", name, failed, buttons["retry"])
	}
}

// statusOf is the line that says where a request stands.
func statusOf(m storedMatter) string {
	switch m.r.State {
	case workflows.RequestWaiting:
		return "Waiting for approval"
	case workflows.RequestDenied:
		return "Denied"
	case workflows.RequestWithdrawn:
		return "Withdrawn"
	case workflows.RequestLapsed:
		return "Lapsed"
	}
	switch m.grant.State {
	case workflows.GrantHeld, workflows.GrantEnding, workflows.GrantEndByHand:
		return "Granted"
	case workflows.GrantFailed, workflows.GrantEndFailed:
		return "Failed"
	case workflows.GrantExpired:
		return "Expired"
	case workflows.GrantRevoked:
		return "Revoked"
	case workflows.GrantApproved:
		return "Approved"
	}
	return "Provisioning"
}

// askedAll makes sure that everybody who manages an app has been asked about what
// waits for them, also who manages it only since a moment ago.
func (w *world) askedAll(cards []storedCard) {
	asked := make(map[string]bool)
	for _, c := range cards {
		asked[c.kind+" "+c.record+" "+c.person] = true
	}
	for _, m := range w.matters() {
		for _, email := range m.app.Owners {
			p, ok := w.fit(email)
			if !ok || p.ID == m.r.Requester || p.ID == m.r.Subject {
				continue
			}
			if m.r.State == workflows.RequestWaiting && !asked["request.approver "+m.r.ID+" "+p.ID] {
				w.fail("%s waits, and %s, who manages %s, was not asked", m.r.ID, email, m.app.ID)
			}
			for _, task := range w.openTasks(m) {
				if !asked[string(workflows.CardTask)+" "+task+" "+p.ID] {
					w.fail("%s waits, and %s, who manages %s, was not asked", task, email, m.app.ID)
				}
			}
		}
	}
}

// openTasks are the tasks that wait for a grant to be given or taken by hand.
func (w *world) openTasks(m storedMatter) (ids []string) {
	if m.grant == nil || m.grant.State != workflows.GrantByHand && m.grant.State != workflows.GrantEndByHand {
		return nil
	}
	w.view(func(tx workflows.Tx) error {
		all, err := tx.OpenTasks()
		for _, t := range all { // one to give it may lie there still when its time is up
			if t.GrantID == m.grant.ID && t.Give == (m.grant.State == workflows.GrantByHand) {
				ids = append(ids, t.ID)
			}
		}
		return err
	})
	return ids
}

// fit finds somebody who may act now.
func (w *world) fit(email string) (p workflows.Person, ok bool) {
	w.view(func(tx workflows.Tx) (err error) {
		p, err = tx.PersonByEmail(email)
		if errors.Is(err, workflows.ErrNotFound) {
			return nil
		}
		ok = err == nil && p.MayAct() == nil && p.Hold == "" && p.ChatID != ""
		return err
	})
	return p, ok
}
