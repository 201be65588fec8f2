package workflows

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// directory finds active people named by the local part of their address.
func directory(gone ...string) people {
	return func(email string) (Person, error) {
		if slices.Contains(gone, email) {
			return Person{}, ErrNotFound
		}
		return Person{ID: email, Email: email, ChatID: "U" + email, Kind: KindMember, Active: true}, nil
	}
}

func TestApproversAreSoughtFromTheOwnerOutward(t *testing.T) {
	cat := &Catalogue{Admins: []string{"admin"}, Security: []string{"sec"}}
	app := App{Owners: []string{"own", "own2"}, Backups: []string{"back"}}
	for _, tt := range []struct {
		name               string
		requester, subject string
		gone               []string
		want               string
	}{
		{"owners first", "nora", "nora", nil, "own:owner own2:owner"},
		{"never the requester", "own", "nora", nil, "own2:owner"},
		{"never the subject", "nora", "own2", nil, "own:owner"},
		{"then backups", "own", "own2", nil, "back:backup"},
		{"then admins", "nora", "nora", []string{"own", "own2", "back"}, "admin:admin"},
		{"then security", "nora", "nora", []string{"own", "own2", "back", "admin"}, "sec:security"},
		{"nobody", "sec", "nora", []string{"own", "own2", "back", "admin"}, ""},
	} {
		p, err := panel(cat, directory(tt.gone...), Request{Requester: tt.requester, Subject: tt.subject}, app, Level{})
		if err != nil {
			t.Fatal(err)
		}
		if got := panelText(p.Resource); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
		if p.Second != nil {
			t.Errorf("%s: got a second opinion %v for ordinary access", tt.name, p.Second)
		}
	}
}

func panelText(list []Approver) string {
	var out string
	for i, a := range list {
		if i > 0 {
			out += " "
		}
		out += a.Person.ID + ":" + string(a.Basis)
	}
	return out
}

func TestWhoIsHeldInactiveOrWithoutSlackIsNotAsked(t *testing.T) {
	fine, _ := directory()("bob")
	for name, change := range map[string]func(*Person){
		"held": func(p *Person) { p.Hold = "second account" }, "inactive": func(p *Person) { p.Active = false },
		"no Slack": func(p *Person) { p.ChatID = "" }, "guest": func(p *Person) { p.Kind = KindGuest },
	} {
		p := fine
		change(&p)
		if independent(p, Request{}) {
			t.Errorf("%s: still independent", name)
		}
	}
	if !independent(fine, Request{}) {
		t.Error("a member in good standing is not independent")
	}
}

// drawPanel draws a panel as configurations make them: each list has one basis,
// and lists of one basis are the same list.
func drawPanel(t *rapid.T) Panel {
	lists := make(map[Basis][]Approver)
	for _, b := range []Basis{BasisOwner, BasisBackup, BasisAdmin, BasisSecurity} {
		for _, id := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c", "d"}), 0, 3, rapid.ID[string]).Draw(t, string(b)) {
			lists[b] = append(lists[b], Approver{Person{ID: id}, b})
		}
	}
	first := func(order ...Basis) []Approver {
		for _, b := range order {
			if len(lists[b]) > 0 {
				return lists[b]
			}
		}
		return nil
	}
	return Panel{Resource: first(BasisOwner, BasisBackup, BasisAdmin, BasisSecurity), Second: first(BasisSecurity, BasisAdmin)}
}

// pairs returns who could approve for the resource and who could be the second,
// two different people.
func (p Panel) pairs() (out [][2]string) {
	for _, r := range p.Resource {
		for _, s := range p.Second {
			if r.Person.ID != s.Person.ID {
				out = append(out, [2]string{r.Person.ID, s.Person.ID})
			}
		}
	}
	return out
}

