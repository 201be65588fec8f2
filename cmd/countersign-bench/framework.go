package main

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// boltPackage is Slack's own framework.
const boltPackage = "@slack/bolt@5.1.0"

//go:embed bolt.js
var boltScript []byte

// connected is what a measured bot says when Slack has greeted it.
const connected = "bench: connected"

// framework is Slack's own framework on Node.js, installed into a folder of this
// run when it is first needed.
type framework struct {
	dir   string
	tried bool
	err   error
}

// install fetches the framework from the registry, once.
func (f *framework) install(ctx context.Context) error {
	if f.tried {
		return f.err
	}
	f.tried = true
	f.err = f.fetch(ctx)
	return f.err
}

func (f *framework) fetch(ctx context.Context) error {
	if _, err := exec.LookPath("node"); err != nil {
		return err
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, npm, "install", "--no-audit", "--no-fund", "--no-update-notifier", "--ignore-scripts",
		"--cache", filepath.Join(f.dir, "cache"), "--prefix", f.dir, boltPackage)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm install %s: %w\n%s", boltPackage, err, out)
	}
	return os.WriteFile(filepath.Join(f.dir, "bolt.js"), boltScript, 0o600)
}

// begin starts the bot that does nothing, and returns how long it took until it
// was connected.
func (f *framework) begin(ctx context.Context, api string) (*process, time.Duration, error) {
	cmd := exec.CommandContext(ctx, "node", "bolt.js")
	cmd.Dir = f.dir
	cmd.Env = append(os.Environ(), "SLACK_API="+api)
	return begin(ctx, cmd, connected)
}
