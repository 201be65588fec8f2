package bot

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// cardEvent marks our posts, so that a post whose answer was lost is found again.
const cardEvent = "countersign_card"

var (
	// replaced are answers to an update after which only a new post helps.
	replaced = []string{"message_not_found", "cant_update_message", "edit_window_closed"}
	// unreachable are answers after which nothing helps.
	unreachable = []string{
		"channel_not_found", "is_archived", "is_inactive", "not_in_channel", "user_disabled", "user_not_found",
		"users_not_found", "user_not_visible", "cannot_dm_bot", "restricted_action", "restricted_action_read_only_channel",
		"messages_tab_disabled",
	}
)

// unopened is how long a card waits while the bot is not connected yet.
const unopened = 5 * time.Second

// Show posts a card or changes the one that stands. It never waits for its turn
// and never repeats: *workflows.Later says when to come again. What stands there
// already is not sent again, and returned without its text. A card is drawn when
// its turn has come.
func (b *Bot) Show(ctx context.Context, c workflows.Card, to workflows.Person, view func() (workflows.CardView, error)) (workflows.Posted, error) {
	w := b.workspace()
	if w == nil {
		return c.At, &workflows.Later{After: unopened, Err: errNotOpen}
	}
	at, err := b.show(ctx, w, c, to, func() (d drawing, err error) {
		v, err := view()
		if err != nil {
			return d, err
		}
		return draw(v)
	})
	return at, judged(err)
}

func (b *Bot) show(ctx context.Context, w *workspace, c workflows.Card, to workflows.Person, drawn func() (drawing, error)) (workflows.Posted, error) {
	var old string
	if c.At.ID != "" {
		at, err := b.update(ctx, c, drawn, c.At)
		if err == nil || !slices.Contains(replaced, slackCode(err)) {
			return at, err
		}
		b.log.Warn("a card can no longer be changed and is posted anew", "card", c.ID, "record", c.Record, "err", err)
		old, c.At, c.Tried = c.At.ID, workflows.Posted{}, true // it may have been posted anew before, and the answer lost
	}
	if at, done, err := b.inThread(ctx, w, c, drawn, old); done {
		return at, err
	}
	channel, err := b.destination(ctx, w, c, to)
	if err != nil {
		return workflows.Posted{}, err
	}
	return b.showAt(ctx, w, c, drawn, place{channel: channel}, old)
}

// place is a channel, or the thread under a message in it.
type place struct{ channel, thread string }

// showAt posts a card where it does not stand yet, or finds the post of it whose
// answer was lost. old is a post of it that can no longer be changed.
func (b *Bot) showAt(ctx context.Context, w *workspace, c workflows.Card, drawn func() (drawing, error), in place, old string) (workflows.Posted, error) {
	turn := b.paceOf(in.channel).turnOf(c, b.clock())
	if turn.wait > 0 {
		return workflows.Posted{}, &workflows.Later{After: turn.wait, Err: errors.New("posts to this channel wait for their turn")}
	}
	if !turn.fresh {
		at, found, err := b.find(ctx, w.user, in, c.ID, old)
		if err != nil {
			return workflows.Posted{}, err
		}
		if found {
			return b.update(ctx, c, drawn, at)
		}
	}
	d, err := drawn()
	if err != nil {
		return workflows.Posted{}, err
	}
	return b.post(ctx, w, c, d, in)
}

// unsaidWait is how long to wait where Slack asks for patience without saying
// how much.
const unsaidWait = 30 * time.Second

// judged tells apart what can never work, what needs patience, and faults.
func judged(err error) error {
	if err == nil {
		return nil
	}
	if limited, ok := errors.AsType[*slack.RateLimitedError](err); ok {
		return &workflows.Later{After: limited.RetryAfter, Err: err}
	}
	status, ok := errors.AsType[slack.StatusCodeError](err)
	if ok && status.Code == http.StatusTooManyRequests || slackCode(err) == "ratelimited" {
		return &workflows.Later{After: unsaidWait, Err: err}
	}
	if slices.Contains(unreachable, slackCode(err)) {
		return &workflows.Gone{Err: err}
	}
	return err
}

// destination finds the channel that a card goes to.
func (b *Bot) destination(ctx context.Context, w *workspace, c workflows.Card, to workflows.Person) (string, error) {
	switch {
	case c.Channel != "" && w.channels[c.Channel] == "":
		return "", &workflows.Gone{Err: fmt.Errorf("no channel is configured for %s", c.Channel)}
	case c.Channel != "":
		return w.channels[c.Channel], nil
	case to.ChatID == "":
		return "", &workflows.Gone{Err: fmt.Errorf("%s is not in Slack", to.ID)}
	}
	return b.directChannel(ctx, to.ChatID)
}

func (b *Bot) post(ctx context.Context, w *workspace, c workflows.Card, d drawing, to place) (workflows.Posted, error) {
	options := append(d.message(), slack.MsgOptionDisableMarkdown(), slack.MsgOptionMetadata(slack.SlackMetadata{
		EventType: cardEvent, EventPayload: map[string]any{"card": strconv.FormatInt(c.ID, 10)},
	}))
	if to.thread != "" {
		options = append(options, slack.MsgOptionTS(to.thread))
	}
	in, ts, err := b.api.PostMessageContext(ctx, to.channel, options...)
	if slackCode(err) == "not_in_channel" && w.has(to.channel) { // a public channel that somebody removed the bot from
		if _, _, _, join := b.api.JoinConversationContext(ctx, to.channel); join == nil {
			in, ts, err = b.api.PostMessageContext(ctx, to.channel, options...)
		}
	}
	if err != nil {
		return workflows.Posted{}, explain("post a card", err)
	}
	at := d.posted(in, ts)
	b.sent.keep(c.ID, d.sumAt(at))
	return at, nil
}

func (b *Bot) update(ctx context.Context, c workflows.Card, drawn func() (drawing, error), at workflows.Posted) (workflows.Posted, error) {
	at.Text, at.Layout = "", ""
	turn := b.updates.turnOf(c, b.clock())
	if turn.wait > 0 {
		return at, &workflows.Later{After: turn.wait, Err: errors.New("changes of messages wait for their turn")}
	}
	d, err := drawn()
	if err != nil {
		turn.giveBack()
		return at, err
	}
	sum := d.sumAt(at)
	if b.sent.is(c.ID, sum) {
		turn.giveBack()
		return at, nil
	}
	b.sent.forget(c.ID) // until the answer is here, either may stand there
	if _, _, _, err := b.api.UpdateMessageContext(ctx, at.Channel, at.ID, d.message()...); err != nil {
		return at, explain("change a card", err)
	}
	b.sent.keep(c.ID, sum)
	return d.posted(at.Channel, at.ID), nil
}
