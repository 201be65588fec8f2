package bot

import (
	"context"
	"fmt"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// publishHome draws a person's Home tab, with something to say on top or
// nothing.
func (b *Bot) publishHome(ctx context.Context, by workflows.Clicker, banner string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), apiTime)
	defer cancel()
	h, err := b.service.Home(ctx, by)
	if err != nil {
		err = fmt.Errorf("read the home of %s: %w", by.ChatID, err)
		if banner == "" {
			return err
		}
		b.log.Error("a home tab shows an answer only", "err", err)
		h = workflows.Home{Refusal: &workflows.Refusal{Message: "This page cannot be shown at the moment. Open it again in a minute."}}
	}
	b.homes.add(by.ChatID)
	view := homeView(h, banner)
	_, err = b.api.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: by.ChatID, View: view})
	if err != nil {
		return explain("publish a home tab", err)
	}
	return nil
}

// refresh draws the Home tab again for somebody who has it open and changed
// something elsewhere. It is a courtesy: when it fails, the page is drawn again
// the next time it is opened.
func (b *Bot) refresh(ctx context.Context, by workflows.Clicker, out workflows.Outcome) {
	if out.Kind != workflows.OutcomeDone || b.homes.of(by.ChatID) == 0 {
		return
	}
	if err := b.publishHome(ctx, by, ""); err != nil {
		b.log.Warn("a home tab was not drawn again", "err", err)
	}
}
