package bot

import (
	"cmp"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// begun is what stands over the answer to a form that began something. A modal
// has no response URL, so that its answer is shown in its place.
var begun = map[string]string{
	workflows.OnboardingFlow:  "Onboarding started",
	workflows.OffboardingFlow: "Offboarding",
}

// doneAnswer closes a form whose card says the rest, and replaces any other by
// what was done.
func doneAnswer(v slack.View, out workflows.Outcome) *slack.ViewSubmissionResponse {
	kind, ok := strings.CutPrefix(v.CallbackID, formPrefix)
	if !ok || kind == workflows.AccessRequest || out.Message == "" {
		return slack.NewClearViewSubmissionResponse()
	}
	return slack.NewUpdateViewSubmissionResponse(plainView(cmp.Or(begun[kind], "Done"), out.Message))
}

// submissionAnswer is what a form becomes: closed, with mistakes shown beside
// their fields, or replaced by a sentence.
func submissionAnswer(v slack.View, out workflows.Outcome) *slack.ViewSubmissionResponse {
	if out.Kind == workflows.OutcomeDone {
		return doneAnswer(v, out)
	}
	inputs := make(map[string]bool)
	for _, block := range v.Blocks.BlockSet {
		inputs[block.ID()] = block.BlockType() == slack.MBTInput
	}
	// Slack refuses all mistakes when one of them names a block that is no input.
	beside := make(map[string]string)
	text := out.Message
	for field, message := range out.Fields {
		if inputs[field] {
			beside[field] = message
		} else if text == "" {
			text = message
		}
	}
	if len(beside) > 0 {
		return slack.NewErrorsViewSubmissionResponse(beside)
	}
	title := "Not possible"
	if out.Kind == workflows.OutcomeAlready {
		title = "Already done"
	}
	return slack.NewUpdateViewSubmissionResponse(plainView(title, text))
}
