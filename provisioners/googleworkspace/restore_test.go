package googleworkspace_test

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"countersign/provisioners"
	"countersign/provisioners/googleworkspace/fakegoogle"
)

func TestADeletedAccountIsRestored(t *testing.T) {
	for _, o := range []fakegoogle.Options{{}, {DeletedSaysSo: true}} {
		d := openDesk(t, o)
		if err := d.google.DeleteUser(ada); err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second time it is there already
			if err := d.accounts.Restore(t.Context(), adaID); err != nil {
				t.Errorf("Restore: %v", err)
			}
		}
		if u := d.user(t, ada); u.ID != adaID || u.OrgUnit != "/" {
			t.Errorf("account %+v, want it back", u)
		}
	}
}

func TestRestoringSurvivesAnyCallThatFails(t *testing.T) {
	d := openDesk(t, fakegoogle.Options{})
	for _, applied := range []bool{false, true} {
		for skip := range 5 {
			for _, count := range []int{1, 3} {
				if err := d.google.DeleteUser(ada); err != nil {
					t.Fatal(err)
				}
				d = d.fresh(t, slog.New(slog.DiscardHandler))
				d.google.Fail(fakegoogle.Fault{Kind: fakegoogle.Unavailable, Applied: applied, Skip: skip, Count: count})
				err := d.accounts.Restore(t.Context(), adaID)
				if _, permanent := errors.AsType[*provisioners.Permanent](err); permanent || count == 1 && err != nil {
					t.Errorf("call %d, %d times%s: %v", skip+1, count, flavour(applied), err)
				}
				if err := d.accounts.Restore(t.Context(), adaID); err != nil {
					t.Errorf("call %d, %d times%s, again: %v", skip+1, count, flavour(applied), err)
				}
				d.google.Heal()
				d.user(t, ada)
			}
		}
	}
}

func TestAnAccountThatCannotComeBackIsSaidWhy(t *testing.T) {
	shift := -21 * 24 * time.Hour
	d := openDesk(t, fakegoogle.Options{Now: func() time.Time { return time.Now().Add(shift) }})
	if err := d.google.DeleteUser(bob); err != nil {
		t.Fatal(err)
	}
	shift = 0
	if err := d.google.DeleteUser(ada); err != nil {
		t.Fatal(err)
	}
	d.google.AddUser(fakegoogle.User{Email: "countess@acme.example"})
	wantPermanent(t, d.accounts.Restore(t.Context(), adaID), "belongs to somebody else", "Free the address")
	err := d.accounts.Restore(t.Context(), bobID)
	wantPermanent(t, err, "20 days", "new account")
	if !errors.Is(err, provisioners.ErrNoAccount) {
		t.Errorf("cause %v, want ErrNoAccount", err)
	}
}
