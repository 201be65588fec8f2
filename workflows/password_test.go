package workflows_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"countersign/provisioners"
	"countersign/provisioners/googleworkspace/fakegoogle"
	"countersign/workflows"
)

// opens says whether a password opens an account in Google.
func (h *company) opens(who, secret string) bool {
	h.t.Helper()
	p, err := h.google.Password(mail(who))
	if err != nil {
		h.t.Fatal(err)
	}
	return secret != "" && p.Matches(secret)
}

func TestTheManagerSeesTheFirstPasswordOnce(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Joins()
		got := h.As("mona").Reveals(id)
		h.done(got.Outcome)
		if !h.opens("zoe", got.Secret) {
			t.Fatalf("what was shown does not open the account")
		}
		h.says(got.Text, "Zoe Zander", "zoe@acme.example", "stored nowhere")
		h.Settle()
		again := h.As("mona").Reveals(id)
		h.refused(again.Outcome, "already_shown")
		h.says(again.Outcome.Message, "Admin console")
		if again.Secret != "" || !h.opens("zoe", got.Secret) {
			t.Error("the second look changed or showed something")
		}
		if got := h.buttons(workflows.CardManager, id, chat("mona")); got != "" {
			t.Errorf("after it was shown mona can press %q", got)
		}
		last := h.Ledger()
		var shown []event
		for _, e := range last {
			if e.Data["step"] == "first_password" {
				shown = append(shown, e)
			}
		}
		if len(shown) != 1 || shown[0].Type != "onboarding.step_done" || shown[0].Actor.ID != h.Person("mona").ID || shown[0].WorkflowID != id {
			t.Errorf("got events %+v", shown)
		}
	})
}

func TestOnlyTheManagerSeesTheFirstPassword(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Joins()
		for _, who := range []string{"ada", "sam", "bob"} {
			got := h.As(who).Reveals(id)
			h.refused(got.Outcome, "not_manager")
			if got.Secret != "" {
				t.Errorf("%s was shown a password", who)
			}
		}
		if n := len(h.Events("action.refused")); n != 3 {
			t.Errorf("got %d refusals on record, want 3", n)
		}
		h.refused(h.As("mona").Reveals("ON-9999").Outcome, "unknown_record")
		if !h.Onboarding(id).PasswordAt.IsZero() {
			t.Error("a refused look counts as shown")
		}
	})
}

func TestThereIsNoFirstPasswordBeforeTheAccountAndNoneAfterTheFirstSignIn(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.google.AddUnmanaged(mail("zoe"))
		id := h.Joins()
		h.refused(h.As("mona").Reveals(id).Outcome, "too_early")
		h.done(h.As("ada").press(workflows.VerbAddress, id, map[string]string{"work_email": mail("zed")}))
		h.Settle()
		if err := h.google.SignIn(mail("zed")); err != nil {
			t.Fatal(err)
		}
		got := h.As("mona").Reveals(id)
		h.refused(got.Outcome, "signed_in")
		if got.Secret != "" || !h.Onboarding(id).PasswordAt.IsZero() {
			t.Error("something was shown after the first sign-in")
		}
	})
}

func TestTwoClicksAtOnceShowOnePasswordThatWorks(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Joins()
		var all [4]workflows.Revealed
		var errs [4]error
		var wg sync.WaitGroup
		for i := range all {
			wg.Go(func() {
				all[i], errs[i] = h.svc.Reveal(context.Background(), workflows.Press{Verb: workflows.VerbPassword, Record: id, By: h.As("mona").by})
			})
		}
		wg.Wait()
		var secrets []string
		for _, r := range all {
			if r.Secret != "" {
				secrets = append(secrets, r.Secret)
			} else if r.Outcome.Rule != "already_shown" {
				t.Errorf("got %+v, want already_shown", r.Outcome)
			}
		}
		if err := errors.Join(errs[:]...); err != nil || len(secrets) != 1 || !h.opens("zoe", secrets[0]) {
			t.Errorf("%d passwords were shown (%v), want one that works", len(secrets), err)
		}
	})
}

