package workflows

import (
	"cmp"
	"errors"
	"slices"
	"strings"
)

// noReport is the choice of a form that files none.
const noReport = "none"

// reportFields ask for a report, as Services and risk does.
func reportFields() []Field {
	which := []string{fieldReportKind, fieldReportFrom, fieldReportTo, fieldReportExpires, fieldReportLink, fieldReportNotes, fieldExceptions, fieldOurDuties}
	var out []Field
	for _, f := range assessmentFields() {
		if slices.Contains(which, f.ID) {
			f.Redraws = false
			out = append(out, f)
		}
	}
	return out
}

// reportForm draws Add report.
func (s *Service) reportForm(tx Tx, f Form, values map[string]string) (Form, error) {
	v, err := tx.Vendor(f.Record)
	if err != nil {
		return Form{}, err
	}
	f.Title, f.Submit = "Add report", "Add"
	f.Intro = "A report about " + v.Name + ". With the link of one that is on file already, what you write here is added to that."
	f.Fields = reportFields()
	for i := range f.Fields {
		if f.Fields[i].ID == fieldReportKind {
			f.Fields[i].Choices = slices.DeleteFunc(f.Fields[i].Choices, func(c Choice) bool { return c.Value == noReport })
		}
		f.Fields[i].Value = values[f.Fields[i].ID]
	}
	return f, nil
}

// checkFiled finds what is wrong about a report that somebody files.
func checkFiled(r VendorReport, wrong map[string]string) {
	for field, d := range map[string]Day{fieldReportFrom: r.From, fieldReportTo: r.To, fieldReportExpires: r.ExpiresOn} {
		if _, ok := ParseDay(string(d)); d != "" && !ok {
			wrong[field] = "Choose a day."
		}
	}
	if r.Link == "" {
		wrong[fieldReportLink] = "Say where it is filed, or paste its hash."
	}
	switch {
	case r.From != "" && r.To != "" && r.To < r.From:
		wrong[fieldReportTo] = "This is before the start of the period."
	case r.ExpiresOn != "" && r.ExpiresOn < r.To:
		wrong[fieldReportExpires] = "This is before the end of the period."
	case r.To == "" && r.ExpiresOn == "" && r.assures():
		wrong[fieldReportTo] = "Say up to when it covers, or when it expires."
	}
}

// addVendorReport takes a report.
func (s *Service) addVendorReport(tx Tx, who Person, p Press) (Outcome, error) {
	v, _, out, err := s.vendorTurn(tx, who, p, roleLooks)
	if err != nil || out.Kind != "" {
		return out, err
	}
	if !v.Live() {
		return s.vendorRefused(tx, who, p, refuse("too_late", v.pointer()+", so it needs no report."))
	}
	r := reportOf(v, p.Values)
	if r == nil {
		return invalid(map[string]string{fieldReportKind: "Choose what it is."}), nil
	}
	wrong := make(map[string]string)
	if checkFiled(*r, wrong); len(wrong) > 0 {
		return invalid(wrong), nil
	}
	by := cause{actor: user(who), source: "slack", ref: p.Ref, at: p.At}
	if err := s.fileReport(tx, v, who, r, by); err != nil {
		return Outcome{}, err
	}
	return done(v.ID, r.Kind+" of "+v.Name+" is on file."), s.touchVendor(tx, v.ID)
}

// fileReport stores a report, or what was added to one that is on file, and
// closes what waited for a newer one.
func (s *Service) fileReport(tx Tx, v Vendor, who Person, r *VendorReport, by cause) error {
	if err := s.putReport(tx, who, r); err != nil {
		return err
	}
	e := by.on(vendorEvent(v, "changed", Success))
	e.Data["report"], e.Data["report_kind"], e.Data["expires_on"], e.Data["reviewed"] = r.ID, r.Kind, string(s.reportEnds(*r)), r.Notes != ""
	e.Data["period_from"], e.Data["period_to"] = string(r.From), string(r.To)
	for field, words := range map[string]string{"link": r.Link, "notes": r.Notes, "exceptions": r.Exceptions, "duties": r.Duties} {
		if words != "" {
			e.Data[field] = Personal{Owner: r.ID, Field: field, Value: words}
		}
	}
	return errors.Join(s.append(tx, e), s.reportArrived(tx, v, *r, by))
}

// putReport stores a report, or adds to the one that is on file.
func (s *Service) putReport(tx Tx, who Person, r *VendorReport) error {
	before, err := tx.VendorReports(r.Vendor)
	if err != nil {
		return err
	}
	same := slices.IndexFunc(before, func(o VendorReport) bool { return o.Kind == r.Kind && o.Link == r.Link && o.To == r.To })
	if same < 0 {
		return s.addReport(tx, who, r)
	}
	return s.addToReport(tx, who, before[same], r)
}

// addToReport adds what somebody wrote to a report that is on file.
func (s *Service) addToReport(tx Tx, who Person, on VendorReport, r *VendorReport) error {
	on.From, on.ExpiresOn = cmp.Or(r.From, on.From), cmp.Or(r.ExpiresOn, on.ExpiresOn)
	for _, words := range []struct {
		on  *string
		add string
	}{{&on.Notes, r.Notes}, {&on.Exceptions, r.Exceptions}, {&on.Duties, r.Duties}} {
		if words.add != "" && !strings.Contains(*words.on, words.add) {
			*words.on = strings.TrimSpace(*words.on + "\n" + words.add)
		}
	}
	if r.Notes != "" {
		on.ReviewedBy, on.ReviewedAt = who.ID, tx.Now()
	}
	*r = on
	return tx.PutVendorReport(r)
}
