package fakegoogle

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"slices"
	"strconv"
)

// standardParameters may be sent with any method, says the discovery document.
// access_token, oauth_token and key are left out on purpose: a credential does
// not belong in a URL. So are other formats than JSON.
var standardParameters = []string{"alt", "prettyPrint", "quotaUser", "fields"}

// stricter holds what Google says in prose only.
var stricter = map[string]schema{
	"showDeleted": {Type: "string", Enum: []string{"true", "false"}},
	"alt":         {Type: "string", Enum: []string{"json"}},
	"maxResults":  {Type: "integer", Minimum: "1", Maximum: "500"},
}

// immutable are fields that Google ignores or refuses although their schema
// calls them writable. Sending one is a mistake, which ignoring would hide.
var immutable = map[string][]string{
	"Member": {"kind", "etag", "status", "type"},
	"Group":  {"kind", "etag", "id", "adminCreated", "aliases", "directMembersCount", "nonEditableAliases"},
	"Alias":  {"kind", "etag", "id", "primaryEmail"},
	"User":   {"id"},

	"RoleAssignment":          {"kind", "etag", "roleAssignmentId"},
	"DataTransfer":            {"kind", "etag", "id", "overallTransferStatusCode", "requestTime"},
	"ApplicationDataTransfer": {"applicationTransferStatus"},
	"ForwardingAddress":       {"verificationStatus"},
}

// queryProblem checks the query against the method; empty means that all is well.
func (m methodRule) queryProblem(query url.Values) string {
	for name, values := range query {
		rule, known := m.Parameters[name]
		if !known && slices.Contains(standardParameters, name) {
			rule, known = google.Parameters[name]
		}
		if !known || rule.Location != "query" {
			return "Invalid JSON payload received. Unknown name \"" + name + "\": Cannot bind query parameter."
		}
		if len(values) > 1 && !rule.Repeated {
			return "Invalid value for repeated parameter " + name
		}
		for _, value := range values {
			if problem := rule.textProblem(name, value); problem != "" {
				return problem
			}
			if problem := stricter[name].textProblem(name, value); problem != "" && rule.Maximum == "" {
				return problem
			}
		}
	}
	for name, rule := range m.Parameters {
		if rule.Location == "query" && rule.Required && query.Get(name) == "" {
			return "Missing required field: " + name
		}
	}
	return ""
}

// pathProblem checks the parts of the path, which come as text, too.
func (o route) pathProblem(value func(name string) string) string {
	for _, name := range o.names {
		if problem := o.rule.Parameters[name].textProblem(name, value(name)); problem != "" {
			return problem
		}
	}
	return ""
}

// textProblem checks a value that comes as text, as all do in a URL.
func (s schema) textProblem(name, value string) string {
	invalid := "Invalid value at '" + name + "', \"" + value + "\""
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, value) {
		return invalid
	}
	switch {
	case s.Type == "boolean" && value != "true" && value != "false":
		return invalid
	case s.Type == "number":
		if _, err := strconv.ParseFloat(value, 64); err != nil {
			return invalid
		}
	case s.Type == "integer" || s.Format == "int64" || s.Format == "uint64":
		return s.wholeProblem(invalid, value)
	}
	return ""
}

// wholeProblem checks a whole number and its range.
func (s schema) wholeProblem(invalid, value string) string {
	bits := 64
	if s.Format == "int32" || s.Format == "uint32" {
		bits = 32
	}
	n, err := strconv.ParseInt(value, 10, bits)
	if errors.Is(err, strconv.ErrRange) && s.Format == "uint64" {
		_, err = strconv.ParseUint(value, 10, 64)
	}
	if err != nil || (s.Format == "uint32" || s.Format == "uint64") && value[0] == '-' {
		return invalid
	}
	least, most := int64(-1<<63), int64(1<<63-1)
	if s.Minimum != "" {
		least, _ = strconv.ParseInt(s.Minimum, 10, 64)
	}
	if s.Maximum != "" {
		most, _ = strconv.ParseInt(s.Maximum, 10, 64)
	}
	if n < least || n > most {
		return "Invalid value '" + value + "'. Values must be within the range: [" + strconv.FormatInt(least, 10) + ", " + strconv.FormatInt(most, 10) + "]"
	}
	return ""
}

// bodyProblem checks a body against the schema that the method asks for.
func (m methodRule) bodyProblem(body []byte) string {
	if m.Request == nil {
		if len(bytes.TrimSpace(body)) > 0 {
			return "Bad Request: the method takes no body"
		}
		return ""
	}
	if err := soleNames(body); err != nil {
		return "Invalid JSON payload received. " + err.Error()
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil && !errors.Is(err, io.EOF) {
		return "Invalid JSON payload received. " + err.Error()
	}
	if value == nil {
		value = map[string]any{}
	}
	return checker{method: m.ID, strict: true}.problem("", *m.Request, value)
}
