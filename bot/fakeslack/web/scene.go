package web

import (
	"cmp"
	"time"

	"countersign/bot/fakeslack"
)

// scene is what drawing needs to know besides the blocks: who is looking,
// from where, and what is already filled in.
type scene struct {
	People   map[string]string // user id → shown name
	Channels map[string]string // channel id → name without '#'
	Roster   []choice          // for the selects that choose a person
	Zone     *time.Location
	Now      time.Time
	OnEach   []Shortcut // in the menu of every message

	At     fakeslack.Place            // where the blocks stand; empty for text alone
	Errors map[string]string          // block id → error of the last submission
	State  map[string]map[string]held // what a view's inputs hold already
}

// newScene describes the workspace as userID sees it. An unknown time zone
// reads as UTC.
func (s *site) newScene(userID string) scene {
	sc := scene{People: map[string]string{}, Channels: map[string]string{}, Zone: time.UTC, Now: s.now(), OnEach: s.shortcuts(true)}
	for _, u := range s.Slack.Users() {
		name := cmp.Or(u.RealName, u.Name, u.ID)
		sc.People[u.ID] = name
		if !u.IsBot && !u.Deleted {
			sc.Roster = append(sc.Roster, choice{Text: name, Value: u.ID, Description: u.Title})
		}
		if u.ID == userID {
			if zone, err := time.LoadLocation(u.TZ); err == nil {
				sc.Zone = zone
			}
		}
	}
	for _, c := range s.Slack.Channels(userID) {
		sc.Channels[c.ID] = c.Name
	}
	return sc
}

// person is the name behind a user id.
func (s scene) person(id, label string) string {
	return cmp.Or(s.People[id], label, id)
}

// channel is the name behind a channel id; a channel the reader is not in
// keeps the label the app gave it.
func (s scene) channel(id, label string) string {
	return cmp.Or(s.Channels[id], label, "private channel")
}
