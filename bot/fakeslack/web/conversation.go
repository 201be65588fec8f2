package web

import (
	"cmp"
	"html/template"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"countersign/bot/fakeslack"
)

// runOn is how close two messages of one author stand together under one name.
const runOn = 5 * time.Minute

// line is one message, ready for the templates, or a divider before a day.
type line struct {
	Day string // set on dividers only

	Channel, TS     string
	Author          string
	Avatar          avatar
	App, Follows    bool
	Clock, Full     string
	Edited, Private bool
	Body            template.HTML
	Replies         int
	RepliesLabel    string
	ThreadURL       string
	Shortcuts       []Shortcut
	Files           []attachment
	Gone            bool
	Mine            bool   // can be changed and deleted by who is looking
	Written         string // as its author wrote it, where it is theirs
}

// attachment is a file under a message.
type attachment struct{ Name, Kind, Size, URL string }

// attachments are the files of a message, with addresses for who is looking.
func (s scene) attachments(m fakeslack.Message) []attachment {
	var out []attachment
	for _, f := range m.Files {
		q := url.Values{"as": {s.Me}, "id": {f.ID}}
		kind := strings.ToUpper(strings.TrimPrefix(path.Ext(f.Name), "."))
		out = append(out, attachment{Name: f.Name, Kind: cmp.Or(kind, "FILE"), Size: strconv.Itoa((f.Size+1023)/1024) + " kB", URL: "/file?" + q.Encode()})
	}
	return out
}

// conversation draws a conversation as the person of the scene sees it.
func (s scene) conversation(messages []fakeslack.Message, threadURL func(ts string) string) []line {
	var out []line
	var lastTime time.Time
	var last fakeslack.Message
	for _, m := range messages {
		t := messageTime(m.TS).In(s.Zone)
		newDay := t.YearDay() != lastTime.YearDay() || t.Year() != lastTime.Year()
		if newDay {
			out = append(out, line{Day: formatDate("{day_divider_pretty}", t, s.Now.In(s.Zone))})
		}
		l := s.message(m, t)
		l.Follows = !newDay && !m.Ephemeral && !last.Ephemeral && m.User == last.User &&
			m.Username == last.Username && t.Sub(lastTime) < runOn
		if m.ReplyCount > 0 {
			l.Replies, l.RepliesLabel = m.ReplyCount, plural(m.ReplyCount, "reply")
		}
		if threadURL != nil {
			l.ThreadURL = threadURL(m.TS)
		}
		out = append(out, l)
		last, lastTime = m, t
	}
	return out
}

func (s scene) message(m fakeslack.Message, t time.Time) line {
	l := line{
		Channel: m.Channel, TS: m.TS, App: m.IsBot,
		Author: cmp.Or(m.Username, s.People[m.User], m.User),
		Clock:  t.Format("15:04"), Full: t.Format("Monday, 2 January 2006 15:04:05 MST"),
		Edited: m.Edited, Private: m.Ephemeral, Shortcuts: s.OnEach,
	}
	l.Avatar = avatar{l.Author, s.Tints[m.User]}
	l.Files, l.Gone = s.attachments(m), m.Gone
	if m.User == s.Me && !m.IsBot && !m.Gone {
		l.Mine, l.Written = true, unescape(m.Text)
	}
	if len(decodeBlocks(m.Blocks)) > 0 {
		s.At = fakeslack.Place{Channel: m.Channel, TS: m.TS}
		l.Body = s.Blocks(m.Blocks)
	} else if m.Text != "" {
		l.Body = template.HTML(`<div class="b-text">`) + s.mrkdwn(m.Text) + "</div>"
	}
	return l
}
