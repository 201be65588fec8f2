package main

import (
	"errors"
	"fmt"
	"slices"

	"countersign/bot"
	"countersign/cmd/countersign/config"
)

// checkCommand finds problems in the configuration.
type checkCommand struct {
	Config  string `help:"Configuration file." default:"config.yaml" type:"path"`
	Offline bool   `help:"Read the file alone; ask neither Slack nor Google."`
}

// Run prints every problem it finds, all in one run, and fails if one is fatal.
func (c *checkCommand) Run(e *env) error {
	if !c.Offline {
		return errors.New("only check --offline is there in this version: it reads the file and asks neither Slack nor Google")
	}
	cfg, problems := config.Load(c.Config, e.getenv)
	if cfg != nil {
		problems = slices.Concat(problems, files(cfg), readPolicies(cfg), cfg.WithoutVendor())
	}
	fatal := 0
	for _, p := range problems {
		say(e.stderr, p)
		if p.Fatal {
			fatal++
		}
	}
	if cfg != nil {
		for _, p := range cfg.Missing() {
			fmt.Fprintf(e.stderr, "note: %s\n", printable(p.String()))
		}
	}
	if fatal > 0 || cfg == nil {
		return errSaid
	}
	warnings := fmt.Sprintf("%d warnings", len(problems))
	if len(problems) == 1 {
		warnings = "1 warning"
	}
	fmt.Fprintf(e.stdout, "%s: %d apps, %d roles, no fatal problem, %s\n", c.Config, len(cfg.Apps), len(cfg.Roles), warnings)
	return nil
}

// files looks for the files that are read at the start, the policies' left out.
func files(cfg *config.Config) []config.Problem {
	if g := cfg.Google; g != nil && g.CredentialsFile != "" && !exists(g.CredentialsFile) {
		return []config.Problem{cfg.Problem("google.credentials_file", false, "no such file: %s", g.CredentialsFile)}
	}
	return nil
}

// manifestCommand prints the Slack app manifest.
type manifestCommand struct{}

// Run prints the manifest; it needs no configuration.
func (manifestCommand) Run(e *env) error {
	m, err := bot.Manifest()
	if err != nil {
		return err
	}
	_, err = e.stdout.Write(append(m, '\n'))
	return err
}
