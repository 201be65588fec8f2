package workflows

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"countersign/workflows/vendorrisk"
)

// reviewing is a re-evaluation as it was sent.
type reviewing struct {
	kind    string
	attests bool // nothing was asked anew
	answers vendorrisk.Answers
	words   string
	used    bool
	goes    bool // the relationship continues
	action  *VendorAction
	report  *VendorReport
	late    int // days
}

// evaluate takes a re-evaluation.
func (s *Service) evaluate(tx Tx, who Person, p Press) (Outcome, error) {
	v, out, err := s.mayEvaluate(tx, who, p)
	if err != nil || out.Kind != "" {
		return out, err
	}
	r, wrong, err := s.reviewOf(tx, who, v, p.Values)
	if err != nil || len(wrong) > 0 {
		return invalid(wrong), err
	}
	by := cause{actor: user(who), source: "slack", ref: p.Ref, at: p.At}
	if r.report != nil {
		if err := s.fileReport(tx, v, who, r.report, by); err != nil {
			return Outcome{}, err
		}
	}
	if r.action != nil {
		if err := s.startAction(tx, v, r.action, by); err != nil {
			return Outcome{}, err
		}
	}
	return s.evaluated(tx, who, v, r, by)
}

// mayEvaluate reads the vendor and says why this person may not re-evaluate it
// now.
func (s *Service) mayEvaluate(tx Tx, who Person, p Press) (Vendor, Outcome, error) {
	may := roleSponsor
	known, err := tx.Vendor(vendorID(p.Record))
	if ignoreMissing(err) != nil {
		return known, Outcome{}, err
	}
	if _, active, err := sponsorOf(tx, known); err != nil {
		return known, Outcome{}, err
	} else if !active {
		may = roleLead
	}
	v, _, out, err := s.vendorTurn(tx, who, p, may)
	if err != nil || out.Kind != "" {
		return v, out, err
	}
	no := notInUse(v)
	recent := !v.Review.LastAt.IsZero() && tx.Now().Sub(v.Review.LastAt) < 24*time.Hour
	switch {
	case no != nil:
	case !v.InForce():
		no = refuse("not_approved", v.Name+" was never assessed here. Assign a sponsor, who is then asked about it.")
	case (v.Review.Deciding || recent && v.Review.Kind == "") && v.Review.DecidedBy == who.ID:
		return v, already(v.ID, "Already done: you re-evaluated "+v.Name+"."), nil
	case v.Review.Deciding:
		no = refuse("already_done", v.Name+" has been re-evaluated and waits for a decision.")
	}
	if no != nil {
		out, err = s.vendorRefused(tx, who, p, no)
	}
	return v, out, err
}

// reviewOf reads the form.
func (s *Service) reviewOf(tx Tx, who Person, v Vendor, values map[string]string) (reviewing, map[string]string, error) {
	today := DayOf(tx.Now(), s.cat.Location)
	r := reviewing{kind: s.reviewKind(v, today), answers: v.Answers, words: strings.TrimSpace(values[fieldChecked]), used: values[fieldStillUsed] == "yes", goes: values[fieldContinue] == "yes"}
	r.attests = attests(v, r.kind) && values[fieldSameData] != "no"
	wrong := make(map[string]string)
	asked := map[string]string{fieldStillUsed: "Is it still used?", fieldContinue: "Do we go on with it?"}
	if attests(v, r.kind) {
		asked[fieldSameData] = "Does it still hold the same data and have the same access?"
	}
	for field, question := range asked {
		if values[field] != "yes" && values[field] != "no" {
			wrong[field] = question
		}
	}
	if r.words == "" {
		wrong[fieldChecked] = "Say what you checked."
	}
	var err error
	if !r.attests {
		r.answers = answersOf(values, wrong)
		if r.report = reportOf(v, values); r.report != nil {
			checkFiled(*r.report, wrong)
		}
	}
	if strings.TrimSpace(values[fieldAction]) != "" {
		r.action, err = s.actionOf(tx, who, values, wrong)
	}
	if v.Review.DueOn != "" {
		r.late = max(0, today.since(v.Review.DueOn))
	}
	return r, wrong, err
}

