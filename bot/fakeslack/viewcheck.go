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
	switch got := str(o, "type"); {
	case got != "modal" && got != "home" || kind != "" && got != kind:
		c.bad("/view/type", "unsupported type: %q", got)
	case got == "home":
		c.on = onHome
		c.shape(o, "HomeView", nil, "/view")
	default:
		c.shape(o, "ModalView", nil, "/view")
	}
	c.unique(list(o, "blocks"), "/view/blocks")
	if len(c.errs) > 0 {
		return nil, fail("invalid_arguments", c.errs...)
	}
	out := clone(o)
	out["blocks"] = withBlockIDs(list(out, "blocks"))
	return out, nil
}
