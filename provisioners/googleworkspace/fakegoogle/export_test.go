package fakegoogle

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync"
)

// anyRoutes are compiled once for all tests.
var anyRoutes = sync.OnceValue(func() []route { return New(Options{}).routes })

// AnswerProblem says where the answer to a call breaks the discovery document.
func AnswerProblem(verb string, address *url.URL, body []byte) string {
	r := &http.Request{Method: verb, URL: address}
	for _, o := range anyRoutes() {
		if !o.bind(r) || o.rule.Response == nil {
			continue
		}
		d := json.NewDecoder(bytes.NewReader(body))
		d.UseNumber()
		var value any
		if err := d.Decode(&value); err != nil && err != io.EOF {
			return err.Error()
		}
		return checker{method: o.id}.problem("", *o.rule.Response, value)
	}
	return ""
}

// Served lists the ids of the methods that are emulated.
func Served() []string {
	var out []string
	for _, m := range New(Options{}).methods() {
		out = append(out, m.id)
	}
	slices.Sort(out)
	return out
}

// Documented lists the ids of the methods in the embedded documents.
func Documented() []string { return slices.Sorted(maps.Keys(google.Methods)) }

// ScopesOf returns the scopes of which one is enough for a method.
func ScopesOf(id string) []string { return google.Methods[id].Scopes }
