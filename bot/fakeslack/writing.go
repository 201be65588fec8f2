package fakeslack

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Say writes a message as a person and returns its timestamp; threadTS is empty
// for the channel itself. @handle and #channel become references, and addresses
// become links, as the Slack client makes them: <https://x>, <http://x.com|x.com>
// and <mailto:a@x.com|a@x.com>. A link in that form already stays.
func (s *Server) Say(_ context.Context, userID, channelID, threadTS, text string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.writerLocked(userID, channelID, text)
	if err != nil {
		return "", err
	}
	if threadTS != "" {
		parent := s.visibleLocked("", channelID, threadTS)
		if parent == nil || parent.isReply() {
			return "", fmt.Errorf("thread %s: %w", threadTS, ErrNotThere)
		}
	}
	m := &message{channel: channelID, user: u.ID, text: s.writtenLocked(text), threadTS: threadTS}
	s.addMessageLocked(m)
	return m.ts, nil
}

// writerLocked returns a person who can write a text in a conversation.
func (s *Server) writerLocked(userID, channelID, text string) (*User, error) {
	u, ch, err := s.roomLocked(userID, channelID)
	switch {
	case err != nil:
		return nil, err
	case !slices.Contains(ch.Members, u.ID):
		return nil, fmt.Errorf("user %q is not in channel %q: %w", userID, channelID, ErrNotNow)
	case ch.Archived:
		return nil, fmt.Errorf("channel %q is archived: %w", channelID, ErrNotNow)
	case strings.TrimSpace(text) == "":
		return nil, fmt.Errorf("empty message: %w", ErrNotNow)
	}
	return u, nil
}

// Edit changes the text of a person's own message.
func (s *Server) Edit(_ context.Context, userID, channelID, ts, text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.writerLocked(userID, channelID, text); err != nil {
		return err
	}
	m, err := s.ownMessageLocked(userID, channelID, ts)
	if err != nil {
		return err
	}
	before := s.messageJSONLocked(m, true)
	s.replaceLocked(m, &message{text: s.writtenLocked(text)})
	s.messageEventLocked(m, object{
		"subtype": "message_changed", "message": s.messageJSONLocked(m, true), "previous_message": before,
	})
	return nil
}

// Delete takes a person's own message away. One with replies leaves a mark that
// the thread hangs on.
func (s *Server) Delete(_ context.Context, userID, channelID, ts string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, _, err := s.roomLocked(userID, channelID); err != nil {
		return err
	}
	m, err := s.ownMessageLocked(userID, channelID, ts)
	if err != nil {
		return err
	}
	before := s.messageJSONLocked(m, true)
	if len(s.repliesToLocked(m)) == 0 {
		s.removeMessageLocked(m)
		s.messageEventLocked(m, object{"subtype": "message_deleted", "deleted_ts": m.ts, "previous_message": before})
		return nil
	}
	m.user, m.text, m.files, m.gone = "USLACKBOT", "This message was deleted.", nil, true
	s.touchLocked()
	s.messageEventLocked(m, object{
		"subtype": "message_changed", "message": s.messageJSONLocked(m, true), "previous_message": before,
	})
	return nil
}

func (s *Server) ownMessageLocked(userID, channelID, ts string) (*message, error) {
	m := s.visibleLocked("", channelID, ts)
	switch {
	case m == nil || m.gone:
		return nil, fmt.Errorf("message %s in %s: %w", ts, channelID, ErrNotThere)
	case m.user != userID || m.byApp:
		return nil, fmt.Errorf("message %s is somebody else's: %w", ts, ErrNotNow)
	}
	return m, nil
}

// address is what the Slack client makes a link of: one in Slack's form, one
// with a scheme, an e-mail address, and a name that ends like one of the web.
var address = regexp.MustCompile(`<https?://[^<>|\s]+(?:\|[^<>]*)?>|https?://[^\s<>|]*[^\s<>|.,;:!?)"']` +
	`|[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b` +
	`|\b(?:[a-z0-9-]+\.)+(?:com|org|net|io|ai|app|dev|co|example)\b(?:/[^\s<>|]*[^\s<>|.,;:!?)"'])?`)

// writtenLocked is the text of a message as Slack keeps it.
func (s *Server) writtenLocked(text string) string {
	var out strings.Builder
	last := 0
	for _, at := range address.FindAllStringIndex(text, -1) {
		out.WriteString(s.escapeLocked(text[last:at[0]], false))
		out.WriteString(linkTo(text[at[0]:at[1]]))
		last = at[1]
	}
	out.WriteString(s.escapeLocked(text[last:], false))
	return out.String()
}

func linkTo(token string) string {
	inert := strings.ReplaceAll(token, "&", "&amp;")
	switch {
	case strings.HasPrefix(token, "<"):
		return token
	case strings.Contains(token, "://"):
		return "<" + inert + ">"
	case strings.Contains(token, "@"):
		return "<mailto:" + token + "|" + token + ">"
	}
	return "<http://" + inert + "|" + inert + ">"
}
