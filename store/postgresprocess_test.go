package store_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"countersign/store"
	"countersign/store/postgrestest"
	"countersign/workflows"
)

// TestMain is also the beginning of the other processes that tests start.
func TestMain(m *testing.M) {
	what, url := os.Getenv("COUNTERSIGN_TEST_PROCESS"), os.Getenv("COUNTERSIGN_TEST_URL")
	if what == "" {
		os.Exit(postgrestest.Main(m))
	}
	if err := otherProcesses[what](context.Background(), url); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// otherProcesses are what another process may do. They say on standard output how
// far they are.
var otherProcesses = map[string]func(context.Context, string) error{"open": openOnce, "hang": hangInJob}

// openOnce opens a database when it is told to, says so in it and closes it.
func openOnce(ctx context.Context, url string) error {
	fmt.Println("ready")
	if _, err := bufio.NewReader(os.Stdin).ReadString('\n'); err != nil {
		return err
	}
	s, err := store.Open(ctx, url, store.Options{})
	if err != nil {
		return err
	}
	if err := errors.Join(s.Update(ctx, tellSync), s.Close()); err != nil {
		return err
	}
	fmt.Println("done")
	return nil
}

// hangInJob works on jobs and never ends one.
func hangInJob(ctx context.Context, url string) error {
	s, err := store.Open(ctx, url, store.Options{})
	if err != nil {
		return err
	}
	return s.Work(ctx, 4, func(_ context.Context, j workflows.Job) error {
		fmt.Println("has", j.Record, j.Attempt)
		select {}
	})
}

// process is another process.
type process struct {
	t    *testing.T
	cmd  *exec.Cmd
	in   io.Writer
	said *bufio.Scanner
}

func startProcess(t *testing.T, what, url string) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.Command(os.Args[0])}
	p.cmd.Env = append(os.Environ(), "COUNTERSIGN_TEST_PROCESS="+what, "COUNTERSIGN_TEST_URL="+url)
	p.cmd.Stderr = os.Stderr
	in, err := p.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.in, p.said = in, bufio.NewScanner(out)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	return p
}

func (p *process) says(line string) {
	p.t.Helper()
	if _, err := fmt.Fprintln(p.in, line); err != nil {
		p.t.Fatal(err)
	}
}

// wants waits for a line that the process says.
func (p *process) wants(line string) {
	p.t.Helper()
	if !p.said.Scan() {
		p.t.Fatalf("the process ended before it said %q", line)
	}
	if got := p.said.Text(); got != line {
		p.t.Fatalf("the process says %q, want %q", got, line)
	}
}

// kill ends the process where it stands, and waits for that.
func (p *process) kill() {
	if p.cmd.ProcessState != nil {
		return
	}
	_ = p.cmd.Process.Kill()
	if err := p.cmd.Wait(); err != nil && !strings.Contains(err.Error(), "killed") {
		p.t.Errorf("the process ended with %v", err)
	}
}
