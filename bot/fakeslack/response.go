package fakeslack

import (
	"cmp"
	"io"
	"net/http"
	"time"
)

const (
	responseUses = 5
	responseLife = 30 * time.Minute
)

// responseURL is what a response_url may still be used for.
type responseURL struct {
	userID, channelID string
	originTS          string // the message acted on, empty for a slash command
	threadTS          string
	uses              int
	expires           time.Time
}

// responseURLLocked makes a response_url for an interaction.
func (s *Server) responseURLLocked(r responseURL) string {
	r.expires = s.o.Now().Add(responseLife)
	token := randomHex(16)
	s.responses[token] = &r
	return cmp.Or(s.o.ResponseURL, s.base) + "/response/" + token
}

func (s *Server) serveResponse(w http.ResponseWriter, r *http.Request) {
	c := &call{method: "response_url", args: object{}}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	fault := s.takeFault(c.method)
	if !fault.pause(r.Context()) {
		return
	}
	if fault.fails() && !fault.Applied {
		s.record(c, fault.Error)
		fault.answer(w)
		return
	}
	var bad *apiError
	if err != nil || decode(body, &c.args) != nil {
		bad = &apiError{code: "invalid_payload", status: http.StatusBadRequest}
	} else {
		bad = s.respond(r.PathValue("token"), c.args)
	}
	code := ""
	if bad != nil {
		code = bad.code
	}
	s.record(c, code)
	switch {
	case fault.fails():
		fault.answer(w)
	case bad != nil:
		writeAnswer(w, encode(bad.body()), bad)
	default:
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "ok")
	}
}

func (s *Server) respond(token string, args object) *apiError {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.responses[token]
	switch {
	case r == nil:
		return &apiError{code: "no_service", status: http.StatusNotFound}
	case s.o.Now().After(r.expires):
		return &apiError{code: "expired_url", status: http.StatusNotFound}
	case r.uses >= responseUses:
		return &apiError{code: "used_url", status: http.StatusNotFound}
	}
	origin := s.visibleLocked(r.userID, r.channelID, r.originTS)
	if args["delete_original"] == true {
		if origin == nil {
			return &apiError{code: "message_not_found", status: http.StatusNotFound}
		}
		r.uses++
		s.removeMessageLocked(origin)
		return nil
	}
	m, bad := readContent(args, maxPost)
	if bad != nil {
		bad.status = http.StatusBadRequest
		return bad
	}
	r.uses++
	if args["replace_original"] == true && origin != nil && origin.byApp {
		s.replaceLocked(origin, m)
		return nil
	}
	s.answerLocked(m, r, str(args, "response_type"), str(args, "thread_ts"))
	return nil
}

// answerLocked posts an answer to an interaction or a command: for everybody
// when asked to, else for the one person.
func (s *Server) answerLocked(m *message, r *responseURL, responseType, threadTS string) {
	s.signLocked(m, r.channelID)
	m.threadTS = threadTS
	if m.threadTS == "" {
		m.threadTS = r.threadTS
	}
	if responseType != "in_channel" {
		m.only = r.userID
	}
	s.addMessageLocked(m)
}
