package googleworkspace

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"google.golang.org/api/googleapi"

	"countersign/provisioners"
)

// failure is one failed call in a few words. Google's own texts can be whole
// HTML pages, which belong in no log line; the cause keeps them.
type failure struct {
	what  string
	cause error
}

// Error says what was tried and how Google refused it, in one line.
func (f *failure) Error() string { return "google: " + f.what + ": " + brief(f.cause) }

// Unwrap returns the cause.
func (f *failure) Unwrap() error { return f.cause }

func brief(err error) string {
	if t, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		e := tokenErrorOf(t)
		return strings.TrimSuffix("token endpoint: "+e.Code+": "+e.Description, ": ")
	}
	g, ok := errors.AsType[*googleapi.Error](err)
	switch {
	case !ok:
		return err.Error()
	case isPage(g) || g.Message == "":
		return fmt.Sprintf("HTTP %d", g.Code)
	}
	return strings.TrimSpace(fmt.Sprintf("HTTP %d %s", g.Code, strings.Join(reasons(g), " "))) + ": " + g.Message
}

// explain turns the last error of a call into what Provisioner promises.
func (w *Workspace) explain(what string, err error) error {
	wrapped := &failure{what, err}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return wrapped
	}
	switch classify(err) {
	case throttle:
		return &provisioners.Throttled{After: retryAfter(err, time.Now()), Err: wrapped}
	case config:
		reason, next := w.remedy(what, err)
		return &provisioners.Permanent{Reason: reason, Next: next, Err: wrapped}
	case final:
		return &provisioners.Permanent{
			Reason: "Google refused to " + what,
			Next:   "Read Google's message in the log, correct the group or the account in the Admin console, then retry.",
			Err:    wrapped,
		}
	}
	return wrapped
}

// remedy says why Google does not let us, and what an administrator can do.
func (w *Workspace) remedy(what string, err error) (reason, next string) {
	if _, ok := errors.AsType[*signFailure](err); ok {
		return "Google does not let this machine sign for " + w.config.Impersonate,
			"Give the machine's own identity the role Service Account Token Creator on " + w.config.Impersonate +
				" and switch on the IAM Service Account Credentials API."
	}
	if t, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		return w.tokenRemedy(tokenErrorOf(t))
	}
	var refusal []string
	if g, ok := errors.AsType[*googleapi.Error](err); ok {
		refusal = reasons(g)
	}
	switch {
	case slices.Contains(refusal, "insufficientPermissions"):
		return "Google refused to " + what + ": the access token lacks a scope", w.delegation()
	case slices.Contains(refusal, "accessNotConfigured"):
		return "Google refused to " + what + ": the Admin SDK API is switched off",
			"Switch on the Admin SDK API in the Google Cloud project of the service account."
	case slices.Contains(refusal, "domainCannotUseApis"):
		return "Google refused to " + what + ": the domain does not allow API access",
			"Allow API access in the Admin console under Security, API controls."
	}
	return "Google refused to " + what + ": not authorized",
		"Check that " + w.config.AdminSubject + " is an administrator who may read users, groups and roles and change group members, " +
			"and that the address belongs to this Workspace."
}

func (w *Workspace) tokenRemedy(e tokenError) (reason, next string) {
	switch e.Code {
	case "unauthorized_client":
		return "Google does not let the service account act for " + w.config.AdminSubject, w.delegation()
	case "invalid_grant":
		return "Google does not accept the sign-in as " + w.config.AdminSubject + ": " + e.Description,
			"Check that admin_subject is the address of an existing administrator, that the key was not deleted, and that this machine's clock is right."
	case "access_denied":
		return "Google has restricted the account " + w.config.AdminSubject + ": " + e.Description,
			"Lift the suspension of " + w.config.AdminSubject + " or set another admin_subject."
	}
	return "Google refused a sign-in token: " + strings.TrimSuffix(e.Code+": "+e.Description, ": "),
		"Make a new key for the service account and check the google section of the configuration."
}

func (w *Workspace) delegation() string {
	return "In the Admin console under Security, API controls, Domain-wide delegation, give client " + w.clientID +
		" all of these scopes: " + strings.Join(Scopes, ", ")
}
