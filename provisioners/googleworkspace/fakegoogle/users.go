package fakegoogle

import (
	"net/http"
	"slices"
	"strings"
)

func (s *Server) getUser(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.options.DeletedSaysSo && s.deletedIDLocked(r.PathValue("userKey")) {
		fail(w, http.StatusPreconditionFailed, "conditionNotMet", "User is deleted.")
		return
	}
	if u := s.namedUserLocked(w, r); u != nil {
		reply(w, http.StatusOK, s.wireUser(u))
	}
}

func (s *Server) listUsers(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := r.URL.Query()
	if !s.ownCustomer(q.Get("customer")) && q.Get("domain") == "" {
		fail(w, http.StatusBadRequest, "badRequest", "Bad Request")
		return
	}
	users := slices.DeleteFunc(slices.Clone(s.users), func(u *user) bool { return s.freshLocked(u.settling) || !inDomain(u.Email, q.Get("domain")) })
	if q.Get("showDeleted") == "true" {
		users = s.deletedLocked(q.Get("domain"))
	}
	sortUsers(users, q.Get("orderBy"), q.Get("sortOrder"))
	rows, next, ok := page(w, r, s.options, users, 100, 500)
	if !ok {
		return
	}
	answer := struct {
		Kind  string     `json:"kind"`
		Users []wireUser `json:"users,omitempty"`
		Next  string     `json:"nextPageToken,omitempty"`
	}{Kind: "admin#directory#users", Next: next}
	for _, u := range rows {
		answer.Users = append(answer.Users, s.wireUser(u))
	}
	reply(w, http.StatusOK, answer)
}

// sortUsers sorts as orderBy and sortOrder ask. Google takes no notice of case.
func sortUsers(users []*user, by, order string) {
	key := func(u *user) string {
		switch by {
		case "familyName":
			return u.FamilyName
		case "givenName":
			return u.GivenName
		}
		return u.Email
	}
	slices.SortStableFunc(users, func(a, b *user) int {
		if order == "DESCENDING" {
			a, b = b, a
		}
		return compareAddresses(key(a), key(b))
	})
}

func (s *Server) ownCustomer(id string) bool {
	return id == "my_customer" || id == s.options.CustomerID
}

func inDomain(email, domain string) bool {
	return domain == "" || strings.HasSuffix(strings.ToLower(email), "@"+strings.ToLower(domain))
}
