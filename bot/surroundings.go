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
)

// channelPeople must be private: it shows who comes and goes.
const channelPeople = "people"

var channelID = regexp.MustCompile(`^[CG][A-Z0-9]{8,}$`)

// Open checks the tokens and finds the channels: all of them must exist, be live
// and belong to this company alone. Public ones are joined. It reports every
// problem it finds in one error.
func (b *Bot) Open(ctx context.Context) error {
	err := patiently(ctx, func() error {
		who, err := b.api.AuthTestContext(ctx)
		if err == nil {
			b.team, b.user = who.TeamID, who.UserID
		}
		return err
	})
	if err != nil {
		return explain("test the bot token", err)
	}
	byName, err := b.channelsByName(ctx)
	if err != nil {
		return err
	}
	var problems []error
	found := make(map[string]string)
	for _, name := range slices.Sorted(maps.Keys(b.cfg.Channels)) {
		c, err := b.channel(ctx, byName, b.cfg.Channels[name])
		if err == nil {
			err = b.fit(ctx, name, c)
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("channel for %s, %q: %w", name, b.cfg.Channels[name], err))
			continue
		}
		found[name] = c.ID
	}
	b.channels = found
	return errors.Join(problems...)
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
			return c, errors.New("there is no such channel, or it is private and the bot was not invited to it")
		}
		return c, nil
	}
	var c *slack.Channel
	err := patiently(ctx, func() (err error) {
		c, err = b.api.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: given})
		return err
	})
	if err != nil {
		return slack.Channel{}, explain("read the channel", err)
	}
	return *c, nil
}

// fit says why a channel cannot be used, and joins it if it can.
func (b *Bot) fit(ctx context.Context, name string, c slack.Channel) error {
	switch {
	case c.IsExtShared || c.IsPendingExtShared:
		return errors.New("it is shared with another company; requests and decisions must stay inside this one")
	case c.IsArchived:
		return errors.New("it is archived")
	case name == channelPeople && !c.IsPrivate:
		return errors.New("it must be private: it shows who joins and who leaves")
	case c.IsMember:
		return nil
	case c.IsPrivate:
		return errors.New("the bot is not in it; invite the bot")
	}
	return patiently(ctx, func() error {
		_, _, _, err := b.api.JoinConversationContext(ctx, c.ID)
		if err != nil {
			return explain("join the channel", err)
		}
		return nil
	})
}
