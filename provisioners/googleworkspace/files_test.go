package googleworkspace_test

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	datatransfer "google.golang.org/api/admin/datatransfer/v1"
	"google.golang.org/api/option"

	"countersign/provisioners"
	"countersign/provisioners/googleworkspace"
	"countersign/provisioners/googleworkspace/fakegoogle"
)

const (
	transfersPath = "/admin/datatransfer/v1/transfers"
	driveID       = "55656082996"
)

// handing is that the files of ada belong to bob.
func handing() provisioners.Change {
	return provisioners.Change{
		Key: "OF-0001/files", Target: provisioners.AccountFiles, Present: true,
		Person:  provisioners.Person{ID: "P-000001", Email: ada, AccountID: adaID},
		Details: provisioners.Details{NewOwner: provisioners.Person{ID: "P-000003", Email: bob, AccountID: bobID}},
	}
}

// wantUnderway returns what Apply says while Google works.
func (d desk) wantUnderway(t *testing.T, c provisioners.Change) (provisioners.Result, *provisioners.Underway) {
	t.Helper()
	r, err := d.accounts.Apply(t.Context(), c)
	u, ok := errors.AsType[*provisioners.Underway](err)
	if !ok {
		t.Fatalf("Apply = %+v, %v, want it underway", r, err)
	}
	if u.Seen.Present || !u.Seen.Checked || u.Seen.Details["status"] == "" {
		t.Errorf("Underway saw %+v, want a status and no files yet", u.Seen)
	}
	return r, u
}

func clocked(t *testing.T, o fakegoogle.Options) (desk, *time.Duration) {
	shift := new(time.Duration)
	o.Now = func() time.Time { return time.Now().Add(*shift) }
	d := openDesk(t, o, func(c *googleworkspace.Config) { c.Now = o.Now })
	return d, shift
}

func TestFilesAreTransferredAndLookedAtUntilTheyAre(t *testing.T) {
	d, shift := clocked(t, fakegoogle.Options{TransferTime: 50 * time.Minute, PageSize: 1})
	if seen := d.look(t, handing()); seen.Present || seen.Details["status"] != "not begun" {
		t.Errorf("before: %+v", seen)
	}
	first, u := d.wantUnderway(t, handing())
	if !first.Changed || u.After != 15*time.Second {
		t.Errorf("Apply = changed %t, look after %v, want a change and 15s", first.Changed, u.After)
	}
	for after, wait := range map[time.Duration]time.Duration{time.Minute: 15 * time.Second, 20 * time.Minute: 2 * time.Minute} {
		*shift = after
		if r, u := d.wantUnderway(t, handing()); r.Changed || u.After != wait {
			t.Errorf("after %v: changed %t, look after %v, want %v and no change", after, r.Changed, u.After, wait)
		}
	}
	*shift = 40 * time.Minute
	if seen := d.look(t, handing()); seen.Present || !strings.Contains(seen.Details["status"], "Drive and Docs completed") || !strings.Contains(seen.Details["status"], "Looker Studio inProgress") {
		t.Errorf("in between: %+v, want Drive done and Looker Studio not", seen)
	}
	*shift = 51 * time.Minute
	got := d.apply(t, handing())
	if got.Changed || !got.Seen.Present || !strings.HasPrefix(got.Seen.Query, "GET "+transfersPath+"?") {
		t.Errorf("Apply = %+v, want it done", got)
	}
	all := d.google.Transfers()
	if len(all) != 1 || all[0].From != ada || all[0].To != bob || len(all[0].Applications) != 3 ||
		len(all[0].Applications[0].Parameters["PRIVACY_LEVEL"]) != 2 || len(all[0].Applications[1].Parameters["RELEASE_RESOURCES"]) != 1 {
		t.Errorf("transfers %+v, want one of everything", all)
	}
}

func TestALongTransferIsLookedAtSeldom(t *testing.T) {
	d, shift := clocked(t, fakegoogle.Options{TransferTime: 48 * time.Hour})
	d.wantUnderway(t, handing())
	*shift = 61 * time.Minute
	if _, u := d.wantUnderway(t, handing()); u.After != 15*time.Minute {
		t.Errorf("look after %v, want 15m", u.After)
	}
}

