package workflows

import "testing"

func TestAnAppBelongsToTheVendorWhoseNameOrAddressItHas(t *testing.T) {
	vendors := []Vendor{
		{ID: "VN-0001", Name: "Notion Labs", Domain: "notion.so", State: VendorApproved},
		{ID: "VN-0002", Name: "Zoom Inc.", Domain: "zoom.us", State: VendorApproved},
		{ID: "VN-0003", Name: "Acme Payroll", State: VendorImported},
		{ID: "VN-0004", Name: "Twice", State: VendorApproved},
		{ID: "VN-0005", Name: "twice", State: VendorImported},
		{ID: "VN-0006", Name: "Gone Again", State: VendorTerminated},
		{ID: "VN-0007", Name: "Gone Again", State: VendorRequested},
		{ID: "VN-0008", Name: "Denied", State: VendorDenied},
		{ID: "VN-0009", Name: "Foo", Domain: "foo.co.uk", State: VendorApproved},
		{ID: "VN-0010", Name: "", State: VendorApproved},
	}
	apps := []App{{Name: "Ledger", Vendor: "VN-0003"}, {Name: "Board", Vendor: "notion.so"}, {Name: "Ours", Vendor: "none"}}
	for name, want := range map[string]string{
		"Notion":                    "VN-0001",
		"notion labs, inc":          "VN-0001",
		"www.notion.so":             "VN-0001",
		"https://app.notion.so/x":   "VN-0001",
		"evil-notion.so":            "",
		"Zoom for Google Workspace": "VN-0002",
		"ZOOM":                      "VN-0002",
		"Zoomer":                    "",
		"Acme Payroll App":          "VN-0003",
		"Ledger":                    "VN-0003",
		"Board":                     "VN-0001",
		"Ours":                      "",
		"Twice":                     "",
		"Gone again":                "VN-0007",
		"Denied":                    "VN-0008",
		"co":                        "",
		"uk":                        "",
		"":                          "",
		"...":                       "",
	} {
		if got := matchVendor(name, vendors, apps); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
