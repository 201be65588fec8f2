package fakeslack

import (
	"slices"
	"strings"
)

func (s *Server) conversationsListLocked(c *call) (object, *apiError) {
	types := strings.Split(c.str("types"), ",")
	if c.str("types") == "" {
		types = []string{"public_channel"}
	}
	for i, t := range types {
		types[i] = strings.TrimSpace(t)
		scope, known := typeScopes[types[i]]
		if !known {
			return nil, fail("invalid_types")
		}
		if !s.hasScope(scope + ":read") {
			return nil, s.missingScope(scope + ":read")
		}
	}
	var found []any
	for _, ch := range s.channels {
		if !s.appSeesLocked(ch) || !slices.Contains(types, channelType(ch)) || ch.Archived && c.flag("exclude_archived") {
			continue
		}
		found = append(found, s.channelJSONLocked(ch))
	}
	from, to, next, bad := c.page(len(found), 100, 1000)
	if bad != nil {
		return nil, bad
	}
	return object{
		"channels":          append([]any{}, found[from:to]...),
		"response_metadata": object{"next_cursor": next},
	}, nil
}

var typeScopes = map[string]string{"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}

func channelType(c *Channel) string {
	switch {
	case c.DM && len(c.Members) > 2:
		return "mpim"
	case c.DM:
		return "im"
	case c.Private:
		return "private_channel"
	}
	return "public_channel"
}

// appSeesLocked: the app knows public channels and those its bot user is in.
func (s *Server) appSeesLocked(c *Channel) bool {
	return slices.Contains(c.Members, s.o.BotUserID) || !c.Private && !c.DM
}

// findLocked resolves the channel argument for the app.
func (s *Server) findLocked(id, verb string) (*Channel, *apiError) {
	ch := s.channelLocked(id)
	if ch == nil || !s.appSeesLocked(ch) {
		return nil, fail("channel_not_found")
	}
	if scope := typeScopes[channelType(ch)] + ":" + verb; verb != "" && !s.hasScope(scope) {
		return nil, s.missingScope(scope)
	}
	return ch, nil
}

func (s *Server) conversationsInfoLocked(c *call) (object, *apiError) {
	ch, bad := s.findLocked(c.str("channel"), "read")
	if bad != nil {
		return nil, bad
	}
	o := s.channelJSONLocked(ch)
	if c.flag("include_num_members") {
		o["num_members"] = len(ch.Members)
	}
	return object{"channel": o}, nil
}

func (s *Server) conversationsMembersLocked(c *call) (object, *apiError) {
	ch, bad := s.findLocked(c.str("channel"), "read")
	if bad != nil {
		return nil, bad
	}
	from, to, next, bad := c.page(len(ch.Members), 100, 1000)
	if bad != nil {
		return nil, bad
	}
	return object{
		"members":           append([]string{}, ch.Members[from:to]...),
		"response_metadata": object{"next_cursor": next},
	}, nil
}

// conversationsOpenLocked opens a direct message with one person. Conversations
// of several people are not in the emulator.
func (s *Server) conversationsOpenLocked(c *call) (object, *apiError) {
	if id := c.str("channel"); id != "" {
		ch := s.channelLocked(id)
		if ch == nil || !ch.DM || !s.appSeesLocked(ch) {
			return nil, fail("channel_not_found")
		}
		return s.openedLocked(c, ch, true), nil
	}
	users := c.str("users")
	switch {
	case users == "":
		return nil, fail("users_list_not_supplied")
	case strings.Contains(users, ","):
		return nil, fail("not_enough_users")
	}
	u := s.userLocked(users)
	switch {
	case u == nil:
		return nil, fail("user_not_found")
	case u.Deleted:
		return nil, fail("user_disabled")
	case u.IsBot:
		return nil, fail("cannot_dm_bot")
	}
	ch, old := s.directLocked(u.ID)
	return s.openedLocked(c, ch, old), nil
}

func (s *Server) openedLocked(c *call, ch *Channel, old bool) object {
	channel := object{"id": ch.ID}
	if c.flag("return_im") {
		channel = s.channelJSONLocked(ch)
	}
	o := object{"channel": channel}
	if old {
		o["no_op"], o["already_open"] = true, true
	}
	return o
}

func (s *Server) conversationsJoinLocked(c *call) (object, *apiError) {
	ch, bad := s.findLocked(c.str("channel"), "")
	if bad != nil {
		return nil, bad
	}
	switch {
	case ch.DM || ch.Private:
		return nil, fail("method_not_supported_for_channel_type")
	case ch.Archived:
		return nil, fail("is_archived")
	}
	answer := object{}
	if slices.Contains(ch.Members, s.o.BotUserID) {
		answer["warning"] = "already_in_channel"
	} else {
		ch.Members = append(ch.Members, s.o.BotUserID)
		s.touchLocked()
	}
	answer["channel"] = s.channelJSONLocked(ch)
	return answer, nil
}

func (s *Server) channelJSONLocked(ch *Channel) object {
	o := object{
		"id": ch.ID, "created": 1700000000, "is_archived": ch.Archived, "is_im": false, "is_mpim": false,
		"is_org_shared": false, "context_team_id": s.o.TeamID, "updated": 1700000000000,
	}
	if ch.DM {
		o["is_im"] = true
		for _, m := range ch.Members {
			if m != s.o.BotUserID {
				o["user"] = m
			}
		}
		return o
	}
	o["name"], o["name_normalized"] = ch.Name, ch.Name
	o["is_channel"], o["is_group"], o["is_private"] = !ch.Private, ch.Private, ch.Private
	o["is_general"] = ch.Name == "general"
	o["is_shared"], o["is_ext_shared"], o["is_pending_ext_shared"] = ch.Shared, ch.Shared, false
	o["is_member"] = slices.Contains(ch.Members, s.o.BotUserID)
	o["creator"], o["unlinked"] = "USLACKBOT", 0
	o["topic"] = object{"value": ch.Topic, "creator": "", "last_set": 0}
	o["purpose"] = object{"value": "", "creator": "", "last_set": 0}
	o["previous_names"] = []string{}
	return o
}
