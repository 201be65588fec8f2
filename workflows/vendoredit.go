package workflows

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

const fieldUsed = "used"

// editForm draws Edit vendor. It is bound to the very version of the record, so
// that nobody's change is undone by a form that was opened before it.
func (s *Service) editForm(tx Tx, f Form, values map[string]string) (Form, error) {
	v, err := tx.Vendor(f.Record)
	if err != nil {
		return Form{}, err
	}
	start := v.editValues()
	for field, id := range map[string]string{fieldBoss: v.Manager, fieldTech: v.TechOwner} {
		p, err := tx.Person(id)
		if ignoreMissing(err) != nil {
			return Form{}, err
		}
		start[field] = p.ChatID
	}
	if values == nil {
		f.Version = v.Version
	}
	f.Title, f.Submit = "Edit vendor", "Save"
	f.Fields = []Field{
		{ID: fieldVendor, Label: "Vendor", Kind: FieldText, Min: 1, Max: 80},
		{ID: fieldWebsite, Label: "Website", Kind: FieldText, Max: 300, Optional: true},
		{ID: fieldService, Label: "What the service does for us", Kind: FieldLong, Max: justificationMax, Optional: true},
		yesNoField(fieldUsed, "Actively used", ""),
		{ID: fieldBoss, Label: "Approving manager", Kind: FieldPerson, Optional: true},
		{ID: fieldTech, Label: "Technical owner", Kind: FieldPerson, Optional: true},
		{ID: fieldCost, Label: "Annual cost ($)", Kind: FieldText, Optional: true, Max: 20},
		{ID: fieldLength, Label: "Contract length", Kind: FieldText, Optional: true, Max: 60},
		{ID: fieldContractStart, Label: "Contract starts", Kind: FieldDay, Optional: true},
		{ID: fieldRenews, Label: "Contract renews", Kind: FieldDay, Optional: true},
		{ID: fieldNotice, Label: "Notice period, in days", Kind: FieldText, Optional: true, Max: 3},
	}
	for i, field := range f.Fields {
		f.Fields[i].Value = start[field.ID]
		if given, ok := values[field.ID]; ok {
			f.Fields[i].Value = given
		}
	}
	return f, nil
}

// costShown is the annual cost as a form has it; empty where none is known.
func (v Vendor) costShown() string {
	if !v.HasCost {
		return ""
	}
	return fmt.Sprint(v.AnnualCost)
}

// editValues are what Edit vendor starts with, without the people.
func (v Vendor) editValues() map[string]string {
	out := map[string]string{
		fieldVendor: v.Name, fieldWebsite: v.Website, fieldService: v.About.Service, fieldUsed: "no", fieldCost: v.costShown(),
		fieldLength: v.Contract.Length, fieldContractStart: string(v.Contract.StartsOn), fieldRenews: string(v.Contract.RenewsOn),
	}
	if v.Used {
		out[fieldUsed] = "yes"
	}
	if v.Contract.NoticeDays > 0 {
		out[fieldNotice] = fmt.Sprint(v.Contract.NoticeDays)
	}
	return out
}

// edit takes what somebody corrected in a vendor's record.
func (s *Service) edit(tx Tx, who Person, p Press) (Outcome, error) {
	v, _, out, err := s.vendorTurn(tx, who, p, roleSponsor|roleLead)
	if err != nil || out.Kind != "" {
		return out, err
	}
	if !v.Live() {
		return s.vendorRefused(tx, who, p, refuse("too_late", v.pointer()+", so its record stays as it is."))
	}
	next, wrong, err := s.edited(tx, v, p.Values)
	if err != nil || len(wrong) > 0 {
		return invalid(wrong), err
	}
	changes := v.differences(next)
	if len(changes) == 0 {
		return already(v.ID, "Nothing to change: "+v.Name+" stands like this in the register."), nil
	}
	if p.Version != 0 && p.Version != v.Version {
		return s.vendorRefused(tx, who, p, refuse("content_changed", "Somebody changed "+v.Name+" after you opened this. Open it again."))
	}
	seen := v.Name != next.Name || v.Website != next.Website || v.About.Service != next.About.Service
	if seen && v.Deciding() { // what deciders saw
		next.ContentVersion++
	}
	next.ChangedAt = tx.Now()
	if err := tx.PutVendor(&next); err != nil {
		return Outcome{}, err
	}
	e := cause{actor: user(who), source: "slack", ref: p.Ref, at: p.At}.on(vendorEvent(next, "changed", Success))
	var fields []string
	for _, c := range changes {
		fields = append(fields, c.field)
		e.Data[c.field] = map[string]any{"from": v.said(c.field, c.from), "to": v.said(c.field, c.to)}
	}
	e.Data["fields"] = fields
	err = errors.Join(s.append(tx, e), s.planVendor(tx, next), s.touchVendor(tx, v.ID))
	if next.ContentVersion != v.ContentVersion {
		err = errors.Join(err, s.askDeciders(tx, next))
	}
	return done(v.ID, "Saved: "+strings.ReplaceAll(strings.Join(fields, ", "), "_", " ")+"."), err
}

