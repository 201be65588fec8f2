package fakegoogle

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
)

// selection is what the parameter fields asks for, such as
// "nextPageToken,users(id,name/fullName)"; nil means everything below:
// https://developers.google.com/workspace/admin/directory/v1/guides/performance.
type selection map[string]selection

// readSelection reads one list up to its closing bracket or the end, and returns
// what is left.
func readSelection(text string) (_ selection, rest string, ok bool) {
	out := selection{}
	for {
		end := strings.IndexAny(text, ",()")
		if end < 0 {
			end = len(text)
		}
		path, after := text[:end], text[end:]
		inner := selection(nil)
		if strings.HasPrefix(after, "(") {
			if inner, after, ok = readSelection(after[1:]); !ok || !strings.HasPrefix(after, ")") {
				return nil, "", false
			}
			after = after[1:]
		}
		if path == "" {
			return nil, "", false
		}
		out.add(strings.Split(path, "/"), inner)
		if !strings.HasPrefix(after, ",") {
			return out, after, true
		}
		text = after[1:]
	}
}

func (f selection) add(path []string, inner selection) {
	if len(path) == 1 {
		f[path[0]] = inner
		return
	}
	if f[path[0]] == nil {
		f[path[0]] = selection{}
	}
	f[path[0]].add(path[1:], inner)
}

// unknown names a field that the answer cannot have; empty means none.
func (f selection) unknown(s schema) string {
	if s.Ref != "" {
		s = google.Schemas[s.Ref]
	}
	if s.Items != nil {
		return f.unknown(*s.Items)
	}
	for name, inner := range f {
		rule, known := s.Properties[name]
		if !known && s.Additional != nil {
			rule, known = *s.Additional, true
		}
		switch {
		case name == "*", s.Type == "any":
			continue
		case !known:
			return name
		}
		if problem := inner.unknown(rule); problem != "" {
			return problem
		}
	}
	return ""
}

// of keeps what is selected.
func (f selection) of(value any) any {
	if f == nil {
		return value
	}
	switch value := value.(type) {
	case []any:
		for i := range value {
			value[i] = f.of(value[i])
		}
	case map[string]any:
		for name, field := range value {
			inner, wanted := f[name]
			if !wanted {
				inner, wanted = f["*"]
			}
			if !wanted {
				delete(value, name)
				continue
			}
			value[name] = inner.of(field)
		}
	}
	return value
}

// serveFields answers with the fields that were asked for, and with the whole of
// a refusal.
func serveFields(o route, w http.ResponseWriter, r *http.Request) {
	text := r.URL.Query().Get("fields")
	if text == "" || o.rule.Response == nil {
		o.serve(w, r)
		return
	}
	wanted, rest, ok := readSelection(text)
	wrong := text
	if ok && rest == "" {
		wrong = wanted.unknown(*o.rule.Response)
	}
	if wrong != "" {
		fail(w, http.StatusBadRequest, "invalidParameter", "Invalid field selection "+wrong)
		return
	}
	kept := &kept{ResponseWriter: w, status: http.StatusOK}
	o.serve(kept, r)
	body := kept.body.Bytes()
	var whole any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if kept.status == http.StatusOK && d.Decode(&whole) == nil {
		reply(w, http.StatusOK, wanted.of(whole))
		return
	}
	w.WriteHeader(kept.status)
	w.Write(body)
}

// kept holds an answer back.
type kept struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (k *kept) WriteHeader(status int)      { k.status = status }
func (k *kept) Write(b []byte) (int, error) { return k.body.Write(b) }
