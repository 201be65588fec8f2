package fakeslack

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"
)

// object is a JSON object whose numbers stay as they were written.
type object = map[string]any

// maxBody is generous: a view alone may have 250 KB.
const maxBody = 4 << 20

// structured are the arguments that travel as JSON text in a form.
var structured = map[string]bool{"blocks": true, "view": true, "metadata": true, "attachments": true, "files": true}

// call is one Web API request while it is answered.
type call struct {
	method string
	args   object
	token  string
	host   string
	secure bool
}

func readCall(r *http.Request) (*call, *apiError) {
	c := &call{method: r.PathValue("method"), args: object{}, host: r.Host, secure: r.TLS != nil}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	r.Body = http.MaxBytesReader(nil, r.Body, maxBody)
	if kind == "application/json" {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return c, fail("request_timeout")
		}
		if len(bytes.TrimSpace(body)) > 0 && decode(body, &c.args) != nil {
			return c, fail("invalid_json")
		}
	} else if err := c.readForm(r, kind); err != nil {
		return c, err
	}
	if c.args == nil {
		return c, fail("json_not_object")
	}
	c.token = c.str("token")
	delete(c.args, "token")
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		c.token = strings.TrimSpace(bearer)
	}
	return c, nil
}

func (c *call) readForm(r *http.Request, kind string) *apiError {
	var err error
	if kind == "multipart/form-data" {
		err = r.ParseMultipartForm(maxBody)
	} else {
		err = r.ParseForm()
	}
	if err != nil {
		return fail("invalid_form_data")
	}
	for name, values := range r.Form {
		c.args[name] = values[0]
		if !structured[name] || values[0] == "" {
			continue
		}
		var v any
		if decode([]byte(values[0]), &v) != nil {
			return c.badStructure(name)
		}
		c.args[name] = v
	}
	return nil
}

func (c *call) badStructure(name string) *apiError {
	switch name {
	case "blocks":
		return fail("invalid_blocks_format")
	case "metadata":
		return fail("invalid_metadata_format")
	}
	return fail("invalid_arguments", "[ERROR] must be valid json [json-pointer:/"+name+"]")
}

func (c *call) str(name string) string {
	switch v := c.args[name].(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

func (c *call) flag(name string) bool {
	v, ok := c.args[name].(bool)
	if ok {
		return v
	}
	text := c.str(name)
	return text == "1" || text == "true"
}

// count reads a number of at least 1, with a default and a cap.
func (c *call) count(name string, def, most int) int {
	n, err := strconv.Atoi(c.str(name))
	if err != nil || n < 1 {
		n = def
	}
	return min(n, most)
}

// page cuts one page out of n items. Its cursor is opaque to the app.
func (c *call) page(n, def, most int) (from, to int, next string, bad *apiError) {
	if cursor := c.str("cursor"); cursor != "" {
		text, ok := strings.CutPrefix(cursor, "next:")
		at, err := strconv.Atoi(text)
		if !ok || err != nil || at < 0 || at > n {
			return 0, 0, "", fail("invalid_cursor")
		}
		from = at
	}
	to = min(n, from+c.count("limit", def, most))
	if to < n {
		next = "next:" + strconv.Itoa(to)
	}
	return from, to, next, nil
}

// apiError is an answer with ok:false.
type apiError struct {
	code     string
	messages []string
	status   int // 0 means 200, as Slack answers nearly all errors
	retry    int // Retry-After in seconds
	extra    object
}

func (e *apiError) Error() string { return e.code }

func fail(code string, messages ...string) *apiError {
	return &apiError{code: code, messages: messages}
}

func (e *apiError) body() object {
	o := object{"ok": false, "error": e.code}
	if len(e.messages) > 0 {
		o["response_metadata"] = object{"messages": e.messages}
		o["errors"] = e.messages
	}
	for k, v := range e.extra {
		o[k] = v
	}
	return o
}

func decode(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("text after the JSON value")
	}
	return nil
}

// encode writes JSON without HTML escapes. It panics on a value that is no
// JSON, which only a bug in this package can bring.
func encode(v any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(fmt.Sprintf("fakeslack: encode: %v", err))
	}
	return bytes.TrimSpace(b.Bytes())
}

// clone copies a JSON value, so that two owners never share a map.
func clone[T any](v T) T {
	var out T
	if err := decode(encode(v), &out); err != nil {
		panic(fmt.Sprintf("fakeslack: clone: %v", err))
	}
	return out
}

func str(o object, name string) string {
	s, _ := o[name].(string)
	return s
}

func sub(o object, name string) object {
	m, _ := o[name].(object)
	return m
}

func list(o object, name string) []any {
	l, _ := o[name].([]any)
	return l
}

func number(v any) (float64, bool) {
	switch n := v.(type) {
	case json.Number:
		f, err := n.Float64()
		return f, err == nil
	case float64:
		return n, true
	case int:
		return float64(n), true
	}
	return 0, false
}

func runes(s string) int { return utf8.RuneCountInString(s) }
