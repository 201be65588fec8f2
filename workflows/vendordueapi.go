package workflows

// vendorApproved plans what follows from a round that was settled positively.
func (s *Service) vendorApproved(tx Tx, v *Vendor, first bool) error { return nil }

// vendorOver ends the plan of a vendor that is used no more.
func (s *Service) vendorOver(tx Tx, v *Vendor) error { return nil }

// lifeLines are the lines of a vendor's card about its life.
func (s *Service) lifeLines(tx Tx, v Vendor) ([]Line, error) { return nil, nil }

// lifeActions are the buttons of a vendor's card for somebody.
func (s *Service) lifeActions(tx Tx, v Vendor, who Person) ([]ActionView, error) { return nil, nil }

// lifeHome is what waits for somebody.
func (s *Service) lifeHome(tx Tx, who Person) ([]CardView, error) { return nil, nil }

// replaceSponsor gives what a leaver answers for to somebody else.
func (s *Service) replaceSponsor(tx Tx, leaver Person, by cause) error { return nil }

// resumeVendors rebuilds all due moments from the records.
func (s *Service) resumeVendors(tx Tx) error { return nil }

// actionView shows an action to its owner.
func (s *Service) actionView(tx Tx, c Card) (CardView, error) { return CardView{}, nil }
