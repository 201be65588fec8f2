package store

import (
	"fmt"
	"slices"
	"strings"

	"countersign/store/ledger"
)

// rowName is a state row by table and id.
type rowName struct{ table, id string }

// stateTable is a table whose rows the ledger vouches for. Each version is the
// list of columns that its digest covers, in order; a version is never changed,
// so that old digests stay checkable after a migration, and each begins with the
// columns of the one before. What only the machinery needs (row versions, the words of a
// next step, when a step was begun) is in none.
type stateTable struct {
	name     string
	versions [][]string // version n is versions[n-1]
}

// stateTables lists the tables the ledger vouches for.
var stateTables = []stateTable{
	{"people", [][]string{peopleColumns, slices.Concat(peopleColumns, []string{"stage", "terms", "starts_on", "ends_on", "outside"})}},
	{"requests", [][]string{{"id", "state", "requester", "subject", "app", "level", "duration_ms", "justification", "content_version", "steps", "created_at", "lapses_at", "decided_at"}}},
	{"decisions", [][]string{{"id", "request_id", "step", "person", "basis", "seat", "verdict", "reason", "content_version", "decided_at"}}},
	{"grants", [][]string{grantColumns, slices.Concat(grantColumns, []string{"source", "role", "created_at", "ended_by"})}},
	{"tasks", [][]string{{"id", "grant_id", "request_id", "give", "instruction", "done", "done_by", "note"}}},
	{"onboardings", [][]string{{"id", "state", "person", "opened_by", "given_name", "family_name", "personal_email", "role", "pre_start", "starts_on", "rehire", "password_at", "created_at", "started_at", "completed_at"}}},
	{"offboardings", [][]string{{"id", "state", "person", "opened_by", "cause", "told_by", "last_day", "begins_at", "new_owner", "mail", "super_admin", "second_by", "created_at", "started_at", "closed_at", "completed_at"}}},
	{"steps", [][]string{{"id", "record", "name", "place", "state", "problem", "seen", "done_by", "note", "done_at"}}},
	{"duties", [][]string{{"id", "person", "kind", "item", "item_version", "hash", "record", "content_version", "assigned_at", "due_at", "overdue_at", "done_at"}}},
	{"vendors", [][]string{vendorColumns}},
	{"vendor_assessments", [][]string{{"id", "vendor", "round", "kind", "person", "made_at", "answers", "result", "carry_on", "words"}}},
	{"vendor_decisions", [][]string{{"id", "vendor", "round", "step", "person", "basis", "seat", "verdict", "words", "until", "content_version", "decided_at"}}},
	{"vendor_actions", [][]string{{"id", "vendor", "kind", "text", "owner", "due_on", "opened_by", "opened_at", "overdue_at", "closed_at", "closed_by", "proof"}}},
	{"vendor_reports", [][]string{{"id", "vendor", "kind", "covers_from", "covers_to", "expires_on", "link", "notes", "exceptions", "duties", "reviewed_by", "reviewed_at", "added_by", "added_at"}}},
	{"catalogue_apps", [][]string{{"id", "app", "vendor", "added_by", "added_at"}}},
	{"discovered", [][]string{{"id", "key", "name", "source", "scopes", "scope", "people", "strange", "first_on", "last_on", "state", "vendor", "reason", "person", "not_seen"}}},
}

// The columns of version 1 where there is a version 2, or where they are many.
var (
	peopleColumns = []string{"id", "kind", "email", "name", "chat_id", "account_id", "other_chat", "manager_id", "role_id", "active", "hold"}
	grantColumns  = []string{"id", "request_id", "person", "app", "level", "provisioner", "target", "target_key", "state", "duration_ms", "looked", "found", "ours", "starts_at", "ends_at", "problem", "confirmed_by"}
	vendorColumns = []string{"id", "state", "name", "website", "domain", "requested_by", "proposed", "sponsor", "accepted", "manager", "tech_owner",
		"source", "thread_in", "thread_id", "about", "answers", "inherent", "residual", "critical", "matrix", "override",
		"used", "last_used_on", "has_cost", "annual_cost", "contract", "review", "until",
		"round", "content_version", "created_at", "decided_at", "changed_at"}
)

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

// within leaves out the versions with columns that a database does not have: one
// that was never opened since a migration came, as a copy kept from before, tells
// of none of them. Where the table itself is not there, no version is left.
func (t stateTable) within(have map[columnName]bool) stateTable {
	for i, columns := range t.versions {
		for _, c := range columns {
			if !have[columnName{t.name, c}] {
				t.versions = t.versions[:i]
				return t
			}
		}
	}
	return t
}

// columnName is a column by its table.
type columnName struct{ table, column string }

// columnsOf lists the columns that a database has.
func columnsOf(q querier, e engine) (map[columnName]bool, error) {
	all, err := rows(q, func(r scanner) (c columnName, err error) { return c, r.Scan(&c.table, &c.column) }, e.columns())
	if err != nil {
		return nil, fmt.Errorf("list columns: %w", err)
	}
	have := make(map[columnName]bool, len(all))
	for _, c := range all {
		have[c] = true
	}
	return have, nil
}

// digests reads the rows of a table and returns their digests by id, under one
// version. A row that an older version tells of must still have in its newer
// columns what their migration put there; edited is its digest otherwise.
func (t stateTable) digests(q querier, version int) (map[string]string, error) {
	if version < 1 || version > len(t.versions) {
		return nil, fmt.Errorf("table %s has no digest version %d", t.name, version)
	}
	n, columns := len(t.versions[version-1]), t.versions[t.newest()-1]
	text := "SELECT " + strings.Join(columns, ", ") + " FROM " + t.name
	list, err := rows(q, func(r scanner) ([]any, error) { return scanAny(r, len(columns)) }, text)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", t.name, err)
	}
	out := make(map[string]string, len(list))
	for _, values := range list {
		d, err := t.digest(version, values[:n])
		if err != nil {
			return nil, err
		}
		for i, v := range values[n:] {
			if !t.migrated(columns[n+i], v) {
				d = edited
			}
		}
		out[fmt.Sprint(values[0])] = d
	}
	return out, nil
}

// edited stands for the digest of a row that no event can have told of.
const edited = "edited"

// migrated says whether a value is what the migration that added its column put
// into the rows that were there.
func (t stateTable) migrated(column string, value any) bool {
	if t.name == "grants" && column == "source" {
		return value == "request"
	}
	return value == "" || value == int64(0)
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
