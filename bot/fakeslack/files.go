package fakeslack

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"
)

// file is a file on its way into the workspace, or in it.
type file struct {
	id, name, title, user string
	length                int
	content               []byte
	uploaded, shared      bool
	created               int64 // seconds since 1970
}

func (f *file) kind() string {
	if kind := mime.TypeByExtension(path.Ext(f.name)); kind != "" {
		return kind
	}
	return "application/octet-stream"
}

func (f *file) shown() File {
	return File{ID: f.id, Name: f.name, Title: f.title, Type: f.kind(), Size: f.length}
}

// uploadURLLocked begins an upload. The address that it gives takes the bytes
// once.
func (s *Server) uploadURLLocked(c *call) (object, *apiError) {
	name, length := c.str("filename"), c.count("length", 0, s.o.MaxFile+1)
	switch {
	case name == "":
		return nil, fail("invalid_arguments", "[ERROR] missing required field: filename [json-pointer:/filename]")
	case length < 1:
		return nil, fail("missing_argument")
	case length > s.o.MaxFile:
		return nil, fail("file_upload_size_restricted")
	case runes(c.str("alt_txt")) > 1000:
		return nil, fail("alt_txt_too_large")
	}
	f := &file{id: s.newIDLocked("F"), name: path.Base(name), title: name, user: s.o.BotUserID, length: length, created: s.o.Now().Unix()}
	token := randomHex(16)
	s.files[f.id], s.uploads[token] = f, f
	return object{"upload_url": s.base + "/upload/v1/" + token, "file_id": f.id}, nil
}

// serveUpload takes the bytes of a file, as they are or as the one part of a
// form. A file of another length than was said is not taken; how Slack answers
// that is not documented.
func (s *Server) serveUpload(w http.ResponseWriter, r *http.Request) {
	fault := s.takeFault("upload")
	if !fault.pause(r.Context()) {
		return
	}
	if fault.fails() {
		fault.answer(w)
		return
	}
	content, err := uploaded(r, int64(s.o.MaxFile)+1)
	if err != nil {
		http.Error(w, "the upload cannot be read", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.uploads[r.PathValue("token")]
	switch {
	case f == nil:
		http.Error(w, "no such upload", http.StatusNotFound)
	case f.length != len(content):
		http.Error(w, "another length was promised", http.StatusBadRequest)
	default:
		delete(s.uploads, r.PathValue("token"))
		f.content, f.uploaded = content, true
		fmt.Fprintf(w, "OK - %d", len(content))
	}
}

func uploaded(r *http.Request, most int64) ([]byte, error) {
	r.Body = http.MaxBytesReader(nil, r.Body, most+1<<20)
	parts, err := r.MultipartReader()
	if err != nil { // no form
		return io.ReadAll(r.Body)
	}
	for {
		part, err := parts.NextPart()
		if err != nil {
			return nil, err
		}
		if part.FileName() != "" {
			return io.ReadAll(part)
		}
	}
}

// completeUploadLocked shares files that were uploaded. Without a channel they
// stay private to the app.
func (s *Server) completeUploadLocked(c *call) (object, *apiError) {
	files, bad := s.ticketsLocked(list(c.args, "files"))
	if bad != nil {
		return nil, bad
	}
	var rooms []*Channel
	ids := strings.FieldsFunc(c.str("channel_id")+","+c.str("channels"), func(r rune) bool { return r == ',' })
	for _, id := range ids {
		ch, bad := s.sharableLocked(id)
		if bad != nil {
			return nil, bad
		}
		rooms = append(rooms, ch)
	}
	thread := c.str("thread_ts")
	for _, ch := range rooms {
		if parent := s.visibleLocked("", ch.ID, thread); thread != "" && (parent == nil || parent.isReply()) {
			return nil, fail("thread_not_found")
		}
	}
	answer := []any{}
	for _, f := range files {
		f.shared = true
		answer = append(answer, object{"id": f.id, "title": f.title})
	}
	for _, ch := range rooms {
		m := &message{text: c.str("initial_comment"), files: files, threadTS: thread}
		s.signLocked(m, ch.ID)
		s.addMessageLocked(m)
	}
	return object{"files": answer}, nil
}

// ticketsLocked finds the files of uploads that are done and not shared yet.
func (s *Server) ticketsLocked(given []any) ([]*file, *apiError) {
	var out []*file
	for _, v := range given {
		o, _ := v.(object)
		f := s.files[str(o, "id")]
		if f == nil || !f.uploaded || f.shared || slices.Contains(out, f) {
			return nil, fail("file_not_found")
		}
		out = append(out, f)
	}
	if len(out) == 0 {
		return nil, fail("invalid_arguments", "[ERROR] missing required field: files [json-pointer:/files]")
	}
	for i, v := range given {
		if title := str(v.(object), "title"); title != "" {
			out[i].title = title
		}
	}
	return out, nil
}

// sharableLocked finds a channel, by its id alone, that the app may share in.
func (s *Server) sharableLocked(id string) (*Channel, *apiError) {
	ch := s.channelLocked(id)
	switch {
	case ch == nil || !s.appSeesLocked(ch):
		return nil, fail("channel_not_found")
	case ch.Archived:
		return nil, fail("posting_to_channel_denied")
	case !slices.Contains(ch.Members, s.o.BotUserID):
		return nil, fail("not_in_channel")
	}
	return ch, nil
}

// addFiles puts files into a message object.
func (s *Server) addFiles(o object, m *message) {
	files := []any{}
	for _, f := range m.files {
		link := "https://" + s.teamDomain() + ".slack.com/files/" + f.user + "/" + f.id + "/" + f.name
		files = append(files, object{
			"id": f.id, "created": f.created, "timestamp": f.created, "name": f.name, "title": f.title, "mimetype": f.kind(),
			"filetype": strings.TrimPrefix(path.Ext(f.name), "."), "user": f.user, "user_team": s.o.TeamID, "size": f.length,
			"mode": "hosted", "is_external": false, "editable": false, "is_public": false, "permalink": link,
			"url_private": link + "?private", "url_private_download": link + "?private&download",
		})
	}
	o["files"], o["upload"] = files, false
}

// Download returns a file that stands in a conversation a person can see.
func (s *Server) Download(userID, fileID string) (File, io.ReadSeeker, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.files[fileID]
	if f == nil {
		return File{}, nil, fmt.Errorf("file %q: %w", fileID, ErrNotThere)
	}
	for _, ch := range s.channels {
		if !s.seesLocked(userID, ch) {
			continue
		}
		if slices.ContainsFunc(s.log[ch.ID], func(m *message) bool { return slices.Contains(m.files, f) }) {
			return f.shown(), bytes.NewReader(f.content), nil
		}
	}
	return File{}, nil, fmt.Errorf("file %q: %w", fileID, ErrNotThere)
}
