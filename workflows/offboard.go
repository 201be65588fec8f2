package workflows

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"countersign/provisioners"
)

// offboarding takes a person out.
var offboarding = kind{
	name: OffboardingFlow, command: "/offboard",
	open: func(s *Service, tx Tx, who Person, text string) (Form, *Refusal, error) {
		return s.offboardForm(tx, who, text)
	},
	form:    func(*Catalogue, string, map[string]string) Form { return Form{Kind: OffboardingFlow} },
	choices: func(*Catalogue, string, string) []Choice { return nil },
	check:   checkOffboard,
	submit: func(s *Service, tx Tx, who Person, sub Submission) (Outcome, error) {
		return s.offboard(tx, who, sub)
	},
}

// The fields of the offboarding form.
const (
	fieldLastDay  = "last_day"
	fieldWhen     = "when"
	fieldToldBy   = "told_by"
	fieldNewOwner = "new_owner"
	fieldMail     = "mail"
	fieldConfirm  = "confirm"
	fieldHoldings = "holdings"
)

// offboardForm is the form for one person, with what they hold and what will
// happen to it.
func (s *Service) offboardForm(tx Tx, who Person, text string) (Form, *Refusal, error) {
	if no, err := s.mayOffboard(tx, who); no != nil || err != nil {
		return Form{}, no, err
	}
	p, no, err := s.whom(tx, text)
	if no != nil || err != nil {
		return Form{}, no, err
	}
	if no, err := s.mayLeave(tx, who, p); no != nil || err != nil {
		return Form{}, no, err
	}
	f := Form{Kind: OffboardingFlow, Record: p.ID, Title: cutTo("Offboard "+p.First(), 24), Submit: "Offboard"}
	f.Intro = p.Shown() + " hears nothing of this from me. What has begun cannot be called back: nothing here ever opens an account again."
	owner := Field{ID: fieldNewOwner, Label: "Transfer files to", Kind: FieldPerson, Optional: true, Hint: "Also takes over groups that nobody else owns, and the mail if it is forwarded."}
	if boss, err := tx.Person(p.ManagerID); err == nil && boss.MayAct() == nil {
		owner.Value = boss.ChatID
	}
	f.Fields = []Field{
		{ID: fieldLastDay, Label: "Last working day", Kind: FieldDay, Value: string(DayOf(tx.Now(), s.cat.Location)), Hint: "May be past. The policy's hours count from its end."},
		{ID: fieldWhen, Label: "When", Kind: FieldMoment, Optional: true, Hint: "Empty: now."},
		{ID: fieldToldBy, Label: "Told by", Kind: FieldPerson, Value: who.ChatID},
		owner,
		{ID: fieldMail, Label: "Mail", Kind: FieldSelect, Value: string(provisioners.MailStop), Choices: []Choice{
			{Value: string(provisioners.MailStop), Label: "Stops with the account"},
			{Value: string(provisioners.MailForward), Label: "Forwarded for 30 days, with an automatic reply"},
		}},
		{ID: fieldConfirm, Label: "Type the work email to confirm", Kind: FieldText, Placeholder: p.Email, Max: 200},
	}
	held, err := s.holdings(tx, p)
	if err != nil {
		return Form{}, nil, err
	}
	f.Fields = append(f.Fields, Field{ID: fieldHoldings, Label: "What " + p.First() + " holds and what will happen to it", Kind: FieldWords, Value: held})
	return f, nil, nil
}

// mayOffboard says why somebody may not use /offboard.
func (s *Service) mayOffboard(tx Tx, who Person) (*Refusal, error) {
	admin, err := s.isAdmin(tx, who)
	switch {
	case err != nil:
		return nil, err
	case !admin:
		return refuse("not_admin", "Only admins can offboard somebody. Ask "+s.adminNames(tx, "")+"."), nil
	case who.Hold != "":
		return refuse("identity_hold", "You cannot do this for now: "+who.Hold+". Another admin has been asked to confirm that it is you."), nil
	}
	return nil, nil
}

// adminNames names the admins who can act, but one.
func (s *Service) adminNames(tx Tx, but string) string {
	var out []string
	for _, email := range s.cat.Admins {
		if p, err := tx.PersonByEmail(email); err == nil && p.ID != but && p.MayAct() == nil {
			out = append(out, p.Shown())
		}
	}
	return list(out, "or")
}

