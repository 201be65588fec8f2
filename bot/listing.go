package bot

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// What the action ids of a listing's elements begin with, and how they go on.
// What they carry is only a wish: the product decides which views and pages there
// are, and who sees them.
const (
	listPrefix = "list:vendors:"
	listView   = "view"
	listBack   = "back"
	listNext   = "next"
	listOpen   = "open"
	listPrint  = "pdf"
	// viewSign is what the value of a view begins with: Slack refuses an empty one,
	// and the default view has no id.
	viewSign = "view:"
)

// list answers a command that asks for a listing.
func (b *Bot) list(ctx context.Context, r *reply, from origin, q workflows.Query) error {
	if err := r.send(nil); err != nil {
		return err
	}
	return b.showListing(ctx, from, q, false)
}

// listPressed answers what is pressed or chosen under a listing.
func (b *Bot) listPressed(ctx context.Context, c slack.InteractionCallback, r *reply, what string, a *slack.BlockAction) error {
	if err := r.send(nil); err != nil {
		return err
	}
	from := originOf(c)
	view, page := pressed(a.Value)
	switch what, _, _ = strings.Cut(what, ":"); what {
	case listView:
		view, ok := strings.CutPrefix(a.SelectedOption.Value, viewSign)
		if !ok {
			return nil
		}
		return b.showListing(ctx, from, workflows.Query{View: view, Page: 1}, true)
	case listBack, listNext:
		return b.showListing(ctx, from, workflows.Query{View: view, Page: max(page, 1)}, true)
	case listOpen:
		return b.openRow(ctx, from, a.SelectedOption.Value)
	case listPrint:
		return b.printListing(ctx, from, view)
	}
	return nil
}

// showListing shows a page of a listing to one person, instead of the one that
// they have where it was pressed. It always goes through the response URL: what
// Slack thinks of a table is told there and nowhere else.
func (b *Bot) showListing(ctx context.Context, from origin, q workflows.Query, instead bool) error {
	asking, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	l, no, err := b.service.VendorList(asking, from.by(), q)
	switch {
	case err != nil:
		return fmt.Errorf("list vendors, view %q page %d: %w", q.View, q.Page, err)
	case no != nil:
		return b.tell(ctx, from, no.Message)
	}
	w := whisper{text: listingSentence(l), instead: instead}
	w.blocks = listingBlocks(l, b.cfg.Print != nil, table)
	if err = b.respond(ctx, from.responseURL, w.message()); !refusedContent(err) {
		return err
	}
	b.log.Warn("slack did not take a table; the listing is shown as text", "err", err)
	w.blocks = listingBlocks(l, b.cfg.Print != nil, columns)
	return b.respond(ctx, from.responseURL, w.message())
}

// refusedContent says whether Slack did not like what it was sent, rather than
// where: it tells an old or used URL with 404.
func refusedContent(err error) bool {
	e, ok := errors.AsType[slack.StatusCodeError](err)
	return ok && (e.Code == http.StatusBadRequest || e.Code >= http.StatusInternalServerError)
}

// openRow shows what a row is about, in a message of its own.
func (b *Bot) openRow(ctx context.Context, from origin, record string) error {
	c, _ := commandNamed("/vendor")
	if !c.names(record) {
		return nil
	}
	w, err := b.looked(ctx, from, c, record)
	if err != nil {
		return err
	}
	return b.respond(ctx, from.responseURL, w.message())
}
