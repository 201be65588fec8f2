package bot

import (
	"context"
	"slices"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// threadless are answers after which a card cannot stand under the message that
// it answers, besides those of a channel that cannot be reached: the message is
// gone, or takes no replies.
var threadless = []string{
	"thread_not_found", "message_not_found", "cannot_reply_to_message",
	"restricted_action_thread_locked", "restricted_action_non_threadable_channel",
}

// inThread shows a card under the message that it answers. done is false where
// it is no answer, or cannot stand there; it is then shown as any other. The bot
// joins no channel for it: people answer for where they let it in.
func (b *Bot) inThread(ctx context.Context, w *workspace, c workflows.Card, drawn func() (drawing, error), old string) (at workflows.Posted, done bool, err error) {
	key := c.ThreadIn + " " + c.ThreadID
	if c.ThreadIn == "" || c.ThreadID == "" || b.strays.of(key) > 0 {
		return at, false, nil
	}
	in := place{channel: c.ThreadIn, thread: c.ThreadID}
	at, err = b.showAt(ctx, w, c, drawn, in, old)
	if slackCode(err) == "thread_not_found" {
		if in.thread = b.threadOf(ctx, in); in.thread != "" {
			at, err = b.showAt(ctx, w, c, drawn, in, old)
		}
	}
	code := slackCode(err)
	if err == nil || !slices.Contains(threadless, code) && !slices.Contains(unreachable, code) {
		return at, true, err
	}
	b.strays.add(key)
	b.log.Warn("a card cannot stand under the message it answers", "card", c.ID, "record", c.Record, "err", err)
	return workflows.Posted{}, false, nil
}

// threadOf is the thread that a message stands in, where it is an answer itself:
// answers have no threads of their own. It is empty where there is none.
func (b *Bot) threadOf(ctx context.Context, in place) string {
	page, _, _, err := b.api.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{
		ChannelID: in.channel, Timestamp: in.thread, Limit: 1,
	})
	if err != nil || len(page) == 0 || page[0].Timestamp != in.thread || page[0].ThreadTimestamp == in.thread {
		return ""
	}
	return page[0].ThreadTimestamp
}
