package workflows

// ViewOf is what a card should show now, for comparing it with what was shown.
func (s *Service) ViewOf(tx Tx, c Card) (CardView, error) { return s.view(tx, c) }
