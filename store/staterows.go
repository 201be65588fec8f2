package store

import (
	"fmt"
	"strings"

	"countersign/store/ledger"
)

// rowName is a state row by table and id.
type rowName struct{ table, id string }

// stateTable is a table whose rows the ledger vouches for. Each version is the
// list of columns that its digest covers, in order; a version is never changed,
// so that old digests stay checkable after a migration. What only the machinery
// needs (row versions, the words of a next step) is in none.
type stateTable struct {
	name     string
	versions [][]string // version n is versions[n-1]
}

// stateTables lists the tables the ledger vouches for.
var stateTables = []stateTable{
	{"people", [][]string{{"id", "kind", "email", "name", "chat_id", "account_id", "other_chat", "manager_id", "role_id", "active", "hold"}}},
	{"requests", [][]string{{"id", "state", "requester", "subject", "app", "level", "duration_ms", "justification", "content_version", "steps", "created_at", "lapses_at", "decided_at"}}},
	{"decisions", [][]string{{"id", "request_id", "step", "person", "basis", "seat", "verdict", "reason", "content_version", "decided_at"}}},
	{"grants", [][]string{{"id", "request_id", "person", "app", "level", "provisioner", "target", "target_key", "state", "duration_ms", "looked", "found", "ours", "starts_at", "ends_at", "problem", "confirmed_by"}}},
	{"tasks", [][]string{{"id", "grant_id", "request_id", "give", "instruction", "done", "done_by", "note"}}},
}

func stateTableNamed(name string) (stateTable, bool) {
	for _, t := range stateTables {
		if t.name == name {
			return t, true
		}
	}
	return stateTable{}, false
}

// newest is the version that new events use.
func (t stateTable) newest() int { return len(t.versions) }

// digests reads the rows of a table and returns their digests by id, under one
// version.
func (t stateTable) digests(q querier, version int) (map[string]string, error) {
	if version < 1 || version > len(t.versions) {
		return nil, fmt.Errorf("table %s has no digest version %d", t.name, version)
	}
	columns := t.versions[version-1]
	text := "SELECT " + strings.Join(columns, ", ") + " FROM " + t.name
	list, err := rows(q, func(r scanner) ([]any, error) { return scanAny(r, len(columns)) }, text)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", t.name, err)
	}
	out := make(map[string]string, len(list))
	for _, values := range list {
		d, err := t.digest(version, values)
		if err != nil {
			return nil, err
		}
		out[fmt.Sprint(values[0])] = d
	}
	return out, nil
}

// digest is that of one row, read in the order of the version's columns.
func (t stateTable) digest(version int, row []any) (string, error) {
	named := make([]ledger.Column, len(row))
	for i, c := range t.versions[version-1] {
		named[i] = ledger.Column{Name: c, Value: row[i]}
	}
	d, err := ledger.Digest(t.name, version, named)
	if err != nil {
		return "", fmt.Errorf("digest of %s %v: %w", t.name, row[0], err)
	}
	return d, nil
}

func scanAny(r scanner, n int) ([]any, error) {
	values, at := make([]any, n), make([]any, n)
	for i := range values {
		at[i] = &values[i]
	}
	return values, r.Scan(at...)
}

// stateRef is a state row as an event names it.
type stateRef struct {
	Table   string `json:"table"`
	ID      string `json:"id"`
	Version int    `json:"v"`
	Digest  string `json:"digest"`
}
