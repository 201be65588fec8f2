package fakeslack

// surface is where blocks are shown.
type surface int

const (
	onMessage surface = 1 << iota
	onModal
	onHome
)

// surfaces are the blocks and elements that are for some surfaces only; all
// others are for all. The types do not say it; it is in
// https://docs.slack.dev/blocks.json and on the page of each element.
var surfaces = map[string]surface{
	"AlertBlock":          onModal,
	"CarouselBlock":       onMessage | onHome,
	"ContainerBlock":      onMessage,
	"ContextActionsBlock": onMessage,
	"FileBlock":           onMessage,
	"MarkdownBlock":       onMessage,
	"TableBlock":          onMessage,
	"EmailInput":          onModal,
	"FileInput":           onModal,
	"NumberInput":         onModal,
	"RichTextInput":       onModal | onMessage,
	"URLInput":            onModal,
}

// maxMessageBlocks is how many blocks a message has; a view's are in the rules.
const maxMessageBlocks = 50

// checkBlocks returns what Slack would refuse about a message's blocks.
func checkBlocks(blocks []any) []string {
	c := &checker{on: onMessage}
	c.value(blocks, shapes()["HomeView"].Fields["blocks"].upTo(maxMessageBlocks), "/blocks")
	c.unique(blocks, "/blocks")
	return c.errs
}

// withBlockIDs copies blocks and gives an id to those that have none, as Slack
// does. They must have passed checkBlocks.
func withBlockIDs(blocks []any) []any {
	out := clone(blocks)
	for _, b := range out {
		block := b.(object)
		if str(block, "block_id") == "" {
			block["block_id"] = randomHex(3)
		}
		for _, e := range elementsOf(block) {
			if interactive(e) && str(e, "action_id") == "" {
				e["action_id"] = randomHex(3)
			}
		}
	}
	return out
}

// elementsOf returns the elements of a block that a person could act on.
func elementsOf(block object) []object {
	var out []object
	add := func(v any) {
		if e, ok := v.(object); ok && interactive(e) {
			out = append(out, e)
		}
	}
	switch str(block, "type") {
	case "section":
		add(block["accessory"])
	case "input":
		add(block["element"])
	case "actions":
		for _, e := range list(block, "elements") {
			add(e)
		}
	}
	return out
}

func interactive(e object) bool { return str(e, "type") != "image" && str(e, "type") != "" }
