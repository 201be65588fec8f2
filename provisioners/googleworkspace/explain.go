package googleworkspace

import (
	"cmp"
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
func (w *Workspace) explain(c call, err error) error {
	wrapped := &failure{c.what, err}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return wrapped
	}
	switch classify(err) {
	case throttle:
		return &provisioners.Throttled{After: retryAfter(err, time.Now()), Err: wrapped}
	case config:
		reason, next := w.remedy(c, err)
		return &provisioners.Permanent{Reason: reason, Next: next, Err: wrapped}
	case final:
		return &provisioners.Permanent{
			Reason: "Google refused to " + c.what,
			Next:   "Read Google's message in the log, correct the group or the account in the Admin console, then retry.",
			Err:    wrapped,
		}
	}
	return wrapped
}

// remedy says why Google does not let us, and what an administrator can do.
func (w *Workspace) remedy(c call, err error) (reason, next string) {
	if _, ok := errors.AsType[*signFailure](err); ok {
		return "Google does not let this machine sign for " + w.config.Impersonate,
			"Give the machine's own identity the role Service Account Token Creator on " + w.config.Impersonate +
				" and switch on the IAM Service Account Credentials API."
	}
	if t, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		return w.tokenRemedy(c, tokenErrorOf(t))
	}
	var refusal []string
	if g, ok := errors.AsType[*googleapi.Error](err); ok {
		refusal = reasons(g)
	}
	refused, api := "Google refused to "+c.what+": ", apiOf(c.scope)
	switch {
	case slices.Contains(refusal, "insufficientPermissions"):
		return refused + c.lacking(), w.delegation(c.scope)
	case slices.Contains(refusal, "accessNotConfigured"):
		return refused + "the " + api + " is switched off", "Switch on the " + api + " in the Google Cloud project of the service account."
	case slices.Contains(refusal, "domainCannotUseApis"):
		return refused + "the domain does not allow API access", "Allow API access in the Admin console under Security, API controls."
	case c.as != "":
		return refused + "not authorized", "Check that " + c.as + " may use this service and that the service is switched on in the Admin console."
	case c.scope != "":
		return refused + "not authorized",
			"Check that " + w.config.AdminSubject + " is a super administrator: no other may change accounts of administrators, " +
				"administrator roles, app access and transfers."
	}
	return refused + "not authorized",
		"Check that " + w.config.AdminSubject + " is an administrator who may read users, groups and roles and change group members, " +
			"and that the address belongs to this Workspace."
}

// lacking says what the token of a call lacks.
func (c call) lacking() string {
	if c.scope == "" {
		return "the access token lacks a scope"
	}
	return "the scope " + c.scope + " is missing"
}

// apiOf names the API to which a scope belongs, as the Google Cloud console does.
func apiOf(scope string) string {
	if strings.Contains(scope, "/gmail.") {
		return "Gmail API"
	}
	return "Admin SDK API"
}

func (w *Workspace) tokenRemedy(c call, e tokenError) (reason, next string) {
	subject := cmp.Or(c.as, w.config.AdminSubject)
	switch {
	case e.Code == "unauthorized_client" && c.scope != "":
		return "Google refused to " + c.what + ": " + c.lacking(), w.delegation(c.scope)
	case e.Code == "unauthorized_client":
		return "Google does not let the service account act for " + subject, w.delegation("")
	case e.Code == "invalid_grant" && c.as != "":
		return "Google does not accept the sign-in as " + subject + ": " + e.Description, "Check that the account exists and was not renamed, then retry."
	case e.Code == "invalid_grant":
		return "Google does not accept the sign-in as " + subject + ": " + e.Description,
			"Check that admin_subject is the address of an existing administrator, that the key was not deleted, and that this machine's clock is right."
	case e.Code == "access_denied" && c.as != "":
		return "Google has restricted the account " + subject + ": " + e.Description,
			"A suspended account cannot be acted for. Make this change in the Admin console."
	case e.Code == "access_denied":
		return "Google has restricted the account " + subject + ": " + e.Description,
			"Lift the suspension of " + subject + " or set another admin_subject."
	}
	return "Google refused a sign-in token: " + strings.TrimSuffix(e.Code+": "+e.Description, ": "),
		"Make a new key for the service account and check the google section of the configuration."
}

// delegation says how to allow one scope, or all of Scopes where it is empty.
func (w *Workspace) delegation(scope string) string {
	if scope != "" {
		return "A super administrator can add " + scope + " in the Admin console under Security, API controls, Domain-wide delegation, client " + w.clientID + "."
	}
	return "In the Admin console under Security, API controls, Domain-wide delegation, give client " + w.clientID +
		" all of these scopes: " + strings.Join(Scopes, ", ")
}
