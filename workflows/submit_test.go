package workflows_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"countersign/workflows"
)

func TestTheFormShowsWhatTheAppOffers(t *testing.T) {
	s := workflows.New(workflows.Parts{Catalogue: catalogue()})
	empty, err := s.Form(workflows.AccessRequest, "U1", nil)
	if err != nil || len(empty.Fields) != 3 {
		t.Fatalf("got %d fields and %v, want app, for and justification", len(empty.Fields), err)
	}
	f, err := s.Form(workflows.AccessRequest, "U1", map[string]string{"app": "github", "level": "admin"})
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]workflows.Field)
	for _, field := range f.Fields {
		got[field.ID] = field
	}
	if got["level"].Value != "admin" || got["level"].Choices[2].Label != "Organization owner (privileged)" {
		t.Errorf("level is %v", got["level"])
	}
	if got["duration"].Choices[0].Label != "8 hours" || got["for"].Value != "U1" {
		t.Errorf("duration is %v, for is %v", got["duration"], got["for"])
	}
	if _, err := s.Form("holiday", "U1", nil); !errors.Is(err, workflows.ErrNotFound) {
		t.Errorf("form of an unknown workflow: got %v, want ErrNotFound", err)
	}
}

func TestTypingFindsAppsThatBeginSoFirst(t *testing.T) {
	s := workflows.New(workflows.Parts{Catalogue: catalogue()})
	got := s.Choices(workflows.AccessRequest, "app", "I")
	want := []string{"Build farm", "GitHub", "Wiki"} // none begins with i; ci holds it in its id
	if len(got) != len(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	for i := range want {
		if got[i].Label != want[i] {
			t.Errorf("choice %d is %s, want %s", i, got[i].Label, want[i])
		}
	}
	if got := s.Choices(workflows.AccessRequest, "app", "wi"); len(got) != 1 || got[0].Value != "wiki" {
		t.Errorf("got %v, want the wiki", got)
	}
}

func TestGrantLessOffersTheLevelAndLower(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Asks("nora", "github", "triage", day)
		f, err := h.svc.ActionForm(context.Background(), workflows.VerbReduce, id, 1, nil)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(f.Fields[0].Choices); n != 2 {
			t.Errorf("got %d levels, want member and triage", n)
		}
		if n := len(f.Fields[1].Choices); n != 2 {
			t.Errorf("got %d durations, want 8 hours and 1 day", n)
		}
		if f.Version != 1 || f.Record != id {
			t.Errorf("the form is bound to %s version %d", f.Record, f.Version)
		}
	})
}

func TestHomeShowsWhatWaitsWhatOneHasAndWhatOneAsked(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Gets("nora", "github", "member", 8*time.Hour, "bob")
		h.Asks("nora", "ci", "user", 8*time.Hour)
		h.Gets("mona", "wiki", "editor", 8*time.Hour, "ada")
		for who, want := range map[string][3]int{"nora": {0, 1, 1}, "bob": {1, 0, 0}, "wanda": {1, 0, 0}, "finn": {0, 0, 0}} {
			home, err := h.svc.Home(context.Background(), h.As(who).by)
			if err != nil || home.Refusal != nil {
				t.Fatal(home.Refusal, err)
			}
			if got := [3]int{len(home.Waiting), len(home.Access), len(home.Asked)}; got != want {
				t.Errorf("%s sees %v, want %v", who, got, want)
			}
		}
	}, func(h *company) { h.cat.Apps[2].Owners = []string{mail("wanda"), mail("ada")} })
}
