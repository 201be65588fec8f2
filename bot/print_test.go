package bot

import (
	"testing"

	"countersign/bot/fakeslack"
	"countersign/workflows"
)

// file returns the only file in a person's messages with the bot.
func (w *vendorWorld) file(u fakeslack.User) fakeslack.File {
	w.t.Helper()
	var found []fakeslack.File
	w.until("a file", func() bool {
		found = nil
		for _, c := range w.Channels(u.ID) {
			for _, m := range w.Messages(u.ID, c.ID) {
				if c.DM {
					found = append(found, m.Files...)
				}
			}
		}
		return len(found) > 0
	})
	if len(found) != 1 {
		w.t.Fatalf("%d files arrived, want one", len(found))
	}
	return found[0]
}

func TestAPDFOfAllRowsComesAsADirectMessage(t *testing.T) {
	w := withVendors(t)
	printed := make(chan workflows.Listing, 2)
	w.bot.cfg.Print = func(l workflows.Listing) ([]byte, error) {
		printed <- l
		return []byte("%PDF-1.7 register"), nil
	}
	asked := w.listing(126)
	w.must(w.Command(t.Context(), w.ana.ID, w.requests.ID, "/vendor", "list high"))
	w.pressListed(w.listed("COUNT 126"), "pdf", "")
	if l := next(t, "the listing", printed); len(l.Rows) != 126 || l.View != "high" {
		t.Errorf("printed %d rows of %s, want 126 of high", len(l.Rows), l.View)
	}
	next(t, "the page", asked)
	if q := next(t, "all rows", asked); q != (workflows.Query{View: "high"}) {
		t.Errorf("asked for %+v, want all rows of high", q)
	}
	if f := w.file(w.ana); f.Name != "vendor-register-high-2026-03-02.pdf" || f.Size != 17 {
		t.Errorf("the file is %+v", f)
	}
	w.listed("The PDF is in your direct messages")
}

func TestAPDFIsMadeOnceForTwoPresses(t *testing.T) {
	w := withVendors(t)
	begun, release := make(chan struct{}, 2), make(chan struct{})
	w.bot.cfg.Print = func(workflows.Listing) ([]byte, error) {
		begun <- struct{}{}
		<-release
		return []byte("%PDF-1.7"), nil
	}
	w.listing(3)
	w.must(w.Command(t.Context(), w.ana.ID, w.requests.ID, "/vendor", "list"))
	m := w.listed("COUNT 3")
	w.pressListed(m, "pdf", "")
	next(t, "the first", begun)
	w.pressListed(m, "pdf", "")
	w.listed("A PDF is being made for you already.")
	close(release)
	w.file(w.ana)
	w.listed("The PDF is in your direct messages")
	w.pressListed(m, "pdf", "") // and later again
	next(t, "another", begun)
}

func TestAPDFThatFailsIsSaid(t *testing.T) {
	w := withVendors(t)
	w.listing(3)
	w.must(w.Command(t.Context(), w.ana.ID, w.requests.ID, "/vendor", "list"))
	m := w.listed("COUNT 3")
	w.Fail(fakeslack.Fault{Method: "files.getUploadURLExternal", Error: "missing_scope"})
	w.pressListed(m, "pdf", "")
	w.listed("tell an admin this reference")
	w.pressListed(m, "pdf", "")
	w.file(w.ana)
}

func TestAFileIsNamedByItsViewAndDay(t *testing.T) {
	for view, want := range map[string]string{
		"high": "vendor-register-high-2026-03-02.pdf", "": "vendor-register-default-2026-03-02.pdf",
		"../../x Y": "vendor-register-x-y-2026-03-02.pdf",
	} {
		if got := fileName(workflows.Listing{View: view}, noon); got != want {
			t.Errorf("%q is named %s, want %s", view, got, want)
		}
	}
}
