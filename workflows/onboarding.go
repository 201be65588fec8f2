package workflows

import "time"

// OnboardingState is where an onboarding stands.
type OnboardingState string

// The states of an onboarding. The strings are stored and never change meaning.
const (
	OnboardingPreparing OnboardingState = "preparing" // account and pre-start access are being made
	OnboardingReady     OnboardingState = "ready"     // all of that is there; waits for the start date
	OnboardingStarted   OnboardingState = "started"   // from 06:00 local on the start date
	OnboardingCompleted OnboardingState = "completed" // every line of its checklist is done
	OnboardingStopped   OnboardingState = "stopped"   // the person left before that
)

// Onboarding brings one person in.
type Onboarding struct {
	ID            string // "ON-0001"
	State         OnboardingState
	Person        string // person id of who comes
	OpenedBy      string // person id of the admin
	GivenName     string
	FamilyName    string
	PersonalEmail string // never leaves the form and the account's recovery address
	Role          string // role id from the start date on
	PreStart      string // role id until then; empty: none
	StartsOn      Day
	Rehire        bool
	PasswordAt    time.Time // when the first password was shown; zero: not yet
	CreatedAt     time.Time
	StartedAt     time.Time // when the full role began
	CompletedAt   time.Time
	Version       int // row version, for optimistic locking
}

// startHour is the hour of the start date, local, from which the full role holds.
const startHour = 6
