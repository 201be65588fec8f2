package workflows

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"countersign/workflows/vendorrisk"
)

// The fields of Add to catalogue.
const (
	fieldAppName  = "app_name"
	fieldAppID    = "app_id"
	fieldAppOwner = "owner"
	fieldBackup   = "backup"
	fieldSignsIn  = "sign_in"
	fieldInScope  = "in_scope"
	fieldLevels   = "levels"
)

// shownMost is how many characters the name of an app or a level may have: what a
// menu of Slack shows,
// https://docs.slack.dev/reference/block-kit/composition-objects/option-object/
const shownMost = 75

var appIDForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

// signIns are the ways to sign in to an app.
var signIns = []Choice{
	{Value: "google", Label: "Google", Hint: "closes with the Google account"},
	{Value: "saml", Label: "SAML", Hint: "closes with the Google account"},
	{Value: "password", Label: "Password", Hint: "closes only when somebody closes it"},
}

// appActions are what admins can make of a vendor that may be used.
func (s *Service) appActions(tx Tx, v Vendor, who Person) ([]ActionView, error) {
	if !v.InForce() || who.MayAct() != nil {
		return nil, nil
	}
	admin, err := s.isAdmin(tx, who)
	if err != nil || !admin {
		return nil, err
	}
	return []ActionView{v.action(VerbToApp, "Add to catalogue", "", true)}, nil
}

// toAppForm draws Add to catalogue.
func (s *Service) toAppForm(tx Tx, f Form, values map[string]string) (Form, error) {
	v, err := tx.Vendor(f.Record)
	if err != nil {
		return Form{}, err
	}
	if values == nil {
		values = s.appGuess(v)
	}
	f.Title, f.Submit = "Add to catalogue", "Add"
	f.Intro = "People can then ask for " + v.Name + " with /access, and its owner approves."
	f.Fields = []Field{
		{ID: fieldAppName, Label: "App name", Kind: FieldText, Min: 1, Max: shownMost, Value: values[fieldAppName]},
		{ID: fieldAppID, Label: "App id", Kind: FieldText, Min: 1, Max: 64, Value: values[fieldAppID], Hint: "Lower-case letters, digits, dots, dashes and underscores. It never changes."},
		{ID: fieldAppOwner, Label: "Owner", Kind: FieldPerson, Value: values[fieldAppOwner], Hint: "Manages the app and approves requests for it."},
		{ID: fieldBackup, Label: "Backup", Kind: FieldPerson, Value: values[fieldBackup], Optional: true, Hint: "Asked when the owner cannot decide."},
		{ID: fieldSignsIn, Label: "Sign-in", Kind: FieldSelect, Choices: signIns, Value: pick(signIns, values[fieldSignsIn])},
		yesNoField(fieldInScope, "In scope of audits", values[fieldInScope]),
		{ID: fieldLevels, Label: "Levels", Kind: FieldLong, Min: 1, Max: 3000, Value: values[fieldLevels],
			Hint: "One a line, the lowest first, such as Member, or Editor | group figma-editors@" + orExample(s.cat.Domain) + ", or Admin | privileged. Without a group the owner gives it by hand."},
	}
	return f, nil
}

func orExample(domain string) string {
	if domain == "" {
		return "acme.example"
	}
	return domain
}

// appGuess is what the form begins with.
func (s *Service) appGuess(v Vendor) map[string]string {
	sign := map[vendorrisk.Answer]string{vendorrisk.Chosen(0): "google"}[v.Answers.SignIn]
	if sign == "" {
		sign = "password"
	}
	id := idFrom(v.Name)
	if _, taken := s.cat.App(id); taken {
		id = ""
	}
	return map[string]string{fieldAppName: cutTo(v.Name, shownMost), fieldAppID: id, fieldSignsIn: sign, fieldInScope: "yes", fieldLevels: "Member"}
}

