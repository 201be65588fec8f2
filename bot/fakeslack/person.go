package fakeslack

import "encoding/json"

// User is a member of the workspace, or somebody who only appears in it.
type User struct {
	ID       string // U…
	TeamID   string // T…; another team's for an outsider in a shared channel
	Name     string // handle
	RealName string
	Email    string // empty for a person without one
	Title    string
	TZ       string // IANA name
	IsBot    bool
	IsGuest  bool // is_restricted
	Stranger bool // is_stranger: from another workspace
	Deleted  bool // deactivated
}

// Channel is a conversation: a channel, a private channel or a direct message.
type Channel struct {
	ID       string // C…, G… or D…
	Name     string // without '#'; for a direct message, the other side's real name
	Topic    string
	Private  bool
	DM       bool
	Archived bool
	Shared   bool     // is_ext_shared
	Members  []string // user ids
	Unread   int      // messages since the person last looked (page only)
}

// Message is one message as a person sees it.
type Message struct {
	Channel    string
	TS         string
	ThreadTS   string // set on replies
	User       string // author's user id
	Username   string // author's shown name
	IsBot      bool
	Text       string
	Blocks     json.RawMessage // Block Kit as the app sent it, or nil
	Metadata   json.RawMessage
	Edited     bool
	Ephemeral  bool // seen by one person only, gone on reload
	ReplyCount int
	Gone       bool // deleted; its thread stays
	Files      []File
}

// File is a file that was shared in a message.
type File struct {
	ID    string // F…
	Name  string
	Title string
	Type  string // MIME
	Size  int    // bytes
}

// View is an open modal, or a person's App Home.
type View struct {
	ID     string
	Hash   string
	Raw    json.RawMessage   // the view object as Slack would return it (type, title, blocks, …)
	Errors map[string]string // field errors of the last submission, by block id
}

// Option is one row of a type-ahead.
type Option struct {
	Text        string
	Value       string
	Description string
}

// Place says where in Slack a person acts: on a message, in a modal, or on the
// App Home. Exactly one of the three is set.
type Place struct {
	Channel, TS string // a message (ephemeral ones too)
	ViewID      string // an open modal
	Home        bool   // the person's App Home
}

// Action is a press of a button or a choice in a select. Value is used by
// buttons; Selected holds the option's value, or a user's, channel's or date's id.
type Action struct {
	BlockID, ActionID string
	Value             string
	Selected          string
}