func TestATransferIsBegunOnceWhateverCallFails(t *testing.T) {
	d := openDesk(t, fakegoogle.Options{})
	want := 0
	for _, applied := range []bool{false, true} {
		for skip := range 8 {
			for _, count := range []int{1, 3} {
				d = d.fresh(t, slog.New(slog.DiscardHandler))
				c := handing()
				c.Person.AccountID = d.google.AddUser(fakegoogle.User{Email: fmt.Sprintf("leaver%d@acme.example", want)}).ID
				d.google.Fail(fakegoogle.Fault{Kind: fakegoogle.Unavailable, Applied: applied, Skip: skip, Count: count})
				var err error
				for range 4 {
					if _, err = d.accounts.Apply(t.Context(), c); err == nil {
						break
					}
				}
				d.google.Heal()
				want++
				if all := d.google.Transfers(); err != nil || len(all) != want {
					t.Fatalf("call %d, %d times%s: %v, %d transfers, want %d", skip+1, count, flavour(applied), err, len(all), want)
				}
			}
		}
	}
}

func TestAThrottledTransferIsAskedForAgain(t *testing.T) {
	d := openDesk(t, fakegoogle.Options{})
	d.google.Fail(fakegoogle.Fault{Method: "POST", Path: transfersPath, Kind: fakegoogle.TooMany, Count: 2})
	d.wantUnderway(t, handing())
	if n := len(d.google.Transfers()); n != 1 {
		t.Errorf("%d transfers, want 1", n)
	}
}

func TestALostTransferThatIsNotListedYetIsNotSentAgainAtOnce(t *testing.T) {
	d := openDesk(t, fakegoogle.Options{})
	d.google.Fail(fakegoogle.Fault{Method: "POST", Path: transfersPath, Kind: fakegoogle.Unavailable})
	got, err := d.accounts.Apply(t.Context(), handing())
	if _, permanent := errors.AsType[*provisioners.Permanent](err); err == nil || permanent || !got.Changed {
		t.Errorf("Apply = changed %t, %v, want a possible change and an error that can be repeated", got.Changed, err)
	}
	if n := d.posts(transfersPath); n != 1 {
		t.Errorf("%d requests for a transfer, want 1", n)
	}
}

func TestAFailedTransferIsBegunAgainOnlyWhenAPersonAsks(t *testing.T) {
	d := openDesk(t, fakegoogle.Options{})
	d.google.FailTransfers(driveID)
	d.wantUnderway(t, handing())
	for range 2 {
		got, err := d.accounts.Apply(t.Context(), handing())
		wantPermanent(t, err, "Drive and Docs failed", "retry")
		if got.Changed || got.Seen.Present {
			t.Errorf("Apply = %+v, want no change", got)
		}
	}
	if seen := d.look(t, handing()); seen.Present || !strings.Contains(seen.Details["status"], "failed") {
		t.Errorf("Read = %+v, want it failed", seen)
	}
	again := handing()
	again.Again = true
	d.wantUnderway(t, again)
	if got := d.apply(t, handing()); !got.Seen.Present || len(d.google.Transfers()) != 2 {
		t.Errorf("Apply = %+v after %d transfers, want the second to have done it", got, len(d.google.Transfers()))
	}
}

func TestAskingAgainBeginsNothingWhileATransferIsOnItsWay(t *testing.T) {
	d, shift := clocked(t, fakegoogle.Options{TransferTime: 20 * time.Minute})
	d.google.FailTransfers(driveID)
	d.wantUnderway(t, handing())
	*shift = 21 * time.Minute
	again := handing()
	again.Again = true
	d.wantUnderway(t, again)
	d.wantUnderway(t, again)
	if n := len(d.google.Transfers()); n != 2 {
		t.Errorf("%d transfers, want 2", n)
	}
	*shift = 42 * time.Minute
	if got := d.apply(t, again); got.Changed || !got.Seen.Present {
		t.Errorf("Apply = %+v, want it done", got)
	}
}

