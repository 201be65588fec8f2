package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// origin is where a person did something, and so where they are answered.
type origin struct {
	user, team  string
	responseURL string // empty on the Home tab, in a modal and for a global shortcut
	home        bool
}

func (o origin) by() workflows.Clicker { return workflows.Clicker{ChatID: o.user, Team: o.team} }

// whisper is a message that only one person sees. Without blocks its text is
// shown, as it is.
type whisper struct {
	text    string
	blocks  []slack.Block
	instead bool // of the message that the answer is about
}

// message draws a whisper. There are always blocks, because a bare text would be
// read as mrkdwn.
func (w whisper) message() *slack.WebhookMessage {
	blocks := w.blocks
	if len(blocks) == 0 {
		blocks = textBlocks(w.text)
	}
	return &slack.WebhookMessage{
		Text: fallback(w.text), Blocks: &slack.Blocks{BlockSet: blocks[:min(len(blocks), messageBlocks)]},
		ResponseType: slack.ResponseTypeEphemeral, ReplaceOriginal: w.instead,
	}
}

// whisper answers in the acknowledgement, or through the response URL where the
// answer is too long for one.
func (b *Bot) whisper(ctx context.Context, r *reply, url string, w whisper) error {
	m := w.message()
	err := r.send(m)
	if !errors.Is(err, errTooLong) || url == "" {
		return err
	}
	if err := r.send(nil); err != nil {
		return err
	}
	return b.respond(ctx, url, m)
}

// respond posts to a response URL, which Slack takes five times in 30 minutes.
func (b *Bot) respond(ctx context.Context, url string, m *slack.WebhookMessage) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), apiTime)
	defer cancel()
	if err := slack.PostWebhookCustomHTTPContext(ctx, url, b.http, m); err != nil {
		return explain("answer through the response url", err)
	}
	return nil
}

// tell says something in plain text to a person, where they are.
func (b *Bot) tell(ctx context.Context, o origin, text string) error {
	switch {
	case o.responseURL != "":
		return b.respond(ctx, o.responseURL, whisper{text: text}.message())
	case o.home:
		return b.publishHome(ctx, o.by(), text)
	case o.user == "":
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), apiTime)
	defer cancel()
	channel, err := b.directChannel(ctx, o.user)
	if err != nil {
		return err
	}
	_, _, err = b.api.PostMessageContext(ctx, channel, slack.MsgOptionText(fallback(text), false),
		slack.MsgOptionBlocks(textBlocks(text)...), slack.MsgOptionDisableMarkdown(), slack.MsgOptionDisableLinkUnfurl())
	if err != nil {
		return explain("tell a person", err)
	}
	return nil
}

// faultText says that something broke, so that the person knows what to do and
// an admin finds it in the log.
func faultText(ref string) string {
	return fmt.Sprintf("Something went wrong on our side, and nothing was changed by this. Please try again; if it happens again, tell an admin this reference: %s.", ref)
}

// apologize tells whoever caused an envelope that it could not be handled.
func (b *Bot) apologize(e envelope, r *reply, ref string) error {
	ctx := context.Background()
	switch e.Type {
	case typeCommand:
		var c slack.SlashCommand
		if err := json.Unmarshal(e.Payload, &c); err != nil {
			return nil
		}
		if !r.sent {
			return b.whisper(ctx, r, "", whisper{text: faultText(ref)})
		}
		return b.tell(ctx, origin{user: c.UserID, team: c.TeamID, responseURL: c.ResponseURL}, faultText(ref))
	case typeInteractive:
		var c slack.InteractionCallback
		if err := json.Unmarshal(e.Payload, &c); err != nil {
			return nil
		}
		return b.apologizeFor(ctx, c, r, ref)
	}
	return nil
}

func (b *Bot) apologizeFor(ctx context.Context, c slack.InteractionCallback, r *reply, ref string) error {
	switch c.Type {
	case slack.InteractionTypeViewSubmission:
		if !r.sent { // on top of the form, so that what was typed is not lost
			return r.send(slack.NewPushViewSubmissionResponse(plainView("Something went wrong", faultText(ref))))
		}
	case slack.InteractionTypeBlockSuggestion:
		return r.send(optionList{Options: []*slack.OptionBlockObject{}})
	}
	if err := r.send(nil); err != nil {
		return err
	}
	if c.View.Type == slack.VTModal && c.Type == slack.InteractionTypeBlockActions {
		return nil // the form stays as it is; what counts is checked when it is sent
	}
	return b.tell(ctx, originOf(c), faultText(ref))
}

func originOf(c slack.InteractionCallback) origin {
	return origin{
		user: c.User.ID, team: c.User.TeamID, responseURL: c.ResponseURL,
		home: c.View.Type == slack.VTHomeTab,
	}
}
