package fakeslack

import (
	"math"

	"golang.org/x/time/rate"
)

// tier is how often a method may be called in one workspace. Slack gives the
// rate and speaks of "occasional bursts" without a number: the bursts are this
// package's own.
type tier struct {
	perMinute float64
	burst     int
}

// The tiers of https://docs.slack.dev/apis/web-api/rate-limits. Special is for
// methods with "several hundred" or "hundreds" a minute.
var (
	tier1   = tier{1, 20}
	tier2   = tier{20, 40}
	tier3   = tier{50, 100}
	tier4   = tier{100, 200}
	special = tier{300, 300}
)

// tiers are from each method's reference page, but for apps.connections.open:
// that page says tier 3, Slack's Java SDK (rate_limit_tiers.json) tier 1, and
// the stricter counts here.
var tiers = map[string]tier{
	"apps.connections.open":        tier1,
	"auth.test":                    special,
	"users.list":                   tier2,
	"users.info":                   tier4,
	"users.lookupByEmail":          tier3,
	"conversations.list":           tier2,
	"conversations.info":           tier3,
	"conversations.members":        tier4,
	"conversations.history":        tier3,
	"conversations.replies":        tier3,
	"conversations.open":           tier3,
	"conversations.join":           tier3,
	"chat.postMessage":             special, // and one a second in each channel
	"chat.postEphemeral":           tier4,
	"chat.update":                  tier3,
	"chat.delete":                  tier3,
	"chat.getPermalink":            special,
	"files.getUploadURLExternal":   tier4,
	"files.completeUploadExternal": tier4,
	"views.open":                   tier4,
	"views.push":                   tier4,
	"views.update":                 tier4,
	"views.publish":                tier4,
}

// meterLocked takes one call from the method's allowance.
func (s *Server) meterLocked(method string) *apiError {
	t, scale := tiers[method], s.o.CallRate
	if scale < 0 {
		return nil
	}
	burst := max(1, int(float64(t.burst)*scale))
	return s.takeLocked("method "+method, rate.Limit(t.perMinute*scale/60), burst)
}

// spendLocked takes one post from the channel's allowance.
func (s *Server) spendLocked(channelID string) *apiError {
	if s.o.PostsPerSecond < 0 {
		return nil
	}
	return s.takeLocked("channel "+channelID, rate.Limit(s.o.PostsPerSecond), s.o.PostBurst)
}

// takeLocked answers 429 with the whole seconds to wait when an allowance is
// used up.
func (s *Server) takeLocked(key string, limit rate.Limit, burst int) *apiError {
	l := s.limits[key]
	if l == nil {
		l = rate.NewLimiter(limit, burst)
		s.limits[key] = l
	}
	now := s.o.Now()
	if l.AllowN(now, 1) {
		return nil
	}
	r := l.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	r.CancelAt(now)
	return &apiError{code: "ratelimited", status: 429, retry: max(1, int(math.Ceil(wait.Seconds())))}
}
