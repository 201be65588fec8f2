package workflows

import (
	"context"
	"time"

	"countersign/provisioners"
)

// CardKind says what a card shows and to whom.
type CardKind string

// The kinds of card. The strings are stored and never change meaning.
const (
	CardLog       CardKind = "request.log"       // the request in its channel, for everyone
	CardApprover  CardKind = "request.approver"  // to one who may decide
	CardRequester CardKind = "request.requester" // to who asked
	CardHolder    CardKind = "request.holder"    // to whom it is for, if somebody else asked
	CardTask      CardKind = "task.manual"       // to who should do a task by hand
	CardIdentity  CardKind = "person.identity"   // to those who may confirm an identity
	CardNotice    CardKind = "notice"            // a plain message, kept as written

	CardOnboarding  CardKind = "onboarding.log"     // the checklist, in the people channel
	CardManager     CardKind = "onboarding.manager" // to who manages the new person
	CardNewcomer    CardKind = "onboarding.person"  // to the new person
	CardDuty        CardKind = "duty"               // a policy or training, to who has to do it
	CardOffboarding CardKind = "offboarding.log"    // the checklist, in the people channel
	CardContract    CardKind = "contract.end"       // to the sponsor of a contractor

	CardVendor        CardKind = "vendor.log"       // the vendor in its channel, under the message it began with
	CardVendorAsker   CardKind = "vendor.requester" // to who asked for it
	CardVendorLead    CardKind = "vendor.lead"      // to who assigns a sponsor
	CardVendorSponsor CardKind = "vendor.sponsor"   // to its sponsor
	CardVendorDecider CardKind = "vendor.decider"   // to one who may approve it
	CardVendorAction  CardKind = "vendor.action"    // an action, to its owner
	CardDiscovered    CardKind = "vendor.discovered"
)

// Card is one message that shows a record and is kept true: drawn again until
// the version shown is the version wanted.
type Card struct {
	ID      int64
	Kind    CardKind
	Record  string // "AR-000123", "TK-000001", "P-000123"
	Channel string // one of the Channel constants, or empty
	Person  string // person id, for a direct message
	// The thread it is posted in, where it is an answer: a channel of the chat
	// system, and the message there. Channel is named all the same.
	ThreadIn, ThreadID string
	Body               string // text of a notice
	Pre                string // preformatted text under it, kept byte for byte
	Wanted             int
	Shown              int
	Tried              bool   // a post may have been made whose answer was lost
	At                 Posted // where it stands; zero until posted
}

// The channels a card can go to; the configuration gives their names.
const (
	ChannelRequests   = "requests"
	ChannelCompliance = "compliance"
	ChannelPeople     = "people"
	ChannelVendors    = "vendors"
)

// Posted is where a card stands in the chat system, and what was said there.
type Posted struct {
	Channel string
	ID      string
	Text    string // the message in plain words, as just sent; kept by CardShown
	Layout  string // its layout as just sent, in the chat system's own JSON
}

// Tone is the mood of a status: what colour a reader would expect.
type Tone string

// The tones.
const (
	ToneWaiting Tone = "waiting"
	ToneWorking Tone = "working"
	ToneGood    Tone = "good"
	ToneBad     Tone = "bad"
	ToneOver    Tone = "over"
)

// CardView is what a card says, in words and without any chat system's markup.
// All text is plain: whoever draws it must escape it.
type CardView struct {
	Record  string // "AR-000123"
	Version int    // content version, to bind a decision to
	Title   string // one line: who asks for what
	Status  string // "Waiting for approval (1 of 2)"
	Tone    Tone
	Facts   []Fact
	Lines   []Line  // a checklist
	Notes   []Value // small print: why you are asked, when it lapses, what was seen
	Actions []ActionView
	Text    string // the whole card in one sentence, for notifications
	Pre     string // preformatted text that must stay byte for byte, or empty
}

// Line is one line of a checklist.
type Line struct {
	Text string
	Tone Tone
	Note string    // where it stands, after the text; or empty
	At   time.Time // when it got there; zero: none
}

// Fact is a labelled value on a card.
type Fact struct {
	Label string
	Value Value
	Long  bool // takes the whole width
}

// Value is text, with or without a moment in time at its end. The reader's own
// time zone is used where the chat system knows it.
type Value struct {
	Text string
	At   time.Time // zero: none
	Link string    // an address to open, shown as it is; shown as plain text unless it is http or https
}

// ActionView is a button on a card.
type ActionView struct {
	Verb    Verb
	Label   string
	Style   string // primary, danger or empty
	Form    bool   // the press opens a form before anything happens
	Confirm string // a question to ask first, or empty
	Spoken  string // the label for who cannot see the card around it
	Opens   string // instead of a verb: name of the workflow whose form the press opens
	Value   string // with Opens: what is filled in already, "app|level"; or empty
}

// Notifier shows cards to people. Show posts the card, or changes the one that
// stands, and returns where it is. Before it posts a card that was tried before,
// it looks whether that post arrived. It asks for the view once the card's turn
// has come, so that who must wait costs nothing. Errors are *Gone where the card can never
// be shown there, *Later where the chat system asked for patience.
type Notifier interface {
	Show(ctx context.Context, c Card, to Person, view func() (CardView, error)) (Posted, error)
}

// Gone says that a card cannot be shown where it should: the channel is
// archived, the person has no account.
type Gone struct{ Err error }

// Error says why.
func (g *Gone) Error() string { return "card cannot be shown: " + g.Err.Error() }

// Unwrap returns the cause.
func (g *Gone) Unwrap() error { return g.Err }

// Member is a person as the chat system's directory lists them.
type Member struct {
	ChatID  string
	Email   string // lower case; empty if none
	Name    string
	Kind    PersonKind
	Deleted bool
}

// Reading is the proof of one listing: where it came from and how complete it is.
type Reading = provisioners.Reading

// Members is the chat system's directory. A listing that could not be read to
// its end is an error.
type Members interface {
	Members(ctx context.Context) ([]Member, Reading, error)
	// Member reads one, who need not be of our own workspace.
	Member(ctx context.Context, chatID string) (Member, error)
}
