package workflows

// The names of the workflows behind /onboard and /offboard, as in the ledger.
const (
	OnboardingFlow  = "onboarding"
	OffboardingFlow = "offboarding"
)
