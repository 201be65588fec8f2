package vendorrisk

import "slices"

// DataType is a kind of data that a vendor may hold, as question 3 lists them.
type DataType struct {
	ID    string // stored, and never changes meaning
	Name  string
	Least Answer // lowest data class that holding it allows
}

// DataTypes returns the types in the order of the list. They are at most ten,
// what one group of tick boxes holds in Slack:
// https://docs.slack.dev/reference/block-kit/block-elements/checkboxes-element/
func DataTypes() []DataType {
	return []DataType{
		{"customer", "Customer data", Chosen(restricted)},
		{"personal", "Personal data", Chosen(restricted)},
		{"special", "Special category personal data (health, race, sexuality, religion)", Chosen(restricted)},
		{"secrets", "Secrets (passwords, keys, tokens)", Chosen(restricted)},
		{"source_code", "Source code", Chosen(2)},
		{"payment", "Payment data", Chosen(restricted)},
		{"employee", "Employee data", Chosen(2)},
		{"financial", "Financial records", Chosen(2)},
		{"documents", "Internal documents", Chosen(1)},
	}
}

// LeastClass returns the lowest data class that the types allow, and one that
// asks for it. Without a type the class is 0: any is allowed.
func LeastClass(types []string) (Answer, DataType) {
	var least Answer
	var because DataType
	for _, t := range DataTypes() {
		if slices.Contains(types, t.ID) && t.Least > least {
			least, because = t.Least, t
		}
	}
	return least, because
}
