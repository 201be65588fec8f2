package main

import (
	"errors"
	"fmt"

	"countersign/cmd/countersign/config"
	"countersign/provisioners/googleworkspace/fakegoogle"
)

// liveIn lets everybody have worked with Google for a while: signed in, with a
// second step and its backup codes.
func (d *demo) liveIn(cfg *config.Config) error {
	var all error
	for _, p := range demoPeople {
		address := p.email(cfg.Organization.Domain)
		all = errors.Join(all, d.google.SignIn(address), d.google.SetTwoStep(address, fakegoogle.TwoStep{Enrolled: true}))
	}
	return all
}

// furnish gives people what a leaver's account has after some years: Omar
// something of everything, Sam an administrator role.
func (d *demo) furnish(domain string) error {
	omar, dana := "omar@"+domain, "dana@"+domain
	_, err := d.google.AddAppPassword(omar, "Mail on the old telephone")
	all := errors.Join(err,
		d.google.AssignRole("sam@"+domain),
		d.google.AddDelegate(omar, dana),
		d.google.Grant(omar, fakegoogle.Token{
			ClientID: "104771998012-pixels.apps.googleusercontent.example", Name: "Pixel Boards",
			Scopes: []string{"https://www.googleapis.com/auth/drive.readonly", "openid"},
		}),
		d.google.Grant(omar, fakegoogle.Token{
			ClientID: "220419338855-meet.apps.googleusercontent.example", Name: "Meeting Notes",
			Scopes: []string{"https://www.googleapis.com/auth/calendar"}, NativeApp: true,
		}),
	)
	critique := "design-critique@" + domain
	d.google.AddGroup(fakegoogle.Group{Email: critique, Name: "Design critique"})
	all = errors.Join(all, d.google.AddMember(critique, omar, "OWNER"), d.google.AddMember(critique, "tariq@"+domain, "MEMBER"))
	for _, group := range []string{"workspace-users", "slack-members", "notion-members", "figma-editors"} {
		all = errors.Join(all, d.google.AddMember(group+"@"+domain, omar, "MEMBER"))
	}
	if all != nil {
		return fmt.Errorf("furnish the demo's company: %w", all)
	}
	return nil
}
