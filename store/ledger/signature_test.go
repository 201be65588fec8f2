package ledger_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"countersign/store/ledger"
)

func TestAnSSHSignatureHoldsForItsMessageKeyAndNamespaceOnly(t *testing.T) {
	key, other := newKey(t), newKey(t)
	message := []byte("manifest\n")
	armored, err := key.SignSSH(message)
	if err != nil {
		t.Fatal(err)
	}
	if err := ledger.VerifySSH(message, armored, key.SSHPublicKey()); err != nil {
		t.Errorf("own signature: %v", err)
	}
	if err := ledger.VerifySSH(message, armored, other.SSHPublicKey()); !errors.Is(err, ledger.ErrSSHSignature) {
		t.Errorf("another key: %v, want %v", err, ledger.ErrSSHSignature)
	}
	for at := range message {
		changed := bytes.Clone(message)
		changed[at] ^= 1
		if err := ledger.VerifySSH(changed, armored, key.SSHPublicKey()); !errors.Is(err, ledger.ErrSSHSignature) {
			t.Errorf("byte %d changed: %v, want %v", at, err, ledger.ErrSSHSignature)
		}
	}
	renamed := renamespace(t, armored, "countersigm")
	if err := ledger.VerifySSH(message, renamed, key.SSHPublicKey()); !errors.Is(err, ledger.ErrSSHSignature) {
		t.Errorf("another namespace: %v, want %v", err, ledger.ErrSSHSignature)
	}
}

// renamespace writes another namespace of the same length into a signature.
func renamespace(t *testing.T, armored []byte, namespace string) []byte {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(string(armored)), "\n")
	raw, err := base64.StdEncoding.DecodeString(strings.Join(lines[1:len(lines)-1], ""))
	if err != nil {
		t.Fatal(err)
	}
	changed := bytes.Replace(raw, []byte(ledger.SSHNamespace), []byte(namespace), 1)
	if bytes.Equal(changed, raw) {
		t.Fatal("no namespace in the signature")
	}
	body := base64.StdEncoding.EncodeToString(changed)
	return []byte(lines[0] + "\n" + body + "\n" + lines[len(lines)-1] + "\n")
}

func TestMalformedSSHTextsAreErrorsOfTheirOwn(t *testing.T) {
	key := newKey(t)
	armored, err := key.SignSSH([]byte("m"))
	if err != nil {
		t.Fatal(err)
	}
	const ecdsa = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBLnTrorgdyDRwvA7/i5/OvHOPDcmr5K1ijKWWYhrhszzYpSrIxIrT5QA/JlMHdoDyCGWCPaxzrhzLjKtd9jw/zA="
	for name, c := range map[string]struct{ armored, pub string }{
		"no signature":  {"", key.SSHPublicKey()},
		"cut signature": {string(armored[:len(armored)/2]), key.SSHPublicKey()},
		"no key":        {string(armored), ""},
		"vkey":          {string(armored), key.VerifierKey()},
		"other type":    {string(armored), ecdsa},
	} {
		err := ledger.VerifySSH([]byte("m"), []byte(c.armored), c.pub)
		if err == nil || errors.Is(err, ledger.ErrSSHSignature) {
			t.Errorf("%s: %v, want an error about the text", name, err)
		}
	}
}

func TestStockSSHKeygenAcceptsOurSignature(t *testing.T) {
	keygen, err := exec.LookPath("ssh-keygen")
	if err != nil {
		const missing = "ssh-keygen is not installed: our SSH signatures were checked by our own code only"
		if os.Getenv("COUNTERSIGN_CI") != "" { // CI promised it
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	key := newKey(t)
	tree := grow(t, bodies(5))
	checkpoint, err := key.SignCheckpoint(keyName, 5, rootOf(t, 5, tree))
	if err != nil {
		t.Fatal(err)
	}
	armored, err := key.SignSSH(checkpoint)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	signers, sig := filepath.Join(dir, "allowed_signers"), filepath.Join(dir, "checkpoint.txt.sig")
	for path, content := range map[string]string{signers: "ledger " + key.SSHPublicKey() + "\n", sig: string(armored)} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	verify := func(message []byte, namespace string) error {
		cmd := exec.Command(keygen, "-Y", "verify", "-f", signers, "-I", "ledger", "-n", namespace, "-s", sig)
		cmd.Stdin = bytes.NewReader(message)
		out, err := cmd.CombinedOutput()
		t.Logf("%s", out)
		return err
	}
	if err := verify(checkpoint, ledger.SSHNamespace); err != nil {
		t.Errorf("ssh-keygen refused the signature: %v", err)
	}
	if err := verify(append(checkpoint, '\n'), ledger.SSHNamespace); err == nil {
		t.Error("ssh-keygen accepted a changed message")
	}
	if err := verify(checkpoint, "file"); err == nil {
		t.Error("ssh-keygen accepted another namespace")
	}
}
