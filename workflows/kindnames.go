package workflows

// The names of the workflows behind /onboard, /offboard and /vendor, as in the
// ledger.
const (
	OnboardingFlow  = "onboarding"
	OffboardingFlow = "offboarding"
	VendorFlow      = "vendor"
)
