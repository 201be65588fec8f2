package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
)

// errDead is what everything of a dead process meets.
var errDead = errors.New("the process is dead")

// fate decides when the product dies: before or after its nth commit or call
// from now on takes effect. A dead product changes nothing any more.
type fate struct {
	end func() // cuts what the product holds on to

	mu    sync.Mutex
	at    string // "commit" or "call"; empty: it lives
	left  int
	after bool
	dead  bool
	calls int // calls that reached an emulator
}

// doom sets the moment of death.
func (f *fate) doom(at string, left int, after bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.at, f.left, f.after = at, left, after
}

// revive is a new process in place of the dead one.
func (f *fate) revive() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.dead = false
}

func (f *fate) isDead() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.dead
}

// die ends the product now.
func (f *fate) die() {
	f.mu.Lock()
	f.dead, f.at = true, ""
	f.mu.Unlock()
	f.end()
}

// meet does something unless the product is dead, or dies of it.
func (f *fate) meet(at string, do func() error) error {
	f.mu.Lock()
	dead, now, after := f.dead, false, f.after
	if at == "call" {
		f.calls++
	}
	if f.at == at && !dead {
		f.left--
		now = f.left <= 0
	}
	f.mu.Unlock()
	if dead {
		return errDead
	}
	if now && !after {
		f.die()
		return errDead
	}
	err := do()
	if now {
		f.die()
		return errDead
	}
	return err
}

// mortal serves an emulator to a product that may die of a call, before the
// emulator has it or before the answer is back.
func (f *fate) mortal(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "" {
			h.ServeHTTP(w, r)
			return
		}
		rec := httptest.NewRecorder()
		err := f.meet("call", func() error { h.ServeHTTP(rec, r); return nil })
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		for name, values := range rec.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(rec.Code)
		_, _ = w.Write(rec.Body.Bytes())
	})
}
