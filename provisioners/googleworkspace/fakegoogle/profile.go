package fakegoogle

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Organization is where somebody works and as what. Its JSON is Google's.
type Organization struct {
	Name        string `json:"name,omitempty"`
	Title       string `json:"title,omitempty"`
	Department  string `json:"department,omitempty"`
	CostCenter  string `json:"costCenter,omitempty"`
	Description string `json:"description,omitempty"` // the console calls it type of employee
	Type        string `json:"type,omitempty"`
	CustomType  string `json:"customType,omitempty"`
	Primary     bool   `json:"primary,omitempty"`

	Domain             string `json:"domain,omitempty"`
	Location           string `json:"location,omitempty"`
	Symbol             string `json:"symbol,omitempty"`
	FullTimeEquivalent int    `json:"fullTimeEquivalent,omitempty"` // 100000 is all of the time
}

// ExternalID is what another system calls an account. The one of type
// organization is the number of an employee.
type ExternalID struct {
	Value      string `json:"value"`
	Type       string `json:"type"`
	CustomType string `json:"customType,omitempty"`
}

type wireRelation struct {
	Value      string `json:"value"`
	Type       string `json:"type"`
	CustomType string `json:"customType,omitempty"`
}

func (o Organization) sort() string { return o.Type + "/" + o.CustomType }
func (e ExternalID) sort() string   { return e.Type + "/" + e.CustomType }
func (r wireRelation) sort() string { return r.Type + "/" + r.CustomType }

// merged is what becomes of a list. A change of a whole account replaces it. One
// of little else only adds entries and replaces those of the same type: that a
// list grew shorter was never seen, and an empty one is passed over
// (https://github.com/SCRT-HQ/PSGSuite/issues/33). Null clears it either way
// (https://github.com/GAM-team/GAM/pull/480).
func merged[T interface{ sort() string }](old []T, sent sentList[T], whole bool) []T {
	switch {
	case !sent.given:
		return old
	case sent.null:
		return nil
	case whole:
		return sent.entries
	}
	kept := slices.DeleteFunc(slices.Clone(old), func(entry T) bool {
		return slices.ContainsFunc(sent.entries, func(other T) bool { return other.sort() == entry.sort() })
	})
	return append(kept, sent.entries...)
}

func managerOf(relations []wireRelation) string {
	for _, r := range relations {
		if r.Type == "manager" {
			return r.Value
		}
	}
	return ""
}

// e164 is a telephone number as ITU-T E.164 writes it.
var e164 = regexp.MustCompile(`^\+[1-9]\d{1,14}$`)

// longestName is in characters, of a first name and of a last name.
const longestName = 60

// profileProblem checks what an administrator may write into an account. The
// words for a name are those in https://github.com/googleapis/google-api-php-client/issues/1742,
// those for a recovery address those in https://github.com/DeviaVir/terraform-provider-gsuite/issues/97.
func (c userChange) profileProblem() string {
	if c.Name != nil {
		for _, part := range []struct {
			said string
			text *string
		}{{"GivenName", c.Name.Given}, {"FamilyName", c.Name.Family}} {
			if part.text != nil && (strings.TrimSpace(*part.text) == "" || utf8.RuneCountInString(*part.text) > longestName) {
				return "Invalid Given/Family Name: " + part.said
			}
		}
	}
	if email := cmp.Or(c.RecoveryEmail, new(string)); *email != "" && !isAddress(*email) {
		return "Invalid recovery email."
	}
	if phone := cmp.Or(c.RecoveryPhone, new(string)); *phone != "" && !e164.MatchString(*phone) {
		return "Invalid recovery phone."
	}
	return ""
}

func isAddress(text string) bool {
	name, domain, ok := strings.Cut(text, "@")
	return ok && name != "" && strings.Contains(domain, ".") && !strings.ContainsAny(text, " \t\r\n") && !strings.Contains(domain, "@")
}
