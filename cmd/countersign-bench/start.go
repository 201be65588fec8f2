package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// start builds the binary and measures how it begins and idles.
func start(ctx context.Context, dir string) error {
	binary := filepath.Join(dir, "countersign")
	if out, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, "./cmd/countersign").CombinedOutput(); err != nil {
		return fmt.Errorf("build (run this from the top of the project): %w\n%s", err, out)
	}
	info, err := os.Stat(binary)
	if err != nil {
		return err
	}
	took := make(times, 0, 5)
	var memory string
	for range cap(took) {
		t, rss, err := begin(ctx, binary)
		if err != nil {
			return err
		}
		took, memory = append(took, t), rss
	}
	took.say("starts, until the page is served", sum(took))
	fmt.Printf("  memory just after the start %s; binary, stripped, %.1f MB\n", memory, float64(info.Size())/1e6)
	return nil
}

func sum(t times) (all time.Duration) {
	for _, d := range t {
		all += d
	}
	return all
}

// begin runs the demo until it says that it is ready.
func begin(ctx context.Context, binary string) (took time.Duration, memory string, err error) {
	c := exec.CommandContext(ctx, binary, "demo", "--addr", "127.0.0.1:0")
	out, err := c.StdoutPipe()
	if err != nil {
		return 0, "", err
	}
	at := time.Now()
	if err := c.Start(); err != nil {
		return 0, "", err
	}
	_, err = bufio.NewReader(out).ReadString('\n')
	took = time.Since(at)
	memory = resident(c.Process.Pid)
	if err == nil {
		err = c.Process.Signal(os.Interrupt)
	}
	if ended := c.Wait(); err == nil {
		err = ended
	}
	return took, memory, err
}

// resident reads a process's resident memory where the system tells it.
func resident(pid int) string {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			return strings.TrimSpace(rest)
		}
	}
	return "unknown"
}
