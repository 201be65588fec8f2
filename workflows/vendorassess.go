package workflows

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"countersign/workflows/vendorrisk"
)

// services takes Services and risk. Sending it is accepting to be the sponsor.
func (s *Service) services(tx Tx, who Person, p Press) (Outcome, error) {
	v, err := tx.Vendor(p.Record)
	if err != nil {
		return s.unknown(tx, who, p, err)
	}
	if no := v.mayAssess(who); no != nil {
		return s.refused(tx, s.attempt(who, p), no)
	}
	wrong := checkServices(v, p.Values)
	next, report, err := s.assessedWith(tx, v, p.Values, wrong)
	if err != nil || len(wrong) > 0 {
		return invalid(wrong), err
	}
	next.State, next.Accepted, next.ChangedAt = VendorDeciding, true, tx.Now()
	if v.State == VendorDeciding {
		next.Round++ // what was approved of the answers before does not count for these
	}
	next.ContentVersion++
	result := vendorrisk.Assess(next.Answers)
	next = next.rated(result)
	if err := s.outgrown(tx, &next, v.Inherent, cause{actor: user(who), source: "slack", ref: p.Ref, at: p.At}); err != nil {
		return Outcome{}, err
	}
	if err := s.keepAssessment(tx, &next, who, "first", result, report, p); err != nil {
		return Outcome{}, err
	}
	return done(next.ID, fmt.Sprintf("%s: %s is assessed: %s. It now waits for %s.", next.ID, next.Name, next.riskWords(), s.awaited(tx, next))),
		errors.Join(s.planVendor(tx, next), s.askDeciders(tx, next))
}

// mayAssess says who sends Services and risk, and when.
func (v Vendor) mayAssess(who Person) *Refusal {
	switch {
	case v.Sponsor != who.ID:
		return refuse("not_sponsor", "Only the sponsor of "+v.Name+" can assess it. The compliance lead assigns who that is.")
	case v.InForce():
		return refuse("already_decided", v.pointer()+". Its next look is a re-evaluation.")
	case v.State != VendorAssessing && v.State != VendorDeciding:
		return refuse("already_decided", v.pointer()+", so there is nothing to assess.")
	}
	return nil
}

// rated puts what the matrix says into the record.
func (v Vendor) rated(r vendorrisk.Result) Vendor {
	v.Inherent, v.Residual, v.Critical, v.Matrix = r.Inherent, r.Residual, r.Critical, r.Version
	return v
}

// assessedWith puts the form into the record. What cannot be is named in wrong.
func (s *Service) assessedWith(tx Tx, v Vendor, values map[string]string, wrong map[string]string) (Vendor, *VendorReport, error) {
	if _, asked := values[fieldData]; asked {
		v = v.holding(values)
	}
	v.Answers = answered(v.Answers, values)
	v.About.Exit = strings.TrimSpace(values[fieldExit])
	if text := strings.TrimSpace(values[fieldService]); text != "" {
		v.About.Service = text
	}
	v.HasCost, v.AnnualCost, _ = money(values[fieldCost])
	v.Contract.Length = strings.TrimSpace(values[fieldLength])
	v.Contract.StartsOn, v.Contract.RenewsOn = Day(values[fieldContractStart]), Day(values[fieldRenews])
	v.Contract.NoticeDays, _ = noticeDays(values[fieldNotice])
	for field, at := range map[string]*string{fieldBoss: &v.Manager, fieldTech: &v.TechOwner} {
		*at = ""
		if values[field] == "" {
			continue
		}
		person, problem, err := s.activePerson(tx, values[field])
		if err != nil {
			return v, nil, err
		}
		if problem != "" {
			wrong[field] = problem
		}
		*at = person.ID
	}
	return v, reportOf(v, values), nil
}

// activePerson finds the active person whom a form names, or says why not.
func (s *Service) activePerson(tx Tx, chatID string) (Person, string, error) {
	p, err := tx.PersonByChat(chatID)
	if ignoreMissing(err) != nil {
		return p, "", err
	}
	if err != nil {
		return p, "I do not know this person yet. Choose another or try again in a moment.", nil
	}
	if no := p.MayHold(); no != nil {
		return p, no.Message + " Choose somebody who is active.", nil
	}
	return p, "", nil
}

// keepAssessment stores an assessment with what it says and what was read for it.
func (s *Service) keepAssessment(tx Tx, v *Vendor, who Person, kind string, result vendorrisk.Result, report *VendorReport, p Press) error {
	before, err := tx.Assessments(v.ID)
	if err != nil {
		return err
	}
	a := VendorAssessment{
		ID: fmt.Sprintf("%s/%d", v.ID, len(before)+1), Vendor: v.ID, Round: v.Round, Kind: kind, By: who.ID, At: tx.Now(),
		Answers: v.Answers, Result: result, Words: strings.TrimSpace(p.Values[fieldWords]),
	}
	if err := tx.AddAssessment(a); err != nil {
		return err
	}
	if report != nil {
		if err := s.putReport(tx, who, report); err != nil {
			return err
		}
	}
	if err := tx.PutVendor(v); err != nil {
		return err
	}
	gates, err := s.gatesOf(tx, *v)
	if err != nil {
		return err
	}
	e := vendorEvent(*v, "assessed", Success)
	e.Actor, e.Source, e.SourceRef, e.OccurredAt = user(who), "slack", p.Ref, p.At
	e.Data["assessment"], e.Data["answers"] = a.ID, answerData(v.Answers)
	e.Data["inherent"], e.Data["residual"], e.Data["critical"], e.Data["matrix"] = string(v.Inherent), string(v.Residual), v.Critical, v.Matrix
	e.Data["gates"] = gateRules(gates)
	if a.Words != "" {
		e.Data["words"] = v.said("words", a.Words)
	}
	return s.append(tx, e)
}

