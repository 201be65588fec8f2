package bot

import (
	"context"
	"strconv"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// lookBack is how many pages of a conversation are searched for a lost post, and
// lookPage how many messages one has.
const (
	lookBack = 10
	lookPage = 200
)

// find looks for our post of a card whose answer was lost, other than the one that
// can no longer be changed.
func (b *Bot) find(ctx context.Context, user string, in place, card int64, old string) (workflows.Posted, bool, error) {
	cursor := ""
	for range lookBack {
		messages, next, err := b.said(ctx, in, cursor)
		if err != nil {
			return workflows.Posted{}, false, explain("look for a card", err)
		}
		for _, m := range messages {
			if m.User == user && m.Timestamp != old && m.Metadata.EventType == cardEvent && m.Metadata.EventPayload["card"] == strconv.FormatInt(card, 10) {
				return workflows.Posted{Channel: in.channel, ID: m.Timestamp}, true, nil
			}
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	return workflows.Posted{}, false, nil
}

// said reads a page of a channel, newest first, or of a thread, oldest first.
func (b *Bot) said(ctx context.Context, in place, cursor string) (page []slack.Message, next string, err error) {
	if in.thread != "" {
		page, _, next, err = b.api.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{
			ChannelID: in.channel, Timestamp: in.thread, Cursor: cursor, Limit: lookPage, IncludeAllMetadata: true,
		})
		return page, next, err
	}
	all, err := b.api.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{
		ChannelID: in.channel, Cursor: cursor, Limit: lookPage, IncludeAllMetadata: true,
	})
	if err != nil {
		return nil, "", err
	}
	if all.HasMore {
		next = all.ResponseMetaData.NextCursor
	}
	return all.Messages, next, nil
}
