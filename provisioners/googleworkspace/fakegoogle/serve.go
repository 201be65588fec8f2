package fakegoogle

import (
	"bytes"
	"io"
	"net/http"
	"strings"
)

const directory = "/admin/directory/v1/"

// largestBody is more than any request here needs.
const largestBody = 1 << 20

// ServeHTTP answers one call, keeps it for Requests and applies faults.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Body == nil { // a request that came by a transport without a network
		r.Body = http.NoBody
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, largestBody))
	if err != nil {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	answer := &statusWriter{ResponseWriter: w}
	defer func() { s.record(r, body, answer.status) }()

	fault := s.faultFor(r)
	if fault == nil {
		s.dispatch(answer, r)
		return
	}
	if fault.Applied {
		s.dispatch(&discard{header: http.Header{}}, r)
	}
	fault.answer(answer, r)
}

func (s *Server) record(r *http.Request, body []byte, status int) {
	if r.URL.Path == "/token" || strings.HasPrefix(r.URL.Path, "/v1/projects/") { // an assertion, or claims to sign
		body = nil
	}
	body = withoutSecrets(body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, Request{
		At: s.options.Now(), Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Body: string(body), Status: status,
	})
}

// statusWriter remembers the status that was sent.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// discard takes the answer of a call that was carried out and then lost.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(int)             {}
