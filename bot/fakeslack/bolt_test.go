package fakeslack

import (
	"bytes"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Slack's own framework has another WebSocket client and another encoding of
// calls than slack-go.
func TestABotOnSlacksOwnFrameworkIsServed(t *testing.T) {
	s := New(Options{})
	server := httptest.NewServer(s)
	defer server.Close()
	stop := startBolt(t, server.URL+"/api/")
	u := s.AddUser(User{Name: "ana", RealName: "Ana Lopez"})
	room := s.AddChannel(Channel{Name: "room", Members: []string{u.ID, "U0BOT"}})
	s.until(t, "the bot connects", func() bool { return s.Connections() == 1 })

	check(t, s.Command(t.Context(), u.ID, room.ID, "/access", ""))
	s.until(t, "a form opens", func() bool { return len(s.Views(u.ID)) == 1 })
	form := s.Views(u.ID)[0].ID
	ask := func(why string) {
		t.Helper()
		values := map[string]map[string]any{"why": {"why": object{"type": "plain_text_input", "value": why}}}
		check(t, s.Submit(t.Context(), u.ID, form, values))
	}
	ask("me")
	if got := s.Views(u.ID); len(got) != 1 || got[0].Errors["why"] != "Say more." {
		t.Fatalf("got %+v, want the bot's error", got)
	}
	ask("on call this week")
	s.until(t, "a card", func() bool { return len(s.Messages(u.ID, room.ID)) == 1 })
	if n := len(s.Views(u.ID)); n != 0 {
		t.Errorf("got %d views after the submission, want none", n)
	}
	card := s.Messages(u.ID, room.ID)[0]
	check(t, s.Click(t.Context(), u.ID, Place{Channel: room.ID, TS: card.TS}, Action{ActionID: "approve"}))
	s.until(t, "thanks", func() bool { return len(s.Messages(u.ID, room.ID)) == 2 })
	got := s.Messages(u.ID, room.ID)
	if got[0].Text != "Approved" || got[0].Blocks != nil || !got[1].Ephemeral || got[1].Text != "Thank you" {
		t.Errorf("got %+v", got)
	}
	for _, c := range s.Calls() {
		if c.Error != "" {
			t.Errorf("%s was answered %s", c.Method, c.Error)
		}
	}
	stop()
}

// startBolt installs the framework and runs testdata/bolt.js. It returns what
// ends it and waits.
func startBolt(t *testing.T, api string) (stop func()) {
	t.Helper()
	dir := npmInstall(t, boltPackage)
	script := must2(os.ReadFile("testdata/bolt.js"))(t)
	check(t, os.WriteFile(filepath.Join(dir, "bolt.js"), script, 0o600))
	var out bytes.Buffer
	cmd := exec.Command("node", "bolt.js")
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &out
	cmd.Env = append(os.Environ(), "SLACK_API="+api)
	stdin := must2(cmd.StdinPipe())(t)
	check(t, cmd.Start())
	ended := make(chan struct{})
	var result error
	go func() {
		defer close(ended)
		result = cmd.Wait()
	}()
	stop = func() {
		t.Helper()
		stdin.Close()
		select {
		case <-ended:
			check(t, result)
		case <-time.After(10 * time.Second):
			t.Error("the bot did not end")
		}
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it has ended by itself when all went well
		<-ended
		if t.Failed() {
			t.Logf("the bot said: %s", &out)
		}
	})
	return stop
}

// until waits for something a person can see.
func (s *Server) until(t *testing.T, what string, is func() bool) {
	t.Helper()
	late := time.After(20 * time.Second)
	for {
		next := s.Changed()
		if is() {
			return
		}
		select {
		case <-next:
		case <-late:
			t.Fatalf("never happened: %s", what)
		}
	}
}
