package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// messageEvent is what we read of a message, in its event and in the payload of a
// message's shortcut.
type messageEvent struct {
	Channel  string          `json:"channel"`
	Subtype  string          `json:"subtype"`
	BotID    string          `json:"bot_id"`
	AppID    string          `json:"app_id"`
	Team     string          `json:"team"`
	UserTeam string          `json:"user_team"` // of who wrote it, where that is another
	TS       string          `json:"ts"`
	ThreadTS string          `json:"thread_ts"`
	Text     string          `json:"text"`
	Edited   json.RawMessage `json:"edited"`
	Hidden   bool            `json:"hidden"`
}

// withFile is the subtype of a message that somebody attached a file to. Every
// other one is a change, a notice of Slack's own, or a reply.
const withFile = "file_share"

// fresh says whether a message stands by itself, was written by a person and is
// as they first wrote it.
func (m messageEvent) fresh() bool {
	ours := m.Subtype == "" || m.Subtype == withFile
	alone := m.ThreadTS == "" || m.ThreadTS == m.TS
	changed := m.Hidden || len(m.Edited) > 0 && string(m.Edited) != "null"
	return ours && alone && !changed && m.BotID == "" && m.AppID == ""
}

// concerns says whether a message may ask for a vendor. Before the channels are
// known every new one may, and Slack is let to send it again.
func (b *Bot) concerns(c eventCallback) bool {
	if !c.Event.fresh() || len(c.Event.User) == 0 {
		return false
	}
	w := b.workspace()
	return w == nil || c.Event.Channel != "" && c.Event.Channel == w.channels[workflows.ChannelVendors]
}

// noticed passes on what a person wrote in the vendors channel.
func (b *Bot) noticed(ctx context.Context, c eventCallback) error {
	m := c.Event.messageEvent
	if b.workspace() == nil {
		return fmt.Errorf("message %s: %w", m.TS, errNotOpen)
	}
	var user string
	if err := json.Unmarshal(c.Event.User, &user); err != nil {
		return fmt.Errorf("message %s: %w: %w", m.TS, errUnreadable, err)
	}
	if user == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	by := workflows.Clicker{ChatID: user, Team: cmp.Or(m.UserTeam, m.Team)}
	if err := b.service.VendorNoticed(ctx, vendorPost(by, m.Channel, m)); err != nil {
		return fmt.Errorf("message %s in %s: %w", m.TS, m.Channel, err)
	}
	return nil
}

func vendorPost(by workflows.Clicker, channel string, m messageEvent) workflows.VendorPost {
	text, links := readable(m.Text)
	return workflows.VendorPost{By: by, Channel: channel, ID: m.TS, Text: text, Links: links, At: pressedAt(m.TS)}
}

// messageAction is the shortcut in a message's menu. It is read with our own
// type: anything at all can stand in a message.
type messageAction struct {
	CallbackID  string `json:"callback_id"`
	TriggerID   string `json:"trigger_id"`
	ResponseURL string `json:"response_url"`
	MessageTS   string `json:"message_ts"`
	Channel     struct {
		ID string `json:"id"`
	} `json:"channel"`
	User    slack.User   `json:"user"`
	Message messageEvent `json:"message"`
}

// messageShortcut opens the form for the vendor that a message is about. The
// message may be anybody's, in a channel that the bot is not in.
func (b *Bot) messageShortcut(ctx context.Context, e envelope, r *reply) error {
	var c messageAction
	if err := json.Unmarshal(e.Payload, &c); err != nil {
		return fmt.Errorf("message shortcut: %w: %w", errUnreadable, err)
	}
	if err := r.send(nil); err != nil {
		return err
	}
	from := origin{user: c.User.ID, team: c.User.TeamID, responseURL: c.ResponseURL}
	if c.CallbackID != shortcutVendor {
		return b.tell(ctx, from, "This is not available in this version of Countersign. Nothing was done.")
	}
	c.Message.TS = cmp.Or(c.MessageTS, c.Message.TS)
	opening, cancel := context.WithTimeout(ctx, openTime)
	defer cancel()
	f, no, err := b.service.OpenFromPost(opening, vendorPost(from.by(), c.Channel.ID, c.Message))
	return b.openOr(ctx, from, c.TriggerID, workflows.VendorFlow, f, no, err)
}
