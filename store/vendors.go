package store

import (
	"errors"

	"countersign/workflows"
)

const selectVendor = `SELECT v.id, v.state, v.name, v.website, v.domain, v.requested_by, v.proposed, v.sponsor, v.accepted, v.manager, v.tech_owner,
	v.source, v.thread_in, v.thread_id, coalesce(a.value, ''), v.answers, v.inherent, v.residual, v.critical, v.matrix, v.override,
	v.used, v.last_used_on, v.has_cost, v.annual_cost, v.contract, v.review, v.until,
	v.round, v.content_version, v.created_at, v.decided_at, v.changed_at, v.version
	FROM vendors v LEFT JOIN pii a ON a.commitment = v.about `

func scanVendor(r scanner) (v workflows.Vendor, err error) {
	var accepted, critical, used, hasCost, created, decided, changed int64
	var about, answers, override, contract, review string
	err = r.Scan(&v.ID, &v.State, &v.Name, &v.Website, &v.Domain, &v.RequestedBy, &v.Proposed, &v.Sponsor, &accepted, &v.Manager, &v.TechOwner,
		&v.Source, &v.ThreadIn, &v.ThreadID, &about, &answers, &v.Inherent, &v.Residual, &critical, &v.Matrix, &override,
		&used, &v.LastUsedOn, &hasCost, &v.AnnualCost, &contract, &review, &v.Until,
		&v.Round, &v.ContentVersion, &created, &decided, &changed, &v.Version)
	if err != nil {
		return v, err
	}
	v.Accepted, v.Critical, v.Used, v.HasCost = accepted == 1, critical == 1, used == 1, hasCost == 1
	v.CreatedAt, v.DecidedAt, v.ChangedAt = at(created), at(decided), at(changed)
	return v, errors.Join(unpack(about, &v.About), unpack(answers, &v.Answers), unpack(override, &v.Override),
		unpack(contract, &v.Contract), unpack(review, &v.Review))
}

// Vendor returns a vendor.
func (t *tx) Vendor(id string) (workflows.Vendor, error) {
	v, err := one(rows(t.q, scanVendor, selectVendor+`WHERE v.id = $1`, id))
	return v, missing(err, "vendor", id)
}

// Vendors returns the whole register, oldest first. Ids of vendors have four digits
// at least: the longer one is the newer.
func (t *tx) Vendors() ([]workflows.Vendor, error) {
	return rows(t.q, scanVendor, selectVendor+`ORDER BY length(v.id), v.id`)
}

// PutVendor stores a vendor.
func (t *tx) PutVendor(v *workflows.Vendor) error {
	review := v.Review
	review.OpenedAt, review.LastAt = at(ms(review.OpenedAt)), at(ms(review.LastAt)) // whole milliseconds in UTC, as all times
	text, err := packedAll(v.About, v.Answers, v.Override, v.Contract, review)
	if err != nil {
		return err
	}
	about, err := t.commit(workflows.Personal{Owner: v.ID, Field: "about", Value: text[0]})
	if err != nil {
		return err
	}
	return t.put("vendors", v.ID, &v.Version,
		[]string{"state", "name", "website", "domain", "requested_by", "proposed", "sponsor", "accepted", "manager", "tech_owner",
			"source", "thread_in", "thread_id", "about", "answers", "inherent", "residual", "critical", "matrix", "override",
			"used", "last_used_on", "has_cost", "annual_cost", "contract", "review", "until",
			"round", "content_version", "created_at", "decided_at", "changed_at"},
		[]any{string(v.State), v.Name, v.Website, v.Domain, v.RequestedBy, v.Proposed, v.Sponsor, flag(v.Accepted), v.Manager, v.TechOwner,
			v.Source, v.ThreadIn, v.ThreadID, about, text[1], string(v.Inherent), string(v.Residual), flag(v.Critical), v.Matrix, text[2],
			flag(v.Used), string(v.LastUsedOn), flag(v.HasCost), v.AnnualCost, text[3], text[4], string(v.Until),
			v.Round, v.ContentVersion, ms(v.CreatedAt), ms(v.DecidedAt), ms(v.ChangedAt)})
}