// addReport stores a report under the next number of its vendor.
func (s *Service) addReport(tx Tx, who Person, r *VendorReport) error {
	before, err := tx.VendorReports(r.Vendor)
	if err != nil {
		return err
	}
	r.ID, r.AddedBy, r.AddedAt = fmt.Sprintf("%s/R%d", r.Vendor, len(before)+1), who.ID, tx.Now()
	if r.Notes != "" {
		r.ReviewedBy, r.ReviewedAt = who.ID, tx.Now()
	}
	return tx.PutVendorReport(r)
}

// answerData is answers as an event has them: option numbers by question.
func answerData(a vendorrisk.Answers) map[string]any {
	m := map[string]any{"data_types": a.DataTypes, "countries": a.Countries}
	if a.Cloud.Known() {
		m["cloud_hosted"] = a.Cloud.Points() == 1
	}
	for id, x := range answersByID(&a) {
		if x.Known() {
			m[id] = x.Points()
		}
	}
	return m
}

// answersByID finds the place of each question's answer.
func answersByID(a *vendorrisk.Answers) map[string]*vendorrisk.Answer {
	return map[string]*vendorrisk.Answer{
		"data": &a.Data, "access": &a.Access, "outage": &a.Outage, "sub_processor": &a.SubProcessor,
		"assurance": &a.Assurance, "sign_in": &a.SignIn, "breach": &a.Breach, "terms": &a.Terms,
	}
}

// answered reads the questions that a form has into the answers.
func answered(a vendorrisk.Answers, values map[string]string) vendorrisk.Answers {
	for id, at := range answersByID(&a) {
		if v, asked := values[id]; asked {
			*at, _ = optionChosen(id, v)
		}
	}
	if v, asked := values[fieldDataTypes]; asked {
		a.DataTypes = ticked(v, dataTypeChoices())
	}
	switch values[fieldCloud] {
	case "0", "1":
		a.Cloud = vendorrisk.Chosen(int(values[fieldCloud][0] - '0'))
	}
	if v, asked := values[fieldCountries]; asked {
		a.Countries, _ = countries(v)
	}
	return a
}

func gateRules(gates []vendorrisk.Gate) []string {
	var out []string
	for _, g := range gates {
		out = append(out, g.Rule)
	}
	return out
}

// gatesOf says what stands against an approval as things are stored now.
func (s *Service) gatesOf(tx Tx, v Vendor) ([]vendorrisk.Gate, error) {
	e, err := s.evidenceOf(tx, v)
	return vendorrisk.Gates(v.Answers, v.Rated(), v.Critical, e), err
}

// evidenceOf says what is on file about a vendor today.
func (s *Service) evidenceOf(tx Tx, v Vendor) (vendorrisk.Evidence, error) {
	reports, err := tx.VendorReports(v.ID)
	if err != nil {
		return vendorrisk.Evidence{}, err
	}
	e := vendorrisk.Evidence{Compensating: v.About.Compensating != "", ExitPlan: v.About.Exit != ""}
	today := DayOf(tx.Now(), s.cat.Location)
	for _, r := range reports {
		if s.reportEnds(r) < today {
			continue
		}
		e.Bridge = e.Bridge || r.Kind == bridgeLetter
		e.Duties = e.Duties || r.Duties != ""
		if r.assures() {
			e.Report = true
			e.ReportRead = e.ReportRead || r.Notes != ""
		}
	}
	return e, nil
}

// assures says whether a report is one of independent assurance.
func (r VendorReport) assures() bool { return slices.Contains(assuranceKinds, r.Kind) }

// reportEnds is the last day on which a report counts.
func (s *Service) reportEnds(r VendorReport) Day {
	if r.ExpiresOn != "" {
		return r.ExpiresOn
	}
	end := r.To.At(12, s.cat.Location) // at noon no change of the clocks makes it another day
	if end.IsZero() {
		end = r.AddedAt
	}
	return DayOf(end.Add(s.cat.Vendor.ReportMaxAge), s.cat.Location)
}

// riskWords says how risky a vendor is.
func (v Vendor) riskWords() string {
	text := v.Rated().Shown() + " risk"
	if v.Override.Counts() {
		text += " (set by hand; inherent " + v.Inherent.Shown() + ")"
	}
	if v.Residual != vendorrisk.Unassessed {
		text += ", residual " + v.Residual.Shown()
	}
	if v.Critical {
		text += ", critical"
	}
	return text
}
