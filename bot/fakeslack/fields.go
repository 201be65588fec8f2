package fakeslack

import (
	"fmt"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
)

// fieldErrors is what the Slack client itself finds wrong before it sends a
// submission, by block id.
func fieldErrors(blocks []any, st state) map[string]string {
	errs := map[string]string{}
	for _, b := range blocks {
		block, _ := b.(object)
		if str(block, "type") != "input" {
			continue
		}
		e := sub(block, "element")
		id := str(block, "block_id")
		value := st[id][str(e, "action_id")]
		if isEmpty(value, str(e, "type")) {
			if block["optional"] != true {
				errs[id] = "Please complete this required field."
			}
			continue
		}
		if text := fieldError(e, value); text != "" {
			errs[id] = text
		}
	}
	return errs
}

func isEmpty(value object, kind string) bool {
	switch v := value[holds[kind].field].(type) {
	case nil:
		return true
	case string:
		return strings.TrimSpace(v) == ""
	case []any:
		return len(v) == 0
	}
	return false
}

// fieldError checks a filled-in element against its own bounds.
func fieldError(e, value object) string {
	text := str(value, "value")
	switch str(e, "type") {
	case "plain_text_input":
		return lengthError(e, text)
	case "number_input":
		return numberError(e, text)
	case "email_text_input":
		if a, err := mail.ParseAddress(text); err != nil || a.Address != text {
			return "Enter an email address."
		}
	case "url_text_input":
		if u, err := url.Parse(text); err != nil || u.Scheme == "" || u.Host == "" {
			return "Enter a URL."
		}
	case "datepicker":
		if !validDate(str(value, "selected_date")) {
			return "Enter a date."
		}
	}
	most, limited := number(e["max_selected_items"])
	if chosen := list(value, holds[str(e, "type")].field); limited && len(chosen) > int(most) {
		return fmt.Sprintf("Choose at most %d.", int(most))
	}
	return ""
}

func lengthError(e object, text string) string {
	least, _ := number(e["min_length"])
	most, limited := number(e["max_length"])
	if !limited {
		most = 3000
	}
	switch n := runes(text); {
	case n < int(least):
		return fmt.Sprintf("Enter at least %d characters.", int(least))
	case n > int(most):
		return fmt.Sprintf("Enter at most %d characters.", int(most))
	}
	return ""
}

func numberError(e object, text string) string {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return "Enter a number."
	}
	if e["is_decimal_allowed"] != true && n != float64(int64(n)) {
		return "Enter a whole number."
	}
	if least, err := strconv.ParseFloat(str(e, "min_value"), 64); err == nil && n < least {
		return "Enter a number of at least " + str(e, "min_value") + "."
	}
	if most, err := strconv.ParseFloat(str(e, "max_value"), 64); err == nil && n > most {
		return "Enter a number of at most " + str(e, "max_value") + "."
	}
	return ""
}
