package workflows

import (
	"time"

	"countersign/workflows/vendorrisk"
)

const (
	// reviewNotice is how many days before it is due a re-evaluation opens, where
	// its cycle is long enough.
	reviewNotice = 30
	// reviewLate is how many days after its due day others are told.
	reviewLate = 7
)

// days is a duration in whole days.
func days(d time.Duration) int { return int(d / (24 * time.Hour)) }

// cadence is how often a vendor is looked at again.
func (s *Service) cadence(v Vendor) vendorrisk.Cadence {
	return vendorrisk.CadenceOf(v.Rated(), v.Critical, s.cat.Vendor.ReassessEvery, s.cat.Vendor.FirstCheckAfter)
}

// nextReview is the cycle after an approval or a re-evaluation on a day. Only a
// full one moves the next full one.
func (s *Service) nextReview(v Vendor, on Day, full bool) VendorReview {
	c, r := s.cadence(v), v.Review
	if full || r.FullOn == "" {
		r.FullOn = on.plus(days(c.Full))
	}
	r.CheckOn, r.CheckKind = "", ""
	if c.Check > 0 {
		r.CheckOn, r.CheckKind = on.plus(days(c.Check)), ReviewCheck
	}
	r.Kind, r.Deciding, r.OpenedAt, r.DueOn = "", false, time.Time{}, ""
	return r.apart()
}

// apart drops a check that would come no earlier than the full re-evaluation.
func (r VendorReview) apart() VendorReview {
	if r.CheckOn >= r.FullOn {
		r.CheckOn, r.CheckKind = "", ""
	}
	return r
}

// atMost shortens a cycle that a new rating makes shorter, counted from a day.
func (s *Service) atMost(v Vendor, from Day) VendorReview {
	c, r := s.cadence(v), v.Review
	if r.FullOn == "" {
		return r
	}
	r.FullOn = min(r.FullOn, from.plus(days(c.Full)))
	if c.Check > 0 && r.CheckOn == "" {
		r.CheckOn, r.CheckKind = from.plus(days(c.Check)), ReviewCheck
	}
	return r.apart()
}

// upcoming is the re-evaluation that comes next, and its due day; empty where
// there is none.
func (r VendorReview) upcoming() (kind string, due Day) {
	switch {
	case r.Kind != "":
		return r.Kind, r.DueOn
	case r.CheckOn != "" && (r.FullOn == "" || r.CheckOn < r.FullOn):
		if r.CheckKind == ReviewFirst {
			return ReviewFirst, r.CheckOn
		}
		return ReviewCheck, r.CheckOn
	case r.FullOn != "":
		return ReviewFull, r.FullOn
	}
	return "", ""
}

// reviewOpens is the day on which the next re-evaluation opens: a month before it
// is due, or a quarter of its cycle where that is shorter.
func (s *Service) reviewOpens(v Vendor) Day {
	kind, due := v.Review.upcoming()
	if due == "" {
		return ""
	}
	c := s.cadence(v)
	cycle := map[string]time.Duration{ReviewFirst: c.First, ReviewCheck: c.Check}[kind]
	if cycle == 0 {
		cycle = c.Full
	}
	return due.plus(-min(reviewNotice, days(cycle)/4))
}

// reviewShown is a kind of re-evaluation as people say it.
func reviewShown(kind string) string {
	switch kind {
	case ReviewFirst:
		return "first check"
	case ReviewCheck:
		return "check between two re-evaluations"
	case ReviewConditions:
		return "re-evaluation because the conditions ended"
	}
	return "full re-evaluation"
}
