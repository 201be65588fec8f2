package workflows

import (
	"time"

	"countersign/workflows/vendorrisk"
)

// VendorState is where the relationship with a vendor stands.
type VendorState string

// The states of a vendor. The strings are stored and never change meaning.
const (
	VendorRequested   VendorState = "requested"   // noticed; the details are missing
	VendorDetailed    VendorState = "detailed"    // the details are there; no sponsor yet
	VendorAssessing   VendorState = "assessing"   // a sponsor is asked and has not answered yet
	VendorDeciding    VendorState = "deciding"    // assessed; waits for approval
	VendorApproved    VendorState = "approved"    // may be used
	VendorConditional VendorState = "conditional" // may be used under conditions, for a time
	VendorDenied      VendorState = "denied"
	VendorWithdrawn   VendorState = "withdrawn" // taken back before a decision
	VendorImported    VendorState = "imported"  // in the register from before, never assessed here
	VendorEnding      VendorState = "ending"    // the relationship ends; something is still to be done
	VendorTerminated  VendorState = "terminated"
)

// Vendor is a company whose product or service we use or want to. One vendor is
// one record, however often it is asked for.
type Vendor struct {
	ID      string // "VN-0001"
	State   VendorState
	Name    string
	Website string // as given, http or https; empty if unknown
	Domain  string // of the website, lower case, without www; empty if unknown

	RequestedBy string // person id; empty where nobody asked (imported, discovered)
	Proposed    string // person id whom the requester proposed as sponsor, or empty
	Sponsor     string // person id, or empty
	Accepted    bool   // the sponsor has accepted by assessing
	Manager     string // person id of the approving manager, or empty
	TechOwner   string // person id of the technical owner, or empty

	Source   string // post, command, shortcut, import or discovery
	ThreadIn string // chat channel of the message it began with, or empty
	ThreadID string // and that message

	About    VendorAbout
	Answers  vendorrisk.Answers
	Inherent vendorrisk.Rating // the register's Risk
	Residual vendorrisk.Rating
	Critical bool
	Matrix   int // version of the rules that gave the ratings; 0: imported or none
	Override VendorOverride

	Used       bool // the register's Actively Used
	LastUsedOn Day  // last seen in use; empty if never
	HasCost    bool
	AnnualCost int64 // whole units of the company's currency, where HasCost
	Contract   VendorContract
	Review     VendorReview
	Until      Day // end of a conditional approval; empty otherwise

	Round          int // assessments so far, the open one included; from 1 once details are there
	ContentVersion int // what deciders saw; raised by every change of details, answers or ratings
	CreatedAt      time.Time
	DecidedAt      time.Time // of the newest decision that settled a round; zero: none
	ChangedAt      time.Time // the register's Last Updated At
	Version        int       // row version, for optimistic locking
}

// VendorAbout is what people wrote about a vendor, in their own words.
type VendorAbout struct {
	Service        string `json:"service,omitempty"`         // what it does for us
	Why            string `json:"why,omitempty"`             // why we need it
	Instead        string `json:"instead,omitempty"`         // what we already have for this
	Users          string `json:"users,omitempty"`           // who will use it
	Exit           string `json:"exit,omitempty"`            // exit plan: return or deletion of data
	Conditions     string `json:"conditions,omitempty"`      // of a conditional approval
	Compensating   string `json:"compensating,omitempty"`    // compensating review, where a report is missing
	OverrideReason string `json:"override_reason,omitempty"` // why the rating was set by hand
	EndReason      string `json:"end_reason,omitempty"`      // why the relationship ends
}

// VendorContract is the contract as question 12 asks for it.
type VendorContract struct {
	Length     string `json:"length,omitempty"` // "12 months", as people say it
	StartsOn   Day    `json:"starts_on,omitempty"`
	RenewsOn   Day    `json:"renews_on,omitempty"`
	NoticeDays int    `json:"notice_days,omitempty"`
}

// VendorOverride is a rating that two people set by hand, for a time.
type VendorOverride struct {
	Rating vendorrisk.Rating `json:"rating,omitempty"` // Unassessed: none
	By     string            `json:"by,omitempty"`     // person id who proposed it
	Second string            `json:"second,omitempty"` // person id who agreed; empty: waits for one, and does not count yet
	Until  Day               `json:"until,omitempty"`
}

// Counts says whether an override is in force.
func (o VendorOverride) Counts() bool { return o.Rating != vendorrisk.Unassessed && o.Second != "" }

// The kinds of re-evaluation.
const (
	ReviewFirst      = "first_check" // some time after procurement
	ReviewCheck      = "check"       // between two full ones, for High
	ReviewFull       = "full"        // yearly, or every six months for critical vendors
	ReviewConditions = "conditions"  // a conditional approval ended
)

// VendorReview is where the cycle of re-evaluations stands.
type VendorReview struct {
	Kind      string    `json:"kind,omitempty"`       // of the open one; empty: none is open
	Deciding  bool      `json:"deciding,omitempty"`   // the open one is assessed and waits for approval
	OpenedAt  time.Time `json:"opened_at,omitzero"`   // of the open one
	DueOn     Day       `json:"due_on,omitempty"`     // of the open one
	FullOn    Day       `json:"full_on,omitempty"`    // the next full one is due; empty: not in the cycle
	CheckOn   Day       `json:"check_on,omitempty"`   // the next lighter one is due; empty: none
	CheckKind string    `json:"check_kind,omitempty"` // of that one; empty: a check
	LastAt    time.Time `json:"last_at,omitzero"`     // the newest one was completed
	Continue  string    `json:"continue,omitempty"`   // yes or no, of the newest one
	DecidedBy string    `json:"decided_by,omitempty"` // person id who said so
}

