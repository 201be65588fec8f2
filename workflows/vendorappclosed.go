package workflows

import "slices"

// closedByVendor says why an app cannot be given to anybody, as things are stored
// now: one that was made of a vendor is closed while that may not be used, one of
// the configuration once its vendor ends. What only is not approved yet was in use
// before the register; check and the nightly notice name it.
func (s *Service) closedByVendor(tx Tx, app App) (*Refusal, error) {
	v, closed, err := s.vendorOfApp(tx, app)
	if err != nil || !closed {
		return nil, err
	}
	return refuse("not_offered", app.Name+" is not given to anybody now: "+v.pointer()+". /vendor "+v.ID+" says more."), nil
}

// vendorOfApp finds the vendor behind an app, and says whether that closes it.
func (s *Service) vendorOfApp(tx Tx, app App) (Vendor, bool, error) {
	if slices.ContainsFunc(s.cat.Apps, func(a App) bool { return a.ID == app.ID }) {
		if app.Vendor == "" || app.Vendor == noVendor {
			return Vendor{}, false, nil
		}
		all, err := tx.Vendors()
		v, _ := vendorBehind(app, all)
		return v, v.State == VendorEnding || v.State == VendorTerminated, err
	}
	added, err := tx.CatalogueApps()
	if err != nil {
		return Vendor{}, false, err
	}
	i := slices.IndexFunc(added, func(a CatalogueApp) bool { return a.App.ID == app.ID })
	if i < 0 {
		return Vendor{}, false, nil
	}
	v, err := tx.Vendor(added[i].Vendor)
	return v, !v.InForce(), ignoreMissing(err)
}
