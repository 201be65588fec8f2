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

	{Persona: "U0NORA", Text: "A new tool. As Nora, write in *#vendor_requests*: can we get Helpwise? https://www.helpwise.io"},
	{Persona: "U0NORA", Text: "Open the thread, press *Fill in details*. Say that it holds customer data: *3 restricted*."},
	{Persona: "U0CLEO", Text: "As Cleo, the compliance lead, press *Assign sponsor* and choose Dana."},
	{Persona: "U0DANA", Text: "As Dana, press *Services and risk* and watch the risk follow from your answers, with its reasons."},
	{Persona: "U0SAM", Text: "High risk needs two: press *Approve vendor* as Cleo and then as Sam. Type `/vendor list` for the register."},
	{Persona: "", Text: "Move the clock ten weeks: Dana is asked to *Re-evaluate*, and Cleo has been shown apps that nobody registered."},
}
