package store_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"countersign/store"
	"countersign/store/ledger"
	"countersign/workflows"
)

func TestAGoodDatabaseVerifiesWithAndWithoutKeyAndCheckpoint(t *testing.T) {
	h := newHistory(t)
	for what, x := range map[string]store.Expectation{
		"nothing expected": {}, "key": {Key: h.key.VerifierKey()}, "checkpoint": {Checkpoint: h.kept},
		"both": {Key: h.key.VerifierKey(), Checkpoint: h.kept}, "a checkpoint copied from a chat": {Checkpoint: bytes.ReplaceAll(bytes.TrimSpace(h.kept), []byte("\n"), []byte("\r\n"))},
	} {
		r := h.verify(t, x)
		if r.Wrong != "" {
			t.Errorf("%s: wrong: %s", what, r.Wrong)
		}
		if r.Events != 6 || len(r.Root) != 64 {
			t.Errorf("%s: got %d events and root %q, want 6 and 64 digits", what, r.Events, r.Root)
		}
		want := h.key.Fingerprint()
		if r.Fingerprint != want {
			t.Errorf("%s: got fingerprint %q, want %q", what, r.Fingerprint, want)
		}
		steps := 5
		if x.Checkpoint != nil {
			steps = 6
		}
		if len(r.Checked) != steps {
			t.Errorf("%s: got %d steps, want %d: %q", what, len(r.Checked), steps, r.Checked)
		}
	}
}

func TestAnEmptyDatabaseVerifies(t *testing.T) {
	d := newDatabase(t)
	closeIt(t, d.Open(t, nil, nil))
	if r := d.verify(t, store.Expectation{Key: d.key.VerifierKey()}); r.Wrong != "" || r.Events != 0 {
		t.Errorf("got %d events, wrong: %q; want none", r.Events, r.Wrong)
	}
}

// An attacker with the file can drop what only the program's own writes respect.
var dropTriggers = []string{
	`DROP TRIGGER events_no_update`, `DROP TRIGGER events_no_delete`, `DROP TRIGGER hashes_no_update`, `DROP TRIGGER hashes_no_delete`,
	`DROP TRIGGER decisions_no_update`, `DROP TRIGGER decisions_no_delete`, `DROP TRIGGER checkpoints_no_update`, `DROP TRIGGER checkpoints_no_delete`,
	`DROP TRIGGER vendor_assessments_no_update`, `DROP TRIGGER vendor_assessments_no_delete`, `DROP TRIGGER vendor_decisions_no_update`, `DROP TRIGGER vendor_decisions_no_delete`,
	`PRAGMA foreign_keys = off`,
}

func (h history) tamper(t *testing.T, statements ...string) {
	t.Helper()
	if err := h.raw(t, append(dropTriggers, statements...)...); err != nil {
		t.Fatalf("tamper: %v", err)
	}
}

