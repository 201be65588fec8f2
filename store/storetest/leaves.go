package storetest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"countersign/workflows"
)

var leaves = []testCase{
	{"a leaf has its fields in order, absent ones null", leafBytes},
	{"a leaf holds commitments and no personal value", leafCommits},
	{"a line cut before pii is the leaf", lineCut},
	{"one value has one commitment, another has another", oneCommitment},
	{"recorded_at never goes back when the clock does", clockBack},
	{"an event names the rows that changed before it", leafState},
	{"data that could hide a personal value is refused", dataRefused},
	{"a checkpoint is of the ledger as it stands, and may be made twice", checkpoints},
}

func leafBytes(t *testing.T, db Database) {
	s := opened(t, db)
	var id string
	update(t, s, func(tx workflows.Tx) (err error) {
		id, err = tx.Append(workflows.Event{
			Type: "sync.ran", Actor: workflows.System, Outcome: workflows.Success, Source: "job",
			Data: map[string]any{"z": "<&> é 漢", "a": []any{1, true, nil, map[string]any{"at": time.Unix(0, 0)}}, "s": []string{"x"}},
		})
		return err
	})
	const now = "2026-03-02T09:30:00.123Z"
	want := `{"seq":1,"event_id":"` + id + `","occurred_at":"` + now + `","recorded_at":"` + now + `","type":"sync.ran",` +
		`"actor":{"kind":"system","id":null,"slack":null,"email":null},"on_behalf_of":null,"subject":null,"target":null,` +
		`"workflow":null,"workflow_id":null,"decision":null,"reason":null,"outcome":"success","source":"job","source_ref":null,` +
		`"policy_version":"` + PolicyVersion + `","config_hash":"` + ConfigHash + `","app_version":"` + AppVersion + `",` +
		`"data":{"a":[1,true,null,{"at":"1970-01-01T00:00:00.000Z"}],"s":["x"],"z":"<&> é 漢"}}`
	if got := string(db.Leaves(t)[0].Body); got != want {
		t.Errorf("got leaf\n%s\nwant\n%s", got, want)
	}
}

// Every personal value of fullEvent, none part of another or of anything else.
var personalValues = []string{
	"ada@acme.example", "Ada Lovelace", "U0ADA", "10000000001", "bob@acme.example", "Bob Builder", "U0BOB",
	`Needs <deploy> & "rollback" rights – größer 漢字`, "ada@dir.example", "carol@dir.example",
}

func fullEvent() workflows.Event {
	v := personalValues
	return workflows.Event{
		Type: "access_request.approved", OccurredAt: time.Date(2026, 3, 2, 10, 29, 59, 999_900_000, time.FixedZone("", 3600)),
		Actor:      workflows.Actor{Kind: "user", Person: workflows.Person{ID: "P-000002", Email: v[4], Name: v[5], ChatID: v[6]}},
		OnBehalfOf: &workflows.Ref{Kind: "person", ID: "P-000001", Name: v[1]},
		Subject:    &workflows.Ref{Kind: "person", ID: "P-000001", Name: v[1]},
		Target:     &workflows.Ref{Kind: "level", ID: "github/admin", Name: "GitHub · Admin"},
		Workflow:   "access_request", WorkflowID: "AR-000001", Decision: "approve",
		Reason:  &workflows.Personal{Owner: "AR-000001", Field: "justification", Value: v[7]},
		Outcome: workflows.Success, Source: "slack", SourceRef: "171.001",
		Data: map[string]any{
			"a/b~c": workflows.Personal{Owner: "P-000001", Field: "query", Value: v[8]},
			"list":  []workflows.Personal{{Owner: "P-000003", Field: "email", Value: v[9]}},
			"empty": workflows.Personal{Owner: "P-000001", Field: "query"},
		},
	}
}

// appendFull puts the person the event is about and appends it.
func appendFull(t *testing.T, s Store) {
	t.Helper()
	v := personalValues
	update(t, s, func(tx workflows.Tx) error {
		err := tx.PutPerson(&workflows.Person{ID: "P-000001", Email: v[0], Name: v[1], ChatID: v[2], AccountID: v[3]})
		_, second := tx.Append(fullEvent())
		return errors.Join(err, second)
	})
}

