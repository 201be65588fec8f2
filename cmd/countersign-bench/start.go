package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"
)

// idleFor is how long a process is left alone before its memory is read.
const idleFor = 10 * time.Second

// start builds the binary and measures how it begins and idles: the command
// serve on the example configuration, from the start of the process until Slack
// has greeted its websocket. By then the database is migrated, the key made, and
// the people of Slack and Google are read. The bot on Slack's own framework only
// connects, without a proxy and without TLS.
func start(ctx context.Context, l lab) error {
	binary := filepath.Join(l.dir, "countersign")
	if out, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, "./cmd/countersign").CombinedOutput(); err != nil {
		return fmt.Errorf("build (run this from the top of the project): %w\n%s", err, out)
	}
	info, err := os.Stat(binary)
	if err != nil {
		return err
	}
	fmt.Printf("  binary, stripped: %.1f MB\n", float64(info.Size())/1e6)
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		fmt.Println("  starts are not measured here: Go takes a certificate authority from SSL_CERT_FILE on other systems only")
		return nil
	}
	product, err := productStarts(ctx, l, binary)
	if err != nil {
		return fmt.Errorf("the product: %w", err)
	}
	if err := l.node.install(ctx); err != nil {
		fmt.Printf("  %s is not measured: %v\n", boltPackage, err)
		return nil
	}
	bolt, err := boltStarts(ctx, l)
	if err != nil {
		return fmt.Errorf("%s: %w", boltPackage, err)
	}
	fmt.Printf("  product to %s: first start %.2f, memory %.2f\n", boltPackage, ratio(product.first.p50, bolt.first.p50), ratio(product.memory, bolt.memory))
	return nil
}

// started is how starts went.
type started struct {
	first  figure
	memory int64 // kilobytes, resident; 0: the system does not tell
}

// productStarts measures first starts, each in an empty folder, and starts on
// the database that the last of them left.
func productStarts(ctx context.Context, l lab, binary string) (out started, err error) {
	net, err := openHosts(l.dir)
	if err != nil {
		return out, err
	}
	defer net.close()
	run := func(dir string, idle time.Duration) (time.Duration, error) {
		if err := net.prepare(dir); err != nil {
			return 0, err
		}
		cmd := exec.CommandContext(ctx, binary, "serve", "--config", "config.yaml")
		cmd.Dir, cmd.Env = dir, net.environment(dir)
		took, kilobytes, err := lived(ctx, idle, func() (*process, time.Duration, error) {
			return begin(ctx, cmd, `"msg":"connected to Slack"`)
		})
		out.memory = max(out.memory, kilobytes)
		return took, err
	}
	folder := func(i int) string { return filepath.Join(l.dir, fmt.Sprintf("start%d", i)) }
	if out.first, err = starts(l.n, func(i int) (time.Duration, error) { return run(folder(i), 0) }); err != nil {
		return out, err
	}
	out.first.sayTimes("product, first start to connected")
	again, err := starts(l.n, func(int) (time.Duration, error) { return run(folder(0), 0) })
	if err != nil {
		return out, err
	}
	again.sayTimes("product, later start to connected")
	if _, err := run(folder(0), idleFor); err != nil {
		return out, err
	}
	sayMemory("product", out.memory)
	return out, nil
}

// boltStarts measures the bot on Slack's own framework.
func boltStarts(ctx context.Context, l lab) (out started, err error) {
	o, err := openOffice(1)
	if err != nil {
		return out, err
	}
	defer o.close()
	run := func(idle time.Duration) (time.Duration, error) {
		took, kilobytes, err := lived(ctx, idle, func() (*process, time.Duration, error) { return l.node.begin(ctx, o.api) })
		out.memory = max(out.memory, kilobytes)
		return took, err
	}
	if out.first, err = starts(l.n, func(int) (time.Duration, error) { return run(0) }); err != nil {
		return out, err
	}
	out.first.sayTimes("no-op bolt, start to connected")
	if _, err := run(idleFor); err != nil {
		return out, err
	}
	sayMemory("no-op bolt", out.memory)
	return out, nil
}

func sayMemory(who string, kilobytes int64) {
	if kilobytes > 0 {
		fmt.Printf("  %s, resident memory %s after connecting, idle: %.1f MB\n", who, idleFor, float64(kilobytes)/1000)
	}
}

// starts measures so many starts, one after another.
func starts(n int, run func(i int) (time.Duration, error)) (figure, error) {
	took := make([]time.Duration, n)
	var all time.Duration
	for i := range took {
		var err error
		if took[i], err = run(i); err != nil {
			return figure{}, err
		}
		all += took[i]
	}
	return figureOf(took, all), nil
}

// lived begins a process, leaves it alone for a while, and ends it. The memory is
// read only where it was left alone.
func lived(ctx context.Context, idle time.Duration, begin func() (*process, time.Duration, error)) (took time.Duration, kilobytes int64, err error) {
	p, took, err := begin()
	if err != nil {
		return 0, 0, err
	}
	if idle > 0 {
		select {
		case <-time.After(idle):
			kilobytes = resident(p.cmd.Process.Pid)
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	return took, kilobytes, errors.Join(err, p.end())
}
