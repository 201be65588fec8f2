package store

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// seldomEvery is how often River may say the same thing.
const seldomEvery = time.Minute

// riverLog takes what River says in so far as somebody must know it. While the
// server is away River says so several times a second.
func riverLog(log *slog.Logger) *slog.Logger {
	return slog.New(seldom{log.Handler(), &said{last: make(map[string]time.Time)}})
}

// seldom lets through warnings and errors, each message once in a while.
type seldom struct {
	to   slog.Handler
	said *said
}

type said struct {
	mu   sync.Mutex
	last map[string]time.Time // by message: River has a few dozen
}

// Enabled says whether a level is let through.
func (h seldom) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && h.to.Enabled(ctx, l)
}

// Handle passes a message on unless it was said lately.
func (h seldom) Handle(ctx context.Context, r slog.Record) error {
	h.said.mu.Lock()
	last, known := h.said.last[r.Message]
	again := known && time.Since(last) < seldomEvery
	if !again {
		h.said.last[r.Message] = time.Now()
	}
	h.said.mu.Unlock()
	if again {
		return nil
	}
	return h.to.Handle(ctx, r)
}

// WithAttrs is the same with attributes.
func (h seldom) WithAttrs(attrs []slog.Attr) slog.Handler {
	return seldom{h.to.WithAttrs(attrs), h.said}
}

// WithGroup is the same within a group.
func (h seldom) WithGroup(name string) slog.Handler { return seldom{h.to.WithGroup(name), h.said} }
