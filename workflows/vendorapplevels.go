package workflows

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"
)

// levelsMost is how many levels an app can be given in Slack.
const levelsMost = 20

// groupLevels is the provisioner of levels that are a group's membership.
const groupLevels = "google_group"

// appOf reads an app from Add to catalogue, and says what is wrong with it.
func (s *Service) appOf(tx Tx, v Vendor, values map[string]string) (App, map[string]string, error) {
	wrong := make(map[string]string)
	note := func(field, problem string) {
		if problem != "" {
			wrong[field] = problem
		}
	}
	get := func(field string) string { return strings.TrimSpace(values[field]) }
	a := App{ID: get(fieldAppID), Name: get(fieldAppName), SignIn: get(fieldSignsIn), InScope: get(fieldInScope) == "yes", Vendor: v.ID}
	note(fieldAppName, wrongName(a.Name))
	taken, err := s.takenBy(tx, a)
	if err != nil {
		return a, nil, err
	}
	note(fieldAppID, taken)
	if !slices.ContainsFunc(signIns, func(c Choice) bool { return c.Value == a.SignIn }) {
		note(fieldSignsIn, "Choose how people sign in.")
	}
	if scope := get(fieldInScope); scope != "yes" && scope != "no" {
		note(fieldInScope, "Choose yes or no.")
	}
	if a.Owners, err = s.appPeople(tx, get(fieldAppOwner), nil, fieldAppOwner, wrong); err != nil {
		return a, nil, err
	}
	if get(fieldAppOwner) == "" {
		note(fieldAppOwner, "Choose who manages it.")
	}
	if a.Backups, err = s.appPeople(tx, get(fieldBackup), a.Owners, fieldBackup, wrong); err != nil {
		return a, nil, err
	}
	levels, problem := levelsFrom(values[fieldLevels], a)
	if problem == "" {
		problem, err = s.groupsTaken(tx, levels)
	}
	note(fieldLevels, problem)
	a.Levels = levels
	return a, wrong, err
}

// takenBy says why an app cannot have its id, or nothing.
func (s *Service) takenBy(tx Tx, a App) (string, error) {
	if !appIDForm.MatchString(a.ID) {
		return "1 to 64 lower-case letters, digits, dots, dashes and underscores, beginning with a letter or digit.", nil
	}
	all, err := s.everyApp(tx)
	if err != nil {
		return "", err
	}
	if i := slices.IndexFunc(all, func(b App) bool { return b.ID == a.ID }); i >= 0 {
		return all[i].Name + " has this id. Choose another one.", nil
	}
	return "", nil
}

// everyApp returns all apps as they are stored now, of the configuration first.
func (s *Service) everyApp(tx Tx) ([]App, error) {
	out := slices.Clone(s.cat.Apps)
	added, err := tx.CatalogueApps()
	for _, a := range added {
		out = append(out, a.App)
	}
	return out, err
}

// appPeople finds who is named for an app, by chat id; nobody where it is empty.
func (s *Service) appPeople(tx Tx, chatID string, besides []string, field string, wrong map[string]string) ([]string, error) {
	if chatID == "" {
		return nil, nil
	}
	p, problem, err := s.activePerson(tx, chatID)
	switch {
	case err != nil:
		return nil, err
	case problem != "":
		wrong[field] = problem
	case p.MayAct() != nil:
		wrong[field] = p.Shown() + " cannot act here. Choose somebody who is active."
	case slices.Contains(s.cat.Offboarding.Protected, p.Email):
		wrong[field] = "Countersign acts as this account. Choose a person."
	case slices.Contains(besides, p.Email):
		wrong[field] = p.Shown() + " is the owner already. Choose somebody else, or leave it empty."
	}
	return []string{p.Email}, nil
}

// levelsFrom reads levels as an admin writes them, one a line, the lowest first:
// a name, and after bars a group or that the level is privileged. The second
// value says what is wrong.
func levelsFrom(text string, a App) ([]Level, string) {
	var out []Level
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		l, problem := levelFrom(line, a)
		if problem != "" {
			return nil, fmt.Sprintf("%q: %s", cutTo(line, 40), problem)
		}
		for _, before := range out {
			if before.ID == l.ID {
				return nil, "There are two levels " + l.Name + "."
			}
			if before.Target == l.Target {
				return nil, before.Name + " and " + l.Name + " would be the same group."
			}
		}
		out = append(out, l)
	}
	switch {
	case len(out) == 0:
		return nil, "Write at least one level."
	case len(out) > levelsMost:
		return nil, fmt.Sprintf("At most %d levels, these are %d.", levelsMost, len(out))
	}
	return out, ""
}

// levelFrom reads one level.
func levelFrom(line string, a App) (Level, string) {
	parts := strings.Split(line, "|")
	l := Level{Name: strings.TrimSpace(parts[0]), Provisioner: ByHand}
	if problem := wrongName(l.Name); problem != "" {
		return l, problem
	}
	if l.ID = idFrom(l.Name); l.ID == "" {
		return l, "Its name needs a letter from a to z, or a digit."
	}
	for _, option := range parts[1:] {
		word, rest, _ := strings.Cut(strings.TrimSpace(option), " ")
		switch word = strings.ToLower(word); {
		case word == "privileged" && rest == "":
			l.Privileged = true
		case word == "group" && l.Target == "":
			email, ok := groupAddress(rest)
			if !ok {
				return l, "After group comes its address, such as " + a.ID + "-members@acme.example."
			}
			l.Provisioner, l.Target = groupLevels, email
		default:
			return l, "After a bar comes group with its address, or privileged."
		}
	}
	if l.Target == "" {
		l.Target = fmt.Sprintf("%s/%s: Give the level %s in %s, then mark done.", a.ID, l.ID, l.Name, a.Name)
	}
	return l, ""
}

// groupAddress reads the address of a group, lower case.
func groupAddress(text string) (string, bool) {
	lower := strings.ToLower(strings.TrimSpace(text))
	address, err := mail.ParseAddress(lower)
	_, domain, _ := strings.Cut(lower, "@")
	return lower, err == nil && address.Address == lower && publicHost(domain)
}

// groupsTaken says which level's group gives something else already, or nothing.
// Who approves the one would decide about the other.
func (s *Service) groupsTaken(tx Tx, levels []Level) (string, error) {
	all, err := s.everyApp(tx)
	if err != nil {
		return "", err
	}
	for _, l := range levels {
		if l.Provisioner != groupLevels {
			continue
		}
		if s.provisioners[groupLevels] == nil {
			return "Groups cannot be changed here: there is no Google. Leave out the group of " + l.Name + ".", nil
		}
		for _, a := range all {
			if slices.ContainsFunc(a.Levels, func(b Level) bool { return b.Provisioner == groupLevels && b.Target == l.Target }) {
				return l.Target + " is a group of " + a.Name + " already. Choose another one.", nil
			}
		}
	}
	return "", nil
}
