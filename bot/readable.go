package bot

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Marks of mrkdwn in what a person wrote,
// https://docs.slack.dev/messaging/formatting-message-text. A mark counts only
// at the edges of words.
var (
	angled   = regexp.MustCompile(`<([^<>]*)>`)
	blanks   = regexp.MustCompile(`[ \t\x{a0}]+`)
	quote    = regexp.MustCompile(`(?m)^[ \t]*>[ \t]?`)
	fenced   = regexp.MustCompile("```([^`]+)```")
	emphasis = []*regexp.Regexp{
		regexp.MustCompile("()`([^`\n]+)`()"), emphasized(`\*`), emphasized(`_`), emphasized(`~`),
	}
	unescaper = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")
)

func emphasized(mark string) *regexp.Regexp {
	return regexp.MustCompile(`(?m)(^|[^\pL\pN/])` + mark + `([^\s` + mark + `](?:[^\n` + mark + `]*[^\s` + mark + `])?)` + mark + `($|[^\pL\pN])`)
}

// held stands for a reference while the marks around it are taken away.
const held = "\x00"

// readable is what a person wrote without Slack's markup, and the addresses of
// the web in it. Names of people and groups are dropped.
func readable(text string) (string, []string) {
	text = strings.ReplaceAll(text, held, "")
	references := angled.FindAllStringSubmatch(text, -1)
	parts := strings.Split(unmarked(angled.ReplaceAllString(text, held)), held)
	var links []string
	var out strings.Builder
	for i, part := range parts {
		out.WriteString(unescaper.Replace(part))
		if i == len(references) {
			break
		}
		words, link := referred(references[i][1])
		out.WriteString(words)
		if link != "" && !slices.Contains(links, link) {
			links = append(links, link)
		}
	}
	plain := blanks.ReplaceAllString(quote.ReplaceAllString(out.String(), ""), " ")
	return strings.TrimSpace(plain), links
}

// unmarked takes the marks of emphasis away. Twice, because two words that are
// marked share the blank between them.
func unmarked(s string) string {
	s = fenced.ReplaceAllString(s, "$1")
	for range 2 {
		for _, e := range emphasis {
			s = e.ReplaceAllString(s, "${1}${2}${3}")
		}
	}
	return s
}

// referred is what stands between angle brackets, in words, and its address if it
// is one of the web.
func referred(body string) (words, link string) {
	target, label, labelled := strings.Cut(body, "|")
	target, label = unescaper.Replace(target), unescaper.Replace(label)
	switch {
	case strings.HasPrefix(target, "@"), strings.HasPrefix(target, "!") && !strings.HasPrefix(target, "!date^"):
		return "", ""
	case strings.HasPrefix(target, "!date^"):
		return label, ""
	case strings.HasPrefix(target, "#") && labelled:
		return "#" + label, ""
	case strings.HasPrefix(target, "#"):
		return "", ""
	}
	if u, err := url.Parse(target); err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" {
		link = target
	}
	if !labelled {
		label = strings.TrimPrefix(target, "mailto:")
	}
	return label, link
}
