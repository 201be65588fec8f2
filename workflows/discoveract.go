package workflows

import (
	"cmp"
	"errors"
	"slices"
	"strings"
)

// fieldMapTo is the vendor that an app belongs to.
const fieldMapTo = "vendor"

// mostChoices is how many choices a list can have:
// https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element.
const mostChoices = 100

// mapAppForm asks which vendor an app belongs to: from a list, or in words where
// the register is too long for one.
func (s *Service) mapAppForm(tx Tx, f Form, _ map[string]string) (Form, error) {
	d, err := tx.Discovered(f.Record)
	if err != nil {
		return f, err
	}
	vendors, err := tx.Vendors()
	if err != nil {
		return f, err
	}
	f.Title, f.Submit = "Map to vendor", "Map"
	f.Intro = "Which vendor of the register is behind " + d.Name + "? From then on its use counts as use of that vendor."
	field := Field{ID: fieldMapTo, Label: "Vendor", Kind: FieldText, Min: 1, Max: 100, Hint: "Its id, such as VN-0001, or its name as in the register."}
	if len(vendors) > 0 && len(vendors) <= mostChoices {
		field.Kind, field.Min, field.Max, field.Hint = FieldSelect, 0, 0, ""
		slices.SortFunc(vendors, func(a, b Vendor) int {
			return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.ID, b.ID))
		})
		for _, v := range vendors {
			field.Choices = append(field.Choices, Choice{Value: v.ID, Label: firstRunes(v.Name, 60) + " (" + v.ID + ")"})
		}
		field.Value = d.Vendor
	}
	f.Fields = []Field{field}
	return f, nil
}

// ignoreAppForm asks why an app needs no vendor.
func (s *Service) ignoreAppForm(tx Tx, f Form, _ map[string]string) (Form, error) {
	d, err := tx.Discovered(f.Record)
	if err != nil {
		return f, err
	}
	f.Title, f.Submit = "Ignore app", "Ignore"
	f.Intro = d.Name + " will not be asked about again, unless it is let in to more than now."
	f.Fields = []Field{{ID: fieldWhy, Label: "Reason", Kind: FieldLong, Min: 1, Max: justificationMax, Hint: "The auditor reads this."}}
	return f, nil
}

// discoveredFor reads the app behind a press and says why this person may not decide on
// it, if so. An outcome that is not zero is the answer.
func (s *Service) discoveredFor(tx Tx, who Person, p Press) (Discovered, Outcome, error) {
	d, err := tx.Discovered(p.Record)
	if err != nil {
		out, err := s.unknown(tx, who, p, err)
		return d, out, err
	}
	lead, err := s.isVendorLead(tx, who)
	if err != nil {
		return d, Outcome{}, err
	}
	var no *Refusal
	switch {
	case !lead:
		no = refuse("not_vendor_lead", "Only the compliance lead or an admin decides what becomes of an app that was seen in use. Ask "+s.leadNames(tx)+".")
	case who.Hold != "":
		no = refuse("identity_hold", "You cannot do this for now: "+who.Hold+". An admin has been asked to confirm that it is you.")
	default:
		return d, Outcome{}, nil
	}
	a := s.attempt(who, p)
	a.workflow = VendorFlow
	out, err := s.refused(tx, a, no)
	return d, out, err
}

// mapApp says which vendor an app belongs to. A wrong answer can be given anew.
func (s *Service) mapApp(tx Tx, who Person, p Press) (Outcome, error) {
	d, out, err := s.discoveredFor(tx, who, p)
	if err != nil || out.Kind != "" {
		return out, err
	}
	v, err := s.vendorSaid(tx, p.Values[fieldMapTo])
	if errors.Is(err, ErrNotFound) {
		return invalid(map[string]string{fieldMapTo: "Choose a vendor of the register. If it is not there yet, press Open intake instead."}), nil
	}
	if err != nil {
		return Outcome{}, err
	}
	if d.State == DiscoveredMapped && d.Vendor == v.ID && d.By != "" {
		return already(d.ID, d.Name+" belongs to "+v.Name+" already."), nil
	}
	by := cause{actor: user(who), source: "slack", ref: p.Ref, at: p.At}
	if err := s.belongsTo(tx, d, v, who, by); err != nil {
		return Outcome{}, err
	}
	if d.LastOn >= longAgo(tx.Now(), s.cat.Location) {
		err = s.vendorUsed(tx, v, d.LastOn, by)
	}
	return done(d.ID, d.Name+" belongs to "+v.Name+" ("+v.ID+") from now on."), err
}

