package workflows_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"countersign/provisioners/googleworkspace/fakegoogle"
	"countersign/workflows"
)

// noticed has two apps seen in use, DA-0001 Super Mailer and DA-0002 Sketchpad.
func noticed(h *company) {
	h.t.Helper()
	h.uses("nora", mailer)
	h.uses("nora", sketch)
	h.Looks()
}

func (v voice) maps(app, vendor string) workflows.Outcome {
	v.h.t.Helper()
	return v.press(workflows.VerbMapApp, app, map[string]string{"vendor": vendor})
}

func (v voice) ignores(app, why string) workflows.Outcome {
	v.h.t.Helper()
	return v.press(workflows.VerbIgnoreApp, app, map[string]string{"reason": why})
}

func TestAnAppIsMappedToTheVendorThatSomebodyNames(t *testing.T) {
	for name, said := range map[string]string{"id": "VN-0001", "name": " postal works gmbh "} {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T, h *company) {
				noticed(h)
				id := h.Registers("Postal Works", "postal.example")
				h.done(h.As("cleo").maps("DA-0001", said))
				h.Settle()
				d := h.Seen("Super Mailer")
				if d.State != workflows.DiscoveredMapped || d.Vendor != id || d.By != h.Person("cleo").ID {
					t.Errorf("seen %+v", d)
				}
				if v := h.Vendor(id); !v.Used || v.LastUsedOn != "2000-01-01" {
					t.Errorf("vendor used %t, last on %q", v.Used, v.LastUsedOn)
				}
				e := h.Events("vendor.changed")
				if got := e[len(e)-2]; got.Data["mapped"] != true || got.Data["app"] != "DA-0001" || got.WorkflowID != id || got.Actor.ID != h.Person("cleo").ID || got.Source != "slack" {
					t.Errorf("event %+v", got)
				}
				p, _ := h.slack.card(workflows.CardDiscovered, "DA-0001", chat("cleo"))
				h.says(fmt.Sprint(p.view), "Belongs to "+id, "by Cleo")
				h.wants(h.As("ada").maps("DA-0001", said), workflows.OutcomeAlready, "")
			}, looksDaily)
		})
	}
}

func TestAWrongMappingCanBeCorrected(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		noticed(h)
		h.Registers("Postal Works", "")
		right := h.Registers("Mail Masters", "")
		h.done(h.As("cleo").maps("DA-0001", "VN-0001"))
		h.done(h.As("ada").maps("DA-0001", right))
		if d := h.Seen("Super Mailer"); d.Vendor != right || d.By != h.Person("ada").ID {
			t.Errorf("seen %+v", d)
		}
	}, looksDaily)
}

func TestAVendorThatIsNotInTheRegisterIsNoAnswer(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		noticed(h)
		h.Registers("Twins", "")
		h.Registers("twins", "")
		for _, said := range []string{"", "VN-0099", "Nobody", "Twins", "..."} {
			out := h.As("cleo").maps("DA-0001", said)
			if out.Kind != workflows.OutcomeInvalid || out.Fields["vendor"] == "" {
				t.Errorf("%q: %+v", said, out)
			}
		}
	}, looksDaily)
}

func TestAnAppIsIgnoredWithAReason(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		noticed(h)
		for _, why := range []string{"", "  "} {
			if out := h.As("cleo").ignores("DA-0002", why); out.Kind != workflows.OutcomeInvalid || out.Fields["reason"] == "" {
				t.Errorf("without a reason: %+v", out)
			}
		}
		const why = "A drawing toy that keeps nothing of ours"
		h.done(h.As("cleo").ignores("DA-0002", why))
		h.Settle()
		if d := h.Seen("Sketchpad"); d.State != workflows.DiscoveredIgnored || d.Reason != why || d.By != h.Person("cleo").ID {
			t.Errorf("seen %+v", d)
		}
		if e := h.Events("vendor.ignored"); len(e) != 1 || e[0].WorkflowID != "DA-0002" || e[0].Data["seen"] != "login" {
			t.Errorf("events %+v", e)
		}
		p, _ := h.slack.card(workflows.CardDiscovered, "DA-0002", chat("cleo"))
		h.says(fmt.Sprint(p.view), "Ignored", why, "by Cleo")
		h.wants(h.As("ada").ignores("DA-0002", why), workflows.OutcomeAlready, "")
	}, looksDaily)
}

