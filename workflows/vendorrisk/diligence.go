package vendorrisk

// Item is one line of the due diligence that a rating asks for.
type Item struct {
	Text string
	Done bool
}

// Diligence lists what has to be looked into before a vendor of this rating is
// used, and what of it is there: more for a higher rating, and most for a critical
// vendor. What stands in the way of an approval is a Gate; the others are for
// those who decide to weigh.
func Diligence(a Answers, rated Rating, critical bool, e Evidence) []Item {
	if rated == Unassessed || !a.Complete() {
		return nil
	}
	out := []Item{
		{"All questions answered", true},
		{"Terms of the contract on file", a.Terms.Points() < agreementLacks},
	}
	if a.Data.Points() >= restricted || a.SubProcessor.Points() == subProcesses {
		out = append(out, Item{"Data processing agreement signed", a.Terms.Points() < agreementLacks})
	}
	if rated == Low && !critical {
		return out
	}
	out = append(out, Item{"Assurance report or questionnaire", e.Report || a.Assurance.Points() <= noReport})
	if rated != High && !critical {
		return out
	}
	out = append(out,
		Item{"Report read, with a note", e.ReportRead || e.Compensating},
		Item{"Single sign-on, or a second factor", a.SignIn.Points() < passwordOnly},
	)
	if !critical {
		return out
	}
	out = append(out,
		Item{"Exit plan written", e.ExitPlan},
		Item{"What the report asks of us (CUECs) noted", e.Duties},
	)
	if a.Assurance.Points() == olderReport {
		out = append(out, Item{"Bridge letter for the time since the report", e.Bridge})
	}
	return out
}
