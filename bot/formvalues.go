package bot

import (
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"
)

// formValues reads what is filled in, by field id.
func formValues(v slack.View) map[string]string {
	values := make(map[string]string)
	if v.State == nil {
		return values
	}
	for field, actions := range v.State.Values {
		for action, a := range actions {
			switch {
			case len(a.SelectedOptions) > 0:
				values[field] = tickedValues(v, action, a.SelectedOptions)
			case a.SelectedOption.Value != "":
				values[field] = a.SelectedOption.Value
			case a.SelectedUser != "":
				values[field] = a.SelectedUser
			case a.SelectedDate != "":
				values[field] = a.SelectedDate
			case a.SelectedDateTime != 0:
				values[field] = strconv.FormatInt(a.SelectedDateTime, 10)
			default:
				values[field] = a.Value
			}
		}
	}
	return values
}

// pressed reads "record|version"; a version that cannot be read is zero, which
// no record has.
func pressed(value string) (record string, version int) {
	record, number, _ := strings.Cut(value, "|")
	version, _ = strconv.Atoi(number)
	return record, version
}

// about reads what a form is about from its private metadata,
// "kind|record|version". Nothing else in there is believed.
func about(v slack.View) (record string, version int) {
	_, value, _ := strings.Cut(v.PrivateMetadata, "|")
	return pressed(value)
}

// prefilled reads what a button that opens a form fills in, "app|level".
func prefilled(value string) map[string]string {
	app, level, ok := strings.Cut(value, "|")
	if !ok {
		return nil
	}
	return map[string]string{"app": app, "level": level}
}

// day is a date that a picker can start with, or nothing: Slack refuses a whole
// form for another.
func day(value string) string {
	if _, err := time.Parse(time.DateOnly, value); err != nil {
		return ""
	}
	return value
}

// seconds is a moment that a picker can start with, or zero. Slack takes ten
// digits, https://docs.slack.dev/reference/block-kit/block-elements/datetime-picker-element.
func seconds(value string) int64 {
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n < 1_000_000_000 || n > 9_999_999_999 {
		return 0
	}
	return n
}
