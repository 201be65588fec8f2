package web

import (
	"cmp"
	"time"

	"countersign/bot/fakeslack"
)

// scene is what drawing needs to know besides the blocks: who is looking,
// from where, and what is already filled in.
type scene struct {
	Me       string            // user id of who is looking
	People   map[string]string // user id → shown name
	Tints    map[string]int    // user id → number of the avatar's colour
	Channels map[string]string // channel id → name without '#'
	Roster   []choice          // for the selects that choose a person
	Zone     *time.Location
	Now      time.Time
	OnEach   []Shortcut // in the menu of every message

	At     fakeslack.Place            // where the blocks stand; empty for text alone
	Errors map[string]string          // block id → error of the last submission
	State  map[string]map[string]held // what a view's inputs hold already
}

// tints is how many avatar colours the style sheet has.
const tints = 12

// avatar is a picture made of initials.
type avatar struct {
	Name string
	Tint int
}

// newScene describes the workspace as userID sees it. An unknown time zone
// reads as UTC.
func (s *site) newScene(userID string) scene {
	sc := scene{Me: userID, People: map[string]string{}, Tints: map[string]int{}, Channels: map[string]string{}, Zone: time.UTC, Now: s.now(), OnEach: s.shortcuts(true)}
	for i, u := range s.Slack.Users() {
		name := cmp.Or(u.RealName, u.Name, u.ID)
		sc.People[u.ID], sc.Tints[u.ID] = name, i%tints
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
