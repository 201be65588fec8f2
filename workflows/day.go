package workflows

import "time"

// Day is a calendar day in the company's time zone, "2026-11-22". It is empty
// where there is none. Days compare as text.
type Day string

// DayOf returns the day on which a moment falls.
func DayOf(t time.Time, in *time.Location) Day { return Day(t.In(in).Format(time.DateOnly)) }

// ParseDay reads a day as forms send it.
func ParseDay(s string) (Day, bool) {
	_, err := time.Parse(time.DateOnly, s)
	return Day(s), err == nil
}

// At returns an hour of the day; 24 is its end. The zero time where there is no day.
func (d Day) At(hour int, in *time.Location) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(d), in)
	if err != nil {
		return time.Time{}
	}
	y, m, day := t.Date()
	return time.Date(y, m, day, hour, 0, 0, 0, in)
}

// Shown is the day as people read it.
func (d Day) Shown() string {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return string(d)
	}
	return t.Format("2 January 2006")
}
