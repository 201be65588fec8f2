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
	if number, ok := strings.CutPrefix(record, c.prefix); !ok || number == "" || strings.Trim(number, "0123456789") != "" {
		return b.whisper(ctx, r, url, whisper{text: fmt.Sprintf("The id of such a record looks like %s. %s help says what else can be asked.", c.sample, c.name)})
	}
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	v, no, err := b.service.Look(ctx, from.by(), record)
	switch {
	case errors.Is(err, workflows.ErrNotFound):
		return b.whisper(ctx, r, url, whisper{text: fmt.Sprintf("There is no %s %s.", c.noun, record)})
	case err != nil:
		return fmt.Errorf("look up %s: %w", record, err)
	case no != nil:
		return b.whisper(ctx, r, url, whisper{text: no.Message})
	}
	v.Actions = nil
	return b.whisper(ctx, r, url, whisper{text: cardSentence(v), blocks: cardBlocks(v)})
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
