package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"countersign/bot/fakeslack"
)

func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == productArg { // the product of a test, in a process of its own
		if err := serveProduct(context.Background(), os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func TestEveryAcknowledgedPressIsInTheLedgerOfTheKilledProduct(t *testing.T) {
	l := lab{dir: t.TempDir(), n: 4}
	figures, cards, err := productAcks(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	if figures.alone.p50 <= 0 || figures.many.p99 < figures.many.p50 || figures.many.rate <= 0 {
		t.Errorf("got %+v, want every press measured", figures)
	}
	if got, want := len(cards), 2*askedOf*l.staff(); got < want {
		t.Errorf("got %d cards before the first press, want at least %d", got, want)
	}
	if err := recorded(t.Context(), l.dir, 1000); err == nil || !strings.Contains(err.Error(), "1000 approvals were acknowledged, but only") {
		t.Errorf("got %v, want it said that acknowledged approvals are missing", err)
	}
}

func TestTheSameCardsCanBePressedInAnotherOffice(t *testing.T) {
	here := must(openOffice(5))(t)
	defer here.close()
	room := here.slack.AddChannel(fakeslack.Channel{DM: true, Members: []string{chatID(2), "U0BOT"}})
	blocks := []byte(`[{"type":"actions","block_id":"act:AR-000001","elements":[` +
		`{"type":"button","action_id":"act:approve","value":"AR-000001|1","text":{"type":"plain_text","text":"Approve"}},` +
		`{"type":"button","action_id":"act:deny","value":"AR-000001|1","text":{"type":"plain_text","text":"Deny"}}]}]`)
	ts := must(here.post(t.Context(), card{chatID(2), fakeslack.Message{Channel: room.ID, Text: "Please decide", Blocks: blocks}}))(t)
	got := must(presses(here.cards()))(t)
	want := []press{{chatID(2), fakeslack.Place{Channel: room.ID, TS: ts}, fakeslack.Action{BlockID: "act:AR-000001", ActionID: "act:approve", Value: "AR-000001|1"}}}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if err := here.press(t.Context(), want[0]); !errors.Is(err, fakeslack.ErrNoAnswer) {
		t.Errorf("got %v from a press that no bot hears, want no answer", err)
	}
}

func TestAnErrorEndsWhatIsDoneTogether(t *testing.T) {
	boom := errors.New("boom")
	var begun atomic.Int64
	_, err := together(1_000_000, 4, func(i int) error {
		begun.Add(1)
		if i == 10 {
			return boom
		}
		return nil
	})
	if !errors.Is(err, boom) {
		t.Errorf("got %v, want the error of the one that failed", err)
	}
	if n := begun.Load(); n == 1_000_000 {
		t.Error("all were done, want an end at the first error")
	}
}

func TestEachIsDoneOnceAndMeasured(t *testing.T) {
	done := make([]atomic.Int64, 500)
	f, err := together(len(done), 8, func(i int) error {
		done[i].Add(1)
		return nil
	})
	if err != nil || f.rate <= 0 {
		t.Errorf("got %+v, %v", f, err)
	}
	for i := range done {
		if n := done[i].Load(); n != 1 {
			t.Errorf("%d was done %d times, want once", i, n)
		}
	}
}

func TestAFigureIsWhatHalfAndNearlyAllStayedUnder(t *testing.T) {
	var took []time.Duration
	for i := range 200 {
		took = append(took, time.Duration(200-i)*time.Millisecond)
	}
	got := figureOf(took, 4*time.Second)
	want := figure{p50: 101 * time.Millisecond, p99: 199 * time.Millisecond, rate: 50}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestAProcessThatEndsBeforeItIsReadySaysWhy(t *testing.T) {
	self := must(os.Executable())(t)
	_, _, err := begin(t.Context(), exec.CommandContext(t.Context(), self, productArg, filepath.Join(t.TempDir(), "nothing")), connected)
	if err == nil || !strings.Contains(err.Error(), settingsFile) {
		t.Errorf("got %v, want the words of the process", err)
	}
}

func TestABenchThatDoesNotExistIsRefused(t *testing.T) {
	if err := run(t.Context(), 0, []string{"nonsense"}); err == nil || !strings.Contains(err.Error(), `"nonsense"`) {
		t.Errorf("got %v, want the name refused", err)
	}
}

// must fails the test where there is an error.
func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
