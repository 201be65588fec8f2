package workflows

import "strings"

// PersonKind says what sort of account a person is known by.
type PersonKind string

// The kinds of person. The strings are stored and never change meaning.
const (
	KindMember   PersonKind = "member"   // a full member of our own workspace or directory
	KindGuest    PersonKind = "guest"    // a guest of the workspace
	KindOutsider PersonKind = "outsider" // somebody from another workspace
	KindBot      PersonKind = "bot"      // an app or an integration
)

// Stage says where a person is between contract and departure. The strings are
// stored and never change meaning.
type Stage string

// The stages. Whoever was there before Countersign is at none in particular.
const (
	StageFuture Stage = "future" // a contract is signed, the first day not yet come
	StageActive Stage = "active"
	StageLeft   Stage = "left" // nothing they click counts any more
)

// Terms says how somebody is engaged. The strings are stored and never change
// meaning.
type Terms string

// The terms, as forms name them.
const (
	TermsFull       Terms = "full_time"
	TermsPart       Terms = "part_time"
	TermsContractor Terms = "contractor"
)

// Shown is how people say it.
func (t Terms) Shown() string {
	return map[Terms]string{TermsFull: "Full-time", TermsPart: "Part-time", TermsContractor: "Contractor"}[t]
}

// Person is somebody, or something, that the directories show. The id is opaque
// and never reused; everything else is data about the person and may change.
type Person struct {
	ID        string     // "P-000123"
	Kind      PersonKind // what sort of account
	Email     string     // primary work address, lower case; empty if none
	Name      string     // as shown to people
	ChatID    string     // id in the chat system; bound at first sight
	AccountID string     // numeric id in the company directory; empty if none
	OtherChat string     // a second chat id, or another's address, seen for this person; never bound
	ManagerID string     // person id of the manager; empty if unknown
	RoleID    string     // id of the role in the catalogue; empty if unknown
	Stage     Stage      // where between contract and departure
	Terms     Terms      // employed or contracted; empty if unknown
	StartsOn  Day        // first working day; empty if unknown
	EndsOn    Day        // last day of a contract; empty: no end
	Active    bool       // false once deactivated or suspended anywhere
	Outside   string     // how the company directory last showed the account closed: suspended or gone; or empty
	Hold      string     // why this person may not decide for now; empty if they may
	Version   int        // row version, for optimistic locking
}

// Shown returns a name fit for a sentence.
func (p Person) Shown() string {
	switch {
	case p.Name != "":
		return p.Name
	case p.Email != "":
		return p.Email
	}
	return p.ID
}

// First returns the first word of the person's name.
func (p Person) First() string {
	first, _, _ := strings.Cut(p.Shown(), " ")
	return first
}

// MayAct says whether what this person clicks counts at all (surface rule 9).
// Guests are refused here; the auditors among them have their own commands.
func (p Person) MayAct() *Refusal {
	switch {
	case p.Kind == KindBot:
		return refuse("bot", "Apps cannot use Countersign: access is asked for and decided by people.")
	case p.Kind == KindOutsider:
		return refuse("outsider", "You belong to another workspace. Only people of this company can use Countersign; ask the person you work with here.")
	case p.Kind == KindGuest:
		return refuse("guest", "Guests cannot use Countersign. Ask the person who invited you.")
	case p.Stage == StageLeft:
		return refuse("left", "You are recorded as having left the company, so this does not count. If that is wrong, ask an admin.")
	case !p.Active:
		return refuse("not_active", "Your account is not active, so this does not count. If that is wrong, ask an admin.")
	case p.Email == "":
		return refuse("no_email", "Your Slack profile has no e-mail address, so I cannot tell who you are in the directory. Add your work e-mail to your profile or ask an admin.")
	}
	return nil
}

// MayHold says why access cannot be given to this person, or nil. It is asked
// about the subject of a request, so the words speak about somebody else.
func (p Person) MayHold() *Refusal {
	switch {
	case p.Kind == KindBot:
		return refuse("bot", p.Shown()+" is an app. Access is given to people only.")
	case p.Kind == KindOutsider:
		return refuse("outsider", p.Shown()+" belongs to another workspace. Access is given to people of this company only.")
	case p.Kind == KindGuest:
		return refuse("guest", p.Shown()+" is a guest. Guests get access through onboarding, which an admin starts.")
	case p.Stage == StageLeft:
		return refuse("left", p.Shown()+" has left the company.")
	case !p.Active && !p.awaited():
		return refuse("not_active", p.Shown()+" is no longer active here.")
	case p.Email == "":
		return refuse("no_email", p.Shown()+" has no e-mail address in Slack, so the directory does not know them. Ask an admin.")
	}
	return nil
}

// awaited says whether somebody is announced whom no directory shows yet: what
// waits for them can be made, and nobody has closed their account.
func (p Person) awaited() bool {
	return p.Stage == StageFuture || p.Stage == StageActive && p.ChatID == "" && p.AccountID == ""
}
