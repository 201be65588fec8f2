package googleworkspace

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strings"

	admin "google.golang.org/api/admin/directory/v1"

	"countersign/provisioners"
)

// newAccount is the account itself. It is made where it is not there, and is
// neither restored, re-opened nor deleted here.
type newAccount struct{ w *Workspace }

func (n newAccount) apply(ctx context.Context, c provisioners.Change, p party) (provisioners.Result, error) {
	if !c.Present {
		return provisioners.Result{}, refuse("Countersign does not delete Google accounts",
			"Delete the account in the Admin console once nothing in it is needed any more.")
	}
	own, err := n.own(ctx, c, p)
	if err != nil {
		return provisioners.Result{}, err
	}
	switch {
	case own.user != nil:
		return provisioners.Result{Seen: n.observe(own)}, closed(own.user)
	case c.Person.AccountID != "":
		return provisioners.Result{}, goneAccount(own)
	case p.user != nil:
		return provisioners.Result{}, taken(c.Person.Email, "a further address of the account "+p.user.PrimaryEmail)
	}
	u, sent, err := n.insert(ctx, c)
	if err != nil {
		return provisioners.Result{Changed: sent > 0 && doubtful(err)}, n.explainInsert(c, err)
	}
	result := provisioners.Result{Changed: true}
	if u, err = n.w.existing(ctx, u.Id); err != nil {
		return result, err
	}
	result.Seen = n.observe(party{key: u.Id, user: u})
	return result, closed(u)
}

func (n newAccount) read(ctx context.Context, c provisioners.Change, p party) (provisioners.Observation, error) {
	own, err := n.own(ctx, c, p)
	if err != nil {
		return provisioners.Observation{}, err
	}
	return n.observe(own), nil
}

// own leaves out an account that has the address only as a further one, and
// looks again for one that is known by its id.
func (n newAccount) own(ctx context.Context, c provisioners.Change, p party) (party, error) {
	switch {
	case p.user == nil:
		return n.w.again(ctx, c.Person, p)
	case c.Person.AccountID == "" && !strings.EqualFold(p.user.PrimaryEmail, c.Person.Email):
		return party{key: c.Person.Email}, nil
	}
	return p, nil
}

func (n newAccount) observe(p party) provisioners.Observation {
	return accountSeen(n.w, p, p.user != nil && closed(p.user) == nil)
}

// insert makes the account, and returns how many requests were sent. Google
// makes no second account of one address, and says so in the words that it has
// for an address of somebody else.
func (n newAccount) insert(ctx context.Context, c provisioners.Change) (u *admin.User, sent int, err error) {
	wanted := newUser(c)
	err = n.w.run(ctx, call{
		what:  "make the account " + c.Person.Email,
		scope: admin.AdminDirectoryUserScope,
		do: func(ctx context.Context) (err error) {
			sent++
			u, err = n.w.directoryFor(admin.AdminDirectoryUserScope).Users.Insert(wanted).ResolveConflictAccount(true).Context(ctx).Do()
			return err
		},
		settled: func(ctx context.Context) (bool, error) {
			u, err = n.made(ctx, c)
			return u != nil, err
		},
	})
	switch {
	case err != nil && classify(err) == duplicate:
		u, err = n.duplicate(ctx, c, err)
	case err == nil && u.HTTPStatusCode == http.StatusAccepted:
		err = refuse("The person has a personal Google account under "+c.Person.Email+", and Google asked them to move it. No account was made",
			"Wait until they answered Google's mail, or choose another address. Then retry.")
	}
	return u, sent, err
}

// made finds the account that an insert of ours made, if it did.
func (n newAccount) made(ctx context.Context, c provisioners.Change) (*admin.User, error) {
	u, err := n.w.user(ctx, c.Person.Email)
	switch {
	case err != nil && classify(err) == missing:
		return nil, nil
	case err != nil:
		return nil, err
	case !strings.EqualFold(u.PrimaryEmail, c.Person.Email):
		return nil, taken(c.Person.Email, "a further address of the account "+u.PrimaryEmail)
	case !named(u, c.Details) || signedIn(u):
		return nil, taken(c.Person.Email, "the address of somebody else's account")
	}
	return u, nil
}

func named(u *admin.User, d provisioners.Details) bool {
	return u.Name != nil && u.Name.GivenName == strings.TrimSpace(d.GivenName) && u.Name.FamilyName == strings.TrimSpace(d.FamilyName)
}

// duplicate says whether the address that Google calls taken is our own work.
func (n newAccount) duplicate(ctx context.Context, c provisioners.Change, cause error) (*admin.User, error) {
	u, err := n.made(ctx, c)
	if err != nil || u != nil {
		return u, err
	}
	g, err := n.w.findGroup(ctx, c.Person.Email)
	switch {
	case err != nil:
		return nil, err
	case g != nil:
		return nil, taken(c.Person.Email, "an address of the group "+g.Email)
	}
	return nil, fmt.Errorf("google: the address %s is taken, and nobody is shown to have it yet: %w", c.Person.Email, cause)
}

// doubtful tells an error after which nobody knows whether Google did the change.
// An error of ours is none: it says what Google did.
func doubtful(err error) bool {
	_, refused := errors.AsType[*provisioners.Permanent](err)
	_, throttled := errors.AsType[*provisioners.Throttled](err)
	return !refused && !throttled && unsure(err)
}

func (n newAccount) explainInsert(c provisioners.Change, err error) error {
	switch {
	case said(err, "INVALID_OU_ID"):
		return noOrgUnit(c.Details.OrgUnit, err)
	case said(err, "Domain not found"):
		return foreignDomain(c.Person.Email, err)
	case said(err, "Invalid Given/Family Name"):
		return &provisioners.Permanent{
			Reason: "Google does not take the person's name: it needs a first and a last name of at most 60 characters each",
			Next:   "Correct the name, then retry.", Err: err,
		}
	case said(err, "Invalid recovery email"):
		return &provisioners.Permanent{
			Reason: "Google does not take the person's personal address as a recovery address",
			Next:   "Correct the personal address, then retry.", Err: err,
		}
	}
	return err
}

// newUser is the account as it begins. Its password is thrown away: whoever
// signs in first needs one from FirstPassword.
func newUser(c provisioners.Change) *admin.User {
	d := c.Details
	u := &admin.User{
		PrimaryEmail:               c.Person.Email,
		Name:                       &admin.UserName{GivenName: strings.TrimSpace(d.GivenName), FamilyName: strings.TrimSpace(d.FamilyName)},
		Password:                   rand.Text() + rand.Text(),
		ChangePasswordAtNextLogin:  true,
		OrgUnitPath:                d.OrgUnit,
		RecoveryEmail:              d.RecoveryEmail,
		IncludeInGlobalAddressList: d.Listed,
		ForceSendFields:            []string{"IncludeInGlobalAddressList"},
	}
	if d.Department != "" || d.Employment != "" {
		u.Organizations = []admin.UserOrganization{{Department: d.Department, Description: d.Employment, Primary: true}}
	}
	if d.ManagerEmail != "" {
		u.Relations = []admin.UserRelation{{Type: "manager", Value: d.ManagerEmail}}
	}
	return u
}

var errTaken = errors.New("address taken")

func taken(email, by string) error {
	return &provisioners.Permanent{
		Reason: email + " is taken: it is " + by,
		Next:   "Choose another address, or free this one in the Admin console and retry.",
		Err:    errTaken,
	}
}
