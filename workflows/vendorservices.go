package workflows

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"countersign/workflows/vendorrisk"
)

// The fields of Services and risk.
const (
	fieldCountries     = "countries"
	fieldReportKind    = "report_kind"
	fieldReportFrom    = "report_from"
	fieldReportTo      = "report_to"
	fieldReportExpires = "report_expires"
	fieldReportLink    = "report_link"
	fieldReportNotes   = "report_notes"
	fieldExceptions    = "report_exceptions"
	fieldOurDuties     = "report_duties"
	fieldBoss          = "manager"
	fieldTech          = "tech_owner"
	fieldCost          = "cost"
	fieldLength        = "length"
	fieldContractStart = "contract_start"
	fieldRenews        = "renews"
	fieldNotice        = "notice"
	fieldExit          = "exit"
	fieldWords         = "words"
	fieldCloud         = "cloud"
)

// sponsorQuestions are those that the sponsor answers, in the order of the form.
var sponsorQuestions = []string{"outage", "sub_processor", "assurance", "sign_in", "breach", "terms"}

// assuranceKinds are the reports in which somebody independent speaks of a vendor.
var assuranceKinds = []string{"SOC 2 Type 2", "ISO 27001", "SOC 2 Type 1", "SOC 1", "PCI DSS"}

// bridgeLetter speaks for the time since an older report.
const bridgeLetter = "Bridge letter"

// reportKinds are all that can be filed.
var reportKinds = append(slices.Clone(assuranceKinds), bridgeLetter, "Penetration test", "Questionnaire", "Other")

// servicesForm asks the sponsor's questions, and shows what follows from them so
// far.
func (s *Service) servicesForm(tx Tx, f Form, values map[string]string) (Form, error) {
	v, err := tx.Vendor(f.Record)
	if err != nil {
		return Form{}, err
	}
	f.Title, f.Submit = "Services and risk", "Accept and send"
	f.Intro = "By sending this you accept to be the sponsor of " + v.Name + ", our liaison with it. What follows from your answers is shown at the end."
	f.Fields, err = s.servicesFields(tx, v, values)
	return f, err
}

// servicesFields are the questions of an assessment with what is filled in: what
// was chosen in the open form, else what is stored.
func (s *Service) servicesFields(tx Tx, v Vendor, values map[string]string) ([]Field, error) {
	start, err := s.servicesValues(tx, v)
	if err != nil {
		return nil, err
	}
	fields := []Field{{Kind: FieldWords, ID: "about", Label: v.Name, Value: v.askedWords()}}
	if !v.Answers.Data.Known() || !v.Answers.Access.Known() { // nobody said so far
		fields = append(fields,
			Field{ID: fieldService, Label: "What the service does for us", Kind: FieldLong, Min: 1, Max: justificationMax},
			questionField("data", true), Field{ID: fieldDataTypes, Label: "Which of these does it hold", Kind: FieldTicks, Choices: dataTypeChoices(), Optional: true},
			questionField("access", true))
	}
	fields = append(fields, assessmentFields()...)
	for i, f := range fields {
		if f.Kind == FieldWords {
			continue
		}
		fields[i].Value = start[f.ID]
		if values != nil {
			fields[i].Value = values[f.ID]
		}
	}
	now := v
	if values != nil {
		now.Answers = answered(v.Answers, values)
		now.About.Exit = strings.TrimSpace(values[fieldExit])
	}
	words, err := s.outlook(tx, now, values)
	return append(fields, Field{Kind: FieldWords, ID: "outlook", Label: "What follows from this", Value: words}), err
}

