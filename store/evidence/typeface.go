package evidence

import (
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"sync"
	"unicode"
)

// typeface is DejaVu Sans Condensed: Latin, Greek, Cyrillic, Armenian, Georgian
// and more, and the boxes of a checklist. Its licence stands beside it.
//
//go:embed dejavu/DejaVuSansCondensed.ttf
var typeface []byte

// drawable tells which characters the typeface can draw.
var drawable = sync.OnceValues(func() (map[rune]bool, error) { return characters(typeface) })

// legible makes a text fit to be printed on a line. Control characters go, among
// them those that turn the direction of writing; line breaks become spaces. What
// the typeface cannot draw is written as its number, [U+5C0F], so that nothing is
// lost in silence.
func legible(text string, drawable map[rune]bool) string {
	var b strings.Builder
	for _, c := range strings.ToValidUTF8(text, string(unicode.ReplacementChar)) {
		switch {
		case unicode.IsSpace(c) || c == '\u2028' || c == '\u2029':
			b.WriteByte(' ')
		case unicode.In(c, unicode.Cc, unicode.Cf):
		case !drawable[c]:
			fmt.Fprintf(&b, "[U+%04X]", c)
		default:
			b.WriteRune(c)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

var errTypeface = errors.New("typeface has no table of characters in format 4")

// characters reads which characters of the basic plane a TrueType font maps to a
// glyph. See https://learn.microsoft.com/en-us/typography/opentype/spec/cmap,
// format 4.
func characters(font []byte) (map[rune]bool, error) {
	sub, err := unicodeTable(font)
	if err != nil {
		return nil, err
	}
	u16 := func(at int) int { return int(binary.BigEndian.Uint16(sub[at:])) }
	n := u16(6) / 2
	out := make(map[rune]bool)
	for i := range n {
		end, start := u16(14+2*i), u16(16+2*n+2*i)
		delta, at := u16(16+4*n+2*i), 16+6*n+2*i
		for c := start; c <= end && c < 0xFFFF; c++ {
			glyph := c
			if offset := u16(at); offset != 0 {
				if glyph = u16(at + offset + 2*(c-start)); glyph == 0 {
					continue
				}
			}
			if (glyph+delta)&0xFFFF != 0 {
				out[rune(c)] = true
			}
		}
	}
	return out, nil
}

// unicodeTable finds the Windows table of the basic plane in a font.
func unicodeTable(font []byte) ([]byte, error) {
	tables := int(binary.BigEndian.Uint16(font[4:]))
	for i := range tables {
		entry := font[12+16*i:]
		if string(entry[:4]) != "cmap" {
			continue
		}
		cmap := font[binary.BigEndian.Uint32(entry[8:]):]
		for j := range int(binary.BigEndian.Uint16(cmap[2:])) {
			e := cmap[4+8*j:]
			sub := cmap[binary.BigEndian.Uint32(e[4:]):]
			if binary.BigEndian.Uint32(e) == 3<<16|1 && binary.BigEndian.Uint16(sub) == 4 {
				return sub, nil
			}
		}
	}
	return nil, errTypeface
}
