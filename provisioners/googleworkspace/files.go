package googleworkspace

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	datatransfer "google.golang.org/api/admin/datatransfer/v1"

	"countersign/provisioners"
)

// files is that the files and calendars of an account belong to somebody else.
// Google moves them by itself, for minutes or days, and begins anew each time that
// it is asked to.
type files struct{ w *Workspace }

// The words of the Data Transfer API. GAM (https://github.com/GAM-team/GAM) knows
// no others than these and "inProgress".
const (
	transferCompleted = "completed"
	transferFailed    = "failed"
)

func (f files) apply(ctx context.Context, c provisioners.Change, p party) (provisioners.Result, error) {
	if !c.Present {
		return provisioners.Result{}, refuse("Files that were given away cannot be taken back by Countersign", "Have the new owner give them back.")
	}
	h, err := f.find(ctx, c, p)
	if err != nil {
		return provisioners.Result{}, err
	}
	switch status := h.status(); {
	case status == transferCompleted:
		return provisioners.Result{Seen: f.observe(h)}, nil
	case status == transferFailed && !c.Again:
		return provisioners.Result{Seen: f.observe(h)}, refuse("Google could not transfer the files: "+h.words(),
			"Look at the transfer in the Admin console, remove what is in its way, then retry.")
	case status != "" && status != transferFailed:
		return provisioners.Result{}, f.underway(h)
	}
	if err := h.ready(); err != nil {
		return provisioners.Result{}, err
	}
	if err := f.begin(ctx, &h); err != nil {
		return provisioners.Result{Changed: doubtful(err)}, err
	}
	return provisioners.Result{Changed: true}, f.underway(h)
}

func (f files) read(ctx context.Context, c provisioners.Change, p party) (provisioners.Observation, error) {
	h, err := f.find(ctx, c, p)
	if err != nil {
		return provisioners.Observation{}, err
	}
	return f.observe(h), nil
}

func (f files) find(ctx context.Context, c provisioners.Change, p party) (handover, error) {
	h := handover{old: p}
	if p.user == nil {
		return h, goneAccount(p)
	}
	var err error
	if h.heir, err = f.w.heir(ctx, c, p); err != nil {
		return h, err
	}
	if h.apps, err = f.applications(ctx); err != nil {
		return h, err
	}
	transfers, err := f.list(ctx, h)
	if err != nil {
		return h, err
	}
	for _, t := range transfers {
		h.known = append(h.known, t.Id)
	}
	h.now = h.counting(transfers)
	return h, nil
}

// underway says when it is worth looking again: soon at first, since little is
// quickly moved, and seldom after an hour.
func (f files) underway(h handover) error {
	after := 15 * time.Minute
	switch age := f.w.config.Now().Sub(requested(h.now)); {
	case age < 5*time.Minute:
		after = 15 * time.Second
	case age < time.Hour:
		after = 2 * time.Minute
	}
	return &provisioners.Underway{After: after, Seen: f.observe(h)}
}

func (f files) observe(h handover) provisioners.Observation {
	query := url.Values{"oldOwnerUserId": {h.old.key}, "newOwnerUserId": {h.heir.key}}
	o := provisioners.Observation{
		Present: h.status() == transferCompleted,
		Checked: true,
		Source:  "Google Workspace Data Transfer API",
		Query:   "GET /admin/datatransfer/v1/transfers?" + query.Encode(),
		At:      f.w.config.Now(),
		Details: map[string]string{"status": h.words(), "user_id": h.old.key, "new_owner": h.heir.address()},
	}
	if h.now != nil {
		o.Details["transfer_id"], o.Details["requested_at"], o.Details["etag"] = h.now.Id, h.now.RequestTime, h.now.Etag
	}
	return o
}

// begin asks for a transfer once. Where the answer is lost and no new transfer
// shows, asking again is left to a later Apply, which looks first.
func (f files) begin(ctx context.Context, h *handover) error {
	var last error
	err := f.w.run(ctx, call{
		what:  "transfer the files of " + h.old.user.PrimaryEmail,
		scope: datatransfer.AdminDatatransferScope,
		do: func(ctx context.Context) error {
			h.now, last = f.w.transfersClient().Transfers.Insert(&datatransfer.DataTransfer{
				OldOwnerUserId: h.old.key, NewOwnerUserId: h.heir.key, ApplicationDataTransfers: h.parts(),
			}).Context(ctx).Do()
			return last
		},
		settled: func(ctx context.Context) (bool, error) {
			transfers, err := f.list(ctx, *h)
			if err != nil {
				return false, err
			}
			for _, t := range transfers {
				if !slices.Contains(h.known, t.Id) && h.covered(t) {
					h.now = t
					return true, nil
				}
			}
			if unsure(last) {
				return false, &failure{"transfer the files of " + h.old.user.PrimaryEmail, last}
			}
			return false, nil
		},
	})
	if said(err, "on hold") && refusedWith(err, http.StatusForbidden, http.StatusPreconditionFailed) {
		return &provisioners.Permanent{
			Reason: "The account is on hold in Google Vault, so that its files cannot be transferred",
			Next:   "Have the hold released in Vault, then retry, or leave the files where they are.",
			Err:    err,
		}
	}
	return err
}
