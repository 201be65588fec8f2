package bot

import "countersign/workflows"

// slashCommand is a command as Slack lists it, and what it is about here.
type slashCommand struct {
	name, does, hint string

	form   string // the workflow it is about; empty: not in this version
	how    opening
	noun   string // what its records are called
	prefix string // of their ids
	seen   string // of the ids of apps that were seen in use, where it shows those
	sample string // such an id
	live   bool   // its records are shown with their buttons
	lists  bool   // there is a listing of its records
	help   string // mrkdwn of ours
}

// opening says when a command opens its form, and from what.
type opening int

const (
	fromMemory opening = iota // alone; the form is the same for everybody
	fromStore                 // alone; stored state fills it in, or says no
	forPerson                 // with a person after it, whom stored state knows
)

// viewCoverage is the view that has a command of its own.
const viewCoverage = "coverage"

// slashCommands are the commands, in the order of Slack's own list.
var slashCommands = []slashCommand{
	{
		name: "/access", does: "Ask for access to an app", hint: "[mine | person @person | status AR-000123 | help]",
		form: workflows.AccessRequest, how: fromMemory, noun: "request", prefix: "AR-", sample: "AR-000123",
		help: "*/access* opens a form to ask for access.\n" +
			"*/access mine* lists the access you hold.\n" +
			"*/access person @person* shows what they have, had and have to do: your own page, your reports', and for admins everybody's.\n" +
			"*/access status AR-000123* shows where a request stands.\n" +
			"The Home tab of this app has all of it, and what waits for you.",
	},
	{
		name: "/vendor", does: "Ask for a new vendor", hint: "[list | coverage | status VN-0001 | help]",
		form: workflows.VendorFlow, how: fromMemory, noun: "vendor", prefix: "VN-", seen: "DA-", sample: "VN-0001", live: true, lists: true,
		help: "*/vendor* opens a form to ask for a new vendor: a tool or a service that we do not use yet.\n" +
			"*/vendor list* shows the register; *list high*, *list medium*, *list low* and *list unassessed* a part of it.\n" +
			"*/vendor coverage* shows which vendors no review is planned for, and which apps are in use without one.\n" +
			"*/vendor status VN-0001*, or *VN-0001* alone, shows a vendor, with what you can do about it.\n" +
			"From a message that somebody wrote, *Start vendor request* in its menu asks too.",
	},
	{
		name: "/onboard", does: "Start onboarding a person", hint: "[status ON-0001 | help]",
		form: workflows.OnboardingFlow, how: fromStore, noun: "onboarding", prefix: "ON-", sample: "ON-0001",
		help: "*/onboard* opens a form to bring a person in: their account, the access of their role, policies and trainings. For admins.\n" +
			"*/onboard status ON-0001* shows where an onboarding stands.",
	},
	{
		name: "/offboard", does: "Offboard a person", hint: "@person [| status OF-0001 | help]",
		form: workflows.OffboardingFlow, how: forPerson, noun: "offboarding", prefix: "OF-", sample: "OF-0001",
		help: "*/offboard @person* shows what a person holds and what will happen to it, and asks when. " +
			"A name or an e-mail address will do too. For admins.\n" +
			"*/offboard status OF-0001* shows where an offboarding stands.",
	},
	{name: "/review", does: "Review access", hint: "[start | help]"},
	{name: "/audit", does: "Look at the audit trail", hint: "[person @x | app NAME | request AR-000123 | help]"},
}

// commandNamed finds a command that this version has.
func commandNamed(name string) (slashCommand, bool) {
	for _, c := range slashCommands {
		if c.name == name {
			return c, c.form != ""
		}
	}
	return slashCommand{}, false
}
