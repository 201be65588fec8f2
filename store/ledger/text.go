package ledger

import (
	"encoding/base64"
	"fmt"
	"strconv"
)

func parseHash(s string) (Hash, error) {
	raw, err := decodeBase64(s)
	if err != nil {
		return Hash{}, err
	}
	if len(raw) != len(Hash{}) {
		return Hash{}, fmt.Errorf("hash has %d bytes, want %d", len(raw), len(Hash{}))
	}
	return Hash(raw), nil
}

// decodeBase64 refuses every spelling but the one an encoder gives; the standard
// decoder passes over line breaks and over bits that mean nothing.
func decodeBase64(s string) ([]byte, error) {
	raw, err := base64.StdEncoding.DecodeString(s)
	if err != nil || base64.StdEncoding.EncodeToString(raw) != s {
		return nil, fmt.Errorf("%q is not base64", clip(s))
	}
	return raw, nil
}

func parseSize(digits string) (int64, error) {
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 0 || n > MaxSize || digits != strconv.FormatInt(n, 10) {
		return 0, fmt.Errorf("%q is not a decimal number from 0 to %d", clip(digits), int64(MaxSize))
	}
	return n, nil
}

// clip shortens what an error quotes from a text of unknown origin.
func clip(s string) string {
	const limit = 80
	if len(s) <= limit {
		return s
	}
	return s[:limit] + "…"
}
