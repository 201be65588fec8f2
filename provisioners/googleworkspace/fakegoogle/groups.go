package fakegoogle

import (
	"net/http"
	"slices"
	"strconv"
)

type wireGroup struct {
	Kind         string   `json:"kind"`
	ID           string   `json:"id"`
	Etag         string   `json:"etag"`
	Email        string   `json:"email"`
	Name         string   `json:"name"`
	Description  string   `json:"description"`
	AdminCreated bool     `json:"adminCreated"`
	MembersCount string   `json:"directMembersCount"` // a number in quotation marks, as Google writes 64 bits
	Aliases      []string `json:"aliases,omitempty"`
}

func (s *Server) getGroup(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.shownGroupLocked(w, r)
	if g == nil {
		return
	}
	reply(w, http.StatusOK, wireGroupOf(g))
}

func (s *Server) listGroups(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := r.URL.Query()
	if q.Get("customer") != "" && q.Get("userKey") != "" {
		badRequest(w, "Invalid Input: userKey cannot be used with customer")
		return
	}
	if !s.ownCustomer(q.Get("customer")) && q.Get("domain") == "" && q.Get("userKey") == "" {
		fail(w, http.StatusBadRequest, "badRequest", "Bad Request")
		return
	}
	holder := ""
	if key := q.Get("userKey"); key != "" {
		id, ok := s.memberIDLocked(key)
		if !ok {
			notFound(w, "userKey")
			return
		}
		holder = id
	}
	groups := slices.DeleteFunc(slices.Clone(s.groups), func(g *group) bool {
		m := g.membership(holder)
		return s.hiddenLocked(&g.settling) || !inDomain(g.Email, q.Get("domain")) || holder != "" && (m == nil || m.pending)
	})
	slices.SortFunc(groups, func(a, b *group) int { return compareAddresses(a.Email, b.Email) })
	if q.Get("sortOrder") == "DESCENDING" {
		slices.Reverse(groups)
	}
	rows, next, ok := page(w, r, s.options, groups, 200, 200)
	if !ok {
		return
	}
	answer := struct {
		Kind   string      `json:"kind"`
		Groups []wireGroup `json:"groups,omitempty"`
		Next   string      `json:"nextPageToken,omitempty"`
	}{Kind: "admin#directory#groups", Next: next}
	for _, g := range rows {
		answer.Groups = append(answer.Groups, wireGroupOf(g))
	}
	reply(w, http.StatusOK, answer)
}

func wireGroupOf(g *group) wireGroup {
	shown := 0
	for _, m := range g.members {
		if !m.pending {
			shown++
		}
	}
	return wireGroup{
		Kind: "admin#directory#group", ID: g.ID, Etag: g.etag, Email: g.Email, Name: g.Name, Description: g.Description,
		AdminCreated: true, MembersCount: strconv.Itoa(shown), Aliases: g.Aliases,
	}
}
