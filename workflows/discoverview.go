package workflows

import (
	"strings"
	"time"
)

// seenBy says where an app was seen.
var seenBy = map[string]string{"oauth": "People let it in to their Google account", "saml": "People sign in to it through Google (SAML)", "login": "People sign in to it with Google"}

// discoveredPrefix is what the ids of apps that were seen in use begin with.
const discoveredPrefix = "DA-"

// lookDiscovered draws an app that was seen in use for somebody, and says whether
// they may see it.
func (s *Service) lookDiscovered(tx Tx, who Person, record string) (CardView, bool, error) {
	may, err := s.isVendorLead(tx, who)
	if err != nil {
		return CardView{}, false, err
	}
	v, err := s.discoveredView(tx, Card{Record: record})
	return v, may, err
}

// discoveredView shows an app that was seen in use to who decides what becomes of
// it.
func (s *Service) discoveredView(tx Tx, c Card) (CardView, error) {
	d, err := tx.Discovered(c.Record)
	if err != nil {
		return CardView{}, err
	}
	v := CardView{
		Record: d.ID, Title: d.Name + " is in use", Text: d.ID + ": " + d.Name + " is in use", Status: "To decide", Tone: ToneWaiting,
		Facts: d.facts(), Actions: d.actions(),
		Notes: []Value{{Text: "Google tells of use some hours late and keeps it for 180 days. Anybody can give an app any name."}},
	}
	by := ""
	if d.By != "" {
		p, err := tx.Person(d.By)
		if err != nil {
			return CardView{}, err
		}
		by = " by " + p.Shown()
	}
	switch d.State {
	case DiscoveredMapped:
		v.Status, v.Tone = "Belongs to "+d.Vendor, ToneGood
		if by == "" {
			by = " by its name"
		}
		v.Notes = append(v.Notes, Value{Text: "Mapped to " + d.Vendor + by})
	case DiscoveredIgnored:
		v.Status, v.Tone = "Ignored", ToneOver
		v.Facts = append(v.Facts, Fact{Label: "Reason", Value: Value{Text: d.Reason}, Long: true})
		v.Notes = append(v.Notes, Value{Text: "Ignored" + by})
	}
	return v, nil
}

// facts are what is known about the app.
func (d Discovered) facts() []Fact {
	seen := func(day Day) Value {
		if day == "" {
			return Value{Text: "not in Google's log"}
		}
		return Value{Text: day.Shown()}
	}
	out := []Fact{
		{Label: "How", Value: Value{Text: seenBy[d.Source]}}, {Label: "Used by", Value: Value{Text: d.usedBy()}},
		{Label: "First seen", Value: seen(d.FirstOn)}, {Label: "Last seen", Value: seen(d.LastOn)},
	}
	if lines := scopeLines(d.Scopes); len(lines) > 0 {
		out = append(out, Fact{Label: "May see or change", Value: Value{Text: firstLines(lines)}, Long: true})
	}
	return out
}

// usedBy says how many people were seen with the app.
func (d Discovered) usedBy() string {
	people := count(int64(len(d.People)), "person")
	if len(d.People) != 1 {
		people = strings.Replace(people, "persons", "people", 1)
	}
	if d.Strange > 0 {
		people += " and " + count(int64(d.Strange), "account") + " of nobody we know"
	}
	return people
}

// seenShown is how many apps seen in use a vendor's card names.
const seenShown = 10

// seenLines adds to a vendor's card which apps of it were seen in use.
func (s *Service) seenLines(tx Tx, v Vendor, view *CardView) error {
	apps, err := s.discoveredOf(tx, v.ID)
	if err != nil || len(apps) == 0 {
		return err
	}
	var lines []string
	for _, d := range apps[:min(len(apps), seenShown)] {
		last := "no use in Google's log"
		if d.LastOn != "" {
			last = "last seen " + d.LastOn.Shown()
		}
		lines = append(lines, firstRunes(d.Name, shownMost)+" ("+d.ID+"): "+seenBy[d.Source]+", "+d.usedBy()+", "+last)
	}
	if more := len(apps) - len(lines); more > 0 {
		lines = append(lines, "and "+count(int64(more), "more app"))
	}
	view.Facts = append(view.Facts, Fact{Label: "Seen in use", Value: Value{Text: strings.Join(lines, "\n")}, Long: true})
	return nil
}

// scopeText is how many characters of scopes a card shows.
const scopeText = 1200

// firstLines joins lines as far as a card has room.
func firstLines(lines []string) string {
	text := strings.Join(lines, "\n")
	if short := firstRunes(text, scopeText); short != text {
		return short + " …"
	}
	return text
}

// actions are the buttons of an app. What a person said can be corrected.
func (d Discovered) actions() []ActionView {
	press := func(verb Verb, label, style string, form bool) ActionView {
		return ActionView{Verb: verb, Label: label, Style: style, Form: form, Spoken: label + ": " + d.Name}
	}
	toVendor := press(VerbMapApp, "Map to vendor", "", true)
	switch d.State {
	case DiscoveredNew:
		open := press(VerbIntake, "Open intake", "primary", false)
		open.Confirm = "Open an entry of the register for " + d.Name + "?"
		return []ActionView{toVendor, open, press(VerbIgnoreApp, "Ignore", "", true)}
	case DiscoveredMapped:
		toVendor.Label = "Map to another vendor"
		if d.undecided() {
			return []ActionView{toVendor, press(VerbIgnoreApp, "Ignore", "", true)}
		}
	}
	return []ActionView{toVendor}
}

// coverageOfDiscovery returns the apps seen in use that somebody has to look at,
// those that are new, those of vendors that nobody uses any more and those in use
// of vendors that are over, oldest first, and up to when all was read; the zero
// time where it never was. vendors is the register.
func (s *Service) coverageOfDiscovery(tx Tx, vendors []Vendor) ([]Discovered, time.Time, error) {
	all, err := tx.AllDiscovered()
	if err != nil {
		return nil, time.Time{}, err
	}
	all = needLooking(all, vendors)
	if s.discovery == nil {
		return all, time.Time{}, nil
	}
	var asOf time.Time
	for _, name := range s.discovery.Sources() {
		at, err := tx.ReadUpTo(name)
		if err != nil {
			return nil, time.Time{}, err
		}
		if at.IsZero() {
			return all, time.Time{}, nil
		}
		if asOf.IsZero() || at.Before(asOf) {
			asOf = at
		}
	}
	return all, asOf, nil
}

// needLooking keeps the apps that somebody has to look at.
func needLooking(all []Discovered, vendors []Vendor) []Discovered {
	over := make(map[string]bool)
	for _, v := range vendors {
		over[v.ID] = !v.Live()
	}
	var out []Discovered
	for _, d := range all {
		if d.State == DiscoveredNew || d.NotSeen && !over[d.Vendor] || d.State == DiscoveredMapped && !d.NotSeen && over[d.Vendor] {
			out = append(out, d)
		}
	}
	return out
}
