package bot

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// memberPage is how many members one call lists; Slack recommends 200 at most.
const memberPage = 200

// slackbot is listed as a person (https://docs.slack.dev/reference/objects/user-object).
const slackbot = "USLACKBOT"

// Members lists everyone in the workspace, bots and deactivated accounts too.
func (b *Bot) Members(ctx context.Context) ([]workflows.Member, workflows.Reading, error) {
	w := b.workspace()
	if w == nil {
		return nil, workflows.Reading{}, fmt.Errorf("list members: %w", errNotOpen)
	}
	reading := workflows.Reading{Source: "Slack Web API", Query: fmt.Sprintf("users.list limit=%d, all pages", memberPage)}
	var out []workflows.Member
	page := b.api.GetUsersPaginated(slack.GetUsersOptionLimit(memberPage))
	for {
		next := page
		err := patiently(ctx, func() (err error) {
			next, err = page.Next(ctx)
			return err
		})
		if page.Done(err) {
			reading.At = b.clock()
			return out, reading, nil
		}
		if err != nil {
			return nil, workflows.Reading{}, explain(fmt.Sprintf("list members, page %d", reading.Pages+1), err)
		}
		page = next
		reading.Pages++
		reading.Rows += len(page.Users)
		for _, u := range page.Users {
			out = append(out, member(u, w.team))
		}
	}
}

// Member reads one account. The error matches workflows.ErrNotFound where Slack
// knows no such account.
func (b *Bot) Member(ctx context.Context, chatID string) (workflows.Member, error) {
	w := b.workspace()
	if w == nil {
		return workflows.Member{}, fmt.Errorf("read member %s: %w", chatID, errNotOpen)
	}
	var u *slack.User
	err := patiently(ctx, func() (err error) {
		u, err = b.api.GetUserInfoContext(ctx, chatID)
		return err
	})
	if slices.Contains([]string{"user_not_found", "users_not_found", "user_not_visible"}, slackCode(err)) {
		return workflows.Member{}, fmt.Errorf("read member %s: %w", chatID, workflows.ErrNotFound)
	}
	if err != nil {
		return workflows.Member{}, explain("read member "+chatID, err)
	}
	return member(*u, w.team), nil
}

// member turns an account into the product's words, as seen from a team.
func member(u slack.User, team string) workflows.Member {
	return workflows.Member{
		ChatID: u.ID, Email: strings.ToLower(u.Profile.Email), Deleted: u.Deleted, Kind: kind(u, team),
		Name: cmp.Or(u.RealName, u.Profile.RealName, u.Profile.DisplayName, u.Name),
	}
}

func kind(u slack.User, team string) workflows.PersonKind {
	switch {
	case u.IsBot || u.ID == slackbot || u.IsWorkflowBot || u.IsConnectorBot:
		return workflows.KindBot
	case u.IsStranger || u.TeamID != "" && u.TeamID != team:
		return workflows.KindOutsider
	case u.IsRestricted || u.IsUltraRestricted:
		return workflows.KindGuest
	}
	return workflows.KindMember
}
