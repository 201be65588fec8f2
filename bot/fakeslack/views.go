package fakeslack

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// maxStack is how many modals may lie on each other.
const maxStack = 3

// view is an open modal, or a person's App Home.
type view struct {
	id, rootID, previousID string
	hash                   string
	userID                 string
	body                   object // as the app sent it, with block ids
	state                  state
	errors                 map[string]string
}

func (v *view) blocks() []any    { return list(v.body, "blocks") }
func (v *view) external() string { return str(v.body, "external_id") }

// trigger lets the app open a view for a person, once, for triggerLife.
type trigger struct {
	userID  string
	expires time.Time
	used    bool
}

func (s *Server) triggerLocked(userID string) string {
	s.seq++
	now := s.o.Now()
	if s.seq%1024 == 0 { // kept a while so that late use is told apart from nonsense
		maps.DeleteFunc(s.triggers, func(_ string, t *trigger) bool { return now.Sub(t.expires) > time.Hour })
		maps.DeleteFunc(s.responses, func(_ string, r *responseURL) bool { return now.Sub(r.expires) > time.Hour })
	}
	id := fmt.Sprintf("%d.%d.%s", s.seq, now.UnixMilli(), randomHex(16))
	s.triggers[id] = &trigger{userID: userID, expires: now.Add(triggerLife)}
	return id
}

func (s *Server) checkTriggerLocked(id string) (*trigger, *apiError) {
	t := s.triggers[id]
	switch {
	case t == nil:
		return nil, fail("invalid_trigger_id")
	case t.used:
		return nil, fail("exchanged_trigger_id")
	case s.o.Now().After(t.expires):
		return nil, fail("expired_trigger_id")
	}
	return t, nil
}

func (s *Server) viewsOpenLocked(c *call) (object, *apiError) {
	return s.exchangeLocked(c, func(t *trigger) *apiError {
		s.closeAllLocked(t.userID)
		return nil
	})
}

func (s *Server) viewsPushLocked(c *call) (object, *apiError) {
	return s.exchangeLocked(c, func(t *trigger) *apiError {
		switch n := len(s.stacks[t.userID]); {
		case n == 0:
			return fail("invalid_trigger_id")
		case n >= maxStack:
			return fail("push_limit_reached")
		}
		return nil
	})
}

// exchangeLocked opens a view for a trigger. A view that is refused does not use
// the trigger up.
func (s *Server) exchangeLocked(c *call, before func(*trigger) *apiError) (object, *apiError) {
	body, bad := checkView(c.args["view"], "modal")
	if bad != nil {
		return nil, bad
	}
	t, bad := s.checkTriggerLocked(c.str("trigger_id"))
	if bad != nil {
		return nil, bad
	}
	if s.externalTakenLocked(str(body, "external_id"), nil) {
		return nil, fail("duplicate_external_id")
	}
	if bad := before(t); bad != nil {
		return nil, bad
	}
	t.used = true
	v := s.pushLocked(t.userID, body)
	return object{"view": s.viewJSONLocked(v)}, nil
}

// pushLocked puts a checked view on top of a person's stack.
func (s *Server) pushLocked(userID string, body object) *view {
	v := &view{id: s.newIDLocked("V"), userID: userID, body: body, state: initialState(list(body, "blocks"))}
	v.rootID = v.id
	if stack := s.stacks[userID]; len(stack) > 0 {
		v.rootID, v.previousID = stack[0].id, stack[len(stack)-1].id
	}
	s.rehashLocked(v)
	s.views[v.id] = v
	s.stacks[userID] = append(s.stacks[userID], v)
	s.touchLocked()
	return v
}

func (s *Server) rehashLocked(v *view) {
	v.hash = fmt.Sprintf("%d.%s", s.o.Now().Unix(), randomHex(4))
}

// redrawLocked replaces an open view's body, keeping what the person had put
// into the elements that are still there.
func (s *Server) redrawLocked(v *view, body object) {
	v.body = body
	v.state = v.state.carriedTo(list(body, "blocks"))
	v.errors = nil
	s.rehashLocked(v)
	s.touchLocked()
}

