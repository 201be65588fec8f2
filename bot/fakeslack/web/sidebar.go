package web

import (
	"slices"

	"countersign/bot/fakeslack"
)

// sidebar is the left column: who one is, and where one can go.
type sidebar struct {
	Personas []face
	Channels []row
	Direct   []row
	AppRow   row
}

// face is a persona to switch to; Waiting counts what the app has told them
// and they have not seen, which is where the story goes on.
type face struct {
	Persona
	Avatar  avatar
	URL     string
	Current bool
	Gone    bool // deactivated
	Waiting int
}

type row struct {
	ID, Name, URL           string
	Current                 bool
	Private, Shared, Closed bool
	Unread                  int
}

func (s *site) sidebar(v look, sc scene) sidebar {
	var side sidebar
	users := map[string]fakeslack.User{}
	for _, u := range s.Slack.Users() {
		users[u.ID] = u
	}
	for _, p := range s.people() {
		f := face{
			Persona: p, Avatar: avatar{p.Name, sc.Tints[p.UserID]}, URL: address(p.UserID, v.C, ""),
			Current: p.UserID == v.As.UserID, Gone: users[p.UserID].Deleted,
		}
		direct := appChannel(s.Slack.Channels(p.UserID), users)
		if direct != "" {
			f.Waiting = s.unread(p.UserID, direct)
		}
		if v.Room.DM && direct != "" { // a direct message belongs to one person
			f.URL = address(p.UserID, direct, "")
		}
		side.Personas = append(side.Personas, f)
	}
	for _, c := range v.Rooms {
		r := row{
			ID: c.ID, Name: c.Name, URL: address(v.As.UserID, c.ID, ""), Current: c.ID == v.C,
			Private: c.Private, Shared: c.Shared, Closed: c.Archived, Unread: s.unread(v.As.UserID, c.ID),
		}
		switch {
		case c.ID == v.Direct:
			side.AppRow.Unread = r.Unread
		case c.DM:
			side.Direct = append(side.Direct, r)
		default:
			side.Channels = append(side.Channels, r)
		}
	}
	side.AppRow.Name, side.AppRow.Current = s.App, v.C == homeID || v.C == v.Direct
	side.AppRow.ID, side.AppRow.URL = homeID, address(v.As.UserID, homeID, "")
	if side.AppRow.Unread > 0 {
		side.AppRow.URL = address(v.As.UserID, v.Direct, "")
	}
	return side
}

// appChannel is a person's conversation with the app, or empty.
func appChannel(rooms []fakeslack.Channel, users map[string]fakeslack.User) string {
	for _, c := range rooms {
		if c.DM && slices.ContainsFunc(c.Members, func(id string) bool { return users[id].IsBot }) {
			return c.ID
		}
	}
	return ""
}
