package workflows

import (
	"encoding/json"
	"errors"
	"slices"
)

// published is what a configuration says about one policy. The text is known by
// its hash.
type published struct {
	ID      string `json:"id"`
	Version string `json:"version"`
	Hash    string `json:"text_hash"`
}

// policiesIn reads the policies of an effective configuration. One that cannot
// be read says nothing about them.
func policiesIn(effective []byte) map[string]published {
	var c struct {
		Policies []published `json:"policies"`
	}
	out := make(map[string]published)
	if json.Unmarshal(effective, &c) != nil {
		return out
	}
	for _, p := range c.Policies {
		out[p.ID] = p
	}
	return out
}

// publish records which policies are new or amended in a configuration that was
// just applied, and has everybody accept an amended one anew. before is the
// configuration applied until now.
func (s *Service) publish(tx Tx, before []byte) error {
	was := policiesIn(before)
	everybody, err := tx.People()
	if err != nil {
		return err
	}
	for _, p := range s.cat.Policies {
		old, known := was[p.ID]
		if known && old.Version == p.Version && old.Hash == p.Hash {
			continue
		}
		if old.Hash == "" { // an older version did not say which text it was
			old = published{}
		}
		if err := s.publishOne(tx, p, old, everybody); err != nil {
			return err
		}
	}
	return errors.Join(s.raiseTrainings(tx), s.drop(tx))
}

// drop lets go of what waited for a policy or training that the configuration no
// longer has.
func (s *Service) drop(tx Tx) error {
	open, err := tx.OpenDuties()
	if err != nil {
		return err
	}
	dropped := slices.DeleteFunc(open, s.asked)
	if err := s.redraw(tx, dropped); err != nil {
		return err
	}
	for _, d := range dropped {
		if d.Record == "" {
			continue
		}
		if err := s.finishOnboarding(tx, d.Record); err != nil {
			return err
		}
	}
	return nil
}

// publishOne records one policy. The first publication asks nobody: whoever joins
// from now on accepts it.
func (s *Service) publishOne(tx Tx, p Policy, old published, everybody []Person) error {
	raised, err := s.raise(tx, DutyPolicy, p.ID)
	if err != nil {
		return err
	}
	asked := make(map[string]bool)
	for _, d := range raised {
		asked[d.Person] = true
	}
	var fresh []Duty
	for _, who := range everybody {
		if old.ID == "" || asked[who.ID] || who.Kind != KindMember || !who.Active || who.Stage == StageLeft {
			continue
		}
		d, err := s.assign(tx, Duty{Person: who.ID, Kind: DutyPolicy, Item: p.ID, DueAt: tx.Now().Add(s.cat.Onboarding.AcceptWithin)})
		if err != nil {
			return err
		}
		fresh = append(fresh, d)
	}
	e := Event{
		Type: "policy.published", Actor: System, Target: &Ref{Kind: "policy", ID: p.ID, Name: p.Name}, Source: "cli",
		Data: map[string]any{"item": p.ID, "version": p.Version, "hash": p.Hash, "asked": len(fresh), "raised": len(raised)},
	}
	if old.ID != "" {
		e.Data["previous"], e.Data["previous_hash"] = old.Version, old.Hash
	}
	if err := s.append(tx, e); err != nil {
		return err
	}
	byID := make(map[string]Person, len(everybody))
	for _, who := range everybody {
		byID[who.ID] = who
	}
	for _, d := range fresh {
		if err := s.dutyCard(tx, d, byID[d.Person]); err != nil {
			return err
		}
	}
	return s.redraw(tx, raised)
}

// raise brings open duties up to what the configuration asks for now, and returns
// those that changed. An event must follow if there are any.
func (s *Service) raise(tx Tx, kind DutyKind, item string) ([]Duty, error) {
	open, err := tx.OpenDuties()
	if err != nil {
		return nil, err
	}
	var out []Duty
	for _, d := range open {
		version, hash, there := s.wording(d)
		if d.Kind != kind || d.Item != item || !there || d.ItemVersion == version && d.Hash == hash {
			continue
		}
		d.ItemVersion, d.Hash = version, hash
		d.ContentVersion++
		if err := tx.PutDuty(&d); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// raiseTrainings brings open trainings to their new addresses.
func (s *Service) raiseTrainings(tx Tx) error {
	for _, t := range s.cat.Trainings {
		raised, err := s.raise(tx, DutyTraining, t.ID)
		if err != nil {
			return err
		}
		for _, d := range raised {
			p, err := tx.Person(d.Person)
			if err != nil {
				return err
			}
			e := s.dutyEvent(d, p, "training.assigned", Pending)
			e.Data["amended"] = true
			if err := s.append(tx, e); err != nil {
				return err
			}
		}
		if err := s.redraw(tx, raised); err != nil {
			return err
		}
	}
	return nil
}

// redraw has the cards of duties drawn again, and of the onboardings they are
// part of.
func (s *Service) redraw(tx Tx, duties []Duty) error {
	var records []string
	for _, d := range duties {
		if err := s.touch(tx, d.ID); err != nil {
			return err
		}
		if d.Record != "" && !slices.Contains(records, d.Record) {
			records = append(records, d.Record)
		}
	}
	var errs []error
	for _, r := range records {
		errs = append(errs, s.touch(tx, r))
	}
	return errors.Join(errs...)
}