// assessmentFields are questions 5 to 12.
func assessmentFields() []Field {
	kinds := []Choice{{Value: "none", Label: "None on file"}}
	for _, k := range reportKinds {
		kinds = append(kinds, Choice{Value: k, Label: k})
	}
	return []Field{
		questionField("outage", true),
		questionField("sub_processor", true),
		{ID: fieldCountries, Label: "Countries in which it processes that", Kind: FieldText, Optional: true, Max: 200, Placeholder: "DE, IE, US", Hint: "ISO codes of two letters. Needed where it is a sub-processor."},
		questionField("assurance", true),
		{ID: fieldReportKind, Label: "Report", Kind: FieldSelect, Choices: kinds, Redraws: true},
		{ID: fieldReportFrom, Label: "Report covers from", Kind: FieldDay, Optional: true},
		{ID: fieldReportTo, Label: "Report covers to", Kind: FieldDay, Optional: true},
		{ID: fieldReportExpires, Label: "Report expires", Kind: FieldDay, Optional: true, Hint: "Empty: the age that our policy allows, after the end of its period."},
		{ID: fieldReportLink, Label: "Where the report is filed, or its hash", Kind: FieldText, Optional: true, Max: 500},
		{ID: fieldReportNotes, Label: "Review note", Kind: FieldLong, Optional: true, Max: justificationMax, Hint: "What you read in the report and what it means for us. High risk needs it."},
		{ID: fieldExceptions, Label: "Exceptions noted in it", Kind: FieldLong, Optional: true, Max: justificationMax},
		{ID: fieldOurDuties, Label: "What it asks of us (CUECs)", Kind: FieldLong, Optional: true, Max: justificationMax},
		{ID: fieldCloud, Label: "Where it runs", Kind: FieldSelect, Optional: true, Choices: []Choice{{Value: "1", Label: "Cloud-hosted"}, {Value: "0", Label: "On systems of our own"}}},
		questionField("sign_in", true),
		questionField("breach", true),
		questionField("terms", true),
		{ID: fieldBoss, Label: "Approving manager", Kind: FieldPerson, Optional: true},
		{ID: fieldTech, Label: "Technical owner", Kind: FieldPerson, Optional: true},
		{ID: fieldCost, Label: "Annual cost ($)", Kind: FieldText, Optional: true, Max: 20, Placeholder: "12000"},
		{ID: fieldLength, Label: "Contract length", Kind: FieldText, Optional: true, Max: 60, Placeholder: "12 months"},
		{ID: fieldContractStart, Label: "Contract starts", Kind: FieldDay, Optional: true},
		{ID: fieldRenews, Label: "Contract renews", Kind: FieldDay, Optional: true},
		{ID: fieldNotice, Label: "Notice period, in days", Kind: FieldText, Optional: true, Max: 3, Placeholder: "30"},
		{ID: fieldExit, Label: "Exit plan: how our data comes back or is deleted", Kind: FieldLong, Optional: true, Max: justificationMax, Hint: "Critical vendors need it."},
		{ID: fieldWords, Label: "What you checked", Kind: FieldLong, Optional: true, Max: justificationMax},
	}
}

// servicesValues are the answers as they are stored.
func (s *Service) servicesValues(tx Tx, v Vendor) (map[string]string, error) {
	out := map[string]string{
		fieldCountries: strings.Join(v.Answers.Countries, ", "), fieldDataTypes: strings.Join(v.Answers.DataTypes, ","), fieldService: v.About.Service,
		fieldLength: v.Contract.Length, fieldContractStart: string(v.Contract.StartsOn), fieldRenews: string(v.Contract.RenewsOn), fieldExit: v.About.Exit,
		fieldReportKind: "none", fieldCloud: optionValue(v.Answers.Cloud),
	}
	for id, a := range answersByID(&v.Answers) {
		out[id] = optionValue(*a)
	}
	reports, err := tx.VendorReports(v.ID)
	if err != nil {
		return nil, err
	}
	if len(reports) > 0 { // the newest one, so that nobody has to file it again
		r := reports[len(reports)-1]
		out[fieldReportKind], out[fieldReportLink], out[fieldReportNotes], out[fieldExceptions], out[fieldOurDuties] = r.Kind, r.Link, r.Notes, r.Exceptions, r.Duties
		out[fieldReportFrom], out[fieldReportTo], out[fieldReportExpires] = string(r.From), string(r.To), string(r.ExpiresOn)
	}
	if v.HasCost {
		out[fieldCost] = fmt.Sprint(v.AnnualCost)
	}
	if v.Contract.NoticeDays > 0 {
		out[fieldNotice] = fmt.Sprint(v.Contract.NoticeDays)
	}
	for field, id := range map[string]string{fieldBoss: v.Manager, fieldTech: v.TechOwner} {
		p, err := tx.Person(id)
		if ignoreMissing(err) != nil {
			return nil, err
		}
		out[field] = p.ChatID
	}
	return out, nil
}

// askedWords is what the requester answered, for the sponsor to read.
func (v Vendor) askedWords() string {
	var lines []string
	for _, f := range v.askedFacts() {
		lines = append(lines, f.Label+": "+f.Value.Text+f.Value.Link)
	}
	return strings.Join(lines, "\n")
}

