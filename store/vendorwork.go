package store

import (
	"countersign/workflows"
)

const (
	selectVendorAction = `SELECT a.id, a.vendor, a.kind, coalesce(w.value, ''), a.owner, a.due_on, a.opened_by, a.opened_at, a.overdue_at, a.closed_at, a.closed_by, coalesce(p.value, ''), a.version
		FROM vendor_actions a
		LEFT JOIN pii w ON w.commitment = a.text
		LEFT JOIN pii p ON p.commitment = a.proof `
	vendorActionsText = selectVendorAction + `WHERE a.vendor = $1 ` + inVendorOrder

	selectVendorReport = `SELECT a.id, a.vendor, a.kind, a.covers_from, a.covers_to, a.expires_on, coalesce(l.value, ''), coalesce(n.value, ''), coalesce(e.value, ''), coalesce(d.value, ''),
		a.reviewed_by, a.reviewed_at, a.added_by, a.added_at, a.version
		FROM vendor_reports a
		LEFT JOIN pii l ON l.commitment = a.link
		LEFT JOIN pii n ON n.commitment = a.notes
		LEFT JOIN pii e ON e.commitment = a.exceptions
		LEFT JOIN pii d ON d.commitment = a.duties `
	vendorReportsText = selectVendorReport + `WHERE a.vendor = $1 ` + inVendorOrder

	// Ids are counted: of two the longer one is the newer.
	inVendorOrder = `ORDER BY length(a.vendor), a.vendor, length(a.id), a.id`
)

func scanVendorAction(r scanner) (a workflows.VendorAction, err error) {
	var opened, overdue, closed int64
	err = r.Scan(&a.ID, &a.Vendor, &a.Kind, &a.Text, &a.Owner, &a.DueOn, &a.OpenedBy, &opened, &overdue, &closed, &a.ClosedBy, &a.Proof, &a.Version)
	a.OpenedAt, a.OverdueAt, a.ClosedAt = at(opened), at(overdue), at(closed)
	return a, err
}

// VendorAction returns an action.
func (t *tx) VendorAction(id string) (workflows.VendorAction, error) {
	a, err := one(rows(t.q, scanVendorAction, selectVendorAction+`WHERE a.id = $1`, id))
	return a, missing(err, "vendor action", id)
}

// VendorActions returns those of a vendor, or all, oldest first.
func (t *tx) VendorActions(vendor string) ([]workflows.VendorAction, error) {
	if vendor == "" {
		return rows(t.q, scanVendorAction, selectVendorAction+inVendorOrder)
	}
	return rows(t.q, scanVendorAction, vendorActionsText, vendor)
}

// PutVendorAction stores an action.
func (t *tx) PutVendorAction(a *workflows.VendorAction) error {
	c, err := t.commits(a.ID, map[string]string{"text": a.Text, "proof": a.Proof})
	if err != nil {
		return err
	}
	return t.put("vendor_actions", a.ID, &a.Version,
		[]string{"vendor", "kind", "text", "owner", "due_on", "opened_by", "opened_at", "overdue_at", "closed_at", "closed_by", "proof"},
		[]any{a.Vendor, a.Kind, c["text"], a.Owner, string(a.DueOn), a.OpenedBy, ms(a.OpenedAt), ms(a.OverdueAt), ms(a.ClosedAt), a.ClosedBy, c["proof"]})
}

func scanVendorReport(r scanner) (p workflows.VendorReport, err error) {
	var reviewed, added int64
	err = r.Scan(&p.ID, &p.Vendor, &p.Kind, &p.From, &p.To, &p.ExpiresOn, &p.Link, &p.Notes, &p.Exceptions, &p.Duties,
		&p.ReviewedBy, &reviewed, &p.AddedBy, &added, &p.Version)
	p.ReviewedAt, p.AddedAt = at(reviewed), at(added)
	return p, err
}

// VendorReport returns a report.
func (t *tx) VendorReport(id string) (workflows.VendorReport, error) {
	p, err := one(rows(t.q, scanVendorReport, selectVendorReport+`WHERE a.id = $1`, id))
	return p, missing(err, "vendor report", id)
}

// VendorReports returns those of a vendor, or all, oldest first.
func (t *tx) VendorReports(vendor string) ([]workflows.VendorReport, error) {
	if vendor == "" {
		return rows(t.q, scanVendorReport, selectVendorReport+inVendorOrder)
	}
	return rows(t.q, scanVendorReport, vendorReportsText, vendor)
}

// PutVendorReport stores a report.
func (t *tx) PutVendorReport(p *workflows.VendorReport) error {
	c, err := t.commits(p.ID, map[string]string{"link": p.Link, "notes": p.Notes, "exceptions": p.Exceptions, "duties": p.Duties})
	if err != nil {
		return err
	}
	return t.put("vendor_reports", p.ID, &p.Version,
		[]string{"vendor", "kind", "covers_from", "covers_to", "expires_on", "link", "notes", "exceptions", "duties", "reviewed_by", "reviewed_at", "added_by", "added_at"},
		[]any{p.Vendor, p.Kind, string(p.From), string(p.To), string(p.ExpiresOn), c["link"], c["notes"], c["exceptions"], c["duties"],
			p.ReviewedBy, ms(p.ReviewedAt), p.AddedBy, ms(p.AddedAt)})
}
