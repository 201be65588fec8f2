package workflows

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// Look shows one record to somebody it concerns: a request to who asked, whom it
// is for, who may decide or did, and admins; an onboarding or offboarding to
// admins and to who manages the person; a vendor to everybody, with the buttons
// that they may press; an app that was seen in use to those who decide what becomes
// of it. Others are refused, and the refusal is recorded.
func (s *Service) Look(ctx context.Context, by Clicker, record string) (CardView, *Refusal, error) {
	var v CardView
	var no *Refusal
	err := s.store.View(ctx, func(tx Tx) error {
		who, err := tx.PersonByChat(by.ChatID)
		if errors.Is(err, ErrNotFound) {
			no = &Refusal{}
			return nil
		}
		if err != nil {
			return err
		}
		var may bool
		if v, may, err = s.lookAt(tx, who, record); err != nil {
			return err
		}
		if workflowOf(record) != VendorFlow {
			v.Actions = nil
		}
		if who.MayAct() != nil || !may {
			no = &Refusal{}
		}
		return nil
	})
	if err != nil || no == nil {
		return v, nil, err
	}
	no, err = s.refuseLook(ctx, by, record)
	return CardView{}, no, err
}

// lookAt draws a record for somebody and says whether they may see it.
func (s *Service) lookAt(tx Tx, who Person, record string) (CardView, bool, error) {
	if strings.HasPrefix(record, discoveredPrefix) {
		return s.lookDiscovered(tx, who, record)
	}
	if workflowOf(record) == VendorFlow { // the register is open to everybody here
		v, err := s.lookVendor(tx, who, record)
		return v, true, err
	}
	admin, err := s.isAdmin(tx, who)
	if err != nil {
		return CardView{}, false, err
	}
	kind, checklist := map[string]CardKind{OnboardingFlow: CardOnboarding, OffboardingFlow: CardOffboarding}[workflowOf(record)]
	if !checklist {
		st, err := s.standing(tx, record)
		if err != nil {
			return CardView{}, false, err
		}
		return st.view(Card{Kind: CardHolder, Person: who.ID}), admin || st.concerns(who.ID), nil
	}
	c, err := s.checklist(tx, record)
	if err != nil {
		return CardView{}, false, err
	}
	v, err := s.view(tx, Card{Kind: kind, Record: record, Person: who.ID})
	return v, (admin || c.person.ManagerID == who.ID) && c.person.ID != who.ID, err
}

// refuseLook records that somebody may not see a request, and says why.
func (s *Service) refuseLook(ctx context.Context, by Clicker, record string) (*Refusal, error) {
	var no *Refusal
	err := s.update(ctx, func(tx Tx) error {
		who, r, err := s.clicker(tx, by)
		if err != nil {
			return err
		}
		if no = r; no == nil {
			no = s.notConcerned(tx, record)
		}
		_, err = s.refused(tx, attempt{who: who, by: by, workflow: workflowOf(record), record: record, action: "status"}, no)
		return err
	})
	return no, err
}

// notConcerned says who may see a record.
func (s *Service) notConcerned(tx Tx, record string) *Refusal {
	if strings.HasPrefix(record, discoveredPrefix) {
		return refuse("not_vendor_lead", "Only the compliance lead and admins look at apps that were seen in use. Ask "+s.leadNames(tx)+".")
	}
	return refuse("not_concerned", "You can see your own requests and those you may decide on, and admins and managers who joins or leaves. Ask whoever made this one, or an admin.")
}

// concerns says whether a person has to do with a request.
func (st standing) concerns(person string) bool {
	_, may := find(st.panel.All(), person)
	decided := slices.ContainsFunc(st.decisions, func(d Decision) bool { return d.By == person })
	return may || decided || person == st.requester.ID || person == st.subject.ID
}