func TestVerifyCatchesWhatWasChangedBehindTheLedger(t *testing.T) {
	const copied = `request_id, person, app, level, provisioner, target, target_key, state, duration_ms, looked, found, ours, starts_at, ends_at, problem, next_step, confirmed_by, version`
	for name, c := range map[string]struct{ change, want string }{
		"a byte of an event":       {`UPDATE events SET body = CAST(replace(CAST(body AS TEXT), 'sync.ran', 'sync.run') AS BLOB) WHERE seq = 5`, "event 5 does not have the hash"},
		"a leaf hash":              {`UPDATE events SET leaf_hash = zeroblob(32) WHERE seq = 5`, "event 5 does not have the hash"},
		"the time of an event":     {`UPDATE events SET recorded_at = recorded_at + 1 WHERE seq = 5`, "event 5 is filed under another time"},
		"the id of an event":       {`UPDATE events SET event_id = 'E-1' WHERE seq = 5`, "event 5 is filed under another id"},
		"an event in the middle":   {`DELETE FROM events WHERE seq = 3`, "event 3 is missing"},
		"the first event":          {`DELETE FROM events WHERE seq = 1`, "event 1 is missing"},
		"the last event":           {`DELETE FROM events WHERE seq = 6`, "says it has 6 events, but 5 are there"},
		"two events swapped":       {`UPDATE events SET seq = CASE seq WHEN 4 THEN -5 ELSE -4 END WHERE seq IN (4, 5); UPDATE events SET seq = -seq WHERE seq < 0`, "event 4 says it is number 5"},
		"the head":                 {`UPDATE ledger_head SET size = 7`, "says it has 7 events, but 6 are there"},
		"the head taken away":      {`DELETE FROM ledger_head`, "head is missing"},
		"a stored hash":            {`UPDATE ledger_hashes SET hash = zeroblob(32) WHERE i = 4`, "stored hash 4"},
		"a stored hash moved":      {`UPDATE ledger_hashes SET i = 99 WHERE i = (SELECT max(i) FROM ledger_hashes)`, "stored hash 9"},
		"a stored hash removed":    {`DELETE FROM ledger_hashes WHERE i = 4`, "stored hashes, want"},
		"a grant's state":          {`UPDATE grants SET state = 'expired'`, "grants GR-000001 is not as the newest event"},
		"a grant's end":            {`UPDATE grants SET ends_at = 1`, "grants GR-000001 is not as the newest event"},
		"a grant added":            {`INSERT INTO grants (id, ` + copied + `) SELECT 'GR-000002', ` + copied + ` FROM grants`, "grants GR-000002 is in the tables but no event made it"},
		"a grant removed":          {`DELETE FROM tasks; DELETE FROM grants`, "grants GR-000001 stands in the ledger but not in the tables"},
		"a decision removed":       {`DELETE FROM decisions`, "decisions AR-000001/1 stands in the ledger but not in the tables"},
		"a decision's verdict":     {`UPDATE decisions SET verdict = 'deny'`, "decisions AR-000001/1 is not as the newest event"},
		"what ended a grant":       {`UPDATE grants SET ended_by = 'OF-0009'`, "grants GR-000001 is not as the newest event"},
		"a person's last day":      {`UPDATE people SET ends_on = '2099-12-31' WHERE id = 'P-000002'`, "people P-000002 is not as the newest event"},
		"an onboarding's role":     {`UPDATE onboardings SET role = 'admin'`, "onboardings ON-0001 is not as the newest event"},
		"an onboarding removed":    {`DELETE FROM onboardings`, "onboardings ON-0001 stands in the ledger but not in the tables"},
		"an offboarding's end":     {`UPDATE offboardings SET closed_at = 1`, "offboardings OF-0001 is not as the newest event"},
		"an offboarding's table":   {`DROP TABLE offboardings`, "offboardings OF-0001 stands in the ledger but not in the tables"},
		"a step by hand":           {`UPDATE steps SET state = 'done'`, "steps OF-0001/tokens is not as the newest event"},
		"a step removed":           {`DELETE FROM steps`, "steps OF-0001/tokens stands in the ledger but not in the tables"},
		"a duty done":              {`UPDATE duties SET done_at = 1`, "duties DU-000001 is not as the newest event"},
		"a duty added":             {`INSERT INTO duties SELECT 'DU-000002', person, kind, item, item_version, hash, record, content_version, assigned_at, due_at, overdue_at, done_at, version FROM duties`, "duties DU-000002 is in the tables but no event made it"},
		"a vendor's risk":          {`UPDATE vendors SET inherent = 'low'`, "vendors VN-0001 is not as the newest event"},
		"a vendor's next review":   {`UPDATE vendors SET review = replace(review, '2027', '2037')`, "vendors VN-0001 is not as the newest event"},
		"a vendor's purpose":       {`UPDATE vendors SET about = ''`, "vendors VN-0001 is not as the newest event"},
		"a vendor removed":         {`DELETE FROM vendors`, "vendors VN-0001 stands in the ledger but not in the tables"},
		"an assessment":            {`UPDATE vendor_assessments SET person = 'P-000001'`, "vendor_assessments VN-0001/1 is not as the newest event"},
		"a vendor's decision":      {`DELETE FROM vendor_decisions`, "vendor_decisions VN-0001/D1 stands in the ledger but not in the tables"},
		"an action's day":          {`UPDATE vendor_actions SET due_on = '2036-04-01'`, "vendor_actions VN-0001/A1 is not as the newest event"},
		"a report's exceptions":    {`UPDATE vendor_reports SET exceptions = ''`, "vendor_reports VN-0001/R1 is not as the newest event"},
		"an app's owner":           {`UPDATE catalogue_apps SET app = replace(app, 'bob@', 'eve@')`, "catalogue_apps miro is not as the newest event"},
		"a discovered app's users": {`UPDATE discovered SET people = ''`, "discovered DA-0001 is not as the newest event"},
		"a task":                   {`UPDATE tasks SET done = 1`, "tasks TK-000001 is not as the newest event"},
		"a request's level":        {`UPDATE requests SET level = 'owner'`, "requests AR-000001 is not as the newest event"},
		"a person's manager":       {`UPDATE people SET manager_id = 'P-000009' WHERE id = 'P-000002'`, "people P-000002 is not as the newest event"},
		"a person's address":       {`UPDATE people SET email = (SELECT email FROM people WHERE id = 'P-000001') WHERE id = 'P-000002'`, "people P-000002 is not as the newest event"},
		"a personal value":         {`UPDATE pii SET value = 'eve@acme.example' WHERE value = 'bob@acme.example'`, "a personal value does not match its commitment"},
		"a salt":                   {`UPDATE pii SET salt = zeroblob(16) WHERE field = 'justification'`, "a personal value does not match its commitment"},
		"a checkpoint's size":      {`UPDATE checkpoints SET size = 3 WHERE size = 2`, "the checkpoint stored for 3 events is of 2"},
		"a checkpoint's text":      {`UPDATE checkpoints SET note = 'nothing' WHERE size = 2`, "cannot be read"},
		"a checkpoint's signer":    {`UPDATE checkpoints SET note = replace(note, 'acme.example', 'evil.example') WHERE size = 2`, "is not signed by the key"},
		"a checkpoint's signature": {`UPDATE checkpoints SET signature = (SELECT signature FROM checkpoints WHERE size = 6) WHERE size = 2`, "stored checkpoint of 2 events"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHistory(t)
			h.tamper(t, c.change)
			r := h.verify(t, store.Expectation{Key: h.key.VerifierKey()})
			if !strings.Contains(r.Wrong, c.want) {
				t.Errorf("got wrong %q, want it to say %q", r.Wrong, c.want)
			}
		})
	}
}

