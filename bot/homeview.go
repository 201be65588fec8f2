package bot

import (
	"encoding/json"
	"fmt"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// Room on the Home tab, which takes 100 blocks: what waits for a person is shown
// in full, the rest in short.
const (
	waitingRoom = 50
	accessRoom  = 20
	askedRoom   = 20
	// viewBytes is for each section, of the 250 KB that a view may have.
	viewBytes = 70 << 10
)

// homeView draws a person's own page. banner is what to say on top, or empty.
func homeView(h workflows.Home, banner string) slack.HomeTabViewRequest {
	v := slack.HomeTabViewRequest{Type: slack.VTHomeTab}
	add := func(blocks ...slack.Block) { v.Blocks.BlockSet = append(v.Blocks.BlockSet, blocks...) }
	if banner != "" {
		add(textBlocks(cut(banner, sectionMax))...)
		add(slack.NewDividerBlock())
	}
	if h.Refusal != nil {
		add(textBlocks(h.Refusal.Message)...)
		return v
	}
	ask := slack.NewButtonBlockElement(openPrefix+workflows.AccessRequest, workflows.AccessRequest, plain("Request access", buttonMax))
	ask.Style = slack.StylePrimary
	add(slack.NewActionBlock("top", ask))
	left := h.More
	for _, s := range []struct {
		id, title, empty string
		cards            []workflows.CardView
		room             int
		full             bool
	}{
		{"waiting", "Waiting for you", "Nothing waits for you.", h.Waiting, waitingRoom, true},
		{"access", "Your access", "You hold no access through Countersign yet. Press Request access to ask for some.", h.Access, accessRoom, false},
		{"asked", "Your open requests", "You have no open requests.", h.Asked, askedRoom, false},
	} {
		add(slack.NewHeaderBlock(plain(s.title, 150)))
		if len(s.cards) == 0 {
			add(textBlocks(s.empty)...)
			continue
		}
		rows, over := homeRows(s.cards, s.id, s.room, s.full)
		add(rows...)
		left += over
	}
	if left > 0 {
		add(note(fmt.Sprintf("%d more do not fit here.", left)))
	}
	return v
}

// homeRows draws cards until the room is used up, and says how many are left.
func homeRows(cards []workflows.CardView, id string, room int, full bool) ([]slack.Block, int) {
	var out []slack.Block
	bytes := 0
	for i, c := range cards {
		row := []slack.Block{headline(c)}
		if full {
			row = cardBody(c, messageBytes)
		}
		row = append(row, cardEnd(c, fmt.Sprintf("%s-%d", id, i+1))...)
		raw, err := json.Marshal(row)
		if bytes += len(raw); err != nil || len(out)+len(row) > room || bytes > viewBytes {
			return out, len(cards) - i
		}
		out = append(out, row...)
	}
	return out, 0
}
