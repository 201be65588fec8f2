package store

import (
	"errors"
	"fmt"
	"time"

	"countersign/workflows"
)

func scanCatalogueApp(r scanner) (a workflows.CatalogueApp, err error) {
	var added int64
	var app string
	if err = r.Scan(&app, &a.Vendor, &a.AddedBy, &added, &a.Version); err != nil {
		return a, err
	}
	a.AddedAt = at(added)
	return a, unpack(app, &a.App)
}

// CatalogueApps returns the apps that were made of vendors, oldest first.
func (t *tx) CatalogueApps() ([]workflows.CatalogueApp, error) {
	return rows(t.q, scanCatalogueApp, `SELECT app, vendor, added_by, added_at, version FROM catalogue_apps ORDER BY added_at, id`)
}

// PutCatalogueApp stores an app that was made of a vendor.
func (t *tx) PutCatalogueApp(a *workflows.CatalogueApp) error {
	app, err := packed(a.App)
	if err != nil {
		return err
	}
	return t.put("catalogue_apps", a.App.ID, &a.Version,
		[]string{"app", "vendor", "added_by", "added_at"}, []any{app, a.Vendor, a.AddedBy, ms(a.AddedAt)})
}

const (
	selectDiscovered = `SELECT d.id, d.key, d.name, d.source, d.scopes, d.scope, d.people, d.strange, d.first_on, d.last_on, d.state, d.vendor, coalesce(w.value, ''), d.person, d.not_seen, d.version
		FROM discovered d LEFT JOIN pii w ON w.commitment = d.reason `
	discoveredByKeyText = selectDiscovered + `WHERE d.key = $1`
)

func scanDiscovered(r scanner) (d workflows.Discovered, err error) {
	var notSeen int64
	var scopes, people string
	err = r.Scan(&d.ID, &d.Key, &d.Name, &d.Source, &scopes, &d.Scope, &people, &d.Strange, &d.FirstOn, &d.LastOn, &d.State, &d.Vendor, &d.Reason, &d.By, &notSeen, &d.Version)
	if err != nil {
		return d, err
	}
	d.NotSeen = notSeen == 1
	return d, errors.Join(unpack(scopes, &d.Scopes), unpack(people, &d.People))
}

// Discovered returns an app that was seen in use.
func (t *tx) Discovered(id string) (workflows.Discovered, error) {
	d, err := one(rows(t.q, scanDiscovered, selectDiscovered+`WHERE d.id = $1`, id))
	return d, missing(err, "discovered app", id)
}

// DiscoveredByKey returns the one with a key of where it was seen.
func (t *tx) DiscoveredByKey(key string) (workflows.Discovered, error) {
	d, err := one(rows(t.q, scanDiscovered, discoveredByKeyText, key))
	return d, missing(err, "discovered app", key)
}

// AllDiscovered returns all of them, oldest first. Their ids have four digits at
// least: the longer one is the newer.
func (t *tx) AllDiscovered() ([]workflows.Discovered, error) {
	return rows(t.q, scanDiscovered, selectDiscovered+`ORDER BY length(d.id), d.id`)
}

// PutDiscovered stores an app that was seen in use.
func (t *tx) PutDiscovered(d *workflows.Discovered) error {
	reason, err := t.commit(workflows.Personal{Owner: d.ID, Field: "reason", Value: d.Reason})
	if err != nil {
		return err
	}
	var lists [2]string
	for i, list := range [][]string{d.Scopes, d.People} {
		if len(list) == 0 {
			continue // an empty list and none are one
		}
		if lists[i], err = packed(list); err != nil {
			return err
		}
	}
	return t.put("discovered", d.ID, &d.Version,
		[]string{"key", "name", "source", "scopes", "scope", "people", "strange", "first_on", "last_on", "state", "vendor", "reason", "person", "not_seen"},
		[]any{d.Key, d.Name, d.Source, lists[0], d.Scope, lists[1], d.Strange, string(d.FirstOn), string(d.LastOn), string(d.State), d.Vendor, reason, d.By, flag(d.NotSeen)})
}

// ReadUpTo returns up to when a source was read without a gap.
func (t *tx) ReadUpTo(source string) (time.Time, error) {
	var upTo int64
	err := t.q.row(`SELECT up_to FROM readings WHERE source = $1`, []any{source}, &upTo)
	if err != nil && !errors.Is(err, workflows.ErrNotFound) {
		return time.Time{}, fmt.Errorf("look up to when %s was read: %w", source, err)
	}
	return at(upTo), nil
}

// SetReadUpTo remembers up to when a source was read without a gap.
func (t *tx) SetReadUpTo(source string, upTo time.Time) error {
	_, err := t.q.exec(`INSERT INTO readings (source, up_to) VALUES ($1, $2) ON CONFLICT (source) DO UPDATE SET up_to = $2`, source, ms(upTo))
	if err != nil {
		return fmt.Errorf("remember up to when %s was read: %w", source, err)
	}
	return nil
}
