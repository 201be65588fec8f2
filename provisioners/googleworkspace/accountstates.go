package googleworkspace

import (
	"context"

	"countersign/provisioners"
)

// Accounts makes and closes the accounts of a Workspace. It is safe for use by
// many goroutines.
//
// Nothing in it lets a suspended account sign in again, and nothing changes the
// account of Config.AdminSubject, through which Countersign itself works.
type Accounts struct{ w *Workspace }

var _ provisioners.Accounts = (*Accounts)(nil)

// NewAccounts returns the accounts of a Workspace.
func NewAccounts(w *Workspace) *Accounts { return &Accounts{w} }

// accountState is one target: what an account is or has. The party has no user
// only where the target is the account itself.
type accountState interface {
	apply(ctx context.Context, c provisioners.Change, p party) (provisioners.Result, error)
	read(ctx context.Context, c provisioners.Change, p party) (provisioners.Observation, error)
}

// states lists what each target is done by.
func (w *Workspace) states() map[string]accountState {
	return map[string]accountState{
		provisioners.AccountItself:    newAccount{w},
		provisioners.AccountOrgUnit:   orgUnit{w},
		provisioners.AccountPassword:  removal{w, password{w}},
		provisioners.AccountRecovery:  removal{w, recovery{w}},
		provisioners.AccountAdmin:     removal{w, adminRoles{w}},
		provisioners.AccountSessions:  removal{w, sessions{w}},
		provisioners.AccountTokens:    removal{w, appAccess{w}},
		provisioners.AccountAppKeys:   removal{w, appPasswords{w}},
		provisioners.AccountBackup:    removal{w, backupCodes{w}},
		provisioners.AccountMail:      mailState{w},
		provisioners.AccountOwnership: removal{w, ownership{w}},
		provisioners.AccountGroups:    removal{w, memberships{w}},
		provisioners.AccountSignIn:    removal{w, signIn{w}},
		provisioners.AccountFiles:     files{w},
		provisioners.AccountAnything:  readOnly{w, remains{w}},
		provisioners.AccountSnapshot:  readOnly{w, snapshot{w}},
	}
}

func (a *Accounts) state(target string) (accountState, error) {
	if s := a.w.states()[target]; s != nil {
		return s, nil
	}
	return nil, refuse("There is nothing called "+target+" that an account could have", "Correct the step that asks for it.")
}

// TargetKey returns "google:account/" and the target, which has one name only.
func (a *Accounts) TargetKey(_ context.Context, target string) (string, error) {
	if _, err := a.state(target); err != nil {
		return "", err
	}
	return "google:account/" + target, nil
}

// Apply makes the state hold and reads it back. An account that does not exist
// has nothing to be taken from it. Where a change was made or may have been made
// and could not be confirmed, Apply returns an error together with a Result whose
// Changed is true.
//
// A password and sessions can be seen by nobody: each Apply ends them once more
// and says that it changed something.
func (a *Accounts) Apply(ctx context.Context, c provisioners.Change) (provisioners.Result, error) {
	state, err := a.state(c.Target)
	if err != nil {
		return provisioners.Result{}, err
	}
	p, err := a.party(ctx, c)
	if err != nil {
		return provisioners.Result{}, err
	}
	switch _, shown := state.(readOnly); {
	case p.isUser(a.w.config.AdminSubject):
		return provisioners.Result{}, refuse("This is the account through which Countersign itself works in Google, and Countersign does not change it",
			"Make this change in the Admin console, or set another admin_subject first.")
	case p.user != nil || c.Target == provisioners.AccountItself || shown:
		return state.apply(ctx, c, p)
	case c.Present:
		return provisioners.Result{}, goneAccount(p)
	}
	return provisioners.Result{Seen: accountSeen(a.w, p, false)}, nil
}

// Read says what Google shows now. A password and sessions are shown by nobody:
// of them Read repeats what was asked for, and says in Details["read_back"] that
// the evidence is Google's answer to the change, in the Result of Apply.
func (a *Accounts) Read(ctx context.Context, c provisioners.Change) (provisioners.Observation, error) {
	state, err := a.state(c.Target)
	if err != nil {
		return provisioners.Observation{}, err
	}
	p, err := a.party(ctx, c)
	if err != nil {
		return provisioners.Observation{}, err
	}
	if p.user == nil && c.Target != provisioners.AccountItself {
		return accountSeen(a.w, p, false), nil
	}
	return state.read(ctx, c, p)
}

// party finds the account. One whose id is known is looked for with patience:
// taken for gone, it would keep everything that it has.
func (a *Accounts) party(ctx context.Context, c provisioners.Change) (party, error) {
	p, err := a.w.party(ctx, c.Person)
	if err != nil || c.Target == provisioners.AccountItself {
		return p, err
	}
	return a.w.again(ctx, c.Person, p)
}
