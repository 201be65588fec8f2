package vendorrisk

import "slices"

// Question is one of the questions that feed the matrix and the gates. Options
// stand best first; the answer to option n is Chosen(n).
type Question struct {
	ID      string // stored, and never changes meaning
	Number  int    // in the form of twelve
	Text    string
	Hint    string // what helps to choose; may be empty
	Options []string
}

// The ids of the questions. Stored.
const (
	Data         = "data"
	Access       = "access"
	Outage       = "outage"
	SubProcessor = "sub_processor"
	Assurance    = "assurance"
	SignIn       = "sign_in"
	Breach       = "breach"
	Terms        = "terms"
)

// The options of the questions whose choice decides by itself.
const (
	restricted     = 3 // of Data
	writes         = 2 // of Access, and what is worse
	customersFeel  = 3 // of Outage
	subProcesses   = 1 // of SubProcessor
	noReport       = 2 // of Assurance, and what is worse
	olderReport    = 1 // of Assurance
	passwordOnly   = 2 // of SignIn
	agreementLacks = 2 // of Terms
)

// questions are never changed.
var questions = []Question{
	{Data, 3, "Highest data class it will hold",
		"Restricted is customer data, personal data, secrets, source code with secrets, payment, health.",
		[]string{"public", "internal", "confidential", "restricted"}},
	{Access, 4, "Access to our systems", "",
		[]string{"none", "read via OAuth/API", "write / company-wide scope", "admin or production"}},
	{Outage, 5, "If it is down for 24 h", "",
		[]string{"nobody notices", "annoyance", "a team stops", "customers affected"}},
	{SubProcessor, 6, "Does it process our customers' personal data (sub-processor)?", "",
		[]string{"no", "yes"}},
	{Assurance, 7, "Independent assurance", "",
		[]string{"SOC 2 Type 2 or ISO 27001, current", "Type 1, or older + bridge letter", "questionnaire only", "none"}},
	{SignIn, 8, "Sign-in", "",
		[]string{"SSO enforced", "SSO optional or password + MFA", "password only"}},
	{Breach, 9, "Known breach in 24 months", "",
		[]string{"none found", "disclosed and fixed", "open or unknown"}},
	{Terms, 10, "Contract and privacy terms", "",
		[]string{"signed terms with security clauses + DPA where needed", "standard terms filed as dated PDF", "DPA needed but missing"}},
}

// Questions returns the questions in the order of their numbers. Nobody may change
// their options.
func Questions() []Question { return slices.Clone(questions) }

// QuestionNamed returns the question with this id.
func QuestionNamed(id string) (Question, bool) {
	i := slices.IndexFunc(questions, func(q Question) bool { return q.ID == id })
	if i < 0 {
		return Question{}, false
	}
	return questions[i], true
}

// To returns the answer to a question; 0 if there is none, or no such question.
func (a Answers) To(id string) Answer {
	switch id {
	case Data:
		return a.Data
	case Access:
		return a.Access
	case Outage:
		return a.Outage
	case SubProcessor:
		return a.SubProcessor
	case Assurance:
		return a.Assurance
	case SignIn:
		return a.SignIn
	case Breach:
		return a.Breach
	case Terms:
		return a.Terms
	}
	return 0
}

// Complete says whether every question is answered with one of its options.
func (a Answers) Complete() bool { return len(a.open()) == 0 }

// open returns the questions without an answer.
func (a Answers) open() []Question {
	return slices.DeleteFunc(Questions(), func(q Question) bool {
		answer := a.To(q.ID)
		return answer.Known() && answer.Points() < len(q.Options)
	})
}
