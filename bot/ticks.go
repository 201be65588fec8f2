package bot

import (
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

const (
	// ticksMax is how many boxes there can be,
	// https://docs.slack.dev/reference/block-kit/block-elements/checkboxes-element.
	ticksMax = 10
	// tickSign stands between the values of what is ticked.
	tickSign = ","
)

// ticks draws choices as boxes. One whose value holds the sign between values is
// left out: it would be read as two others.
func ticks(choices []workflows.Choice) []*slack.OptionBlockObject {
	all := slices.DeleteFunc(options(choices), func(o *slack.OptionBlockObject) bool { return strings.Contains(o.Value, tickSign) })
	return all[:min(len(all), ticksMax)]
}

// ticked are those of the boxes that are ticked when the form opens.
func ticked(all []*slack.OptionBlockObject, value string) []*slack.OptionBlockObject {
	values := strings.Split(value, tickSign)
	var out []*slack.OptionBlockObject
	for _, o := range all {
		if slices.Contains(values, o.Value) {
			out = append(out, o)
		}
	}
	return out
}

// tickedValues joins what is ticked in the order of the boxes: Slack's own order
// is that of the ticking.
func tickedValues(v slack.View, action string, chosen []slack.OptionBlockObject) string {
	var values, offered []string
	for _, o := range chosen {
		values = append(values, o.Value)
	}
	for _, block := range v.Blocks.BlockSet {
		input, ok := block.(*slack.InputBlock)
		if !ok {
			continue
		}
		if boxes, ok := input.Element.(*slack.CheckboxGroupsBlockElement); ok && boxes.ActionID == action {
			for _, o := range boxes.Options {
				offered = append(offered, o.Value)
			}
		}
	}
	slices.SortStableFunc(values, func(a, b string) int { return slices.Index(offered, a) - slices.Index(offered, b) })
	return strings.Join(values, tickSign)
}
