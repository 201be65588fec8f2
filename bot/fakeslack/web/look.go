package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"countersign/bot/fakeslack"
)

// homeID stands in the address for the App Home, where a conversation's id
// stands otherwise.
const homeID = "home"

// look is what an address asks to see: as whom, which conversation, which
// thread beside it.
type look struct {
	As     Persona
	User   fakeslack.User
	C, T   string
	Rooms  []fakeslack.Channel
	Room   fakeslack.Channel // zero on the App Home
	Direct string            // the conversation with the app, or empty before the first
}

// look resolves an address. What does not exist, or is not this person's to
// see, falls back: to the first persona, and to the App Home's neighbour, the
// first channel.
func (s *site) look(r *http.Request) look {
	q := r.URL.Query()
	v := look{C: q.Get("c"), T: q.Get("t")}
	people := s.people()
	if len(people) > 0 {
		v.As = people[0]
	}
	for _, p := range people {
		if p.UserID == q.Get("as") {
			v.As = p
		}
	}
	v.Rooms = s.Slack.Channels(v.As.UserID)
	users := map[string]fakeslack.User{}
	for _, u := range s.Slack.Users() {
		users[u.ID] = u
		if u.ID == v.As.UserID {
			v.User = u
		}
	}
	v.Direct = appChannel(v.Rooms, users)
	for _, c := range v.Rooms {
		if c.ID == v.C {
			v.Room = c
		}
	}
	if v.Room.ID == "" && v.C != homeID {
		v.C, v.T = homeID, ""
		if i := slices.IndexFunc(v.Rooms, func(c fakeslack.Channel) bool { return !c.DM }); i >= 0 {
			v.Room, v.C = v.Rooms[i], v.Rooms[i].ID
		}
	}
	return v
}

// people are the personas, with their names filled in, then the members who
// joined after the start.
func (s *site) people() []Persona {
	out := slices.Clone(s.Personas)
	users := s.Slack.Users()
	for _, u := range users {
		chosen := slices.ContainsFunc(out, func(p Persona) bool { return p.UserID == u.ID })
		switch {
		case u.IsBot || chosen:
		case len(s.Personas) == 0 && !u.Deleted:
			out = append(out, Persona{UserID: u.ID, Role: u.Title})
		case len(s.Personas) > 0 && !s.began[u.ID] && !u.IsGuest && !u.Stranger:
			out = append(out, Persona{UserID: u.ID, Role: cmp.Or(u.Title, "New member")})
		}
	}
	for i := range out {
		for _, u := range users {
			if u.ID == out[i].UserID {
				out[i].Name = cmp.Or(out[i].Name, u.RealName, u.Name)
			}
		}
	}
	return out
}

// address is the page's address for a person, a conversation and a thread.
func address(as, c, t string) string {
	q := url.Values{"as": {as}, "c": {c}}
	if t != "" {
		q.Set("t", t)
	}
	return "/?" + q.Encode()
}

// unread counts what others said in a conversation since userID last saw it.
func (s *site) unread(userID, channelID string) int {
	s.mu.Lock()
	seen := cmp.Or(s.read[userID+" "+channelID], s.since)
	s.mu.Unlock()
	n := 0
	for _, m := range s.Slack.Messages(userID, channelID) {
		if m.User != userID && laterTS(m.TS, seen) {
			n++
		}
	}
	return n
}

// saw notes that userID has a conversation's messages on the screen.
func (s *site) saw(userID, channelID string, messages []fakeslack.Message) {
	if len(messages) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.read[userID+" "+channelID] = messages[len(messages)-1].TS
}

// laterTS compares two timestamps, which are numbers written as text.
func laterTS(a, b string) bool {
	whole := func(ts string) string { w, _, _ := strings.Cut(ts, "."); return w }
	if d := cmp.Compare(len(whole(a)), len(whole(b))); d != 0 {
		return d > 0
	}
	return a > b
}