func leafCommits(t *testing.T, db Database) {
	s := opened(t, db)
	appendFull(t, s)
	leaf := db.Leaves(t)[0]
	for _, v := range personalValues {
		if bytes.Contains(leaf.Body, []byte(v)) {
			t.Errorf("the leaf names %q in clear", v)
		}
	}
	var l map[string]any
	if err := json.Unmarshal(leaf.Body, &l); err != nil {
		t.Fatal(err)
	}
	if got, want := l["occurred_at"], "2026-03-02T09:29:59.999Z"; got != want {
		t.Errorf("got occurred_at %v, want %s", got, want)
	}
	pii := piiOf(t, leaf)
	want := map[string]string{
		"/actor/slack": personalValues[6], "/actor/email": personalValues[4], "/on_behalf_of/name": personalValues[1],
		"/subject/name": personalValues[1], "/reason": personalValues[7], "/data/a~1b~0c": personalValues[8], "/data/list/0": personalValues[9],
	}
	got := make(map[string]string)
	for pointer, p := range pii {
		got[pointer] = p.Value
		salt, err := hex.DecodeString(p.Salt)
		if err != nil || len(salt) != 16 {
			t.Errorf("salt %q of %s is not 16 bytes of hex", p.Salt, pointer)
		}
		sum := sha256.Sum256(append(salt, p.Value...))
		if c := fmt.Sprintf("sha256:%x", sum); c != at(l, pointer) {
			t.Errorf("%s is %v, want the commitment %s", pointer, at(l, pointer), c)
		}
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("pii differs (-got +want):\n%s", diff)
	}
	if got := at(l, "/data/empty"); got != nil {
		t.Errorf("an empty personal value is %v, want null", got)
	}
}

type revealed struct{ Value, Salt string }

func piiOf(t *testing.T, l Leaf) map[string]revealed {
	t.Helper()
	var line struct{ PII map[string]revealed }
	if err := json.Unmarshal(l.Line, &line); err != nil {
		t.Fatalf("read line: %v", err)
	}
	return line.PII
}

// at follows a JSON pointer.
func at(v any, pointer string) any {
	for _, part := range strings.Split(pointer, "/")[1:] {
		part = strings.NewReplacer("~1", "/", "~0", "~").Replace(part)
		switch w := v.(type) {
		case map[string]any:
			v = w[part]
		case []any:
			v = w[part[0]-'0']
		}
	}
	return v
}

func lineCut(t *testing.T, db Database) {
	s := opened(t, db)
	appendFull(t, s)
	update(t, s, func(tx workflows.Tx) error { return tell(tx, "sync.ran") })
	for _, l := range db.Leaves(t) {
		cut, rest, ok := bytes.Cut(l.Line, []byte(`,"pii":`))
		if got := append(cut, '}'); !ok || !bytes.Equal(got, l.Body) {
			t.Errorf("the line cut before pii is\n%s\nwant the leaf\n%s", got, l.Body)
		}
		sum := sha256.Sum256(append([]byte{0}, l.Body...)) // RFC 6962, section 2.1
		if want := fmt.Sprintf(`,"leaf_hash":"%x"}`, sum); !bytes.HasSuffix(rest, []byte(want)) {
			t.Errorf("the line ends in %s, want %s", rest, want)
		}
		if bytes.ContainsRune(l.Line, '\n') {
			t.Error("a line has a line end in it")
		}
	}
}

func oneCommitment(t *testing.T, db Database) {
	s := opened(t, db)
	name := func(n, chat string) (subject, slack string) {
		update(t, s, func(tx workflows.Tx) error {
			e := event("person.changed")
			e.Actor = workflows.Actor{Kind: "user", Person: workflows.Person{ID: "P-000001", ChatID: chat}}
			e.Subject = &workflows.Ref{Kind: "person", ID: "P-000001", Name: n}
			_, err := tx.Append(e)
			return err
		})
		all := db.Leaves(t)
		var l struct {
			Actor   struct{ Slack string }
			Subject struct{ Name string }
		}
		if err := json.Unmarshal(all[len(all)-1].Body, &l); err != nil {
			t.Fatal(err)
		}
		return l.Subject.Name, l.Actor.Slack
	}
	first, slack := name("Ada", "U1")
	again, slackAgain := name("Ada", "U1")
	changed, _ := name("Ada King", "U1")
	_, alike := name("Ada", "Ada") // the same value in another field
	if first != again || slack != slackAgain {
		t.Error("the same value has two commitments")
	}
	if changed == first {
		t.Error("a changed value has the commitment of the old one")
	}
	if alike == first {
		t.Error("the same value of two fields has one commitment, which links them")
	}
}

