package store

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"

	"countersign/store/ledger"
	"countersign/workflows"
)

// Expectation is what a verifier holds outside the database.
type Expectation struct {
	Key        string // verifier key, NAME+HASH+KEY; empty: the signer is not checked
	Checkpoint []byte // a checkpoint kept from before; nil: the tail is not checked
}

// Report is what Verify checked, in its order, and the first thing it found
// wrong.
type Report struct {
	Checked     []string
	Wrong       string // empty: nothing
	Events      int64
	Root        string // hex
	Fingerprint string // of the key expected, else of the one the database names; empty: neither
}

// fault is something wrong with the ledger, as against an error in reading it.
type fault struct{ what string }

func (f *fault) Error() string { return f.what }

func wrong(format string, args ...any) error { return &fault{fmt.Sprintf(format, args...)} }

// Verify checks the ledger and the tables it vouches for, on one snapshot: every
// event and hash, every personal value that is still there, every state row in
// both directions, and every checkpoint. An error means that it could not check;
// what is wrong stands in the report.
func (r *Reader) Verify(ctx context.Context, x Expectation) (Report, error) {
	v := &verification{expect: x, last: make(map[rowName]stateRef)}
	err := r.view(ctx, func(q querier) (err error) {
		v.q = q
		if v.have, err = columnsOf(q, r.engine); err != nil {
			return err
		}
		for _, step := range []func() error{v.key, v.events, v.hashes, v.personal, v.state, v.checkpoints, v.kept} {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	})
	if f, ok := errors.AsType[*fault](err); ok {
		v.report.Wrong, err = f.what, nil
	}
	v.report.Events = v.tree.Size()
	return v.report, err
}

// verification is one run of Verify.
type verification struct {
	q      querier
	have   map[columnName]bool // what the database has
	expect Expectation
	report Report
	tree   ledger.Tree
	last   map[rowName]stateRef // what the newest event said of each row
	signer *ledger.Verifier     // what checkpoints are checked with; nil: no key is known
}

func (v *verification) ok(format string, args ...any) {
	v.report.Checked = append(v.report.Checked, fmt.Sprintf(format, args...))
}

// events reads every leaf, rebuilds the tree from the bytes and remembers what
// is said about state.
func (v *verification) events() error {
	var recorded string
	for after := int64(0); ; {
		page, err := rows(v.q, scanEntry, `SELECT seq, event_id, recorded_at, body, leaf_hash FROM events WHERE seq > $1 ORDER BY seq LIMIT $2`, after, logPage)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			break
		}
		read := readLeaves(page)
		for i, e := range page {
			if e.Seq != after+1 {
				return wrong("event %d is missing: the next one found is %d", after+1, e.Seq)
			}
			after = e.Seq
			if err := v.event(e, read[i], recorded); err != nil {
				return err
			}
			recorded = read[i].RecordedAt
		}
	}
	var size int64
	err := v.q.row(`SELECT size FROM ledger_head WHERE one = 1`, nil, &size)
	if errors.Is(err, workflows.ErrNotFound) {
		return wrong("the ledger's head is missing")
	}
	if err != nil {
		return err
	}
	if size != v.tree.Size() {
		return wrong("the ledger says it has %d events, but %d are there: the tail was cut or added to", size, v.tree.Size())
	}
	v.ok("%d events, numbered without a gap, each with the hash of its bytes", size)
	return nil
}

// verifyLeaf is what Verify reads of a leaf.
type verifyLeaf struct {
	Seq        int64  `json:"seq"`
	EventID    string `json:"event_id"`
	RecordedAt string `json:"recorded_at"`
	Type       string `json:"type"`
	Data       struct {
		State []stateRef `json:"state"`
	} `json:"data"`
}

// readLeaf is a leaf as far as it could be read.
type readLeaf struct {
	verifyLeaf
	err error
}

// readLeaves reads the leaves of a page on all processors: it is half the work.
func readLeaves(page []stampedEntry) []readLeaf {
	out := make([]readLeaf, len(page))
	n := runtime.GOMAXPROCS(0)
	var all sync.WaitGroup
	for first := range n {
		all.Go(func() {
			for i := first; i < len(page); i += n {
				out[i].err = json.Unmarshal(page[i].Body, &out[i].verifyLeaf)
			}
		})
	}
	all.Wait()
	return out
}

