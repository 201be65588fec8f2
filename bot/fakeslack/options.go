package fakeslack

// optionsOf returns an element's options, those in groups included.
func optionsOf(e object) []object {
	var out []object
	add := func(options []any) {
		for _, v := range options {
			if o, ok := v.(object); ok {
				out = append(out, o)
			}
		}
	}
	add(list(e, "options"))
	for _, g := range list(e, "option_groups") {
		group, _ := g.(object)
		add(list(group, "options"))
	}
	return out
}

func findOption(options []object, value string) object {
	for _, o := range options {
		if str(o, "value") == value {
			return o
		}
	}
	return nil
}
