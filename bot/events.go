package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// eventCallback is the outer event and what we read of the inner ones. It is
// read with our own type, because the library refuses a whole event where one
// field that we do not need is new to it.
type eventCallback struct {
	EventID string `json:"event_id"`
	Event   struct {
		Type string          `json:"type"`
		Tab  string          `json:"tab"`
		User json.RawMessage `json:"user"` // an id or an account, depending on the type
		messageEvent
	} `json:"event"`
}

// errUnderWay is returned for the repeat of an event that is being handled.
var errUnderWay = errors.New("the same event is still being handled")

// event answers an event. One that changes something is acknowledged when that
// is durable: without an acknowledgement Slack sends it again.
func (b *Bot) event(ctx context.Context, e envelope, r *reply) error {
	var c eventCallback
	if err := json.Unmarshal(e.Payload, &c); err != nil {
		return fmt.Errorf("event: %w: %w", errUnreadable, err)
	}
	if c.Event.Type == "message" && !b.concerns(c) {
		return nil
	}
	key := "event " + c.EventID
	if c.EventID != "" {
		if before, first := b.seen.first(key, time.Now()); !first {
			if !before.done {
				return errUnderWay // it may fail yet; Slack sends it again
			}
			return nil
		}
	}
	err := b.react(ctx, c, r)
	if err != nil && !r.sent {
		b.seen.forget(key)
		return err
	}
	b.seen.settle(key, nil)
	return err
}

func (b *Bot) react(ctx context.Context, c eventCallback, r *reply) error {
	switch c.Event.Type {
	case "app_home_opened":
		return b.homeOpened(ctx, c, r)
	case "message":
		return b.noticed(ctx, c)
	case "user_change", "team_join":
		var u slack.User
		if err := json.Unmarshal(c.Event.User, &u); err != nil {
			return fmt.Errorf("%s: %w: %w", c.Event.Type, errUnreadable, err)
		}
		w := b.workspace()
		if w == nil { // whose account it is cannot be told; Slack sends it again
			return fmt.Errorf("%s of %s: %w", c.Event.Type, u.ID, errNotOpen)
		}
		ctx, cancel := context.WithTimeout(ctx, answerTime)
		defer cancel()
		if err := b.service.MemberChanged(ctx, member(u, w.team)); err != nil {
			return fmt.Errorf("%s of %s: %w", c.Event.Type, u.ID, err)
		}
	}
	return nil
}

func (b *Bot) homeOpened(ctx context.Context, c eventCallback, r *reply) error {
	if err := r.send(nil); err != nil {
		return err
	}
	var user string
	if err := json.Unmarshal(c.Event.User, &user); err != nil {
		return fmt.Errorf("app_home_opened: %w: %w", errUnreadable, err)
	}
	if c.Event.Tab != "home" {
		return nil
	}
	return b.publishHome(ctx, workflows.Clicker{ChatID: user, Team: ""}, "")
}