func clockBack(t *testing.T, db Database) {
	c := newClock()
	s := open(t, db, c.now)
	for _, d := range []time.Duration{0, time.Second, -time.Hour, time.Minute, 2 * time.Hour} {
		c.move(d)
		update(t, s, func(tx workflows.Tx) error { return tell(tx, "sync.ran") })
	}
	var got []string
	for _, l := range db.Leaves(t) {
		var r struct {
			RecordedAt string `json:"recorded_at"`
		}
		if err := json.Unmarshal(l.Body, &r); err != nil {
			t.Fatal(err)
		}
		got = append(got, r.RecordedAt[len("2026-03-02T"):])
	}
	want := []string{"09:30:00.123Z", "09:30:01.123Z", "09:30:01.123Z", "09:30:01.123Z", "10:31:01.123Z"}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("recorded_at differ (-got +want):\n%s", diff)
	}
}

func leafState(t *testing.T, db Database) {
	s := opened(t, db)
	update(t, s, func(tx workflows.Tx) error {
		r := workflows.Request{ID: "AR-000001", State: workflows.RequestWaiting}
		err := errors.Join(tx.PutRequest(&r), tx.PutRequest(&r), tell(tx, "access_request.created"), tell(tx, "sync.ran"))
		return errors.Join(err, tx.PutGrant(&workflows.Grant{ID: "GR-000001", Record: r.ID}), tell(tx, "grant.started"))
	})
	var got []string
	for _, l := range db.Leaves(t) {
		var e struct {
			Data struct {
				State []struct{ Table, ID, Digest string }
			}
		}
		if err := json.Unmarshal(l.Body, &e); err != nil {
			t.Fatal(err)
		}
		named := ""
		for _, r := range e.Data.State {
			named += r.Table + " " + r.ID + ";"
			if b, err := hex.DecodeString(r.Digest); err != nil || len(b) != sha256.Size {
				t.Errorf("%s %s has digest %q, want SHA-256 in hex", r.Table, r.ID, r.Digest)
			}
		}
		got = append(got, named)
	}
	if diff := cmp.Diff(got, []string{"requests AR-000001;", "", "grants GR-000001;"}); diff != "" {
		t.Errorf("rows named differ (-got +want):\n%s", diff)
	}
}

func dataRefused(t *testing.T, db Database) {
	s := opened(t, db)
	for what, data := range map[string]map[string]any{
		"a struct":            {"person": workflows.Person{Name: "Ada"}},
		"a pointer":           {"person": &workflows.Personal{Value: "Ada"}},
		"a struct in a list":  {"people": []workflows.Person{{Name: "Ada"}}},
		"a key pii":           {"deep": map[string]any{"pii": 1}},
		"a key of its own":    {"state": "x"},
		"a number as the key": {"by": map[int]string{1: "x"}},
	} {
		err := s.Update(t.Context(), func(tx workflows.Tx) error {
			e := event("sync.ran")
			e.Data = data
			_, err := tx.Append(e)
			return err
		})
		if err == nil {
			t.Errorf("%s was taken into an event", what)
		}
	}
	if n := len(db.Leaves(t)); n != 0 {
		t.Errorf("got %d events, want none", n)
	}
}

func checkpoints(t *testing.T, db Database) {
	s := opened(t, db)
	make := func() (cp workflows.Checkpoint) {
		update(t, s, func(tx workflows.Tx) (err error) {
			cp, err = tx.Checkpoint()
			return err
		})
		return cp
	}
	for size := range int64(4) {
		first, second := make(), make()
		if first.Size != size {
			t.Errorf("got a checkpoint of %d events, want %d", first.Size, size)
		}
		if diff := cmp.Diff(second, first); diff != "" {
			t.Errorf("a second checkpoint of the same events differs (-got +want):\n%s", diff)
		}
		update(t, s, func(tx workflows.Tx) error { return tell(tx, "audit.checkpointed") })
	}
	db.Leaves(t)
}
