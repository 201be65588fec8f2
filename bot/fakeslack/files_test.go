package fakeslack

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/slack-go/slack"
)

func (w *world) upload(channel, name, content string) error {
	_, err := w.api.UploadFileContext(w.t.Context(), slack.UploadFileParameters{
		Reader: strings.NewReader(content), FileSize: len(content), Filename: name, Title: "Register", Channel: channel, InitialComment: "Here",
	})
	return err
}

func TestAFileIsUploadedInThreeSteps(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		dm, _, _, err := w.api.OpenConversationContext(t.Context(), &slack.OpenConversationParameters{Users: []string{w.ana.ID}})
		check(t, err)
		check(t, w.upload(dm.ID, "register.pdf", "%PDF-1.7 content"))
		seen := w.Messages(w.ana.ID, dm.ID)
		if len(seen) != 1 || len(seen[0].Files) != 1 || seen[0].Text != "Here" {
			t.Fatalf("the conversation is %+v", seen)
		}
		f := seen[0].Files[0]
		if f.Name != "register.pdf" || f.Title != "Register" || f.Type != "application/pdf" || f.Size != 16 {
			t.Errorf("the file is %+v", f)
		}
		_, content, err := w.Download(w.ana.ID, f.ID)
		check(t, err)
		if got := must2(io.ReadAll(content))(t); string(got) != "%PDF-1.7 content" {
			t.Errorf("downloaded %q", got)
		}
		_, _, err = w.Download(w.bob.ID, f.ID)
		wantIs(t, err, ErrNotThere)
		if got := a.messages(t); len(got) != 1 || got[0].Subtype != "file_share" || got[0].Files[0].Name != f.Name {
			t.Errorf("the app was told %+v", got)
		}
	})
}

func TestFilesAreRefusedWhereSlackRefusesThem(t *testing.T) {
	inSlack(t, Options{MaxFile: 100}, func(t *testing.T, w *world) {
		wantHas := func(err error, code string) {
			t.Helper()
			if err == nil || !strings.HasSuffix(err.Error(), code) {
				t.Errorf("got %v, want %s", err, code)
			}
		}
		wantHas(w.upload(w.room.ID, "large.pdf", strings.Repeat("x", 101)), "file_upload_size_restricted")
		wantHas(w.upload("C0NOWHERE0", "a.pdf", "x"), "channel_not_found")
		wantHas(w.upload(w.ops.ID, "a.pdf", "x"), "channel_not_found")
		open := w.AddChannel(Channel{Name: "open", Members: []string{w.ana.ID}})
		wantHas(w.upload(open.ID, "a.pdf", "x"), "not_in_channel")
		old := w.AddChannel(Channel{Name: "old", Archived: true, Members: []string{"U0BOT"}})
		wantHas(w.upload(old.ID, "a.pdf", "x"), "posting_to_channel_denied")

		_, _, body := w.raw("files.getUploadURLExternal", url.Values{"token": {"xoxb-fake"}, "filename": {"a.pdf"}, "length": {"0"}})
		if !strings.Contains(body, `"missing_argument"`) {
			t.Errorf("a file of nothing: %s", body)
		}
		ticket := must2(w.api.GetUploadURLExternalContext(t.Context(), slack.GetUploadURLExternalParameters{FileName: "a.pdf", FileSize: 3}))(t)
		complete := func() error {
			_, err := w.api.CompleteUploadExternalContext(t.Context(), slack.CompleteUploadExternalParameters{
				Files: []slack.FileSummary{{ID: ticket.FileID}}, Channel: w.room.ID,
			})
			return err
		}
		wantCode(t, complete(), "file_not_found") // nothing was sent yet
		for _, c := range []struct {
			content string
			want    int
		}{{"four", http.StatusBadRequest}, {"abc", http.StatusOK}, {"abc", http.StatusNotFound}} {
			if status, _ := w.respond(ticket.UploadURL, c.content); status != c.want {
				t.Errorf("%d bytes were answered %d, want %d", len(c.content), status, c.want)
			}
		}
		check(t, complete())
		wantCode(t, complete(), "file_not_found") // it is there already
	})
	inSlack(t, Options{Scopes: []string{"chat:write"}}, func(t *testing.T, w *world) {
		if err := w.upload(w.room.ID, "a.pdf", "x"); err == nil || !strings.Contains(err.Error(), "missing_scope") {
			t.Errorf("without the scope: %v", err)
		}
	})
}

func TestAMessageHasOneTable(t *testing.T) {
	rows := func(n int) string { return `{"type":"table","rows":[[{"type":"raw_text","text":"` + long(n) + `"}]]}` }
	for given, want := range map[string]string{
		rows(10_000):            "",
		rows(10_001):            "/blocks/0/rows",
		rows(1) + "," + rows(1): "/blocks/1",
		`{"type":"table","rows":[[{"type":"raw_text","text":""}]]}`: "/blocks/0/rows/0/0/text",
	} {
		var blocks []any
		check(t, decode([]byte("["+given+"]"), &blocks))
		got := checkBlocks(blocks)
		if (want == "") != (len(got) == 0) || want != "" && !strings.HasSuffix(got[0], "[json-pointer:"+want+"]") {
			t.Errorf("%.80s: got %q, want an error at %q", given, got, want)
		}
	}
}
