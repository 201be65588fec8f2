package bot

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/slack-go/slack"
)

// apiTime is how long a call may take that nobody waits for with a stopwatch.
const apiTime = 10 * time.Second

// slackCode returns the error code that Slack answered, or nothing.
func slackCode(err error) string {
	if e, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		return e.Err
	}
	return ""
}

// explain adds what Slack said about the arguments it refused, and takes out the
// address that was called: response URLs and socket URLs hold secrets.
func explain(what string, err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	e, ok := errors.AsType[slack.SlackErrorResponse](err)
	if ok && len(e.ResponseMetadata.Messages) > 0 {
		return fmt.Errorf("%s: %w: %s", what, err, strings.Join(e.ResponseMetadata.Messages, "; "))
	}
	if ok && e.Needed != "" {
		return fmt.Errorf("%s: %w: needs %s", what, err, e.Needed)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// patiently calls f again after the pause that Slack asks for, a few times.
func patiently(ctx context.Context, f func() error) error {
	for try := 1; ; try++ {
		err := f()
		limited, ok := errors.AsType[*slack.RateLimitedError](err)
		if !ok || try == 5 {
			return err
		}
		if err := pause(ctx, limited.RetryAfter); err != nil {
			return err
		}
	}
}

// pause waits, or returns the context's error.
func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// directChannel returns the direct message channel with a person.
func (b *Bot) directChannel(ctx context.Context, user string) (string, error) {
	b.mu.Lock()
	id := b.direct[user]
	b.mu.Unlock()
	if id != "" {
		return id, nil
	}
	c, _, _, err := b.api.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{user}})
	if err != nil {
		return "", explain("open a direct message", err)
	}
	b.mu.Lock()
	b.direct[user] = c.ID
	b.mu.Unlock()
	return c.ID, nil
}