// idFrom is an id for something with this name, or nothing.
func idFrom(name string) string {
	id := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' || r == '_':
			return r
		case unicode.IsSpace(r) || r == '-' || r == '/' || r == '&':
			return '-'
		}
		return -1
	}, strings.ToLower(strings.TrimSpace(name)))
	for strings.Contains(id, "--") {
		id = strings.ReplaceAll(id, "--", "-")
	}
	return strings.Trim(id[:min(len(id), 64)], "-._")
}

// vendorToApp puts an app of an approved vendor into the catalogue.
func (s *Service) vendorToApp(tx Tx, who Person, p Press) (Outcome, error) {
	v, _, out, err := s.vendorTurn(tx, who, p, roleAdmin)
	if err != nil || out.Kind != "" {
		return out, err
	}
	if !v.InForce() {
		return s.vendorRefused(tx, who, p, refuse("not_approved", v.pointer()+". Only what is approved can be asked for: see its card for what it waits for."))
	}
	app, wrong, err := s.appOf(tx, v, p.Values)
	if err != nil || len(wrong) > 0 {
		return invalid(wrong), err
	}
	a := CatalogueApp{App: app, Vendor: v.ID, AddedBy: who.ID, AddedAt: tx.Now()}
	if err := tx.PutCatalogueApp(&a); err != nil {
		return Outcome{}, err
	}
	if err := tx.Name(app.ID, slices.Concat(app.Owners, app.Backups), false); err != nil {
		return Outcome{}, err
	}
	return done(v.ID, app.Name+" is in the catalogue: /access offers it."), s.appAdded(tx, who, p, v, app)
}

// appAdded records an app that was added, and says so where configurations are
// told.
func (s *Service) appAdded(tx Tx, who Person, p Press, v Vendor, app App) error {
	lines := app.diff()
	var levels []string
	for _, l := range app.Levels {
		levels = append(levels, l.ID)
	}
	e := Event{
		Type: "config.applied", Actor: user(who), OccurredAt: p.At, Source: "slack", SourceRef: p.Ref,
		Target: &Ref{Kind: "app", ID: app.ID, Name: app.Name}, Workflow: VendorFlow, WorkflowID: v.ID,
		Data: map[string]any{
			"app": app.ID, "vendor": v.ID, "levels": levels, "lines": len(lines), "first": false,
			"diff": Personal{Owner: v.ID, Field: "diff", Value: strings.Join(lines, "\n")},
		},
	}
	text := fmt.Sprintf("%s added to the catalogue by %s, for %s (%s).\n%s", app.Name, who.Shown(), v.Name, v.ID, strings.Join(lines[:min(len(lines), 30)], "\n"))
	return errors.Join(s.append(tx, e), s.tell(tx, ChannelCompliance, "app/"+app.ID, text), s.touchVendor(tx, v.ID))
}

// diff says what an app adds, in the lines that a changed configuration is told
// in.
func (a App) diff() []string {
	var out []string
	add := func(key, value string) {
		if value != "" {
			out = append(out, "apps["+a.ID+"]."+key+": (none) → "+value)
		}
	}
	add("name", a.Name)
	add("vendor", a.Vendor)
	add("owners", strings.Join(a.Owners, ", "))
	add("backups", strings.Join(a.Backups, ", "))
	add("sign_in", a.SignIn)
	add("in_scope", fmt.Sprint(a.InScope))
	for _, l := range a.Levels {
		at := "levels[" + l.ID + "]."
		add(at+"name", l.Name)
		if l.Privileged {
			add(at+"privileged", "true")
		}
		add(at+"provision."+l.Provisioner, l.Target)
	}
	return out
}

// wrongName says what is wrong with a name that menus show, or nothing.
func wrongName(name string) string {
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		return "Give it a name."
	case n > shownMost:
		return fmt.Sprintf("At most %d characters, this has %d.", shownMost, n)
	case strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) || r == utf8.RuneError }):
		return "It has a character that cannot be seen."
	}
	return ""
}
