package fakeslack

// maxView is the size of a view in bytes of JSON.
const maxView = 250_000

// checkView returns what Slack would refuse about a view. kind is modal, home,
// or empty for either.
func checkView(v any, kind string) (object, *apiError) {
	o, ok := v.(object)
	if !ok {
		return nil, fail("invalid_arguments", "[ERROR] missing required field: view [json-pointer:/view]")
	}
	if len(encode(o)) > maxView {
		return nil, fail("view_too_large")
	}
	c := &checker{on: onModal}
	got := str(o, "type")
	switch {
	case got != "modal" && got != "home" || kind != "" && got != kind:
		c.bad("/view/type", "unsupported type: %q", got)
	case got == "home":
		c.on = onHome
		c.home(o)
	default:
		c.modal(o)
	}
	if len(c.errs) > 0 {
		return nil, fail("invalid_arguments", c.errs...)
	}
	out := clone(o)
	out["blocks"] = withBlockIDs(list(out, "blocks"))
	return out, nil
}

func (c *checker) home(o object) {
	c.fields(o, "/view", []string{"blocks", "private_metadata", "callback_id", "external_id"})
	c.common(o)
}

func (c *checker) modal(o object) {
	const at = "/view"
	c.fields(o, at, []string{
		"title", "blocks", "close", "submit", "private_metadata", "callback_id",
		"clear_on_close", "notify_on_close", "external_id", "submit_disabled",
	})
	c.text(o, "title", at, plain, 24, true)
	c.text(o, "submit", at, plain, 24, false)
	c.text(o, "close", at, plain, 24, false)
	c.boolean(o, "clear_on_close", at)
	c.boolean(o, "notify_on_close", at)
	c.common(o)
	if _, has := o["submit"]; c.inputs > 0 && !has {
		c.bad(at, "missing required field: submit, needed with input blocks")
	}
}

func (c *checker) common(o object) {
	const at = "/view"
	c.string(o, "private_metadata", at, 3000, false)
	c.string(o, "callback_id", at, 255, false)
	c.string(o, "external_id", at, 255, false)
	blocks, ok := o["blocks"].([]any)
	if !ok {
		c.bad(at, "missing required field: blocks")
		return
	}
	c.blocks(blocks, at+"/blocks")
}
