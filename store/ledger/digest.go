package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Column is one named value of a state row.
type Column struct {
	Name  string
	Value any // string, int64, bool, []byte or nil
}

// Digest returns the lower-case hex SHA-256 of a state row: of the UTF-8 JSON
//
//	["TABLE",VERSION,["NAME",VALUE],["NAME",VALUE],…]
//
// without any space, the columns in the order given. VERSION is an integer that
// says which columns are meant. A string is written as JSON.stringify of
// JavaScript writes it, and json.dumps of Python with ensure_ascii=False: only
// the quotation mark, the backslash and characters below U+0020 are escaped, as
// \" \\ \b \f \n \r \t and otherwise \u00xx in lower case. An int64 is plain
// decimal digits with a leading minus sign where negative; a bool is true or
// false; nil is null; a []byte is a string of its lower-case hex, "" where it is
// empty or nil, because databases do not keep those two apart.
//
// A value of another type and a text that is not UTF-8 are errors, since neither
// has one spelling. No error quotes a value.
func Digest(table string, version int, columns []Column) (string, error) {
	var b strings.Builder
	b.WriteByte('[')
	if err := writeString(&b, table); err != nil {
		return "", fmt.Errorf("digest: table name: %w", err)
	}
	b.WriteByte(',')
	b.WriteString(strconv.Itoa(version))
	for _, c := range columns {
		b.WriteString(",[")
		if err := writeString(&b, c.Name); err != nil {
			return "", fmt.Errorf("digest of %s: column name: %w", table, err)
		}
		b.WriteByte(',')
		if err := writeValue(&b, c.Value); err != nil {
			return "", fmt.Errorf("digest of %s: column %s: %w", table, c.Name, err)
		}
		b.WriteByte(']')
	}
	b.WriteByte(']')
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:]), nil
}

func writeValue(b *strings.Builder, value any) error {
	switch v := value.(type) {
	case nil:
		b.WriteString("null")
	case string:
		return writeString(b, v)
	case int64:
		b.WriteString(strconv.FormatInt(v, 10))
	case bool:
		b.WriteString(strconv.FormatBool(v))
	case []byte:
		return writeString(b, hex.EncodeToString(v))
	default:
		return fmt.Errorf("a value of type %T has no digest", value)
	}
	return nil
}

var shortEscapes = map[rune]string{
	'"': `\"`, '\\': `\\`, '\b': `\b`, '\f': `\f`, '\n': `\n`, '\r': `\r`, '\t': `\t`,
}

// writeString is not encoding/json's: that one escapes U+2028, U+2029 and, left
// to itself, HTML, and takes two different broken texts for the same.
func writeString(b *strings.Builder, s string) error {
	if !utf8.ValidString(s) {
		return errors.New("text is not UTF-8")
	}
	b.WriteByte('"')
	for _, r := range s {
		escape, ok := shortEscapes[r]
		switch {
		case ok:
			b.WriteString(escape)
		case r < ' ':
			fmt.Fprintf(b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return nil
}
