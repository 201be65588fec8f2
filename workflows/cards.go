package workflows

import (
	"context"
	"errors"
	"fmt"
	"strconv"
)

// card stores a card and sets its drawing going. What a person must act on, and
// what they wait for, goes first.
func (s *Service) card(tx Tx, c Card, urgent bool) error {
	if err := tx.AddCard(&c); err != nil {
		return err
	}
	return tx.Enqueue(Job{Kind: jobCard, Record: strconv.FormatInt(c.ID, 10), Urgent: urgent})
}

// touch has every card about a record drawn again.
func (s *Service) touch(tx Tx, record string) error {
	cards, err := tx.Cards(record)
	if err != nil {
		return err
	}
	for _, c := range cards {
		if err := tx.WantCard(c.ID); err != nil {
			return err
		}
		job := Job{Kind: jobCard, Record: strconv.FormatInt(c.ID, 10), Urgent: c.Kind == CardRequester || c.Kind == CardHolder}
		if err := tx.Enqueue(job); err != nil {
			return err
		}
	}
	return nil
}

// announce shows a new request to everyone it concerns.
func (s *Service) announce(tx Tx, r Request, p Panel) error {
	if err := s.card(tx, Card{Kind: CardRequester, Record: r.ID, Person: r.Requester}, true); err != nil {
		return err
	}
	if r.Subject != r.Requester {
		if err := s.card(tx, Card{Kind: CardHolder, Record: r.ID, Person: r.Subject}, false); err != nil {
			return err
		}
	}
	for _, a := range p.All() {
		if err := s.card(tx, Card{Kind: CardApprover, Record: r.ID, Person: a.Person.ID}, true); err != nil {
			return err
		}
	}
	return s.card(tx, Card{Kind: CardLog, Record: r.ID, Channel: ChannelRequests}, false)
}

// tell posts a notice to a channel, once per record.
func (s *Service) tell(tx Tx, channel, record, text string) error {
	return s.card(tx, Card{Kind: CardNotice, Record: record, Channel: channel, Body: text}, false)
}

// warn tells the compliance channel and some people, each once per record.
func (s *Service) warn(tx Tx, record, text string, emails []string) error {
	for _, e := range emails {
		p, err := tx.PersonByEmail(e)
		if errors.Is(err, ErrNotFound) || err == nil && p.ChatID == "" {
			continue
		}
		if err != nil {
			return err
		}
		if err := s.card(tx, Card{Kind: CardNotice, Record: record, Person: p.ID, Body: text}, true); err != nil {
			return err
		}
	}
	return s.tell(tx, ChannelCompliance, record, text)
}

// showCard draws a card as its record stands now, until it shows what is wanted.
func (s *Service) showCard(ctx context.Context, j Job) error {
	id, err := strconv.ParseInt(j.Record, 10, 64)
	if err != nil {
		return fmt.Errorf("card job %q: %w", j.Record, err)
	}
	var c Card
	var to Person
	err = s.store.View(ctx, func(tx Tx) error {
		if c, err = tx.Card(id); err != nil || c.Shown >= c.Wanted {
			return err
		}
		if c.Person != "" {
			to, err = tx.Person(c.Person)
		}
		return err
	})
	if err != nil {
		return err
	}
	if c.Shown >= c.Wanted {
		return s.store.Update(ctx, func(tx Tx) error { return tx.Complete(j) })
	}
	if c.At.ID == "" && !c.Tried {
		if err := s.store.Update(ctx, func(tx Tx) error { return tx.CardPosting(c.ID) }); err != nil {
			return err
		}
	}
	at, err := s.notifier.Show(ctx, c, to, func() (v CardView, err error) {
		err = s.store.View(ctx, func(tx Tx) error {
			v, err = s.view(tx, c)
			return err
		})
		return v, err
	})
	_, lost := errors.AsType[*Gone](err)
	if lost || err != nil && j.Attempt >= MaxAttempts {
		s.log.Error("a card cannot be shown", "card", c.ID, "record", c.Record, "kind", c.Kind, "err", err)
		return s.store.Update(ctx, func(tx Tx) error {
			return errors.Join(tx.CardShown(c.ID, c.At, c.Wanted), tx.Complete(j))
		})
	}
	if err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx Tx) error {
		return errors.Join(tx.CardShown(c.ID, at, c.Wanted), tx.Complete(j))
	})
}
