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

// route lists every emulated method with the scopes of which one is enough, as
// Google's discovery document of the Directory API (rev. 20260914) gives them.
func (s *Server) route() {
	s.mux.HandleFunc("POST /token", s.token)
	s.mux.HandleFunc("POST /v1/projects/-/serviceAccounts/{nameAndVerb}", s.signJWT)

	users := []string{"admin.directory.user", "admin.directory.user.readonly"}
	groups := []string{"admin.directory.group", "admin.directory.group.readonly"}
	membersRead := []string{"admin.directory.group", "admin.directory.group.readonly", "admin.directory.group.member", "admin.directory.group.member.readonly"}
	members := []string{"admin.directory.group", "admin.directory.group.member"}
	roles := []string{"admin.directory.rolemanagement", "admin.directory.rolemanagement.readonly"}

	for _, m := range []method{
		{"GET users", users, s.listUsers, []string{"customer", "domain", "maxResults", "orderBy", "pageToken", "projection", "showDeleted", "sortOrder", "viewType"}},
		{"GET users/{userKey}", users, s.getUser, []string{"projection", "viewType"}},
		{"GET groups", groups, s.listGroups, []string{"customer", "domain", "maxResults", "orderBy", "pageToken", "sortOrder", "userKey"}},
		{"GET groups/{groupKey}", groups, s.getGroup, nil},
		{"GET groups/{groupKey}/members", membersRead, s.listMembers, []string{"includeDerivedMembership", "maxResults", "pageToken", "roles"}},
		{"GET groups/{groupKey}/members/{memberKey}", membersRead, s.getMember, nil},
		{"GET groups/{groupKey}/hasMember/{memberKey}", membersRead, s.hasMember, nil},
		{"POST groups/{groupKey}/members", members, s.insertMember, nil},
		{"DELETE groups/{groupKey}/members/{memberKey}", members, s.deleteMember, nil},
		{"GET customer/{customer}/roleassignments", roles, s.listRoleAssignments, []string{"includeIndirectRoleAssignments", "maxResults", "pageToken", "roleId", "userKey"}},
	} {
		verb, path, _ := strings.Cut(m.pattern, " ")
		s.mux.Handle(verb+" "+directory+path, s.guard(m))
	}
}

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
		s.mux.ServeHTTP(answer, r)
		return
	}
	if fault.Applied {
		s.mux.ServeHTTP(&discard{header: http.Header{}}, r)
	}
	fault.answer(answer, r)
}

func (s *Server) record(r *http.Request, body []byte, status int) {
	if !strings.HasPrefix(r.URL.Path, directory) {
		body = nil
	}
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
