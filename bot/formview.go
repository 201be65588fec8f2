package bot

import (
	"fmt"
	"hash/fnv"
	"strconv"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// What a view's callback id begins with, the form of a workflow or of a button,
// and the action id of a button, which acts or opens a workflow's form.
const (
	formPrefix = "form:"
	actPrefix  = "act:"
	openPrefix = "open:"
)

const selectMax = 100 // options of a select

// formView draws a form as a modal. A field's id is its block id, so that a
// mistake can be shown beside it.
func formView(f workflows.Form) slack.ModalViewRequest {
	v := slack.ModalViewRequest{
		Type: slack.VTModal, Title: plain(f.Title, titleMax), Submit: plain(f.Submit, titleMax), Close: plain("Cancel", titleMax),
		CallbackID: formPrefix + f.Kind, PrivateMetadata: f.Kind,
	}
	if f.Verb != "" {
		v.CallbackID, v.PrivateMetadata = actPrefix+string(f.Verb), string(f.Verb)
	}
	if f.Record != "" {
		v.PrivateMetadata = fmt.Sprintf("%s|%s|%d", v.PrivateMetadata, f.Record, f.Version)
	}
	if f.Intro != "" {
		v.Blocks.BlockSet = append(v.Blocks.BlockSet, textBlocks(f.Intro)...)
	}
	for _, field := range f.Fields {
		if field.Kind == workflows.FieldWords {
			v.Blocks.BlockSet = append(v.Blocks.BlockSet, wordBlocks(field)...)
		} else {
			v.Blocks.BlockSet = append(v.Blocks.BlockSet, fieldBlock(field))
		}
	}
	return v
}

// wordsMax is of what a form says between its fields; ten blocks of a modal's
// hundred.
const wordsMax = 10 * sectionMax

// wordBlocks is a heading and what stands under it, as it was written.
func wordBlocks(f workflows.Field) []slack.Block {
	var out []slack.Block
	if f.Label != "" {
		bold := &slack.RichTextSectionTextStyle{Bold: true}
		out = append(out, slack.NewRichTextBlock("", slack.NewRichTextSection(slack.NewRichTextSectionTextElement(cut(f.Label, labelMax), bold))))
	}
	if f.Value != "" {
		out = append(out, textBlocks(cut(f.Value, wordsMax))...)
	}
	return out
}

func fieldBlock(f workflows.Field) slack.Block {
	if f.Kind == workflows.FieldSelect && len(options(f.Choices)) == 0 || f.Kind == workflows.FieldTicks && len(ticks(f.Choices)) == 0 {
		return slack.NewSectionBlock(plain(f.Label+": there is nothing to choose from.", sectionMax), nil, nil)
	}
	b := slack.NewInputBlock(f.ID, plain(f.Label, labelMax), nil, fieldElement(f))
	if f.Hint != "" {
		b.Hint = plain(f.Hint, hintMax)
	}
	b.Optional, b.DispatchAction = f.Optional, f.Redraws
	return b
}

func fieldElement(f workflows.Field) slack.BlockElement {
	var hint *slack.TextBlockObject
	if f.Placeholder != "" {
		hint = plain(f.Placeholder, placeholderMax)
	}
	switch f.Kind {
	case workflows.FieldSearch:
		e := slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, hint, f.ID)
		e.MinQueryLength = new(int)
		e.InitialOption = chosen(options(f.Choices), f.Value)
		return e
	case workflows.FieldSelect:
		all := options(f.Choices)
		e := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, hint, f.ID+":"+fingerprint(f.Choices), all...)
		e.InitialOption = chosen(all, f.Value)
		return e
	case workflows.FieldTicks:
		all := ticks(f.Choices)
		e := slack.NewCheckboxGroupsBlockElement(f.ID+":"+fingerprint(f.Choices), all...)
		e.InitialOptions = ticked(all, f.Value)
		return e
	case workflows.FieldPerson:
		e := slack.NewOptionsSelectBlockElement(slack.OptTypeUser, hint, f.ID)
		e.InitialUser = f.Value
		return e
	case workflows.FieldDay:
		e := slack.NewDatePickerBlockElement(f.ID)
		e.Placeholder, e.InitialDate = hint, day(f.Value)
		return e
	case workflows.FieldMoment:
		e := slack.NewDateTimePickerBlockElement(f.ID)
		e.InitialDateTime = seconds(f.Value)
		return e
	}
	e := slack.NewPlainTextInputBlockElement(hint, f.ID)
	e.Multiline = f.Kind == workflows.FieldLong
	e.MinLength, e.MaxLength = min(f.Min, inputMax), min(f.Max, inputMax)
	e.InitialValue = cut(f.Value, inputMax)
	if f.Max > 0 { // more than that could not be sent
		e.InitialValue = cut(f.Value, e.MaxLength)
	}
	return e
}

// fingerprint tells one list of choices from another. It is part of the action
// id because Slack keeps what was chosen under an unchanged id, even when the
// new list does not have it.
func fingerprint(choices []workflows.Choice) string {
	h := fnv.New32a()
	for _, c := range choices {
		fmt.Fprintf(h, "%s\x00", c.Value)
	}
	return strconv.FormatUint(uint64(h.Sum32()), 36)
}

// options draws choices. One whose value Slack would refuse is left out: cut, it
// would mean something else.
func options(choices []workflows.Choice) []*slack.OptionBlockObject {
	var out []*slack.OptionBlockObject
	for _, c := range choices {
		if c.Value == "" || width(c.Value, plainWidth) > optionValueMax || len(out) == selectMax {
			continue
		}
		o := slack.NewOptionBlockObject(c.Value, plain(c.Label, optionMax), nil)
		if c.Hint != "" {
			o.Description = plain(c.Hint, optionMax)
		}
		out = append(out, o)
	}
	return out
}

func chosen(all []*slack.OptionBlockObject, value string) *slack.OptionBlockObject {
	for _, o := range all {
		if o.Value == value {
			return o
		}
	}
	return nil
}

// plainView is a modal that only says something.
func plainView(title, text string) *slack.ModalViewRequest {
	return &slack.ModalViewRequest{
		Type: slack.VTModal, Title: plain(title, titleMax), Close: plain("Close", titleMax),
		Blocks: slack.Blocks{BlockSet: textBlocks(text)},
	}
}
