package fakeslack

import (
	"fmt"
	"slices"
)

// Invite brings a person into a channel, as one of its members does. Whoever is
// in it already stays. The error is ErrNotThere where there is no such active
// person or channel.
func (s *Server) Invite(channelID, userID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.actorLocked(userID); err != nil {
		return err
	}
	c := s.channelLocked(channelID)
	if c == nil || c.DM {
		return fmt.Errorf("channel %q: %w", channelID, ErrNotThere)
	}
	if !slices.Contains(c.Members, userID) {
		c.Members = append(c.Members, userID)
		s.touchLocked()
	}
	return nil
}