// evaluated stores a re-evaluation and goes on with what follows from it: the
// next one, a decision, or the end.
func (s *Service) evaluated(tx Tx, who Person, v Vendor, r reviewing, by cause) (Outcome, error) {
	before := v
	result := vendorrisk.Assess(r.answers)
	v.Answers, v.Used = r.answers, r.used
	if !r.attests {
		v.About.Compensating = "" // it was about the answers before
	}
	v = v.rated(result)
	v.Review.LastAt, v.Review.DecidedBy, v.Review.Continue = tx.Now(), who.ID, "no"
	if r.goes {
		v.Review.Continue = "yes"
	}
	v.ChangedAt, v.Accepted = tx.Now(), v.Accepted || who.ID == v.Sponsor
	if err := s.outgrown(tx, &v, before.Inherent, by); err != nil {
		return Outcome{}, err
	}
	anew, err := s.needsDecision(tx, before, v, r)
	if err != nil {
		return Outcome{}, err
	}
	full := !r.attests || r.kind == ReviewFull
	switch {
	case anew:
		v.Review.Kind, v.Review.Deciding = r.kind, true
		if v.Review.DueOn == "" { // nobody asked for it
			v.Review.DueOn = DayOf(tx.Now(), s.cat.Location)
		}
		if full {
			v.Review.FullOn = DayOf(tx.Now(), s.cat.Location).plus(days(s.cadence(v).Full))
		}
		v.Round++
		v.ContentVersion++
	default:
		v.Review = s.nextReview(v, DayOf(tx.Now(), s.cat.Location), full)
	}
	if err := s.storeReview(tx, who, &v, r, result, by); err != nil {
		return Outcome{}, err
	}
	switch {
	case !r.goes:
		err = s.endVendor(tx, &v, by, r.words)
		return done(v.ID, v.Name+" is being terminated. Two actions are open: its card shows them."), err
	case anew:
		err = errors.Join(s.planVendor(tx, v), s.askDeciders(tx, v), s.touchVendor(tx, v.ID))
		return done(v.ID, v.Name+" is re-evaluated and now waits for a decision. It stays approved meanwhile."), err
	}
	_, next := v.Review.upcoming()
	return done(v.ID, fmt.Sprintf("%s is re-evaluated. The next time is due by %s.", v.Name, next.Shown())), errors.Join(s.planVendor(tx, v), s.touchVendor(tx, v.ID))
}

// storeReview stores the assessment and the vendor, with their event.
func (s *Service) storeReview(tx Tx, who Person, v *Vendor, r reviewing, result vendorrisk.Result, by cause) error {
	all, err := tx.Assessments(v.ID)
	if err != nil {
		return err
	}
	a := VendorAssessment{
		ID: fmt.Sprintf("%s/%d", v.ID, len(all)+1), Vendor: v.ID, Round: v.Round, Kind: r.kind, By: who.ID, At: tx.Now(),
		Answers: r.answers, Result: result, Continue: v.Review.Continue, Words: r.words,
	}
	if err := errors.Join(tx.AddAssessment(a), tx.PutVendor(v)); err != nil {
		return err
	}
	e := by.on(vendorEvent(*v, "reviewed", Success))
	e.Reason = &Personal{Owner: a.ID, Field: "checked", Value: r.words}
	e.Data["kind"], e.Data["continue"], e.Data["attestation"], e.Data["days_late"] = r.kind, r.goes, r.attests, r.late
	e.Data["inherent"], e.Data["residual"], e.Data["critical"], e.Data["matrix"] = string(v.Inherent), string(v.Residual), v.Critical, result.Version
	e.Data["assessment"], e.Data["deciding"], e.Data["still_used"] = a.ID, v.Review.Deciding, v.Used
	e.Data["answers"] = answerData(r.answers)
	text := fmt.Sprintf("%s (%s) was evaluated again by %s: continue %s. %s.", v.Name, v.ID, who.Shown(), v.Review.Continue, sentence(v.riskWords()))
	return errors.Join(s.append(tx, e), s.tell(tx, ChannelVendors, a.ID+"/said", text))
}

// needsDecision says whether others have to decide on a vendor anew after its
// re-evaluation.
func (s *Service) needsDecision(tx Tx, before, v Vendor, r reviewing) (bool, error) {
	if !r.goes {
		return false, nil
	}
	weighty := v.Rated() == vendorrisk.High || v.Critical || before.Rated() == vendorrisk.High || before.Critical
	switch {
	case r.kind == ReviewConditions, !r.attests && weighty:
		return true, nil
	case vendorrisk.Compare(v.Rated(), before.Rated()) > 0, vendorrisk.Compare(v.Inherent, before.Inherent) > 0, v.Critical && !before.Critical:
		return true, nil
	}
	today := DayOf(tx.Now(), s.cat.Location)
	gates, err := s.gatesOf(tx, v)
	for _, g := range gates {
		conditional := v.State == VendorConditional && v.Until >= today
		if g.Bars == vendorrisk.BarsAll || !conditional { // what its conditions are about is decided already
			return true, err
		}
	}
	return false, err
}
