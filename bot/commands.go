package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

var help = whisper{text: "How to use /access", blocks: []slack.Block{slack.NewSectionBlock(marked(accessHelp), nil, nil)}}

const accessHelp = "*/access* opens a form to ask for access.\n" +
	"*/access mine* lists the access you hold.\n" +
	"*/access status AR-000123* shows where a request stands.\n" +
	"The Home tab of this app has all of it, and what waits for you."

var requestID = regexp.MustCompile(`^AR-[0-9]+$`)

// command answers a slash command.
func (b *Bot) command(ctx context.Context, e envelope, r *reply) error {
	var c slack.SlashCommand
	if err := json.Unmarshal(e.Payload, &c); err != nil {
		return fmt.Errorf("slash command: %w: %w", errUnreadable, err)
	}
	form := ""
	for _, known := range slashCommands {
		if known.name == c.Command {
			form = known.form
		}
	}
	if form == "" {
		return b.whisper(ctx, r, c.ResponseURL, whisper{text: notYet(c.Command)})
	}
	by := workflows.Clicker{ChatID: c.UserID, Team: c.TeamID}
	words := strings.Fields(strings.ToLower(c.Text))
	switch {
	case len(words) == 0:
		return b.openForm(ctx, r, origin{user: c.UserID, responseURL: c.ResponseURL}, c.TriggerID, form)
	case words[0] == "mine" && len(words) == 1:
		return b.mine(ctx, r, by, c.ResponseURL)
	case words[0] == "status" && len(words) == 2:
		return b.status(ctx, r, by, c.ResponseURL, strings.ToUpper(words[1]))
	}
	return b.whisper(ctx, r, c.ResponseURL, help)
}

func notYet(command string) string {
	return command + " is not available in this version of Countersign. Nothing was done. /access help says what is."
}

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

// status shows one request to somebody it concerns.
func (b *Bot) status(ctx context.Context, r *reply, by workflows.Clicker, url, record string) error {
	if !requestID.MatchString(record) {
		return b.whisper(ctx, r, url, whisper{text: "A request's id looks like AR-000123. /access mine lists what you hold."})
	}
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	v, no, err := b.service.Look(ctx, by, record)
	switch {
	case errors.Is(err, workflows.ErrNotFound):
		return b.whisper(ctx, r, url, whisper{text: "There is no request " + record + "."})
	case err != nil:
		return fmt.Errorf("look up %s: %w", record, err)
	case no != nil:
		return b.whisper(ctx, r, url, whisper{text: no.Message})
	}
	v.Actions = nil
	return b.whisper(ctx, r, url, whisper{text: cardSentence(v), blocks: cardBlocks(v)})
}

// shortcut answers a shortcut. It has no response URL of its own.
func (b *Bot) shortcut(ctx context.Context, c slack.InteractionCallback, r *reply) error {
	from := origin{user: c.User.ID, team: c.User.TeamID, responseURL: c.ResponseURL}
	if c.CallbackID == shortcutAccess {
		return b.openForm(ctx, r, from, c.TriggerID, workflows.AccessRequest)
	}
	if err := r.send(nil); err != nil {
		return err
	}
	return b.tell(ctx, from, "This is not available in this version of Countersign. Nothing was done.")
}
