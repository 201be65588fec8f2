package vendorrisk

import "time"

const (
	day      = 24 * time.Hour
	yearly   = 365 * day
	halfYear = 182 * day
)

// Cadence is how often a vendor is looked at again.
type Cadence struct {
	First time.Duration // the first check, after its first approval
	Check time.Duration // the lighter one between two full ones; 0: none
	Full  time.Duration // the full one, after the last full one
}

// CadenceOf returns the cadence for a rating. The company's own intervals may
// shorten it and never lengthen it.
func CadenceOf(rated Rating, critical bool, reassessEvery, firstCheck time.Duration) Cadence {
	c := Cadence{Full: atMost(reassessEvery, yearly)}
	if critical {
		c.Full = min(c.Full, halfYear)
	}
	if rated == High && !critical && halfYear < c.Full {
		c.Check = halfYear
	}
	c.First = atMost(firstCheck, c.Full)
	return c
}

// atMost is the interval up to a limit, and the limit where none is given.
func atMost(interval, limit time.Duration) time.Duration {
	if interval <= 0 {
		return limit
	}
	return min(interval, limit)
}
