package store

import (
	"encoding/json"
	"fmt"
	"reflect"
)

// packed is a structured value as one column keeps it: compact JSON, and nothing
// for the zero value. Equal values have equal texts, as digests cover them.
func packed(v any) (string, error) {
	if reflect.ValueOf(v).IsZero() {
		return "", nil
	}
	text, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("pack %T: %w", v, err)
	}
	return string(text), nil
}

// packedAll is packed for several values.
func packedAll(values ...any) (texts []string, err error) {
	texts = make([]string, len(values))
	for i, v := range values {
		if texts[i], err = packed(v); err != nil {
			return nil, err
		}
	}
	return texts, nil
}

// unpack reads what packed made into a value that is zero.
func unpack(text string, into any) error {
	if text == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return fmt.Errorf("unpack %T: %w", into, err)
	}
	return nil
}
