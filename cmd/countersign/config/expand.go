package config

import (
	"errors"
	"regexp"
	"strings"
)

var variable = regexp.MustCompile(`^\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

var errVariable = errors.New("a variable is written ${NAME}, NAME of letters, digits and underscores; for a literal ${ write $${")

// expand replaces each ${NAME} in s once; what comes from the environment is
// not looked at again. $${ stands for a literal ${. The names of variables
// that are not set, or set to nothing, are returned instead.
func expand(s string, getenv func(string) (string, bool)) (expanded string, unset []string, err error) {
	var b strings.Builder
	for {
		i := strings.Index(s, "${")
		if i < 0 {
			b.WriteString(s)
			return b.String(), unset, nil
		}
		if i > 0 && s[i-1] == '$' {
			b.WriteString(s[:i-1] + "${")
			s = s[i+2:]
			continue
		}
		b.WriteString(s[:i])
		found := variable.FindStringSubmatch(s[i:])
		if found == nil {
			return "", nil, errVariable
		}
		value, _ := getenv(found[1])
		if value == "" {
			unset = append(unset, found[1])
		}
		b.WriteString(value)
		s = s[i+len(found[0]):]
	}
}
