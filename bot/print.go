package bot

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// printTime is how long a file may take, from the rows to its place in Slack.
const printTime = 60 * time.Second

// printListing sends all rows of a view as a PDF to whoever asked, in their
// direct messages. One at a time for each of them: a file takes a while, and a
// button is pressed twice.
func (b *Bot) printListing(ctx context.Context, from origin, view string) error {
	if b.cfg.Print == nil {
		return b.tell(ctx, from, "Listings cannot be printed here.")
	}
	key := "print for " + from.user
	if _, first := b.seen.first(key, time.Now()); !first {
		return b.tell(ctx, from, "A PDF is being made for you already. It comes in a moment.")
	}
	text, err := b.printed(ctx, from, view, key)
	if err != nil {
		return err
	}
	return b.tell(ctx, from, text)
}

// printed makes the file and sends it, and returns what to say about it. When it
// returns, another may be made.
func (b *Bot) printed(ctx context.Context, from origin, view, key string) (string, error) {
	defer b.seen.forget(key)
	ctx, cancel := context.WithTimeout(ctx, printTime)
	defer cancel()
	l, no, err := b.service.VendorList(ctx, from.by(), workflows.Query{View: view})
	switch {
	case err != nil:
		return "", fmt.Errorf("list vendors, view %q, to print: %w", view, err)
	case no != nil:
		return no.Message, nil
	}
	pdf, err := b.cfg.Print(l)
	if err != nil {
		return "", fmt.Errorf("print vendors, view %q: %w", view, err)
	}
	title := fmt.Sprintf("%s, COUNT %d", listingTitle(l), l.Count)
	if err := b.upload(ctx, from.user, fileName(l, b.clock()), title, pdf); err != nil {
		return "", err
	}
	return "The PDF is in your direct messages with this app: " + title + ".", nil
}

// upload puts a file into somebody's direct messages.
func (b *Bot) upload(ctx context.Context, user, name, title string, content []byte) error {
	channel, err := b.directChannel(ctx, user)
	if err != nil {
		return err
	}
	_, err = b.api.UploadFileContext(ctx, slack.UploadFileParameters{
		Reader: bytes.NewReader(content), FileSize: len(content), Filename: name, Title: title,
		Channel: channel, InitialComment: fallback(title),
	})
	if err != nil {
		return explain("upload "+name, err)
	}
	return nil
}

var unfiled = regexp.MustCompile(`[^a-z0-9]+`)

// fileName is "vendor-register-high-2026-11-22.pdf".
func fileName(l workflows.Listing, now time.Time) string {
	parts := []string{"vendor-register", strings.Trim(unfiled.ReplaceAllString(strings.ToLower(cut(l.View, 40)), "-"), "-"), now.Format(time.DateOnly)}
	if parts[1] == "" {
		parts[1] = "default"
	}
	return strings.Join(parts, "-") + ".pdf"
}
