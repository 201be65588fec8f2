package bot

import (
	"bytes"
	"encoding/json"

	"github.com/slack-go/slack"
)

// Slack refuses a message whose blocks are too long in all. Where that begins it
// does not document: with 13,297 characters of text it was seen, and there are
// signs that more than the text counts
// (https://github.com/slackapi/bolt-js/issues/2509 and 2867).
const (
	// messageText is how many characters of text a message has at most.
	messageText = 13_000
	// messageBytes is what a checklist, which is more than its text, may bring a
	// message to.
	messageBytes = 12_800
)

// fits says whether blocks are few and short enough for one message.
func fits(body, end []slack.Block) bool {
	return len(body)+len(end) <= messageBlocks && textLength(body)+textLength(end) <= messageText
}

// weight is how long blocks are in JSON, in bytes. What cannot be encoded weighs
// nothing: it fails where it is sent.
func weight(blocks []slack.Block) int {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(blocks) != nil {
		return 0
	}
	return b.Len()
}

// textLength is how many characters of text stand in blocks.
func textLength(blocks []slack.Block) int {
	raw, err := json.Marshal(blocks)
	if err != nil {
		return 0
	}
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return 0
	}
	return textIn(v)
}

func textIn(v any) int {
	n := 0
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			n += textIn(e)
		}
	case map[string]any:
		for name, e := range v {
			if text, ok := e.(string); ok && name == "text" {
				n += width(text, plainWidth)
			} else {
				n += textIn(e)
			}
		}
	}
	return n
}
