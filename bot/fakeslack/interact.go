package fakeslack

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// ErrNotNow is returned for something the Slack client would not let a person
// do: pressing what is under another modal, or submitting a view without a
// submit button.
var ErrNotNow = errors.New("not possible now")

// payloadLocked is what all interactive payloads share.
func (s *Server) payloadLocked(kind string, u *User) object {
	return object{
		"type": kind, "token": "fake", "api_app_id": s.o.AppID,
		"team":       object{"id": s.o.TeamID, "domain": s.teamDomain()},
		"user":       object{"id": u.ID, "username": u.Name, "name": u.Name, "team_id": u.TeamID},
		"enterprise": nil, "is_enterprise_install": false,
	}
}

// spot is a place a person acts on, looked up.
type spot struct {
	m     *message
	v     *view
	state state
}

func (p *spot) blocks() []any {
	if p.m != nil {
		return p.m.blocks
	}
	return p.v.blocks()
}

func (s *Server) spotLocked(userID string, at Place) (*spot, error) {
	switch {
	case at.Home:
		if v := s.homes[userID]; v != nil {
			return &spot{v: v, state: v.state}, nil
		}
		return nil, fmt.Errorf("app home of %q: %w", userID, ErrNotThere)
	case at.ViewID != "":
		v, err := s.topLocked(userID, at.ViewID)
		if err != nil {
			return nil, err
		}
		return &spot{v: v, state: v.state}, nil
	}
	if _, _, err := s.roomLocked(userID, at.Channel); err != nil {
		return nil, err
	}
	m := s.visibleLocked(userID, at.Channel, at.TS)
	if m == nil {
		return nil, fmt.Errorf("message %s in %s: %w", at.TS, at.Channel, ErrNotThere)
	}
	if m.states[userID] == nil {
		if m.states == nil {
			m.states = map[string]state{}
		}
		m.states[userID] = initialState(m.blocks)
	}
	return &spot{m: m, state: m.states[userID]}, nil
}

// topLocked returns a person's open view, which has to be the top one.
func (s *Server) topLocked(userID, viewID string) (*view, error) {
	stack := s.stacks[userID]
	i := slices.IndexFunc(stack, func(v *view) bool { return v.id == viewID })
	switch {
	case i < 0:
		return nil, fmt.Errorf("view %q: %w", viewID, ErrNotThere)
	case i < len(stack)-1:
		return nil, fmt.Errorf("view %q lies under another: %w", viewID, ErrNotNow)
	}
	return stack[i], nil
}

// Click presses a button or makes a choice, and returns when the app has
// acknowledged. The choice stays in the view or message. An input block without
// dispatch_action sends nothing. For an element of many choices, Selected is the
// whole new choice, separated by commas.
func (s *Server) Click(ctx context.Context, userID string, at Place, a Action) error {
	s.mu.Lock()
	e, err := s.clickLocked(userID, at, a)
	s.mu.Unlock()
	if err != nil || e == nil {
		return err
	}
	_, err = s.wait(ctx, e)
	return err
}

func (s *Server) clickLocked(userID string, at Place, a Action) (*Envelope, error) {
	u, err := s.actorLocked(userID)
	if err != nil {
		return nil, err
	}
	p, err := s.spotLocked(userID, at)
	if err != nil {
		return nil, err
	}
	block, e := findElement(p.blocks(), a.BlockID, a.ActionID)
	if e == nil || a.Value != "" && str(e, "type") == "button" && str(e, "value") != a.Value {
		return nil, fmt.Errorf("element %s/%s: %w", a.BlockID, a.ActionID, ErrNotThere)
	}
	action, err := s.actionLocked(p, block, e, a)
	if err != nil {
		return nil, err
	}
	if str(block, "type") == "input" && block["dispatch_action"] != true {
		return nil, nil
	}
	payload := s.payloadLocked("block_actions", u)
	payload["actions"] = []any{action}
	payload["trigger_id"] = s.triggerLocked(userID)
	s.describeLocked(payload, p, userID)
	return s.sendLocked("interactive", payload, 0), nil
}

// actionLocked builds the entry of actions[] and keeps the choice.
func (s *Server) actionLocked(p *spot, block, e object, a Action) (object, error) {
	kind := str(e, "type")
	now := s.o.Now()
	action := object{
		"type": kind, "action_id": str(e, "action_id"), "block_id": str(block, "block_id"),
		"action_ts": fmt.Sprintf("%d.%06d", now.Unix(), now.Nanosecond()/int(time.Microsecond)),
	}
	for _, name := range []string{"placeholder", "confirm", "style", "initial_option", "initial_user", "initial_date", "initial_time", "initial_date_time"} {
		if v, has := e[name]; has {
			action[name] = v
		}
	}
	switch kind {
	case "button":
		action["text"] = e["text"]
		if v, has := e["value"]; has {
			action["value"] = v
		}
		return action, nil
	case "overflow":
		o := findOption(optionsOf(e), a.Selected)
		if o == nil {
			return nil, fmt.Errorf("option %q: %w", a.Selected, ErrNotThere)
		}
		action["selected_option"] = o
		return action, nil
	}
	selected := a.Selected
	if holds[kind].field == "value" && selected == "" {
		selected = a.Value
	}
	value, err := chosen(e, selected, s.offered[offerKey(p, str(block, "block_id"), str(e, "action_id"))])
	if err != nil {
		return nil, err
	}
	if err := s.existsLocked(value); err != nil {
		return nil, err
	}
	p.state.put(str(block, "block_id"), str(e, "action_id"), value)
	s.touchLocked()
	maps.Copy(action, value)
	return action, nil
}

// existsLocked refuses people and channels that no select would list.
func (s *Server) existsLocked(value object) error {
	if id := str(value, "selected_user"); id != "" && id != "USLACKBOT" && s.userLocked(id) == nil {
		return fmt.Errorf("user %q: %w", id, ErrNotThere)
	}
	for _, name := range []string{"selected_channel", "selected_conversation"} {
		if id := str(value, name); id != "" && s.channelLocked(id) == nil {
			return fmt.Errorf("channel %q: %w", id, ErrNotThere)
		}
	}
	return nil
}

// describeLocked says in a payload where the person acted.
func (s *Server) describeLocked(payload object, p *spot, userID string) {
	if p.v != nil {
		payload["container"] = object{"type": "view", "view_id": p.v.id}
		payload["view"] = s.viewJSONLocked(p.v)
		return
	}
	m := p.m
	container := object{"type": "message", "message_ts": m.ts, "channel_id": m.channel, "is_ephemeral": m.only != ""}
	thread := ""
	if m.threadTS != "" {
		container["thread_ts"], thread = m.threadTS, m.threadTS
	}
	payload["container"] = container
	payload["channel"] = s.channelRefLocked(m.channel)
	payload["state"] = object{"values": p.state}
	if m.only == "" { // Slack does not send ephemeral messages back
		payload["message"] = s.messageJSONLocked(m, true)
	}
	payload["response_url"] = s.responseURLLocked(responseURL{
		userID: userID, channelID: m.channel, originTS: m.ts, threadTS: thread,
	})
}

func (s *Server) channelRefLocked(id string) object {
	ch := s.channelLocked(id)
	name := ch.Name
	switch {
	case ch.DM:
		name = "directmessage"
	case ch.Private:
		name = "privategroup"
	}
	return object{"id": ch.ID, "name": name}
}
