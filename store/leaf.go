package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"countersign/workflows"
)

// leaf is an event as it is hashed: the fields in this order, absent ones null.
type leaf struct {
	Seq           int64     `json:"seq"`
	EventID       string    `json:"event_id"`
	OccurredAt    string    `json:"occurred_at"`
	RecordedAt    string    `json:"recorded_at"`
	Type          string    `json:"type"`
	Actor         leafActor `json:"actor"`
	OnBehalfOf    *leafRef  `json:"on_behalf_of"`
	Subject       *leafRef  `json:"subject"`
	Target        *leafRef  `json:"target"`
	Workflow      *string   `json:"workflow"`
	WorkflowID    *string   `json:"workflow_id"`
	Decision      *string   `json:"decision"`
	Reason        *string   `json:"reason"`
	Outcome       string    `json:"outcome"`
	Source        string    `json:"source"`
	SourceRef     *string   `json:"source_ref"`
	PolicyVersion *string   `json:"policy_version"`
	ConfigHash    *string   `json:"config_hash"`
	AppVersion    *string   `json:"app_version"`
	Data          any       `json:"data"`
}

type leafActor struct {
	Kind  string  `json:"kind"`
	ID    *string `json:"id"`
	Slack *string `json:"slack"`
	Email *string `json:"email"`
}

type leafRef struct {
	Kind string  `json:"kind"`
	ID   *string `json:"id"`
	Name *string `json:"name"`
}

// text is a value that may be absent.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// timestamp is a time as every leaf writes it.
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// actor says who did something; a person's address and chat id are committed.
func (t *tx) actor(a workflows.Actor) (leafActor, error) {
	out := leafActor{Kind: a.Kind, ID: text(a.Person.ID)}
	owner := a.Person.ID
	if owner == "" {
		owner = "unknown:" + a.Person.ChatID
	}
	c, err := t.commits(owner, map[string]string{"chat_id": a.Person.ChatID, "email": a.Person.Email})
	if err != nil {
		return out, err
	}
	out.Slack, out.Email = text(c["chat_id"]), text(c["email"])
	if a.Host != "" {
		host, err := t.commit(workflows.Personal{Owner: "host", Field: "host", Value: a.Host})
		if err != nil {
			return out, err
		}
		out.ID = &host
	}
	return out, nil
}

// ref names what an event is about; the name of a person is committed.
func (t *tx) ref(r *workflows.Ref) (*leafRef, error) {
	if r == nil {
		return nil, nil
	}
	name := r.Name
	if r.Kind == "person" {
		var err error
		if name, err = t.commit(workflows.Personal{Owner: r.ID, Field: "name", Value: r.Name}); err != nil {
			return nil, err
		}
	}
	return &leafRef{r.Kind, text(r.ID), text(name)}, nil
}

// private replaces every personal value in data by its commitment. What it does
// not know it refuses: a struct could carry a personal value into the leaf.
func (t *tx) private(v any) (any, error) {
	switch v := v.(type) {
	case nil, json.Number:
		return v, nil
	case workflows.Personal:
		c, err := t.commit(v)
		return text(c), err
	case time.Time:
		return timestamp(v), nil
	}
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.String, reflect.Bool, reflect.Float64,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return v, nil
	case reflect.Map:
		return t.privateMap(r)
	case reflect.Slice, reflect.Array:
		return t.privateList(r)
	}
	return nil, fmt.Errorf("event data may not hold a %T", v)
}

func (t *tx) privateMap(r reflect.Value) (any, error) {
	out := make(map[string]any, r.Len())
	if r.Type().Key().Kind() != reflect.String {
		return nil, fmt.Errorf("event data may not have keys of type %s", r.Type().Key())
	}
	keys := r.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) }) // in one order, as salts are drawn
	for _, k := range keys {
		if k.String() == "pii" {
			return nil, fmt.Errorf("event data may not have a key %q", k)
		}
		c, err := t.private(r.MapIndex(k).Interface())
		if err != nil {
			return nil, err
		}
		out[k.String()] = c
	}
	return out, nil
}

func (t *tx) privateList(r reflect.Value) (any, error) {
	out := make([]any, r.Len())
	for i := range out {
		c, err := t.private(r.Index(i).Interface())
		if err != nil {
			return nil, err
		}
		out[i] = c
	}
	return out, nil
}

// compact is the JSON whose bytes are hashed: no white space, nothing escaped
// that JSON does not demand. Map keys are sorted.
func compact(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
