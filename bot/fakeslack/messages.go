package fakeslack

import (
	"maps"
	"slices"
)

// message is one stored message, or an ephemeral one when only is set.
type message struct {
	channel, ts, threadTS string
	user                  string
	byApp                 bool
	username              string // the app's own choice of a shown name
	text                  string
	blocks                []any
	metadata              object
	editedTS              string
	only                  string           // the one person who sees it
	states                map[string]state // choices in it, by person
	files                 []*file
	gone                  bool // deleted, with a thread that hangs on it
}

// isReply says whether a message stands in a thread and does not begin it.
func (m *message) isReply() bool { return m.threadTS != "" && m.threadTS != m.ts }

// Messages returns a conversation as a person sees it, oldest first, without
// thread replies and with that person's ephemeral messages in place.
func (s *Server) Messages(userID, channelID string) []Message {
	return s.shown(userID, channelID, func(m *message) bool { return !m.isReply() })
}

// Replies returns a thread as a person sees it: the parent, then the replies.
func (s *Server) Replies(userID, channelID, threadTS string) []Message {
	return s.shown(userID, channelID, func(m *message) bool { return m.ts == threadTS || m.threadTS == threadTS })
}

func (s *Server) shown(userID, channelID string, want func(*message) bool) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.channelLocked(channelID)
	if ch == nil || !s.seesLocked(userID, ch) {
		return nil
	}
	var out []Message
	for _, m := range s.log[channelID] {
		if want(m) && (m.only == "" || m.only == userID) {
			out = append(out, s.messageLocked(m))
		}
	}
	return out
}

// Reload is a person loading Slack anew: what only they saw is gone.
func (s *Server) Reload(userID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, messages := range s.log {
		s.log[id] = slices.DeleteFunc(messages, func(m *message) bool { return userID != "" && m.only == userID })
	}
	s.touchLocked()
}

func (s *Server) messageLocked(m *message) Message {
	out := Message{
		Channel: m.channel, TS: m.ts, ThreadTS: m.threadTS, User: m.user, Username: m.username, IsBot: m.byApp,
		Text: m.text, Gone: m.gone, Edited: m.editedTS != "", Ephemeral: m.only != "", ReplyCount: len(s.repliesToLocked(m)),
	}
	if u := s.userLocked(m.user); u != nil && out.Username == "" {
		out.Username = u.RealName
	}
	if m.gone {
		out.Username = "Slackbot"
	}
	if len(m.blocks) > 0 {
		out.Blocks = encode(m.blocks)
	}
	if m.metadata != nil {
		out.Metadata = encode(m.metadata)
	}
	for _, f := range m.files {
		out.Files = append(out.Files, f.shown())
	}
	return out
}

func (s *Server) repliesToLocked(parent *message) []*message {
	var out []*message
	for _, m := range s.log[parent.channel] {
		if m.threadTS == parent.ts && m != parent && m.only == "" {
			out = append(out, m)
		}
	}
	return out
}

// visibleLocked finds a message by its timestamp among those a person sees;
// with userID empty, among those that are for everyone.
func (s *Server) visibleLocked(userID, channelID, ts string) *message {
	for _, m := range s.log[channelID] {
		if m.ts == ts && (m.only == "" || m.only == userID) {
			return m
		}
	}
	return nil
}

func (s *Server) addMessageLocked(m *message) {
	m.ts = s.newTSLocked()
	s.log[m.channel] = append(s.log[m.channel], m)
	s.touchLocked()
	if m.only == "" {
		s.messageEventLocked(m, nil)
	}
}

func (s *Server) removeMessageLocked(m *message) {
	s.log[m.channel] = slices.DeleteFunc(s.log[m.channel], func(o *message) bool { return o == m })
	s.touchLocked()
}

// messageEventLocked sends a message event to the app when its bot user is in
// the conversation and it may read there; the app's own messages come back to it
// too. A change is given as the fields that make it one.
func (s *Server) messageEventLocked(m *message, change object) {
	ch := s.channelLocked(m.channel)
	if ch == nil || !slices.Contains(ch.Members, s.o.BotUserID) || !s.hasScope(typeScopes[channelType(ch)]+":history") {
		return
	}
	kind := map[string]string{"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}[channelType(ch)]
	event := object{"type": "message", "channel": m.channel, "channel_type": kind, "event_ts": m.ts}
	if change == nil {
		maps.Copy(event, s.messageJSONLocked(m, true))
		if len(m.files) > 0 {
			event["subtype"] = "file_share"
		}
	} else {
		now := s.newTSLocked()
		event["ts"], event["event_ts"], event["hidden"] = now, now, true
		maps.Copy(event, change)
	}
	s.eventLocked(event)
}

// messageJSONLocked is Slack's message object. Metadata is in it only where the
// caller asked for it, and in events.
func (s *Server) messageJSONLocked(m *message, withMetadata bool) object {
	o := object{"type": "message", "user": m.user, "ts": m.ts, "text": m.text, "team": s.o.TeamID}
	if m.byApp {
		o["bot_id"], o["app_id"] = s.botIDLocked(), s.o.AppID
		o["bot_profile"] = object{
			"id": s.botIDLocked(), "app_id": s.o.AppID, "user_id": s.o.BotUserID, "name": s.o.BotName,
			"icons": object{}, "deleted": false, "updated": 1700000000, "team_id": s.o.TeamID,
		}
	}
	if m.username != "" {
		o["username"] = m.username
	}
	if m.blocks != nil {
		o["blocks"] = m.blocks
	}
	if m.editedTS != "" {
		o["edited"] = object{"user": m.user, "ts": m.editedTS}
	}
	if m.metadata != nil && withMetadata {
		o["metadata"] = m.metadata
	}
	if m.gone {
		o["subtype"], o["hidden"] = "tombstone", true
	}
	if len(m.files) > 0 {
		s.addFiles(o, m)
	}
	if m.isReply() {
		o["thread_ts"] = m.threadTS
		if parent := s.visibleLocked("", m.channel, m.threadTS); parent != nil {
			o["parent_user_id"] = parent.user
		}
	}
	if replies := s.repliesToLocked(m); len(replies) > 0 {
		s.addThreadFields(o, m, replies)
	}
	return o
}

func (s *Server) addThreadFields(o object, m *message, replies []*message) {
	var users []string
	for _, r := range replies {
		if !slices.Contains(users, r.user) {
			users = append(users, r.user)
		}
	}
	o["thread_ts"], o["reply_count"], o["latest_reply"] = m.ts, len(replies), replies[len(replies)-1].ts
	o["reply_users"], o["reply_users_count"], o["is_locked"], o["subscribed"] = users, len(users), false, false
}
