// Command countersign is the whole product: the bot, its demo, and the tools of
// the admin and the auditor.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"unicode"

	"github.com/alecthomas/kong"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.LookupEnv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// The exit codes that scripts may rely on.
const (
	exitDone  = 0
	exitWrong = 1 // the thing checked is wrong, or the work failed
	exitUsage = 2 // bad usage
)

// cli is the command line. The doc of each command is its help text.
type cli struct {
	Demo     demoCommand     `cmd:"" help:"Try the whole product in a browser, with no account anywhere."`
	Serve    serveCommand    `cmd:"" help:"Run the bot."`
	Check    checkCommand    `cmd:"" help:"Find every problem in the configuration."`
	Manifest manifestCommand `cmd:"" help:"Print the Slack app manifest."`
	Import   struct {
		Vendors importVendorsCommand `cmd:"" help:"Fill the register of vendors."`
		People  importLaterCommand   `cmd:"" hidden:""`
		Grants  importLaterCommand   `cmd:"" hidden:""`
	} `cmd:"" help:"First load, from a CSV file."`
	Audit struct {
		Log    auditLogCommand    `cmd:"" help:"Print the audit trail, oldest first."`
		Verify auditVerifyCommand `cmd:"" help:"Check that the audit trail and the tables it vouches for are unchanged."`
	} `cmd:"" help:"Read and check the audit trail."`
	Version versionCommand `cmd:"" help:"Print the version and, with a configuration, the ledger's public key."`
}

// env is what a command may touch of the world.
type env struct {
	ctx            context.Context
	getenv         func(string) (string, bool)
	stdout, stderr io.Writer
}

// run parses the arguments and runs the command. It prints an error as one line.
func run(ctx context.Context, args []string, getenv func(string) (string, bool), stdout, stderr io.Writer) int {
	var c cli
	left := -1
	parser, err := kong.New(&c, kong.Name("countersign"), kong.Writers(stdout, stderr),
		kong.Description("Access governance in Slack: ask, approve, grant, review, and prove it."),
		kong.UsageOnError(), kong.Exit(func(code int) { left = code }))
	if err != nil {
		return complain(stderr, err)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if left >= 0 { // help was printed
		return exitDone
	}
	if err != nil {
		complain(stderr, fmt.Errorf("%w; see countersign --help", err))
		return exitUsage
	}
	if err := k.Run(&env{ctx: ctx, getenv: getenv, stdout: stdout, stderr: stderr}); err != nil {
		if errors.Is(err, errSaid) {
			return exitWrong
		}
		return complain(stderr, err)
	}
	return exitDone
}

// errSaid is returned by a command that has already said what is wrong.
var errSaid = errors.New("already said")

// complain prints an error as one line, without control characters.
func complain(w io.Writer, err error) int {
	fmt.Fprintln(w, "countersign: "+printable(strings.ReplaceAll(err.Error(), "\n", "; ")))
	return exitWrong
}

// printable escapes what could steer a terminal.
func printable(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r != ' ' && !unicode.IsGraphic(r) || unicode.Is(unicode.Cf, r) {
			fmt.Fprintf(&b, "\\u%04x", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
