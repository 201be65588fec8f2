package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"time"

	"countersign/bot/fakeslack"
)

// askedOf is how many requests each person decides on, and makes.
const askedOf = 4

// office is an emulated Slack workspace on loopback: everyone in it owns one
// app, and asks for those of the next few. It limits no calls, so that what is
// measured is the bot; the product keeps to Slack's limits by itself.
type office struct {
	slack  *fakeslack.Server
	people int
	api    string // base URL of the Web API
	server *http.Server
}

func openOffice(people int) (*office, error) {
	o := &office{slack: fakeslack.New(fakeslack.Options{PostsPerSecond: -1, CallRate: -1}), people: people}
	for i := range people {
		o.slack.AddUser(fakeslack.User{ID: chatID(i), Name: fmt.Sprintf("p%d", i), RealName: fmt.Sprintf("Person %d", i), Email: address(i)})
	}
	for _, name := range []string{requestsChannel, complianceChannel} {
		o.slack.AddChannel(fakeslack.Channel{Name: name})
	}
	var base string
	var err error
	if o.server, base, err = serve(o.slack); err != nil {
		return nil, err
	}
	o.api = base + "/api/"
	return o, nil
}

func (o *office) close() {
	o.slack.Close()
	o.server.Close()
}

func chatID(i int) string  { return fmt.Sprintf("U1%06d", i) }
func address(i int) string { return fmt.Sprintf("p%d@bench.example", i) }

// The channels of the office.
const (
	requestsChannel   = "access-requests"
	complianceChannel = "compliance"
)

// serve puts a handler on a loopback port of its own and returns its base URL.
func serve(h http.Handler) (*http.Server, string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", fmt.Errorf("listen for an emulator: %w", err)
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	go s.Serve(l)
	return s, "http://" + l.Addr().String(), nil
}

// card is a message of the bot in somebody's direct conversation.
type card struct {
	user string
	fakeslack.Message
}

// cards returns what stands in all direct conversations.
func (o *office) cards() []card {
	var out []card
	for i := range o.people {
		for _, c := range o.slack.Channels(chatID(i)) {
			if !c.DM {
				continue
			}
			for _, m := range o.slack.Messages(chatID(i), c.ID) {
				out = append(out, card{chatID(i), m})
			}
		}
	}
	return out
}

// await waits until so many cards stand there, and returns them.
func (o *office) await(ctx context.Context, n int) ([]card, error) {
	late := time.NewTimer(5 * time.Minute)
	defer late.Stop()
	look := time.NewTicker(time.Second)
	defer look.Stop()
	for {
		all := o.cards()
		if len(all) >= n {
			return all, nil
		}
		select {
		case <-look.C:
		case <-late.C:
			return nil, fmt.Errorf("%d of %d cards were posted in time", len(all), n)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// press is a button that somebody can press.
type press struct {
	user   string
	at     fakeslack.Place
	action fakeslack.Action
}

// presses finds the Approve button of each card that has one.
func presses(cards []card) ([]press, error) {
	var out []press
	for _, c := range cards {
		var blocks []struct {
			BlockID  string `json:"block_id"`
			Elements []struct {
				ActionID string `json:"action_id"`
				Value    string `json:"value"`
			} `json:"elements"`
		}
		if err := json.Unmarshal(c.Blocks, &blocks); err != nil {
			return nil, fmt.Errorf("read the blocks of a card: %w", err)
		}
		for _, b := range blocks {
			for _, e := range b.Elements {
				if e.ActionID == "act:approve" {
					out = append(out, press{c.user, fakeslack.Place{Channel: c.Channel, TS: c.TS}, fakeslack.Action{BlockID: b.BlockID, ActionID: e.ActionID, Value: e.Value}})
				}
			}
		}
	}
	return out, nil
}

// press presses a button; it returns when that is acknowledged.
func (o *office) press(ctx context.Context, p press) error {
	if err := o.slack.Click(ctx, p.user, p.at, p.action); err != nil {
		return fmt.Errorf("press %s: %w", p.action.Value, err)
	}
	return nil
}
