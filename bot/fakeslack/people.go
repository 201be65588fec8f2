package fakeslack

import (
	"context"
	"fmt"
	"regexp"
	"strings"
)

// Command types a slash command in a channel and returns when the app has
// acknowledged. As with should_escape, @handle and #channel in text become
// <@U123|handle> and <#C123|channel>. A message in the acknowledgement is shown.
func (s *Server) Command(ctx context.Context, userID, channelID, command, text string) error {
	s.mu.Lock()
	e, r, err := s.commandLocked(userID, channelID, command, text)
	s.mu.Unlock()
	if err != nil {
		return err
	}
	answer, err := s.wait(ctx, e)
	if err != nil || len(answer) == 0 {
		return err
	}
	m, bad := readContent(answer, maxPost)
	if bad != nil {
		return fmt.Errorf("%w: %s %v", ErrBadAnswer, bad.code, bad.messages)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answerLocked(m, r, str(answer, "response_type"), "")
	return nil
}

func (s *Server) commandLocked(userID, channelID, command, text string) (*Envelope, *responseURL, error) {
	u, ch, err := s.roomLocked(userID, channelID)
	if err != nil {
		return nil, nil, err
	}
	if !strings.HasPrefix(command, "/") {
		return nil, nil, fmt.Errorf("command %q without a slash: %w", command, ErrNotThere)
	}
	r := responseURL{userID: userID, channelID: ch.ID}
	payload := object{
		"token": "fake", "team_id": s.o.TeamID, "team_domain": s.teamDomain(),
		"channel_id": ch.ID, "channel_name": s.channelRefLocked(ch.ID)["name"],
		"user_id": u.ID, "user_name": u.Name, "command": command, "text": s.escapeLocked(text, true),
		"api_app_id": s.o.AppID, "is_enterprise_install": "false",
		"response_url": s.responseURLLocked(r), "trigger_id": s.triggerLocked(userID),
	}
	return s.sendLocked("slash_commands", payload, 0), &r, nil
}

var mention = regexp.MustCompile(`<@[UW][A-Z0-9]+(\|[^<>]*)?>|<#C[A-Z0-9]+(\|[^<>]*)?>|[@#][\pL\pN._-]*[\pL\pN]`)

// escapeLocked is what the Slack client makes of typed text: & < > escaped,
// known @handles and #channels as references. References already in Slack's form
// stay; every other bracket, such as <!channel>, does not.
func (s *Server) escapeLocked(text string, named bool) string {
	plain := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	var out strings.Builder
	last := 0
	for _, at := range mention.FindAllStringIndex(text, -1) {
		token := text[at[0]:at[1]]
		out.WriteString(plain.Replace(text[last:at[0]]))
		out.WriteString(s.referenceLocked(token, named))
		last = at[1]
	}
	out.WriteString(plain.Replace(text[last:]))
	return out.String()
}

func (s *Server) referenceLocked(token string, named bool) string {
	name := token[1:]
	for _, u := range s.users {
		if token[0] == '@' && u.Name == name {
			return reference("@"+u.ID, u.Name, named)
		}
	}
	for _, c := range s.channels {
		if token[0] == '#' && !c.DM && c.Name == name {
			return reference("#"+c.ID, c.Name, named)
		}
	}
	return token
}

func reference(id, name string, named bool) string {
	if named {
		return "<" + id + "|" + name + ">"
	}
	return "<" + id + ">"
}

// OpenHome opens the app's Home tab.
func (s *Server) OpenHome(_ context.Context, userID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.actorLocked(userID)
	if err != nil {
		return err
	}
	ch, _ := s.directLocked(u.ID)
	event := object{"type": "app_home_opened", "user": u.ID, "channel": ch.ID, "tab": "home", "event_ts": s.newTSLocked()}
	if v := s.homes[u.ID]; v != nil {
		event["view"] = s.viewJSONLocked(v)
	}
	s.eventLocked(event)
	return nil
}

// Shortcut runs a global shortcut and returns when the app has acknowledged.
func (s *Server) Shortcut(ctx context.Context, userID, callbackID string) error {
	return s.shortcut(ctx, userID, callbackID, "shortcut", func(_ *User, payload object) error {
		delete(sub(payload, "user"), "name")
		return nil
	})
}

// MessageShortcut runs a shortcut from a message's menu and returns when the app
// has acknowledged.
func (s *Server) MessageShortcut(ctx context.Context, userID, channelID, ts, callbackID string) error {
	return s.shortcut(ctx, userID, callbackID, "message_action", func(u *User, payload object) error {
		if _, _, err := s.roomLocked(userID, channelID); err != nil {
			return err
		}
		m := s.visibleLocked("", channelID, ts)
		if m == nil {
			return fmt.Errorf("message %s in %s: %w", ts, channelID, ErrNotThere)
		}
		payload["channel"], payload["message_ts"] = s.channelRefLocked(channelID), ts
		payload["message"] = s.messageJSONLocked(m, true)
		payload["response_url"] = s.responseURLLocked(responseURL{
			userID: u.ID, channelID: channelID, originTS: ts, threadTS: m.threadTS,
		})
		return nil
	})
}

func (s *Server) shortcut(ctx context.Context, userID, callbackID, kind string, add func(*User, object) error) error {
	s.mu.Lock()
	u, err := s.actorLocked(userID)
	if err != nil {
		s.mu.Unlock()
		return err
	}
	payload := s.payloadLocked(kind, u)
	delete(payload, "api_app_id") // shortcuts have none
	payload["callback_id"], payload["action_ts"] = callbackID, s.newTSLocked()
	payload["trigger_id"] = s.triggerLocked(userID)
	if err := add(u, payload); err != nil {
		s.mu.Unlock()
		return err
	}
	e := s.sendLocked("interactive", payload, 0)
	s.mu.Unlock()
	_, err = s.wait(ctx, e)
	return err
}
