package provisioners

import "context"

// The targets of a provisioner of accounts: what an account is or has. Present
// says whether it should. Each is a state, so that asking twice changes nothing,
// and an account that does not exist has none of them.
const (
	AccountItself    = "account"   // the account exists with the names and in the org unit of Details; made where it is not
	AccountOrgUnit   = "org_unit"  // it is in the org unit of Details, and listed to colleagues only if Details says so
	AccountPassword  = "password"  // somebody knows a password; absent: it was set to one that nobody knows
	AccountRecovery  = "recovery"  // a recovery address or telephone
	AccountAdmin     = "admin"     // any administrator role, super administrator included
	AccountSessions  = "sessions"  // signed-in sessions
	AccountTokens    = "tokens"    // access that apps were given to the account
	AccountAppKeys   = "app_keys"  // passwords for single apps
	AccountBackup    = "backup"    // backup codes for the second step
	AccountMail      = "mail"      // delegates, forwarding and POP or IMAP; absent: all off. Present: mail as Details say
	AccountOwnership = "ownership" // groups that it alone owns; absent: Details' new owner owns them too
	AccountGroups    = "groups"    // direct membership of any group
	AccountSignIn    = "sign_in"   // may sign in; absent: suspended. Nothing ever makes it present
	AccountFiles     = "files"     // its files and calendars belong to Details' new owner; absent is not supported
	AccountAnything  = "anything"  // what the targets above would find still there, all read again; cannot be applied
	AccountSnapshot  = "snapshot"  // read only: what the account is and has, in Observation.Details
)

// Details is what else a target of accounts needs to know.
type Details struct {
	GivenName     string
	FamilyName    string
	ManagerEmail  string
	RecoveryEmail string // personal; never logged
	OrgUnit       string // "/Engineering"
	Department    string
	Employment    string // "Contractor"
	Listed        bool   // shown to colleagues in the directory
	NewOwner      Person // takes over groups, mail and files
	Mail          Mail
	Organization  string // the company's name, for the automatic reply
}

// Mail is what happens to a leaver's mail.
type Mail string

// The choices for a leaver's mail.
const (
	MailStop    Mail = "stop"    // none is delivered once the account is suspended
	MailForward Mail = "forward" // forwarded to the new owner with an automatic reply, while the account is still active
)

// HolderKind says what has an address.
type HolderKind string

// What can have an address.
const (
	HolderNobody  HolderKind = ""
	HolderUser    HolderKind = "user"    // the primary address of an account
	HolderAlias   HolderKind = "alias"   // a further address of an account
	HolderGroup   HolderKind = "group"   // a group, or a further address of one
	HolderDeleted HolderKind = "deleted" // an account that was deleted and can be restored
)

// Holder is who or what has an address.
type Holder struct {
	Kind    HolderKind
	ID      string // the directory's own id
	Name    string // for people
	Account Account
	Seen    Observation // the reads that found it, or found nothing
}

// Accounts is a directory in which accounts are made and closed. Its Apply and
// Read take the Account targets above; their errors are those of Provisioner, and
// *Underway.
type Accounts interface {
	Provisioner

	// Address says what has an address: it looks among accounts, their aliases,
	// groups and deleted accounts. Where several have it, the account comes first.
	Address(ctx context.Context, email string) (Holder, error)

	// Restore brings a deleted account back, as it was when it was deleted.
	Restore(ctx context.Context, id string) error

	// FirstPassword gives an account that nobody has signed in to a new password
	// to be changed at the first sign-in, and returns it. It is a *Permanent that
	// wraps ErrSignedIn where somebody has. The password is kept nowhere.
	FirstPassword(ctx context.Context, p Person) (string, error)
}
