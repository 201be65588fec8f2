package googleworkspace

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	datatransfer "google.golang.org/api/admin/datatransfer/v1"
)

// handover is one transfer, or the wish for one.
type handover struct {
	old, heir party
	apps      []*datatransfer.Application
	known     []string                   // ids of the transfers there were between the two
	now       *datatransfer.DataTransfer // the one that counts, or nil
}

// counting picks the transfer that tells how things are: one on its way, or else
// the latest. One that left out files or calendars does not count, nor does one
// that was over before the account was last used, as after a first departure.
func (h handover) counting(transfers []*datatransfer.DataTransfer) *datatransfer.DataTransfer {
	var latest *datatransfer.DataTransfer
	for _, t := range transfers {
		if !h.covered(t) {
			continue
		}
		if !over(t) {
			return t
		}
		if requested(t).Before(lastSignIn(h.old.user)) {
			continue
		}
		if latest == nil || !requested(t).Before(requested(latest)) {
			latest = t
		}
	}
	return latest
}

func over(t *datatransfer.DataTransfer) bool {
	return t.OverallTransferStatusCode == transferCompleted || t.OverallTransferStatusCode == transferFailed
}

// requested is the zero time where Google names none.
func requested(t *datatransfer.DataTransfer) time.Time {
	at, err := time.Parse(time.RFC3339, t.RequestTime)
	if err != nil {
		return time.Time{}
	}
	return at
}

// covered tells whether a transfer takes along everything of the applications
// that let one choose.
func (h handover) covered(t *datatransfer.DataTransfer) bool {
	for _, wanted := range h.parts() {
		for _, param := range wanted.ApplicationTransferParams {
			if !slices.ContainsFunc(t.ApplicationDataTransfers, func(part *datatransfer.ApplicationDataTransfer) bool {
				return part.ApplicationId == wanted.ApplicationId && hasParam(part, param)
			}) {
				return false
			}
		}
	}
	return true
}

func hasParam(part *datatransfer.ApplicationDataTransfer, wanted *datatransfer.ApplicationTransferParam) bool {
	return slices.ContainsFunc(part.ApplicationTransferParams, func(p *datatransfer.ApplicationTransferParam) bool {
		return p.Key == wanted.Key && !slices.ContainsFunc(wanted.Value, func(v string) bool { return !slices.Contains(p.Value, v) })
	})
}

// everything is what to ask of an application that lets one choose. By itself
// Drive would leave private files behind, and Calendar the rooms booked:
// https://developers.google.com/workspace/admin/data-transfer/v1/parameters.
var everything = map[string][]string{"PRIVACY_LEVEL": {"PRIVATE", "SHARED"}, "RELEASE_RESOURCES": {"TRUE"}}

// parts is what to transfer: all of every application that can.
func (h handover) parts() []*datatransfer.ApplicationDataTransfer {
	var parts []*datatransfer.ApplicationDataTransfer
	for _, app := range h.apps {
		part := &datatransfer.ApplicationDataTransfer{ApplicationId: app.Id}
		for _, offered := range app.TransferParams {
			if values := everything[offered.Key]; values != nil {
				part.ApplicationTransferParams = append(part.ApplicationTransferParams,
					&datatransfer.ApplicationTransferParam{Key: offered.Key, Value: values})
			}
		}
		parts = append(parts, part)
	}
	return parts
}

func (h handover) status() string {
	if h.now == nil {
		return ""
	}
	return h.now.OverallTransferStatusCode
}

// words is the state of each application.
func (h handover) words() string {
	if h.now == nil {
		return "not begun"
	}
	var words []string
	for _, part := range h.now.ApplicationDataTransfers {
		name := fmt.Sprint(part.ApplicationId)
		if i := slices.IndexFunc(h.apps, func(a *datatransfer.Application) bool { return a.Id == part.ApplicationId }); i >= 0 {
			name = h.apps[i].Name
		}
		words = append(words, name+" "+part.ApplicationTransferStatus)
	}
	return strings.Join(words, ", ")
}

// ready says why no transfer can begin, if so.
func (h handover) ready() error {
	if len(h.apps) == 0 {
		return refuse("Google offers no application whose data can be transferred", "Check that Drive is switched on in the Admin console.")
	}
	return active(h.heir)
}

// applications lists what can be transferred, by Google's own numbers.
func (f files) applications(ctx context.Context) ([]*datatransfer.Application, error) {
	var all []*datatransfer.Application
	for token := ""; ; {
		var part *datatransfer.ApplicationsListResponse
		err := f.w.run(ctx, call{what: "list what can be transferred", scope: datatransfer.AdminDatatransferScope, do: func(ctx context.Context) (err error) {
			list := f.w.transfersClient().Applications.List()
			if token != "" {
				list = list.PageToken(token)
			}
			part, err = list.Context(ctx).Do()
			return err
		}})
		if err != nil {
			return nil, err
		}
		all = append(all, part.Applications...)
		if token = part.NextPageToken; token == "" {
			return all, nil
		}
	}
}

// list returns every transfer between the two.
func (f files) list(ctx context.Context, h handover) ([]*datatransfer.DataTransfer, error) {
	var all []*datatransfer.DataTransfer
	for token := ""; ; {
		var part *datatransfer.DataTransfersListResponse
		err := f.w.run(ctx, call{what: "list the transfers of " + h.old.key, scope: datatransfer.AdminDatatransferScope, do: func(ctx context.Context) (err error) {
			list := f.w.transfersClient().Transfers.List().OldOwnerUserId(h.old.key).NewOwnerUserId(h.heir.key)
			if token != "" {
				list = list.PageToken(token)
			}
			part, err = list.Context(ctx).Do()
			return err
		}})
		if err != nil {
			return nil, err
		}
		all = append(all, part.DataTransfers...)
		if token = part.NextPageToken; token == "" {
			return all, nil
		}
	}
}
