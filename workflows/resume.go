package workflows

// resume sets going again whatever the stored records say is unfinished. The
// calendar and the jobs are only a plan made from the records, which the ledger
// vouches for: a plan that somebody emptied must not keep access alive.
func (s *Service) resume(tx Tx) error {
	open, err := tx.OpenRequests()
	if err != nil {
		return err
	}
	for _, r := range open {
		if err := tx.Schedule(Due{Kind: dueLapse, Record: r.ID, At: r.LapsesAt}); err != nil {
			return err
		}
	}
	if err := s.resumeOffboardings(tx); err != nil {
		return err
	}
	if err := s.resumeJoiners(tx); err != nil {
		return err
	}
	if err := s.resumeVendors(tx); err != nil {
		return err
	}
	if err := s.resumeDiscovery(tx); err != nil {
		return err
	}
	grants, err := tx.UnendedGrants()
	if err != nil {
		return err
	}
	for _, g := range grants {
		if err := s.resumeGrant(tx, g); err != nil {
			return err
		}
	}
	return nil
}

// resumeOffboardings sets the work and the moments of leavers going again.
func (s *Service) resumeOffboardings(tx Tx) error {
	open, err := tx.OpenOffboardings()
	if err != nil {
		return err
	}
	for _, off := range open {
		if off.State == OffboardingScheduled || off.State == OffboardingFound {
			if err := tx.Schedule(Due{Kind: dueOffboard, Record: off.ID, At: off.At}); err != nil {
				return err
			}
			continue
		}
		if err := s.scheduleDeadlines(tx, off); err != nil {
			return err
		}
		if off.locked() {
			if err := tx.Schedule(Due{Kind: dueMailEnds, Record: off.ID, At: off.mailUntil()}); err != nil {
				return err
			}
		}
		if err := s.resumeSteps(tx, off.ID); err != nil {
			return err
		}
	}
	return nil
}

// resumeSteps sets the steps going again that were being done.
func (s *Service) resumeSteps(tx Tx, record string) error {
	steps, err := tx.Steps(record)
	if err != nil {
		return err
	}
	for _, st := range steps {
		if st.State != StepRunning {
			continue
		}
		if err := tx.Enqueue(Job{Kind: jobStep, Record: st.ID, Urgent: true}); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) resumeGrant(tx Tx, g Grant) error {
	switch g.State {
	case GrantEnding:
		return tx.Enqueue(Job{Kind: jobTake, Record: g.ID, Urgent: true})
	case GrantEndFailed:
		return tx.Schedule(Due{Kind: dueRetryEnd, Record: g.ID, At: tx.Now()})
	case GrantEndByHand:
		return nil // its task waits for a person
	case GrantApproved, GrantProvisioning:
		if err := tx.Enqueue(Job{Kind: jobGive, Record: g.ID}); err != nil {
			return err
		}
	}
	return scheduleEnd(tx, g)
}