func (s *Server) externalTakenLocked(id string, by *view) bool {
	return id != "" && slices.ContainsFunc(slices.Collect(maps.Values(s.views)), func(v *view) bool {
		return v != by && v.external() == id
	})
}

func (s *Server) viewsUpdateLocked(c *call) (object, *apiError) {
	body, bad := checkView(c.args["view"], "")
	if bad != nil {
		return nil, bad
	}
	v := s.views[c.str("view_id")]
	if external := c.str("external_id"); v == nil && external != "" {
		for _, open := range s.views {
			if open.external() == external {
				v = open
			}
		}
	}
	switch {
	case v == nil || str(body, "type") != str(v.body, "type"):
		return nil, fail("not_found")
	case c.str("hash") != "" && c.str("hash") != v.hash:
		return nil, fail("hash_conflict")
	case s.externalTakenLocked(str(body, "external_id"), v):
		return nil, fail("duplicate_external_id")
	}
	s.redrawLocked(v, body)
	return object{"view": s.viewJSONLocked(v)}, nil
}

func (s *Server) viewsPublishLocked(c *call) (object, *apiError) {
	body, bad := checkView(c.args["view"], "home")
	if bad != nil {
		return nil, bad
	}
	u := s.userLocked(c.str("user_id"))
	if u == nil || u.IsBot || u.Deleted {
		return nil, fail("user_not_found")
	}
	v := s.homes[u.ID]
	if hash := c.str("hash"); hash != "" && (v == nil || hash != v.hash) {
		return nil, fail("hash_conflict")
	}
	if s.externalTakenLocked(str(body, "external_id"), v) {
		return nil, fail("duplicate_external_id")
	}
	if v == nil {
		v = &view{id: s.newIDLocked("V"), userID: u.ID}
		v.rootID = v.id
		s.homes[u.ID], s.views[v.id] = v, v
	}
	s.redrawLocked(v, body)
	return object{"view": s.viewJSONLocked(v)}, nil
}

// closeTopLocked takes the top view away.
func (s *Server) closeTopLocked(userID string) {
	stack := s.stacks[userID]
	if len(stack) == 0 {
		return
	}
	id := stack[len(stack)-1].id
	delete(s.views, id)
	maps.DeleteFunc(s.offered, func(key string, _ []object) bool { return strings.HasPrefix(key, id+"\x00") })
	s.stacks[userID] = stack[:len(stack)-1]
	s.touchLocked()
}

func (s *Server) closeAllLocked(userID string) {
	for len(s.stacks[userID]) > 0 {
		s.closeTopLocked(userID)
	}
}

// viewJSONLocked is the view object of answers and payloads.
func (s *Server) viewJSONLocked(v *view) object {
	o := object{
		"private_metadata": "", "callback_id": "", "external_id": "", "clear_on_close": false, "notify_on_close": false,
		"title": nil, "close": nil, "submit": nil, "previous_view_id": nil,
	}
	maps.Copy(o, v.body)
	if str(v.body, "type") == "home" { // Slack sends this for the title it does not have
		o["title"] = object{"type": "plain_text", "text": "View Title", "emoji": true}
	}
	o["id"], o["team_id"], o["hash"], o["root_view_id"] = v.id, s.o.TeamID, v.hash, v.rootID
	o["app_id"], o["bot_id"], o["app_installed_team_id"] = s.o.AppID, s.botIDLocked(), s.o.TeamID
	o["state"] = object{"values": v.state}
	if v.previousID != "" {
		o["previous_view_id"] = v.previousID
	}
	return o
}

// Home returns a person's App Home, if the app has published one.
func (s *Server) Home(userID string) (View, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.homes[userID]
	if v == nil {
		return View{}, false
	}
	return s.shownLocked(v), true
}

// Views returns the modals a person has open, the top one last.
func (s *Server) Views(userID string) []View {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []View
	for _, v := range s.stacks[userID] {
		out = append(out, s.shownLocked(v))
	}
	return out
}

func (s *Server) shownLocked(v *view) View {
	return View{ID: v.id, Hash: v.hash, Raw: encode(s.viewJSONLocked(v)), Errors: maps.Clone(v.errors)}
}
