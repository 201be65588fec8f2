package main

import (
	"flag"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// The simulation plays months of a company's life against the product as it is
// wired, with the real clients of Slack and Google in between. A failure prints
// the shortest script that was found for it, which -simulation.script plays again.
var (
	simulationSeeds   = flag.Int("simulation.seeds", 0, "how many simulations to play; 0 plays the few that every run does")
	simulationSteps   = flag.Int("simulation.steps", 120, "average number of steps of a simulation")
	simulationTwice   = flag.Bool("simulation.twice", false, "play each simulation twice and compare the ledgers")
	simulationShorten = flag.Duration("simulation.shorten", 3*time.Minute, "how long to look for a shorter script that fails")
	simulationScript  = flag.String("simulation.script", "", "play this script alone, and say what happens in it")
)

// flows are what can happen in the company. A new one is a file of its own with
// its actions and what must hold of them, and a line here.
var flows = []func(*world) flow{ledgerFlow, timeFlow, accessFlow, peopleFlow, processFlow, faultFlow, cardFlow, leaversFlow, joinersFlow, vendorsFlow}

// flow is one part of the company's life.
type flow struct {
	actions []action
	always  func() // looks whether all is well, after every step
	quiet   func() // the same, after a rest without faults
}

// action is something that somebody, or something, may do.
type action struct {
	name     string
	weight   int         // how often, compared with others
	possible func() bool // nil: always
	do       func(r *rand.Rand)
}

// play plays a script in a bubble of its own.
func play(t *testing.T, s script) (out outcome) {
	t.Helper()
	for _, name := range []string{"simulation.db", "simulation.db-wal", "simulation.db-shm", "simulation.db.lock", "simulation.key"} {
		_ = os.Remove(name)
	}
	begun := time.Now()
	synctest.Test(t, func(t *testing.T) {
		w, err := found(t, s.seed)
		if err != nil {
			t.Fatal(err)
		}
		out.wrong = w.live(s)
		w.close()
		out.told, out.events, out.root, out.tally = w.told, w.book.leaves, w.book.root, w.tally
		out.tally.calls, out.tally.events = w.fate.calls, make(map[string]int)
		for _, e := range w.book.entries {
			out.tally.events[e.Type]++
		}
	})
	out.tally.real = time.Since(begun)
	return out
}

// live lets everything of a script happen. It returns what was found wrong.
func (w *world) live(s script) (wrong string) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case failure:
			wrong = string(r)
		default:
			panic(r)
		}
	}()
	w.start()
	w.drain()
	for _, x := range s.steps {
		w.take(x)
	}
	w.rest()
	return ""
}

// take takes one step. Where it is not possible now, what is due is done instead.
func (w *world) take(x move) {
	do := func(*rand.Rand) { w.drain() }
	for _, f := range w.flows {
		for _, a := range f.actions {
			if a.name == x.name && (a.possible == nil || a.possible()) {
				do = a.do
			}
		}
	}
	w.tick(time.Second)
	w.online()
	do(rand.New(rand.NewPCG(x.seed, 0)))
	w.tally.steps++
	w.mourn()
	w.look()
}

// look checks what must hold after every step.
func (w *world) look() {
	for _, f := range w.flows {
		if f.always != nil {
			f.always()
		}
	}
}

// inDirectory moves to an empty directory: the names of the files are part of the
// configuration, and so of the ledger.
func inDirectory(t *testing.T) { t.Chdir(t.TempDir()) }

// usualSeeds is how many simulations every run plays.
const usualSeeds = 5

func TestACompanyLivesForMonthsAndEverythingHolds(t *testing.T) {
	inDirectory(t)
	if *simulationScript != "" {
		s, err := readScript(*simulationScript)
		if err != nil {
			t.Fatal(err)
		}
		out := playChecked(t, s)
		if t.Log(out.tally); out.wrong != "" {
			s, out = shorten(t, s, out)
		}
		if t.Log(out.story(s)); out.wrong != "" {
			t.Fatal(out.wrong)
		}
		return
	}
	seeds := *simulationSeeds
	if seeds == 0 {
		seeds = usualSeeds
		if raceDetector || testing.Short() {
			seeds = usualSeeds / 4
		}
		with(t, "rapid.seed", "1")
	}
	with(t, "rapid.checks", strconv.Itoa(seeds))
	with(t, "rapid.shrinktime", "1ms") // shorten is quicker
	with(t, "rapid.steps", strconv.Itoa(*simulationSteps))
	names := actionNames()
	var all tally
	rapid.Check(t, func(rt *rapid.T) {
		s := script{seed: rapid.Uint64Range(0, 1<<32).Draw(rt, "company")}
		rt.Repeat(map[string]func(*rapid.T){"step": func(rt *rapid.T) {
			s.then(names, rapid.Uint64().Draw(rt, "move"))
		}})
		out := playChecked(t, s)
		all.add(out.tally)
		if out.wrong != "" {
			s, out = shorten(t, s, out)
			rt.Fatalf("%s", out.story(s))
		}
	})
	t.Log(all)
}

// playChecked plays a script, twice where the flag says so.
func playChecked(t *testing.T, s script) outcome {
	out := play(t, s)
	if *simulationTwice && out.wrong == "" {
		out.wrong = out.differs(play(t, s))
	}
	return out
}

// actionNames are the names of all actions, each as often as its weight says.
func actionNames() (names []string) {
	for _, make := range flows {
		for _, a := range make(&world{}).actions {
			for range a.weight {
				names = append(names, a.name)
			}
		}
	}
	return names
}

// then adds a move, made of a number and all that came before: rapid prefers small
// numbers and the first of a list, and no action is to be preferred.
func (s *script) then(names []string, n uint64) {
	r := rand.New(rand.NewPCG(n, s.seed^uint64(len(s.steps))<<40))
	s.steps = append(s.steps, move{anyOf(r, names), r.Uint64N(1 << 32)})
}

// with sets a flag for one test, unless the command line did.
func with(t *testing.T, name, value string) {
	t.Helper()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == name })
	if given {
		return
	}
	before := flag.Lookup(name).Value.String()
	if err := flag.Set(name, value); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = flag.Set(name, before) })
}

func TestTheSameScriptWritesTheSameLedger(t *testing.T) {
	inDirectory(t)
	r := rand.New(rand.NewPCG(2026, 1))
	names := actionNames()
	s := script{seed: r.Uint64()}
	for range 60 {
		s.then(names, r.Uint64())
	}
	first, second := play(t, s), play(t, s)
	if first.wrong != "" {
		t.Fatal(first.story(s))
	}
	if wrong := first.differs(second); wrong != "" || first.root == "" {
		t.Errorf("%s\n%s", wrong, first.story(s))
	}
	s.seed++
	if other := play(t, s); other.root == first.root {
		t.Errorf("another company ends with the same root %s", other.root)
	}
}
