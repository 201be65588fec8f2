package workflows

import (
	"errors"
	"regexp"
	"strings"
)

var mention = regexp.MustCompile(`^<@([A-Z0-9]+)(\|[^>]*)?>$`)

// whom finds the person whom somebody named after a command: by mention, by
// e-mail address or by name.
func (s *Service) whom(tx Tx, text string) (Person, *Refusal, error) {
	text = strings.TrimSpace(text)
	if m := mention.FindStringSubmatch(text); m != nil {
		p, no, err := s.clicker(tx, Clicker{ChatID: m[1]})
		if no != nil && no.Rule == "unknown_person" {
			return Person{}, refuse("unknown_person", "I do not know this person yet and am looking them up now. Please try again in a moment."), err
		}
		return p, nil, err
	}
	if _, after, ok := strings.Cut(text, "mailto:"); ok { // <mailto:x@acme.example|x@acme.example>
		text, _, _ = strings.Cut(after, "|")
		text = strings.TrimSuffix(text, ">")
	}
	if strings.Contains(text, "@") && !strings.HasPrefix(text, "@") {
		p, err := tx.PersonByEmail(strings.ToLower(text))
		if errors.Is(err, ErrNotFound) {
			return Person{}, refuse("unknown_person", "Nobody here has the address "+text+". Check it, or mention the person with @."), nil
		}
		return p, nil, err
	}
	return s.byName(tx, strings.TrimPrefix(text, "@"))
}

// byName finds the one person whose name is, or begins with, what was written.
func (s *Service) byName(tx Tx, name string) (Person, *Refusal, error) {
	all, err := tx.People()
	if err != nil {
		return Person{}, nil, err
	}
	var exact, found []Person
	for _, p := range all {
		switch {
		case p.Kind != KindMember || name == "":
		case strings.EqualFold(p.Name, name):
			exact = append(exact, p)
		case strings.HasPrefix(strings.ToLower(p.Name), strings.ToLower(name)):
			found = append(found, p)
		}
	}
	if len(exact) > 0 {
		found = exact
	}
	switch len(found) {
	case 0:
		return Person{}, refuse("unknown_person", "I find nobody called "+name+". Mention the person with @, or write the work email."), nil
	case 1:
		return found[0], nil, nil
	}
	return Person{}, refuse("unclear_person", "Several people are called "+name+". Mention the one you mean with @, or write the work email."), nil
}
