package workflows

import "time"

// VendorTx is the part of Tx about vendors. In an Update, Vendor takes the row's
// turn, as Request does.
type VendorTx interface {
	Vendor(id string) (Vendor, error)
	// Vendors returns the whole register, oldest first.
	Vendors() ([]Vendor, error)
	PutVendor(v *Vendor) error

	// Assessments returns those of a vendor, oldest first.
	Assessments(vendor string) ([]VendorAssessment, error)
	AddAssessment(a VendorAssessment) error
	// VendorDecisions returns those of a vendor, oldest first.
	VendorDecisions(vendor string) ([]VendorDecision, error)
	AddVendorDecision(d VendorDecision) error

	VendorAction(id string) (VendorAction, error)
	// VendorActions returns those of a vendor, oldest first; of all vendors where
	// it is empty.
	VendorActions(vendor string) ([]VendorAction, error)
	PutVendorAction(a *VendorAction) error

	VendorReport(id string) (VendorReport, error)
	// VendorReports returns those of a vendor, oldest first; of all vendors where
	// it is empty.
	VendorReports(vendor string) ([]VendorReport, error)
	PutVendorReport(r *VendorReport) error

	// CatalogueApps returns the apps that were made of vendors, oldest first.
	CatalogueApps() ([]CatalogueApp, error)
	PutCatalogueApp(a *CatalogueApp) error
}

// DiscoveryTx is the part of Tx about apps seen in use.
type DiscoveryTx interface {
	Discovered(id string) (Discovered, error)
	DiscoveredByKey(key string) (Discovered, error)
	// AllDiscovered returns all of them, oldest first.
	AllDiscovered() ([]Discovered, error)
	PutDiscovered(d *Discovered) error
	// ReadUpTo returns up to when a source was read without a gap; the zero time
	// where it never was.
	ReadUpTo(source string) (time.Time, error)
	// SetReadUpTo remembers it.
	SetReadUpTo(source string, at time.Time) error
}
