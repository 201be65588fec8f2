package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"strings"

	"countersign/cmd/countersign/config"
	"countersign/store"
	"countersign/store/ledger"
	"countersign/workflows"
)

// importVendorsCommand fills the register of vendors.
type importVendorsCommand struct {
	File   string `arg:"" help:"CSV file with a line of column names; Vendor must be among them."`
	Config string `help:"Configuration file." default:"config.yaml" type:"path"`
	DryRun bool   `help:"Print what would be imported, and change nothing."`
}

// Run imports all vendors of a file, or prints everything that is wrong with it
// and imports none.
func (c *importVendorsCommand) Run(e *env) (err error) {
	cfg, err := loaded(c.Config, e, func(p config.Problem) bool { return p.Path == "store.url" || p.Path == "ledger.key_file" }, readPolicies)
	if err != nil {
		return err
	}
	data, err := begin(c.File, fileMost+1)
	if err != nil {
		return err
	}
	table := readVendors(data, cfg.Organization.Timezone)
	if len(table.problems) > 0 {
		return c.wrong(e, table.problems)
	}
	service, db, by, err := serviceForImport(e, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	hash := sha256.Sum256(data)
	file := workflows.VendorFile{Rows: table.rows, SHA256: hex.EncodeToString(hash[:]), By: by}
	report, err := service.ImportVendors(e.ctx, file, c.DryRun)
	if err != nil {
		return err
	}
	for _, n := range slices.Concat(table.notes, report.Notes) {
		fmt.Fprintf(e.stderr, "%s:%d: note: %s\n", printable(c.File), n.Line, printable(n.Text))
	}
	if len(report.Problems) > 0 {
		return c.wrong(e, report.Problems)
	}
	c.print(e.stdout, report)
	return nil
}

// begin reads a file, so many bytes of it at most.
func begin(name string, most int64) (_ []byte, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return io.ReadAll(io.LimitReader(f, most))
}

// wrong prints what has to be put right in the file.
func (c *importVendorsCommand) wrong(e *env, problems []workflows.LineNote) error {
	for _, p := range problems {
		fmt.Fprintf(e.stderr, "%s:%d: %s\n", printable(c.File), p.Line, printable(p.Text))
	}
	what := "1 problem"
	if len(problems) > 1 {
		what = fmt.Sprintf("%d problems", len(problems))
	}
	return fmt.Errorf("nothing was imported: %s in %s", what, c.File)
}

// print lists what was imported, or would be.
func (c *importVendorsCommand) print(w io.Writer, r workflows.ImportReport) {
	for _, i := range r.Vendors {
		v := i.Vendor
		parts := []string{v.Name, v.Inherent.Shown(), string(v.State)}
		if v.ID != "" {
			parts = slices.Insert(parts, 0, v.ID)
		}
		if i.Sponsor != "" {
			parts = append(parts, i.Sponsor)
		}
		fmt.Fprintf(w, "%s  (%s)\n", printable(strings.Join(parts, "  ")), lineNumbers(i.Lines))
	}
	did := "Imported"
	if c.DryRun {
		did = "Would import"
	}
	fmt.Fprintf(w, "%s %s (%s merged, %d already known)\nCOUNT %d\n",
		did, counted(len(r.Vendors), "vendor"), counted(r.Merged, "line"), r.Known, len(r.Vendors))
}

func counted(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

func lineNumbers(lines []int) string {
	text := "line"
	if len(lines) > 1 {
		text = "lines"
	}
	for i, l := range lines {
		if i > 0 {
			text += ","
		}
		text += fmt.Sprintf(" %d", l)
	}
	return text
}

// serviceForImport opens the database as serve does, and reaches neither Slack nor
// Google: what is to be posted is posted by the bot, at its next start if it does
// not run. A database that serve never opened has no people to name as sponsors,
// and is not made here.
func serviceForImport(e *env, cfg *config.Config) (_ *workflows.Service, _ *store.Store, by workflows.Actor, err error) {
	const first = "start countersign serve once, so that it reads people from Slack and Google, and import then"
	key, err := ledger.LoadKey(cfg.Ledger.KeyFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, by, fmt.Errorf("there is no ledger key %s yet: %s", cfg.Ledger.KeyFile, first)
	}
	if err != nil {
		return nil, nil, by, err
	}
	if path, ok := strings.CutPrefix(cfg.Store.URL, "sqlite:"); ok && !exists(path) {
		return nil, nil, by, fmt.Errorf("there is no database %s yet: %s", path, first)
	}
	cat, log := catalogue(cfg), slog.New(slog.NewJSONHandler(e.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	s, err := store.Open(e.ctx, cfg.Store.URL, store.Options{
		Key: key, Origin: logName(cfg), Log: log, Poll: true,
		PolicyVersion: cat.PolicyVersion, ConfigHash: cat.ConfigHash, AppVersion: cat.AppVersion,
	})
	if err != nil {
		return nil, nil, by, err
	}
	started := startOptions(cfg, key)
	by = workflows.Actor{Kind: "cli", Host: started.User + "@" + started.Host}
	return workflows.New(workflows.Parts{Store: s, Catalogue: cat, Log: log}), s, by, nil
}

// importLaterCommand stands for a first load that is not there yet.
type importLaterCommand struct {
	File   string `arg:""`
	DryRun bool
}

// Run says so.
func (importLaterCommand) Run() error {
	return errors.New("only import vendors is there in this version")
}