func TestAnEditedCheckpointIsCaughtWithoutAKeyToo(t *testing.T) {
	for size, want := range map[string]string{"5": "is not signed by the key", "7": "is not signed by the key"} {
		h := newHistory(t)
		h.tamper(t, `UPDATE checkpoints SET note = replace(note, char(10) || '6' || char(10), char(10) || '`+size+`' || char(10)) WHERE size = 6`)
		if r := h.verify(t, store.Expectation{}); !strings.Contains(r.Wrong, want) {
			t.Errorf("got wrong %q, want it to say %q", r.Wrong, want)
		}
	}
}

func TestAnEventRecordedBeforeTheOneInFrontOfItIsWrong(t *testing.T) {
	h := newHistory(t)
	h.tamper(t, `UPDATE ledger_head SET recorded_at = 0`)
	s, err := h.open(func() time.Time { return noon.Add(-time.Hour) }, nil)
	if err != nil {
		t.Fatal(err)
	}
	fillMore(t, s)
	closeIt(t, s)
	r := h.verify(t, store.Expectation{})
	if want := "event 7 was recorded at 2026-03-02T11:00:00.000Z, before the one in front of it"; r.Wrong != want {
		t.Errorf("got wrong %q, want %q", r.Wrong, want)
	}
}

func TestAColumnOfTheMachineryIsNotPartOfTheLedger(t *testing.T) {
	h := newHistory(t)
	h.tamper(t, `UPDATE grants SET next_step = 'ask Bob', version = 9`, `UPDATE steps SET next_step = 'ask Bob', started_at = 9, version = 9`, `UPDATE vendors SET version = 9`,
		`INSERT INTO readings (source, up_to) VALUES ('token', 9)`, `UPDATE cards SET thread_in = 'C9', thread_id = '9'`)
	if r := h.verify(t, store.Expectation{}); r.Wrong != "" {
		t.Errorf("wrong: %s", r.Wrong)
	}
}

// cutTail takes the last event away as neatly as possible.
func (h history) cutTail(t *testing.T) {
	t.Helper()
	h.tamper(t, `DELETE FROM events WHERE seq = 6`, `DELETE FROM ledger_hashes WHERE i >= 8`,
		`UPDATE ledger_head SET size = 5`, `DELETE FROM checkpoints WHERE size = 6`)
}

func TestATailCutOffNeatlyIsCaughtByTheKeptCheckpointAlone(t *testing.T) {
	h := newHistory(t)
	h.cutTail(t)
	if r := h.verify(t, store.Expectation{Key: h.key.VerifierKey()}); r.Wrong != "" || r.Events != 5 {
		t.Errorf("without a checkpoint: got %d events, wrong: %q; want 5 and nothing, nothing here can show it", r.Events, r.Wrong)
	}
	r := h.verify(t, store.Expectation{Checkpoint: h.kept})
	if want := "the kept checkpoint is of 6 events, but only 5 are there"; !strings.Contains(r.Wrong, want) {
		t.Errorf("got wrong %q, want it to say %q", r.Wrong, want)
	}
}

func TestACutTailIsCaughtByACheckpointLeftBehind(t *testing.T) {
	h := newHistory(t)
	h.tamper(t, `DELETE FROM events WHERE seq = 6`, `DELETE FROM ledger_hashes WHERE i >= 8`, `UPDATE ledger_head SET size = 5`)
	r := h.verify(t, store.Expectation{})
	if want := "stored checkpoint of 6 events"; !strings.Contains(r.Wrong, want) {
		t.Errorf("got wrong %q, want it to say %q", r.Wrong, want)
	}
}