func TestATransferBeforeTheAccountWasLastUsedDoesNotCount(t *testing.T) {
	d, shift := clocked(t, fakegoogle.Options{})
	d.wantUnderway(t, handing())
	d.apply(t, handing())
	*shift = time.Minute
	if err := d.google.SignIn(ada); err != nil {
		t.Fatal(err)
	}
	if seen := d.look(t, handing()); seen.Present {
		t.Errorf("Read = %+v, want files that came since not transferred", seen)
	}
	*shift = 2 * time.Minute
	d.wantUnderway(t, handing())
	if got := d.apply(t, handing()); !got.Seen.Present || len(d.google.Transfers()) != 2 {
		t.Errorf("Apply = %+v after %d transfers, want the second", got, len(d.google.Transfers()))
	}
}

// transfers is the API as an administrator uses it past us.
func (d desk) transfers(t *testing.T) *datatransfer.TransfersService {
	t.Helper()
	s, err := datatransfer.NewService(t.Context(), option.WithTokenSource(d.token(t, admin, datatransfer.AdminDatatransferScope)), option.WithEndpoint(d.url))
	if err != nil {
		t.Fatal(err)
	}
	return s.Transfers
}

func TestATransferThatLeavesPrivateFilesBehindDoesNotCount(t *testing.T) {
	d := openDesk(t, fakegoogle.Options{})
	shared := &datatransfer.ApplicationTransferParam{Key: "PRIVACY_LEVEL", Value: []string{"SHARED"}}
	_, err := d.transfers(t).Insert(&datatransfer.DataTransfer{OldOwnerUserId: adaID, NewOwnerUserId: bobID, ApplicationDataTransfers: []*datatransfer.ApplicationDataTransfer{
		{ApplicationId: 55656082996, ApplicationTransferParams: []*datatransfer.ApplicationTransferParam{shared}},
	}}).Do()
	if err != nil {
		t.Fatal(err)
	}
	if seen := d.look(t, handing()); seen.Present {
		t.Errorf("Read = %+v, want it absent", seen)
	}
	d.wantUnderway(t, handing())
	if n := len(d.google.Transfers()); n != 2 {
		t.Errorf("%d transfers, want ours too", n)
	}
}

func TestATransferThatCannotBeginIsSaidWhy(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(d desk) error
		spoil   func(*provisioners.Change)
		reason  string
	}{
		"hold":             {func(d desk) error { return d.google.Hold(ada) }, nil, "on hold in Google Vault"},
		"suspended owner":  {func(d desk) error { return d.google.Suspend(bob) }, nil, "no active account"},
		"owner is gone":    {func(d desk) error { return d.google.DeleteUser(bob) }, nil, "no account for the new owner"},
		"leaver is gone":   {func(d desk) error { return d.google.DeleteUser(ada) }, nil, "nothing left to change or to transfer"},
		"leaver to leaver": {nil, func(c *provisioners.Change) { c.Details.NewOwner = c.Person }, "is the leaver"},
		"taken back":       {nil, func(c *provisioners.Change) { c.Present = false }, "cannot be taken back"},
	} {
		t.Run(name, func(t *testing.T) {
			d := openDesk(t, fakegoogle.Options{})
			change := handing()
			if c.prepare != nil {
				if err := c.prepare(d); err != nil {
					t.Fatal(err)
				}
			}
			if c.spoil != nil {
				c.spoil(&change)
			}
			got, err := d.accounts.Apply(t.Context(), change)
			wantPermanent(t, err, c.reason, ".")
			if got.Changed || len(d.google.Transfers()) != 0 {
				t.Errorf("Apply = %+v, %d transfers, want none", got, len(d.google.Transfers()))
			}
		})
	}
}

func TestFilesOfASuspendedLeaverAreTransferred(t *testing.T) {
	d := openDesk(t, fakegoogle.Options{})
	if err := d.google.Suspend(ada); err != nil {
		t.Fatal(err)
	}
	d.wantUnderway(t, handing())
	if err := d.google.Suspend(bob); err != nil { // once it is done nobody need be active
		t.Fatal(err)
	}
	if got := d.apply(t, handing()); !got.Seen.Present {
		t.Errorf("Apply = %+v, want it done", got)
	}
}
