package main

import (
	"fmt"
	"os"
	"runtime/debug"

	"countersign/cmd/countersign/config"
	"countersign/store/ledger"
)

// appVersion is the version of this binary, with the commit it was built from
// where the build recorded one.
func appVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	version := info.Main.Version
	if version == "" || version == "(devel)" {
		version = "devel"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			version += "+" + s.Value[:min(len(s.Value), 12)]
		}
	}
	return version
}

// versionCommand prints what this binary is.
type versionCommand struct {
	Config string `help:"Configuration file." default:"config.yaml" type:"path"`
}

// Run prints the version. The ledger's key is printed where a configuration and
// its key file are given; without them the version alone is still an answer.
func (v *versionCommand) Run(e *env) error {
	info, _ := debug.ReadBuildInfo()
	goVersion := "unknown"
	if info != nil {
		goVersion = info.GoVersion
	}
	fmt.Fprintf(e.stdout, "countersign %s\n%s\n", appVersion(), goVersion)
	if _, err := os.Stat(v.Config); err != nil {
		return nil
	}
	cfg, problems := config.Load(v.Config, e.getenv)
	if cfg == nil || problems.Fatal() {
		return fmt.Errorf("%s has problems; see countersign check", v.Config)
	}
	key, err := ledger.LoadKey(cfg.Ledger.KeyFile)
	if err != nil {
		fmt.Fprintln(e.stdout, "ledger key: none yet; it is made at the first start")
		return nil
	}
	fmt.Fprintf(e.stdout, "ledger key: %s\nfingerprint: %s\n", key.VerifierKey(), key.Fingerprint())
	return nil
}
