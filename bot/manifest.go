package bot

import (
	"encoding/json"

	"github.com/slack-go/slack"
)

// The callback ids of the shortcuts.
const (
	shortcutAccess = "request_access"
	shortcutVendor = "start_vendor_request"
)

// scopes are what the bot's calls need, and nothing more. The app-level token
// needs connections:write besides.
var scopes = []string{
	"channels:history", // messages in the vendors channel; look for a post whose answer was lost
	"channels:join",    // the configured public channels
	"channels:read",    // find channels by name
	"chat:write",       // cards
	"commands",         // slash commands and shortcuts
	"files:write",      // a listing as a file to one person
	"groups:history",   // as above, in private channels
	"groups:read",      // as above
	"im:history",       // as above, in direct messages
	"im:write",         // cards to one person
	"users:read",       // who is who
	"users:read.email", // and how the directory knows them
}

// Manifest returns the app's manifest as JSON, to be pasted where Slack asks for
// one (https://docs.slack.dev/reference/app-manifest).
func Manifest() ([]byte, error) {
	var commands []slack.ManifestSlashCommand
	for _, c := range slashCommands {
		commands = append(commands, slack.ManifestSlashCommand{Command: c.name, Description: c.does, UsageHint: c.hint, ShouldEscape: true})
	}
	m := slack.Manifest{
		Metadata: slack.ManifestMetadata{MajorVersion: 1, MinorVersion: 1},
		Display: slack.Display{
			Name: "Countersign", BackgroundColor: "#1f3a5f",
			Description: "Ask for access, have its owner approve it, and keep a record that auditors can check.",
		},
		Features: slack.Features{
			AppHome:       slack.AppHome{HomeTabEnabled: true, MessagesTabEnabled: true, MessagesTabReadOnlyEnabled: true},
			BotUser:       slack.BotUser{DisplayName: "Countersign", AlwaysOnline: true},
			SlashCommands: commands,
			Shortcuts: []slack.Shortcut{
				{Name: "Request access", CallbackID: shortcutAccess, Description: "Ask for access to an app", Type: "global"},
				{Name: "Start vendor request", CallbackID: shortcutVendor, Description: "Ask for a new vendor from this message", Type: "message"},
			},
		},
		OAuthConfig: slack.OAuthConfig{Scopes: slack.OAuthScopes{Bot: scopes}},
		Settings: slack.Settings{
			EventSubscriptions: &slack.EventSubscriptions{BotEvents: []string{"app_home_opened", "message.channels", "message.groups", "team_join", "user_change"}},
			Interactivity:      &slack.Interactivity{IsEnabled: true},
			SocketModeEnabled:  true,
		},
	}
	return json.MarshalIndent(m, "", "  ")
}
