package ledger_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"countersign/store/ledger"
)

const keyName = "example.com/countersign"

func newKey(t *testing.T) *ledger.Key {
	t.Helper()
	key, err := ledger.CreateKey(filepath.Join(t.TempDir(), "ledger.key"), keyName)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestACreatedKeyIsLoadedAsTheSameKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.key")
	created, err := ledger.CreateKey(path, keyName)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := ledger.LoadKey(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := loaded.VerifierKey(), created.VerifierKey(); got != want {
		t.Errorf("loaded verifier key = %s, want %s", got, want)
	}
	if got, want := loaded.SSHPublicKey(), created.SSHPublicKey(); got != want {
		t.Errorf("loaded SSH key = %s, want %s", got, want)
	}
	if got := loaded.Name(); got != keyName {
		t.Errorf("name = %q, want %q", got, keyName)
	}
}

func TestAKeyFileIsReadableByItsOwnerOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.key")
	if _, err := ledger.CreateKey(path, keyName); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != 0o600 {
		t.Errorf("mode = %04o, want 0600", got)
	}
}

func TestCreatingNeverReplacesAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.key")
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.CreateKey(path, keyName); !errors.Is(err, fs.ErrExist) {
		t.Errorf("creating over a file: %v, want %v", err, fs.ErrExist)
	}
	content, err := os.ReadFile(path)
	if err != nil || string(content) != "precious" {
		t.Errorf("file holds %q, %v, want it untouched", content, err)
	}
}

func TestLoadingNeverCreatesAKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.key")
	if _, err := ledger.LoadKey(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("loading a missing key: %v, want %v", err, fs.ErrNotExist)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after loading, the file's state is %v, want %v", err, fs.ErrNotExist)
	}
}

func TestAKeyFileOpenToOthersIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.key")
	if _, err := ledger.CreateKey(path, keyName); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		mode fs.FileMode
		ok   bool
	}{{0o600, true}, {0o400, true}, {0o640, false}, {0o604, false}, {0o620, false}, {0o602, false}, {0o644, false}} {
		if err := os.Chmod(path, c.mode); err != nil {
			t.Fatal(err)
		}
		_, err := ledger.LoadKey(path)
		if (err == nil) != c.ok {
			t.Errorf("mode %04o: %v, want loaded %t", c.mode, err, c.ok)
		}
		if err != nil && !strings.Contains(err.Error(), fmt.Sprintf("mode %04o", c.mode)) {
			t.Errorf("error %q does not name mode %04o", err, c.mode)
		}
	}
}

func TestAMalformedKeyFileIsRefusedWithoutQuotingIt(t *testing.T) {
	good := filepath.Join(t.TempDir(), "ledger.key")
	if _, err := ledger.CreateKey(good, keyName); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	secret := strings.TrimSpace(string(content))
	tail := strings.SplitN(secret, "+", 5)[4] // base64 may have plus signs
	for name, bad := range map[string]string{
		"empty":        "",
		"cut":          secret[:len(secret)-4],
		"other name":   strings.Replace(secret, keyName, "example.com/other", 1),
		"no prefix":    strings.TrimPrefix(secret, "PRIVATE+"),
		"control name": strings.Replace(secret, keyName, "example.com\x01", 1),
		"two keys":     secret + "\n" + secret,
	} {
		path := filepath.Join(t.TempDir(), "ledger.key")
		if err := os.WriteFile(path, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := ledger.LoadKey(path)
		if err == nil {
			t.Errorf("%s: loaded", name)
			continue
		}
		if strings.Contains(err.Error(), tail[:8]) {
			t.Errorf("%s: the error quotes the key", name)
		}
	}
	if _, err := ledger.LoadKey(t.TempDir()); err == nil {
		t.Error("a directory was loaded as a key")
	}
}

func TestAnUnfitNameMakesNoFile(t *testing.T) {
	for _, name := range []string{"", "two words", "a+b", "line\nend", "bell\a", "\xff"} {
		path := filepath.Join(t.TempDir(), "ledger.key")
		if _, err := ledger.CreateKey(path, name); err == nil {
			t.Errorf("name %q was accepted", name)
		}
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("name %q left a file behind: %v", name, err)
		}
	}
}

func TestPrintingAKeyShowsNoSecret(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.key")
	key, err := ledger.CreateKey(path, keyName)
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	secret := strings.SplitN(strings.TrimSpace(string(content)), "+", 5)[4] // base64 may have plus signs
	encoded, err := json.Marshal(key)                                       //lint:ignore SA9005 that nothing is encoded is what this test is about
	if err != nil {
		t.Fatal(err)
	}
	raw, err := base64.StdEncoding.DecodeString(secret)
	if err != nil {
		t.Fatal(err)
	}
	seed := raw[1:5]
	shown := string(encoded)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x"} {
		shown += fmt.Sprintf(verb, key) + fmt.Sprintf(verb, *key)
	}
	for _, leak := range []string{secret, fmt.Sprintf("%d", seed), fmt.Sprintf("%x", seed), fmt.Sprintf("%#v", seed)} {
		leak = strings.Trim(leak, "[]{}")
		if strings.Contains(shown, leak) {
			t.Errorf("printing a key shows %s", leak)
		}
	}
	if !strings.Contains(key.String(), keyName) {
		t.Errorf("String() = %q, want the name in it", key)
	}
}