func TestAnIntakeIsOpenedForAnAppInUse(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		noticed(h)
		out := h.As("cleo").press(workflows.VerbIntake, "DA-0001", nil)
		h.done(out)
		h.Settle()
		v := h.Vendor(out.Record)
		if v.State != workflows.VendorRequested || v.Name != "Super Mailer" || v.Source != "discovery" || v.RequestedBy != "" || !v.Used {
			t.Errorf("vendor %+v", v)
		}
		if d := h.Seen("Super Mailer"); d.State != workflows.DiscoveredMapped || d.Vendor != v.ID {
			t.Errorf("seen %+v", d)
		}
		if got := h.buttons(workflows.CardVendorLead, v.ID, chat("cleo")); got != "Fill in details" {
			t.Errorf("buttons %q", got)
		}
		h.wants(h.As("ada").press(workflows.VerbIntake, "DA-0001", nil), workflows.OutcomeAlready, "")
		h.NextLook()
		if n := h.count("SELECT count(*) FROM vendors"); n != 1 {
			t.Errorf("%d vendors, want the one", n)
		}
	}, looksDaily)
}

func TestOnlyTheComplianceLeadAndAdminsDecideOnAnAppInUse(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		noticed(h)
		h.Registers("Postal Works", "")
		for _, who := range []string{"nora", "sam", "bob"} {
			h.refused(h.As(who).maps("DA-0001", "VN-0001"), "not_vendor_lead")
			h.refused(h.As(who).ignores("DA-0001", "Because I like it very much"), "not_vendor_lead")
			h.refused(h.As(who).press(workflows.VerbIntake, "DA-0001", nil), "not_vendor_lead")
		}
		h.refused(h.As("cleo").maps("DA-0404", "VN-0001"), "unknown_record")
		if d := h.Seen("Super Mailer"); d.State != workflows.DiscoveredNew {
			t.Errorf("seen %+v", d)
		}
		if n := len(h.Events("action.refused")); n != 10 {
			t.Errorf("%d refusals recorded, want 10", n)
		}
		h.done(h.As("ada").ignores("DA-0001", "Will be blocked in the Admin console"))
	}, looksDaily)
}

func TestTheFormToMapAnAppOffersTheRegisterWhileItFits(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		noticed(h)
		form := func() workflows.Field {
			f, err := h.svc.ActionForm(t.Context(), workflows.VerbMapApp, "DA-0001", 0, nil)
			if err != nil || len(f.Fields) != 1 {
				t.Fatalf("form %+v, %v", f, err)
			}
			return f.Fields[0]
		}
		if got := form(); got.Kind != workflows.FieldText {
			t.Errorf("with an empty register: %+v", got)
		}
		h.Registers("Zebra", "")
		h.Registers("antelope", "")
		if got := form(); got.Kind != workflows.FieldSelect || len(got.Choices) != 2 || got.Choices[0].Label != "antelope (VN-0002)" {
			t.Errorf("with two vendors: %+v", got)
		}
		for i := range 99 {
			h.Registers(fmt.Sprint("Vendor ", i), "")
		}
		if got := form(); got.Kind != workflows.FieldText || len(got.Choices) != 0 {
			t.Errorf("with 101 vendors: %+v", got)
		}
		if f, err := h.svc.ActionForm(t.Context(), workflows.VerbIgnoreApp, "DA-0001", 0, nil); err != nil || f.Fields[0].Kind != workflows.FieldLong || f.Fields[0].Optional {
			t.Errorf("form %+v, %v", f, err)
		}
	}, looksDaily)
}

