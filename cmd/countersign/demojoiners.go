package main

import (
	"fmt"
	"log/slog"
	"strings"

	"countersign/bot/fakeslack"
	"countersign/cmd/countersign/config"
	"countersign/provisioners/googleworkspace/fakegoogle"
)

// seat gives whoever gets an account in Google from now on a seat in Slack, as
// automatic provisioning by Google does in a company, until the demo stops.
func (d *demo) seat(cfg *config.Config, log *slog.Logger) {
	seated := make(map[string]bool)
	for _, a := range d.began {
		seated[a.ID] = true
	}
	done, ended := make(chan struct{}), make(chan struct{})
	d.close = append(d.close, func() { close(done); <-ended })
	go func() {
		defer close(ended)
		for {
			changed := d.google.Changed()
			for _, u := range d.google.Users() {
				if !seated[u.ID] {
					seated[u.ID] = true
					if err := d.join(cfg, u); err != nil {
						log.Warn("a new person of the demo is not in every channel", "err", err)
					}
				}
			}
			select {
			case <-changed:
			case <-done:
				return
			}
		}
	}()
}

// join makes the Slack user of an account, in the channels that everybody is in.
// Whoever has the address already, invited by hand, keeps that seat.
func (d *demo) join(cfg *config.Config, u fakegoogle.User) error {
	taken := make(map[string]bool)
	for _, other := range d.slack.Users() {
		if strings.EqualFold(other.Email, u.Email) {
			return nil
		}
		taken[other.ID] = true
	}
	handle, _, _ := strings.Cut(u.Email, "@")
	made := d.slack.AddUser(fakeslack.User{
		ID: newSlackID(u.GivenName, taken), Name: handle, RealName: u.GivenName + " " + u.FamilyName, Email: u.Email,
		Title: "New in the company", TZ: cfg.Organization.Timezone.String(),
	})
	for _, c := range d.slack.Channels(made.ID) {
		if c.Name != generalChannel && c.Name != cfg.Slack.Channels.Requests && c.Name != cfg.Slack.Channels.Vendors {
			continue
		}
		if err := d.slack.Invite(c.ID, made.ID); err != nil {
			return fmt.Errorf("bring %s into #%s: %w", handle, c.Name, err)
		}
	}
	return nil
}

// newSlackID is U0 and the first name, told apart by a number where it is taken.
func newSlackID(first string, taken map[string]bool) string {
	letters := strings.Map(func(r rune) rune {
		if r < 'A' || r > 'Z' {
			return -1
		}
		return r
	}, strings.ToUpper(first))
	id := "U0" + letters
	for n := 2; id == "U0" || taken[id]; n++ {
		id = fmt.Sprintf("U0%s%d", letters, n)
	}
	return id
}
