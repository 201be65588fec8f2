package main

import "countersign/bot/fakeslack/web"

// demoTour is what to try first.
var demoTour = []web.Step{
	{Persona: "U0NORA", Text: "As Nora, type `/access` and ask for *GitHub · Member* for 8 hours."},
	{Persona: "U0BOB", Text: "As Bob, open the message from *Countersign* and press *Approve*."},
	{Persona: "U0NORA", Text: "As Nora, watch it become *Granted*, and the group change in Google on the right."},
	{Persona: "", Text: "Move the clock *+8 hours*: the access ends by itself, read back, *Expired*."},

	{Persona: "U0ADA", Text: "Somebody joins. As Ada, type `/onboard`: start in some days, manager *Bob Tran*, role *Software Engineer*."},
	{Persona: "U0ADA", Text: "Follow it in *#people-ops*: the account is made in Google, and *Future Engineer* gives what one reads before."},
	{Persona: "U0BOB", Text: "As Bob, press *Show first password*: shown once, kept nowhere. Then press *Sign in* at the new account."},
	{Persona: "", Text: "Move the clock past 6:00 of the start date. As the new person, now on the left, press *Accept* and *Done*."},

	{Persona: "U0ADA", Text: "Somebody leaves. As Ada, type `/offboard @omar`. The form says what he holds and what will happen to it."},
	{Persona: "U0HUGO", Text: "As Hugo, see the checklist in *#people-ops*: tokens, groups and the account end, each read back from Google."},
	{Persona: "", Text: "What no machine can close is a task for who manages the app: *Mark done*. After 72 hours it is overdue."},
}
