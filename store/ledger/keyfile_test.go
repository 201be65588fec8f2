package ledger_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"countersign/store/ledger"
)

// Whoever looks at any moment sees no file or a whole key, and so does the next
// start after a crash at any moment.
func TestAKeyFileIsThereWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	stop, stopped := make(chan struct{}), make(chan error, 1)
	path := func(n int) string { return filepath.Join(dir, fmt.Sprintf("%d.key", n)) }
	const keys = 100
	go func() {
		n := 0
		for {
			select {
			case <-stop:
				stopped <- nil
				return
			default:
			}
			switch _, err := ledger.LoadKey(path(n)); {
			case err == nil:
				n = (n + 1) % keys
			case !errors.Is(err, fs.ErrNotExist):
				stopped <- err
				return
			}
		}
	}()
	for n := range keys {
		if _, err := ledger.CreateKey(path(n), keyName); err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	if err := <-stopped; err != nil {
		t.Errorf("a key half made was seen: %v", err)
	}
}

func TestCreatingAKeyLeavesNothingElseBehind(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "ledger.key")
	for range 2 { // the second time in vain
		if _, err := ledger.CreateKey(path, keyName); err != nil && !errors.Is(err, fs.ErrExist) {
			t.Fatal(err)
		}
		list, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) != 1 || list[0].Name() != "ledger.key" {
			t.Errorf("got files %v, want ledger.key alone", list)
		}
	}
}

func TestCreatingAKeyNeverFollowsOrReplacesALink(t *testing.T) {
	dir := t.TempDir()
	path, target := filepath.Join(dir, "ledger.key"), filepath.Join(dir, "elsewhere")
	if err := os.Symlink(target, path); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	if _, err := ledger.CreateKey(path, keyName); !errors.Is(err, fs.ErrExist) {
		t.Errorf("creating over a link: %v, want %v", err, fs.ErrExist)
	}
	if _, err := os.Lstat(target); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the link's target: %v, want none", err)
	}
}

func TestAnEmptyKeyFileIsRefusedWithWhatToDo(t *testing.T) {
	for name, content := range map[string]string{"empty": "", "blank": " \n"} {
		path := filepath.Join(t.TempDir(), "ledger.key")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := ledger.LoadKey(path)
		if err == nil {
			t.Errorf("%s: loaded", name)
			continue
		}
		for _, want := range []string{path, "is empty", "remove it", "put the key back"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got error %q, want it to say %q", name, err, want)
			}
		}
	}
}