// TestTheFirstPasswordIsStoredNowhere looks through every row of every table, the
// bytes of the database and the log.
func TestTheFirstPasswordIsStoredNowhere(t *testing.T) {
	var log bytes.Buffer
	story(t, func(t *testing.T, h *company) {
		id := h.Joins()
		got := h.As("mona").Reveals(id)
		h.done(got.Outcome)
		h.Settle()
		bare := strings.ReplaceAll(got.Secret, "-", "")
		leaks := func(text string) bool { return strings.Contains(text, got.Secret) || strings.Contains(text, bare) }
		if rows := h.everything(); leaks(rows) || !strings.Contains(rows, "first_password") {
			t.Error("the database has the first password, or was not read")
		}
		if leaks(log.String()) || !strings.Contains(log.String(), "google") {
			t.Error("the log has the first password, or was not written")
		}
		for _, p := range h.slack.all() {
			if leaks(fmt.Sprintf("%+v", p)) {
				t.Errorf("a %s card has the first password", p.card.Kind)
			}
		}
	}, func(h *company) {
		h.log = &log
		h.google.Fail(fakegoogle.Fault{Method: "PUT", Path: "/admin/directory/v1/users/*", Kind: fakegoogle.Unavailable, Count: 2})
	})
}

// everything is all that the database holds, as text.
func (h *company) everything() string {
	h.t.Helper()
	var tables []string
	rows, err := h.raw.Query("SELECT name FROM sqlite_schema WHERE type = 'table'")
	if err != nil {
		h.t.Fatal(err)
	}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			h.t.Fatal(err)
		}
		tables = append(tables, name)
	}
	if err := rows.Close(); err != nil {
		h.t.Fatal(err)
	}
	var b strings.Builder
	for _, table := range tables {
		h.dump(&b, table)
	}
	return b.String()
}

func (h *company) dump(b *strings.Builder, table string) {
	h.t.Helper()
	rows, err := h.raw.Query("SELECT * FROM " + table)
	if err != nil {
		h.t.Fatal(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		h.t.Fatal(err)
	}
	for rows.Next() {
		values := make([]any, len(names))
		at := make([]any, len(names))
		for i := range values {
			at[i] = &values[i]
		}
		if err := rows.Scan(at...); err != nil {
			h.t.Fatal(err)
		}
		for _, v := range values {
			if raw, ok := v.([]byte); ok {
				v = string(raw)
			}
			fmt.Fprintf(b, "%v\n", v)
		}
	}
	if err := rows.Err(); err != nil {
		h.t.Fatal(err)
	}
}

// TestWhatWasNotShownMayBeAskedForAgain fails the call for the password before
// and after it took effect.
func TestWhatWasNotShownMayBeAskedForAgain(t *testing.T) {
	for _, after := range []bool{false, true} {
		t.Run(fmt.Sprintf("after %v", after), func(t *testing.T) {
			var left atomic.Int64
			story(t, func(t *testing.T, h *company) {
				id := h.Joins()
				left.Store(1)
				_, err := h.svc.Reveal(context.Background(), workflows.Press{Verb: workflows.VerbPassword, Record: id, By: h.As("mona").by})
				if err == nil || !h.Onboarding(id).PasswordAt.IsZero() {
					t.Errorf("got error %v, want one, and nothing shown", err)
				}
				got := h.As("mona").Reveals(id)
				h.done(got.Outcome)
				if !h.opens("zoe", got.Secret) {
					t.Error("what was shown the second time does not open the account")
				}
			}, func(h *company) {
				h.around = func(a provisioners.Accounts) provisioners.Accounts { return unsteady{a, h, &left, after, false} }
			})
		})
	}
}

func TestAnAccountThatWasClosedMeanwhileHasNoFirstPassword(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Joins()
		if err := h.google.Suspend(mail("zoe")); err != nil {
			t.Fatal(err)
		}
		got := h.As("mona").Reveals(id)
		h.refused(got.Outcome, "no_password")
		h.says(got.Outcome.Message, "suspended")
	})
}

func TestAManagerWhomTheDirectoryReplacedAMomentAgoSeesNothing(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Joins("role", "writer")
		u := h.account("zoe")
		if err := h.google.DeleteUser(u.ID); err != nil {
			t.Fatal(err)
		}
		u.ManagerEmail = mail("bob")
		h.google.AddUser(u)
		got := h.As("mona").Reveals(id)
		h.refused(got.Outcome, "not_manager")
		if got.Secret != "" {
			t.Error("who is no longer the manager was shown the password")
		}
		h.Reads()
		h.done(h.As("bob").Reveals(id).Outcome)
	})
}
