package workflows_test

import (
	"fmt"
	"testing"

	"countersign/workflows"
)

// edits sends Edit vendor as it opens, with some fields changed.
func (v voice) edits(id string, fields ...string) workflows.Outcome {
	v.h.t.Helper()
	f := v.h.form(workflows.VerbEditVendor, id, nil)
	values := map[string]string{}
	for _, field := range f.Fields {
		values[field.ID] = field.Value
	}
	if v.version == 0 {
		v.version = f.Version
	}
	return v.press(workflows.VerbEditVendor, id, changedForm(values, fields))
}

func TestAnEditIsRecordedWithWhatItWasBefore(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Buys()
		h.refused(h.As("sam").edits(id, "cost", "1"), "not_responsible")
		h.invalid(h.As("wanda").edits(id, "cost", "much"), "cost")
		h.invalid(h.As("wanda").edits(id, "website", "localhost"), "website")
		h.wants(h.As("wanda").edits(id), workflows.OutcomeAlready, "")
		old := h.form(workflows.VerbEditVendor, id, nil).Version
		h.done(h.As("wanda").edits(id, "cost", "13000", "tech_owner", chat("bob"), "used", "yes"))
		h.Settle()
		v := h.Vendor(id)
		if v.AnnualCost != 13000 || v.TechOwner != h.Person("bob").ID || !v.Used || v.Name != "Figma" {
			t.Errorf("the record is %+v", v)
		}
		if e := h.last("vendor.changed"); fmt.Sprint(e.Data["fields"]) != "[used tech_owner cost]" {
			t.Errorf("got event %+v", e)
		}
		h.refused(h.As("cleo").Seeing(old).edits(id, "cost", "99"), "content_changed")
	})
}

func TestTwoVendorsCannotHaveTheSameSite(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Buys()
		other := h.Sponsors("vendor", "Sketch", "website", "sketch.com")
		out := h.As("wanda").edits(id, "website", "https://www.sketch.com/pricing")
		h.invalid(out, "website")
		h.says(out.Fields["website"], "Sketch", other)
	})
}

func TestWhatDecidersSawIsDecidedAnewWhenItIsEdited(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Assessed([]string{"data", "3", "data_types", "customer"}, nil)
		h.done(h.As("cleo").onVendor(workflows.VerbVendorYes, id, nil))
		before := h.Vendor(id).ContentVersion
		h.done(h.As("ada").edits(id, "cost", "13000"))
		if got := h.Vendor(id).ContentVersion; got != before {
			t.Errorf("another cost made version %d of %d", got, before)
		}
		h.done(h.As("ada").edits(id, "service", "Design, and now our customers' whiteboards too"))
		h.Settle()
		h.refused(h.As("sam").Seeing(before).onVendor(workflows.VerbVendorYes, id, nil), "content_changed")
		h.done(h.As("sam").onVendor(workflows.VerbVendorYes, id, nil))
		h.IsVendor(id, workflows.VendorDeciding)
	})
}
