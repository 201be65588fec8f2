package fakegoogle

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Device is a telephone that somebody added his account to.
type Device struct {
	ID     string // made up by AddDevice if empty
	Owner  string // address; AddDevice makes it the primary one
	Model  string
	OS     string // such as "Android 16"
	Status string // APPROVED if empty; after an action what it made of the device
}

// AddDevice adds the device of an account.
func (s *Server) AddDevice(d Device) (Device, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.userLocked(d.Owner)
	if u == nil {
		return Device{}, fmt.Errorf("no user %s", d.Owner)
	}
	d.Owner = u.Email
	if d.ID == "" {
		d.ID = fmt.Sprintf("AFiQxQ8-%06d", s.nextLocked())
	}
	if d.Status == "" {
		d.Status = "APPROVED"
	}
	s.devices = append(s.devices, &d)
	s.changedLocked("device " + d.Model + " of " + u.Email + " added")
	return d, nil
}

// Devices returns the devices of all accounts, oldest first.
func (s *Server) Devices() []Device {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Device
	for _, d := range s.devices {
		out = append(out, *d)
	}
	return out
}

// deviceActions says what becomes of a device. The words of the actions are in
// https://developers.google.com/workspace/admin/directory/reference/rest/v1/mobiledevices/action.
var deviceActions = map[string]string{
	"admin_account_wipe": "ACCOUNT_WIPED",
	"admin_remote_wipe":  "WIPED",
	"approve":            "APPROVED",
	"block":              "BLOCKED",
}

type wireDevice struct {
	Kind       string   `json:"kind"`
	ResourceID string   `json:"resourceId"`
	DeviceID   string   `json:"deviceId"`
	Email      []string `json:"email"`
	Model      string   `json:"model,omitempty"`
	OS         string   `json:"os,omitempty"`
	Type       string   `json:"type"`
	Status     string   `json:"status"`
}

// listDevices knows one search only, that by address.
func (s *Server) listDevices(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ownCustomer(r.PathValue("customerId")) {
		badRequest(w, "Invalid Customer Id")
		return
	}
	query := r.URL.Query().Get("query")
	address, byAddress := strings.CutPrefix(query, "email:")
	if query != "" && (!byAddress || strings.ContainsAny(address, " *:\"")) {
		absent(w, "the search "+query)
		return
	}
	var found []wireDevice
	for _, d := range s.devices {
		if query == "" || sameAddress(d.Owner, address) {
			found = append(found, wireDevice{"admin#directory#mobiledevice", d.ID, "device-" + d.ID, []string{d.Owner}, d.Model, d.OS, "ANDROID", d.Status})
		}
	}
	rows, next, ok := page(w, r, s.options, found, 100, 100)
	if !ok {
		return
	}
	reply(w, http.StatusOK, struct {
		Kind    string       `json:"kind"`
		Devices []wireDevice `json:"mobiledevices,omitempty"`
		Next    string       `json:"nextPageToken,omitempty"`
	}{"admin#directory#mobiledevices", rows, next})
}

func (s *Server) actOnDevice(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Action string `json:"action"`
	}
	if !readChange(w, r, &in) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ownCustomer(r.PathValue("customerId")) {
		badRequest(w, "Invalid Customer Id")
		return
	}
	i := slices.IndexFunc(s.devices, func(d *Device) bool { return d.ID == r.PathValue("resourceId") })
	status, known := deviceActions[in.Action]
	switch {
	case i < 0:
		notFound(w, "resourceId")
	case !known:
		badRequest(w, "Invalid Input: action")
	default:
		s.devices[i].Status = status
		s.changedLocked("device " + s.devices[i].Model + " of " + s.devices[i].Owner + ": " + in.Action)
		w.WriteHeader(http.StatusNoContent)
	}
}
