package store

import (
	"context"
	"errors"
	"fmt"
)

// writer is the one connection that writes. Callers take turns in the order in
// which they came. Those that come while others are at work share one commit
// with them, and so one wait for the disk: each has a savepoint of its own, and
// none is told that it is done before the commit is.
type writer struct {
	conn  *sqliteConn
	turn  chan struct{} // holds one value while somebody has the turn; who waits to send is served in order
	batch *batch        // begun and not committed yet; of whoever has the turn
}

// batch is one transaction of the database, shared by several callers.
type batch struct {
	ready int           // callers whose work is in it
	ended chan struct{} // closed when it is committed or lost
	err   error         // why it was lost; read after ended
}

func newWriter(c *sqliteConn) *writer { return &writer{conn: c, turn: make(chan struct{}, 1)} }

// begin takes the turn and begins one caller's part.
func (w *writer) begin(ctx context.Context) (session, error) {
	select {
	case w.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := w.enter(); err != nil {
		<-w.turn
		return nil, err
	}
	return &part{conn: w.conn, w: w}, nil
}

// enter opens a savepoint in the batch, and a batch where there is none.
func (w *writer) enter() error {
	if w.batch == nil {
		if err := w.do("BEGIN IMMEDIATE"); err != nil {
			_ = w.do("ROLLBACK") // of what a failed end may have left open
			return err
		}
		w.batch = &batch{ended: make(chan struct{})}
	}
	err := w.do("SAVEPOINT part")
	if err != nil {
		w.lose(err)
	}
	return err
}

func (w *writer) do(text string) error {
	_, err := w.conn.exec(context.Background(), text, nil)
	return err
}

// finish commits the batch.
func (w *writer) finish() {
	b := w.batch
	if err := w.do("COMMIT"); err != nil {
		w.lose(err)
		return
	}
	w.batch = nil
	close(b.ended)
}

// lose gives the batch up: everybody whose work is in it learns why. That there
// is nothing left to roll back is no matter.
func (w *writer) lose(why error) {
	b := w.batch
	_ = w.do("ROLLBACK")
	w.batch, b.err = nil, why
	close(b.ended)
}

// part is one caller's part of a batch. It has the turn until its end. After a
// statement that failed it takes no more of them, as PostgreSQL does: with a full
// disk SQLite undoes the whole transaction by itself, and what came after would
// be done at once and for good.
type part struct {
	conn   *sqliteConn
	w      *writer
	over   bool
	failed error // what the first statement failed with
}

func (p *part) exec(ctx context.Context, text string, args []any) (n int64, err error) {
	if p.failed != nil {
		return 0, p.ended()
	}
	n, err = p.conn.exec(ctx, text, args)
	p.failed = err
	return n, err
}

func (p *part) query(ctx context.Context, text string, args []any) (cursor, error) {
	if p.failed != nil {
		return nil, p.ended()
	}
	r, err := p.conn.query(ctx, text, args)
	if p.failed = err; err != nil {
		return nil, err
	}
	return &partCursor{r, p}, nil
}

func (p *part) ended() error { return fmt.Errorf("the transaction has failed: %w", p.failed) }

// partCursor tells its part of a failure while rows are read.
type partCursor struct {
	cursor
	p *part
}

// Err is what ended the rows, if not their end.
func (c *partCursor) Err() error {
	err := c.cursor.Err()
	if c.p.failed == nil {
		c.p.failed = err
	}
	return err
}

// commit ends the part and waits for the commit. Whoever came meanwhile has gone
// before when the turn comes again; then the first to have it commits for all.
func (p *part) commit(context.Context) error {
	if p.over {
		return errors.New("the transaction has ended")
	}
	if p.failed != nil {
		return p.ended()
	}
	b := p.w.batch
	if err := p.w.do("RELEASE part"); err != nil {
		return fmt.Errorf("end: %w", err) // rolling back follows
	}
	p.over = true
	b.ready++
	<-p.w.turn
	select {
	case <-b.ended:
	case p.w.turn <- struct{}{}:
		if p.w.batch == b {
			p.w.finish()
		}
		<-p.w.turn
		<-b.ended // by somebody else before, or just now
	}
	return b.err
}

// rollback undoes the part alone. Where that is impossible, all is lost.
func (p *part) rollback() error {
	if p.over {
		return nil
	}
	p.over = true
	defer func() { <-p.w.turn }()
	if p.w.batch.ready == 0 {
		err := p.w.do("ROLLBACK")
		close(p.w.batch.ended)
		p.w.batch = nil
		return err
	}
	err := errors.Join(p.w.do("ROLLBACK TO part"), p.w.do("RELEASE part"))
	if err != nil {
		p.w.lose(err)
	}
	return err
}
