package bot

import (
	"slices"
	"testing"
)

func TestAMessageIsReadWithoutItsMarkup(t *testing.T) {
	for _, c := range []struct {
		in, want string
		links    []string
	}{
		{"Can we use <https://figma.com/pricing?a=_b_&amp;c=*d*|Figma>?", "Can we use Figma?", []string{"https://figma.com/pricing?a=_b_&c=*d*"}},
		{"<@U0ANA00001> we need <http://figma.com|figma.com> &amp; <https://miro.com>", "we need figma.com & https://miro.com", []string{"http://figma.com", "https://miro.com"}},
		{"please *buy* _~Linear~_ for `us`, snake_case stays and 2 * 3 * 4", "please buy Linear for us, snake_case stays and 2 * 3 * 4", nil},
		{"*<https://x.example|X>* and *Y* *Z*", "X and Y Z", []string{"https://x.example"}},
		{"<https://x.example> <https://x.example|again>", "https://x.example again", []string{"https://x.example"}},
		{"&gt; quoted &lt;b&gt;\n```code```", "quoted <b>\ncode", nil},
		{"<!here> <!subteam^S1|@it> <#C0123|general> <#C0124> <!date^1^{date}|noon> <mailto:a@b.example|a@b.example>", "#general noon a@b.example", nil},
		{"<javascript:alert(1)|Miro> <ftp://x.example|f> <https://|empty>", "Miro f empty", nil},
		{"&amp;lt;!channel&amp;gt;", "&lt;!channel&gt;", nil},
		{"\x00<\x00https://a.example\x00>", "https://a.example", []string{"https://a.example"}},
		{"", "", nil},
	} {
		text, links := readable(c.in)
		if text != c.want || !slices.Equal(links, c.links) {
			t.Errorf("%q is read as %q, %q, want %q, %q", c.in, text, links, c.want, c.links)
		}
	}
}
