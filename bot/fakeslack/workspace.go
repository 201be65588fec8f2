package fakeslack

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrNotThere is returned when somebody acts on a person, channel, message,
// view or element that does not exist, or that they cannot see.
var ErrNotThere = errors.New("not there")

// AddUser adds a person and returns them with ID, TeamID, Name and TZ filled
// in. An app that is connected gets team_join, unless the person belongs to
// another workspace.
func (s *Server) AddUser(u User) User {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u.ID == "" {
		u.ID = s.newIDLocked("U")
	}
	if u.TeamID == "" {
		u.TeamID = s.o.TeamID
	}
	if u.RealName == "" {
		u.RealName = u.Name
	}
	if u.Name == "" {
		u.Name = strings.ReplaceAll(strings.ToLower(u.RealName), " ", ".")
	}
	if u.TZ == "" {
		u.TZ = "Europe/Berlin"
	}
	s.users = append(s.users, &u)
	s.touchLocked()
	if len(s.links) > 0 && !u.Stranger {
		s.userEventLocked("team_join", &u)
	}
	return u
}

// UpdateUser replaces the person with u's ID and sends user_change. It does
// nothing when there is no such person.
func (s *Server) UpdateUser(u User) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.userLocked(u.ID)
	if old == nil {
		return
	}
	if u.TeamID == "" {
		u.TeamID = old.TeamID
	}
	*old = u
	if u.Deleted {
		s.leaveAllLocked(u.ID)
	}
	s.touchLocked()
	s.userEventLocked("user_change", old)
}

// leaveAllLocked takes a deactivated person out of the channels, as Slack does,
// and closes their modals.
func (s *Server) leaveAllLocked(userID string) {
	s.closeAllLocked(userID)
	for _, c := range s.channels {
		if !c.DM {
			c.Members = slices.DeleteFunc(c.Members, func(m string) bool { return m == userID })
		}
	}
}

// Deactivate takes a person's account away, as an administrator does.
func (s *Server) Deactivate(userID string) {
	s.mu.Lock()
	u := s.userLocked(userID)
	if u == nil {
		s.mu.Unlock()
		return
	}
	gone := *u
	s.mu.Unlock()
	gone.Deleted = true
	s.UpdateUser(gone)
}

// AddChannel adds a conversation and returns it with its ID filled in. A direct
// message is named after its first two members.
func (s *Server) AddChannel(c Channel) Channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.Members = slices.Clone(c.Members)
	if c.ID == "" {
		prefix := "C"
		if c.DM {
			prefix = "D"
		}
		c.ID = s.newIDLocked(prefix)
	}
	s.channels = append(s.channels, &c)
	s.touchLocked()
	return copyChannel(&c)
}

// Users returns everybody, the bot user and deactivated people included.
func (s *Server) Users() []User {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]User, 0, len(s.users))
	for _, u := range s.users {
		out = append(out, *u)
	}
	return out
}

// Channels returns the conversations a person can see: public ones and those
// they are in. Unread is not counted.
func (s *Server) Channels(userID string) []Channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Channel
	for _, c := range s.channels {
		if !s.seesLocked(userID, c) {
			continue
		}
		shown := copyChannel(c)
		if c.DM {
			shown.Name = s.otherNameLocked(c, userID)
		}
		out = append(out, shown)
	}
	return out
}

func copyChannel(c *Channel) Channel {
	out := *c
	out.Members = slices.Clone(c.Members)
	return out
}

func (s *Server) otherNameLocked(c *Channel, userID string) string {
	for _, m := range c.Members {
		if u := s.userLocked(m); u != nil && m != userID {
			return u.RealName
		}
	}
	return c.Name
}

func (s *Server) userLocked(id string) *User {
	for _, u := range s.users {
		if u.ID == id {
			return u
		}
	}
	return nil
}

func (s *Server) channelLocked(id string) *Channel {
	for _, c := range s.channels {
		if c.ID == id {
			return c
		}
	}
	return nil
}

// seesLocked says whether a person can read a conversation. Guests and
// outsiders see only those they are in.
func (s *Server) seesLocked(userID string, c *Channel) bool {
	if slices.Contains(c.Members, userID) {
		return true
	}
	u := s.userLocked(userID)
	return u != nil && !u.IsGuest && !u.Stranger && !c.Private && !c.DM
}

// actorLocked returns the active person, who may do something at all.
func (s *Server) actorLocked(userID string) (*User, error) {
	u := s.userLocked(userID)
	if u == nil {
		return nil, fmt.Errorf("user %q: %w", userID, ErrNotThere)
	}
	if u.Deleted {
		return nil, fmt.Errorf("user %q is deactivated: %w", userID, ErrNotThere)
	}
	return u, nil
}

// roomLocked returns the person and a conversation they can see.
func (s *Server) roomLocked(userID, channelID string) (*User, *Channel, error) {
	u, err := s.actorLocked(userID)
	if err != nil {
		return nil, nil, err
	}
	c := s.channelLocked(channelID)
	if c == nil || !s.seesLocked(userID, c) {
		return nil, nil, fmt.Errorf("channel %q: %w", channelID, ErrNotThere)
	}
	return u, c, nil
}

// directLocked returns the conversation between the bot and a person, making it
// the first time.
func (s *Server) directLocked(userID string) (c *Channel, old bool) {
	for _, c := range s.channels {
		if c.DM && len(c.Members) == 2 && slices.Contains(c.Members, userID) && slices.Contains(c.Members, s.o.BotUserID) {
			return c, true
		}
	}
	c = &Channel{ID: s.newIDLocked("D"), DM: true, Members: []string{userID, s.o.BotUserID}}
	s.channels = append(s.channels, c)
	s.touchLocked()
	return c, false
}
