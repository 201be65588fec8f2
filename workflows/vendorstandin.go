package workflows

func (s *Service) vendorApproved(Tx, *Vendor, bool) error               { return nil }
func (s *Service) vendorOver(Tx, *Vendor) error                         { return nil }
func (s *Service) lifeLines(Tx, Vendor) ([]Line, error)                 { return nil, nil }
func (s *Service) lifeActions(Tx, Vendor, Person) ([]ActionView, error) { return nil, nil }
func (s *Service) lifeHome(Tx, Person) ([]CardView, error)              { return nil, nil }
func (s *Service) actionView(Tx, Card) (CardView, error)                { return CardView{}, nil }
func (s *Service) endVendor(Tx, *Vendor, cause, string) error           { return nil }
func (s *Service) holderLines(Tx, Vendor, *CardView) error              { return nil }
func (s *Service) replaceSponsor(Tx, Person, cause) error               { return nil }
func (s *Service) resumeVendors(Tx) error                               { return nil }
