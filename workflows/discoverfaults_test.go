package workflows_test

import (
	"strings"
	"testing"
	"time"

	"countersign/provisioners/googleworkspace/fakegoogle"
	"countersign/workflows"
)

// mapped has Sketchpad in the register and in use by Nora, and Payroll by Mona.
func mapped(h *company) (sketchpad, payroll string) {
	h.t.Helper()
	sketchpad, payroll = h.Registers("Sketchpad", ""), h.Registers("Payroll", "")
	h.uses("nora", sketch)
	h.signsIn("mona", "Payroll")
	h.Looks()
	return sketchpad, payroll
}

func (h *company) signsIn(who, app string) {
	h.t.Helper()
	if err := h.google.AddSAMLLogin(mail(who), app, h.now()); err != nil {
		h.t.Fatal(err)
	}
}

// unused returns the ids of the vendors that were said to be unused, once each time.
func (h *company) unused() string {
	h.t.Helper()
	var out []string
	for _, e := range h.Events("vendor.changed") {
		if e.Data["unused"] == true {
			out = append(out, e.WorkflowID)
		}
	}
	return strings.Join(out, " ")
}

func TestAVendorThatNobodyUsesForLongIsSaidToBeUnusedOnce(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id, other := mapped(h)
		for range 3 {
			h.Leap(29 * day)
			h.signsIn("mona", "Payroll")
			h.NextLook()
		}
		if got := h.unused(); got != "" || !h.Vendor(id).Used {
			t.Fatalf("%q unused before 90 days were over", got)
		}
		for range 3 {
			h.NextLook()
		}
		if got := h.unused(); got != id {
			t.Errorf("unused: %q, want %s once", got, id)
		}
		if v := h.Vendor(id); v.Used || v.LastUsedOn != "2000-01-01" || !h.Seen("Sketchpad").NotSeen {
			t.Errorf("vendor used %t, last on %s", v.Used, v.LastUsedOn)
		}
		if v := h.Vendor(other); !v.Used {
			t.Error("what is in use is called unused")
		}
		h.says(h.said(), "Sketchpad ("+id+") was not seen in use for 90 days")
		h.uses("nora", sketch)
		h.NextLook()
		if v := h.Vendor(id); !v.Used || h.Seen("Sketchpad").NotSeen {
			t.Error("what is in use again is still called unused")
		}
	}, looksDaily)
}

func TestAnOldGrantDoesNotContradictWhoSaysAVendorIsUsed(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Registers("Sketchpad", "", func(v *workflows.Vendor) { v.Used = true })
		if err := h.google.Grant(mail("nora"), sketch); err != nil {
			t.Fatal(err)
		}
		h.Looks()
		h.NextLook()
		if got := h.unused(); got != id || !h.Vendor(id).Used {
			t.Errorf("unused %q, used %t; want it said once and the register left alone", got, h.Vendor(id).Used)
		}
	}, looksDaily)
}

func TestWhatGoogleDoesNotAnswerMakesNothingUnused(t *testing.T) {
	for name, fault := range map[string]fakegoogle.Fault{
		"the log of tokens fails":  {Path: tokenLog, Kind: fakegoogle.Unavailable},
		"the grants fail":          {Path: "/admin/directory/v1/users/*/tokens", Skip: 3, Kind: fakegoogle.BadGateway},
		"the log of SAML fails":    {Path: samlLog, Kind: fakegoogle.Late},
		"the log is cut":           {Path: tokenLog, Skip: 1, Kind: fakegoogle.Dropped},
		"Google throttles":         {Path: "/admin/reports/v1/activity/users/all/applications/*", Kind: fakegoogle.RateLimit, RetryAfter: time.Minute},
		"the scope was taken away": {Path: "/admin/reports/v1/activity/users/all/applications/*", Kind: fakegoogle.Forbidden},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T, h *company) {
				id, payroll := mapped(h)
				saml := strings.Contains(fault.Path, "saml")
				source, silent, other := "google.reports.token", id, payroll
				if saml {
					source, silent, other = "google.reports.saml", payroll, id
				}
				before := h.upTo(source)
				fault.Count = -1
				h.google.Fail(fault)
				h.Leap(95 * day)
				h.NextLook()
				if strings.Contains(h.unused(), silent) || !h.Vendor(silent).Used {
					t.Errorf("%s is called unused", silent)
				}
				if got := h.upTo(source); !got.Equal(before) {
					t.Errorf("%s counts as read up to %s, was %s", source, got, before)
				}
				failed := h.Events("sync.failed")
				if len(failed) == 0 || failed[0].Data["what"] != "apps" || !strings.Contains(failed[0].body, source) {
					t.Errorf("events %+v", failed)
				}
				h.Leap(3 * time.Hour)
				h.Leap(3 * time.Hour)
				h.says(h.said(), "Could not be read to the end", source)
				both := strings.HasSuffix(fault.Path, "*")
				if got := h.unused(); got != other && !both || got != "" && both {
					t.Errorf("unused: %q, want %q unless nothing was read", got, other)
				}
				h.google.Heal()
				time.Sleep(fault.RetryAfter) // of the bubble
				h.uses("nora", sketch)
				h.NextLook()
				if got := h.upTo(source); !got.After(before.Add(90 * day)) {
					t.Errorf("once it answers, %s is read up to %s", source, got)
				}
				if strings.Contains(h.unused(), id) && !saml {
					t.Error("what was used while Google did not answer is called unused")
				}
			}, looksDaily)
		})
	}
}

