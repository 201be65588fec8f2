package bot

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// openTime is how long stored state may take to fill a form in, of the three
// seconds that a trigger lives.
const openTime = 1500 * time.Millisecond

// openForm opens a workflow's form, with some of it filled in or nothing. It is
// acknowledged first: the form is drawn from memory, and the trigger must not
// wait.
func (b *Bot) openForm(ctx context.Context, r *reply, from origin, trigger, kind string, values map[string]string) error {
	if err := r.send(nil); err != nil {
		return err
	}
	f, err := b.service.Form(kind, from.user, values)
	if err != nil {
		return fmt.Errorf("draw form %s: %w", kind, err)
	}
	return b.open(ctx, from, trigger, f)
}

// openStored opens a form that stored state fills in, or says why this person
// cannot have it. text is what was written after the command.
func (b *Bot) openStored(ctx context.Context, r *reply, from origin, trigger, kind, text string) error {
	if err := r.send(nil); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, openTime)
	defer cancel()
	f, no, err := b.service.Open(ctx, kind, from.by(), text)
	return b.openOr(ctx, from, trigger, kind, f, no, err)
}

// openOr opens a form, or says why there is none.
func (b *Bot) openOr(ctx context.Context, from origin, trigger, kind string, f workflows.Form, no *workflows.Refusal, err error) error {
	switch {
	case err != nil:
		return fmt.Errorf("open form %s: %w", kind, err)
	case no != nil:
		return b.tell(ctx, from, no.Message)
	}
	return b.open(ctx, from, trigger, f)
}

func (b *Bot) open(ctx context.Context, from origin, trigger string, f workflows.Form) error {
	_, err := b.openView(ctx, from, trigger, "form", formView(f))
	return err
}

// openView opens a modal and returns its id. A trigger that died on the way is
// the person's to repeat, and no fault worth more than a line in the log: they
// are told, and the id is empty.
func (b *Bot) openView(ctx context.Context, from origin, trigger, what string, v slack.ModalViewRequest) (string, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), apiTime)
	defer cancel()
	opened, err := b.api.OpenViewContext(ctx, trigger, v)
	if err != nil {
		ref := reference()
		b.log.Error("a modal could not be opened", "ref", ref, "view", v.CallbackID, "about", v.PrivateMetadata, "err", explain("open a view", err))
		return "", b.tell(ctx, from, "Slack did not let me open the "+what+", and nothing was sent. Please try again; if it happens again, tell an admin this reference: "+ref+".")
	}
	return opened.View.ID, nil
}

// redraw draws an open form again after a choice that changes other fields. What
// was typed stays, because the fields keep their ids.
func (b *Bot) redraw(ctx context.Context, c slack.InteractionCallback, r *reply) error {
	if err := r.send(nil); err != nil {
		return err
	}
	draw, end := b.redraws.begin(c.View.ID, c.ActionCallback.BlockActions[0].ActionTs)
	defer end()
	f, ok, err := b.chosenForm(ctx, c)
	if err != nil || !ok {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), apiTime)
	defer cancel()
	return draw(func() error {
		_, err := b.api.UpdateViewContext(ctx, formView(f), "", c.View.Hash, c.View.ID)
		if slackCode(err) == "hash_conflict" { // an older choice was drawn meanwhile; this one knows more
			_, err = b.api.UpdateViewContext(ctx, formView(f), "", "", c.View.ID)
		}
		if err == nil || slackCode(err) == "not_found" {
			return nil // shown, or the form is closed
		}
		return explain("draw a form again", err)
	})
}

// chosenForm is what an open form becomes by what is filled in now. ok is false
// for a view that is no form.
func (b *Bot) chosenForm(ctx context.Context, c slack.InteractionCallback) (f workflows.Form, ok bool, err error) {
	record, version := about(c.View)
	if verb, ok := strings.CutPrefix(c.View.CallbackID, actPrefix); ok {
		ctx, cancel := context.WithTimeout(ctx, answerTime)
		defer cancel()
		f, err = b.service.ActionForm(ctx, workflows.Verb(verb), record, version, formValues(c.View))
		if err != nil {
			err = fmt.Errorf("draw the form of %s again: %w", verb, err)
		}
		return f, true, err
	}
	kind, ok := strings.CutPrefix(c.View.CallbackID, formPrefix)
	if !ok {
		return f, false, nil
	}
	if f, err = b.service.Form(kind, c.User.ID, formValues(c.View)); err != nil {
		return f, true, fmt.Errorf("draw form %s again: %w", kind, err)
	}
	if f.Record == "" { // drawn from memory, which does not know it
		f.Record, f.Version = record, version
	}
	return f, true, nil
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
		record, _ := about(c.View)
		return b.service.Submit(ctx, workflows.Submission{Key: key(c.View), Kind: kind, Record: record, By: by, Values: values, Ref: c.View.ID})
	}
	verb, ok := strings.CutPrefix(c.View.CallbackID, actPrefix)
	if !ok {
		return workflows.Outcome{}, fmt.Errorf("view %q: %w", c.View.CallbackID, errUnreadable)
	}
	record, version := about(c.View)
	return b.service.Act(ctx, workflows.Press{
		Key: key(c.View), Verb: workflows.Verb(verb), Record: record, Version: version, By: by, Values: values, Ref: c.View.ID,
	})
}

// key makes the same submission recognizable.
func key(v slack.View) string { return v.ID + "|" + v.Hash }
