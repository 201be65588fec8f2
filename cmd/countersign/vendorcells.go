package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"countersign/workflows"
)

// cellReader reads a cell that is not empty, without space around it.
type cellReader = func(r *workflows.VendorRow, cell string, in *time.Location) error

func text(of func(*workflows.VendorRow) *string) cellReader {
	return func(r *workflows.VendorRow, cell string, _ *time.Location) error {
		*of(r) = cell
		return nil
	}
}

// tick reads a checkbox, as people and exports write it.
func tick(of func(*workflows.VendorRow) **bool) cellReader {
	return func(r *workflows.VendorRow, cell string, _ *time.Location) error {
		var yes bool
		switch strings.ToLower(cell) {
		case "yes", "true", "x", "✓", "✔", "☑", "checked":
			yes = true
		case "no", "false", "☐", "unchecked":
		default:
			return fmt.Errorf("%q is neither yes nor no: write Yes or No", cell)
		}
		*of(r) = &yes
		return nil
	}
}

func dayOf(of func(*workflows.VendorRow) *workflows.Day) cellReader {
	return func(r *workflows.VendorRow, cell string, in *time.Location) error {
		t, err := cellMoment(cell, in)
		if err == nil {
			*of(r) = workflows.DayOf(t, in)
		}
		return err
	}
}

func lastUpdated(r *workflows.VendorRow, cell string, in *time.Location) (err error) {
	r.ChangedAt, err = cellMoment(cell, in)
	return err
}

// The ways to write a date, and a time of day after it. Those with slashes are read
// apart: in some countries the month comes first.
var (
	dateLayouts = []string{"2006-01-02", "January 2, 2006", "Jan 2, 2006", "2 January 2006", "2 Jan 2006", "2.1.2006"}
	timeLayouts = []string{"", " 15:04", " 15:04:05", " 3:04 PM", " 3:04:05 PM"}
	slashed     = regexp.MustCompile(`^(\d{1,2})/(\d{1,2})/(\d{4})( .*)?$`)
)

// cellMoment reads a date, with or without a time of day, in the company's zone.
func cellMoment(cell string, in *time.Location) (time.Time, error) {
	cell = strings.ToUpper(strings.Join(strings.Fields(cell), " "))
	if t, err := time.Parse(time.RFC3339, cell); err == nil && likely(t) {
		return t, nil
	}
	written := cell
	if m := slashed.FindStringSubmatch(cell); m != nil {
		a, _ := strconv.Atoi(m[1])
		b, _ := strconv.Atoi(m[2])
		switch {
		case a > 12 && b <= 12: // day/month/year
			a, b = b, a
		case a <= 12 && b > 12:
		default:
			return time.Time{}, fmt.Errorf("%q can be read in more than one way, or in none: write the date as 2022-01-17", cell)
		}
		written = fmt.Sprintf("%s-%02d-%02d%s", m[3], a, b, m[4])
	}
	if len(written) > 10 && written[10] == 'T' {
		written = written[:10] + " " + written[11:]
	}
	for _, d := range dateLayouts {
		for _, c := range timeLayouts {
			if t, err := time.ParseInLocation(d+c, written, in); err == nil && likely(t) {
				return t, nil
			}
		}
	}
	return time.Time{}, fmt.Errorf("%q is no date: write it as 2022-01-17", cell)
}

// likely says whether a year can be meant.
func likely(t time.Time) bool { return t.Year() >= 1990 && t.Year() < 2100 }

// Amounts, with the ways to separate thousands and fractions.
var (
	amount     = regexp.MustCompile(`^(?:[A-Z]{0,3}\p{Sc}|[A-Z]{3})?([0-9.,]+)(?:\p{Sc}|[A-Z]{3})?$`)
	plainWhole = regexp.MustCompile(`^(\d{1,15})(?:[.,](\d{1,2}))?$`)
	commaWhole = regexp.MustCompile(`^([1-9]\d{0,2}(?:,\d{3}){1,4})(?:\.(\d{1,2}))?$`)
	dotWhole   = regexp.MustCompile(`^([1-9]\d{0,2}(?:\.\d{3}){1,4})(?:,(\d{1,2}))?$`)
)

func cost(r *workflows.VendorRow, cell string, _ *time.Location) error {
	n, ok := wholeUnits(cell)
	if !ok {
		return fmt.Errorf("%q is no amount: write it as 1200 or 1200.50", cell)
	}
	r.Cost = &n
	return nil
}

// wholeUnits reads an amount in any currency and rounds it to whole units. A single
// separator before three digits separates thousands.
func wholeUnits(cell string) (int64, bool) {
	cell = strings.NewReplacer("'", "", "’", "").Replace(strings.Join(strings.Fields(strings.ToUpper(cell)), ""))
	m := amount.FindStringSubmatch(cell)
	if m == nil {
		return 0, false
	}
	for _, form := range []*regexp.Regexp{commaWhole, dotWhole, plainWhole} {
		parts := form.FindStringSubmatch(m[1])
		if parts == nil {
			continue
		}
		n, err := strconv.ParseInt(strings.NewReplacer(",", "", ".", "").Replace(parts[1]), 10, 64)
		if err == nil && parts[2] != "" && parts[2][0] >= '5' {
			n++
		}
		return n, err == nil
	}
	return 0, false
}

// longestNotice is the longest time of notice in days that forms take.
const longestNotice = 730

func noticeDays(r *workflows.VendorRow, cell string, _ *time.Location) error {
	number, unit, _ := strings.Cut(strings.ToLower(cell), " ")
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 || n > longestNotice || unit != "" && unit != "day" && unit != "days" {
		return fmt.Errorf("%q is no number of days: write it as 30", cell)
	}
	r.NoticeDays = &n
	return nil
}
