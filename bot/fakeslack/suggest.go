package fakeslack

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// offerKey names the options a type-ahead has shown: a choice is completed from
// them.
func offerKey(p *spot, blockID, actionID string) string {
	where := ""
	if p.v != nil {
		where = p.v.id
	} else if p.m != nil {
		where = p.m.ts
	}
	return strings.Join([]string{where, blockID, actionID}, "\x00")
}

// Suggest types query into an external select and returns what the app offers.
// It asks nothing of the app while query is shorter than min_query_length, which
// is 3 unless the element says otherwise. Options the app may not send are
// ErrBadAnswer.
func (s *Server) Suggest(ctx context.Context, userID string, at Place, blockID, actionID, query string) ([]Option, error) {
	s.mu.Lock()
	e, key, err := s.suggestLocked(userID, at, blockID, actionID, query)
	s.mu.Unlock()
	if err != nil || e == nil {
		return nil, err
	}
	answer, err := s.wait(ctx, e)
	if err != nil {
		return nil, err
	}
	options, err := readOptions(answer)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	known := slices.DeleteFunc(s.offered[key], func(o object) bool { return findOption(options, str(o, "value")) != nil })
	s.offered[key] = append(known, options...)
	out := make([]Option, 0, len(options))
	for _, o := range options {
		out = append(out, Option{
			Text: str(sub(o, "text"), "text"), Value: str(o, "value"), Description: str(sub(o, "description"), "text"),
		})
	}
	return out, nil
}

func (s *Server) suggestLocked(userID string, at Place, blockID, actionID, query string) (*Envelope, string, error) {
	u, err := s.actorLocked(userID)
	if err != nil {
		return nil, "", err
	}
	p, err := s.spotLocked(userID, at)
	if err != nil {
		return nil, "", err
	}
	block, e := findElement(p.blocks(), blockID, actionID)
	if !strings.HasSuffix(str(e, "type"), "external_select") {
		return nil, "", fmt.Errorf("external select %s/%s: %w", blockID, actionID, ErrNotThere)
	}
	least := 3.0
	if n, has := number(e["min_query_length"]); has {
		least = n
	}
	if runes(query) < int(least) {
		return nil, "", nil
	}
	payload := s.payloadLocked("block_suggestion", u)
	s.describeLocked(payload, p, userID)
	for _, name := range []string{"response_url", "state"} {
		delete(payload, name)
	}
	maps.Copy(payload, object{"action_id": actionID, "block_id": str(block, "block_id"), "value": query})
	return s.sendLocked("interactive", payload, 0), offerKey(p, str(block, "block_id"), actionID), nil
}

// readOptions checks the answer to a block_suggestion. An empty list is fine.
func readOptions(answer object) ([]object, error) {
	_, flat := answer["options"].([]any)
	groups, grouped := answer["option_groups"].([]any)
	if flat == grouped {
		return nil, fmt.Errorf("%w: neither options nor option_groups", ErrBadAnswer)
	}
	c := &checker{}
	if flat && len(list(answer, "options")) > 0 || len(groups) > 0 {
		offered := object{"type": "static_select"}
		for _, name := range []string{"options", "option_groups"} {
			if v, has := answer[name]; has {
				offered[name] = v
			}
		}
		c.shape(offered, "StaticSelect", nil, "")
	}
	if len(c.errs) > 0 {
		return nil, fmt.Errorf("%w: %s", ErrBadAnswer, strings.Join(c.errs, "; "))
	}
	return optionsOf(answer), nil
}
