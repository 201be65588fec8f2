package main

import (
	"math/rand/v2"
	"time"
)

// timeFlow lets time pass.
func timeFlow(w *world) flow {
	long := []time.Duration{
		5 * time.Minute, time.Hour, 2 * time.Hour, 9 * time.Hour, 9 * time.Hour, 25 * time.Hour, 3 * 24 * time.Hour, 8 * 24 * time.Hour, 31 * 24 * time.Hour,
	}
	return flow{actions: []action{
		{name: "pass", weight: 8, do: func(r *rand.Rand) { w.let(long[r.IntN(len(long))]) }},
		{name: "wait", weight: 6, do: func(r *rand.Rand) { w.let(time.Duration(1+r.IntN(30)) * time.Second) }},
		{name: "job", weight: 6, do: func(r *rand.Rand) { w.some(1 + r.IntN(3)) }},
		{name: "rest", weight: 1, do: func(*rand.Rand) { w.rest() }},
	}}
}

func (w *world) let(d time.Duration) {
	w.tell("%s pass", d)
	w.pass(d)
}

// pass lets time pass: what is due on the way happens at its own time.
func (w *world) pass(d time.Duration) {
	w.tally.simulated += d
	end := w.now().Add(d)
	for hops := 0; ; hops++ {
		w.drain()
		next := w.next()
		if hops > 300 { // something is tried again every few seconds
			next = next.Add(time.Hour)
		}
		if !next.Before(end) {
			break
		}
		w.skip(next.Sub(w.now()))
	}
	w.tick(end.Sub(w.now()))
	w.drain()
}

// patientFor is how long the product's machine may have to wait for something that
// others told it, in its own time.
const patientFor = 2 * time.Minute

// skip lets time go on. The machine's goes on with it where somebody may wait;
// in months nobody does.
func (w *world) skip(d time.Duration) {
	w.tick(d)
	if d <= patientFor {
		time.Sleep(d)
	}
}

// drain does everything that is due now, one after the other.
func (w *world) drain() {
	for n := 0; w.step(); n++ {
		if n > 5000 {
			w.fail("there is no end of jobs: %v", w.query("SELECT kind || ' ' || record FROM jobs LIMIT 5"))
		}
	}
}

// some does a few of the jobs that are due, and leaves the others lying.
func (w *world) some(n int) {
	for range n {
		if !w.step() {
			return
		}
	}
}

// step fires what is due and does one job. It returns false where there is none.
func (w *world) step() bool {
	w.mourn()
	if len(w.query("SELECT kind FROM calendar WHERE due_at <= ? LIMIT 1", w.now().UnixMilli())) > 0 {
		w.life.stepping.fire()
		w.tally.fired++
		w.mourn()
	}
	if len(w.query("SELECT kind FROM jobs WHERE due_at <= ? LIMIT 1", w.now().UnixMilli())) == 0 {
		return false
	}
	j, ok, stuck := w.life.stepping.one(w.order.IntN)
	if stuck {
		w.fail("the job %s %s does not end", j.Kind, j.Record)
	}
	if ok {
		w.tally.jobs++
	}
	died := w.fate.isDead()
	w.mourn()
	return ok || died
}

// next is the next moment at which something is due. The reading of people
// happens along with it: nobody waits for it.
func (w *world) next() time.Time {
	least := w.now().Add(time.Second)
	at := least.Add(365 * 24 * time.Hour)
	for _, query := range []string{
		"SELECT CAST(coalesce(min(due_at), 0) AS TEXT) FROM calendar WHERE kind <> 'directory.sync'",
		"SELECT CAST(coalesce(min(due_at), 0) AS TEXT) FROM jobs",
	} {
		ms := number(w.query(query)[0])
		if ms > 0 && time.UnixMilli(ms).Before(at) {
			at = time.UnixMilli(ms)
		}
	}
	if at.Before(least) {
		return least
	}
	return at
}

// rest lifts what can be lifted of the faults, gives what was begun the time to
// end, and looks at everything.
func (w *world) rest() {
	w.tell("rest")
	w.calm()
	for range 8 {
		w.pass(35 * time.Minute)
		w.online()
	}
	for n := 0; n < 40 && len(w.query("SELECT id FROM jobs LIMIT 1")) > 0; n++ {
		w.pass(30 * time.Second)
	}
	w.tally.rests++
	for _, f := range w.flows {
		if f.quiet != nil {
			f.quiet()
		}
	}
}

// query reads one column of the database while the product runs.
func (w *world) query(text string, args ...any) (out []string) {
	rows, err := w.life.raw.Query(text, args...)
	if err != nil {
		w.fail("read the database: %v", err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			w.fail("read the database: %v", err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		w.fail("read the database: %v", err)
	}
	return out
}
