package bot

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

var channelID = regexp.MustCompile(`^[CG][A-Z0-9]{8,}$`)

// workspace is what Open found out. It does not change.
type workspace struct {
	team     string
	user     string            // the bot's own user id
	channels map[string]string // ids in Slack by the product's names
}

// errNotOpen is returned until Open has succeeded.
var errNotOpen = errors.New("slack is not connected yet")

// has says whether a channel is one of the product's.
func (w *workspace) has(channel string) bool {
	return slices.Contains(slices.Collect(maps.Values(w.channels)), channel)
}

// workspace returns what Open found out, or nil before it succeeded.
func (b *Bot) workspace() *workspace { return b.opened.Load() }

// Open checks the tokens and finds the channels: all of them must exist, be live
// and belong to this company alone. Public ones are joined; the one for people
// must be private, and into a private one the app must be invited. It reports every
// problem it finds in one error; Lasting tells whether trying again can help. It
// can be called again, and beside everything else; what it found before stays
// until it succeeds.
func (b *Bot) Open(ctx context.Context) error {
	w := &workspace{channels: make(map[string]string)}
	err := patiently(ctx, func() error {
		who, err := b.api.AuthTestContext(ctx)
		if err == nil {
			w.team, w.user = who.TeamID, who.UserID
		}
		return err
	})
	if err != nil {
		return judgedOpen(explain("test the bot token", err))
	}
	byName, err := b.channelsByName(ctx)
	if err != nil {
		return judgedOpen(err)
	}
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(b.cfg.Channels)) {
		c, err := b.channel(ctx, byName, b.cfg.Channels[name])
		if err == nil {
			err = b.fit(ctx, name, c)
		}
		if err != nil {
			problems = append(problems, judgedOpen(fmt.Errorf("channel for %s, %q: %w", name, b.cfg.Channels[name], err)))
			continue
		}
		w.channels[name] = c.ID
	}
	if len(problems) > 0 {
		return errors.Join(problems...)
	}
	b.opened.Store(w)
	return nil
}

// channelsByName lists the channels that the bot can see, unless all of them are
// given by id.
func (b *Bot) channelsByName(ctx context.Context) (map[string]slack.Channel, error) {
	byName := make(map[string]slack.Channel)
	named := slices.ContainsFunc(slices.Collect(maps.Values(b.cfg.Channels)), func(s string) bool { return !channelID.MatchString(s) })
	if !named {
		return byName, nil
	}
	ask := &slack.GetConversationsParameters{Limit: 200, Types: []string{"public_channel", "private_channel"}}
	for {
		var page []slack.Channel
		err := patiently(ctx, func() (err error) {
			page, ask.Cursor, err = b.api.GetConversationsContext(ctx, ask)
			return err
		})
		if err != nil {
			return nil, explain("list channels", err)
		}
		for _, c := range page {
			byName[c.Name] = c
		}
		if ask.Cursor == "" {
			return byName, nil
		}
	}
}

func (b *Bot) channel(ctx context.Context, byName map[string]slack.Channel, given string) (slack.Channel, error) {
	if !channelID.MatchString(given) {
		c, ok := byName[strings.TrimPrefix(given, "#")]
		if !ok {
			return c, absent("#" + strings.TrimPrefix(given, "#"))
		}
		return c, nil
	}
	var c *slack.Channel
	err := patiently(ctx, func() (err error) {
		c, err = b.api.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: given})
		return err
	})
	switch {
	case slackCode(err) == "channel_not_found":
		return slack.Channel{}, absent(given)
	case err != nil:
		return slack.Channel{}, explain("read the channel", err)
	}
	return *c, nil
}

// absent says what to do about a channel that Slack does not show to the app.
func absent(channel string) error {
	return unfit("there is no such channel, or it is private and the app is not in it; if it is private, invite the app to " + channel)
}

// fit says why a channel cannot be used, and joins it if it can.
func (b *Bot) fit(ctx context.Context, name string, c slack.Channel) error {
	switch {
	case c.IsExtShared || c.IsPendingExtShared || c.IsShared && !c.IsOrgShared:
		return unfit("it is shared with another company; requests and decisions must stay inside this one")
	case c.IsArchived:
		return unfit("it is archived")
	case name == workflows.ChannelPeople && !c.IsPrivate:
		return unfit("it must be private; Countersign does not start while #" + c.Name + " is public, because it would show to everybody who joins and who leaves")
	case c.IsMember:
		return nil
	case c.IsPrivate:
		return unfit("the app is not in it and cannot join a private channel by itself; invite the app to #" + c.Name)
	}
	return patiently(ctx, func() error {
		_, _, _, err := b.api.JoinConversationContext(ctx, c.ID)
		if err != nil {
			return explain("join the channel", err)
		}
		return nil
	})
}