// Rated is the rating that counts: an override in force, else the inherent one.
func (v Vendor) Rated() vendorrisk.Rating {
	if v.Override.Counts() {
		return v.Override.Rating
	}
	return v.Inherent
}

// InForce says whether the vendor may be used.
func (v Vendor) InForce() bool { return v.State == VendorApproved || v.State == VendorConditional }

// Live says whether the vendor is one that we use, or that somebody still wants.
func (v Vendor) Live() bool {
	return v.State != VendorDenied && v.State != VendorWithdrawn && v.State != VendorTerminated
}

// Deciding says whether the vendor waits for approval, the first or a renewed one.
func (v Vendor) Deciding() bool {
	return v.State == VendorDeciding || v.InForce() && v.Review.Deciding
}

// VendorAssessment is one sending of Services and risk, or one re-evaluation, as
// it was sent. It is never changed.
type VendorAssessment struct {
	ID       string // "VN-0001/1"
	Vendor   string
	Round    int
	Kind     string // "first", or one of the kinds of re-evaluation
	By       string // person id
	At       time.Time
	Answers  vendorrisk.Answers
	Result   vendorrisk.Result
	Continue string // of a re-evaluation: yes or no
	Words    string // free text: what was checked, what was found
}

// VendorVerdict is how somebody decided on a vendor. The strings are stored.
type VendorVerdict string

// The verdicts.
const (
	VendorYes VendorVerdict = "approve"
	VendorIf  VendorVerdict = "conditional"
	VendorNo  VendorVerdict = "deny"
)

// VendorDecision is one person's decision. It is never changed.
type VendorDecision struct {
	ID             string // "VN-0001/D1"
	Vendor         string
	Round          int
	Step           int // counts from 1 within a round
	By             string
	Basis          Basis
	Seat           Seat // as the first or the second opinion
	Verdict        VendorVerdict
	Words          string // reason of a denial, or the conditions
	Until          Day    // of conditions
	ContentVersion int
	At             time.Time
}

// The kinds of vendor action.
const (
	ActionCorrective = "corrective"
	ActionReport     = "report" // a newer assurance report is needed
	ActionData       = "data"   // our data is returned or deleted
	ActionAccess     = "access" // everybody's access is gone
)

// VendorAction is something that somebody has to do about a vendor.
type VendorAction struct {
	ID        string // "VN-0001/A1"
	Vendor    string
	Kind      string
	Text      string
	Owner     string // person id
	DueOn     Day
	OpenedBy  string // person id; empty: by itself
	OpenedAt  time.Time
	OverdueAt time.Time // when it was found overdue; zero: never
	ClosedAt  time.Time // zero: open
	ClosedBy  string
	Proof     string // what was done, or a link that shows it
	Version   int
}

// Open says whether it is still to be done.
func (a VendorAction) Open() bool { return a.ClosedAt.IsZero() }

// VendorReport is an assurance report of a vendor, and that somebody read it.
type VendorReport struct {
	ID         string // "VN-0001/R1"
	Vendor     string
	Kind       string // "SOC 2 Type 2", as the form offers it
	From, To   Day    // period covered; empty if it has none
	ExpiresOn  Day    // empty: the policy's age after To
	Link       string // where it is filed, or its hash
	Notes      string // of who read it; empty: nobody did yet
	Exceptions string // noted in it
	Duties     string // what it asks of us (CUECs)
	ReviewedBy string // person id; empty: nobody yet
	ReviewedAt time.Time
	AddedBy    string
	AddedAt    time.Time
	Version    int
}

// CatalogueApp is an app that an admin made of an approved vendor. It stands in
// the catalogue beside those of the configuration.
type CatalogueApp struct {
	App     App    // as the catalogue has it
	Vendor  string // vendor id
	AddedBy string // person id of the admin
	AddedAt time.Time
	Version int
}

// DiscoveredState is what became of an app that was seen in use.
type DiscoveredState string

// The states of a discovered app. Stored.
const (
	DiscoveredNew     DiscoveredState = "new"
	DiscoveredMapped  DiscoveredState = "mapped" // belongs to a vendor of the register
	DiscoveredIgnored DiscoveredState = "ignored"
)

// Discovered is an app that people of the company were seen to use, wherever that
// was seen.
type Discovered struct {
	ID      string // "DA-0001"
	Key     string // of the app where it was seen: "oauth:" and client id, "saml:" and name
	Name    string
	Source  string   // oauth, saml or login
	Scopes  []string // what it may do, where that is known
	Scope   string   // the weightiest class of those: admin, mail, files, profile, other; or empty
	People  []string // person ids who were seen with it, sorted
	Strange int      // accounts seen with it that belong to nobody we know
	FirstOn Day
	LastOn  Day
	State   DiscoveredState
	Vendor  string // vendor id, where mapped
	Reason  string // why it is ignored
	By      string // person id who mapped or ignored it; empty: by itself
	NotSeen bool   // mapped, and not seen for long by readings that were complete
	Version int
}
