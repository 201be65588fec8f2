package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"

	"countersign/store"
	"countersign/store/ledger"
)

// entry is what the simulation reads of an event.
type entry struct {
	Seq        int64
	Type       string
	Outcome    string
	WorkflowID string `json:"workflow_id"`
	Actor      struct{ Kind, ID string }
	Subject    struct{ ID string }
	Data       map[string]any
}

// book is the ledger as it was read so far.
type book struct {
	entries []entry
	leaves  []string
	looks   int

	matters   []storedMatter // as they were after so many entries
	mattersAt int
	lists     lists

	root string
}

// verifyEvery is how many steps lie between two full verifications.
const verifyEvery = 15

// ledgerFlow reads the ledger along, verifies it, and listens to the log.
func ledgerFlow(w *world) flow {
	return flow{
		always: func() {
			w.read()
			if w.book.looks++; w.book.looks%verifyEvery == 0 {
				w.verify()
			}
			w.listen()
		},
		quiet: func() {
			w.read()
			w.verify()
		},
	}
}

// read reads what was added to the ledger.
func (w *world) read() {
	after := int64(0)
	if n := len(w.book.entries); n > 0 {
		after = w.book.entries[n-1].Seq
	}
	rows, err := w.life.raw.Query("SELECT seq, body FROM events WHERE seq > ? ORDER BY seq", after)
	if err != nil {
		w.fail("read the ledger: %v", err)
	}
	defer rows.Close()
	for rows.Next() {
		var seq int64
		var body []byte
		var e entry
		if err := rows.Scan(&seq, &body); err != nil {
			w.fail("read the ledger: %v", err)
		}
		if err := json.Unmarshal(body, &e); err != nil || e.Seq != seq {
			w.fail("event %d cannot be read: %v", seq, err)
		}
		w.book.entries, w.book.leaves = append(w.book.entries, e), append(w.book.leaves, string(body))
	}
	if err := rows.Err(); err != nil {
		w.fail("read the ledger: %v", err)
	}
}

// verify verifies the ledger as an auditor does.
func (w *world) verify() {
	r, err := store.OpenReader(context.Background(), w.cfg.Store.URL)
	if err != nil {
		w.fail("open the ledger: %v", err)
	}
	defer r.Close()
	key, err := ledger.LoadKey(w.cfg.Ledger.KeyFile)
	if err != nil {
		w.fail("%v", err)
	}
	report, err := r.Verify(context.Background(), store.Expectation{Key: key.VerifierKey()})
	if err != nil || report.Wrong != "" {
		w.fail("the ledger does not verify: %s %v", report.Wrong, err)
	}
	w.book.root = report.Root
}

// about returns the events about a record.
func (b *book) about(record string, types ...string) (out []entry) {
	for _, e := range b.entries {
		for _, t := range types {
			if e.WorkflowID == record && e.Type == t {
				out = append(out, e)
			}
		}
	}
	return out
}

// never are words in the log that no fault of others explains.
var never = []string{"panic", "unknown kind", "without completing", "due moment could not", "could not be put down", "neither handled", "constraint"}

// usual are errors in the log that people leaving explain.
var usual = []string{"grant failed", "end of grant failed", "a card cannot be shown"}

// explained are the reasons for which a step fails without a fault of anybody:
// others do things in Google too.
var explained = []string{
	"could not transfer", "on hold in Google Vault", "the account still has", "is taken", "belonged to", "asked them to move", "no longer has the account", "can no longer restore",
}

// listen reads the log: an error must have its cause in a fault.
func (w *world) listen() {
	for _, line := range w.log.take() {
		for _, word := range never {
			if strings.Contains(line.text, word) {
				w.fail("the log says %s", line.text)
			}
		}
		known := w.disturbed
		for _, word := range usual {
			known = known || strings.HasPrefix(line.text, word)
		}
		for _, word := range explained {
			known = known || strings.HasPrefix(line.text, "step failed") && strings.Contains(line.text, word)
		}
		if line.level >= slog.LevelError && !known {
			w.fail("without any fault the log says %s", line.text)
		}
	}
}

// journal is the product's log, from warnings on.
type journal struct {
	deaf func() bool // while the product is dead

	mu    sync.Mutex
	lines []line
	all   strings.Builder
}

type line struct {
	level slog.Level
	text  string
}

// Enabled says whether a level is kept.
func (j *journal) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelWarn }

// Handle keeps a line.
func (j *journal) Handle(_ context.Context, r slog.Record) error {
	text := r.Message
	r.Attrs(func(a slog.Attr) bool { text += fmt.Sprintf(" %s=%v", a.Key, a.Value); return true })
	if j.deaf() {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, line{r.Level, text})
	j.all.WriteString(text + "\n")
	return nil
}

// WithAttrs changes nothing.
func (j *journal) WithAttrs([]slog.Attr) slog.Handler { return j }

// WithGroup changes nothing.
func (j *journal) WithGroup(string) slog.Handler { return j }

func (j *journal) take() []line {
	j.mu.Lock()
	defer j.mu.Unlock()
	out := j.lines
	j.lines = nil
	return out
}

// has says whether a text stands anywhere in the log.
func (j *journal) has(text string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Contains(j.all.String(), text)
}

func number(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}
