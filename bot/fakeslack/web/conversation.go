package web

import (
	"cmp"
	"html/template"
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
	if len(decodeBlocks(m.Blocks)) > 0 {
		s.At = fakeslack.Place{Channel: m.Channel, TS: m.TS}
		l.Body = s.Blocks(m.Blocks)
	} else {
		l.Body = template.HTML(`<div class="b-text">`) + s.mrkdwn(m.Text) + "</div>"
	}
	return l
}
