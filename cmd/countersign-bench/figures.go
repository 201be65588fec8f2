package main

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// figure is what many runs of the same thing came to.
type figure struct {
	p50, p99 time.Duration
	rate     float64 // a second
}

// figureOf takes what each run took, and all of them together.
func figureOf(took []time.Duration, all time.Duration) figure {
	sorted := slices.Sorted(slices.Values(took))
	at := func(part float64) time.Duration {
		return sorted[min(len(sorted)-1, int(part*float64(len(sorted))))]
	}
	return figure{p50: at(0.50), p99: at(0.99), rate: float64(len(took)) / all.Seconds()}
}

// say prints a line of figures.
func (f figure) say(what string) {
	fmt.Printf("  %-36s %8.0f/s   p50 %9s   p99 %9s\n", what, f.rate, f.p50.Round(time.Microsecond), f.p99.Round(time.Microsecond))
}

// sayTimes prints a line of figures of which the rate means nothing.
func (f figure) sayTimes(what string) {
	fmt.Printf("  %-36s p50 %9s   p99 %9s\n", what, f.p50.Round(time.Millisecond), f.p99.Round(time.Millisecond))
}

// together does something count times, with so many callers at once. The first
// error ends it.
func together(count, callers int, do func(i int) error) (figure, error) {
	took := make([]time.Duration, count)
	failed := make(chan error, callers)
	var next atomic.Int64
	var working sync.WaitGroup
	begun := time.Now()
	for range callers {
		working.Go(func() {
			for i := next.Add(1) - 1; i < int64(count); i = next.Add(1) - 1 {
				at := time.Now()
				if err := do(int(i)); err != nil {
					next.Store(int64(count))
					failed <- err
					return
				}
				took[i] = time.Since(at)
			}
		})
	}
	working.Wait()
	all := time.Since(begun)
	select {
	case err := <-failed:
		return figure{}, err
	default:
		return figureOf(took, all), nil
	}
}
