package workflows

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"countersign/workflows/vendorrisk"
)

// VendorFile is a file of vendors as it was read: the first load of the register.
type VendorFile struct {
	Rows   []VendorRow
	SHA256 string // of its bytes, lower-case hex
	By     Actor  // who imports it
}

// VendorRow is a line of such a file. What is not said there is zero.
type VendorRow struct {
	Line     int      // of the file, counted from 1
	Problems []string // cells that could not be read; the others are judged all the same

	Vendor     string
	Website    string
	Domain     string
	Service    string
	Risk       string
	DataClass  string // number or name of the option
	Sponsor    string // e-mail address, or exact name
	Used       *bool
	Approved   *bool // by those who did so before
	Cost       *int64
	Length     string // of the contract
	StartsOn   Day
	RenewsOn   Day
	NoticeDays *int
	ReviewedOn Day
	ChangedAt  time.Time // the register's Last Updated At
}

// ImportReport is what became of a file, or would become of it.
type ImportReport struct {
	Problems []LineNote // where there is one, nothing was imported
	Notes    []LineNote
	Vendors  []ImportedVendor // in the order of the file
	Merged   int              // lines that say more about a vendor of an earlier line
	Known    int              // vendors that are in the register already
}

// LineNote is something to say about a line of a file.
type LineNote struct {
	Line int
	Text string
}

// ImportedVendor is a vendor with the lines it came from. It has no id yet where
// nothing was imported.
type ImportedVendor struct {
	Vendor  Vendor
	Sponsor string // as shown to people; empty if there is none
	Lines   []int
}

// ImportVendors puts the vendors of a file into the register: all of them in one
// transaction, or none. A dry run tells what it would do and changes nothing.
func (s *Service) ImportVendors(ctx context.Context, f VendorFile, dry bool) (r ImportReport, err error) {
	work := func(tx Tx) error {
		var err error
		if r, err = s.planImport(tx, f.Rows); err != nil || dry || len(r.Problems) > 0 || len(r.Vendors) == 0 {
			return err
		}
		for i := range r.Vendors {
			if err := s.importVendor(tx, f, &r.Vendors[i]); err != nil {
				return fmt.Errorf("import line %d: %w", r.Vendors[i].Lines[0], err)
			}
		}
		record := fmt.Sprintf("import/%d", tx.Now().UnixMilli())
		for _, channel := range []string{ChannelVendors, ChannelCompliance} {
			if err := s.tell(tx, channel, record, importNotice(f.By, r.Vendors)); err != nil {
				return err
			}
		}
		return nil
	}
	if dry {
		err = s.store.View(ctx, work)
	} else {
		err = s.update(ctx, work)
	}
	return r, err
}

// planImport finds out what a file would do.
func (s *Service) planImport(tx Tx, rows []VendorRow) (r ImportReport, err error) {
	people, err := tx.People()
	if err != nil {
		return r, err
	}
	register, err := tx.Vendors()
	if err != nil {
		return r, err
	}
	j := importJudge{people: people, now: tx.Now(), in: s.cat.Location}
	var lines []importLine
	for _, row := range rows {
		l, problems := j.judge(row)
		for _, p := range problems {
			r.Problems = append(r.Problems, LineNote{row.Line, p})
		}
		if len(problems) == 0 {
			lines = append(lines, l)
		}
	}
	groups, problems := sameVendors(lines)
	r.Problems = append(r.Problems, problems...)
	for _, g := range groups {
		if v, ok := knownOf(register, g); ok {
			r.Known++
			for _, l := range g {
				r.Notes = append(r.Notes, LineNote{l.row.Line, v.pointer() + "; this line is skipped."})
			}
			continue
		}
		m := importMerge{lines: g, report: &r}
		r.Vendors = append(r.Vendors, m.merged(s.cat, tx.Now()))
		r.Merged += len(g) - 1
	}
	byLine := func(a, b LineNote) int { return a.Line - b.Line }
	slices.SortStableFunc(r.Problems, byLine)
	slices.SortStableFunc(r.Notes, byLine)
	return r, nil
}

// importVendor stores a vendor of a file.
func (s *Service) importVendor(tx Tx, f VendorFile, i *ImportedVendor) (err error) {
	v := &i.Vendor
	if v.ID, err = tx.NextID("VN"); err != nil {
		return err
	}
	if err := tx.PutVendor(v); err != nil {
		return err
	}
	e := vendorEvent(*v, "changed", Success)
	e.Actor, e.Source = f.By, "import"
	lines := make([]any, len(i.Lines))
	for n, line := range i.Lines {
		lines[n] = line
	}
	e.Data["imported"], e.Data["line"], e.Data["lines"], e.Data["file"] = true, i.Lines[0], lines, f.SHA256
	e.Data["domain"], e.Data["risk"], e.Data["sponsor"], e.Data["used"] = v.Domain, string(v.Inherent), v.Sponsor, v.Used
	if v.About.Service != "" {
		e.Data["service"] = v.said("service", v.About.Service)
	}
	if err := s.append(tx, e); err != nil {
		return err
	}
	return s.planVendor(tx, *v)
}

// importNotice says what was imported, to everybody who follows the register.
func importNotice(by Actor, all []ImportedVendor) string {
	approved, risks := 0, make(map[vendorrisk.Rating]int)
	for _, i := range all {
		risks[i.Vendor.Inherent]++
		if i.Vendor.State == VendorApproved {
			approved++
		}
	}
	var parts []string
	for _, r := range []vendorrisk.Rating{vendorrisk.High, vendorrisk.Medium, vendorrisk.Low, vendorrisk.Unassessed} {
		if risks[r] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", risks[r], r.Shown()))
		}
	}
	return fmt.Sprintf("Imported %s from a file by %s: %d approved before, %d still to be assessed. Risk: %s. /vendor list shows them.\nCOUNT %d",
		count(int64(len(all)), "vendor"), by.Host, approved, len(all)-approved, strings.Join(parts, ", "), len(all))
}
