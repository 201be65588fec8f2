package web

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// panelPoll is how often panels without a Changed are looked at again.
const panelPoll = 2 * time.Second

// events tells one browser that something changed, until it goes away. The
// channels are taken before the event is sent, so a change between the event
// and the browser's next fetch brings another event.
func (s *site) events(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	stream := http.NewResponseController(w)
	_ = stream.SetWriteDeadline(time.Time{}) // not every writer has one
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")

	for wake := s.watch(ctx); ; {
		if _, err := fmt.Fprint(w, "event: change\ndata: {}\n\n"); err != nil {
			return
		}
		if stream.Flush() != nil {
			return
		}
		select {
		case <-wake:
		case <-ctx.Done():
			return
		}
	}
}

// watch merges every source of change into one channel that holds at most one
// pending notice. Its goroutines end with ctx.
func (s *site) watch(ctx context.Context) <-chan struct{} {
	wake := make(chan struct{}, 1)
	notify := func() {
		select {
		case wake <- struct{}{}:
		default:
		}
	}
	follow := func(changed func() <-chan struct{}, next <-chan struct{}) {
		for {
			select {
			case <-next:
				next = changed()
				notify()
			case <-ctx.Done():
				return
			}
		}
	}
	go follow(s.Slack.Changed, s.Slack.Changed())
	poll := false
	for _, p := range s.Panels {
		if p.Changed == nil {
			poll = true
			continue
		}
		go follow(p.Changed, p.Changed())
	}
	if poll {
		go func() {
			tick := time.NewTicker(panelPoll)
			defer tick.Stop()
			for {
				select {
				case <-tick.C:
					notify()
				case <-ctx.Done():
					return
				}
			}
		}()
	}
	return wake
}
