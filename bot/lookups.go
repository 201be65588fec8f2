package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"countersign/workflows"
)

// mine lists what a person holds.
func (b *Bot) mine(ctx context.Context, r *reply, by workflows.Clicker, url string) error {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	h, err := b.service.Home(ctx, by)
	if err != nil {
		return fmt.Errorf("read what %s holds: %w", by.ChatID, err)
	}
	switch {
	case h.Refusal != nil:
		return b.whisper(ctx, r, url, whisper{text: h.Refusal.Message})
	case len(h.Access) == 0:
		return b.whisper(ctx, r, url, whisper{text: "You hold no access through Countersign. /access asks for some."})
	}
	w := whisper{text: fmt.Sprintf("Access you hold: %d.", len(h.Access))}
	for _, v := range h.Access {
		v.Actions = nil
		w.blocks = append(w.blocks, headline(v))
		w.blocks = append(w.blocks, noteBlocks(v)...)
	}
	return b.whisper(ctx, r, url, w)
}

// status shows one record of a command's own kind to somebody it concerns.
func (b *Bot) status(ctx context.Context, r *reply, from origin, c slashCommand, record string) error {
	url := from.responseURL
	if !c.names(record) {
		return b.whisper(ctx, r, url, whisper{text: fmt.Sprintf("The id of such a record looks like %s. %s help says what else can be asked.", c.sample, c.name)})
	}
	w, err := b.looked(ctx, from, c, record)
	if err != nil {
		return err
	}
	return b.whisper(ctx, r, url, w)
}

// looked is a record as it is shown to somebody, or why it is not.
func (b *Bot) looked(ctx context.Context, from origin, c slashCommand, record string) (whisper, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	v, no, err := b.service.Look(ctx, from.by(), record)
	switch {
	case errors.Is(err, workflows.ErrNotFound) && !strings.HasPrefix(record, c.prefix):
		return whisper{text: fmt.Sprintf("There is no app in use with the id %s.", record)}, nil
	case errors.Is(err, workflows.ErrNotFound):
		return whisper{text: fmt.Sprintf("There is no %s %s.", c.noun, record)}, nil
	case err != nil:
		return whisper{}, fmt.Errorf("look up %s: %w", record, err)
	case no != nil:
		return whisper{text: no.Message}, nil
	}
	if !c.live {
		v.Actions = nil
	}
	return whisper{text: cardSentence(v), blocks: cardBlocks(v)}, nil
}

// person shows somebody's page to who may see it.
func (b *Bot) person(ctx context.Context, r *reply, from origin, text string) error {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	v, no, err := b.service.LookPerson(ctx, from.by(), text)
	switch {
	case err != nil:
		return fmt.Errorf("look up a person: %w", err)
	case no != nil:
		return b.whisper(ctx, r, from.responseURL, whisper{text: no.Message})
	}
	return b.whisper(ctx, r, from.responseURL, whisper{text: cardSentence(v), blocks: cardBlocks(v)})
}

// lookAgain draws a record that only one person sees again, after they changed
// it there: no job does that for them.
func (b *Bot) lookAgain(ctx context.Context, from origin, record string) {
	for _, c := range slashCommands {
		if !c.live || !c.names(record) {
			continue
		}
		w, err := b.looked(ctx, from, c, record)
		if err == nil {
			w.instead = true
			err = b.respond(ctx, from.responseURL, w.message())
		}
		if err != nil {
			b.log.Warn("a record was not drawn again", "record", record, "err", err)
		}
	}
}
