package provisioners

import (
	"context"
	"time"
)

// Discovery finds the apps that people of the company use, without changing
// anything. It reads one or several sources, each of which can fail alone.
type Discovery interface {
	// Sources returns the names of what it reads, always the same.
	Sources() []string

	// Discover reads each source from since, which says up to when it was read
	// without a gap before; the zero time where it never was. What a source shows
	// late is read again, so the same use may be found twice.
	//
	// What cannot be read is said of its source and is no error of the call: what
	// the others show still counts. An error says that nothing was read at all.
	Discover(ctx context.Context, since func(source string) time.Time) (Found, error)
}

// Found is what a reading shows. Apps of a source that failed may be missing, or
// lack people: what is there is true, what is not there says nothing.
type Found struct {
	Apps    []FoundApp
	Sources []SourceRead
}

// The ways in which somebody uses an app.
const (
	ByOAuth = "oauth" // it was let in to what somebody has
	BySAML  = "saml"  // somebody signs in to it through the directory
	ByLogin = "login" // it was let in to know who somebody is, and to nothing else
)

// FoundApp is one app that was seen.
type FoundApp struct {
	Key     string   // of the app where it was seen: "oauth:" and client id, "saml:" and name
	Name    string   // as it calls itself; anybody can take any name
	Source  string   // ByOAuth, BySAML or ByLogin
	Scopes  []string // what it was let in to, sorted; nil where that is not known
	Users   []AppUser
	FirstAt time.Time // of the uses that were read; zero where only a grant was seen
	LastAt  time.Time
}

// AppUser is an account that was seen with an app.
type AppUser struct {
	AccountID string    // the directory's own id; empty if it did not say
	Email     string    // lower case; empty if it did not say
	LastAt    time.Time // the last use that was read; zero where only a grant was seen
}

// SourceRead says how far one source was read.
type SourceRead struct {
	Name    string    // one of Sources
	Uses    string    // what the keys of the apps begin with whose use it shows; empty: it shows no use
	From    time.Time // what it was read from; zero where it has no times
	UpTo    time.Time // and up to when
	Reading Reading   // as far as it got
	Err     error     // why it was not read to its end; nil: it was
}