// event checks one event by itself.
func (v *verification) event(e stampedEntry, l readLeaf, before string) error {
	hash, err := v.tree.Append(e.Body)
	if err != nil {
		return err
	}
	switch {
	case !bytes.Equal(hash[:], e.LeafHash):
		return wrong("event %d does not have the hash that was stored with it: it was changed", e.Seq)
	case l.err != nil:
		return wrong("event %d cannot be read: %v", e.Seq, l.err)
	case l.Seq != e.Seq:
		return wrong("event %d says it is number %d", e.Seq, l.Seq)
	case l.EventID != e.ID:
		return wrong("event %d is filed under another id than the %s it says", e.Seq, l.EventID)
	case l.RecordedAt != timestamp(e.recorded):
		return wrong("event %d is filed under another time than the %s it says", e.Seq, l.RecordedAt)
	case l.RecordedAt < before:
		return wrong("event %d was recorded at %s, before the one in front of it", e.Seq, l.RecordedAt)
	}
	for _, s := range l.Data.State {
		v.last[rowName{s.Table, s.ID}] = s
	}
	return nil
}

// hashes compares the stored hashes of the tree with those of the bytes.
func (v *verification) hashes() error {
	want := ledger.StoredHashCount(v.tree.Size())
	type stored struct {
		i    int64
		hash []byte
	}
	all, err := rows(v.q, func(r scanner) (h stored, err error) { return h, r.Scan(&h.i, &h.hash) }, `SELECT i, hash FROM ledger_hashes ORDER BY i`)
	if err != nil {
		return err
	}
	if int64(len(all)) != want {
		return wrong("the ledger has %d stored hashes, want %d", len(all), want)
	}
	for i := range want {
		h, err := v.tree.ReadHashes([]int64{i})
		if err != nil {
			return err
		}
		if all[i].i != i || !bytes.Equal(h[0][:], all[i].hash) {
			return wrong("stored hash %d is not that of the events", i)
		}
	}
	root, err := ledger.Root(v.tree.Size(), &v.tree)
	if err != nil {
		return err
	}
	v.report.Root = ledger.Hex(root)
	v.ok("%d tree hashes; root %s", want, v.report.Root)
	return nil
}

// personal checks every value that was not erased against its commitment.
func (v *verification) personal() error {
	type kept struct {
		commitment, value string
		salt              []byte
	}
	all, err := rows(v.q, func(r scanner) (k kept, err error) { return k, r.Scan(&k.commitment, &k.value, &k.salt) }, `SELECT commitment, value, salt FROM pii`)
	if err != nil {
		return err
	}
	for _, k := range all {
		if err := ledger.CheckCommitment(k.commitment, hex.EncodeToString(k.salt), []byte(k.value)); err != nil {
			return wrong("a personal value does not match its commitment %s: it was changed", k.commitment)
		}
	}
	v.ok("%d personal values match their commitments", len(all))
	return nil
}

// state compares each state row with what the newest event about it said, and
// looks for rows that no event knows.
func (v *verification) state() error {
	digests := make(map[rowName]map[int]string)
	total := 0
	for _, t := range stateTables {
		t = t.within(v.have)
		for version := 1; version <= t.newest(); version++ {
			found, err := t.digests(v.q, version)
			if err != nil {
				return err
			}
			for id, d := range found {
				n := rowName{t.name, id}
				if digests[n] == nil {
					digests[n] = make(map[int]string)
					total++
				}
				digests[n][version] = d
			}
		}
	}
	for _, n := range sorted(digests) {
		if _, ok := v.last[n]; !ok {
			return wrong("%s %s is in the tables but no event made it: it was added behind the ledger", n.table, n.id)
		}
	}
	for _, n := range sorted(v.last) {
		have, ok := digests[n]
		said := v.last[n]
		switch {
		case !ok:
			return wrong("%s %s stands in the ledger but not in the tables: it was removed behind the ledger", n.table, n.id)
		case have[said.Version] == "":
			return wrong("%s %s has a digest of version %d, which this program does not know", n.table, n.id, said.Version)
		case have[said.Version] != said.Digest:
			return wrong("%s %s is not as the newest event about it says: it was edited behind the ledger", n.table, n.id)
		}
	}
	v.ok("%d state rows are as the newest event about each says", total)
	return nil
}

func sorted[V any](m map[rowName]V) []rowName {
	var out []rowName
	for n := range m {
		out = append(out, n)
	}
	slices.SortFunc(out, func(a, b rowName) int {
		return strings.Compare(a.table+"\x00"+a.id, b.table+"\x00"+b.id)
	})
	return out
}
