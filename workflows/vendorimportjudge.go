package workflows

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"countersign/workflows/vendorrisk"
)

// importJudge knows what the lines of a file are judged by.
type importJudge struct {
	people []Person
	now    time.Time
	in     *time.Location
}

// importLine is a line of a file that may be imported.
type importLine struct {
	row     VendorRow
	website string
	domain  string // empty if unknown
	name    string // for comparing
	risk    vendorrisk.Rating
	data    vendorrisk.Answer
	sponsor Person // zero: none is named
}

// The longest texts of a line, in characters: as the forms have it.
const (
	vendorNameMax     = 80
	contractLengthMax = 60
)

// judge reads a line against what is known, and says everything that is wrong
// with it.
func (j importJudge) judge(row VendorRow) (l importLine, problems []string) {
	problems = slices.Clone(row.Problems)
	complain := func(problem string) {
		if problem != "" {
			problems = append(problems, problem)
		}
	}
	row.Vendor, row.Length = strings.Join(strings.Fields(row.Vendor), " "), strings.Join(strings.Fields(row.Length), " ")
	row.Service = strings.TrimSpace(row.Service)
	l = importLine{row: row, name: vendorName(row.Vendor)}
	if l.name == "" {
		l.name = strings.ToLower(row.Vendor)
	}
	if row.Vendor == "" && len(row.Problems) == 0 {
		complain("Vendor is empty: every line needs the name of one.")
	}
	if problem := unkeepable("Vendor", row.Vendor, vendorNameMax); problem != "" {
		complain(problem)
	} else if strings.ContainsFunc(row.Vendor, unseen) {
		complain("Vendor has a character in it that cannot be seen: type the name anew.")
	}
	complain(unkeepable("Contract Length", row.Length, contractLengthMax))
	complain(unkeepable("Service", row.Service, justificationMax))
	var problem string
	l.website, l.domain, problem = importSite(row)
	complain(problem)
	var ok bool
	if l.risk, ok = vendorrisk.ParseRating(strings.TrimSuffix(strings.ToLower(row.Risk), " risk")); !ok {
		complain(fmt.Sprintf("Risk %q is none of Low, Medium and High. Leave the cell empty where it was not assessed.", row.Risk))
	}
	if l.data, ok = importDataClass(row.DataClass); !ok {
		complain(fmt.Sprintf("Data Class %q is none of 0, 1, 2, 3, public, internal, confidential and restricted.", row.DataClass))
	}
	l.sponsor, problem = j.sponsor(row.Sponsor)
	complain(problem)
	complain(j.untimely(row))
	return l, problems
}

// untimely says which days of a line cannot be.
func (j importJudge) untimely(row VendorRow) string {
	switch {
	case row.ChangedAt.After(j.now.Add(24 * time.Hour)): // of whatever zone the clock was
		return "Last Updated At lies in the future."
	case row.ReviewedOn > DayOf(j.now.Add(24*time.Hour), j.in):
		return "Last Review lies in the future."
	case row.RenewsOn != "" && row.RenewsOn < row.StartsOn:
		return "Renewal Date is before Contract Start."
	}
	return ""
}

// unkeepable says why a text cannot be kept.
func unkeepable(column, text string, most int) string {
	if n := utf8.RuneCountInString(text); n > most {
		return fmt.Sprintf("%s has %d characters; %d are the most.", column, n, most)
	}
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' }) {
		return column + " has a character in it that cannot be shown."
	}
	return ""
}

// importSite reads Website and Domain of a line, of which one is enough.
func importSite(row VendorRow) (website, domain, problem string) {
	site, domain, ok := vendorWebsite(row.Website)
	if !ok && row.Website != "" {
		return "", "", fmt.Sprintf("Website %q is no web address. Write it as in zoom.us or https://www.zoom.us.", row.Website)
	}
	if row.Domain == "" {
		return site, domain, ""
	}
	other, named, ok := vendorWebsite(row.Domain)
	switch {
	case !ok:
		return "", "", fmt.Sprintf("Domain %q is none. Write it as in zoom.us.", row.Domain)
	case domain == "":
		return other, named, ""
	case !sameSite(domain, named):
		return "", "", fmt.Sprintf("Website and Domain are of two different sites, %s and %s.", domain, named)
	}
	return site, domain, ""
}

// importDataClass reads a data class by its number or its name.
func importDataClass(text string) (vendorrisk.Answer, bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "" {
		return 0, true
	}
	q, _ := vendorrisk.QuestionNamed("data")
	for i, o := range q.Options {
		word, _, _ := strings.Cut(strings.ToLower(o), " ")
		if text == strconv.Itoa(i) || text == word || text == strings.ToLower(o) {
			return vendorrisk.Chosen(i), true
		}
	}
	return 0, false
}

// sponsor finds whom a line names.
func (j importJudge) sponsor(text string) (Person, string) {
	text = strings.TrimSpace(text)
	if text == "" {
		return Person{}, ""
	}
	if len(j.people) == 0 {
		return Person{}, "Vendor Sponsor is given, but nobody is known yet: start countersign serve once, so that it reads people from Slack and Google, and import then."
	}
	var can, cannot []Person
	for _, p := range j.people {
		switch {
		case !strings.EqualFold(p.Email, text) && !strings.EqualFold(p.Name, text):
		case p.MayAct() == nil:
			can = append(can, p)
		default:
			cannot = append(cannot, p)
		}
	}
	switch {
	case len(can) == 1:
		return can[0], ""
	case len(can) > 1:
		var mails []string
		for _, p := range can {
			mails = append(mails, p.Email)
		}
		return Person{}, fmt.Sprintf("Vendor Sponsor %q is the name of %d people: write the e-mail address, %s.", text, len(can), list(mails, "or"))
	case len(cannot) > 0:
		return Person{}, fmt.Sprintf("Vendor Sponsor %q is not active here any more, or no full member: name somebody else, or leave the cell empty.", text)
	}
	return Person{}, fmt.Sprintf("Vendor Sponsor %q is not known: write one work e-mail address or one exact name, or leave the cell empty.", text)
}
