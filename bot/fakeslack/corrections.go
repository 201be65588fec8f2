package fakeslack

// corrections are where Slack's types and its reference
// (https://docs.slack.dev/reference/block-kit) are of two minds. We follow the
// reference. Each is a change to the rule of a field.
//
// What is newer than the types altogether, such as the data_visualization block,
// is refused as unknown.
var corrections = []correction{
	{"PlainTextOption.value", `{"required":true,"min":1,"max":150}`, "the types: optional, 75 characters"},
	{"Option.value", `{"required":true,"min":1,"max":150}`, "the types: optional, 75 characters"},
	{"PlainTextOption.url", ``, "the types: in every menu; the reference: in an overflow menu only"},
	{"Option.url", ``, "the types: in every menu; the reference: in an overflow menu only"},
	{"Overflow.options", `{"min":1,"items":{"is":["OverflowOption"]}}`, "these have a URL, see PlainTextOption.url"},
	{"ConfirmationDialog.title", `{"required":true}`, "the types: optional"},
	{"ConfirmationDialog.confirm", `{"required":true}`, "the types: optional"},
	{"ConfirmationDialog.deny", `{"required":true}`, "the types: optional"},
	{"HeaderBlock.level", `{"is":["number"],"min":1,"max":4}`, "newer than the types, slack-go sends it"},
	{"Button.visible_to_user_ids", `{"is":["list"],"items":{"is":["string"]}}`, "newer than the types, slack-go sends it"},
	{"CardBlock.subtext", `{"is":["MrkdwnElement"],"text":200}`, "newer than the types, slack-go sends it"},
	{"RichTextList.offset", `{"is":["number"],"min":0}`, "the types: none; the reference: where an ordered list starts"},
	{"RichTextList.border", `{"enum":null,"min":0}`, "the types: 0 or 1; the reference: a number of pixels"},
	{"RichTextQuote.border", `{"enum":null,"min":0}`, "the types: 0 or 1; the reference: a number of pixels"},
	{"RichTextPreformatted.border", `{"enum":null,"min":0}`, "the types: 0 or 1; the reference: a number of pixels"},
	{"RichTextStyleable.style.highlight", `{"is":["boolean"]}`, "the types: none; the reference: in mentions"},
	{"RichTextStyleable.style.client_highlight", `{"is":["boolean"]}`, "the types: none; the reference: in mentions"},
	{"RichTextStyleable.style.unlink", `{"is":["boolean"]}`, "the types: none; the reference: in mentions"},
	{"RawNumberElement.value", `{"is":["decimal"]}`, "the types know one kind of number; all others are whole"},
	{"MessageMetadata.event_payload", `{"is":["object"]}`, "the types: one level deep; the reference and their comment: free-form"},
	{"MessageMetadata.*", `{"is":["any"]}`, "the types: no other field; the reference has entities, and says nothing of unknown ones"},
}

// additions are limits of the reference about which the types are silent.
var additions = []correction{
	{"OverflowOption.text", `{"required":true,"is":["PlainTextElement"],"text":75}`, "a PlainTextOption with a URL"},
	{"OverflowOption.value", `{"required":true,"is":["string"],"min":1,"max":150}`, "a PlainTextOption with a URL"},
	{"OverflowOption.description", `{"is":["PlainTextElement"],"text":75}`, "a PlainTextOption with a URL"},
	{"OverflowOption.url", `{"is":["string"],"max":3000}`, "a PlainTextOption with a URL"},

	{"ImageBlock.alt_text", `{"min":1}`, "not empty"},
	{"ImageElement.alt_text", `{"min":1,"max":2000}`, "as in the image block"},
	{"ImageBlock.image_url", `{"max":3000}`, "as every URL"},
	{"ImageElement.image_url", `{"max":3000}`, "as every URL"},
	{"MarkdownBlock.text", `{"min":1}`, "not empty"},
	{"PlainTextInput.initial_value", `{"max":3000}`, "as its max_length"},
	{"PlainTextInput.min_length", `{"min":0}`, "a number of characters"},
	{"PlainTextInput.max_length", `{"min":1,"max":3000}`, "a number of characters"},
	{"ExternalSelect.min_query_length", `{"min":0}`, "a number of characters"},
	{"MultiExternalSelect.min_query_length", `{"min":0}`, "a number of characters"},
	{"DateTimepicker.initial_date_time", `{"min":1000000000,"max":9999999999}`, "ten digits"},
	{"HomeView.external_id", `{"max":255}`, "https://docs.slack.dev/reference/methods/views.publish"},
	{"ModalView.external_id", `{"max":255}`, "https://docs.slack.dev/reference/methods/views.open"},
	{"MessageMetadata.event_type", `{"min":1}`, "a name"},

	{"ActionsBlock.elements", `{"min":1}`, "not empty"},
	{"ContextBlock.elements", `{"min":1}`, "not empty"},
	{"RichTextBlock.elements", `{"min":1}`, "not empty"},
	{"SectionBlock.fields", `{"min":1}`, "not empty"},
	{"Checkboxes.options", `{"min":1}`, "not empty"},
	{"Checkboxes.initial_options", `{"min":1}`, "one or more of the options"},
	{"RadioButtons.options", `{"min":1}`, "not empty"},
	{"StaticSelect.options", `{"min":1}`, "not empty"},
	{"StaticSelect.option_groups", `{"min":1}`, "not empty"},
	{"StaticSelect.option_groups.label", `{"text":75}`, "an option group"},
	{"StaticSelect.option_groups.options", `{"min":1,"max":100}`, "an option group"},
	{"MultiStaticSelect.options", `{"min":1}`, "not empty"},
	{"MultiStaticSelect.option_groups", `{"min":1}`, "not empty"},
	{"MultiStaticSelect.option_groups.label", `{"text":75}`, "an option group"},
	{"MultiStaticSelect.option_groups.options", `{"min":1,"max":100}`, "an option group"},
	{"MultiStaticSelect.initial_options", `{"min":1}`, "one or more of the options"},
	{"ConversationsSelect.filter.include", `{"min":1}`, "not empty"},
	{"MultiConversationsSelect.filter.include", `{"min":1}`, "not empty"},

	// As https://github.com/nicklambourne/slackblocks, spec/limits.json, has them.
	{"AlertBlock.text", `{"text":200}`, "slackblocks"},
	{"CardBlock.actions", `{"max":3}`, "slackblocks"},
	{"DataTableBlock.rows", `{"min":2,"max":201,"items":{"min":1,"max":20}}`, "slackblocks"},
	{"FeedbackButtons.positive_button.text", `{"text":75}`, "slackblocks"},
	{"FeedbackButtons.positive_button.value", `{"max":2000}`, "slackblocks"},
	{"FeedbackButtons.negative_button.text", `{"text":75}`, "slackblocks"},
	{"FeedbackButtons.negative_button.value", `{"max":2000}`, "slackblocks"},
	{"IconButton.visible_to_user_ids", `{"max":10}`, "slackblocks"},
	{"URLSourceElement.url", `{"min":1,"max":3000}`, "slackblocks"},
	{"VideoBlock.alt_text", `{"min":1,"max":200}`, "slackblocks"},
	{"VideoBlock.description", `{"text":200}`, "slackblocks"},
	{"VideoBlock.provider_name", `{"max":50}`, "slackblocks"},
}
