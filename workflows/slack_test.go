package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"countersign/provisioners"
	"countersign/workflows"
)

// slack is as much of a chat system as the workflows need: it keeps the cards
// that it was given and lists its members.
type slack struct {
	mu     sync.Mutex // guards everything below
	people []workflows.Member
	unread error // what a listing fails with
	posts  map[int64]*post
	faults []slackFault
}

// post is one card on somebody's screen.
type post struct {
	card  workflows.Card
	to    workflows.Person
	view  workflows.CardView
	times int // how often it was posted anew, which must stay 1
}

// slackFault makes the next Show fail, before or after the card was shown.
type slackFault struct {
	err   error
	shown bool
}

func newSlack() *slack {
	s := &slack{posts: map[int64]*post{}}
	for _, p := range cast {
		if p.who != "root" {
			s.people = append(s.people, workflows.Member{ChatID: chat(p.who), Email: mail(p.who), Name: p.name, Kind: workflows.KindMember})
		}
	}
	return s
}

// Show posts a card, or changes the one that stands.
func (s *slack) Show(_ context.Context, c workflows.Card, to workflows.Person, view func() (workflows.CardView, error)) (workflows.Posted, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var fault slackFault
	if len(s.faults) > 0 {
		fault, s.faults = s.faults[0], s.faults[1:]
	}
	if fault.err != nil && !fault.shown {
		return workflows.Posted{}, fault.err
	}
	v, err := view()
	if err != nil {
		return workflows.Posted{}, err
	}
	p, there := s.posts[c.ID]
	if !there {
		p = &post{}
		s.posts[c.ID] = p
	}
	if c.At.ID == "" && !(c.Tried && there) {
		p.times++
	}
	p.card, p.to, p.view = c, to, v
	return workflows.Posted{Channel: c.Channel + c.Person, ID: fmt.Sprint("m", c.ID)}, fault.err
}

// Fails makes so many of the next calls of Show fail. With shown they fail after
// the card was shown.
func (s *slack) Fails(times int, shown bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range times {
		s.faults = append(s.faults, slackFault{err, shown})
	}
}

// Members lists everybody.
func (s *slack) Members(context.Context) ([]workflows.Member, provisioners.Reading, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.people), provisioners.Reading{Source: "Slack", Query: "users.list", Pages: 1, Rows: len(s.people), At: time.Now()}, s.unread
}

// Member returns one member.
func (s *slack) Member(_ context.Context, chatID string) (workflows.Member, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.people, func(m workflows.Member) bool { return m.ChatID == chatID })
	if i < 0 {
		return workflows.Member{}, workflows.ErrNotFound
	}
	return s.people[i], nil
}

// Change edits the member with this chat id, adding a new one where there is none.
func (s *slack) Change(chatID string, f func(*workflows.Member)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.people, func(m workflows.Member) bool { return m.ChatID == chatID })
	if i < 0 {
		i = len(s.people)
		s.people = append(s.people, workflows.Member{ChatID: chatID, Kind: workflows.KindMember})
	}
	f(&s.people[i])
}

// Unreadable makes listings fail from now on, or work again.
func (s *slack) Unreadable(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unread = nil
	if down {
		s.unread = errors.New("the second page did not arrive")
	}
}

// card returns the card of a kind about a record, to a person's chat id or to a
// channel.
func (s *slack) card(kind workflows.CardKind, record, to string) (post, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.posts {
		if p.card.Kind == kind && p.card.Record == record && (p.to.ChatID == to || p.card.Channel == to) {
			return *p, true
		}
	}
	return post{}, false
}

// all returns every card that stands.
func (s *slack) all() []post {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []post
	for _, p := range s.posts {
		out = append(out, *p)
	}
	return out
}

// Only leaves one member in the listing.
func (s *slack) Only(chatID string) {
	s.keep(func(m workflows.Member) bool { return m.ChatID == chatID })
}

// Without takes one member out of the listing.
func (s *slack) Without(chatID string) {
	s.keep(func(m workflows.Member) bool { return m.ChatID != chatID })
}

func (s *slack) keep(stays func(workflows.Member) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.people = slices.DeleteFunc(slices.Clone(s.people), func(m workflows.Member) bool { return !stays(m) })
}

// to returns the cards that a person was sent directly.
func (s *slack) to(chatID string) []post {
	return slices.DeleteFunc(s.all(), func(p post) bool { return p.to.ChatID != chatID })
}
