package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// interaction answers what people press, choose, type and send.
func (b *Bot) interaction(ctx context.Context, e envelope, r *reply) error {
	var kind struct {
		Type slack.InteractionType `json:"type"`
	}
	if err := json.Unmarshal(e.Payload, &kind); err == nil && kind.Type == slack.InteractionTypeMessageAction {
		return b.messageShortcut(ctx, e, r)
	}
	var c slack.InteractionCallback
	if err := json.Unmarshal(e.Payload, &c); err != nil {
		return fmt.Errorf("interaction: %w: %w", errUnreadable, err)
	}
	switch c.Type {
	case slack.InteractionTypeBlockActions:
		return b.actions(ctx, c, r)
	case slack.InteractionTypeViewSubmission:
		return b.submission(ctx, c, r)
	case slack.InteractionTypeBlockSuggestion:
		return b.suggest(c, r)
	case slack.InteractionTypeShortcut:
		return b.shortcut(ctx, c, r)
	}
	return nil
}

// actions answers a press or a choice. Slack sends one at a time.
func (b *Bot) actions(ctx context.Context, c slack.InteractionCallback, r *reply) error {
	if len(c.ActionCallback.BlockActions) == 0 {
		return nil
	}
	a := c.ActionCallback.BlockActions[0]
	if c.View.Type == slack.VTModal {
		return b.redraw(ctx, c, r)
	}
	if opens, ok := strings.CutPrefix(a.ActionID, openPrefix); ok {
		kind, _, _ := strings.Cut(opens, ":")
		return b.openForm(ctx, r, originOf(c), c.TriggerID, kind, prefilled(a.Value))
	}
	if what, ok := strings.CutPrefix(a.ActionID, listPrefix); ok {
		return b.listPressed(ctx, c, r, what, a)
	}
	verb, ok := strings.CutPrefix(a.ActionID, actPrefix)
	if !ok {
		return nil
	}
	return b.press(ctx, c, r, workflows.Verb(verb), a)
}

// press acts on a button, opens its form or shows its secret.
func (b *Bot) press(ctx context.Context, c slack.InteractionCallback, r *reply, verb workflows.Verb, a *slack.BlockAction) error {
	from := originOf(c)
	record, version := pressed(a.Value)
	p := workflows.Press{Verb: verb, Record: record, Version: version, By: from.by(), Ref: a.ActionTs, At: pressedAt(a.ActionTs)}
	if workflows.Reveals(verb) {
		return b.reveal(ctx, r, from, c.TriggerID, p)
	}
	deciding, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	if workflows.HasForm(verb) {
		if err := r.send(nil); err != nil {
			return err
		}
		f, err := b.service.ActionForm(deciding, verb, record, version, nil)
		if err != nil {
			return fmt.Errorf("draw the form of %s: %w", verb, err)
		}
		return b.open(ctx, from, c.TriggerID, f)
	}
	out, err := b.service.Act(deciding, p)
	if err != nil {
		return fmt.Errorf("%s %s: %w", verb, record, err)
	}
	if err := r.send(nil); err != nil {
		return err
	}
	if !from.home && out.Kind == workflows.OutcomeDone {
		b.refresh(ctx, from.by(), out)
		if c.Container.IsEphemeral {
			b.lookAgain(ctx, from, record)
		}
		return nil
	}
	if err := b.tell(ctx, from, outcomeText(out)); err != nil {
		// What was decided stands, and the card will show it.
		b.log.Error("an answer to a press could not be shown", "verb", verb, "record", record, "err", err)
	}
	return nil
}

// pressedAt reads Slack's time of a press, "1355517523.000005".
func pressedAt(ts string) time.Time {
	seconds, err := strconv.ParseFloat(ts, 64)
	if err != nil || seconds <= 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(seconds * 1000))
}

// outcomeText is an outcome in words.
func outcomeText(out workflows.Outcome) string {
	if out.Message != "" || len(out.Fields) == 0 {
		return out.Message
	}
	var all []string
	for _, message := range out.Fields {
		all = append(all, message)
	}
	return strings.Join(all, " ")
}

// optionList is the answer to a type-ahead. An empty list must be sent as one.
type optionList struct {
	Options []*slack.OptionBlockObject `json:"options"`
}

// suggest answers a type-ahead from memory, with as many choices as fit.
func (b *Bot) suggest(c slack.InteractionCallback, r *reply) error {
	list := optionList{Options: []*slack.OptionBlockObject{}}
	kind, ok := strings.CutPrefix(c.View.CallbackID, formPrefix)
	if !ok {
		kind, ok = strings.CutPrefix(c.View.CallbackID, actPrefix)
	}
	if ok {
		list.Options = append(list.Options, options(b.service.Choices(kind, c.BlockID, c.Value))...)
	}
	for {
		frame, err := json.Marshal(list)
		if err != nil {
			return fmt.Errorf("encode options: %w", err)
		}
		if len(frame) <= ackMax {
			return r.send(json.RawMessage(frame))
		}
		list.Options = list.Options[:len(list.Options)*ackMax/len(frame)]
	}
}
