package workflows

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// ours is the company's own domain in these tests.
const ours = "acme.example"

func TestMessagesThatAskForAVendorAreUnderstood(t *testing.T) {
	for _, test := range []struct {
		text  string
		links []string
		name  string
		link  string
	}{
		{"We need Figma", nil, "Figma", ""},
		{"I need Figma for the new landing page", nil, "Figma", ""},
		{"hey all, I'd like to use Linear for our sprints", nil, "Linear", ""},
		{"Can we buy Google Cloud Platform credits?", nil, "Google Cloud Platform", ""},
		{"I would love to try Notion AI, is that ok?", nil, "Notion AI", ""},
		{"Could we get 1Password for contractors?", nil, "1Password", ""},
		{"can we get a license for Miro", nil, "Miro", ""},
		{"I'm looking for a tool called Pitch", nil, "Pitch", ""},
		{"We need to buy a subscription to Canva.", nil, "Canva", ""},
		{"need linear.app please", nil, "Linear", "https://linear.app"},
		{"Can I use app.figma.com?", nil, "Figma", "https://app.figma.com"},
		{"could we try \"linear\" next quarter", nil, "linear", ""},
		{"I want to use “the browser company” for research", nil, "the browser company", ""},
		{"we should try 'otter' for notes", nil, "otter", ""},
		{"We need: Figma", nil, "Figma", ""},
		{"Try out Loom!", nil, "Loom", ""},
		{"Marketing needs HubSpot", nil, "HubSpot", ""},
		{"Why not try Asana?", nil, "Asana", ""},
		{"Why don’t we use Asana?", nil, "Asana", ""},
		{"we're thinking about using Deel for payroll", nil, "Deel", ""},
		{"We need Figma's enterprise plan", nil, "Figma", ""},
		{"I need to use Node.js hosting", nil, "Node.js", ""},
		{"Monday.com: can we use Monday.com from May?", nil, "Monday", "https://Monday.com"},
		{"I need PTO on Monday and we need Rippling", nil, "Rippling", ""},
		{"WE NEED figma.com", nil, "Figma", "https://figma.com"},
		{"How about this?", []string{"https://www.figma.com/pricing"}, "Figma", "https://www.figma.com/pricing"},
		{"", []string{"https://linear.app"}, "Linear", "https://linear.app"},
		{"We need Linear https://linear.app/features?x=1", []string{"https://linear.app/features?x=1"}, "Linear", "https://linear.app/features"},
		{"see https://www.deel.com.", nil, "Deel", "https://www.deel.com"},
		{"this one", []string{"https://docs.google.com/document/d/1", "https://pitch.com"}, "Pitch", "https://pitch.com"},
		{"We need Figma, the case is here", []string{"https://docs.google.com/document/d/1"}, "Figma", ""},
		{"I need an account with Zoom", []string{"https://acme.zoom.us/j/123"}, "Zoom", ""},
		{"How about zoom?", []string{"https://zoom.us/pricing"}, "Zoom", "https://zoom.us/pricing"},
		{"a shop", []string{"https://www.argos.co.uk/x"}, "Argos", "https://www.argos.co.uk/x"},
		{"a page", []string{"https://tool.github.io"}, "Tool", "https://tool.github.io"},
	} {
		name, link, ok := asksForVendor(test.text, test.links, ours)
		if want := strings.ToLower(test.link); !ok || name != test.name || strings.ToLower(link) != want {
			t.Errorf("%q %v: got %q, %q, %t, want %q, %q", test.text, test.links, name, link, ok, test.name, test.link)
		}
	}
}

