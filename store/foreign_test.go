package store_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"countersign/store"
)

func TestReadingWhatIsNoDatabaseOfCountersignIsRefusedInPlainWords(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	other := &database{url: "sqlite:" + filepath.Join(dir, "other.db")}
	if err := other.raw(t, `CREATE TABLE songs (x)`); err != nil {
		t.Fatal(err)
	}
	namesake := &database{url: "sqlite:" + filepath.Join(dir, "namesake.db")}
	if err := namesake.raw(t, `CREATE TABLE events (x)`); err != nil {
		t.Fatal(err)
	}
	half := write("half.db", "")
	write("half.db-wal", "")
	for what, path := range map[string]string{
		"an empty file":                        write("empty.db", ""),
		"an empty file beside an empty -wal":   half,
		"text":                                 write("text.db", strings.Repeat("no database at all\n", 100)),
		"another program's":                    other.path(),
		"another program's with a table alike": namesake.path(),
	} {
		r, err := store.OpenReader(t.Context(), "sqlite:"+path)
		if err == nil {
			closeIt(t, r)
			t.Errorf("%s was opened for reading", what)
			continue
		}
		if want := path + " is not a database of Countersign"; !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got error %q, want it to begin with %q", what, err, want)
		}
		for _, raw := range []string{"no such table", "SQL logic", "(1)", "(26)"} {
			if strings.Contains(err.Error(), raw) {
				t.Errorf("%s: the error %q holds the database's own %q", what, err, raw)
			}
		}
	}
}
