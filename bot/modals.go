package bot

import (
	"context"
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// openForm opens a workflow's form. It is acknowledged first: the form is drawn
// from memory, and the trigger must not wait.
func (b *Bot) openForm(ctx context.Context, r *reply, from origin, trigger, kind string) error {
	if err := r.send(nil); err != nil {
		return err
	}
	f, err := b.service.Form(kind, from.user, nil)
	if err != nil {
		return fmt.Errorf("draw form %s: %w", kind, err)
	}
	return b.open(ctx, from, trigger, f)
}

// open opens a modal. A trigger that died on the way is the person's to repeat,
// and no fault worth more than a line in the log.
func (b *Bot) open(ctx context.Context, from origin, trigger string, f workflows.Form) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), apiTime)
	defer cancel()
	if _, err := b.api.OpenViewContext(ctx, trigger, formView(f)); err != nil {
		ref := reference()
		b.log.Error("a form could not be opened", "ref", ref, "form", f.Kind, "record", f.Record, "err", explain("open a view", err))
		return b.tell(ctx, from, "Slack did not let me open the form, and nothing was sent. Please try again; if it happens again, tell an admin this reference: "+ref+".")
	}
	return nil
}

// redraw draws an open form again after a choice that changes other fields. What
// was typed stays, because the fields keep their ids.
func (b *Bot) redraw(ctx context.Context, c slack.InteractionCallback, r *reply) error {
	if err := r.send(nil); err != nil {
		return err
	}
	kind, ok := strings.CutPrefix(c.View.CallbackID, formPrefix)
	if !ok {
		return nil
	}
	f, err := b.service.Form(kind, c.User.ID, formValues(c.View))
	if err != nil {
		return fmt.Errorf("draw form %s again: %w", kind, err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), apiTime)
	defer cancel()
	_, err = b.api.UpdateViewContext(ctx, formView(f), "", c.View.Hash, c.View.ID)
	switch code := slackCode(err); {
	case err == nil, code == "hash_conflict", code == "not_found":
		return nil // a newer choice was faster, or the form is closed
	}
	return explain("draw a form again", err)
}

// submission takes a form that was sent: it is decided and durable before it is
// acknowledged.
func (b *Bot) submission(ctx context.Context, c slack.InteractionCallback, r *reply) error {
	deciding, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	out, err := b.decide(deciding, c)
	if err != nil {
		return err
	}
	if err := r.send(submissionAnswer(c.View, out)); err != nil {
		return err
	}
	b.refresh(ctx, originOf(c).by(), out)
	return nil
}

// decide hands a sent form to the service.
func (b *Bot) decide(ctx context.Context, c slack.InteractionCallback) (workflows.Outcome, error) {
	by := originOf(c).by()
	values := formValues(c.View)
	if kind, ok := strings.CutPrefix(c.View.CallbackID, formPrefix); ok {
		return b.service.Submit(ctx, workflows.Submission{Key: key(c.View), Kind: kind, By: by, Values: values, Ref: c.View.ID})
	}
	if _, ok := strings.CutPrefix(c.View.CallbackID, actPrefix); !ok {
		return workflows.Outcome{}, fmt.Errorf("view %q: %w", c.View.CallbackID, errUnreadable)
	}
	verb, value, _ := strings.Cut(c.View.PrivateMetadata, "|")
	record, version := pressed(value)
	return b.service.Act(ctx, workflows.Press{
		Key: key(c.View), Verb: workflows.Verb(verb), Record: record, Version: version, By: by, Values: values, Ref: c.View.ID,
	})
}

// key makes the same submission recognizable.
func key(v slack.View) string { return v.ID + "|" + v.Hash }

// submissionAnswer is what a form becomes: closed, with mistakes shown beside
// their fields, or replaced by a sentence.
func submissionAnswer(v slack.View, out workflows.Outcome) *slack.ViewSubmissionResponse {
	if out.Kind == workflows.OutcomeDone {
		return slack.NewClearViewSubmissionResponse()
	}
	inputs := make(map[string]bool)
	for _, block := range v.Blocks.BlockSet {
		inputs[block.ID()] = block.BlockType() == slack.MBTInput
	}
	// Slack refuses all mistakes when one of them names a block that is no input.
	beside := make(map[string]string)
	text := out.Message
	for field, message := range out.Fields {
		if inputs[field] {
			beside[field] = message
		} else if text == "" {
			text = message
		}
	}
	if len(beside) > 0 {
		return slack.NewErrorsViewSubmissionResponse(beside)
	}
	title := "Not possible"
	if out.Kind == workflows.OutcomeAlready {
		title = "Already done"
	}
	return slack.NewUpdateViewSubmissionResponse(plainView(title, text))
}
