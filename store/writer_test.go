package store

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"countersign/workflows"
)

// crowd is a store whose writer is kept by a first caller while others come.
type crowd struct {
	*Store
	t    *testing.T
	all  sync.WaitGroup
	errs map[string]error
	mu   sync.Mutex
	let  chan struct{} // closed to let the first go on
}

// crowded runs a test with a crowd whose first caller is at work.
func crowded(t *testing.T, test func(t *testing.T, c *crowd)) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.db")
	synctest.Test(t, func(t *testing.T) {
		s, err := Open(context.Background(), "sqlite:"+path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		c := &crowd{Store: s, t: t, errs: map[string]error{}, let: make(chan struct{})}
		c.comes(t.Context(), "first", func(tx workflows.Tx) error {
			<-c.let
			return named("first")(tx)
		})
		test(t, c)
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
}

// comes has a caller begin, and returns when it waits.
func (c *crowd) comes(ctx context.Context, who string, f func(workflows.Tx) error) {
	c.all.Go(func() {
		defer func() {
			if r := recover(); r != nil {
				c.note(who, errors.New("panic"))
			}
		}()
		c.note(who, c.Update(ctx, f))
	})
	synctest.Wait()
}

func (c *crowd) note(who string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.errs[who] = err
}

// goes lets the first caller go on, and returns when all have ended.
func (c *crowd) goes() {
	close(c.let)
	c.all.Wait()
}

// want compares who was told that it is done, and what is there, with the names
// in the order of the alphabet.
func (c *crowd) want(names string) {
	c.t.Helper()
	var told []string
	for who, err := range c.errs {
		if err == nil {
			told = append(told, who)
		}
	}
	if got := strings.Join(slices.Sorted(slices.Values(told)), " "); got != names {
		c.t.Errorf("told that they are done: %q, want %q; errors: %v", got, names, c.errs)
	}
	if got := c.there(); got != names {
		c.t.Errorf("there is %q, want %q", got, names)
	}
}

// there is what can be read.
func (c *crowd) there() string {
	c.t.Helper()
	var scopes []string
	err := c.View(context.Background(), func(wtx workflows.Tx) (err error) {
		scopes, err = rows(wtx.(*tx).q, func(r scanner) (s string, err error) { return s, r.Scan(&s) }, `SELECT scope FROM named ORDER BY scope`)
		return err
	})
	if err != nil {
		c.t.Error(err)
	}
	return strings.Join(scopes, " ")
}

// named is work whose trace is the scope.
func named(scope string) func(workflows.Tx) error {
	return func(tx workflows.Tx) error { return tx.Name(scope, []string{"ada@acme.example"}, false) }
}

func TestWhoComesWhileOthersWriteSharesTheirCommit(t *testing.T) {
	crowded(t, func(t *testing.T, c *crowd) {
		batches := map[*batch]bool{}
		for _, who := range []string{"a", "b", "c"} {
			c.comes(t.Context(), who, func(wtx workflows.Tx) error {
				batches[c.engine.(*sqliteFile).writer.batch] = true
				if got := c.there(); got != "" || len(c.errs) > 0 {
					t.Errorf("before the commit %q can be read, and %v was told", got, c.errs)
				}
				return named(who)(wtx)
			})
		}
		c.goes()
		c.want("a b c first")
		if len(batches) != 1 {
			t.Errorf("%d commits, want one", len(batches))
		}
		c.comes(t.Context(), "d", named("d"))
		c.want("a b c d first")
	})
}

func TestWhoFailsAmongOthersIsUndoneAlone(t *testing.T) {
	crowded(t, func(t *testing.T, c *crowd) {
		c.comes(t.Context(), "bad", func(tx workflows.Tx) error { return errors.Join(named("bad")(tx), errors.New("no")) })
		c.comes(t.Context(), "good", named("good"))
		c.comes(t.Context(), "panics", func(tx workflows.Tx) error {
			_ = named("panics")(tx)
			panic("oops")
		})
		cut, cancel := context.WithCancel(t.Context())
		c.comes(cut, "cut", func(tx workflows.Tx) error {
			err := named("cut")(tx)
			cancel()
			return errors.Join(err, named("cut again")(tx))
		})
		c.goes()
		c.want("first good")
	})
}

func TestWhoGoesAwayWhileWaitingKeepsNobody(t *testing.T) {
	crowded(t, func(t *testing.T, c *crowd) {
		ctx, leave := context.WithCancel(t.Context())
		c.comes(ctx, "gone", named("gone"))
		c.comes(t.Context(), "stays", named("stays"))
		leave()
		synctest.Wait()
		if err := c.errs["gone"]; !errors.Is(err, context.Canceled) {
			t.Errorf("who went away got error %v, want that it was cancelled", err)
		}
		c.goes()
		c.want("first stays")
	})
}

func TestWhenTheFirstFailsTheOthersStillCommit(t *testing.T) {
	crowded(t, func(t *testing.T, c *crowd) {
		c.comes(t.Context(), "a", func(workflows.Tx) error { return errors.New("no") })
		c.comes(t.Context(), "b", named("b"))
		c.goes()
		c.comes(t.Context(), "c", func(workflows.Tx) error { return errors.New("no") })
		c.want("b first")
	})
}

// raw runs a statement of somebody's own.
func raw(t *testing.T, wtx workflows.Tx, text string) {
	t.Helper()
	if _, err := wtx.(*tx).q.exec(text); err != nil {
		t.Errorf("%s: %v", text, err)
	}
}

func TestACommitThatFailsFailsForAllAndForNobodyAfter(t *testing.T) {
	crowded(t, func(t *testing.T, c *crowd) {
		c.comes(t.Context(), "a", named("a"))
		c.comes(t.Context(), "spoils", func(tx workflows.Tx) error {
			raw(t, tx, `PRAGMA defer_foreign_keys = ON`)
			raw(t, tx, `INSERT INTO posts (card_id, version, posted_at, channel, message, said, layout) VALUES (77, 1, 0, '', '', '', '')`)
			return nil
		})
		c.goes()
		c.want("")
		c.comes(t.Context(), "later", named("later"))
		c.want("later")
	})
}

func TestALostTransactionIsToldToAllWhoseWorkWasInIt(t *testing.T) {
	crowded(t, func(t *testing.T, c *crowd) {
		c.comes(t.Context(), "a", named("a"))
		c.comes(t.Context(), "loses", func(tx workflows.Tx) error {
			raw(t, tx, `ROLLBACK`) // as SQLite does by itself when the disk is full
			return nil
		})
		c.comes(t.Context(), "b", named("b"))
		c.goes()
		c.want("b")
	})
}

func TestWhatFollowsAFailedStatementIsNotDone(t *testing.T) {
	s, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "x.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	c := workflows.Card{Kind: workflows.CardNotice, Record: "R", Channel: "c"}
	err = s.Update(t.Context(), func(tx workflows.Tx) error {
		return errors.Join(tx.AddCard(&c), tx.Enqueue(workflows.Job{Kind: "card.show", Record: "1"}))
	})
	if err != nil {
		t.Fatal(err)
	}
	due, err := s.queue.(*tableQueue).due(t.Context(), 5)
	if err != nil || len(due) != 1 {
		t.Fatal(due, err)
	}
	if _, err := s.engine.(*sqliteFile).writer.conn.conn.ExecContext(t.Context(), "PRAGMA max_page_count = 1"); err != nil { // as full as it can be
		t.Fatal(err)
	}
	err = s.Update(t.Context(), func(tx workflows.Tx) error {
		shown := workflows.Posted{Channel: "C", ID: "1.1", Text: strings.Repeat("x", 20_000)}
		return errors.Join(tx.CardShown(c.ID, shown, 1), tx.Complete(due[0]))
	})
	if err == nil {
		t.Fatal("a full disk was not noticed")
	}
	if left, err := s.queue.(*tableQueue).due(t.Context(), 5); err != nil || len(left) != 1 {
		t.Errorf("a transaction that failed left %d jobs, want the one (%v)", len(left), err)
	}
}
