package main

import (
	"errors"
	"fmt"
	"time"

	"countersign/provisioners/googleworkspace/fakegoogle"
)

// demoDiscovery is when the demo looks for apps in use: opt-in elsewhere.
const demoDiscovery = "0 5 * * *"

// demoApps are apps that people of the demo use without having asked: who, and
// what they let it do.
var demoApps = []struct {
	who   []string
	token fakegoogle.Token
}{
	{[]string{"dana", "tariq"}, fakegoogle.Token{ClientID: "310044556677-canvas.apps.googleusercontent.example", Name: "Canva", Scopes: scopes("drive.file", "userinfo.email")}},
	{[]string{"fiona", "bob", "nora"}, fakegoogle.Token{ClientID: "420011223344-notes.apps.googleusercontent.example", Name: "Notetaker AI", Scopes: scopes("calendar", "gmail.readonly")}},
	{[]string{"nora"}, fakegoogle.Token{ClientID: "530099887766-figma.apps.googleusercontent.example", Name: "Figma", Scopes: scopes("userinfo.profile", "userinfo.email")}},
	{[]string{"lena"}, fakegoogle.Token{ClientID: "640055443322-grammar.apps.googleusercontent.example", Name: "Grammarly", Scopes: scopes("documents", "userinfo.email")}},
}

func scopes(names ...string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = "https://www.googleapis.com/auth/" + n
	}
	return out
}

// wander lets people have used apps that nobody decided on.
func (d *demo) wander(domain string) error {
	var all error
	for i, a := range demoApps {
		for j, who := range a.who {
			ago := time.Duration(3+i*11+j*5) * 24 * time.Hour
			all = errors.Join(all, d.google.AddAppUse(who+"@"+domain, a.token, d.clock.Now().Add(-ago)))
		}
	}
	all = errors.Join(all, d.google.AddSAMLLogin("bob@"+domain, "Datadog", d.clock.Now().Add(-48*time.Hour)))
	if all != nil {
		return fmt.Errorf("let the demo's people use apps: %w", all)
	}
	return nil
}
