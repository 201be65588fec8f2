package vendorrisk

// Evidence is what is on file about a vendor beside the answers.
type Evidence struct {
	Report       bool // an assurance report that is current
	ReportRead   bool // and somebody read it and wrote a note
	Compensating bool // a compensating review is recorded
	ExitPlan     bool // how our data comes back or is deleted is written down
	Duties       bool // what a report asks of us is noted
	Bridge       bool // a letter for the time since the report
}

// Bar is what a gate keeps from happening.
type Bar int

// The bars.
const (
	BarsPlain Bar = iota + 1 // only an approval with conditions is possible
	BarsAll                  // no approval is possible
)

// Gate is something that no score outweighs. Message says to people what is
// missing and what would help.
type Gate struct {
	Rule    string // stored in the ledger, and never changes meaning
	Message string
	Bars    Bar
}

// The rules of the gates. Stored.
const (
	RuleNotAssessed     = "not_assessed"
	RuleAgreement       = "dpa_missing"
	RulePassword        = "password_only"
	RuleReportMissing   = "report_missing"
	RuleReportUnread    = "report_unread"
	RuleExitPlanMissing = "exit_plan_missing"
)

// Gates returns what stands in the way of an approval, what bars most first.
// rated is the rating that counts, which may be set by hand.
func Gates(a Answers, rated Rating, critical bool, e Evidence) []Gate {
	var out []Gate
	if !a.Complete() || rated == Unassessed {
		out = append(out, Gate{RuleNotAssessed, "Not every question is answered yet. The sponsor answers them in Services and risk.", BarsAll})
	}
	if agreementMissing(a) {
		out = append(out, Gate{RuleAgreement, "It will hold restricted data and there is no data processing agreement. Sign one, then have the sponsor correct the answer about the terms.", BarsAll})
	}
	if a.Access.Points() >= writes && a.SignIn.Points() >= passwordOnly {
		out = append(out, Gate{RulePassword, "It can change our systems and people sign in with a password only. Turn on single sign-on or a second factor, or approve it with conditions.", BarsPlain})
	}
	if g, ok := reportGate(a, rated, critical, e); ok {
		out = append(out, g)
	}
	if critical && !e.ExitPlan {
		out = append(out, Gate{RuleExitPlanMissing, "It is critical and there is no exit plan. Have the sponsor write down how we get our data back and what replaces it, or approve it with conditions.", BarsPlain})
	}
	return out
}

// agreementMissing: what a sub-processor holds is our customers' personal data,
// which is restricted whatever class was chosen.
func agreementMissing(a Answers) bool {
	holds := a.Data.Points() >= restricted || a.SubProcessor.Points() >= subProcesses
	return holds && a.Terms.Points() >= agreementLacks
}

// reportGate asks for a report that somebody read, or for a compensating review,
// where the risk is high.
func reportGate(a Answers, rated Rating, critical bool, e Evidence) (Gate, bool) {
	if rated != High && !critical || e.Compensating {
		return Gate{}, false
	}
	why := "Its risk is high"
	if critical {
		why = "It is critical"
	}
	if a.Assurance.Points() >= noReport || !e.Report {
		return Gate{RuleReportMissing, why + " and no current assurance report is on file. Add one, record a compensating review, or approve it with conditions.", BarsPlain}, true
	}
	if !e.ReportRead {
		return Gate{RuleReportUnread, why + " and nobody has noted yet what the assurance report says. Read it and add the note, record a compensating review, or approve it with conditions.", BarsPlain}, true
	}
	return Gate{}, false
}
