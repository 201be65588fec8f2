package fakeslack

import (
	"maps"
	"slices"
	"strings"
	"time"
)

const (
	maxPost   = 40_000 // characters of chat.postMessage
	maxUpdate = 4_000  // characters of chat.update
	// maxMetadata is the size of a message's metadata in bytes of JSON. Slack
	// refuses beyond a size that it does not document; the number is ours.
	maxMetadata = 16_000
	// noText is what Slack puts into a message that came with blocks alone.
	noText = "This content can't be displayed."
)

// targetLocked resolves the channel of a post: an id, a person's id for a
// direct message, or a channel's name. It refuses where the app may not post.
func (s *Server) targetLocked(c *call) (*Channel, *apiError) {
	id := c.str("channel")
	ch := s.channelLocked(id)
	if ch == nil {
		name := strings.TrimPrefix(id, "#")
		if i := slices.IndexFunc(s.channels, func(c *Channel) bool { return name != "" && !c.DM && c.Name == name }); i >= 0 {
			ch = s.channels[i]
		}
	}
	if u := s.userLocked(id); ch == nil && u != nil && !u.IsBot && !u.Deleted {
		ch, _ = s.directLocked(id)
	}
	switch {
	case ch == nil || !s.appSeesLocked(ch):
		return nil, fail("channel_not_found")
	case ch.Archived:
		return nil, fail("is_archived")
	case !slices.Contains(ch.Members, s.o.BotUserID) && !s.hasScope("chat:write.public"):
		return nil, fail("not_in_channel")
	}
	return ch, nil
}

// readContent takes text, blocks and metadata from the arguments into a message.
func readContent(args object, most int) (*message, *apiError) {
	m := &message{text: str(args, "text"), states: map[string]state{}}
	given, has := args["blocks"]
	if has && given != nil && given != "" {
		blocks, ok := given.([]any)
		if !ok {
			return nil, fail("invalid_blocks_format")
		}
		if errs := checkBlocks(blocks); len(errs) > 0 {
			return nil, fail("invalid_blocks", errs...)
		}
		m.blocks = withBlockIDs(blocks)
	}
	switch {
	case runes(m.text) > most:
		return nil, fail("msg_too_long")
	case strings.TrimSpace(m.text) == "" && len(m.blocks) == 0 && len(list(args, "attachments")) == 0:
		return nil, fail("no_text")
	}
	if m.text == "" {
		m.text = noText
	}
	return m, readMetadata(args, m)
}

func readMetadata(args object, m *message) *apiError {
	given, has := args["metadata"]
	if !has || given == nil || given == "" {
		return nil
	}
	meta, ok := given.(object)
	if !ok {
		return fail("invalid_metadata_format")
	}
	m.metadata = object{}
	if len(meta) == 0 {
		return nil
	}
	c := &checker{on: onMessage}
	c.shape(meta, "MessageMetadata", nil, "/metadata")
	if len(c.errs) > 0 {
		return fail("invalid_metadata_schema", c.errs...)
	}
	if len(encode(meta)) > maxMetadata {
		return fail("metadata_too_large")
	}
	m.metadata = clone(meta)
	return nil
}

func (s *Server) postMessageLocked(c *call) (object, *apiError) {
	ch, bad := s.targetLocked(c)
	if bad == nil {
		bad = s.spendLocked(ch.ID)
	}
	if bad != nil {
		return nil, bad
	}
	m, bad := readMessage(c.args, maxPost)
	if bad != nil {
		return nil, bad
	}
	s.signLocked(m, ch.ID)
	m.username = c.str("username")
	if m.threadTS = c.str("thread_ts"); m.threadTS != "" {
		parent := s.visibleLocked("", ch.ID, m.threadTS)
		if parent == nil || parent.isReply() {
			return nil, fail("thread_not_found")
		}
	}
	s.addMessageLocked(m)
	return object{"channel": ch.ID, "ts": m.ts, "message": s.messageJSONLocked(m, true)}, nil
}

// signLocked makes the app the author.
func (s *Server) signLocked(m *message, channelID string) {
	m.channel, m.user, m.byApp = channelID, s.o.BotUserID, true
	if len(m.metadata) == 0 {
		m.metadata = nil
	}
}

func (s *Server) postEphemeralLocked(c *call) (object, *apiError) {
	ch, bad := s.targetLocked(c)
	if bad != nil {
		return nil, bad
	}
	switch {
	case s.userLocked(c.str("user")) == nil:
		return nil, fail("user_not_found")
	case !slices.Contains(ch.Members, c.str("user")):
		return nil, fail("user_not_in_channel")
	}
	m, bad := readContent(c.args, maxPost)
	if bad != nil {
		return nil, bad
	}
	s.signLocked(m, ch.ID)
	m.only, m.threadTS = c.str("user"), c.str("thread_ts")
	s.addMessageLocked(m)
	return object{"message_ts": m.ts}, nil
}

// ownLocked finds a message of the app's own to change or delete.
func (s *Server) ownLocked(c *call, refusal string) (*message, *apiError) {
	ch, bad := s.findLocked(c.str("channel"), "")
	if bad != nil {
		return nil, bad
	}
	m := s.visibleLocked("", ch.ID, c.str("ts"))
	switch {
	case m == nil:
		return nil, fail("message_not_found")
	case ch.Archived:
		return nil, fail("is_archived")
	case !m.byApp:
		return nil, fail(refusal)
	}
	return m, nil
}

// updated is what the answer to chat.update tells of the message.
var updated = []string{"type", "user", "team", "bot_id", "app_id", "bot_profile", "text", "blocks", "edited", "metadata"}

// chatUpdateLocked replaces text and blocks; text alone takes the blocks away.
// Metadata that is not given stays, {} removes it.
func (s *Server) chatUpdateLocked(c *call) (object, *apiError) {
	m, bad := s.ownLocked(c, "cant_update_message")
	if bad != nil {
		return nil, bad
	}
	fresh, bad := readMessage(c.args, maxUpdate)
	if bad != nil {
		return nil, bad
	}
	before := s.messageJSONLocked(m, true)
	s.replaceLocked(m, fresh)
	s.messageEventLocked(m, object{
		"subtype": "message_changed", "message": s.messageJSONLocked(m, true), "previous_message": before,
	})
	answer := s.messageJSONLocked(m, true)
	maps.DeleteFunc(answer, func(name string, _ any) bool { return !slices.Contains(updated, name) })
	return object{"channel": m.channel, "ts": m.ts, "text": m.text, "message": answer}, nil
}

func (s *Server) replaceLocked(m, fresh *message) {
	if fresh.text != m.text {
		m.editedTS = s.newTSLocked()
	}
	m.text, m.blocks = fresh.text, fresh.blocks
	if fresh.metadata != nil {
		m.metadata = fresh.metadata
	}
	if len(m.metadata) == 0 {
		m.metadata = nil
	}
	for who, st := range m.states {
		m.states[who] = st.carriedTo(m.blocks)
	}
	s.touchLocked()
}

func (s *Server) chatDeleteLocked(c *call) (object, *apiError) {
	m, bad := s.ownLocked(c, "cant_delete_message")
	if bad != nil {
		return nil, bad
	}
	before := s.messageJSONLocked(m, true)
	s.removeMessageLocked(m)
	s.messageEventLocked(m, object{"subtype": "message_deleted", "deleted_ts": m.ts, "previous_message": before})
	return object{"channel": m.channel, "ts": m.ts}, nil
}

// triggerLife is how long a trigger can be exchanged for a view.
const triggerLife = 3 * time.Second
