package store

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// plain is text as every database can keep it: PostgreSQL refuses a NUL and what
// is no UTF-8. Go's JSON decoder does the same with the latter, so that of what
// Slack and Google send only a NUL comes this far. It is not refused: nobody is to
// be kept from asking, nor a whole reading of people from being taken, by one
// character.
func plain(s string) string {
	if utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "\ufffd")
}

// keepable are arguments of a statement with their texts made plain.
func keepable(args []any) []any {
	copied := false
	for i, a := range args {
		s, ok := a.(string)
		if !ok || plain(s) == s {
			continue
		}
		if !copied {
			args, copied = slices.Clone(args), true
		}
		args[i] = plain(s)
	}
	return args
}
