// Command countersign-bench measures what the product promises to be quick, each
// figure as a ratio to something plain on the same machine in the same run:
// disks and neighbours differ more than programs do.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"time"
)

// bench is one measurement; it prints its figures.
type bench struct {
	name string
	what string
	run  func(ctx context.Context, dir string) error
}

var benches = []bench{
	{"decisions", "durable decisions against bare commits on the same disk", decisions},
	{"verify", "audit verify of 100,000 events against reading and hashing the same bytes", verify},
	{"start", "cold start of the demo until it answers, idle memory, size of the binary", start},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: countersign-bench [NAME …]; without a name all of:")
		for _, b := range benches {
			fmt.Fprintf(os.Stderr, "  %-10s %s\n", b.name, b.what)
		}
	}
	flag.Parse()
	for _, b := range benches {
		if flag.NArg() > 0 && !slices.Contains(flag.Args(), b.name) {
			continue
		}
		if err := measure(ctx, b); err != nil {
			fmt.Fprintf(os.Stderr, "countersign-bench: %s: %v\n", b.name, err)
			os.Exit(1)
		}
	}
}

// measure runs one bench in a folder of its own.
func measure(ctx context.Context, b bench) error {
	dir, err := os.MkdirTemp("", "countersign-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	fmt.Printf("%s: %s\n", b.name, b.what)
	return b.run(ctx, dir)
}

// times are how long each of many runs of the same thing took.
type times []time.Duration

// say prints a line of figures.
func (t times) say(what string, all time.Duration) {
	slices.Sort(t)
	at := func(part float64) time.Duration {
		return t[min(len(t)-1, int(part*float64(len(t))))].Round(time.Microsecond)
	}
	fmt.Printf("  %-34s %8.0f/s   p50 %8s   p99 %8s\n", what, float64(len(t))/all.Seconds(), at(0.50), at(0.99))
}
