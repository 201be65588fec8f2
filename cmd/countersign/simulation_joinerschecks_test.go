package main

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"countersign/workflows"
)

// always is what must hold of joiners at any time.
func (j *joinersLife) always() {
	j.desk.mu.Lock()
	for address, n := range j.desk.made {
		if n > 1 {
			j.fail("%d accounts were made for who gave %s", n, address)
		}
	}
	j.desk.mu.Unlock()
	for _, one := range j.lists().joiners {
		j.inTime(one)
	}
	for _, m := range j.matters() {
		j.afterAccepting(m)
	}
}

// inTime makes sure that nothing of the full role is given before its time.
func (j *joinersLife) inTime(one storedList) {
	morning := one.on.StartsOn.At(6, j.cfg.Organization.Timezone)
	if !j.now().Before(morning) {
		return
	}
	if one.on.Begun() {
		j.fail("%s has begun before %s", one.id, morning.Format(time.DateTime))
	}
	for _, g := range one.grants {
		if g.Role != one.on.PreStart {
			j.fail("%s comes with the role %s of %s before %s", g.ID, g.Role, one.id, morning.Format(time.DateTime))
		}
	}
}

// afterAccepting makes sure that what a new person asked for is given only when
// they have accepted the policy.
func (j *joinersLife) afterAccepting(m storedMatter) {
	if m.grant == nil || j.judged[m.grant.ID] || m.grant.State == workflows.GrantApproved {
		return
	}
	j.judged[m.grant.ID] = true
	for _, one := range j.lists().joiners {
		for _, d := range one.duties {
			late := m.grant.CreatedAt.After(d.AssignedAt)
			if one.on.Person == m.grant.Person && d.Kind == workflows.DutyPolicy && d.Open() && late && !m.grant.Ended() && m.grant.State != workflows.GrantEnding {
				j.fail("%s is %s, and %s is not accepted", m.grant.ID, m.grant.State, d.ID)
			}
		}
	}
}

// quiet is what must hold of joiners when all is calm.
func (j *joinersLife) quiet() {
	for _, one := range j.lists().joiners {
		ends := j.book.about(one.id, "onboarding.completed")
		if done := one.on.State == workflows.OnboardingCompleted; len(ends) > 1 || done != (len(ends) == 1) {
			j.fail("%s is %s, and the ledger tells %d ends of it", one.id, one.on.State, len(ends))
		}
		if one.person.Stage == workflows.StageLeft {
			continue
		}
		j.hasItsAccess(one)
		j.isWhereItIs(one)
	}
	j.keepsSecrets()
}

// hasItsAccess makes sure that the role gives what it says, or that the card says
// what is in the way.
func (j *joinersLife) hasItsAccess(one storedList) {
	if !one.on.Begun() || !one.over("account") {
		return
	}
	for _, line := range j.cfg.RoleGrants(one.person.RoleID) {
		if string(line.Mode) != "birthright" {
			continue
		}
		if !slices.ContainsFunc(j.birthrights(), func(b birthright) bool {
			return b.g.Person == one.on.Person && b.g.App == line.App && b.g.Level == line.Level && (b.g.Live() || b.g.State == workflows.GrantFailed)
		}) {
			j.fail("%s has begun as %s, and nothing gives %s %s", one.id, one.person.RoleID, line.App, line.Level)
		}
	}
	for _, b := range j.birthrights() {
		if b.g.Person == one.on.Person && b.g.Live() && b.g.Role != one.person.RoleID {
			j.fail("%s of the role %s is still %s", b.g.ID, b.g.Role, b.g.State)
		}
	}
}

// isWhereItIs makes sure that an onboarding is no further than what belongs to it,
// and waits for nothing that is done.
func (j *joinersLife) isWhereItIs(one storedList) {
	var open []string
	for name, st := range one.steps {
		if !st.Over() {
			open = append(open, name)
		}
	}
	for _, d := range one.duties {
		if d.Open() {
			open = append(open, d.ID)
		}
	}
	for _, g := range one.grants {
		if g.State != workflows.GrantHeld && !g.Ended() {
			open = append(open, g.ID)
		}
	}
	slices.Sort(open)
	started := one.on.StartsOn.At(6, j.cfg.Organization.Timezone).Add(lateBy).Before(j.now())
	switch done := one.on.State == workflows.OnboardingCompleted; {
	case !one.on.Begun() && started:
		j.fail("%s should have begun on %s", one.id, one.on.StartsOn)
	case done && len(j.later(one)) == 0 && slices.ContainsFunc(one.duties, workflows.Duty.Open):
		j.fail("%s is completed, and open are %v", one.id, open)
	case one.on.Begun() && !done && len(open) == 0:
		j.fail("%s has begun and is not completed, and nothing is open", one.id)
	}
}

// later are the onboardings of the same person since.
func (j *joinersLife) later(one storedList) (out []string) {
	for _, other := range j.lists().joiners {
		if other.on.Person == one.on.Person && other.on.CreatedAt.After(one.on.CreatedAt) {
			out = append(out, other.id)
		}
	}
	return out
}

// keepsSecrets makes sure that a first password is nowhere, and a personal address
// nowhere but with the other personal values.
func (j *joinersLife) keepsSecrets() {
	for _, name := range []string{"simulation.db", "simulation.db-wal"} {
		content, err := os.ReadFile(name)
		if err != nil && !os.IsNotExist(err) {
			j.fail("%v", err)
		}
		for _, secret := range j.secrets {
			if bytes.Contains(content, []byte(secret)) {
				j.fail("a first password is in %s", name)
			}
		}
	}
	hidden := slices.Concat(j.secrets, j.private)
	if len(hidden) == 0 {
		return
	}
	for _, table := range j.query("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'pii'") {
		var columns []string
		for _, c := range j.query("SELECT name FROM pragma_table_info(?)", table) {
			columns = append(columns, fmt.Sprintf("coalesce(CAST(%q AS TEXT), '')", c))
		}
		for _, text := range hidden {
			if len(j.query("SELECT 1 FROM "+table+" WHERE instr("+strings.Join(columns, " || ' ' || ")+", ?) > 0 LIMIT 1", text)) > 0 {
				j.fail("%s is in the table %s", text, table)
			}
		}
	}
	for _, c := range j.slack.Calls() {
		if !c.At.After(j.scanned) || c.Method == "views.update" {
			continue
		}
		said := fmt.Sprint(c.Args)
		for _, text := range hidden {
			if strings.Contains(said, text) {
				j.fail("%s was sent to Slack with %s", text, c.Method)
			}
		}
	}
	j.scanned = j.now()
	for _, secret := range hidden {
		if j.log.has(secret) {
			j.fail("%s is in the log", secret)
		}
	}
}