func TestWhatFailsForAMomentIsTriedAgainWithinHours(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.uses("nora", sketch)
		h.google.Fail(fakegoogle.Fault{Path: tokenLog, Kind: fakegoogle.Unavailable, Count: 3})
		h.Looks()
		if !h.upTo("google.reports.token").IsZero() || h.Seen("Sketchpad").LastOn != "" {
			t.Fatal("it did not fail")
		}
		h.Leap(time.Hour)
		if h.upTo("google.reports.token").IsZero() || h.Seen("Sketchpad").LastOn != "2000-01-01" {
			t.Error("it was not tried again")
		}
	}, looksDaily)
}

func TestUseThatGoogleTellsLateIsNotLost(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Leap(2 * time.Hour)
		h.google.LogLag(20 * time.Hour)
		h.signsIn("nora", "Latecomer")
		h.Looks()
		if len(h.allSeen()) != 0 {
			t.Fatal("it was not late")
		}
		h.NextLook()
		if d := h.Seen("Latecomer"); d.LastOn != "2000-01-01" || d.Source != "saml" {
			t.Errorf("seen %+v", d)
		}
		h.NextLook()
		if got := len(h.Events("vendor.discovered")); got != 1 {
			t.Errorf("discovered %d times: what is read twice is one", got)
		}
	}, looksDaily)
}

func TestAfterALongPauseAsMuchIsReadAsGoogleKeeps(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Looks()
		h.signsIn("nora", "Too old")
		h.Leap(20 * day) // where discovery was not looked at
		h.Close()
		h.rob("DELETE FROM calendar")
		h.signsIn("nora", "Old")
		h.ahead.Add(int64(170 * day))
		h.Open()
		h.Looks()
		var names []string
		for _, d := range h.allSeen() {
			names = append(names, d.Name)
		}
		if got := strings.Join(names, " "); got != "Too old Old" { // the first was read in the twenty days
			t.Errorf("seen %q", got)
		}
		if failed := h.Events("sync.failed"); len(failed) != 0 {
			t.Errorf("asked for more than Google keeps: %+v", failed)
		}
	}, looksDaily)
}

func TestAProcessThatDiesWhileItReadsReadsAgain(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.uses("nora", sketch)
		if err := h.Start(); err != nil {
			t.Fatal(err)
		}
		h.google.Fail(fakegoogle.Fault{Path: tokenLog, Kind: fakegoogle.TooMany, RetryAfter: 3 * time.Second, Count: -1})
		h.ahead.Add(int64(7 * time.Hour))
		h.store.Wake()
		h.UntilDeath() // it waits for Google
		if len(h.allSeen()) != 0 {
			t.Fatal("it had ended before")
		}
		h.Close()
		h.google.Heal()
		h.Open()
		h.Settle()
		if d := h.Seen("Sketchpad"); d.LastOn != "2000-01-01" || len(h.Events("vendor.discovered")) != 1 {
			t.Errorf("seen %+v", d)
		}
	}, looksDaily)
}

func TestAMissedLookHappensAtTheNextStart(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		if err := h.Start(); err != nil {
			t.Fatal(err)
		}
		h.uses("nora", sketch)
		h.Restart(func(c *workflows.Catalogue) { c.Discovery = "0 6 * * 1" })
		h.Close()
		h.ahead.Add(int64(9 * day))
		h.Open()
		if err := h.Start(); err != nil {
			t.Fatal(err)
		}
		h.Settle()
		if h.Seen("Sketchpad").LastOn != "2000-01-01" {
			t.Error("it was not made up for")
		}
	}, looksDaily)
}

func TestSwitchingDiscoveryOffForgetsWhenItWasDue(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		if err := h.Start(); err != nil {
			t.Fatal(err)
		}
		h.Restart(func(c *workflows.Catalogue) { c.Discovery = "" })
		if n := h.count("SELECT count(*) FROM calendar WHERE kind = 'vendor.discover'"); n != 0 {
			t.Error("it is still due")
		}
	}, looksDaily)
}

func TestAnAppThatWasLetInJustNowIsNotUnusedBecauseItsLogIsLate(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Registers("Sketchpad", "")
		h.google.LogLag(20 * time.Hour)
		h.uses("nora", sketch)
		h.Looks()
		if got := h.unused(); got != "" || h.Seen("Sketchpad").NotSeen || h.Seen("Sketchpad").LastOn != "" {
			t.Errorf("unused %q, seen %+v: its use is only not told yet", got, h.Seen("Sketchpad"))
		}
		h.NextLook()
		if v := h.Vendor(id); h.unused() != "" || !v.Used || v.LastUsedOn != "2000-01-01" {
			t.Errorf("once it is told: unused %q, vendor used %t, last on %q", h.unused(), v.Used, v.LastUsedOn)
		}
	}, looksDaily)
}
