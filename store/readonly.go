package store

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"countersign/store/ledger"
)

// Filter says which events are wanted. Zero fields ask for all.
type Filter struct {
	After     int64 // only events with a higher number
	Since, To time.Time
	Person    string // e-mail address or person id: as actor or subject
	App       string // app id
	Vendor    string // vendor id
}

// Entry is one event as it is stored.
type Entry struct {
	Seq      int64
	ID       string
	Body     []byte // the leaf, byte for byte
	LeafHash []byte
	PII      map[string]Revealed // by JSON pointer
}

// Revealed is a personal value with the salt of its commitment.
type Revealed struct {
	Value string `json:"value"`
	Salt  string `json:"salt"`
}

// Line is the entry as `audit log --json` prints it: the leaf's bytes with pii
// and leaf_hash appended, so that cutting them off gives the leaf again. What
// people wrote shows no character that a terminal obeys or hides.
func (e Entry) Line() ([]byte, error) {
	pii, err := compact(e.PII)
	if err != nil {
		return nil, err
	}
	line := append([]byte{}, e.Body[:len(e.Body)-1]...)
	line = append(append(line, `,"pii":`...), visible(pii)...)
	return append(line, fmt.Sprintf(`,"leaf_hash":"%s"}`, hex.EncodeToString(e.LeafHash))...), nil
}

// visible escapes what cannot be printed, such as controls, marks of direction and
// signs without width. In JSON those stand within strings alone.
func visible(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for _, r := range string(text) {
		switch {
		case unicode.IsPrint(r):
			out = utf8.AppendRune(out, r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out
}

// logPage is how many events are read at once.
const logPage = 500

// Events calls f for each event the filter lets through, oldest first.
func (r *Reader) Events(ctx context.Context, w Filter, f func(Entry) error) error {
	return r.view(ctx, func(q querier) error {
		people, err := peopleOf(q, w.Person)
		if err != nil {
			return err
		}
		for after := w.After; ; {
			page, err := rows(q, scanEntry, `SELECT seq, event_id, recorded_at, body, leaf_hash FROM events WHERE seq > $1 ORDER BY seq LIMIT $2`, after, logPage)
			if err != nil || len(page) == 0 {
				return err
			}
			for _, e := range page {
				after = e.Seq
				if !w.takes(e, people) {
					continue
				}
				if e.PII, err = reveal(q, e.Body); err != nil {
					return err
				}
				if err := f(e.Entry); err != nil {
					return err
				}
			}
		}
	})
}

type stampedEntry struct {
	Entry
	recorded time.Time
}

func scanEntry(r scanner) (e stampedEntry, err error) {
	var recorded int64
	err = r.Scan(&e.Seq, &e.ID, &recorded, &e.Body, &e.LeafHash)
	e.recorded = at(recorded)
	return e, err
}

// peopleOf returns the ids of who has, or had, an address.
func peopleOf(q querier, person string) (map[string]bool, error) {
	if person == "" {
		return nil, nil
	}
	ids, err := rows(q, func(r scanner) (id string, err error) { return id, r.Scan(&id) },
		`SELECT DISTINCT owner FROM pii WHERE field = 'email' AND value = $1`, strings.ToLower(person))
	out := map[string]bool{person: true}
	for _, id := range ids {
		out[id] = true
	}
	return out, err
}

// takes says whether an event passes the filter.
func (w Filter) takes(e stampedEntry, people map[string]bool) bool {
	if !w.Since.IsZero() && e.recorded.Before(w.Since) || !w.To.IsZero() && e.recorded.After(w.To) {
		return false
	}
	if people == nil && w.App == "" && w.Vendor == "" {
		return true
	}
	var l struct {
		Actor, Subject, Target struct{ Kind, ID string }
		WorkflowID             string `json:"workflow_id"`
		Data                   struct{ App string }
	}
	if json.Unmarshal(e.Body, &l) != nil {
		return true // what cannot be read is never left out
	}
	if people != nil && !people[l.Actor.ID] && !people[l.Subject.ID] {
		return false
	}
	app, _, _ := strings.Cut(l.Target.ID, "/")
	if w.App != "" && l.Data.App != w.App && !(app == w.App && (l.Target.Kind == "app" || l.Target.Kind == "level")) {
		return false
	}
	return w.Vendor == "" || l.WorkflowID == w.Vendor || l.Target.ID == w.Vendor
}

// reveal finds the values behind the commitments of a leaf. Those that were
// erased are left out.
func reveal(q querier, body []byte) (map[string]Revealed, error) {
	found := make(map[string]string)
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		return nil, fmt.Errorf("read leaf: %w", err)
	}
	commitments(v, "", found)
	out := make(map[string]Revealed, len(found))
	for pointer, c := range found {
		type pair struct {
			value string
			salt  []byte
		}
		p, err := rows(q, func(r scanner) (p pair, err error) { return p, r.Scan(&p.value, &p.salt) }, `SELECT value, salt FROM pii WHERE commitment = $1`, c)
		if err != nil {
			return nil, err
		}
		if len(p) == 1 {
			out[pointer] = Revealed{p[0].value, hex.EncodeToString(p[0].salt)}
		}
	}
	return out, nil
}

// commitments collects the commitments in a decoded leaf by JSON pointer
// (RFC 6901).
func commitments(v any, pointer string, into map[string]string) {
	switch v := v.(type) {
	case string:
		if strings.HasPrefix(v, "sha256:") && len(v) == len("sha256:")+2*len(ledger.Hash{}) {
			into[pointer] = v
		}
	case map[string]any:
		for k, e := range v {
			commitments(e, pointer+"/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(k), into)
		}
	case []any:
		for i, e := range v {
			commitments(e, fmt.Sprintf("%s/%d", pointer, i), into)
		}
	}
}
