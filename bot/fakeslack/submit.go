package fakeslack

import (
	"context"
	"fmt"
	"maps"
)

// SetState records what a person typed or chose in an open modal without
// telling the app. value is Slack's state object for the element, such as
// {"type":"plain_text_input","value":"x"}.
func (s *Server) SetState(userID, viewID, blockID, actionID string, value any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, err := s.topLocked(userID, viewID)
	if err != nil {
		return err
	}
	return s.setLocked(v, blockID, actionID, value)
}

func (s *Server) setLocked(v *view, blockID, actionID string, value any) error {
	block, e := findElement(v.blocks(), blockID, actionID)
	if e == nil {
		return fmt.Errorf("element %s/%s: %w", blockID, actionID, ErrNotThere)
	}
	blockID = str(block, "block_id")
	st, err := toState(e, value, s.offered[offerKey(&spot{v: v}, blockID, actionID)])
	if err == nil {
		err = s.existsLocked(st)
	}
	if err != nil {
		return fmt.Errorf("element %s/%s: %w", blockID, actionID, err)
	}
	v.state.put(blockID, actionID, st)
	return nil
}

// Submit fills in values (block id, action id, Slack's state object) and presses
// the submit button of the top modal. Elements that are not named keep what they
// have. It returns nil when the app acknowledged, and also when the client
// itself found a field wrong and sent nothing; field errors are then in
// Views(userID). It returns ErrNoAnswer or ErrBadAnswer where the person would
// see a general error; the view then stays open.
func (s *Server) Submit(ctx context.Context, userID, viewID string, values map[string]map[string]any) error {
	s.mu.Lock()
	e, err := s.submitLocked(userID, viewID, values)
	s.mu.Unlock()
	if err != nil || e == nil {
		return err
	}
	answer, err := s.wait(ctx, e)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.views[viewID]
	if v == nil { // closed meanwhile
		return nil
	}
	return s.applyLocked(v, answer)
}

func (s *Server) submitLocked(userID, viewID string, values map[string]map[string]any) (*Envelope, error) {
	u, err := s.actorLocked(userID)
	if err != nil {
		return nil, err
	}
	v, err := s.topLocked(userID, viewID)
	if err != nil {
		return nil, err
	}
	if v.body["submit"] == nil || v.body["submit_disabled"] == true {
		return nil, fmt.Errorf("view %q cannot be submitted: %w", viewID, ErrNotNow)
	}
	for blockID, actions := range values {
		for actionID, value := range actions {
			if err := s.setLocked(v, blockID, actionID, value); err != nil {
				return nil, err
			}
		}
	}
	v.errors = fieldErrors(v.blocks(), v.state)
	s.touchLocked()
	if len(v.errors) > 0 {
		return nil, nil
	}
	payload := s.payloadLocked("view_submission", u)
	payload["trigger_id"] = s.triggerLocked(userID)
	payload["view"] = s.viewJSONLocked(v)
	payload["response_urls"] = s.responseURLsLocked(v)
	return s.sendLocked("interactive", payload, 0), nil
}

// responseURLsLocked gives a response URL for each conversation chosen in a
// select with response_url_enabled.
func (s *Server) responseURLsLocked(v *view) []any {
	out := []any{}
	eachElement(v.blocks(), func(block, e object) {
		b, a := str(block, "block_id"), str(e, "action_id")
		st := v.state[b][a]
		id := str(st, "selected_conversation") + str(st, "selected_channel")
		if e["response_url_enabled"] != true || id == "" {
			return
		}
		url := s.responseURLLocked(responseURL{userID: v.userID, channelID: id})
		out = append(out, object{"block_id": b, "action_id": a, "channel_id": id, "response_url": url})
	})
	return out
}

// applyLocked does what the acknowledgement of a submission asks for.
func (s *Server) applyLocked(v *view, answer object) error {
	if len(answer) == 0 {
		s.closeViewLocked(v)
		return nil
	}
	switch action := str(answer, "response_action"); action {
	case "clear":
		s.closeAllLocked(v.userID)
		return nil
	case "errors":
		return s.showErrorsLocked(v, sub(answer, "errors"))
	case "update", "push":
		body, bad := checkView(answer["view"], "modal")
		if bad != nil {
			return fmt.Errorf("%w: view: %s %v", ErrBadAnswer, bad.code, bad.messages)
		}
		if action == "update" {
			s.redrawLocked(v, body)
			return nil
		}
		if len(s.stacks[v.userID]) >= maxStack {
			return fmt.Errorf("%w: push_limit_reached", ErrBadAnswer)
		}
		s.pushLocked(v.userID, body)
		return nil
	default:
		return fmt.Errorf("%w: response_action %q", ErrBadAnswer, action)
	}
}

// showErrorsLocked shows field errors. Slack refuses the whole answer when one
// of them is not at an input block.
func (s *Server) showErrorsLocked(v *view, errs object) error {
	inputs := map[string]bool{}
	for _, b := range v.blocks() {
		block, _ := b.(object)
		inputs[str(block, "block_id")] = str(block, "type") == "input"
	}
	found := map[string]string{}
	for blockID, text := range errs {
		message, ok := text.(string)
		if !ok || !inputs[blockID] {
			return fmt.Errorf("%w: error for %q, which is no input block", ErrBadAnswer, blockID)
		}
		found[blockID] = message
	}
	if len(found) == 0 {
		return fmt.Errorf("%w: response_action errors without errors", ErrBadAnswer)
	}
	v.errors = found
	s.touchLocked()
	return nil
}

// closeViewLocked closes a view, and what lies on top of it.
func (s *Server) closeViewLocked(v *view) {
	for s.views[v.id] != nil && len(s.stacks[v.userID]) > 0 {
		s.closeTopLocked(v.userID)
	}
}

// CloseView presses the close button of the top view, or, given the lowest view
// of a stack, the x that closes them all. The app is told when the view asks for
// it with notify_on_close.
func (s *Server) CloseView(ctx context.Context, userID, viewID string) error {
	s.mu.Lock()
	e, err := s.closeLocked(userID, viewID)
	s.mu.Unlock()
	if err != nil || e == nil {
		return err
	}
	_, err = s.wait(ctx, e)
	return err
}

func (s *Server) closeLocked(userID, viewID string) (*Envelope, error) {
	u, err := s.actorLocked(userID)
	if err != nil {
		return nil, err
	}
	stack := s.stacks[userID]
	v, err := s.topLocked(userID, viewID)
	cleared := len(stack) > 1 && stack[0].id == viewID
	switch {
	case cleared:
		v = stack[0]
	case err != nil:
		return nil, err
	case v.body["clear_on_close"] == true:
		v, cleared = stack[0], true
	}
	payload := s.payloadLocked("view_closed", u)
	payload["view"], payload["is_cleared"] = maps.Clone(s.viewJSONLocked(v)), cleared
	s.closeViewLocked(v)
	if v.body["notify_on_close"] != true {
		return nil, nil
	}
	return s.sendLocked("interactive", payload, 0), nil
}