func TestAPanelIsOpenExactlyWhenTwoDifferentPeopleCanFillIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPanel(t)
		if got, want := p.open(nil, 2), len(p.pairs()) > 0; got != want {
			t.Fatalf("%v: open is %v, want %v", p, got, want)
		}
		if got, want := p.open(nil, 1), len(p.Resource) > 0; got != want {
			t.Fatalf("%v: open for one is %v, want %v", p, got, want)
		}
	})
}

func TestTheFirstApprovalNeverStrandsTheSecond(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPanel(t)
		for _, a := range p.All() {
			mayBeFirst := slices.ContainsFunc(p.pairs(), func(x [2]string) bool { return x[0] == a.Person.ID || x[1] == a.Person.ID })
			seat, place := p.seat(a.Person.ID, nil, 2)
			given := []Decision{{By: a.Person.ID, Basis: seat.Basis, Seat: place, Verdict: VerdictApprove}}
			if got := p.open(given, 2); got != mayBeFirst {
				t.Fatalf("%v: after %s as %s open is %v, want %v", p, a.Person.ID, seat.Basis, got, mayBeFirst)
			}
			if mayBeFirst {
				p.mustEnd(t, given, place)
			}
		}
	})
}

// mustEnd makes sure that somebody else can give the second approval, in the
// other capacity, and that nobody then is asked any more.
func (p Panel) mustEnd(t *rapid.T, given []Decision, first Seat) {
	ended := false
	for _, b := range p.All() {
		if b.Person.ID == given[0].By {
			continue
		}
		seat, place := p.seat(b.Person.ID, given, 2)
		if place == slotNone {
			continue
		}
		ended = true
		if place == first && given[0].Basis != seat.Basis {
			t.Fatalf("%v: %s and then %s both sit as %s", p, given[0].By, b.Person.ID, place)
		}
		both := append(slices.Clone(given), Decision{By: b.Person.ID, Basis: seat.Basis, Seat: place, Verdict: VerdictApprove})
		if taken := p.taken(both); !taken[slotResource] || !taken[slotSecond] {
			t.Fatalf("%v: after %v a place is still free", p, both)
		}
	}
	if !ended {
		t.Fatalf("%v: after %s nobody can give the second approval", p, given[0].By)
	}
}

func TestTheOneSecondOpinionIsKeptForWhoAloneCanGiveIt(t *testing.T) {
	find := directory()
	cat := &Catalogue{Admins: []string{"ada"}}
	p, err := panel(cat, find, Request{}, App{Owners: []string{"ada", "bob"}}, Level{Privileged: true})
	if err != nil {
		t.Fatal(err)
	}
	seat, place := p.seat("ada", nil, 2)
	if place != slotSecond || seat.Basis != BasisAdmin {
		t.Fatalf("ada sits as %s, want admin: only she can give the second opinion", seat.Basis)
	}
	given := []Decision{{By: "ada", Basis: seat.Basis, Seat: place, Verdict: VerdictApprove}}
	if got := fmt.Sprint(p.open(given, 2)); got != "true" {
		t.Errorf("open is %s after ada, want true: bob is an owner", got)
	}
	if _, place := p.seat("bob", given, 2); place != slotResource {
		t.Errorf("bob sits at %s, want the resource", place)
	}
}

func TestABackupIsAskedWhereOnePersonAloneWouldHaveToApproveTwice(t *testing.T) {
	cat := &Catalogue{Security: []string{"ada"}, Admins: []string{"ann"}}
	app := App{Owners: []string{"ada"}, Backups: []string{"bob"}}
	p, err := panel(cat, directory(), Request{}, app, Level{Privileged: true})
	if err != nil {
		t.Fatal(err)
	}
	if !p.open(nil, 2) {
		t.Fatalf("%v: nobody can give the second approval", p)
	}
	given := []Decision{{By: "ada", Basis: BasisSecurity, Seat: slotSecond, Verdict: VerdictApprove}}
	if seat, _ := p.seat("bob", given, 2); seat.Basis != BasisBackup {
		t.Errorf("bob sits as %q, want backup", seat.Basis)
	}
}
