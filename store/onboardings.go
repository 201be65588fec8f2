package store

import (
	"countersign/workflows"
)

const selectOnboarding = `SELECT o.id, o.state, o.person, o.opened_by, coalesce(g.value, ''), coalesce(f.value, ''), coalesce(e.value, ''),
	o.role, o.pre_start, o.starts_on, o.rehire, o.password_at, o.created_at, o.started_at, o.completed_at, o.version
	FROM onboardings o
	LEFT JOIN pii g ON g.commitment = o.given_name
	LEFT JOIN pii f ON f.commitment = o.family_name
	LEFT JOIN pii e ON e.commitment = o.personal_email `

// Ids of onboardings have four digits at least: the longer one is the newer.
const (
	onboardingOfText    = selectOnboarding + `WHERE o.person = $1 ORDER BY length(o.id) DESC, o.id DESC LIMIT 1`
	openOnboardingsText = selectOnboarding + `WHERE o.state <> 'completed' AND o.state <> 'stopped' ORDER BY length(o.id), o.id`
)

func scanOnboarding(r scanner) (o workflows.Onboarding, err error) {
	var rehire, password, created, started, completed int64
	err = r.Scan(&o.ID, &o.State, &o.Person, &o.OpenedBy, &o.GivenName, &o.FamilyName, &o.PersonalEmail,
		&o.Role, &o.PreStart, &o.StartsOn, &rehire, &password, &created, &started, &completed, &o.Version)
	o.Rehire = rehire == 1
	o.PasswordAt, o.CreatedAt, o.StartedAt, o.CompletedAt = at(password), at(created), at(started), at(completed)
	return o, err
}

// Onboarding returns an onboarding.
func (t *tx) Onboarding(id string) (workflows.Onboarding, error) {
	o, err := one(rows(t.q, scanOnboarding, selectOnboarding+`WHERE o.id = $1`, id))
	return o, missing(err, "onboarding", id)
}

// OnboardingOf returns the newest onboarding of a person.
func (t *tx) OnboardingOf(person string) (workflows.Onboarding, error) {
	o, err := one(rows(t.q, scanOnboarding, onboardingOfText, person))
	return o, missing(err, "onboarding of", person)
}

// OpenOnboardings returns those that are neither completed nor stopped, oldest first.
func (t *tx) OpenOnboardings() ([]workflows.Onboarding, error) {
	return rows(t.q, scanOnboarding, openOnboardingsText)
}

// PutOnboarding stores an onboarding.
func (t *tx) PutOnboarding(o *workflows.Onboarding) error {
	c, err := t.commits(o.ID, map[string]string{"given_name": o.GivenName, "family_name": o.FamilyName, "personal_email": o.PersonalEmail})
	if err != nil {
		return err
	}
	return t.put("onboardings", o.ID, &o.Version,
		[]string{"state", "person", "opened_by", "given_name", "family_name", "personal_email", "role", "pre_start", "starts_on", "rehire",
			"password_at", "created_at", "started_at", "completed_at"},
		[]any{string(o.State), o.Person, o.OpenedBy, c["given_name"], c["family_name"], c["personal_email"], o.Role, o.PreStart, string(o.StartsOn), flag(o.Rehire),
			ms(o.PasswordAt), ms(o.CreatedAt), ms(o.StartedAt), ms(o.CompletedAt)})
}