// belongsTo stores which vendor an app belongs to, and who said so.
func (s *Service) belongsTo(tx Tx, d Discovered, v Vendor, who Person, by cause) error {
	d.State, d.Vendor, d.By, d.Reason, d.NotSeen = DiscoveredMapped, v.ID, who.ID, "", false
	if err := tx.PutDiscovered(&d); err != nil {
		return err
	}
	return errors.Join(s.append(tx, mappedEvent(d, v, by)), s.touch(tx, d.ID), s.touch(tx, v.ID))
}

// vendorSaid finds the vendor that somebody named, by id or by name where only one
// has it.
func (s *Service) vendorSaid(tx Tx, said string) (Vendor, error) {
	said = strings.TrimSpace(said)
	v, err := tx.Vendor(strings.ToUpper(said))
	if !errors.Is(err, ErrNotFound) {
		return v, err
	}
	all, err := tx.Vendors()
	if err != nil {
		return Vendor{}, err
	}
	all = slices.DeleteFunc(all, func(v Vendor) bool { return vendorName(v.Name) == "" || vendorName(v.Name) != vendorName(said) })
	if len(all) != 1 {
		return Vendor{}, ErrNotFound
	}
	return tx.Vendor(all[0].ID)
}

// openIntake makes an entry of the register of an app that was seen in use.
func (s *Service) openIntake(tx Tx, who Person, p Press) (Outcome, error) {
	d, out, err := s.discoveredFor(tx, who, p)
	if err != nil || out.Kind != "" {
		return out, err
	}
	if d.State == DiscoveredMapped {
		return already(d.ID, d.Name+" belongs to "+d.Vendor+" already."), nil
	}
	if known, err := s.vendorNamedBy(tx, d); known.ID != "" || err != nil {
		return already(d.ID, known.pointer()+". Press Map to vendor if "+d.Name+" belongs to it."), err
	}
	v, err := s.intakeFromDiscovery(tx, who, d, p.Ref)
	if err != nil {
		return Outcome{}, err
	}
	if err := s.belongsTo(tx, d, v, who, cause{actor: user(who), source: "slack", ref: p.Ref, at: p.At}); err != nil {
		return Outcome{}, err
	}
	out = done(v.ID, v.ID+" is open for "+v.Name+". Next, fill in its details: the card is in your messages.")
	return out, errors.Join(s.card(tx, Card{Kind: CardVendorLead, Record: v.ID, Person: who.ID}, true), s.askForSponsor(tx, v))
}

// vendorNamedBy finds the vendor of the register that has the name of an app;
// without an id where there is none.
func (s *Service) vendorNamedBy(tx Tx, d Discovered) (Vendor, error) {
	all, err := tx.Vendors()
	if err != nil {
		return Vendor{}, err
	}
	apps, err := s.appNames(tx)
	if err != nil {
		return Vendor{}, err
	}
	if id := matchVendor(d.Name, all, apps); id != "" {
		return tx.Vendor(id)
	}
	return s.knownVendor(tx, "", hostOf(d.Name), d.Name)
}

// ignoreApp says why an app needs no vendor.
func (s *Service) ignoreApp(tx Tx, who Person, p Press) (Outcome, error) {
	d, out, err := s.discoveredFor(tx, who, p)
	if err != nil || out.Kind != "" {
		return out, err
	}
	why := strings.TrimSpace(p.Values[fieldWhy])
	switch {
	case d.State == DiscoveredIgnored:
		return already(d.ID, d.Name+" is ignored already."), nil
	case !d.undecided():
		return already(d.ID, d.Name+" belongs to "+d.Vendor+" already."), nil
	case why == "" || len([]rune(why)) > justificationMax:
		return invalid(map[string]string{fieldWhy: "Say in a sentence or two why it needs no vendor."}), nil
	}
	d.State, d.Vendor, d.By, d.Reason, d.NotSeen = DiscoveredIgnored, "", who.ID, why, false
	if err := tx.PutDiscovered(&d); err != nil {
		return Outcome{}, err
	}
	e := Event{
		Type: "vendor.ignored", Actor: user(who), Target: refRecord("vendor", d.ID), Workflow: VendorFlow, WorkflowID: d.ID, Source: "slack",
		SourceRef: p.Ref, OccurredAt: p.At, Reason: &Personal{Owner: d.ID, Field: "reason", Value: why},
		Data: map[string]any{"name": Personal{Owner: d.ID, Field: "name", Value: d.Name}, "seen": d.Source, "scope": d.Scope, "people": len(d.People)},
	}
	return done(d.ID, d.Name+" is ignored from now on."), errors.Join(s.append(tx, e), s.touch(tx, d.ID))
}

// undecided says whether no person has said yet what becomes of the app.
func (d Discovered) undecided() bool { return d.By == "" && d.State != DiscoveredIgnored }
