package bot

import (
	"errors"
	"slices"
)

// lasting is a problem that no patience cures.
type lasting struct{ err error }

func (l *lasting) Error() string { return l.err.Error() }
func (l *lasting) Unwrap() error { return l.err }

// unfit is what is wrong with a channel.
func unfit(what string) error { return &lasting{err: errors.New(what)} }

// closed are answers about a channel that only a person can change
// (https://docs.slack.dev/reference/methods/conversations.join#errors).
var closed = []string{"channel_not_found", "is_archived", "method_not_supported_for_channel_type", "restricted_action", "team_access_not_granted"}

// judgedOpen marks an error of Open that will stand until somebody acts.
func judgedOpen(err error) error {
	if code := slackCode(err); slices.Contains(hopeless, code) || slices.Contains(closed, code) {
		return &lasting{err: err}
	}
	return err
}

// Lasting reports whether an error of Open or Run will stand until a person acts:
// a token that Slack refuses, a missing scope, a channel that is missing, shared,
// archived or not ours to read. Other errors (the network, a fault of Slack's, too
// many calls) may pass by themselves. Of several problems one is enough.
func Lasting(err error) bool {
	_, ok := errors.AsType[*lasting](err)
	return ok
}
