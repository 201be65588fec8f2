// Package fakegoogle is a Google Workspace that lives in one process: the
// Directory, the Data Transfer and the Reports API of the Admin SDK, the settings of
// Gmail, the token endpoint and the signing of IAM, as far as access to groups,
// onboarding, offboarding and the search for apps in use need them. It is as strict as the real thing about keys, scopes,
// ids and parameters, and can be told to fail the ways Google fails.
//
// Its rules, each with a test of that name:
//
// Requests:
//
//   - A path or verb outside the discovery document is not found.
//   - A parameter outside the discovery document is refused.
//   - A body outside the discovery document is refused.
//   - A field that the method needs must be there.
//   - An answer fits the discovery document.
//   - Only the fields asked for are answered.
//   - What Google can do and the emulator cannot is said.
//   - A call is refused as Google refuses it.
//   - A refusal by the front end says so.
//
// Tokens:
//
//   - The token endpoint checks what the assertion says.
//   - An assertion signed in another way is refused.
//   - Signing is held to its discovery document.
//   - A token ends after an hour.
//   - A call without a valid token is unauthorized.
//   - Each method asks for its own scope.
//   - Every method is refused unless one of its scopes is granted.
//
// Listings:
//
//   - Every page together is the whole list.
//   - A page token belongs to one listing and ends after three days.
//   - Listings come in the order asked for.
//
// Addresses and accounts:
//
//   - Addresses are found in any case and by alias.
//   - An address belongs to one user or group or alias.
//   - A deleted account frees its address and is restored by its id.
//   - A deleted account is restored only while its address is free.
//   - A deleted account is gone after twenty days.
//   - A deleted account says so where that is wanted.
//   - A renamed account keeps its old address as an alias.
//   - A suspended administrator is refused at once.
//   - A suspended account stays a member and says so.
//   - A suspension by Google cannot be lifted.
//
// Groups:
//
//   - A group owns and manages no other group.
//   - The role of a member is changed in place.
//   - HasMember counts groups in groups.
//   - A pending membership is hidden and in the way.
//
// Onboarding:
//
//   - A new account has the fields of onboarding.
//   - An organizational unit must exist.
//   - Organizational units are listed below one another.
//   - A name has one to sixty characters.
//   - A recovery address and number are checked.
//   - A password has eight to a hundred characters.
//   - A hashed password fits its hash function.
//   - A password is kept as a hash and never told.
//   - An unmanaged account of the address is invited.
//   - A mailbox is set up after a while.
//   - A first sign-in is seen.
//   - A list is not emptied or shortened by a small change.
//
// Offboarding:
//
//   - Signing out ends every session.
//   - A suspension ends every session.
//   - A password change leaves grants and app passwords.
//   - Grants are deleted by application.
//   - A suspended account keeps its grants.
//   - App passwords are deleted one by one.
//   - Backup codes of a suspended account stay.
//   - Two step verification is turned off on conditions.
//   - Super administrators are made by a call of their own.
//   - A role is assigned once.
//   - An alias is free again after a while.
//   - An account has at most thirty aliases.
//   - An account is wiped from a device.
//   - An account on hold is neither deleted nor transferred.
//
// Data transfer:
//
//   - A transfer names numbers and known parameters.
//   - A new owner is active.
//   - A transfer goes on after its answer.
//   - A transfer can fail.
//   - A transfer is made twice when asked twice.
//   - Transfers are found by owners and status.
//
// Reports:
//
//   - The log tells who let an app in and which app was used.
//   - The log tells who signed in to what by SAML.
//   - The log goes back a hundred and eighty days.
//   - The log is late.
//   - A report is of an event and of an app where that is asked for.
//   - A report begins before it ends and before now.
//
// Mail:
//
//   - Mail settings are changed in the name of their owner.
//   - An account without mail is refused.
//   - A delegate is an active account of the Workspace.
//   - No delegates are no content.
//   - A forwarding address of another domain is pending.
//   - Forwarding needs an accepted address.
//   - An automatic reply says something.
//   - Mail programs are shut out.
//
// Propagation:
//
//   - A new account is read but neither listed nor changed.
//   - A new account added by address is pending.
//   - A new group or membership comes and goes.
//
// Quotas and failures:
//
//   - A user has so many calls in a minute.
//   - A quota is that of the user whom the call names.
//   - A project has so many calls in a minute.
//   - So many calls of one method are served at once.
//   - So many calls of a Workspace are served at once.
//   - A call takes its time and goes on without its caller.
//   - A throttle has its reason and may say how long.
//   - A front end answers with a page.
//   - A change is made and its answer is lost.
//   - Every change fails before or after it is made.
//   - A change is made and called a duplicate.
//   - A healed server fails no more.
//
// Another judge:
//
//   - Another official client is served.
//
// What is taken for true without a source: the words of an account that is
// suspended while it is the subject of a token; whether a membership that was
// lost with its account comes back when the account does (here it does not, nor
// does a role); in which order limits are looked at when several are broken; and
// that the project's limit is worded as that of Google's licensing API is.
//
// And of onboarding and offboarding: that a hash function by itself or an unknown
// one is refused; what shortens a list, which was seen of externalIds alone; the
// body of a 202; the words where two-step verification cannot be turned off, of
// a Vault hold, of an account with too many aliases, and of a client, role,
// assignment, alias or app password that is none; what a device is called once an
// account was wiped from it, and that this takes no time; that grants, app
// passwords and backup codes outlive a new password and a suspension; how the
// Data Transfer API refuses (only that it does, and that 403 is among it); that
// Gmail calls an account that is suspended or archived one without mail, and
// how it words a forwarding address or a setting that it does not take.
//
// And of the logs: that the newest comes first; that a report which names its end
// is refused where it begins too early, of which Google says only that it is cut
// where it names none; and that each use of an app is logged as activity.
//
// It has its own wire types on purpose: a request that the product encodes
// wrongly must not be decoded with the same mistake.
package fakegoogle

