package ledger

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// maxKeyFile bounds what is read from a path that may name the wrong file.
const maxKeyFile = 4 << 10

// CreateKey makes a new key and writes it to path, readable by the owner only,
// on the disk before it returns. It never replaces anything: where path exists
// the error matches fs.ErrExist. The name may have no spaces and no plus sign; a
// schemaless URL such as example.com/ledger is customary.
//
// A key is created once in a ledger's life, by a caller who knows that there is
// no ledger yet; everyone else calls LoadKey. A missing key is never made anew.
func CreateKey(path, name string) (*Key, error) {
	secret, err := generateKey(name)
	if err != nil {
		return nil, err
	}
	key, err := parseKey(secret)
	if err != nil {
		return nil, err
	}
	if err := writeKeyFile(path, secret+"\n"); err != nil {
		return nil, fmt.Errorf("create ledger key: %w", err)
	}
	return key, nil
}

// writeKeyFile writes the content under another name and links it to path when it
// is on the disk: a process that is killed on the way leaves no part of a key that
// would stand in the way of the next start. A link, unlike a renaming, replaces
// nothing.
func writeKeyFile(path, content string) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, filepath.Base(path)+".new-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(f.Name())) }()
	_, err = f.WriteString(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil {
		return err
	}
	if err := syncDir(dir); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// syncDir makes the new file's name durable. Windows has no such call.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// LoadKey reads the key that CreateKey wrote. Where there is none the error
// matches fs.ErrNotExist. A file that others may read, write or run is refused:
// whoever can read the key can sign another history.
func LoadKey(path string) (*Key, error) {
	content, err := readKeyFile(path)
	if err != nil {
		return nil, fmt.Errorf("load ledger key: %w", err)
	}
	secret := strings.TrimSpace(content)
	if secret == "" {
		return nil, fmt.Errorf("load ledger key: %s is empty: where there is no ledger yet, remove it and start again to have a key made; otherwise put the key back from a copy", path)
	}
	key, err := parseKey(secret)
	if err != nil {
		return nil, fmt.Errorf("load ledger key from %s: %w", path, err)
	}
	return key, nil
}

func readKeyFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("%s is not a regular file", path)
	}
	// Windows keeps no such bits and reports every file as open to all.
	if perm := info.Mode().Perm(); perm&0o077 != 0 && runtime.GOOS != "windows" {
		return "", fmt.Errorf("%s is open to others (mode %04o): run chmod 600 on it, and replace the key if anyone else could have read it", path, perm)
	}
	content, err := io.ReadAll(io.LimitReader(f, maxKeyFile))
	return string(content), err
}