// edited puts the form into the record, or says what is wrong.
func (s *Service) edited(tx Tx, v Vendor, values map[string]string) (Vendor, map[string]string, error) {
	wrong := make(map[string]string)
	var ok bool
	text := func(field string) string { return strings.TrimSpace(values[field]) }
	if v.Name = text(fieldVendor); v.Name == "" {
		wrong[fieldVendor] = "Say what the vendor is called."
	}
	if err := s.editedSite(tx, &v, text(fieldWebsite), wrong); err != nil {
		return v, nil, err
	}
	if v.HasCost, v.AnnualCost, ok = money(values[fieldCost]); !ok {
		wrong[fieldCost] = "Write a whole number, as in 12000."
	}
	if v.Contract.NoticeDays, ok = noticeDays(values[fieldNotice]); !ok {
		wrong[fieldNotice] = "Write a number of days, 0 to 730."
	}
	for field, at := range map[string]*Day{fieldContractStart: &v.Contract.StartsOn, fieldRenews: &v.Contract.RenewsOn} {
		if *at, ok = ParseDay(text(field)); !ok && *at != "" {
			wrong[field] = "Choose a day."
		}
	}
	if c := v.Contract; c.StartsOn != "" && c.RenewsOn != "" && c.RenewsOn <= c.StartsOn {
		wrong[fieldRenews] = "This is not after the start of the contract."
	}
	v.About.Service, v.Contract.Length, v.Used = text(fieldService), text(fieldLength), values[fieldUsed] == "yes"
	for field, at := range map[string]*string{fieldBoss: &v.Manager, fieldTech: &v.TechOwner} {
		if values[field] == "" {
			*at = ""
			continue
		}
		person, problem, err := s.activePerson(tx, values[field])
		if err != nil {
			return v, nil, err
		}
		if problem != "" && person.ID != *at {
			wrong[field] = problem
		}
		*at = person.ID
	}
	return v, wrong, nil
}

// editedSite puts a website into the record, which no other vendor may have.
func (s *Service) editedSite(tx Tx, v *Vendor, site string, wrong map[string]string) error {
	if site == v.Website {
		return nil
	}
	if site == "" {
		v.Website, v.Domain = "", ""
		return nil
	}
	var ok bool
	if v.Website, v.Domain, ok = vendorWebsite(site); !ok {
		wrong[fieldWebsite] = "This is no web address. Write it as in figma.com or https://www.figma.com."
		return nil
	}
	all, err := tx.Vendors()
	i := slices.IndexFunc(all, func(o Vendor) bool { return o.ID != v.ID && o.Domain != "" && sameSite(o.Domain, v.Domain) })
	if i >= 0 {
		wrong[fieldWebsite] = all[i].pointer() + " with this site."
	}
	return err
}

// difference is a field of a vendor before and after.
type difference struct{ field, from, to string }

// differences are the fields in which an edited record differs.
func (v Vendor) differences(next Vendor) []difference {
	before, after := v.editValues(), next.editValues()
	before[fieldBoss], before[fieldTech], after[fieldBoss], after[fieldTech] = v.Manager, v.TechOwner, next.Manager, next.TechOwner
	var out []difference
	for _, field := range []string{fieldVendor, fieldWebsite, fieldService, fieldUsed, fieldBoss, fieldTech, fieldCost, fieldLength, fieldContractStart, fieldRenews, fieldNotice} {
		if before[field] != after[field] {
			out = append(out, difference{field, before[field], after[field]})
		}
	}
	return out
}
