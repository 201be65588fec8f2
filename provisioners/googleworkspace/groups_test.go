package googleworkspace_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"countersign/provisioners"
	"countersign/provisioners/googleworkspace"
	"countersign/provisioners/googleworkspace/fakegoogle"
)

func TestEveryAddressOfAGroupHasOneKey(t *testing.T) {
	o := open(t, fakegoogle.Options{})
	for _, address := range []string{devs, "DEVS@acme.example", "engineers@acme.example", devsID} {
		if key, err := o.TargetKey(t.Context(), address); key != "google_group:"+devsID || err != nil {
			t.Errorf("TargetKey(%s) = %q, %v, want google_group:%s", address, key, err, devsID)
		}
	}
}

func TestAnAddedMemberIsInsertedByNumericIdsAndReadBack(t *testing.T) {
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	o := open(t, fakegoogle.Options{}, func(c *googleworkspace.Config) { c.Now = func() time.Time { return now } })
	c := change(true)
	c.Person.Email = "Countess@acme.example"
	got := o.apply(t, c)

	want := provisioners.Result{Changed: true, Seen: provisioners.Observation{
		Present: true, Checked: true, Source: "Google Workspace Directory API", At: now,
		Query: "GET /admin/directory/v1/groups/" + devsID + "/members/" + adaID,
		Details: map[string]string{
			"group": devs, "group_id": devsID, "email": ada, "user_id": adaID, "role": "MEMBER", "status": "ACTIVE", "type": "USER",
		},
	}}
	ignoreEtag := cmpopts.IgnoreMapEntries(func(k, _ string) bool { return k == "etag" })
	if diff := cmp.Diff(got, want, ignoreEtag); diff != "" {
		t.Errorf("Apply (-got +want):\n%s", diff)
	}
	if got.Seen.Details["etag"] == "" {
		t.Error("no etag was kept")
	}
	posts := o.sent("POST")
	if len(posts) != 1 {
		t.Fatalf("%d inserts, want 1", len(posts))
	}
	if got, want := posts[0].Path, "/admin/directory/v1/groups/"+devsID+"/members"; got != want {
		t.Errorf("inserted at %s, want %s", got, want)
	}
	if got, want := posts[0].Body, "{\"id\":\""+adaID+"\",\"role\":\"MEMBER\"}\n"; got != want {
		t.Errorf("inserted %s, want %s", got, want)
	}
}

func TestAnAlreadyPresentMemberIsReportedAsUnchanged(t *testing.T) {
	for _, role := range []string{"MEMBER", "MANAGER", "OWNER"} {
		o := open(t, fakegoogle.Options{})
		if err := o.google.AddMember(devs, ada, role); err != nil {
			t.Fatal(err)
		}
		got := o.apply(t, change(true))
		if got.Changed || got.Seen.Details["role"] != role {
			t.Errorf("Apply for a %s: changed %t, role %q, want unchanged", role, got.Changed, got.Seen.Details["role"])
		}
		if posts := o.sent("POST"); len(posts) != 0 {
			t.Errorf("Apply for a %s inserted: %v", role, posts)
		}
	}
}

