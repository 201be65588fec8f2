package bot

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"
)

const (
	workerCount = 32
	queueLength = 1024
	// answerTime leaves something of Slack's three seconds for the way back.
	answerTime = 2500 * time.Millisecond
)

// The types of envelope.
const (
	typeCommand     = "slash_commands"
	typeInteractive = "interactive"
	typeEvent       = "events_api"
)

// errUnreadable is returned for a payload that is not what its type promises.
var errUnreadable = errors.New("payload cannot be read")

// work is one envelope on its way to a worker.
type work struct {
	from *link
	e    envelope
	at   time.Time
}

// take queues an envelope. When the queue is full it is dropped without an
// acknowledgement: Slack then repeats an event, or tells the person.
func (b *Bot) take(l *link, e envelope) {
	select {
	case b.queue <- work{from: l, e: e, at: time.Now()}:
	default:
		l.end()
		b.log.Error("too much to do; an envelope was dropped", "type", e.Type)
	}
}

func (b *Bot) work() {
	for w := range b.queue {
		if late := time.Since(w.at); late > time.Second {
			b.log.Warn("an envelope had to wait", "type", w.e.Type, "waited", late.Round(time.Millisecond).String())
		}
		b.serve(w)
		w.from.end()
	}
}

// reply acknowledges one envelope, once.
type reply struct {
	bot  *Bot
	w    work
	sent bool
}

// send acknowledges; a payload that Slack would drop is refused with an error
// and nothing is sent. A second call does nothing.
func (r *reply) send(payload any) error {
	if r.sent {
		return nil
	}
	var frame []byte
	if payload != nil {
		var err error
		if frame, err = json.Marshal(payload); err != nil {
			return fmt.Errorf("encode an answer: %w", err)
		}
	}
	if len(frame) > ackMax {
		return fmt.Errorf("an answer of %d bytes: %w", len(frame), errTooLong)
	}
	r.sent = true
	r.bot.seen.settle(r.w.e.ID, frame) // before it is written: a repeat may come at once
	if err := r.w.from.ack(r.w.e.ID, frame); err != nil {
		// The connection is gone. What was committed stays; Slack tells the person
		// that there was no answer, or repeats the event.
		r.bot.log.Error("an acknowledgement was lost", "type", r.w.e.Type, "err", err)
	}
	return nil
}

var errTooLong = errors.New("longer than Slack takes")

// serve handles one envelope and makes sure that it is answered.
func (b *Bot) serve(w work) {
	r := &reply{bot: b, w: w}
	key := w.e.ID
	if _, first := b.seen.first(key, time.Now()); !first {
		b.repeat(w)
		return
	}
	err := safely(func() error { return b.route(context.Background(), w.e, r) })
	if err == nil {
		_ = r.send(nil)
		return
	}
	ref := reference()
	b.log.Error("an envelope could not be handled", "ref", ref, "type", w.e.Type, "err", err)
	if w.e.Type == typeEvent && !errors.Is(err, errUnreadable) {
		b.seen.forget(key) // not acknowledged: Slack sends it again
		return
	}
	if err := safely(func() error { return b.apologize(w.e, r, ref) }); err != nil {
		b.log.Error("a person could not be told about a fault", "ref", ref, "err", err)
	}
	_ = r.send(nil)
}

// repeat gives an envelope that came before the same answer, on the connection
// that it came on now, as soon as there is one.
func (b *Bot) repeat(w work) {
	w.from.hold()
	b.seen.await(w.e.ID, func(frame []byte, ok bool) {
		defer w.from.end()
		if !ok {
			return // Slack sends it again
		}
		if err := w.from.ack(w.e.ID, frame); err != nil {
			b.log.Error("an acknowledgement was lost", "type", w.e.Type, "err", err)
		}
	})
}

// safely turns a panic into an error, so that one bad envelope ends nothing.
func safely(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return f()
}

// reference is a short word by which a person and the log name the same fault.
func reference() string {
	var b [3]byte
	_, _ = rand.Read(b[:])
	return fmt.Sprintf("%X", b)
}

// route gives an envelope to whoever handles its type. What nobody knows is
// acknowledged, so that Slack does not repeat it.
func (b *Bot) route(ctx context.Context, e envelope, r *reply) error {
	switch e.Type {
	case typeCommand:
		return b.command(ctx, e, r)
	case typeInteractive:
		return b.interaction(ctx, e, r)
	case typeEvent:
		return b.event(ctx, e, r)
	}
	b.log.Warn("an envelope of an unknown type was acknowledged", "type", e.Type)
	return nil
}
