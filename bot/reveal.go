package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

const (
	// revealTime is how long the product may take while the window says to wait.
	revealTime  = 10 * time.Second
	revealTitle = "First password"
	insistTries = 4
)

// reveal shows a secret in a window that is opened before it is made: a window
// that cannot be opened must not cost the only sight of it. The secret goes into
// that window and nowhere else: no message, no log line, no error, no metadata.
func (b *Bot) reveal(ctx context.Context, r *reply, from origin, trigger string, p workflows.Press) error {
	if err := r.send(nil); err != nil {
		return err
	}
	window, err := b.openView(ctx, from, trigger, "window", *plainView(revealTitle, "One moment…"))
	if err != nil || window == "" {
		return err
	}
	shown, err := b.made(ctx, p)
	ref := reference()
	switch {
	case err != nil:
		b.log.Error("a secret could not be made", "ref", ref, "verb", p.Verb, "record", p.Record, "err", err)
		text := "Something went wrong on our side, and there is nothing to show. Please try again; if it happens again, tell an admin this reference: " + ref + "."
		return b.fillWindow(ctx, from, window, ref, plainView(revealTitle, text), text)
	case shown.Outcome.Kind != workflows.OutcomeDone:
		text := outcomeText(shown.Outcome)
		return b.fillWindow(ctx, from, window, ref, plainView(cmp.Or(shown.Title, revealTitle), text), text)
	}
	otherwise := "It was made, but Slack did not show it: the window was closed, or Slack did not answer. It is stored nowhere and cannot be shown again. " +
		"Please ask an admin, with this reference: " + ref + "."
	err = b.fillWindow(ctx, from, window, ref, revealedView(shown), otherwise)
	b.refresh(ctx, from.by(), shown.Outcome)
	return err
}

func (b *Bot) made(ctx context.Context, p workflows.Press) (workflows.Revealed, error) {
	ctx, cancel := context.WithTimeout(ctx, revealTime)
	defer cancel()
	return b.service.Reveal(ctx, p)
}

// revealedView is the window with the secret, which has nothing to press: what is
// pressed in a window brings the window's text back with it.
func revealedView(shown workflows.Revealed) *slack.ModalViewRequest {
	v := plainView(cmp.Or(shown.Title, revealTitle), shown.Text)
	if shown.Secret != "" {
		v.Blocks.BlockSet = append(v.Blocks.BlockSet, preformatted(shown.Secret))
	}
	return v
}

// fillWindow replaces what a window shows. Where Slack does not do that, the
// person is told otherwise, which must hold no secret.
func (b *Bot) fillWindow(ctx context.Context, from origin, window, ref string, v *slack.ModalViewRequest, otherwise string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), apiTime)
	defer cancel()
	err := b.insist(ctx, func() error {
		_, err := b.api.UpdateViewContext(ctx, *v, "", "", window)
		return err
	})
	if err == nil {
		return nil
	}
	b.log.Error("a window could not be filled", "ref", ref, "view", window, "err", err)
	return b.tell(ctx, from, otherwise)
}

// insist calls f again while Slack gives no answer of its own. Of an answer its
// error has the code alone: the rest may quote what was sent.
func (b *Bot) insist(ctx context.Context, f func() error) error {
	for try := 1; ; try++ {
		err := f()
		if err == nil {
			return nil
		}
		if code := slackCode(err); code != "" {
			return errors.New(code)
		}
		wait := time.Duration(try) * b.timing.again
		if limited, ok := errors.AsType[*slack.RateLimitedError](err); ok {
			wait = limited.RetryAfter
		}
		if try == insistTries || pause(ctx, wait) != nil {
			return explain(fmt.Sprintf("fill a window, %d times", try), err)
		}
	}
}
