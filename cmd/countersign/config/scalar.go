package config

import (
	"errors"
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // so that a zone is known on a machine without zone files

	"github.com/robfig/cron/v3"
)

func parseZone(s string) (*time.Location, error) {
	if s == "" || strings.EqualFold(s, "local") {
		return nil, errZone
	}
	zone, err := time.LoadLocation(s)
	if err != nil {
		return nil, errZone
	}
	return zone, nil
}

var errZone = errors.New("must be a time zone such as Europe/Berlin or UTC")

// Date is a day of the calendar; which hours it has depends on the zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// Start is the first moment of the day in the zone.
func (d Date) Start(zone *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, zone)
}

// End is the first moment after the day in the zone.
func (d Date) End(zone *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day+1, 0, 0, 0, 0, zone)
}

// IsZero reports whether no date was given.
func (d Date) IsZero() bool { return d == Date{} }

// Before reports whether d is an earlier day than other.
func (d Date) Before(other Date) bool {
	return d.Start(time.UTC).Before(other.Start(time.UTC))
}

// String gives the form 2026-12-31.
func (d Date) String() string {
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// UnmarshalText reads the form 2026-12-31.
func (d *Date) UnmarshalText(text []byte) error {
	t, err := time.Parse(time.DateOnly, string(text))
	if err != nil {
		return errors.New("must be a date such as 2026-12-31")
	}
	d.Year, d.Month, d.Day = t.Date()
	return nil
}

// Schedule is a five-field cron expression, counted in the organization's zone.
type Schedule string

// Next is the first time after t at which the schedule fires, in the zone of
// t. It is zero only for a Schedule that was not read from a file.
func (s Schedule) Next(t time.Time) time.Time {
	parsed, err := cron.ParseStandard(string(s))
	if err != nil {
		return time.Time{}
	}
	return parsed.Next(t)
}

// UnmarshalText refuses what the cron library does not read, a zone of its
// own, and days that never come, such as 31 February.
func (s *Schedule) UnmarshalText(text []byte) error {
	spec := string(text)
	invalid := errors.New(`must be a cron schedule of five fields, such as "0 9 1 3,6,9,12 *"`)
	if strings.Contains(spec, "TZ=") {
		return errors.New("must not name a time zone: the organization's counts")
	}
	if _, err := cron.ParseStandard(spec); err != nil {
		return invalid
	}
	if Schedule(spec).Next(time.Unix(0, 0).UTC()).IsZero() {
		return errors.New("names a day that never comes")
	}
	*s = Schedule(spec)
	return nil
}

// SignIn is how people sign in to an app: what a Google suspension closes by itself.
type SignIn string

// The ways to sign in, as written in the file.
const (
	SignInGoogle   SignIn = "google"
	SignInSAML     SignIn = "saml"
	SignInPassword SignIn = "password"
)

// UnmarshalText refuses any other word.
func (s *SignIn) UnmarshalText(text []byte) error {
	switch way := SignIn(text); way {
	case SignInGoogle, SignInSAML, SignInPassword:
		*s = way
		return nil
	}
	return errors.New("must be google, saml or password")
}

// Mode is how a role gives access.
type Mode string

// The modes of a role's grant, as written in the file.
const (
	// Birthright is given with the role and lasts as long as it.
	Birthright Mode = "birthright"
	// Discretionary needs approval.
	Discretionary Mode = "discretionary"
	// Selective is in the role, and given on request.
	Selective Mode = "selective"
)

// UnmarshalText refuses any other word.
func (m *Mode) UnmarshalText(text []byte) error {
	switch mode := Mode(text); mode {
	case Birthright, Discretionary, Selective:
		*m = mode
		return nil
	}
	return errors.New("must be birthright, discretionary or selective")
}
