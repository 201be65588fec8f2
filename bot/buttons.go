package bot

import (
	"fmt"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// buttonsMax is how many elements a row may have,
// https://docs.slack.dev/reference/block-kit/blocks/actions-block.
const buttonsMax = 25

// actionBlock is the row of buttons.
func actionBlock(v workflows.CardView, prefix string) slack.Block {
	var buttons []slack.BlockElement
	for i, a := range v.Actions[:min(len(v.Actions), buttonsMax)] {
		buttons = append(buttons, button(v, a, i+1))
	}
	return slack.NewActionBlock(prefix+":"+v.Record, buttons...)
}

// button is one button, the place-th of its row. It carries an id and a version,
// or what it fills into the form it opens; nothing in it is believed. Of those
// that open a form several may open the same one, and no two buttons of a row may
// have one id.
func button(v workflows.CardView, a workflows.ActionView, place int) *slack.ButtonBlockElement {
	id, value := actPrefix+string(a.Verb), pressValue(v)
	if a.Opens != "" {
		id, value = fmt.Sprintf("%s%s:%d", openPrefix, a.Opens, place), a.Value
	}
	e := slack.NewButtonBlockElement(id, value, plain(a.Label, buttonMax))
	e.Style = slack.Style(a.Style)
	e.AccessibilityLabel = cut(a.Spoken, buttonMax)
	if a.Confirm != "" {
		e.Confirm = slack.NewConfirmationBlockObject(
			plain("Are you sure?", optionMax), plain(a.Confirm, confirmMax),
			plain(a.Label, confirmTextMax), plain("Cancel", confirmTextMax))
	}
	return e
}

func pressValue(v workflows.CardView) string { return fmt.Sprintf("%s|%d", v.Record, v.Version) }
