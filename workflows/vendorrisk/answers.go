// Package vendorrisk is the risk matrix for vendors: twelve questions, the rating
// that follows from their answers, and what a rating demands before and after an
// approval. It is pure: the same answers give the same result, whoever asks, and
// every result carries the version of the rules it came from.
package vendorrisk

// Version is the version of the questions and the matrix. A change of any text,
// weight or cell raises it; old assessments keep theirs.
const Version = 1

// Answer is the option that was chosen for a question: 0 says that the question
// is not answered, n+1 that option n was. So a record that nobody filled in is
// never read as the best of answers.
type Answer int

// Chosen returns the answer for option n, counted from 0.
func Chosen(n int) Answer { return Answer(n + 1) }

// Known says whether the question is answered.
func (a Answer) Known() bool { return a > 0 }

// Points is the number of the option, counted from 0; 0 too where not answered.
func (a Answer) Points() int { return max(int(a)-1, 0) }

// Answers are the answers that the matrix and the gates use. Those of the
// requester are Data and Access, the others are the sponsor's.
type Answers struct {
	Data         Answer   `json:"data,omitempty"`          // 3: highest data class, 0 to 3
	DataTypes    []string `json:"data_types,omitempty"`    // 3: ids of the types of data
	Access       Answer   `json:"access,omitempty"`        // 4: access to our systems, 0 to 3
	Outage       Answer   `json:"outage,omitempty"`        // 5: if it is down for a day, 0 to 3
	SubProcessor Answer   `json:"sub_processor,omitempty"` // 6: 0 no, 1 yes
	Countries    []string `json:"countries,omitempty"`     // 6: ISO 3166 codes, upper case
	Assurance    Answer   `json:"assurance,omitempty"`     // 7: independent assurance, 0 to 3
	SignIn       Answer   `json:"sign_in,omitempty"`       // 8: 0 to 2
	Breach       Answer   `json:"breach,omitempty"`        // 9: 0 to 2
	Terms        Answer   `json:"terms,omitempty"`         // 10: contract and privacy terms, 0 to 2
	Cloud        Answer   `json:"cloud,omitempty"`         // 0 runs on systems of ours, 1 is cloud-hosted; for the register alone
}

// Rating is how risky a vendor is. The strings are stored and never change
// meaning.
type Rating string

// The ratings.
const (
	Unassessed Rating = ""
	Low        Rating = "low"
	Medium     Rating = "medium"
	High       Rating = "high"
)

// Result is what the matrix says. Before all answers are there, what is already
// certain is set and the rest is Unassessed.
type Result struct {
	Version  int      `json:"version"` // of the rules
	Inherent Rating   `json:"inherent"`
	Residual Rating   `json:"residual"`
	Critical bool     `json:"critical"`
	Reasons  []string `json:"reasons"` // in plain sentences, the weightiest first
}
