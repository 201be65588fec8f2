package main

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
)

// move is one action with the seed of its choices.
type move struct {
	name string
	seed uint64
}

// script is a company with everything that happens to it.
type script struct {
	seed  uint64
	steps []move
}

// String is the form that -simulation.script takes.
func (s script) String() string {
	out := strconv.FormatUint(s.seed, 10)
	for _, x := range s.steps {
		out += fmt.Sprintf(" %s:%d", x.name, x.seed)
	}
	return out
}

func readScript(text string) (s script, err error) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return s, fmt.Errorf("an empty script")
	}
	if s.seed, err = strconv.ParseUint(words[0], 10, 64); err != nil {
		return s, err
	}
	for _, word := range words[1:] {
		name, seed, _ := strings.Cut(word, ":")
		n, err := strconv.ParseUint(seed, 10, 64)
		if err != nil {
			return s, err
		}
		s.steps = append(s.steps, move{name, n})
	}
	return s, nil
}

// outcome is what came of a script.
type outcome struct {
	wrong  string // empty: nothing
	told   []string
	events []string // the ledger's leaves
	root   string   // of the ledger at the end
	tally  tally
}

// story tells what happened, and how to see it again.
func (o outcome) story(s script) string {
	return fmt.Sprintf("%s\n\t%s\nthe ledger's root is %s; play it again with -simulation.script=%q", o.wrong, strings.Join(o.told, "\n\t"), o.root, s)
}

// differs says how another run of the same script differs, or nothing.
func (o outcome) differs(b outcome) string {
	if o.root == b.root && o.wrong == b.wrong {
		return ""
	}
	for i := range min(len(o.events), len(b.events)) {
		if o.events[i] != b.events[i] {
			return fmt.Sprintf("a second run wrote another event %d:\n%s\n%s", i+1, o.events[i], b.events[i])
		}
	}
	return fmt.Sprintf("a second run wrote %d events instead of %d: %s", len(b.events), len(o.events), b.wrong)
}

// shorten leaves out what is not needed for a script to fail.
func shorten(t *testing.T, s script, out outcome) (script, outcome) {
	begun := time.Now()
	for size := max(1, len(s.steps)/2); size > 0; {
		left := false
		for i := 0; i+size <= len(s.steps) && time.Since(begun) < *simulationShorten; {
			less := script{s.seed, append(append([]move{}, s.steps[:i]...), s.steps[i+size:]...)}
			if o := playChecked(t, less); o.wrong != "" {
				s, out, left = less, o, true
			} else {
				i += size
			}
		}
		if !left || size > 1 {
			size /= 2
		}
	}
	return s, out
}
