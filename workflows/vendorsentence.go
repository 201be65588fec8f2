package workflows

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// askingVerbs come before the name of what somebody wants. "using" only asks after
// a word of beginning.
var askingVerbs = []string{"need", "needs", "use", "buy", "try", "purchase", "trying", "buying", "using"}

// beginnings make a question or a wish of "using".
var beginnings = []string{"start", "starting", "begin", "consider", "considering", "about"}

// betweenAskingAndName may stand between the verb and the name.
var betweenAskingAndName = []string{
	"to", "out", "a", "an", "the", "some", "more", "our", "own", "new", "another", "one", "two", "few", "of", "for", "in", "on", "with",
	"use", "buy", "try", "get", "have", "purchase", "using", "buying", "license", "licence", "licenses", "licences", "subscription", "subscriptions",
	"seat", "seats", "account", "accounts", "trial", "plan", "version", "tool", "app", "service", "product", "software", "vendor", "called", "named", "like",
}

// neverNames are words with a capital that are no vendor's, nor a part of its name.
var neverNames = []string{
	"i", "i'm", "i'll", "i've", "i'd", "we", "you", "he", "she", "they", "it", "it's", "this", "that", "these", "those",
	"my", "your", "his", "her", "their", "all", "any", "please", "thanks", "thank", "hi", "hello", "help",
	"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "march", "april", "may", "june",
	"july", "august", "september", "october", "november", "december", "christmas", "easter",
}

// neverAlone are capitals that begin no vendor's name and may go on with one.
var neverAlone = []string{
	"hr", "ai", "pto", "ooo", "ok", "asap", "fyi", "vpn", "pr", "prs", "soc", "gdpr", "dpa", "nda", "sso", "mfa", "2fa", "api", "pdf",
	"us", "eu", "uk", "usa", "tv", "pc", "eod", "eta", "qa", "ceo", "cto", "cfo",
}

// negations before the verb turn an ask round.
var negations = []string{"not", "never", "don't", "doesn't", "didn't", "won't", "can't", "cannot", "shouldn't", "wouldn't", "no", "longer", "stop", "stopped", "already", "dont", "doesnt", "nobody", "without"}

// sentences cuts a text where a sentence or a line ends. A dot within a word, as
// of a domain, ends nothing.
func sentences(text string) [][]string {
	var out [][]string
	for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' || r == '\u2028' }) {
		var words []string
		for _, word := range strings.Fields(strings.ReplaceAll(line, "’", "'")) {
			words = append(words, word)
			if strings.HasSuffix(strings.TrimRight(word, `"'”»)`), ".") || strings.ContainsAny(word[len(word)-1:], "!?") {
				out, words = append(out, words), nil
			}
		}
		if len(words) > 0 {
			out = append(out, words)
		}
	}
	return out
}

// namedAfterAsking is the name that follows an ask in a sentence, or nothing.
func namedAfterAsking(words, own []string) string {
	shouted := !strings.ContainsFunc(strings.Join(words, ""), unicode.IsLower)
	for i := range words {
		after, ok := asking(words, i)
		if !ok {
			continue
		}
		for after < len(words) && slices.Contains(betweenAskingAndName, strings.ToLower(words[after])) {
			after++
		}
		if name := nameAt(words, after, shouted, own); name != "" {
			return name
		}
	}
	return ""
}

// asking says whether an ask stands at a word, and where what follows it begins.
func asking(words []string, i int) (after int, ok bool) {
	before := words[max(i-3, 0):i]
	if turnedRound(before) {
		return 0, false
	}
	at := func(n int) string {
		if n < len(words) {
			return strings.ToLower(words[n])
		}
		return ""
	}
	switch word := strings.TrimSuffix(at(i), ":"); {
	case word == "looking" && at(i+1) == "for":
		return i + 2, true
	case (word == "can" || word == "could") && (at(i+1) == "we" || at(i+1) == "i") && at(i+2) == "get":
		return i + 3, true
	case word == "using":
		return i + 1, slices.ContainsFunc(before, func(w string) bool { return slices.Contains(beginnings, strings.ToLower(w)) })
	case slices.Contains(askingVerbs, word):
		return i + 1, true
	}
	return 0, false
}

// turnedRound says whether the words before a verb take it back. "Why not" and
// "why don't we" are asks.
func turnedRound(before []string) bool {
	for i, w := range before {
		w = strings.ToLower(strings.TrimRight(w, ",;:"))
		if w == "why" {
			return false
		}
		if slices.Contains(negations, w) && (i == 0 || strings.ToLower(before[i-1]) != "or") {
			return true
		}
	}
	return false
}

// nameAt is the name that begins at a word, or nothing.
func nameAt(words []string, at int, shouted bool, own []string) string {
	if at >= len(words) {
		return ""
	}
	first := quotedAt(words[at:])
	quoted := first != ""
	if !quoted {
		first, _ = bare(words[at])
	}
	if _, _, ok := vendorWebsite(first); ok && fileKind(first) == "" && elsewhere(first, own) {
		return ""
	} else if ok && fileKind(first) == "" || quoted {
		return first
	}
	if shouted {
		return ""
	}
	var out []string
	for _, word := range words[at:] {
		name, last := bare(word)
		lower := strings.ToLower(name)
		if !capital(name) || slices.Contains(neverNames, lower) || len(out) == vendorWords || len(out) == 0 && slices.Contains(neverAlone, lower) {
			break
		}
		out = append(out, name)
		if last {
			break
		}
	}
	return cutName(strings.Join(out, " "))
}

// bare is a word without what surrounds it, and whether a clause ends with it.
func bare(word string) (text string, last bool) {
	text = strings.TrimLeft(word, "([{<*_~")
	cut := strings.TrimRight(text, ".,;:!?)]}>*_~…\"'”»")
	last = cut != text
	if owner, ok := strings.CutSuffix(cut, "'s"); ok {
		return owner, true
	}
	return cut, last
}

// capital says whether a word begins as a name does: "Figma", "1Password".
func capital(word string) bool {
	rest := strings.TrimLeftFunc(word, unicode.IsDigit)
	first, size := utf8.DecodeRuneInString(rest)
	if !unicode.IsUpper(first) && !unicode.IsTitle(first) {
		return false
	}
	if len(rest) == len(word) {
		return true
	}
	second, _ := utf8.DecodeRuneInString(rest[size:])
	return unicode.IsLower(second)
}

// quotes are pairs of what surrounds a quoted word.
var quotes = []struct{ open, end string }{{`"`, `"`}, {"“", "”"}, {"„", "“"}, {"«", "»"}, {"‘", "'"}, {"'", "'"}, {"`", "`"}}

// quotedAt is what is quoted at the beginning of the words, or nothing.
func quotedAt(words []string) string {
	text := strings.Join(words[:min(vendorWords, len(words))], " ")
	for _, q := range quotes {
		inner, ok := strings.CutPrefix(text, q.open)
		if !ok {
			continue
		}
		if inner, _, ok = strings.Cut(inner, q.end); ok && vendorName(inner) != "" {
			return cutName(inner)
		}
	}
	return ""
}

// cutName is a name without what cannot be seen, up to the longest one that a
// message may bring.
func cutName(name string) string {
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, name))
	if utf8.RuneCountInString(name) <= vendorNameMost {
		return name
	}
	return strings.TrimSpace(string([]rune(name)[:vendorNameMost]))
}