func TestMembershipThroughAnotherGroupIsNotTheAccess(t *testing.T) {
	o := open(t, fakegoogle.Options{})
	o.google.AddGroup(fakegoogle.Group{Email: "inner@acme.example"})
	for group, member := range map[string]string{devs: "inner@acme.example", "inner@acme.example": ada} {
		if err := o.google.AddMember(group, member, ""); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := o.Read(t.Context(), change(true)); got.Present || err != nil {
		t.Errorf("Read = present %t, %v, want absent", got.Present, err)
	}
	if got := o.apply(t, change(true)); !got.Changed {
		t.Error("Apply changed nothing, want a direct membership")
	}
}

func TestThePersonIsFoundByAccountIdWhereTheAddressMovedToSomebodyElse(t *testing.T) {
	o := open(t, fakegoogle.Options{})
	heir := o.google.AddUser(fakegoogle.User{Email: "ada.old@acme.example"})
	c := change(true)
	c.Person.Email, c.Person.AccountID = heir.Email, adaID
	o.apply(t, c)
	if got := o.members(t); len(got) != 1 || got[0].ID != adaID {
		t.Errorf("members = %v, want only %s", got, adaID)
	}
}

func TestAPendingMembershipIsReplacedByARealOne(t *testing.T) {
	o := open(t, fakegoogle.Options{})
	if err := o.google.AddPending(devs, ada); err != nil {
		t.Fatal(err)
	}
	if got := o.apply(t, change(true)); !got.Changed || !got.Seen.Present {
		t.Errorf("Apply = %+v, want changed and present", got)
	}
	if got := o.members(t); len(got) != 1 {
		t.Errorf("members = %v, want one", got)
	}
}

func TestAPendingMembershipIsRemovedToo(t *testing.T) {
	o := open(t, fakegoogle.Options{})
	if err := o.google.AddPending(devs, ada); err != nil {
		t.Fatal(err)
	}
	if got := o.apply(t, change(false)); !got.Changed {
		t.Error("Apply changed nothing, want the pending membership gone")
	}
	if err := o.google.AddMember(devs, ada, ""); err != nil {
		t.Errorf("something is left of the pending membership: %v", err)
	}
}

func TestAnAccountThatIsGoneHasNoMembership(t *testing.T) {
	o := open(t, fakegoogle.Options{})
	o.apply(t, change(true))
	if err := o.google.DeleteUser(ada); err != nil {
		t.Fatal(err)
	}
	got := o.apply(t, change(false))
	if got.Changed || got.Seen.Present || got.Seen.Details["account"] != "not found" {
		t.Errorf("Apply = %+v, want unchanged, absent, account not found", got)
	}
}

func TestASuspendedPersonCanOnlyLose(t *testing.T) {
	o := open(t, fakegoogle.Options{})
	o.apply(t, change(true))
	if err := o.google.Suspend(ada); err != nil {
		t.Fatal(err)
	}
	_, err := o.Apply(t.Context(), change(true))
	wantPermanent(t, err, "is suspended", "Lift the suspension")
	if got := o.apply(t, change(false)); !got.Changed || got.Seen.Details["account"] != "suspended" {
		t.Errorf("Apply = %+v, want changed for a suspended account", got)
	}
}

func TestAnArchivedPersonIsNotAdded(t *testing.T) {
	o := open(t, fakegoogle.Options{})
	o.google.AddUser(fakegoogle.User{Email: "old@acme.example", Archived: true})
	c := change(true)
	c.Person.Email = "old@acme.example"
	_, err := o.Apply(t.Context(), c)
	wantPermanent(t, err, "is archived", "Unarchive")
}

func TestAGroupWithAdministratorRolesIsRefused(t *testing.T) {
	for name, prepare := range map[string]func(*fakegoogle.Server) error{
		"its own role": func(g *fakegoogle.Server) error { return g.AssignRole(devs) },
		"a role of the group around it": func(g *fakegoogle.Server) error {
			g.AddGroup(fakegoogle.Group{Email: "helpdesk@acme.example"})
			if err := g.AddMember("helpdesk@acme.example", devs, ""); err != nil {
				return err
			}
			return g.AssignRole("helpdesk@acme.example")
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t, fakegoogle.Options{})
			if err := prepare(o.google); err != nil {
				t.Fatal(err)
			}
			_, err := o.Apply(t.Context(), change(true))
			wantPermanent(t, err, "carries administrator roles", "without administrator roles")
			if got := o.members(t); len(got) != 0 {
				t.Errorf("members = %v, want none", got)
			}
			o.apply(t, change(false)) // taking away stays possible
		})
	}
}

func TestTheDelegationAdministratorIsNeverATarget(t *testing.T) {
	o := open(t, fakegoogle.Options{})
	for _, person := range []provisioners.Person{{Email: admin}, {Email: "ROOT@acme.example"}, {AccountID: adminID}} {
		for _, present := range []bool{true, false} {
			c := change(present)
			c.Person = person
			_, err := o.Apply(t.Context(), c)
			wantPermanent(t, err, "cannot be given or denied", "Admin console")
		}
	}
	if posts := o.sent("POST"); len(posts) != 0 {
		t.Errorf("inserted %v", posts)
	}
}

func TestAnEmptyAddressIsRefusedBeforeItBecomesAListing(t *testing.T) {
	o := open(t, fakegoogle.Options{})
	c := change(true)
	c.Person = provisioners.Person{ID: "P-000001"}
	_, err := o.Apply(t.Context(), c)
	wantPermanent(t, err, "no work address", "Add")
	c = change(true)
	c.Target = " "
	_, err = o.Read(t.Context(), c)
	wantPermanent(t, err, "No Google group", "google_group")
}
