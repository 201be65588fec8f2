package workflows

import (
	"fmt"
	"strings"

	"countersign/workflows/vendorrisk"
)

// The fields of Re-evaluate vendor, beside the questions of the matrix.
const (
	fieldStillUsed   = "still_used"
	fieldSameData    = "same_data"
	fieldContinue    = "continue"
	fieldChecked     = "checked"
	fieldAction      = "action"
	fieldActionOwner = "action_owner"
	fieldActionDue   = "action_due"
)

// reviewQuestions are the questions that a full re-evaluation asks anew, in their
// order.
var reviewQuestions = []string{"data", "access", "outage", "sub_processor", "assurance", "sign_in", "breach", "terms"}

// reviewKind is the re-evaluation that a vendor would get now: the open one, else
// one because its conditions are about to end, else a full one.
func (s *Service) reviewKind(v Vendor, today Day) string {
	switch {
	case v.Review.Kind != "":
		return v.Review.Kind
	case v.State == VendorConditional && v.Until != "" && v.Until <= today.plus(30):
		return ReviewConditions
	}
	return ReviewFull
}

// attests says whether a re-evaluation is a few words on what stayed the same,
// and not all questions anew.
func attests(v Vendor, kind string) bool {
	return v.Answers.Complete() && (kind == ReviewFirst || kind == ReviewCheck || v.Rated() == vendorrisk.Low)
}

// yesNoField is a question with these two answers; neither is chosen beforehand.
func yesNoField(id, label, value string) Field {
	return Field{ID: id, Label: label, Kind: FieldSelect, Value: value, Choices: []Choice{{Value: "yes", Label: "Yes"}, {Value: "no", Label: "No"}}}
}

// reviewForm draws Re-evaluate vendor: all questions where they are asked anew,
// or where something about the data or the access changed.
func (s *Service) reviewForm(tx Tx, f Form, values map[string]string) (Form, error) {
	v, err := tx.Vendor(f.Record)
	if err != nil {
		return Form{}, err
	}
	kind := s.reviewKind(v, DayOf(tx.Now(), s.cat.Location))
	f.Title, f.Submit = "Re-evaluate vendor", "Send"
	f.Intro = fmt.Sprintf("%s: %s. What you answer stands in the audit trail under your name.", v.Name, reviewShown(kind))
	same := yesNoField(fieldSameData, "Same data and access as before", values[fieldSameData])
	f.Fields = []Field{yesNoField(fieldStillUsed, "Still used", values[fieldStillUsed])}
	if attests(v, kind) {
		same.Redraws, same.Hint = true, "With No, all questions are asked again."
		f.Fields = append(f.Fields, same)
	}
	if !attests(v, kind) || values[fieldSameData] == "no" {
		f.Fields = append(f.Fields, reviewAsks(v, values)...)
	}
	today := DayOf(tx.Now(), s.cat.Location)
	f.Fields = append(f.Fields,
		yesNoField(fieldContinue, "Continue the relationship", values[fieldContinue]),
		Field{ID: fieldChecked, Label: "What was checked", Kind: FieldLong, Min: 1, Max: justificationMax, Value: values[fieldChecked], Hint: "What you looked at and what you found. The auditor reads this."},
		Field{ID: fieldAction, Label: "Corrective action", Kind: FieldText, Max: 300, Optional: true, Value: values[fieldAction], Hint: "What has to be put right, if anything."},
		Field{ID: fieldActionOwner, Label: "Its owner", Kind: FieldPerson, Optional: true, Value: values[fieldActionOwner]},
		Field{ID: fieldActionDue, Label: "Its due date", Kind: FieldDay, Optional: true, Value: values[fieldActionDue], Hint: "Shortly after today, " + today.Shown() + "."},
	)
	return f, nil
}

// reviewAsks are the questions with the last answers, and a newer report.
func reviewAsks(v Vendor, values map[string]string) []Field {
	last := answerValues(v.Answers)
	var out []Field
	add := func(f Field) {
		f.Value = last[f.ID]
		if given, ok := values[f.ID]; ok {
			f.Value = given
		}
		out = append(out, f)
	}
	for _, id := range reviewQuestions {
		add(questionField(id, false))
		switch id {
		case "data":
			add(Field{ID: fieldDataTypes, Label: "Which of these does it hold", Kind: FieldTicks, Choices: dataTypeChoices(), Optional: true})
		case "sub_processor":
			add(Field{ID: fieldCountries, Label: "Countries in which it processes that", Kind: FieldText, Optional: true, Max: 200, Hint: "ISO codes of two letters. Needed where it is a sub-processor."})
		case "assurance":
			for _, f := range reportFields() {
				add(f)
			}
		}
	}
	return out
}

// answerValues are answers as forms have them, without a newer report.
func answerValues(a vendorrisk.Answers) map[string]string {
	out := map[string]string{
		fieldDataTypes: strings.Join(a.DataTypes, ","), fieldCountries: strings.Join(a.Countries, ", "), fieldReportKind: noReport,
	}
	for id, x := range answersByID(&a) {
		out[id] = optionValue(*x)
	}
	return out
}

// answersOf reads all questions of a form, and says what is wrong.
func answersOf(values map[string]string, wrong map[string]string) vendorrisk.Answers {
	checkHeld(values, wrong)
	for _, id := range reviewQuestions {
		if _, ok := optionChosen(id, values[id]); !ok && wrong[id] == "" {
			wrong[id] = "Choose an answer."
		}
	}
	codes, ok := countries(values[fieldCountries])
	if sub, _ := optionChosen("sub_processor", values["sub_processor"]); !ok || sub.Points() == 1 && len(codes) == 0 {
		wrong[fieldCountries] = "Write the countries as ISO codes of two letters, as in DE, IE, US."
	}
	return answered(vendorrisk.Answers{}, values)
}
