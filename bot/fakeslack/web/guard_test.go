package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestOnlyThisMachinesOwnPageIsAnswered(t *testing.T) {
	h := guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	for _, c := range []struct {
		name, method, host, origin, site string
		want                             int
	}{
		{"the page itself", "POST", "127.0.0.1:8089", "http://127.0.0.1:8089", "same-origin", 204},
		{"by name", "POST", "localhost:8089", "http://localhost:8089", "same-origin", 204},
		{"IPv6", "GET", "[::1]:8089", "", "", 204},
		{"a link from elsewhere", "GET", "127.0.0.1:8089", "", "cross-site", 204},
		{"a rebound name", "GET", "evil.example:8089", "", "same-origin", 403},
		{"a form elsewhere", "POST", "127.0.0.1:8089", "https://evil.example", "cross-site", 403},
		{"another port", "POST", "127.0.0.1:8089", "http://127.0.0.1:9999", "", 403},
		{"a sandboxed frame", "POST", "127.0.0.1:8089", "null", "", 403},
		{"an older browser", "POST", "127.0.0.1:8089", "http://127.0.0.1:8089", "", 204},
	} {
		r := httptest.NewRequest(c.method, "/act/say", nil)
		r.Host = c.host
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
		}
		if c.site != "" {
			r.Header.Set("Sec-Fetch-Site", c.site)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s: got %d, want %d", c.name, w.Code, c.want)
		}
		if csp := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'self'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy is %q", c.name, csp)
		}
	}
}

func TestThePageHasNoInlineScriptStyleOrForeignAddress(t *testing.T) {
	r := newRig(t)
	_, page := r.get("/")
	for _, bad := range []string{"<script>", "onclick=", "style=", "<style", "//cdn", "https://fonts"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page contains %q", bad)
		}
	}
	for _, file := range []string{"page.js", "live.js", "act.js", "fields.js", "blocks.js", "combo.js", "composer.js", "page.css", "blocks.css", "mark.svg", "lock.svg"} {
		if status, _ := r.get("/static/" + file); status != 200 {
			t.Errorf("/static/%s: status %d, want 200", file, status)
		}
	}
}
