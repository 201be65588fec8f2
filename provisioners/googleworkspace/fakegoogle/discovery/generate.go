//go:build ignore

// Command generate cuts Google's discovery documents, which the client library
// carries with it, down to the methods that the emulator serves.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// cuts names, for each file to write, the document it comes from, the methods to
// keep and the schemas that no method refers to although their values are sent.
var cuts = []struct {
	out, from string
	methods   []string
	schemas   []string
}{
	{"directory.json", "admin/directory/v1/admin-api.json", []string{
		"directory.asps.delete",
		"directory.asps.get",
		"directory.asps.list",
		"directory.groups.aliases.insert",
		"directory.groups.get",
		"directory.groups.insert",
		"directory.groups.list",
		"directory.members.delete",
		"directory.members.get",
		"directory.members.hasMember",
		"directory.members.insert",
		"directory.members.list",
		"directory.members.patch",
		"directory.mobiledevices.action",
		"directory.mobiledevices.list",
		"directory.orgunits.get",
		"directory.orgunits.list",
		"directory.roleAssignments.delete",
		"directory.roleAssignments.insert",
		"directory.roleAssignments.list",
		"directory.roles.list",
		"directory.tokens.delete",
		"directory.tokens.get",
		"directory.tokens.list",
		"directory.twoStepVerification.turnOff",
		"directory.users.aliases.delete",
		"directory.users.aliases.insert",
		"directory.users.aliases.list",
		"directory.users.delete",
		"directory.users.get",
		"directory.users.insert",
		"directory.users.list",
		"directory.users.makeAdmin",
		"directory.users.signOut",
		"directory.users.undelete",
		"directory.users.update",
		"directory.verificationCodes.generate",
		"directory.verificationCodes.invalidate",
		"directory.verificationCodes.list",
	}, []string{"UserExternalId", "UserOrganization", "UserRelation"}},
	{"datatransfer.json", "admin/datatransfer/v1/admin-api.json", []string{
		"datatransfer.applications.list",
		"datatransfer.transfers.get",
		"datatransfer.transfers.insert",
		"datatransfer.transfers.list",
	}, nil},
	{"gmail.json", "gmail/v1/gmail-api.json", []string{
		"gmail.users.settings.delegates.create",
		"gmail.users.settings.delegates.delete",
		"gmail.users.settings.delegates.list",
		"gmail.users.settings.forwardingAddresses.create",
		"gmail.users.settings.forwardingAddresses.list",
		"gmail.users.settings.getAutoForwarding",
		"gmail.users.settings.getImap",
		"gmail.users.settings.getPop",
		"gmail.users.settings.getVacation",
		"gmail.users.settings.updateAutoForwarding",
		"gmail.users.settings.updateImap",
		"gmail.users.settings.updatePop",
		"gmail.users.settings.updateVacation",
	}, nil},
	{"reports.json", "admin/reports/v1/admin-api.json", []string{
		"reports.activities.list",
	}, nil},
	{"iamcredentials.json", "iamcredentials/v1/iamcredentials-api.json", []string{
		"iamcredentials.projects.serviceAccounts.signJwt",
	}, nil},
}

type object = map[string]any

// The folder to write into is the one argument.
func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: generate FOLDER")
	}
	module, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "google.golang.org/api").Output()
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range cuts {
		if err := cut(filepath.Join(strings.TrimSpace(string(module)), c.from), filepath.Join(os.Args[1], c.out), c.methods, c.schemas); err != nil {
			log.Fatal(err)
		}
	}
}

func cut(from, out string, ids, more []string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	var whole object
	if err := json.Unmarshal(text, &whole); err != nil {
		return fmt.Errorf("decode %s: %w", from, err)
	}
	methods, schemas := object{}, object{}
	collect(whole, ids, methods)
	for _, id := range ids {
		if methods[id] == nil {
			return fmt.Errorf("%s has no method %s", from, id)
		}
	}
	all, _ := whole["schemas"].(object)
	follow(methods, all, schemas)
	for _, name := range more {
		schemas[name] = all[name]
		follow(all[name], all, schemas)
	}
	strip(whole["parameters"])
	strip(methods)
	strip(schemas)
	cut, err := json.MarshalIndent(object{
		"revision": whole["revision"], "rootUrl": whole["rootUrl"], "servicePath": whole["servicePath"],
		"parameters": whole["parameters"], "methods": methods, "schemas": schemas,
	}, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(out, append(cut, '\n'), 0o644)
}

// collect finds the wanted methods in the tree of resources.
func collect(resource object, ids []string, into object) {
	methods, _ := resource["methods"].(object)
	for _, m := range methods {
		m := m.(object)
		if id := m["id"].(string); slices.Contains(ids, id) {
			into[id] = m
		}
	}
	below, _ := resource["resources"].(object)
	for _, r := range below {
		collect(r.(object), ids, into)
	}
}

// follow copies every schema that is referred to, and those it refers to.
func follow(v any, all, into object) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			follow(item, all, into)
		}
	case object:
		if name, ok := v["$ref"].(string); ok && into[name] == nil {
			into[name] = all[name]
			follow(all[name], all, into)
		}
		for _, item := range v {
			follow(item, all, into)
		}
	}
}

// strip removes what is only for people. A property may itself be called
// description, and is then an object.
func strip(v any) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			strip(item)
		}
	case object:
		if _, prose := v["description"].(string); prose {
			delete(v, "description")
		}
		delete(v, "enumDescriptions")
		delete(v, "flatPath")
		for _, item := range v {
			strip(item)
		}
	}
}
