package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"countersign/provisioners/googleworkspace/fakegoogle"
	"countersign/store"
)

// staff is how many people the office has: each makes and decides askedOf
// requests, as many as Slack takes in one conversation without a pause.
func (l lab) staff() int {
	warm, alone, many := l.parts()
	return max(askedOf+1, (warm+alone+many+askedOf-1)/askedOf)
}

// productAcks runs the product in a process of its own, and returns the figures
// and the cards it had posted before the first press. At the end it kills the
// process, and looks for every decision in the ledger.
func productAcks(ctx context.Context, l lab) (figures acked, cards []card, err error) {
	o, err := openOffice(l.staff())
	if err != nil {
		return figures, nil, err
	}
	defer o.close()
	google, err := openGoogle(o, l.dir)
	if err != nil {
		return figures, nil, err
	}
	defer google.close()
	if err := write(l.dir, productSettings{Slack: o.api, Google: google.url, People: o.people}); err != nil {
		return figures, nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return figures, nil, err
	}
	bot, _, err := begin(ctx, exec.CommandContext(ctx, self, productArg, l.dir), connected)
	if err != nil {
		return figures, nil, err
	}
	defer bot.kill()
	if cards, err = o.await(ctx, 2*askedOf*o.people); err != nil { // one for who asks, one for who decides
		return figures, nil, err
	}
	buttons, err := presses(cards)
	if err != nil {
		return figures, nil, err
	}
	if figures, err = l.pressAll(ctx, o, "product", buttons); err != nil {
		return figures, nil, fmt.Errorf("%w; the process says: %s", err, bot.words())
	}
	bot.kill() // what was acknowledged has to be there without a farewell
	warm, alone, many := l.parts()
	if figures.faults = bot.lines("an envelope could not be handled", "type=interactive"); figures.faults > 0 {
		fmt.Printf("  product answered %d of %d presses with an apology\n", figures.faults, warm+alone+many)
	}
	return figures, cards, recorded(ctx, l.dir, warm+alone+many-figures.unanswered-figures.faults)
}

// googleOf is an emulated Google on loopback.
type googleOf struct {
	url   string
	close func() error
}

// openGoogle makes an account for everyone in the office and a group for each
// app, and leaves a key for the product in dir.
func openGoogle(o *office, dir string) (googleOf, error) {
	g := fakegoogle.New(fakegoogle.Options{})
	g.AddUser(fakegoogle.User{Email: adminAddress, GivenName: "Workspace", FamilyName: "Admin", Admin: true})
	for i := range o.people {
		g.AddUser(fakegoogle.User{Email: address(i), GivenName: "Person", FamilyName: fmt.Sprint(i)})
		g.AddGroup(fakegoogle.Group{Email: groupAddress(i), Name: fmt.Sprintf("App %d", i)})
	}
	server, url, err := serve(g)
	if err != nil {
		return googleOf{}, err
	}
	key, err := g.ServiceAccountKey(url + "/token")
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, googleKeyFile), key, 0o600)
	}
	if err != nil {
		return googleOf{}, errors.Join(err, server.Close())
	}
	return googleOf{url, server.Close}, nil
}

func write(dir string, s productSettings) error {
	body, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, settingsFile), body, 0o600)
}

// recorded fails where fewer approvals are in the ledger that the killed process
// left behind than were acknowledged.
func recorded(ctx context.Context, dir string, acknowledged int) (err error) {
	r, err := store.OpenReader(ctx, "sqlite:"+filepath.Join(dir, productDB))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	approved := 0
	err = r.Events(ctx, store.Filter{}, func(e store.Entry) error {
		var event struct{ Type string }
		err := json.Unmarshal(e.Body, &event)
		if event.Type == "access_request.approved" {
			approved++
		}
		return err
	})
	if err == nil && approved < acknowledged {
		err = fmt.Errorf("%d approvals were acknowledged, but only %d are in the ledger", acknowledged, approved)
	}
	return err
}