// A whole ledger written anew, tree and all, is another ledger by another key.
func TestALedgerWrittenAnewIsCaughtByKeyAndByCheckpoint(t *testing.T) {
	h, forged := newHistory(t), newHistory(t)
	if r := forged.verify(t, store.Expectation{}); r.Wrong != "" {
		t.Errorf("without anything kept: wrong: %s; want nothing, nothing here can show it", r.Wrong)
	}
	for what, c := range map[string]struct {
		x    store.Expectation
		want string
	}{
		"key":        {store.Expectation{Key: h.key.VerifierKey()}, "is not signed by the key: it names another"},
		"checkpoint": {store.Expectation{Checkpoint: h.kept}, "the kept checkpoint has another root than the first 6 events"},
	} {
		if r := forged.verify(t, c.x); !strings.Contains(r.Wrong, c.want) {
			t.Errorf("%s: got wrong %q, want it to say %q", what, r.Wrong, c.want)
		}
	}
	forged.tamper(t, `DELETE FROM checkpoints`, `UPDATE ledger_keys SET verifier = '`+h.key.VerifierKey()+`'`)
	if r, want := forged.verify(t, store.Expectation{Key: h.key.VerifierKey()}), "nothing here is signed by the key"; !strings.Contains(r.Wrong, want) {
		t.Errorf("without stored checkpoints: got wrong %q, want it to say %q", r.Wrong, want)
	}
	r := forged.verify(t, store.Expectation{Key: h.key.VerifierKey(), Checkpoint: h.kept})
	if want := "the kept checkpoint has another root"; !strings.Contains(r.Wrong, want) {
		t.Errorf("got wrong %q, want it to say %q", r.Wrong, want)
	}
}

func TestAnotherKeyIsWrongAndAKeyThatIsNoneIsAnError(t *testing.T) {
	h := newHistory(t)
	other, err := ledger.CreateKey(filepath.Join(t.TempDir(), "other.key"), origin)
	if err != nil {
		t.Fatal(err)
	}
	for what, x := range map[string]store.Expectation{
		"stored checkpoints": {Key: other.VerifierKey()}, "kept checkpoint": {Key: other.VerifierKey(), Checkpoint: h.kept},
	} {
		if r := h.verify(t, x); !strings.Contains(r.Wrong, "is not signed by the key") {
			t.Errorf("%s: got wrong %q, want it to say that the key is another", what, r.Wrong)
		}
	}
	h.tamper(t, `DELETE FROM checkpoints`)
	r := h.reader(t)
	defer closeIt(t, r)
	if report, err := r.Verify(t.Context(), store.Expectation{Key: "not a key"}); err == nil {
		t.Errorf("got report %v, want an error", report)
	}
}

func TestAnErasedValueKeepsTheLedgerVerifyingAndDropsItsPointer(t *testing.T) {
	h := newHistory(t)
	s := h.opened(t)
	before := h.entries(t)
	if err := h.raw(t, `DELETE FROM pii WHERE owner = 'P-000002'`); err != nil {
		t.Fatal(err)
	}
	if r := h.verify(t, store.Expectation{Key: h.key.VerifierKey(), Checkpoint: h.kept}); r.Wrong != "" {
		t.Errorf("wrong: %s", r.Wrong)
	}
	for i, e := range h.entries(t) {
		if !bytes.Equal(e.Body, before[i].Body) {
			t.Errorf("event %d changed when a value was erased", e.Seq)
		}
	}
	p := personOf(t, s, "P-000002")
	if p.Name != "" || p.Email != "" || p.ManagerID != "P-000001" {
		t.Errorf("got %+v, want the erased values empty and the rest kept", p)
	}
}

func TestErasedWordsAboutAVendorKeepTheLedgerVerifyingAndTheVendorReadable(t *testing.T) {
	h := newHistory(t)
	s := h.opened(t)
	if err := h.raw(t, `DELETE FROM pii WHERE owner LIKE 'VN-%' OR owner LIKE 'DA-%'`); err != nil {
		t.Fatal(err)
	}
	if r := h.verify(t, store.Expectation{Key: h.key.VerifierKey(), Checkpoint: h.kept}); r.Wrong != "" {
		t.Errorf("wrong: %s", r.Wrong)
	}
	update(t, s, func(tx workflows.Tx) error {
		v, err := tx.Vendor("VN-0001")
		if v.About != (workflows.VendorAbout{}) || v.Name != "Miro" || v.Review.FullOn != "2027-03-02" {
			t.Errorf("got %+v, want the erased words gone and the rest kept", v)
		}
		said, err2 := tx.Assessments("VN-0001")
		if len(said) != 1 || said[0].Words != "" || said[0].By != "P-000002" {
			t.Errorf("got %+v, want one assessment without words", said)
		}
		d, err3 := tx.Discovered("DA-0001")
		if d.Reason != "" || len(d.People) != 1 {
			t.Errorf("got %+v, want no reason, and who was seen", d)
		}
		return errors.Join(err, err2, err3)
	})
}
