package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"

	"countersign/cmd/countersign/config"
)

// serveCommand runs the bot.
type serveCommand struct {
	Config        string `help:"Configuration file." default:"config.yaml" type:"path"`
	AcceptLeavers bool   `help:"Believe the first reading of Slack and Google even if it deactivates very many people."`
}

// Run serves until it is told to stop. It opens its socket only after the
// database is migrated and people were read.
func (s *serveCommand) Run(e *env) error {
	cfg, err := loaded(s.Config, e, everyVariable, readPolicies)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewJSONHandler(e.stderr, nil))
	app, err := wire(e.ctx, assembly{config: cfg, log: log, acceptLeavers: s.AcceptLeavers})
	if err != nil && e.ctx.Err() != nil { // told to stop before it had begun
		log.Info("stopped while starting", "err", err)
		return nil
	}
	if err != nil {
		return err
	}
	log.Info("countersign serves", "version", appVersion(), "organization", cfg.Organization.Name, "ledger_key", app.key.Fingerprint())
	return app.run(e.ctx)
}

// everyVariable says that a command needs all variables of the configuration.
func everyVariable(config.Problem) bool { return true }

// readPolicies reads the files of the policies, relative to the working directory.
func readPolicies(cfg *config.Config) config.Problems { return cfg.ReadPolicies(os.ReadFile) }

// loaded reads a configuration. It prints every problem, those found by more
// checks included, and fails where one is fatal, or where a variable is unset that
// the command needs.
func loaded(path string, e *env, needs func(config.Problem) bool, more ...func(*config.Config) config.Problems) (*config.Config, error) {
	cfg, problems := config.Load(path, e.getenv)
	if cfg != nil {
		for _, check := range more {
			problems = append(problems, check(cfg)...)
		}
		for _, p := range cfg.Missing() {
			if needs(p) {
				p.Fatal = true
				problems = append(problems, p)
			}
		}
	}
	for _, p := range problems {
		say(e.stderr, p)
	}
	if cfg == nil || problems.Fatal() {
		return nil, errSaid
	}
	return cfg, nil
}

func say(w io.Writer, p config.Problem) { fmt.Fprintln(w, printable(p.String())) }

// exists says whether there is such a file.
func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
