package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"
)

// process is a program that was started, of which what it says is read.
type process struct {
	cmd   *exec.Cmd
	stdin io.Closer
	ended chan struct{} // closed at its end

	mu   sync.Mutex
	said []string // all lines
}

// patience is how long a program may take to be ready, and to end.
const patience = time.Minute

// begin starts a program and waits until it says a line with ready in it. It
// returns how long that took.
func begin(ctx context.Context, cmd *exec.Cmd, ready string) (*process, time.Duration, error) {
	p := &process{cmd: cmd, ended: make(chan struct{})}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, 0, err
	}
	cmd.Stderr = cmd.Stdout
	if p.stdin, err = cmd.StdinPipe(); err != nil {
		return nil, 0, err
	}
	at := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, 0, err
	}
	said := make(chan time.Duration, 1)
	go p.listen(out, ready, func() { said <- time.Since(at) })
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case took := <-said:
		return p, took, nil
	case <-p.ended:
		return nil, 0, fmt.Errorf("%s ended before it was ready: %s", cmd.Path, p.words())
	case <-late.C:
		err = fmt.Errorf("%s was not ready in time", cmd.Path)
	case <-ctx.Done():
		err = ctx.Err()
	}
	p.kill()
	return nil, 0, fmt.Errorf("%w: %s", err, p.words())
}

// listen reads to the end, and calls heard at the first line with ready in it.
func (p *process) listen(out io.Reader, ready string, heard func()) {
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if ready != "" && strings.Contains(lines.Text(), ready) {
			ready = ""
			heard()
		}
		p.mu.Lock()
		p.said = append(p.said, lines.Text())
		p.mu.Unlock()
	}
	_, _ = io.Copy(io.Discard, out) // a line too long must not stop the program
	_ = p.cmd.Wait()                // the exit code stays in ProcessState
	close(p.ended)
}

// words are the last lines it said.
func (p *process) words() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.said[max(0, len(p.said)-5):], "; ")
}

// lines counts the lines that hold all these texts.
func (p *process) lines(texts ...string) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, line := range p.said {
		if !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(line, text) }) {
			n++
		}
	}
	return n
}

// kill ends the program where it stands.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.ended
}

// end asks the program to stop, and waits. Ours stop at the end of their standard
// input as well, where a system has no interrupts.
func (p *process) end() error {
	_ = p.stdin.Close()
	_ = p.cmd.Process.Signal(os.Interrupt)
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-p.ended:
	case <-late.C:
		p.kill()
		return fmt.Errorf("%s did not end when asked", p.cmd.Path)
	}
	if !p.cmd.ProcessState.Success() {
		return fmt.Errorf("%s: %s: %s", p.cmd.Path, p.cmd.ProcessState, p.words())
	}
	return nil
}

// resident reads a process's resident memory in kilobytes; 0 where the system
// does not tell it (https://man7.org/linux/man-pages/man5/proc_pid_status.5.html).
func resident(pid int) (kilobytes int64) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if n, _ := fmt.Sscanf(line, "VmRSS: %d kB", &kilobytes); n == 1 {
			return kilobytes
		}
	}
	return 0
}
