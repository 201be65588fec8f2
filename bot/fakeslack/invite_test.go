package fakeslack

import (
	"errors"
	"slices"
	"testing"
)

func TestAnInvitedPersonSeesAPrivateChannelFromThenOn(t *testing.T) {
	s := New(Options{})
	defer s.Close()
	s.AddUser(User{ID: "U0ANN", Name: "ann"})
	s.AddUser(User{ID: "U0BEN", Name: "ben"})
	room := s.AddChannel(Channel{Name: "people-ops", Private: true, Members: []string{"U0ANN"}})
	sees := func() bool {
		return slices.ContainsFunc(s.Channels("U0BEN"), func(c Channel) bool { return c.ID == room.ID })
	}
	if sees() {
		t.Fatal("Ben sees a private channel that he is not in")
	}
	for range 2 { // the second time changes nothing
		if err := s.Invite(room.ID, "U0BEN"); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.Channels("U0ANN")[0].Members; !sees() || !slices.Equal(got, []string{"U0ANN", "U0BEN"}) {
		t.Errorf("Ben sees it: %v; members are %v", sees(), got)
	}
	s.Deactivate("U0BEN")
	for channel, user := range map[string]string{room.ID: "U0BEN", "C0NONE": "U0ANN"} {
		if err := s.Invite(channel, user); !errors.Is(err, ErrNotThere) {
			t.Errorf("inviting %s to %s: got %v, want %v", user, channel, err, ErrNotThere)
		}
	}
}
