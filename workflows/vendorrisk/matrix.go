package vendorrisk

// cells is the matrix: impact 1 to 4 down, likelihood 1 to 4 across.
var cells = [4][4]Rating{
	{Low, Low, Low, Low},
	{Low, Low, Medium, Medium},
	{Low, Medium, High, High},
	{Medium, High, High, High},
}

// before is the likelihood, from 0, that holds before anybody looks at what the
// vendor does for its own security.
const before = 1

// Assess says what follows from the answers. With some of them missing it says
// what no answer to the rest can change, and leaves the other values open.
func Assess(a Answers) Result {
	best, worst := a.filled(false), a.filled(true)
	r := Result{Version: Version, Critical: critical(best)}
	if rating := cells[impact(best)][before]; rating == cells[impact(worst)][before] {
		r.Inherent = rating
	}
	if rating := residual(best); rating == residual(worst) {
		r.Residual = rating
	}
	r.Reasons = reasons(a, r)
	return r
}

// impact is what a failure of the vendor can do to us, 0 to 3.
func impact(a Answers) int { return max(a.Data.Points(), a.Access.Points(), a.Outage.Points()) }

// weakness counts what speaks against the vendor's own security, 0 to 9.
func weakness(a Answers) int {
	return a.Assurance.Points() + a.SignIn.Points() + a.Breach.Points() + a.Terms.Points()
}

// likelihood is the column of the matrix for points of weakness, 0 to 3.
func likelihood(points int) int {
	switch {
	case points <= 1:
		return 0
	case points <= 3:
		return 1
	case points <= 5:
		return 2
	}
	return 3
}

func residual(a Answers) Rating { return cells[impact(a)][likelihood(weakness(a))] }

// critical says whether the company depends on the vendor so much that it is
// looked at twice as often.
func critical(a Answers) bool {
	return a.Outage.Points() == customersFeel || holdsAndWrites(a)
}

func holdsAndWrites(a Answers) bool {
	return a.Data.Points() == restricted && a.Access.Points() >= writes
}

// filled answers what is open, with the best or the worst option. An answer past
// the options, of a damaged record, counts as the worst one.
func (a Answers) filled(worst bool) Answers {
	fill := func(id string, answer Answer) Answer {
		q, _ := QuestionNamed(id)
		last := Chosen(len(q.Options) - 1)
		switch {
		case answer.Known():
			return min(answer, last)
		case worst:
			return last
		}
		return Chosen(0)
	}
	a.Data = fill(Data, a.Data)
	a.Access = fill(Access, a.Access)
	a.Outage = fill(Outage, a.Outage)
	a.SubProcessor = fill(SubProcessor, a.SubProcessor)
	a.Assurance = fill(Assurance, a.Assurance)
	a.SignIn = fill(SignIn, a.SignIn)
	a.Breach = fill(Breach, a.Breach)
	a.Terms = fill(Terms, a.Terms)
	return a
}
