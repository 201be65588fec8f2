package workflows

import "time"

// VendorPost is a message in which somebody may ask for a vendor. Text is plain,
// without any chat system's markup.
type VendorPost struct {
	By      Clicker
	Channel string // id in the chat system
	ID      string // of the message there
	Text    string
	Links   []string // addresses in it, http or https
	At      time.Time
}
