package web

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func testScene() scene {
	return scene{
		People:   map[string]string{"U1": "Nora Lindqvist"},
		Channels: map[string]string{"C1": "access-requests"},
		Roster:   []choice{{Text: "Nora Lindqvist", Value: "U1"}, {Text: "Bob Okafor", Value: "U2"}},
		Zone:     time.FixedZone("CET", 3600),
		Now:      time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
	}
}

func TestMrkdwnBecomesEscapedHTML(t *testing.T) {
	s := testScene()
	for _, c := range []struct{ in, want string }{
		{"*bold* _it_ ~gone~ `code`", "<strong>bold</strong> <em>it</em> <del>gone</del> <code>code</code>"},
		{"2*3*4 snake_case_name", "2*3*4 snake_case_name"},
		{"*a _b_ c*", "<strong>a <em>b</em> c</strong>"},
		{"*not closed", "*not closed"},
		{"`*x* <@U1>`", "<code>*x* &lt;@U1&gt;</code>"},
		{"a\n> q1\n&gt; q2\nb", "a<blockquote>q1<br>q2</blockquote>b"},
		{"x ```\nif a < b {}\n``` y", "x <pre>if a &lt; b {}</pre> y"},
		{"<@U1> <@U9|ghost> <#C1> <#C9>", `<span class="mention">@Nora Lindqvist</span> <span class="mention">@ghost</span> <span class="mention">#access-requests</span> <span class="mention">#private channel</span>`},
		{"<!here> <!subteam^S1|@sec>", `<span class="mention">@here</span> <span class="mention">@sec</span>`},
		{"<https://a.example/?x=1&amp;y=2|A & B>", `<a href="https://a.example/?x=1&amp;y=2" target="_blank" rel="noopener noreferrer">A &amp; B</a>`},
		{"see https://a.example/x.", `see <a href="https://a.example/x" target="_blank" rel="noopener noreferrer">https://a.example/x</a>.`},
		{"<javascript:alert(1)|click>", "click"},
		{"<mailto:a@b.example|a@b.example>", `<a href="mailto:a@b.example">a@b.example</a>`},
		{"<b>x</b> &lt;i&gt; &amp;", "&lt;b&gt;x&lt;/b&gt; &lt;i&gt; &amp;"},
		{"done :white_check_mark: :no_such_thing: 10:30:00", "done ✅ :no_such_thing: 10:30:00"},
		{"<!date^1772442000^{date_short_pretty} at {time}|later>", `<time datetime="2026-03-02T09:00:00Z" title="Monday, 2 March 2026 10:00 CET">Today at 10:00</time>`},
		{"<!date^1772528400^{date_short_pretty}|later>", `<time datetime="2026-03-03T09:00:00Z" title="Tuesday, 3 March 2026 10:00 CET">Tomorrow</time>`},
		{"<!date^x^{time}|soon &amp; safe>", "soon &amp; safe"},
	} {
		got := string(s.mrkdwn(c.in))
		if got != c.want {
			t.Errorf("%q:\n got %s\nwant %s", c.in, got, c.want)
		}
	}
}

// TestNoTextBecomesATagOfItsOwn feeds markup soup to every text renderer and
// looks for anything but the tags they write themselves.
func TestNoTextBecomesATagOfItsOwn(t *testing.T) {
	s := testScene()
	piece := rapid.SampledFrom([]string{"<", ">", "\"", "'", "&", "&lt;", "|", "*", "_", "~", "`", "```", "\n", ":x:", "https://", "javascript:",
		"<script>", "<img src=x onerror=y>", "<!date^1^", "<@U1", "<#", "onclick=", "a", " ", "^", "[", "](", ")", "**", "- ", "# ", "é"})
	rapid.Check(t, func(rt *rapid.T) {
		src := strings.Join(rapid.SliceOfN(piece, 0, 24).Draw(rt, "pieces"), "")
		for name, got := range map[string]string{"mrkdwn": string(s.mrkdwn(src)), "plain": string(plain(src)), "markdown": string(s.markdown(src))} {
			rest := got
			for {
				at := strings.IndexByte(rest, '<')
				if at < 0 {
					break
				}
				rest = rest[at+1:]
				end := strings.IndexByte(rest, '>')
				if end < 0 || !ourTag(rest[:end]) {
					rt.Fatalf("%s of %q is %q: <%s", name, src, got, rest)
				}
				rest = rest[end+1:]
			}
		}
	})
}

func ourTag(tag string) bool {
	name, attrs, _ := strings.Cut(strings.TrimPrefix(tag, "/"), " ")
	switch name {
	case "strong", "em", "del", "code", "pre", "br", "blockquote", "ul", "ol", "li", "p", "h4":
		return attrs == ""
	case "span":
		return attrs == "" || attrs == `class="mention"`
	case "a":
		return attrs == "" || strings.HasPrefix(attrs, `href="http`) || strings.HasPrefix(attrs, `href="mailto:`)
	case "time":
		return attrs == "" || strings.HasPrefix(attrs, `datetime="`)
	}
	return false
}
