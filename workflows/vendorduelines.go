package workflows

import (
	"fmt"

	"countersign/workflows/vendorrisk"
)

// lifeLines are what a vendor's card says about its life: what is open, what is
// on file, and what comes next.
func (s *Service) lifeLines(tx Tx, v Vendor) ([]Line, error) {
	actions, err := openActions(tx, v.ID)
	if err != nil {
		return nil, err
	}
	var out []Line
	for _, a := range actions {
		owner, err := tx.Person(a.Owner)
		if ignoreMissing(err) != nil {
			return nil, err
		}
		l := Line{Text: a.ID + ": " + a.Text, Tone: ToneWaiting, Note: owner.Shown() + ", due " + a.DueOn.Shown()}
		if s.overdueAction(a) {
			l.Tone, l.Note = ToneBad, l.Note+", overdue"
		}
		out = append(out, l)
	}
	reports, err := tx.VendorReports(v.ID)
	if err != nil {
		return nil, err
	}
	for _, r := range reports {
		l := Line{Text: r.Kind, Tone: ToneGood, Note: "counts until " + s.reportEnds(r).Shown()}
		if r.To != "" {
			l.Text += " up to " + r.To.Shown()
		}
		if r.ReviewedBy == "" {
			l.Tone, l.Note = ToneWaiting, l.Note+", nobody has noted what it says"
		}
		out = append(out, l)
	}
	return append(out, s.cycleLines(tx, v)...), nil
}

// cycleLines are the re-evaluation that comes next, and what ends when.
func (s *Service) cycleLines(tx Tx, v Vendor) []Line {
	var out []Line
	if kind, due := v.Review.upcoming(); v.InForce() && due != "" {
		l := Line{Text: sentence(reviewShown(kind)), Tone: ToneWaiting, Note: "due " + due.Shown()}
		switch {
		case v.Review.Deciding:
			l.Note = "done, waits for approval"
		case v.Review.Kind == "":
			l.Tone = ToneOver
		case !s.dayEnd(due).After(tx.Now()):
			l.Tone, l.Note = ToneBad, "overdue since "+due.Shown()
		}
		out = append(out, l)
	}
	if v.State == VendorConditional && v.Until != "" {
		l := Line{Text: "Conditions", Tone: ToneWaiting, Note: "until " + v.Until.Shown()}
		if v.Review.Kind == ReviewConditions && v.Review.DueOn == v.Until {
			l.Tone, l.Note = ToneBad, "expired on "+v.Until.Shown()
		}
		out = append(out, l)
	}
	switch o := v.Override; {
	case o.Counts():
		out = append(out, Line{Text: "Risk set to " + o.Rating.Shown(), Tone: ToneWaiting, Note: "until " + o.Until.Shown()})
	case o.Rating != vendorrisk.Unassessed:
		out = append(out, Line{Text: "Risk proposed as " + o.Rating.Shown(), Tone: ToneWaiting, Note: "until " + o.Until.Shown() + ", waits for a second person"})
	}
	return out
}

// lifeActions are the buttons of a vendor's card for somebody.
func (s *Service) lifeActions(tx Tx, v Vendor, who Person) ([]ActionView, error) {
	is, err := s.vendorRoles(tx, v, who)
	if err != nil || !v.Live() || v.undecided() && v.State != VendorDeciding {
		return nil, err
	}
	var out []ActionView
	used := notInUse(v) == nil
	may, err := s.evaluates(tx, v, who)
	if err != nil {
		return nil, err
	}
	if may {
		style := ""
		if v.Review.Kind != "" {
			style = "primary"
		}
		out = append(out, v.action(VerbEvaluate, "Re-evaluate", style, true))
	}
	tends := is&(roleSponsor|roleLead) != 0
	if used && tends {
		out = append(out, v.action(VerbRenew, "Renew", "", true))
	}
	if is&roleLooks != 0 {
		out = append(out, v.action(VerbReport, "Add report", "", true), v.action(VerbAction, "Open action", "", true))
	}
	if tends {
		out = append(out, v.action(VerbEditVendor, "Edit", "", true))
	}
	risk, err := s.riskActions(tx, v, who, is)
	out = append(out, risk...)
	if used && tends {
		out = append(out, v.action(VerbEndVendor, "Terminate vendor", "danger", true))
	}
	return out, err
}

// evaluates says whether somebody may re-evaluate a vendor now.
func (s *Service) evaluates(tx Tx, v Vendor, who Person) (bool, error) {
	if !v.InForce() || v.Review.Deciding {
		return false, nil
	}
	if v.Sponsor == who.ID {
		return true, nil
	}
	all, err := s.reviewers(tx, v)
	for _, p := range all {
		if p.ID == who.ID {
			return true, err
		}
	}
	return false, err
}

// riskActions are the buttons about a rating by hand.
func (s *Service) riskActions(tx Tx, v Vendor, who Person, is vendorRole) ([]ActionView, error) {
	if is&(roleLead|roleSecurity) == 0 {
		return nil, nil
	}
	if no, err := s.mayOverride(tx, v, who, is); no != nil || err != nil {
		return nil, err
	}
	if v.Override.Rating == vendorrisk.Unassessed {
		return []ActionView{v.action(VerbOverride, "Override risk", "", true)}, nil
	}
	if v.Override.Counts() {
		return nil, nil
	}
	all, err := s.agreers(tx, v)
	for _, p := range all {
		if p.ID == who.ID {
			a := v.action(VerbAgreeRisk, "Agree", "primary", false)
			a.Confirm = fmt.Sprintf("Set the risk of %s to %s until %s, where the matrix says %s?", v.Name, v.Override.Rating.Shown(), v.Override.Until.Shown(), v.Inherent.Shown())
			return []ActionView{a}, err
		}
	}
	return nil, err
}

// lifeHome is what waits for somebody about vendors in use: actions of theirs,
// and re-evaluations.
func (s *Service) lifeHome(tx Tx, who Person) ([]CardView, error) {
	actions, err := openActions(tx, "")
	if err != nil {
		return nil, err
	}
	var out []CardView
	for _, a := range actions {
		if a.Owner != who.ID {
			continue
		}
		v, err := s.actionView(tx, Card{Record: a.ID, Person: who.ID})
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	all, err := tx.Vendors()
	if err != nil {
		return nil, err
	}
	for _, v := range all {
		view, waits, err := s.waitsFor(tx, v, who)
		if err != nil {
			return nil, err
		}
		if waits {
			out = append(out, view)
		}
	}
	return out, nil
}

// waitsFor shows a vendor to who has to re-evaluate it, or to agree about its
// risk.
func (s *Service) waitsFor(tx Tx, v Vendor, who Person) (CardView, bool, error) {
	status, tone := v.status()
	out := CardView{Record: v.ID, Version: v.ContentVersion, Title: v.Name, Status: status, Tone: tone, Lines: s.cycleLines(tx, v), Text: v.Name + ": " + status}
	if v.Review.Kind != "" {
		may, err := s.evaluates(tx, v, who)
		if err != nil {
			return out, false, err
		}
		if may {
			out.Actions = append(out.Actions, v.action(VerbEvaluate, "Re-evaluate", "primary", true))
		}
	}
	if v.Override.Rating != vendorrisk.Unassessed && !v.Override.Counts() {
		is, err := s.vendorRoles(tx, v, who)
		if err != nil {
			return out, false, err
		}
		more, err := s.riskActions(tx, v, who, is)
		if err != nil {
			return out, false, err
		}
		out.Actions = append(out.Actions, more...)
	}
	return out, len(out.Actions) > 0, nil
}
