package main

import (
	"sync/atomic"
	"time"
)

// demoClock is the real time plus what the visitor moved it forward by. It never
// goes back.
type demoClock struct {
	ahead atomic.Int64 // nanoseconds
	moved func()       // told of each move; set before the first
}

// Now is the demo's time.
func (c *demoClock) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// Advance moves the clock forward.
func (c *demoClock) Advance(d time.Duration) {
	if d <= 0 {
		return
	}
	c.ahead.Add(int64(d))
	if c.moved != nil {
		c.moved()
	}
}
