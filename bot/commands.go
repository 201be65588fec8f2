package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// command answers a slash command.
func (b *Bot) command(ctx context.Context, e envelope, r *reply) error {
	var c slack.SlashCommand
	if err := json.Unmarshal(e.Payload, &c); err != nil {
		return fmt.Errorf("slash command: %w: %w", errUnreadable, err)
	}
	known, ok := commandNamed(c.Command)
	if !ok {
		return b.whisper(ctx, r, c.ResponseURL, whisper{text: notYet(c.Command)})
	}
	from := origin{user: c.UserID, team: c.TeamID, responseURL: c.ResponseURL}
	words := strings.Fields(strings.ToLower(c.Text))
	if q, ok := known.listing(words); ok {
		return b.list(ctx, r, from, q)
	}
	switch {
	case is(words, "help"), is(words, "status"):
		return b.whisper(ctx, r, c.ResponseURL, helpWith(known))
	case len(words) == 2 && words[0] == "status":
		return b.status(ctx, r, from, known, strings.ToUpper(words[1]))
	case len(words) == 1 && known.names(strings.ToUpper(words[0])):
		return b.status(ctx, r, from, known, strings.ToUpper(words[0]))
	case is(words, "mine") && known.form == workflows.AccessRequest:
		return b.mine(ctx, r, from.by(), c.ResponseURL)
	case len(words) > 0 && words[0] == "person" && known.form == workflows.AccessRequest:
		return b.person(ctx, r, from, strings.TrimSpace(strings.TrimSpace(c.Text)[len("person"):]))
	case known.how == fromMemory && len(words) == 0:
		return b.openForm(ctx, r, from, c.TriggerID, known.form, nil)
	case known.how == fromStore && len(words) == 0, known.how == forPerson && len(words) > 0:
		return b.openStored(ctx, r, from, c.TriggerID, known.form, strings.TrimSpace(c.Text))
	}
	return b.whisper(ctx, r, c.ResponseURL, helpWith(known))
}

// names says whether a word is the id of a record of a kind that this
// command shows.
func (c slashCommand) names(word string) bool {
	number, ok := strings.CutPrefix(word, c.prefix)
	if !ok && c.seen != "" {
		number, ok = strings.CutPrefix(word, c.seen)
	}
	return ok && number != "" && strings.Trim(number, "0123456789") == ""
}

// listing says which page of its listing a command asks for, if any. Which views
// there are, the product says.
func (c slashCommand) listing(words []string) (workflows.Query, bool) {
	switch {
	case !c.lists:
		return workflows.Query{}, false
	case is(words, viewCoverage):
		return workflows.Query{View: viewCoverage, Page: 1}, true
	case len(words) == 0 || words[0] != "list":
		return workflows.Query{}, false
	}
	return workflows.Query{View: strings.Join(words[1:], " "), Page: 1}, true
}

// is says whether one word is all that was written.
func is(words []string, word string) bool { return len(words) == 1 && words[0] == word }

func helpWith(c slashCommand) whisper {
	return whisper{text: "How to use " + c.name, blocks: []slack.Block{slack.NewSectionBlock(marked(c.help), nil, nil)}}
}

func notYet(command string) string {
	return command + " is not available in this version of Countersign. Nothing was done. /access help says what is."
}

// shortcut answers a global shortcut. It has no response URL of its own.
func (b *Bot) shortcut(ctx context.Context, c slack.InteractionCallback, r *reply) error {
	from := origin{user: c.User.ID, team: c.User.TeamID, responseURL: c.ResponseURL}
	if c.CallbackID == shortcutAccess {
		return b.openForm(ctx, r, from, c.TriggerID, workflows.AccessRequest, nil)
	}
	if err := r.send(nil); err != nil {
		return err
	}
	return b.tell(ctx, from, "This is not available in this version of Countersign. Nothing was done.")
}
