package bot

import "sync"

// redraws keeps the drawings of open forms in order. Choices that follow each
// other quickly are answered at the same time; the newest is the one that knows
// all that is filled in, and must be what stays on the screen.
type redraws struct {
	mu   sync.Mutex
	open map[string]*redrawing // by view
}

type redrawing struct {
	turn   sync.Mutex // one drawing at a time
	newest string     // Slack's time of the newest choice
	users  int
}

func newRedraws() *redraws { return &redraws{open: make(map[string]*redrawing)} }

// begin notes a choice. draw calls f when it is the choice's turn, unless a newer
// one came; end forgets a view that nobody draws any more.
func (r *redraws) begin(view, at string) (draw func(f func() error) error, end func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	d, ok := r.open[view]
	if !ok {
		d = &redrawing{}
		r.open[view] = d
	}
	d.users++
	d.newest = max(d.newest, at)
	newest := func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return d.newest == at
	}
	draw = func(f func() error) error {
		d.turn.Lock()
		defer d.turn.Unlock()
		if !newest() {
			return nil
		}
		return f()
	}
	return draw, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if d.users--; d.users == 0 {
			delete(r.open, view)
		}
	}
}
