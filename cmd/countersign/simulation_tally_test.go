package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// tally counts what the simulations went through.
type tally struct {
	runs, steps, jobs, fired, calls       int
	requests, decisions                   int // that were acknowledged
	restarts, deaths, failedStarts, rests int
	faults                                int
	simulated, real                       time.Duration
	events                                map[string]int // by type
}

func (a *tally) add(b tally) {
	a.runs++
	for _, n := range []struct {
		to   *int
		more int
	}{
		{&a.steps, b.steps}, {&a.jobs, b.jobs}, {&a.fired, b.fired}, {&a.calls, b.calls}, {&a.requests, b.requests}, {&a.decisions, b.decisions},
		{&a.restarts, b.restarts}, {&a.deaths, b.deaths}, {&a.failedStarts, b.failedStarts}, {&a.rests, b.rests}, {&a.faults, b.faults},
	} {
		*n.to += n.more
	}
	a.simulated += b.simulated
	a.real += b.real
	if a.events == nil {
		a.events = make(map[string]int)
	}
	for kind, n := range b.events {
		a.events[kind] += n
	}
}

func (a tally) String() string {
	var kinds []string
	for _, kind := range slices.Sorted(maps.Keys(a.events)) {
		kinds = append(kinds, fmt.Sprintf("%s %d", kind, a.events[kind]))
	}
	return fmt.Sprintf("%d companies, %.1f months in %s: %d steps, %d requests, %d decisions, %d jobs, %d moments, %d calls of Slack and Google; %d restarts, %d deaths, %d failed starts, %d faults, %d rests\nevents: %s",
		a.runs, a.simulated.Hours()/24/30, a.real.Round(time.Millisecond), a.steps, a.requests, a.decisions, a.jobs, a.fired, a.calls,
		a.restarts, a.deaths, a.failedStarts, a.faults, a.rests, strings.Join(kinds, ", "))
}
