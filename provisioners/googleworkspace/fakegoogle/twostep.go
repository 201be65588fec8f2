package fakegoogle

import (
	"fmt"
	"net/http"
	"time"
)

// TwoStep is how an account stands with the second step of signing in.
type TwoStep struct {
	Enrolled           bool
	Enforced           bool // by the policy of the Workspace
	AdvancedProtection bool // enrolled in that program
}

// backupCodes is how many codes one set has: https://support.google.com/accounts/answer/1187538.
const backupCodes = 10

// SetTwoStep says how an account stands with the second step. Who enrols gets a
// set of backup codes; who is not enrolled has none.
func (s *Server) SetTwoStep(key string, t TwoStep) error {
	return s.alter(key, func(u *user) string {
		if u.access.codes = nil; t.Enrolled {
			u.access.codes = s.codesLocked()
		}
		u.access.twoStep = t
		return "second step of " + u.Email + " changed"
	})
}

// TwoStep returns how an account stands with the second step, and how many of
// its backup codes are valid.
func (s *Server) TwoStep(key string) (t TwoStep, codes int, err error) {
	err = s.look(key, func(u *user) { t, codes = u.access.twoStep, len(u.access.codes) })
	return t, codes, err
}

func (s *Server) codesLocked() []string {
	out := make([]string, backupCodes)
	for i := range out {
		out[i] = fmt.Sprintf("%08d", s.nextLocked())
	}
	return out
}

type wireCode struct {
	Kind   string `json:"kind"`
	Etag   string `json:"etag"`
	UserID string `json:"userId"`
	Code   string `json:"verificationCode"`
}

func (s *Server) listCodes(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.namedUserLocked(w, r)
	if u == nil {
		return
	}
	answer := listOf[wireCode]{Kind: "admin#directory#verificationCodesList", Etag: u.etag}
	for _, code := range u.access.codes {
		answer.Items = append(answer.Items, wireCode{"admin#directory#verificationCode", u.etag, u.ID, code})
	}
	reply(w, http.StatusOK, answer)
}

func (s *Server) generateCodes(w http.ResponseWriter, r *http.Request) {
	s.changeCodes(w, r, "made anew", s.codesLocked)
}

func (s *Server) invalidateCodes(w http.ResponseWriter, r *http.Request) {
	s.changeCodes(w, r, "made invalid", func() []string { return nil })
}

// changeCodes refuses a suspended account, in the words of
// https://github.com/googleapis/google-api-go-client/issues/978.
func (s *Server) changeCodes(w http.ResponseWriter, r *http.Request, how string, codes func() []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.settledUserLocked(w, r)
	if u == nil {
		return
	}
	if u.Suspended {
		badRequest(w, "Invalid Input")
		return
	}
	u.access.codes = codes()
	s.changedLocked("backup codes of " + u.Email + " " + how)
	w.WriteHeader(http.StatusNoContent)
}

// turnOffTwoStep is refused for each of the reasons in
// https://github.com/GAM-team/GAM/wiki/Users-Signout-Turnoff2SV.
func (s *Server) turnOffTwoStep(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.settledUserLocked(w, r)
	if u == nil {
		return
	}
	if t := u.access.twoStep; u.Suspended || !t.Enrolled || t.Enforced || t.AdvancedProtection {
		badRequest(w, "Invalid Input")
		return
	}
	u.access.twoStep, u.access.codes = TwoStep{}, nil
	s.changedLocked("second step of " + u.Email + " turned off")
	w.WriteHeader(http.StatusNoContent)
}

// never is how Google writes the sign-in of somebody who never signed in.
const never = "1970-01-01T00:00:00.000Z"

// timestamp writes a time as the Directory API does.
func timestamp(t time.Time) string {
	if t.IsZero() {
		return never
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}
