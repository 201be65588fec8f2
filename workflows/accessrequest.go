package workflows

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// AccessRequest is the name of the workflow behind /access.
const AccessRequest = "access_request"

// accessRequest asks for a level of an app for some time.
var accessRequest = kind{
	name: AccessRequest, command: "/access",
	form: accessForm, choices: accessChoices, check: checkAccess,
	submit: func(s *Service, tx Tx, who Person, sub Submission) (Outcome, error) {
		return s.requestAccess(tx, who, sub)
	},
}

// The fields of the access request form.
const (
	fieldApp      = "app"
	fieldLevel    = "level"
	fieldFor      = "for"
	fieldDuration = "duration"
	fieldReason   = "justification"
)

// justificationMax is what fits a text input of the chat system.
const justificationMax = 2000

func accessForm(c *Catalogue, asker string, values map[string]string) Form {
	app, ok := c.App(values[fieldApp])
	f := Form{Kind: AccessRequest, Title: "Request access", Submit: "Request"}
	search := Field{ID: fieldApp, Label: "App", Kind: FieldSearch, Placeholder: "Type to find an app", Redraws: true}
	level := Field{ID: fieldLevel, Label: "Level", Kind: FieldSelect}
	length := Field{ID: fieldDuration, Label: "Duration", Kind: FieldSelect}
	if ok {
		search.Value, search.Choices = app.ID, []Choice{{Value: app.ID, Label: app.Name}}
		level.Choices = levelChoices(app)
		level.Value, level.Redraws = pick(level.Choices, values[fieldLevel]), true
		_, l, _ := c.Level(app.ID, level.Value)
		length.Choices = durationChoices(l)
		length.Value = pick(length.Choices, values[fieldDuration])
		level.Hint = levelHint(l)
		f.Fields = append(f.Fields, search, level)
	} else {
		f.Intro = "Choose an app first. Its owner decides; you see every step here in Slack."
		f.Fields = append(f.Fields, search)
	}
	who := Field{ID: fieldFor, Label: "For", Kind: FieldPerson, Value: asker, Hint: "Yourself, or somebody who reports to you."}
	if v := values[fieldFor]; v != "" {
		who.Value = v
	}
	f.Fields = append(f.Fields, who)
	if ok {
		f.Fields = append(f.Fields, length)
	}
	f.Fields = append(f.Fields, Field{
		ID: fieldReason, Label: "Business justification", Kind: FieldLong, Value: values[fieldReason], Max: justificationMax,
		Hint: fmt.Sprintf("What do you need it for? At least %d characters. The approver and the auditor read this.", c.Access.JustificationMin),
	})
	return f
}

func levelChoices(a App) []Choice {
	var out []Choice
	for _, l := range a.Levels {
		label := l.Name
		if l.Privileged {
			label += " (privileged)"
		}
		out = append(out, Choice{Value: l.ID, Label: label})
	}
	return out
}

func levelHint(l Level) string {
	if l.Privileged {
		return "Privileged: two different people must approve, and it always ends by itself."
	}
	return ""
}

func durationChoices(l Level) []Choice {
	var out []Choice
	for _, d := range l.Durations {
		out = append(out, Choice{Value: d.String(), Label: Words(d)})
	}
	return out
}

func accessChoices(c *Catalogue, field, query string) []Choice {
	if field != fieldApp {
		return nil
	}
	var out []Choice
	for _, a := range c.FindApps(query, 100) {
		out = append(out, Choice{Value: a.ID, Label: a.Name})
	}
	return out
}

// checkAccess finds what has to be corrected in the form.
func checkAccess(c *Catalogue, v map[string]string) map[string]string {
	wrong := make(map[string]string)
	app, ok := c.App(v[fieldApp])
	if !ok {
		wrong[fieldApp] = "Choose an app from the list. If it is missing, ask an admin to add it."
		return wrong
	}
	if app.Closed {
		wrong[fieldApp] = app.Name + " is not used any more, or waits to be approved again. Its vendor's card says more."
		return wrong
	}
	_, level, ok := c.Level(app.ID, v[fieldLevel])
	if !ok {
		wrong[fieldLevel] = app.Name + " has no such level. Choose one from the list."
		return wrong
	}
	if d, err := time.ParseDuration(v[fieldDuration]); err != nil || d <= 0 {
		wrong[fieldDuration] = "Choose how long."
	} else if d > level.Longest() {
		wrong[fieldDuration] = fmt.Sprintf("%s of %s can be had for %s at most.", level.Name, app.Name, Words(level.Longest()))
	}
	reason := strings.TrimSpace(v[fieldReason])
	if n := utf8.RuneCountInString(reason); n < c.Access.JustificationMin {
		wrong[fieldReason] = fmt.Sprintf("Say a little more: at least %d characters, this has %d.", c.Access.JustificationMin, n)
	} else if n > justificationMax {
		wrong[fieldReason] = fmt.Sprintf("At most %d characters, this has %d.", justificationMax, n)
	}
	if v[fieldFor] == "" {
		wrong[fieldFor] = "Choose whom it is for."
	}
	return wrong
}

