package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"countersign/bot/fakeslack"
)

// registerCSV is a register as it was kept before: Zoom seven times, most cells
// empty.
const registerCSV = "\ufeff" + `Vendor,Risk,Actively Used,Approved by IT team,Vendor Sponsor,Last Updated At,Annual Cost ($),Contract Length,Website
AWS,High,Yes,Yes,bob@acme.example,"January 17, 2022 10:14 PM","$120,000.00",12 months,aws.com
Zoom,,No,No,,"January 17, 2022 10:14 PM",,,
Zoom,,No,No,,"January 17, 2022 10:14 PM",,,
Zoom,,Yes,No,,"January 18, 2022 9:00 AM",,,
"Zoom, Inc.",,No,No,,"January 17, 2022 10:14 PM",,,https://zoom.us
Zoom,Low,No,No,,"January 17, 2022 10:14 PM",,,
Zoom,,No,No,,"January 17, 2022 10:14 PM",,,
Zoom,,No,No,,"January 17, 2022 10:14 PM","1.200,00 €",12 months,
Dropbox,Medium,,,,,,,
`

// bureau is a company that has stopped serving, and a shell beside its database.
type bureau struct {
	t      *testing.T
	config string
	file   string
	db     string
}

// closedFor stops a story and writes the configuration of its database.
func closedFor(t *testing.T, s *story, text string) bureau {
	t.Helper()
	b := bureau{t: t, config: filepath.Join(t.TempDir(), "config.yaml"), file: filepath.Join(t.TempDir(), "vendors.csv"), db: s.url()}
	file := strings.NewReplacer(`"sqlite:countersign.db"`, `"`+s.url()+`"`, "key_file: countersign.key", `key_file: "`+s.keyFile()+`"`).Replace(string(demoConfig))
	if err := os.WriteFile(b.config, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	b.writes(text)
	return b
}

func (b bureau) writes(text string) {
	b.t.Helper()
	if err := os.WriteFile(b.file, []byte(text), 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// imports runs the command; errors name the file as FILE.
func (b bureau) imports(flags ...string) (code int, stdout, stderr string) {
	b.t.Helper()
	code, stdout, stderr = shell(b.t, append([]string{"import", "vendors", b.file, "--config", b.config}, flags...)...)
	return code, stdout, strings.ReplaceAll(stderr, b.file, "FILE")
}

// trail is what audit log prints about vendors.
func (b bureau) trail() string {
	b.t.Helper()
	code, out, errs := shell(b.t, "audit", "log", "--db", b.db, "--json")
	if code != exitDone {
		b.t.Fatalf("audit log: exit %d\n%s", code, errs)
	}
	return out
}

func TestARegisterIsImportedWhileTheBotIsStoppedAndToldAtItsNextStart(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, begin func(*testing.T) (*story, func())) {
		s, stop := begin(t)
		b := closedFor(t, s, registerCSV)
		stop()
		before := b.trail()
		code, out, errs := b.imports("--dry-run")
		want := "AWS  High  approved  Bob Tran  (line 2)\nZoom  Low  imported  (lines 3, 4, 5, 6, 7, 8, 9)\nDropbox  Medium  imported  (line 10)\n" +
			"Would import 3 vendors (6 lines merged, 0 already known)\nCOUNT 3\n"
		if diff := cmp.Diff(out, want); code != exitDone || diff != "" {
			t.Errorf("dry run: exit %d, output differs (-got +want):\n%s\n%s", code, diff, errs)
		}
		if !strings.Contains(errs, "FILE:4: note: Zoom is the same vendor as in line 3: merged.\n") || strings.Count(errs, "note: ") != 6 {
			t.Errorf("dry run: the notes are\n%s", errs)
		}
		if b.trail() != before {
			t.Error("a dry run changed the ledger")
		}
		code, out, errs = b.imports()
		want = "VN-0001  AWS  High  approved  Bob Tran  (line 2)\nVN-0002  Zoom  Low  imported  (lines 3, 4, 5, 6, 7, 8, 9)\nVN-0003  Dropbox  Medium  imported  (line 10)\n" +
			"Imported 3 vendors (6 lines merged, 0 already known)\nCOUNT 3\n"
		if diff := cmp.Diff(out, want); code != exitDone || diff != "" {
			t.Errorf("exit %d, output differs (-got +want):\n%s\n%s", code, diff, errs)
		}
		once := b.trail()
		if n := strings.Count(once, `"vendor.changed"`); n != 3 {
			t.Errorf("got %d events of vendors, want 3", n)
		}
		code, out, errs = b.imports()
		if code != exitDone || out != "Imported 0 vendors (0 lines merged, 3 already known)\nCOUNT 0\n" || !strings.Contains(errs, "FILE:10: note: Dropbox is in the register as VN-0003") {
			t.Errorf("again: exit %d\n%s%s", code, out, errs)
		}
		if b.trail() != once {
			t.Error("a second import changed the ledger")
		}
		s, _ = begin(t)
		for _, channel := range []string{"vendor_requests", "compliance"} {
			s.until("the notice in "+channel, func() bool {
				return slices.ContainsFunc(s.slack.Messages("U0CLEO", s.channel("U0CLEO", channel)), func(m fakeslack.Message) bool {
					return strings.Contains(m.Text, "Imported 3 vendors from a file by ")
				})
			})
		}
		if code, out, errs := shell(t, "audit", "verify", "--db", b.db, "--key", s.app.key.VerifierKey()); code != exitDone {
			t.Errorf("audit verify: exit %d\n%s%s", code, out, errs)
		}
	})
}

func TestAFileWithProblemsImportsNothingAndNamesThemAllByLine(t *testing.T) {
	s, stop := beginStory(t, filepath.Join(t.TempDir(), "story.db"), "")
	b := closedFor(t, s, registerCSV+"Miro,,maybe,,,,,,\nFigma,,,,eve@acme.example,1/2/2022,,,\nZoom,High,,,,,,,\n\x1b]0;evil,,,,,,,,\n")
	if code, out, errs := b.imports(); code != exitWrong || out != "" || !strings.Contains(errs, "stop it first") {
		t.Errorf("while the bot runs: exit %d\n%s%s", code, out, errs)
	}
	stop()
	before := b.trail()
	want := `FILE:11: Actively Used: "maybe" is neither yes nor no: write Yes or No.
FILE:12: Last Updated At: "1/2/2022" can be read in more than one way, or in none: write the date as 2022-01-17.
FILE:12: Vendor Sponsor "eve@acme.example" is not known: write one work e-mail address or one exact name, or leave the cell empty.
FILE:13: Risk contradicts line 7, which is about the same vendor: correct one of the two.
FILE:14: Vendor has a character in it that cannot be shown.
countersign: nothing was imported: 5 problems in FILE
`
	for _, flags := range [][]string{nil, {"--dry-run"}} {
		code, out, errs := b.imports(flags...)
		var problems []string
		for l := range strings.Lines(errs) {
			if !strings.Contains(l, ": note: ") {
				problems = append(problems, l)
			}
		}
		if diff := cmp.Diff(strings.Join(problems, ""), want); code != exitWrong || out != "" || diff != "" {
			t.Errorf("%v: exit %d, output %q, problems differ (-got +want):\n%s", flags, code, out, diff)
		}
	}
	if b.trail() != before {
		t.Error("a file with problems changed the ledger")
	}
}

func TestAnImportSaysWhatIsMissing(t *testing.T) {
	dir := t.TempDir()
	b := bureau{t: t, config: filepath.Join(dir, "config.yaml"), file: filepath.Join(dir, "vendors.csv")}
	for _, c := range []struct{ config, file, want string }{
		{`key_file: "` + filepath.Join(dir, "no.key") + `"`, registerCSV, "there is no ledger key " + filepath.Join(dir, "no.key") + " yet: start countersign serve once"},
		{"key_file: countersign.key", "Name;Risk\nZoom;High\n", "FILE:1: There is no column Vendor."},
		{"key_file: countersign.key", "", "FILE:1: There is no column Vendor."},
	} {
		if err := os.WriteFile(b.config, []byte(strings.Replace(string(demoConfig), "key_file: countersign.key", c.config, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		b.writes(c.file)
		if code, out, errs := b.imports(); code != exitWrong || out != "" || !strings.Contains(errs, c.want) {
			t.Errorf("exit %d, want one that says %q\n%s%s", code, c.want, out, errs)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 {
		t.Errorf("got %d files, want nothing made beside the two (%v)", len(entries), err)
	}
	for _, what := range []string{"people", "grants"} {
		if code, _, errs := shell(t, "import", what, b.file); code != exitWrong || !strings.Contains(errs, "only import vendors is there in this version") {
			t.Errorf("import %s: exit %d\n%s", what, code, errs)
		}
	}
	if code, _, errs := shell(t, "import", "vendors"); code != exitUsage {
		t.Errorf("without a file: exit %d\n%s", code, errs)
	}
	if code, out, _ := shell(t, "import", "vendors", "--help"); code != exitDone || !strings.Contains(out, "--dry-run") || !strings.Contains(out, "<file>") {
		t.Errorf("help: exit %d\n%s", code, out)
	}
}