func TestAnAppInUseIsLookedUpByWhoeverDecidesOnIt(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		noticed(h)
		for _, who := range []string{"cleo", "ada"} {
			v, no, err := h.svc.Look(t.Context(), h.As(who).by, "DA-0001")
			if err != nil || no != nil || v.Record != "DA-0001" || strings.Join(labelsOf(v), ", ") != "Map to vendor, Open intake, Ignore" {
				t.Errorf("%s sees %+v, %v, %v", who, v, no, err)
			}
		}
		v, no, err := h.svc.Look(t.Context(), h.As("nora").by, "DA-0001")
		if err != nil || no == nil || no.Rule != "not_vendor_lead" || v.Title != "" {
			t.Errorf("Nora sees %+v, %v, %v", v, no, err)
		}
		if e := h.Events("action.refused"); len(e) != 1 || e[0].WorkflowID != "DA-0001" || e[0].Data["action"] != "status" {
			t.Errorf("events %+v", e)
		}
		if _, _, err := h.svc.Look(t.Context(), h.As("cleo").by, "DA-0404"); !errors.Is(err, workflows.ErrNotFound) {
			t.Errorf("an app that is not there: %v", err)
		}
	}, looksDaily)
}

func TestAVendorsCardNamesItsAppsThatWereSeenInUse(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Registers("Sketchpad", "")
		facts := func() string {
			v, _, err := h.svc.Look(t.Context(), h.As("nora").by, id)
			if err != nil {
				t.Fatal(err)
			}
			return factsOf(v)
		}
		if got := facts(); strings.Contains(got, "Seen in use") {
			t.Errorf("before anything was seen, the card says %s", got)
		}
		h.uses("mona", sketch)
		h.uses("nora", sketch)
		if err := h.google.Grant(mail("bob"), fakegoogle.Token{ClientID: "3.apps.example", Name: "Sketchpad for Drive", Scopes: []string{"https://www.googleapis.com/auth/drive"}}); err != nil {
			t.Fatal(err)
		}
		h.Looks()
		h.says(facts(), "Seen in use: Sketchpad (DA-0001): People sign in to it with Google, 2 people, last seen 1 January 2000\n"+
			"Sketchpad for Drive (DA-0002): People let it in to their Google account, 1 person, no use in Google's log")
	}, looksDaily)
}

func TestTheComplianceLeadIsAskedForTheDetailsOfAnIntakeThatAnAdminOpened(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		noticed(h)
		out := h.As("ada").press(workflows.VerbIntake, "DA-0001", nil)
		h.done(out)
		h.Settle()
		for _, who := range []string{"cleo", "ada"} {
			n := 0
			for _, p := range h.slack.to(chat(who)) {
				if p.card.Record == out.Record {
					n++
				}
			}
			if got := h.buttons(workflows.CardVendorLead, out.Record, chat(who)); n != 1 || got != "Fill in details" {
				t.Errorf("%s has %d cards, with %q; want one to fill in the details", who, n, got)
			}
		}
	}, looksDaily)
}

func TestOneVendorSeenInTwoWaysIsTakenInOnce(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.uses("nora", sketch)
		h.signsIn("mona", "Sketchpad")
		h.Looks()
		first := h.As("cleo").press(workflows.VerbIntake, "DA-0001", nil)
		h.done(first)
		h.wants(h.As("cleo").press(workflows.VerbIntake, "DA-0002", nil), workflows.OutcomeAlready, "")
		if n := h.count("SELECT count(*) FROM vendors"); n != 1 {
			t.Errorf("%d vendors, want the one", n)
		}
	}, looksDaily)
}

func TestAnIntakeHasANameThatAFormTakes(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		long := mailer
		long.Name = "Figma\u202e <!channel> " + strings.Repeat("very long ", 30)
		h.uses("nora", long)
		h.Looks()
		out := h.As("cleo").press(workflows.VerbIntake, "DA-0001", nil)
		h.done(out)
		f, err := h.svc.ActionForm(t.Context(), workflows.VerbDetails, out.Record, 0, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Fields[0]; len([]rune(got.Value)) > got.Max || strings.Contains(got.Value, "\u202e") || !strings.HasPrefix(got.Value, "Figma <!channel>") {
			t.Errorf("the form starts with %q, of at most %d characters", got.Value, got.Max)
		}
	}, looksDaily)
}