// requestAccess stores a new request and asks those who may decide.
func (s *Service) requestAccess(tx Tx, who Person, sub Submission) (Outcome, error) {
	try := attempt{who: who, by: sub.By, workflow: AccessRequest, action: "submit", ref: sub.Ref}
	subject, no, err := s.subject(tx, who, sub.Values[fieldFor])
	if err != nil {
		return Outcome{}, err
	}
	if no != nil {
		return s.refused(tx, try, no.on(fieldFor))
	}
	app, level, _ := s.cat.Level(sub.Values[fieldApp], sub.Values[fieldLevel])
	if no, err = s.closedByVendor(tx, app); err != nil {
		return Outcome{}, err
	}
	if no != nil {
		return s.refused(tx, try, no.on(fieldApp))
	}
	duration, err := time.ParseDuration(sub.Values[fieldDuration])
	if err != nil {
		return Outcome{}, err
	}
	if twin, err := s.twin(tx, subject, app, level); err != nil || twin != "" {
		return invalid(map[string]string{fieldLevel: fmt.Sprintf("%s already waits for a decision on this: %s.", subject.Shown(), twin)}), err
	}
	r := Request{
		State: RequestWaiting, Requester: who.ID, Subject: subject.ID, App: app.ID, Level: level.ID, Duration: duration,
		Justification: strings.TrimSpace(sub.Values[fieldReason]), ContentVersion: 1, Steps: steps(level),
		CreatedAt: tx.Now(), LapsesAt: tx.Now().Add(s.cat.Access.RequestExpires),
	}
	pan, err := panel(s.cat, tx.PersonByEmail, r, app, level)
	if err != nil {
		return Outcome{}, err
	}
	if !pan.open(nil, r.Steps) {
		return s.refused(tx, try, nobodyLeft(app, level))
	}
	if r.ID, err = tx.NextID("AR"); err != nil {
		return Outcome{}, err
	}
	if err := tx.PutRequest(&r); err != nil {
		return Outcome{}, err
	}
	e := s.about(r, who, subject, app, level, "access_request.created", sub.Ref)
	e.Outcome, e.Reason = Pending, justification(r)
	e.Data["lapses_at"] = stamp(r.LapsesAt)
	e.Data["asked"] = ids(pan)
	if err := s.append(tx, e); err != nil {
		return Outcome{}, err
	}
	if err := s.announce(tx, r, pan); err != nil {
		return Outcome{}, err
	}
	return done(r.ID, fmt.Sprintf("%s was sent to %s.", r.ID, names(pan))), tx.Schedule(Due{Kind: dueLapse, Record: r.ID, At: r.LapsesAt})
}

// subject finds whom a request is for and whether the requester may ask for them
// (surface rule 2).
func (s *Service) subject(tx Tx, who Person, chatID string) (Person, *Refusal, error) {
	if chatID == who.ChatID {
		return who, nil, nil
	}
	p, no, err := s.clicker(tx, Clicker{ChatID: chatID})
	if err != nil {
		return Person{}, nil, err
	}
	if no != nil && no.Rule == "unknown_person" {
		return Person{}, refuse("unknown_person", "I do not know this person yet and am looking them up now. Please try again in a moment."), nil
	}
	if no := p.MayHold(); no != nil {
		return Person{}, no, nil
	}
	if p.ManagerID != who.ID {
		return Person{}, refuse("not_report", p.Shown()+" does not report to you. Only they themselves or their manager can ask; the directory says who that is."), nil
	}
	return p, nil, nil
}

// twin returns the id of a waiting request for the same thing, or nothing.
func (s *Service) twin(tx Tx, subject Person, a App, l Level) (string, error) {
	list, err := tx.RequestsOf(subject.ID, 100)
	for _, r := range list {
		if r.State == RequestWaiting && r.Subject == subject.ID && r.App == a.ID && r.Level == l.ID {
			return r.ID, err
		}
	}
	return "", err
}

func steps(l Level) int {
	if l.Privileged {
		return 2
	}
	return 1
}
