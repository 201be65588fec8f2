package workflows

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"

	"countersign/provisioners"
)

// Service is the product: everything that people and time can make happen. All
// its methods are safe for concurrent use.
type Service struct {
	store        Store
	cat          *Catalogue
	team         atomic.Pointer[string] // id of our own workspace; nil until it is known
	provisioners map[string]provisioners.Provisioner
	directory    provisioners.Directory
	accounts     provisioners.Accounts
	discovery    provisioners.Discovery
	members      Members
	notifier     Notifier
	log          *slog.Logger
	turns        turns // by person and target key

	leaversExpected atomic.Bool // the next reading may deactivate any number of people
}

// Parts is what a Service is made of. Directory and Accounts may be nil: then
// people come from the chat system alone, and no account is made or closed. So may
// Discovery: then apps in use are not looked for.
type Parts struct {
	Store        Store
	Catalogue    *Catalogue
	Provisioners map[string]provisioners.Provisioner // by the names that levels use
	Directory    provisioners.Directory
	Accounts     provisioners.Accounts
	Discovery    provisioners.Discovery
	Members      Members
	Notifier     Notifier
	Team         string // id of our own workspace in the chat system; may be told later
	Log          *slog.Logger
}

// New returns a Service. Nothing happens until Run.
func New(p Parts) *Service {
	s := &Service{
		store: p.Store, cat: p.Catalogue, provisioners: p.Provisioners,
		directory: p.Directory, accounts: p.Accounts, discovery: p.Discovery, members: p.Members, notifier: p.Notifier, log: p.Log,
	}
	s.BelongTo(p.Team)
	if s.cat != nil && s.cat.added == nil {
		s.cat.added = new(atomic.Pointer[[]App])
	}
	return s
}

// BelongTo says which workspace of the chat system is our own, where that was
// not known when the service was made.
func (s *Service) BelongTo(team string) {
	if team != "" {
		s.team.Store(&team)
	}
}

// Catalogue returns the configuration the service works by.
func (s *Service) Catalogue() *Catalogue { return s.cat }

// hands is how many jobs run at once. They wait for answers most of the time; a
// leaver with many apps must not wait for them one after the other.
const hands = 32

// Run works on jobs and fires the calendar until ctx ends, and returns when the
// last job has been put down.
func (s *Service) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 2)
	go func() { ended <- s.store.Work(ctx, hands, s.work) }()
	go func() { ended <- s.store.Fire(ctx, s.fire) }()
	err := <-ended
	stop()
	return errors.Join(err, <-ended)
}

// work runs one job. A job of a kind that no code knows any more is given up
// loudly rather than tried for ever.
func (s *Service) work(ctx context.Context, j Job) error {
	do, ok := s.jobs()[j.Kind]
	if !ok {
		s.log.Error("job of an unknown kind was dropped", "kind", j.Kind, "record", j.Record)
		return s.store.Update(ctx, func(tx Tx) error { return tx.Complete(j) })
	}
	return do(ctx, j)
}

// fire handles one due moment inside the calendar's transaction.
func (s *Service) fire(tx Tx, d Due) error {
	do, ok := s.moments()[d.Kind]
	if !ok {
		s.log.Error("due moment of an unknown kind was dropped", "kind", d.Kind, "record", d.Record)
		return nil
	}
	if err := do(tx, d); err != nil {
		return fmt.Errorf("%s %s: %w", d.Kind, d.Record, err)
	}
	return nil
}

// update runs f in a transaction and tries again when another one was faster.
func (s *Service) update(ctx context.Context, f func(Tx) error) error {
	for try := 1; ; try++ {
		err := s.store.Update(ctx, f)
		if !errors.Is(err, ErrConflict) || try == 5 {
			return err
		}
	}
}

// append fills in what every event of this service carries.
func (s *Service) append(tx Tx, e Event) error {
	if e.Actor.Kind == "" {
		e.Actor = System
	}
	if e.Outcome == "" {
		e.Outcome = Success
	}
	_, err := tx.Append(e)
	return err
}

// clicker finds the person behind a click, or says why it does not count.
func (s *Service) clicker(tx Tx, by Clicker) (Person, *Refusal, error) {
	if ours := s.team.Load(); by.Team != "" && ours != nil && by.Team != *ours {
		return Person{}, Person{Kind: KindOutsider}.MayAct(), nil
	}
	p, err := tx.PersonByChat(by.ChatID)
	if errors.Is(err, ErrNotFound) {
		if err := tx.Enqueue(Job{Kind: jobLookUp, Record: by.ChatID, Urgent: true}); err != nil {
			return Person{}, nil, err
		}
		return Person{}, refuse("unknown_person", "I do not know you yet and am looking you up now. Please try again in a moment; if this stays, ask an admin."), nil
	}
	if err != nil {
		return Person{}, nil, err
	}
	return p, p.MayAct(), nil
}
