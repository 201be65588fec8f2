package workflows

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"countersign/workflows/vendorrisk"
)

// coverageView is the view of what falls outside the cycle of re-evaluations.
const coverageView = "coverage"

// vendorViews are the views of the register, by the words after /vendor list.
var vendorViews = []Choice{
	{Value: "", Label: "Default view"},
	{Value: "high", Label: "High Risk Only"},
	{Value: "medium", Label: "Medium Risk Only"},
	{Value: "low", Label: "Low Risk Only"},
	{Value: "unassessed", Label: "Not assessed"},
	{Value: coverageView, Label: "Not in the review cycle"},
}

// inView says which vendors each view of the register shows.
var inView = map[string]func(Vendor) bool{
	"":           func(Vendor) bool { return true },
	"high":       func(v Vendor) bool { return v.Rated() == vendorrisk.High },
	"medium":     func(v Vendor) bool { return v.Rated() == vendorrisk.Medium },
	"low":        func(v Vendor) bool { return v.Rated() == vendorrisk.Low },
	"unassessed": func(v Vendor) bool { return v.Rated() == vendorrisk.Unassessed },
}

// VendorList shows a page of the register, or all of it with more columns where
// the query names no page. Everybody may see it whose clicks count; others are
// refused, and that is recorded. A view that does not exist is answered by a
// refusal that names those that do, and is a slip of the pen: not recorded.
func (s *Service) VendorList(ctx context.Context, by Clicker, q Query) (Listing, *Refusal, error) {
	view, known := vendorView(q.View)
	var l Listing
	may := false
	err := s.store.View(ctx, func(tx Tx) (err error) {
		if may, err = s.clickCounts(tx, by); err != nil || !may || !known {
			return err
		}
		r, err := s.register(tx)
		if err != nil {
			return err
		}
		l, err = s.listing(tx, r, view, q.Page)
		return err
	})
	switch {
	case err != nil:
		return Listing{}, nil, err
	case !may:
		no, err := s.refuseList(ctx, by)
		return Listing{}, no, err
	case !known:
		return Listing{}, unknownView(q.View), nil
	}
	return l, nil, nil
}

// VendorRegister shows the whole register with all its columns, as for a file.
func (s *Service) VendorRegister(ctx context.Context, by Clicker) (Listing, *Refusal, error) {
	return s.VendorList(ctx, by, Query{})
}

// vendorView finds a view by its id or its name.
func vendorView(text string) (Choice, bool) {
	text = strings.TrimSpace(text)
	if strings.EqualFold(text, "default") {
		text = ""
	}
	i := slices.IndexFunc(vendorViews, func(c Choice) bool {
		return strings.EqualFold(c.Value, text) || strings.EqualFold(c.Label, text)
	})
	if i < 0 {
		return Choice{}, false
	}
	return vendorViews[i], true
}

func unknownView(text string) *Refusal {
	var known []string
	for _, v := range vendorViews {
		if v.Value != "" {
			known = append(known, v.Value)
		}
	}
	return refuse("unknown_view", fmt.Sprintf("There is no view %q of the register. There are %s; with nothing after /vendor list you see all vendors.", text, list(known, "and")))
}

// clickCounts says whether somebody's click counts, without recording anything.
func (s *Service) clickCounts(tx Tx, by Clicker) (bool, error) {
	if ours := s.team.Load(); by.Team != "" && ours != nil && by.Team != *ours {
		return false, nil
	}
	who, err := tx.PersonByChat(by.ChatID)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil && who.MayAct() == nil, err
}

// refuseList records that somebody may not see the register, and says why.
func (s *Service) refuseList(ctx context.Context, by Clicker) (*Refusal, error) {
	var no *Refusal
	err := s.update(ctx, func(tx Tx) error {
		who, r, err := s.clicker(tx, by)
		if err != nil {
			return err
		}
		if no = r; no == nil { // who was unknown a moment ago is known by now
			no = refuse("unknown_person", "I have only just found out who you are. Please try again.")
		}
		_, err = s.refused(tx, attempt{who: who, by: by, workflow: VendorFlow, action: "list"}, no)
		return err
	})
	return no, err
}

// listing draws a view of the register.
func (s *Service) listing(tx Tx, r register, view Choice, page int) (Listing, error) {
	l := Listing{Title: "Vendors", View: view.Value, Views: slices.Clone(vendorViews)}
	if view.Value == coverageView {
		gone, upTo, err := s.coverage(tx, r)
		if err != nil {
			return l, err
		}
		l.Columns = coverageColumns
		for _, g := range gone {
			l.Rows = append(l.Rows, g.row())
		}
		return paged(l, page, r.asOf(), r.underWay(), s.sought(r, upTo)), nil
	}
	shown := r.live(inView[view.Value])
	l.Columns = vendorColumns
	if page == 0 {
		l.Columns = exportColumns
		if err := r.whoDecided(tx, shown); err != nil {
			return l, err
		}
	}
	for _, v := range shown {
		cells := r.cells(v)
		if page == 0 {
			cells = r.exportCells(v)
		}
		l.Rows = append(l.Rows, Row{Record: v.ID, Cells: cells})
	}
	return paged(l, page, r.asOf(), r.leftOut()), nil
}

// paged cuts a listing of all rows down to a page; 0 keeps them all. A page that
// does not exist becomes the nearest one.
func paged(l Listing, page int, notes ...string) Listing {
	l.Count = len(l.Rows)
	l.Page, l.Pages = 1, 1
	l.Notes = slices.DeleteFunc(notes, func(n string) bool { return n == "" })
	if page == 0 {
		return l
	}
	l.Pages = max(1, (l.Count+listingRows-1)/listingRows)
	l.Page = min(max(page, 1), l.Pages)
	from := (l.Page - 1) * listingRows
	l.Rows = l.Rows[from:min(from+listingRows, l.Count)]
	return l
}

// asOf says when the register stood as it is shown.
func (r register) asOf() string {
	return "As of " + r.moment(r.now) + " (" + r.now.In(r.zone).Format("MST, UTC-07:00") + ")."
}

// leftOut says which vendors no view shows.
func (r register) leftOut() string {
	n := make(map[VendorState]int64)
	for _, v := range r.vendors {
		if !v.Live() {
			n[v.State]++
		}
	}
	var parts []string
	var all int64
	for _, state := range []VendorState{VendorDenied, VendorWithdrawn, VendorTerminated} {
		if all += n[state]; n[state] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[state], state))
		}
	}
	switch all {
	case 0:
		return ""
	case 1:
		return "Left out: 1 vendor (" + parts[0] + ")."
	}
	return fmt.Sprintf("Left out: %d vendors (%s).", all, strings.Join(parts, ", "))
}

// moment is a time as a cell shows it.
func (r register) moment(t time.Time) string {
	if t.IsZero() {
		return emptyCell
	}
	return t.In(r.zone).Format("2 January 2006 15:04")
}
