package store

// bell wakes one waiting loop. Strokes while nobody waits count as one.
type bell struct{ c chan struct{} }

func newBell() *bell { return &bell{c: make(chan struct{}, 1)} }

func (b *bell) strike() {
	select {
	case b.c <- struct{}{}:
	default:
	}
}