func TestChatterAsksForNoVendor(t *testing.T) {
	for _, test := range []struct {
		text  string
		links []string
	}{
		{"I need coffee", nil},
		{"need help with the printer", nil},
		{"we use it every day", nil},
		{"", nil},
		{"hello everyone", nil},
		{"Thanks Ada, that was quick!", nil},
		{"Do you need anything else?", nil},
		{"I need to talk to you", nil},
		{"We need HR to look at this", nil},
		{"I need PTO on Friday", nil},
		{"try again on Monday", nil},
		{"Try Tuesday instead", nil},
		{"We don't need Figma any more", nil},
		{"we do not use Linear", nil},
		{"We don’t use Asana", nil},
		{"we already use Notion, so why another?", nil},
		{"We no longer use Trello", nil},
		{"please stop using Dropbox", nil},
		{"I'm using Figma right now", nil},
		{"Figma is down again", nil},
		{"Has anybody seen Ada?", nil},
		{"I NEED COFFEE NOW", nil},
		{"I'll try. Figma said no", nil},
		{"if you need, Ada can help", nil},
		{"I need report.pdf from last year", nil},
		{"we need 10GB more", nil},
		{"need wiki.acme.example to be faster", nil},
		{"I need @ada to approve this", nil},
		{"write to ada@figma.com if you need", nil},
		{"can we get lunch?", nil},
		{"looking for volunteers", nil},
		{"no need", nil},
		{"what I need\nFigma is nice", nil},
		{"need e.g. this", nil},
		{"the minutes", []string{"https://docs.google.com/document/d/1"}},
		{"the folder", []string{"https://drive.google.com/drive/folders/1"}},
		{"join us", []string{"https://meet.google.com/abc-defg-hij", "https://acme.zoom.us/j/123", "https://calendar.google.com/event?eid=1", "https://teams.microsoft.com/l/meetup-join/1"}},
		{"as said above", []string{"https://acme.slack.com/archives/C1/p1"}},
		{"our wiki", []string{"https://acme.example", "https://wiki.acme.example/x"}},
		{"look", []string{"https://images.example/cat.PNG", "https://giphy.com/gifs/1"}},
		{"my box", []string{"http://127.0.0.1:8089", "http://localhost/x", "https://ada:pw@figma.com", "mailto:ada@figma.com"}},
		{"see https://acme.slack.com/archives/C1 and https://docs.google.com/d/1", nil},
	} {
		if name, link, ok := asksForVendor(test.text, test.links, ours); ok || name != "" || link != "" {
			t.Errorf("%q %v: got %q, %q, %t", test.text, test.links, name, link, ok)
		}
	}
}

func FuzzAsksForVendor(f *testing.F) {
	for _, seed := range [][2]string{
		{"We need Figma", ""}, {"I need coffee", ""}, {"could we try \"linear\"?", ""}, {"look", "https://www.figma.com/pricing"},
		{"need «x» ‘y' z", "http://[::1]"}, {"use ''", ""}, {"can we get", ""}, {"looking for", ""}, {"try \u2028 X.Y", "https://a.b"},
		{"need 1A 1Aa", ""}, {"buy \xff\xfeX", "\xff"}, {"need A\x17", "https://0.aaa//"}, {"need acme.example", "https://acme.example"}, {"ǅ need ǅ", ""}, {"need " + strings.Repeat("Ä", 300), ""},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, text, link string) {
		name, site, ok := asksForVendor(text, []string{link}, ours)
		if ok != (name != "") || !ok && site != "" {
			t.Fatalf("got %q, %q, %t", name, site, ok)
		}
		if utf8.RuneCountInString(name) > vendorNameMost || strings.ContainsFunc(name, func(r rune) bool { return unicode.IsControl(r) && r != '\t' }) {
			t.Fatalf("%q is no name", name)
		}
		if utf8.ValidString(text) && utf8.ValidString(link) && !utf8.ValidString(name) {
			t.Fatalf("%q is cut within a character", name)
		}
		if site == "" {
			return
		}
		if again, domain, good := vendorWebsite(site); !good || again != site || sameSite(domain, ours) {
			t.Fatalf("%q is no vendor's address", site)
		}
	})
}