import (
	"slices"
	"sync"
	"time"
)

// Options sets what the emulated Workspace is. The zero value works.
type Options struct {
	Now             func() time.Time // the clock; time.Now if nil
	CustomerID      string           // answers to this and to "my_customer"; "C00fake01" if empty
	DelegatedScopes []string         // what domain-wide delegation allows the keys; nil allows every scope
	PageSize        int              // most rows in one page, to force paging; 0 leaves Google's own limits
	KeyBits         int              // length of the RSA keys it makes; 2048 if zero, tests need less

	// DeletedSaysSo lets users.get tell the id of an account that can be restored
	// (412 conditionNotMet) from one that never was (404), as Google was seen to do
	// in 2026: https://github.com/firezone/firezone/pull/15169.
	DeletedSaysSo bool

	// Limits of the Directory API; 0 means none. QueriesPerMinute is of one user
	// (403 userRateLimitExceeded; Google's own is 2,400), ProjectQueriesPerMinute
	// of all that share the project, to which every key belongs (403
	// rateLimitExceeded). CallsAtOnce is of the whole Workspace (429
	// rateLimitExceeded), MethodCallsAtOnce of one method (403 quotaExceeded).
	QueriesPerMinute, ProjectQueriesPerMinute int
	CallsAtOnce, MethodCallsAtOnce            int

	// LogNow is the clock of the logs of what people did, where somebody moves that
	// of the company and not that of tokens; Now if nil.
	LogNow func() time.Time

	Latency      time.Duration // what one call takes
	TransferTime time.Duration // what a data transfer takes; with 0 it is over when it is looked at
}

// Server is the emulator. It is an http.Handler for every Google host at once,
// and safe for use by many goroutines.
type Server struct {
	options Options
	routes  []route

	mu       sync.Mutex // guards everything below
	serial   int        // numbers users, groups, keys and revisions
	users    []*user
	deleted  []*user
	groups   []*group
	roleList []role
	roles    []roleAssignment
	units    []orgUnit
	promoted int                    // numbers the assignments of super administrators
	keys     map[string]*signingKey // by service account address
	tokens   map[string]grant       // by access token
	faults   []*Fault
	requests []Request
	log      []Event

	unmanaged map[string]bool      // consumer accounts by address in lower case; true once invited
	released  map[string]time.Time // when an address that was an alias is free, by address in lower case
	held      map[string]bool      // ids of accounts on a Vault hold
	devices   []*Device
	transfers []*transfer
	failing   map[string]bool // applications whose next transfer fails, by id

	activities []activity
	logLag     time.Duration // of what is logged from now on

	lag     time.Duration // of what is made from now on
	quota   quota
	changed chan struct{} // closed and replaced at each change
}

// Request is one call as it arrived, for assertions about the wire. Bodies of
// the token and signing endpoints are left out, for they carry credentials, and
// so are passwords.
type Request struct {
	At     time.Time
	Method string
	Path   string
	Query  string
	Body   string
	Status int // what was answered; 0 where the connection was dropped
}

// Event is one change of the emulated Workspace in words.
type Event struct {
	At   time.Time
	Text string
}

// New returns an empty Workspace.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.LogNow == nil {
		o.LogNow = o.Now
	}
	if o.CustomerID == "" {
		o.CustomerID = "C00fake01"
	}
	if o.KeyBits == 0 {
		o.KeyBits = 2048
	}
	s := &Server{
		options: o,
		quota:   newQuota(),
		keys:    map[string]*signingKey{},
		tokens:  map[string]grant{},
		changed: make(chan struct{}),

		roleList:  slices.Clone(systemRoles),
		units:     []orgUnit{rootUnit},
		unmanaged: map[string]bool{},
		released:  map[string]time.Time{},
		held:      map[string]bool{},
		failing:   map[string]bool{},
	}
	for _, m := range s.methods() {
		s.routes = append(s.routes, newRoute(m))
	}
	sortRoutes(s.routes)
	return s
}

// Requests returns every call received so far, oldest first.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Log returns every change so far, oldest first.
func (s *Server) Log() []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

// Changed returns a channel that is closed at the next change of users, groups,
// members or roles. Take it before reading the state, so that no change is missed.
func (s *Server) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// changedLocked records a change and wakes whoever waits for one.
func (s *Server) changedLocked(text string) {
	s.log = append(s.log, Event{At: s.options.Now(), Text: text})
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *Server) nextLocked() int {
	s.serial++
	return s.serial
}
