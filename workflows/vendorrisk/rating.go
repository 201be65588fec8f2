package vendorrisk

import (
	"cmp"
	"strings"
)

// Shown is the rating as people read it.
func (r Rating) Shown() string {
	switch r {
	case Low:
		return "Low"
	case Medium:
		return "Medium"
	case High:
		return "High"
	}
	return "Not assessed"
}

// rank orders the ratings, the best first; what is not assessed stands before.
func (r Rating) rank() int {
	switch r {
	case Low:
		return 1
	case Medium:
		return 2
	case High:
		return 3
	}
	return 0
}

// Compare is negative if a is the lower risk of the two, positive if b is, and 0
// if they are the same. Not assessed stands below Low; it is not less risky.
func Compare(a, b Rating) int { return cmp.Compare(a.rank(), b.rank()) }

// ParseRating reads a rating as people write it, in any case. Nothing, "not
// assessed" and "unassessed" are Unassessed.
func ParseRating(s string) (Rating, bool) {
	switch r := Rating(strings.ToLower(strings.TrimSpace(s))); r {
	case Low, Medium, High, Unassessed:
		return r, true
	case "not assessed", "unassessed":
		return Unassessed, true
	}
	return Unassessed, false
}
