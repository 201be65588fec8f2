package fakeslack

import (
	"net/url"
	"slices"
	"strings"
)

// readableLocked resolves the channel of a history call: the bot user has to be
// in it.
func (s *Server) readableLocked(c *call) (*Channel, *apiError) {
	ch, bad := s.findLocked(c.str("channel"), "history")
	if bad != nil {
		return nil, bad
	}
	if !slices.Contains(ch.Members, s.o.BotUserID) {
		return nil, fail("not_in_channel")
	}
	return ch, nil
}

// within applies oldest, latest and inclusive.
func (c *call) within(ts string) bool {
	ts = normalTS(ts)
	oldest, latest, inclusive := normalTS(c.str("oldest")), normalTS(c.str("latest")), c.flag("inclusive")
	if oldest != "" && (ts < oldest || ts == oldest && !inclusive) {
		return false
	}
	return latest == "" || ts < latest || ts == latest && inclusive
}

// normalTS brings "1700000000" and "1700000000.5" to a shape that compares as
// text; "0" and nothing mean no bound.
func normalTS(ts string) string {
	if ts == "" || ts == "0" {
		return ""
	}
	whole, part, _ := strings.Cut(ts, ".")
	for len(whole) < 10 {
		whole = "0" + whole
	}
	return whole + "." + (part + "000000")[:6]
}

// historyLocked answers newest first, thread replies left out.
func (s *Server) historyLocked(c *call) (object, *apiError) {
	ch, bad := s.readableLocked(c)
	if bad != nil {
		return nil, bad
	}
	var found []*message
	for _, m := range slices.Backward(s.log[ch.ID]) {
		if m.only == "" && !m.isReply() && c.within(m.ts) {
			found = append(found, m)
		}
	}
	return s.pageOfLocked(c, found, 100)
}

// repliesLocked answers the parent and then the replies, oldest first.
func (s *Server) repliesLocked(c *call) (object, *apiError) {
	ch, bad := s.readableLocked(c)
	if bad != nil {
		return nil, bad
	}
	parent := s.visibleLocked("", ch.ID, c.str("ts"))
	if parent == nil {
		return nil, fail("thread_not_found")
	}
	found := []*message{parent}
	for _, m := range s.repliesToLocked(parent) {
		if c.within(m.ts) {
			found = append(found, m)
		}
	}
	return s.pageOfLocked(c, found, 1000)
}

func (s *Server) pageOfLocked(c *call, found []*message, def int) (object, *apiError) {
	from, to, next, bad := c.page(len(found), def, 999)
	if bad != nil {
		return nil, bad
	}
	messages := []any{}
	for _, m := range found[from:to] {
		messages = append(messages, s.messageJSONLocked(m, c.flag("include_all_metadata")))
	}
	answer := object{"messages": messages, "has_more": next != ""}
	if next != "" {
		answer["response_metadata"] = object{"next_cursor": next}
	}
	return answer, nil
}

func (s *Server) permalinkLocked(c *call) (object, *apiError) {
	ch, bad := s.findLocked(c.str("channel"), "")
	if bad != nil {
		return nil, bad
	}
	m := s.visibleLocked("", ch.ID, c.str("message_ts"))
	if m == nil {
		return nil, fail("message_not_found")
	}
	link := "https://" + s.teamDomain() + ".slack.com/archives/" + ch.ID + "/p" + strings.ReplaceAll(m.ts, ".", "")
	if m.threadTS != "" {
		link += "?" + url.Values{"thread_ts": {m.threadTS}, "cid": {ch.ID}}.Encode()
	}
	return object{"channel": ch.ID, "permalink": link}, nil
}
