package workflows

import "fmt"

// quarrel says what is done where two lines about one vendor say different things
// in a column.
type quarrel int

const (
	either quarrel = iota // the newest line is taken, of two as new the first
	newer                 // the newest line is taken, of two as new neither
	never                 // the file has to be put right
)

// given is a number that a cell may say; an empty cell says none.
type given[T comparable] struct {
	said  bool
	value T
}

func gave[T comparable](cell *T) given[T] {
	if cell == nil {
		return given[T]{}
	}
	return given[T]{true, *cell}
}

// agreed takes what the lines about one vendor say in a column. A cell that is zero
// says nothing.
func agreed[T comparable](m *importMerge, column string, q quarrel, of func(importLine) T) T {
	var none T
	var taken importLine
	for _, l := range m.newest {
		value := of(l)
		switch {
		case value == none:
		case of(taken) == none:
			taken = l
		case value == of(taken) || q == either:
		case q == newer && taken.row.ChangedAt.After(l.row.ChangedAt):
			m.note(l.row.Line, "%s differs from line %d, which is newer and counts.", column, taken.row.Line)
		default:
			m.contradict(column, q, taken.row.Line, l.row.Line)
		}
	}
	return of(taken)
}

// contradict reports two lines that cannot both be right.
func (m *importMerge) contradict(column string, q quarrel, a, b int) {
	a, b = min(a, b), max(a, b)
	text := fmt.Sprintf("%s contradicts line %d, which is about the same vendor: correct one of the two.", column, a)
	if q == newer {
		text = fmt.Sprintf("%s contradicts line %d, which is about the same vendor, and neither is newer by Last Updated At: correct one of the two.", column, a)
	}
	m.report.Problems = append(m.report.Problems, LineNote{b, text})
}

// ticked reads a tick: as the newest line has it that says anything. Where lines as
// new differ it is doubt. That a tick came later is what happens, and not noted.
func (m *importMerge) ticked(column string, doubt bool, of func(importLine) *bool) bool {
	var taken importLine
	answer := false
	for _, l := range m.newest {
		tick := of(l)
		switch {
		case tick == nil:
		case taken.row.Line == 0:
			taken, answer = l, *tick
		case *tick == answer:
		case taken.row.ChangedAt.After(l.row.ChangedAt):
			if *tick {
				m.note(l.row.Line, "%s differs from line %d, which is newer and counts.", column, taken.row.Line)
			}
		case answer != doubt:
			answer = doubt
			m.note(l.row.Line, "%s differs from line %d, and neither is newer: it is taken as %s.", column, taken.row.Line, map[bool]string{true: "yes", false: "no"}[doubt])
		}
	}
	return answer
}