// mayLeave says why a person cannot be offboarded.
func (s *Service) mayLeave(tx Tx, who, p Person) (*Refusal, error) {
	switch {
	case p.ID == who.ID:
		return refuse("oneself", "You cannot offboard yourself. Another admin has to: "+s.adminNames(tx, who.ID)+"."), nil
	case p.Kind == KindBot || p.Kind == KindOutsider:
		return refuse("not_ours", p.Shown()+" does not belong to this company, so there is nothing to offboard."), nil
	case slices.Contains(s.cat.Offboarding.Protected, p.Email):
		return refuse("protected", p.Shown()+" is the account through which Countersign acts in Google. Set another admin_subject in the configuration first."), nil
	}
	off, err := tx.OffboardingOf(p.ID)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err == nil && off.State == OffboardingFound { // nobody has said yet that this is a leaver
		return nil, nil
	}
	if err == nil && off.Open() {
		return refuse("already_open", fmt.Sprintf("%s is already being offboarded: %s. Its card is in the people channel.", p.Shown(), off.ID)), nil
	}
	if err == nil && p.Stage == StageLeft {
		return refuse("already_left", fmt.Sprintf("%s has left already: %s.", p.Shown(), off.ID)), nil
	}
	return nil, err
}

// holdings says what a person holds and what becomes of each.
func (s *Service) holdings(tx Tx, p Person) (string, error) {
	var lines []string
	if s.accounts != nil {
		lines = append(lines, "Google account "+p.Email+": closed, its groups, sessions, tokens and admin roles taken away")
	}
	grants, err := tx.GrantsOf(p.ID, manyGrants)
	if err != nil {
		return "", err
	}
	for _, g := range grants {
		if g.Ended() {
			continue
		}
		app, level := s.labels(g)
		lines = append(lines, app.Name+" · "+level.Name+": "+s.fate(app, g))
	}
	open, err := tx.OpenRequests()
	if err != nil {
		return "", err
	}
	for _, r := range open {
		if r.Requester == p.ID || r.Subject == p.ID {
			lines = append(lines, r.ID+": closed")
		}
	}
	if len(lines) == 0 {
		return "Nothing that Countersign knows of.", nil
	}
	return cutTo(strings.Join(lines, "\n"), 2900), nil
}

// fate says what an offboarding does to a grant.
func (s *Service) fate(app App, g Grant) string {
	if g.Provisioner != ByHand {
		return "taken away and read back"
	}
	if s.accounts != nil && (app.SignIn == "google" || app.SignIn == "saml") {
		return "closed with the Google account, which is the only way in"
	}
	return "a task for " + list(app.Owners, "or")
}

// labels returns the app and level of a grant, also where the configuration no
// longer has them.
func (s *Service) labels(g Grant) (App, Level) {
	app, level, ok := s.cat.Level(g.App, g.Level)
	if !ok {
		return s.gone(Request{App: g.App, Level: g.Level})
	}
	return app, level
}

// checkOffboard finds what has to be corrected without knowing the person.
func checkOffboard(_ *Catalogue, v map[string]string) map[string]string {
	wrong := make(map[string]string)
	if _, ok := ParseDay(v[fieldLastDay]); !ok {
		wrong[fieldLastDay] = "Choose the last working day."
	}
	if v[fieldToldBy] == "" {
		wrong[fieldToldBy] = "Choose who told you."
	}
	if _, ok := moment(v[fieldWhen]); !ok {
		wrong[fieldWhen] = "Choose a date and a time, or leave it empty for now."
	}
	if m := provisioners.Mail(v[fieldMail]); m != provisioners.MailStop && m != provisioners.MailForward {
		wrong[fieldMail] = "Choose what happens to the mail."
	} else if m == provisioners.MailForward && v[fieldNewOwner] == "" {
		wrong[fieldNewOwner] = "Choose whom the mail is forwarded to."
	}
	return wrong
}

// moment reads a time as forms send it; an empty one is zero.
func moment(v string) (time.Time, bool) {
	if v == "" {
		return time.Time{}, true
	}
	n, err := strconv.ParseInt(v, 10, 64)
	return time.Unix(n, 0), err == nil && n > 0
}

// cutTo shortens a text to so many characters.
func cutTo(s string, most int) string {
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return strings.TrimSpace(string(r[:most-1])) + "…"
}
