package fakegoogle

import (
	"net/http"
	"slices"
	"strings"
)

type wireUser struct {
	Kind         string         `json:"kind"`
	ID           string         `json:"id"`
	Etag         string         `json:"etag"`
	PrimaryEmail string         `json:"primaryEmail"`
	Name         wireName       `json:"name"`
	IsAdmin      bool           `json:"isAdmin"`
	Suspended    bool           `json:"suspended"`
	Archived     bool           `json:"archived"`
	Emails       []wireAddress  `json:"emails"`
	Aliases      []string       `json:"aliases,omitempty"`
	Relations    []wireRelation `json:"relations,omitempty"`
	CustomerID   string         `json:"customerId"`
	OrgUnitPath  string         `json:"orgUnitPath"`
	MailboxSetup bool           `json:"isMailboxSetup"`
	Suspension   string         `json:"suspensionReason,omitempty"`
	DeletionTime string         `json:"deletionTime,omitempty"`
}

type wireName struct {
	Given  string `json:"givenName"`
	Family string `json:"familyName"`
	Full   string `json:"fullName"`
}

type wireAddress struct {
	Address string `json:"address"`
	Primary bool   `json:"primary,omitempty"`
}

type wireRelation struct {
	Value string `json:"value"`
	Type  string `json:"type"`
}

func (s *Server) getUser(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.userLocked(r.PathValue("userKey"))
	if u == nil {
		notFound(w, "userKey")
		return
	}
	reply(w, http.StatusOK, s.wireUser(u))
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

func (s *Server) wireUser(u *user) wireUser {
	out := wireUser{
		Kind: "admin#directory#user", ID: u.ID, Etag: u.etag, PrimaryEmail: u.Email,
		Name:    wireName{u.GivenName, u.FamilyName, strings.TrimSpace(u.GivenName + " " + u.FamilyName)},
		IsAdmin: u.Admin, Suspended: u.Suspended, Archived: u.Archived,
		Emails: []wireAddress{{u.Email, true}}, Aliases: u.Aliases,
		CustomerID: s.options.CustomerID, OrgUnitPath: u.OrgUnit, MailboxSetup: true,
	}
	for _, a := range u.Aliases {
		out.Emails = append(out.Emails, wireAddress{Address: a})
	}
	if u.Suspended {
		out.Suspension = "ADMIN"
		if u.SuspendedByGoogle {
			out.Suspension = "ABUSE"
		}
	}
	if !u.deletedAt.IsZero() {
		out.DeletionTime = u.deletedAt.UTC().Format("2006-01-02T15:04:05.000Z")
	}
	if u.ManagerEmail != "" {
		out.Relations = []wireRelation{{u.ManagerEmail, "manager"}}
	}
	return out
}
