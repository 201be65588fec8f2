package workflows

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Start is what the process does before it listens: it records a changed
// configuration, sets the recurring moments and reads people. Where people
// cannot be read but were before, it goes on with the last known copy and says
// so; with no copy at all it cannot start.
func (s *Service) Start(ctx context.Context, o StartOptions) error {
	err := s.update(ctx, func(tx Tx) error {
		if err := s.readAdded(tx); err != nil {
			return err
		}
		if err := s.applyConfig(tx, o); err != nil {
			return err
		}
		if err := s.resume(tx); err != nil {
			return err
		}
		if err := tx.Schedule(Due{Kind: dueCheckpoint, At: nextMidnight(tx.Now(), s.cat.Location), Cron: "CRON_TZ=" + s.cat.Location.String() + " 0 0 * * *"}); err != nil {
			return err
		}
		if err := s.planNightly(tx); err != nil {
			return err
		}
		return tx.Schedule(Due{Kind: dueSync, At: tx.Now().Add(15 * time.Minute), Cron: SyncEvery})
	})
	if err != nil {
		return fmt.Errorf("prepare to start: %w", err)
	}
	s.leaversExpected.Store(o.AcceptLeavers)
	err = s.Sync(ctx)
	if err == nil || ctx.Err() != nil {
		return err
	}
	known := 0
	look := s.store.View(ctx, func(tx Tx) error {
		all, err := tx.People()
		known = len(all)
		return err
	})
	if look != nil || known == 0 {
		return fmt.Errorf("read people for the first time: %w", errors.Join(err, look))
	}
	s.log.Warn("people could not be read; going on with the last known copy", "people", known, "err", err)
	return nil
}

// StartOptions is what is known about this start.
type StartOptions struct {
	Effective     []byte                            // effective configuration, without secrets
	Diff          func(before, now []byte) []string // what changed, in plain words
	Host, User    string                            // of the operating system
	Fingerprint   string                            // of the ledger key
	AcceptLeavers bool                              // believe a reading that deactivates very many people
}

func nextMidnight(now time.Time, in *time.Location) time.Time {
	y, m, d := now.In(in).Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, in)
}

// applyConfig records a configuration that differs from the last one and says so
// in the compliance channel.
func (s *Service) applyConfig(tx Tx, o StartOptions) error {
	before, err := tx.AppliedConfig()
	if err != nil || string(before) == string(o.Effective) {
		return err
	}
	if err := tx.ApplyConfig(s.cat.ConfigHash, o.Effective); err != nil {
		return err
	}
	lines := o.Diff(before, o.Effective)
	e := Event{
		Type: "config.applied", Actor: Actor{Kind: "cli", Host: o.User + "@" + o.Host}, Source: "cli",
		Data: map[string]any{"lines": len(lines), "first": before == nil},
	}
	owner := "config/" + s.cat.ConfigHash
	e.Data["diff"] = Personal{Owner: owner, Field: "diff", Value: strings.Join(lines, "\n")}
	if err := s.append(tx, e); err != nil {
		return err
	}
	if err := s.name(tx, before == nil); err != nil {
		return err
	}
	if err := s.publish(tx, before); err != nil {
		return err
	}
	if err := s.reask(tx); err != nil {
		return err
	}
	text := "Configuration applied by " + o.User + "@" + o.Host + ", " + short12(s.cat.ConfigHash) + ".\n" + strings.Join(lines[:min(len(lines), 30)], "\n")
	if before == nil {
		text = "Countersign starts for the first time, configuration " + short12(s.cat.ConfigHash) + ".\nFingerprint of the ledger key: " + o.Fingerprint + "\nKeep this fingerprint: with it you can check that the audit trail is ours."
	}
	record := fmt.Sprintf("%s/%d", owner, tx.Now().UnixMilli()) // the same configuration may come back
	if err := s.tell(tx, ChannelCompliance, record, text); err != nil {
		return err
	}
	return s.checkpoint(tx, Due{}) // a ledger is signed from its first start on
}

// everywhere is the scope of those whom the configuration names for all apps.
const everywhere = "*"

// name remembers since when each approver is one.
func (s *Service) name(tx Tx, first bool) error {
	for _, a := range s.cat.All() {
		if err := tx.Name(a.ID, slices.Concat(a.Owners, a.Backups), first); err != nil {
			return err
		}
	}
	return tx.Name(everywhere, slices.Concat(s.cat.Admins, s.cat.Security), first)
}

// newApprover is how long an approver counts as new.
const newApprover = 24 * time.Hour

// fresh returns those of a panel who were named shortly before a request, or
// after it: whoever can edit the configuration could name themselves.
func fresh(tx Tx, r Request, p Panel) ([]Person, error) {
	var out []Person
	for _, a := range p.All() {
		scope := r.App
		if a.Basis == BasisAdmin || a.Basis == BasisSecurity {
			scope = everywhere
		}
		since, err := tx.NamedSince(scope, a.Person.Email)
		if err != nil {
			return nil, err
		}
		if !since.IsZero() && since.After(r.CreatedAt.Add(-newApprover)) {
			out = append(out, a.Person)
		}
	}
	return out, nil
}

func short12(hash string) string { return hash[:min(len(hash), 12)] }

// rememberFor is how long the outcome of a submission is kept for a repeat of
// it. The chat system repeats within minutes.
const rememberFor = 7 * 24 * time.Hour

// checkpoint signs the ledger as it stands and posts it, so that others hold a
// copy outside the database.
func (s *Service) checkpoint(tx Tx, d Due) error {
	if err := tx.Forget(tx.Now().Add(-rememberFor)); err != nil {
		return err
	}
	cp, err := tx.Checkpoint()
	if err != nil {
		return err
	}
	source := "calendar"
	if d.Kind == "" {
		source = "job"
	}
	e := Event{
		Type: "audit.checkpointed", Actor: System, Source: source, Target: refRecord("store", "ledger"),
		Data: map[string]any{"size": cp.Size, "note": cp.Note},
	}
	if err := s.append(tx, e); err != nil {
		return err
	}
	c := Card{Kind: CardNotice, Record: fmt.Sprintf("checkpoint/%d", cp.Size), Channel: ChannelCompliance,
		Body: "Ledger checkpoint, " + count(cp.Size, "event") + ". Keep it: it shows any later change of the past.", Pre: cp.Note}
	return s.card(tx, c, false)
}
