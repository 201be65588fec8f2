package web

import (
	"embed"
	"html/template"
	"io/fs"
	"strings"
	"unicode"
	"unicode/utf8"
)

//go:embed templates
var templateFiles embed.FS

// templates are all of the page's templates. Their indentation is dropped
// here, so that the pieces sent to the browser stay short and the golden
// files readable; a template must not rely on a line break.
var templates = parseTemplates()

func parseTemplates() *template.Template {
	t := template.New("").Funcs(template.FuncMap{"initials": initials, "first": first})
	names, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		panic(err) // the pattern is constant
	}
	for _, name := range names {
		src, err := templateFiles.ReadFile(name)
		if err != nil {
			panic(err) // it is embedded
		}
		var b strings.Builder
		for line := range strings.Lines(string(src)) {
			b.WriteString(strings.TrimSpace(line))
		}
		template.Must(t.New(name).Parse(b.String()))
	}
	return t
}

// first is the first word of a name.
func first(name string) string {
	word, _, _ := strings.Cut(name, " ")
	return word
}

// initials are the one or two letters on an avatar.
func initials(name string) string {
	out := ""
	for _, word := range strings.Fields(name) {
		if r, _ := utf8.DecodeRuneInString(word); unicode.IsLetter(r) && len([]rune(out)) < 2 {
			out += string(unicode.ToUpper(r))
		}
	}
	if out == "" {
		return "?"
	}
	return out
}
