// Command countersign-bench measures what the product promises to be quick, each
// figure as a ratio to something plain on the same machine in the same run:
// disks and neighbours differ more than programs do. Run it from the top of the
// project.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
)

// bench is one measurement; it prints its figures.
type bench struct {
	name string
	what string
	unit string
	n    int // how many, unless asked otherwise
	run  func(ctx context.Context, l lab) error
}

// lab is what one bench works with.
type lab struct {
	dir  string // its own, removed at the end
	n    int
	node *framework
}

var benches = []bench{
	{"acks", "presses of Approve, acknowledged when durable, beside a bot on @slack/bolt that does nothing", "presses with 64 in flight", 1000, acks},
	{"decisions", "durable decisions against bare commits on the same disk", "decisions in each part", 2000, decisions},
	{"leaver", "an offboarding until every app is read back as gone", "apps of 300 ms each", 30, leaver},
	{"verify", "audit verify against reading and hashing the same rows", "events", 100_000, verify},
	{"start", "cold start until connected to Slack, idle memory, size of the binary", "starts", 5, start},
}

func main() {
	n := flag.Int("n", 0, "how many of what a bench counts; 0: as many as stand beside its name")
	flag.Usage = usage
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	var err error
	if flag.Arg(0) == productArg { // this binary as the measured process
		err = serveProduct(ctx, flag.Arg(1))
	} else {
		err = run(ctx, *n, flag.Args())
	}
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "countersign-bench: %v\n", err)
		os.Exit(1)
	}
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: countersign-bench [-n COUNT] [NAME …]; without a name all of:")
	for _, b := range benches {
		fmt.Fprintf(os.Stderr, "  %-10s %s (%d %s)\n", b.name, b.what, b.n, b.unit)
	}
}

// run does the benches that are named, or all.
func run(ctx context.Context, n int, names []string) (err error) {
	for _, name := range names {
		if !slices.ContainsFunc(benches, func(b bench) bool { return b.name == name }) {
			return fmt.Errorf("no bench is called %q; see -help", name)
		}
	}
	if n < 0 {
		return fmt.Errorf("-n %d: want a count, or 0", n)
	}
	dir, err := os.MkdirTemp("", "countersign-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	fmt.Printf("%d cores, %s/%s, %s\n", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version())
	node := &framework{dir: filepath.Join(dir, "node")}
	for _, b := range benches {
		if len(names) > 0 && !slices.Contains(names, b.name) {
			continue
		}
		l := lab{dir: filepath.Join(dir, b.name), n: cmp.Or(n, b.n), node: node}
		if err := os.Mkdir(l.dir, 0o700); err != nil {
			return err
		}
		fmt.Printf("%s: %s; %d %s\n", b.name, b.what, l.n, b.unit)
		if err := b.run(ctx, l); err != nil {
			return fmt.Errorf("%s: %w", b.name, err)
		}
	}
	return nil
}
