package fakeslack

import (
	"go/build"
	"slices"
	"strings"
	"testing"
)

func TestADeactivatedPersonLeavesChannelsAndModals(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		v := w.open(a)
		w.Deactivate(w.ana.ID)
		if n := len(w.Views(w.ana.ID)); n != 0 {
			t.Errorf("got %d open views, want 0", n)
		}
		for _, c := range w.Channels(w.bob.ID) {
			if slices.Contains(c.Members, w.ana.ID) {
				t.Errorf("she is still in %s", c.Name)
			}
		}
		wantIs(t, w.Submit(t.Context(), w.ana.ID, v.ID, nil), ErrNotThere)
		_, _, err := w.api.PostMessageContext(t.Context(), w.ana.ID)
		wantCode(t, err, "channel_not_found")
	})
}

func TestOutsidersAndGuestsSeeOnlyTheirOwnChannels(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		shared := w.AddChannel(Channel{Name: "shared", Shared: true})
		out := w.AddUser(User{Name: "olga", TeamID: "T9OTHER", Stranger: true, Email: "olga@other.example"})
		if n := len(w.Channels(out.ID)); n != 0 {
			t.Errorf("an outsider in no channel sees %d", n)
		}
		info := must2(w.api.GetUserInfoContext(t.Context(), out.ID))(t)
		if !info.IsStranger || info.TeamID != "T9OTHER" || info.Profile.Email != "" {
			t.Errorf("got %+v", info)
		}
		_, err := w.Say(t.Context(), out.ID, shared.ID, "", "hello")
		wantIs(t, err, ErrNotThere)
		_, err = w.Say(t.Context(), w.bob.ID, shared.ID, "", "hello")
		wantIs(t, err, ErrNotNow) // he sees it, but has not joined
	})
}

func TestThePackageImportsNothingOfOursAndNoTesting(t *testing.T) {
	p, err := build.ImportDir(".", 0)
	check(t, err)
	for _, path := range p.Imports {
		if path == "testing" || strings.HasPrefix(path, "countersign") || strings.HasPrefix(path, "github.com/slack-go") {
			t.Errorf("imports %s", path)
		}
	}
}
