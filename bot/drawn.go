package bot

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// drawing is a card as it is sent.
type drawing struct {
	text   string
	blocks []slack.Block
	layout []byte // the blocks in JSON
}

func draw(v workflows.CardView) (drawing, error) {
	d := drawing{text: cardText(v), blocks: cardBlocks(v)}
	var err error
	if d.layout, err = json.Marshal(d.blocks); err != nil {
		return d, fmt.Errorf("draw card %s: %w", v.Record, err)
	}
	return d, nil
}

func (d drawing) message() []slack.MsgOption {
	return []slack.MsgOption{
		slack.MsgOptionText(d.text, false), slack.MsgOptionBlocks(d.blocks...),
		slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(),
	}
}

// posted is where a drawing stands, with a copy of what was said.
func (d drawing) posted(channel, id string) workflows.Posted {
	return workflows.Posted{Channel: channel, ID: id, Text: d.text, Layout: string(d.layout)}
}

// sumAt identifies a drawing in its place.
func (d drawing) sumAt(at workflows.Posted) [sha256.Size]byte {
	return sha256.Sum256(fmt.Appendf(nil, "%q %q %q %s", at.Channel, at.ID, d.text, d.layout))
}

// sentMax bounds what is remembered of cards; what is forgotten costs one update
// too many.
const sentMax = 4096

// sent remembers what was last sent for a card, so that the same is not sent
// twice.
type sent struct {
	mu   sync.Mutex
	last map[int64][sha256.Size]byte
}

func newSent() *sent { return &sent{last: make(map[int64][sha256.Size]byte)} }

func (s *sent) is(card int64, sum [sha256.Size]byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	got, ok := s.last[card]
	return ok && got == sum
}

func (s *sent) keep(card int64, sum [sha256.Size]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.last) >= sentMax {
		clear(s.last)
	}
	s.last[card] = sum
}

func (s *sent) forget(card int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.last, card)
}