// outlook says what follows from the answers so far, and why.
func (s *Service) outlook(tx Tx, v Vendor, values map[string]string) (string, error) {
	r := vendorrisk.Assess(v.Answers)
	v = v.rated(r)
	lines := []string{"Inherent risk: " + r.Inherent.Shown(), "Residual risk: " + r.Residual.Shown()}
	if r.Critical {
		lines = append(lines, "Critical: yes")
	}
	for _, reason := range r.Reasons {
		lines = append(lines, "• "+reason)
	}
	if !v.Answers.Complete() {
		return strings.Join(append(lines, "Answer everything to see the rest."), "\n"), nil
	}
	gates, err := s.gatesOf(tx, v)
	if kind := values[fieldReportKind]; kind != "" && kind != "none" { // filed with this form
		e := vendorrisk.Evidence{Report: slices.Contains(assuranceKinds, kind), ReportRead: strings.TrimSpace(values[fieldReportNotes]) != "", ExitPlan: v.About.Exit != "", Compensating: v.About.Compensating != ""}
		gates = vendorrisk.Gates(v.Answers, v.Rated(), v.Critical, e)
	}
	for _, g := range gates {
		lines = append(lines, "! "+g.Message)
	}
	return strings.Join(append(lines, "Who decides: "+s.awaited(tx, v)+"."), "\n"), err
}

// checkServices finds what has to be corrected in the form.
func checkServices(v Vendor, values map[string]string) map[string]string {
	wrong := make(map[string]string)
	for _, id := range sponsorQuestions {
		if _, ok := optionChosen(id, values[id]); !ok {
			wrong[id] = "Choose an answer."
		}
	}
	if !v.Answers.Data.Known() || !v.Answers.Access.Known() {
		checkHeld(values, wrong)
	}
	codes, ok := countries(values[fieldCountries])
	if sub, _ := optionChosen("sub_processor", values["sub_processor"]); !ok || sub.Points() == 1 && len(codes) == 0 {
		wrong[fieldCountries] = "Write the countries as ISO codes of two letters, as in DE, IE, US."
	}
	if _, _, ok := money(values[fieldCost]); !ok {
		wrong[fieldCost] = "Write a whole number, as in 12000."
	}
	if _, ok := noticeDays(values[fieldNotice]); !ok {
		wrong[fieldNotice] = "Write a number of days, 0 to 730."
	}
	checkReport(values, wrong)
	if a, b := values[fieldContractStart], values[fieldRenews]; a != "" && b != "" && b <= a {
		wrong[fieldRenews] = "This is not after the start of the contract."
	}
	return wrong
}

// checkReport finds what is wrong about the report in a form.
func checkReport(values map[string]string, wrong map[string]string) {
	kind := values[fieldReportKind]
	a, _ := optionChosen("assurance", values["assurance"])
	if (kind == "" || kind == "none") && a.Known() && a.Points() <= 1 && values["assurance"] != "" {
		wrong[fieldReportKind] = "You say that there is a report: choose which."
	}
	if from, to := values[fieldReportFrom], values[fieldReportTo]; from != "" && to != "" && to < from {
		wrong[fieldReportTo] = "This is before the start of the period."
	}
}

// reportOf is the report that a form files, or nil.
func reportOf(v Vendor, values map[string]string) *VendorReport {
	kind := values[fieldReportKind]
	if !slices.Contains(reportKinds, kind) {
		return nil
	}
	text := func(field string) string { return strings.TrimSpace(values[field]) }
	return &VendorReport{
		Vendor: v.ID, Kind: kind, From: Day(values[fieldReportFrom]), To: Day(values[fieldReportTo]), ExpiresOn: Day(values[fieldReportExpires]),
		Link: text(fieldReportLink), Notes: text(fieldReportNotes), Exceptions: text(fieldExceptions), Duties: text(fieldOurDuties),
	}
}

// money reads a yearly cost; empty is none.
func money(s string) (has bool, amount int64, ok bool) {
	s = strings.NewReplacer("$", "", ",", "", " ", "", "'", "").Replace(s)
	if s == "" {
		return false, 0, true
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return err == nil, n, err == nil && n >= 0 && n < 1e12
}

// noticeDays reads a notice period; empty is none.
func noticeDays(s string) (int, bool) {
	if s = strings.TrimSpace(s); s == "" {
		return 0, true
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 0 && n <= 730
}

// countries reads ISO codes of two letters.
func countries(s string) ([]string, bool) {
	var out []string
	for _, c := range strings.FieldsFunc(strings.ToUpper(s), func(r rune) bool { return r == ',' || r == ' ' || r == ';' }) {
		if len(c) != 2 || c[0] < 'A' || c[0] > 'Z' || c[1] < 'A' || c[1] > 'Z' {
			return nil, false
		}
		if !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out, true
}
