package config_test

import (
	"testing"

	"countersign/cmd/countersign/config"
)

func FuzzNoFileStopsTheReader(f *testing.F) {
	f.Add(minimal)
	f.Add("a: &a *a")
	f.Add("apps: &a [*a, {levels: *a}]\nroles: [{inherits: *a}]")
	f.Add("? [a]\n: 1\n<<: *x\n--- \n...")
	f.Fuzz(func(t *testing.T, text string) {
		c, problems := config.Parse("c.yaml", []byte(text), environment("A", "b"))
		if c == nil {
			if !problems.Fatal() {
				t.Fatal("no configuration and no problem")
			}
			return
		}
		c.Effective()
		for _, role := range c.Roles {
			c.RoleGrants(role.ID)
		}
	})
}
