package ledger_test

import (
	"strings"
	"testing"

	"countersign/store/ledger"
)

// From the documentation of golang.org/x/mod/sumdb/note: a key made known there.
const knownKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"

func TestTheFingerprintIsTheHashOfTheVerifierKeysText(t *testing.T) {
	const want = "a82f24c48c9ee106dd11952a8026e14f3760ae4686748dd80e6cae8dd4e98a04" // printf %s KEY | sha256sum
	if got := ledger.FingerprintOf(knownKey); got != want {
		t.Errorf("fingerprint = %s, want %s", got, want)
	}
	v, err := ledger.ParseVerifier(" " + knownKey + "\n")
	if err != nil {
		t.Fatal(err)
	}
	if got := v.Fingerprint(); got != want {
		t.Errorf("fingerprint of the parsed key = %s, want %s", got, want)
	}
	if v.Name() != "PeterNeumann" || v.Key() != knownKey {
		t.Errorf("parsed key = %s of %s, want %s", v.Key(), v.Name(), knownKey)
	}
	key := newKey(t)
	if got, want := key.Fingerprint(), ledger.FingerprintOf(key.VerifierKey()); got != want {
		t.Errorf("fingerprint of a key = %s, want %s", got, want)
	}
}

func TestAKeyHasOneFingerprintHoweverItIsSpelled(t *testing.T) {
	v, err := ledger.ParseVerifier(knownKey)
	if err != nil {
		t.Fatal(err)
	}
	for _, spelled := range []string{
		strings.Replace(knownKey, "c74f20a3", "C74F20A3", 1),
		strings.Replace(knownKey, "ARpc2Q", "ARpc\n2Q", 1),
	} {
		other, err := ledger.ParseVerifier(spelled)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := other.Fingerprint(), v.Fingerprint(); got != want {
			t.Errorf("fingerprint of %q = %s, want %s", spelled, got, want)
		}
	}
}

func TestTheVerifierKeyAloneChecksBothSignatures(t *testing.T) {
	key := newKey(t)
	v, err := ledger.ParseVerifier(key.VerifierKey())
	if err != nil {
		t.Fatal(err)
	}
	text := signed(t, key, 4)
	if _, err := ledger.VerifyCheckpoint(text, v); err != nil {
		t.Errorf("checkpoint: %v", err)
	}
	armored, err := key.SignSSH(text)
	if err != nil {
		t.Fatal(err)
	}
	if err := ledger.VerifySSH(text, armored, v.SSHPublicKey()); err != nil {
		t.Errorf("SSH signature: %v", err)
	}
}

func TestMalformedVerifierKeysAreRefused(t *testing.T) {
	for _, bad := range []string{
		"", "name", "a+b+c", knownKey[1:], knownKey[:len(knownKey)-4],
		strings.Replace(knownKey, "c74f", "c74e", 1),
		"PRIVATE+KEY+" + knownKey,
	} {
		if _, err := ledger.ParseVerifier(bad); err == nil {
			t.Errorf("%q was read as a verifier key", bad)
		}
	}
	var zero ledger.Verifier
	if zero.Name() != "" || zero.Key() != "" {
		t.Errorf("the zero verifier is %q, %q", zero.Name(), zero.Key())
	}
}
