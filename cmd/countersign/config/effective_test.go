package config_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"countersign/cmd/countersign/config"

	"github.com/google/go-cmp/cmp"
)

func TestTheEffectiveConfigurationHasDefaultsAndNoSecret(t *testing.T) {
	c := parse(t, minimal+"store: {url: \"postgres://u:hunter2@db.acme.example/audit?password=hunter3\"}\n")
	data, hash := c.Effective()
	sum := sha256.Sum256(data)
	if hash != hex.EncodeToString(sum[:]) {
		t.Errorf("the hash is not that of the bytes: %s", hash)
	}
	text := string(data)
	for _, secret := range []string{"xapp-1", "xoxb-1", "hunter2", "hunter3"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s is in the effective configuration", secret)
		}
	}
	for _, want := range []string{`"url": "postgres://db.acme.example/audit"`, `"request_expires": "7d"`, `"timezone": "UTC"`, `"in_scope": true`} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in the effective configuration:\n%s", want, text)
		}
	}
	var tree any
	if err := json.Unmarshal(data, &tree); err != nil {
		t.Fatal(err)
	}
	if again, _ := json.MarshalIndent(tree, "", "  "); string(again) != text {
		t.Error("the keys are not sorted")
	}
}

func TestTheHashStaysWhenOnlySecretsSpellingAndOrderChange(t *testing.T) {
	apps := minimal[strings.Index(minimal, "  - id"):]
	second := strings.ReplaceAll(apps, "wiki", "blog")
	head := strings.TrimSuffix(minimal, apps)
	_, one := parse(t, head+apps+second).Effective()
	_, two := parse(t, strings.Replace(head, "xapp-1", "xapp-2", 1)+second+"\n# more\n"+apps+"policy: {access: {request_expires: 168h}}\n").Effective()
	if one != two {
		t.Error("the hash changed")
	}
	_, three := parse(t, head+apps+second+"policy: {access: {request_expires: 167h}}\n").Effective()
	if one == three {
		t.Error("the hash did not change with a policy")
	}
}

func TestADiffNamesEachChangedLine(t *testing.T) {
	base := strings.Replace(minimal, "levels: [", "levels: [{id: guest, durations: [8h, 1d], provision: {manual: x}}, ", 1)
	old, _ := parse(t, base).Effective()
	changed := strings.NewReplacer("[8h, 1d]", "[8h]", "[bob@acme.example]", "[bob@acme.example, eve@acme.example]",
		"{manual: x}", `{manual: "a\nb"}`).Replace(base) + "roles: [{id: r, grants: [{app: wiki, level: user}]}]\n"
	new, _ := parse(t, changed).Effective()
	want := []string{
		"apps[wiki].levels[guest].durations: 8h, 1d → 8h",
		`apps[wiki].levels[guest].provision.manual: x → a\nb`,
		"apps[wiki].owners: bob@acme.example → bob@acme.example, eve@acme.example",
		"roles[r].grants[wiki/user].app: (none) → wiki",
		"roles[r].grants[wiki/user].level: (none) → user",
		"roles[r].grants[wiki/user].mode: (none) → birthright",
		"roles[r].id: (none) → r",
		"roles[r].name: (none) → r",
	}
	if diff := cmp.Diff(want, config.Diff(old, new)); diff != "" {
		t.Errorf("diff (-want +got):\n%s", diff)
	}
	if got := config.Diff(old, old); len(got) != 0 {
		t.Errorf("no change gives %q", got)
	}
	if got := config.Diff(nil, old); len(got) < 20 || !strings.Contains(got[0], "(none) → ") {
		t.Errorf("a first configuration gives %q", got)
	}
}

func TestADiffShowsThatLevelsChangedPlaces(t *testing.T) {
	guest, user := "{id: guest, provision: {manual: x}}", "{id: user, provision: {google_group: wiki@acme.example}}"
	old, _ := parse(t, strings.Replace(minimal, user, guest+", "+user, 1)).Effective()
	new, _ := parse(t, strings.Replace(minimal, user, user+", "+guest, 1)).Effective()
	if diff := cmp.Diff([]string{"apps[wiki].levels: guest, user → user, guest"}, config.Diff(old, new)); diff != "" {
		t.Errorf("diff (-want +got):\n%s", diff)
	}
}
