package main

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"countersign/provisioners/googleworkspace/fakegoogle"
	"countersign/workflows"
)

// always is what must hold of leavers at any time.
func (l *leaversLife) always() {
	l.stayShut()
	l.nothingBefore()
	l.countsNoMore()
	open := make(map[string]string)
	for _, one := range l.lists().leavers {
		if other := open[one.off.Person]; one.waits() && other != "" {
			l.fail("%s leaves twice: %s and %s", one.person.Shown(), other, one.id)
		}
		if one.waits() {
			open[one.off.Person] = one.id
		}
		if one.person.Email == l.cfg.Google.AdminSubject {
			l.fail("the account that is acted through leaves: %s", one.id)
		}
		l.notYet(one)
		l.hearsNothing(one)
	}
	l.movedOnce()
}

// stayShut makes sure that nobody opens an account again but an administrator in
// Google.
func (l *leaversLife) stayShut() {
	l.desk.mu.Lock()
	opened := l.desk.opened
	l.desk.mu.Unlock()
	if len(opened) > 0 {
		l.fail("an account was to be opened again: %s", opened)
	}
	for _, u := range l.google.Users() {
		if l.shut[u.ID] && !u.Suspended {
			l.fail("%s was suspended and is not any more", u.Email)
		}
		if u.Suspended {
			l.shut[u.ID] = true
		}
	}
}

// nothingBefore makes sure that an account is changed only by an offboarding that
// has begun, or by an onboarding that goes on.
func (l *leaversLife) nothingBefore() {
	stored := l.lists()
	going := make(map[string]bool)
	for _, one := range stored.joiners { // the first password is shown until somebody has signed in
		going[one.id] = one.waits() || one.on.State == workflows.OnboardingCompleted && (one.on.PasswordAt.IsZero() || one.on.PasswordAt.After(l.looked))
	}
	l.looked = l.now()
	users := l.google.Users()
	for key := range l.desk.taken() {
		i := slices.IndexFunc(users, func(u fakegoogle.User) bool { return u.ID == key || u.Email == key })
		ours := func(one storedList) bool {
			return one.person.Email == key || one.person.AccountID == key || i >= 0 && (one.account == users[i].ID || one.person.Email == users[i].Email)
		}
		if i >= 0 && users[i].Email == l.cfg.Google.AdminSubject {
			l.fail("the account that is acted through was to be changed")
		}
		leaves := slices.ContainsFunc(stored.leavers, func(one storedList) bool { return one.begun() && ours(one) })
		joins := slices.ContainsFunc(stored.joiners, func(one storedList) bool { return (going[one.id] || l.since[one.id]) && ours(one) })
		if !leaves && !joins && key != "me" {
			l.fail("the account %s was to be changed, and nobody with it comes or leaves", key)
		}
	}
	l.since = going
}

// countsNoMore makes sure that nothing which a leaver clicks counts.
func (l *leaversLife) countsNoMore() {
	for _, e := range l.book.entries[l.read:] {
		switch {
		case e.Type == "person.left":
			l.left[e.Subject.ID] = true
		case e.Type == "person.rehired":
			delete(l.left, e.Subject.ID)
		case e.Actor.Kind == "user" && l.left[e.Actor.ID] && e.Type != "action.refused":
			l.fail("%s has left, and %s of %s counts", e.Actor.ID, e.Type, e.WorkflowID)
		}
	}
	l.read = len(l.book.entries)
}

// notYet makes sure that an offboarding which waits does nothing but look.
func (l *leaversLife) notYet(one storedList) {
	if one.begun() {
		if one.off.SuperAdmin && one.off.SecondBy == "" || one.off.SuperAdmin && one.off.SecondBy == one.off.OpenedBy {
			l.fail("%s closes out a super administrator on the word of %q and %q", one.id, one.off.OpenedBy, one.off.SecondBy)
		}
		return
	}
	for name, st := range one.steps {
		if name != "check" && st.State != workflows.StepWaiting {
			l.fail("%s is %s, and its step %s is %s", one.id, one.off.State, name, st.State)
		}
	}
	if len(one.grants) > 0 {
		l.fail("%s is %s and ended %s", one.id, one.off.State, one.grants[0].ID)
	}
	due := one.off.State == workflows.OffboardingScheduled || one.off.State == workflows.OffboardingFound
	if due && !l.rough() && l.now().After(one.off.At.Add(lateBy)) {
		l.fail("%s should have begun at %s", one.id, one.off.At.Format(time.DateTime))
	}
}

// hearsNothing makes sure that the leaver is not told of it.
func (l *leaversLife) hearsNothing(one storedList) {
	told := l.query("SELECT kind || ' ' || record FROM cards WHERE person = ? AND (record = ? OR record LIKE ?)", one.off.Person, one.id, one.id+"/%")
	if len(told) > 0 {
		l.fail("%s is told of %s: %v", one.person.Shown(), one.id, told)
	}
}

// movedOnce makes sure that files are transferred once, and again only on the
// word of a person.
func (l *leaversLife) movedOnce() {
	allowed := make(map[string]int)
	for _, one := range l.lists().leavers {
		n := 1
		for _, e := range l.book.about(one.id, "offboarding.started") {
			if steps, ok := e.Data["steps"].([]any); ok && e.Data["retry"] == true && slices.Contains(steps, any("files")) {
				n++
			}
		}
		allowed[one.account] += n
	}
	ids := make(map[string]string)
	for _, u := range l.google.Users() {
		ids[u.Email] = u.ID
	}
	made := make(map[string]int)
	for _, t := range l.google.Transfers() {
		from := cmp.Or(ids[t.From], t.From) // of an account that is gone it is the id
		if made[from]++; made[from] > allowed[from] {
			l.fail("the files of %s were to be transferred %d times, %d were wanted", t.From, made[from], allowed[from])
		}
	}
}

// quiet is what must hold of leavers when all is calm.
func (l *leaversLife) quiet() {
	for _, one := range l.lists().leavers {
		done := l.book.about(one.id, "offboarding.completed")
		posted := l.query("SELECT id FROM cards WHERE kind = 'notice' AND record = ?", one.id+"/certificate")
		if one.off.State != workflows.OffboardingCompleted {
			if len(done)+len(posted) > 0 {
				l.fail("%s is %s: %d ends of it are told, and %d certificates", one.id, one.off.State, len(done), len(posted))
			}
			l.hasReason(one)
			continue
		}
		if len(done) != 1 || len(posted) != 1 {
			l.fail("%s is completed: %d ends of it are told, and %d certificates", one.id, len(done), len(posted))
		}
		l.nothingLeft(one)
	}
}

// hasReason makes sure that what is not completed waits for something that its
// card shows.
func (l *leaversLife) hasReason(one storedList) {
	var why []string
	switch one.off.State {
	case workflows.OffboardingCancelled, workflows.OffboardingSecond:
		return
	case workflows.OffboardingScheduled, workflows.OffboardingFound:
		if one.off.At.Before(l.now().Add(-lateBy)) {
			l.fail("%s is %s and should have begun at %s", one.id, one.off.State, one.off.At.Format(time.DateTime))
		}
		return
	}
	for name, st := range one.steps {
		if st.State == workflows.StepFailed {
			why = append(why, name)
		}
	}
	for _, g := range one.grants {
		if g.State == workflows.GrantEndByHand || g.State == workflows.GrantEndFailed {
			why = append(why, g.ID)
		}
	}
	until := one.off.StartedAt.Add(30 * 24 * time.Hour)
	if len(why) == 0 && (one.off.Mail != "forward" || l.now().After(until.Add(lateBy))) {
		l.fail("%s is not completed, and nothing is in its way: %+v %+v", one.id, one.steps, one.grants)
	}
}

// nothingLeft makes sure that whoever left has nothing any more.
func (l *leaversLife) nothingLeft(one storedList) {
	later := func(other storedList) bool {
		return other.on.Person == one.off.Person && other.on.CreatedAt.After(one.off.CreatedAt)
	}
	if slices.ContainsFunc(l.lists().joiners, later) {
		return // who came back
	}
	l.view(func(tx workflows.Tx) error {
		grants, err := tx.GrantsOf(one.off.Person, 1000)
		for _, g := range grants {
			if !g.Ended() {
				l.fail("%s is completed, and %s is %s", one.id, g.ID, g.State)
			}
		}
		return err
	})
	for _, m := range l.matters() {
		if m.r.State == workflows.RequestWaiting && (m.r.Requester == one.off.Person || m.r.Subject == one.off.Person) {
			l.fail("%s is completed, and %s waits", one.id, m.r.ID)
		}
	}
	for _, u := range l.google.Users() {
		if u.ID == one.account && len(one.steps) > 0 && one.steps["suspend"].Seen != "there is no account" {
			l.closedOut(one, u)
		}
	}
}

// closedOut makes sure that an account is as its steps say: those that a machine
// saw, and that nobody undid since.
func (l *leaversLife) closedOut(one storedList, u fakegoogle.User) {
	var found []string
	look := func(step, what string, there bool) {
		if there && one.byMachine(step) && one.byMachine("verify") && !l.spoilt[u.ID+" "+step] {
			found = append(found, what)
		}
	}
	tokens, err := l.google.Tokens(u.ID)
	l.must(err)
	keys, err := l.google.AppPasswords(u.ID)
	l.must(err)
	mail, err := l.google.Mail(u.ID)
	l.must(err)
	_, codes, err := l.google.TwoStep(u.ID)
	l.must(err)
	password, err := l.google.Password(u.ID)
	l.must(err)
	session, err := l.google.Session(u.ID)
	l.must(err)
	look("suspend", "sign-in", !u.Suspended)
	look("tokens", "tokens", len(tokens) > 0)
	look("app_passwords", "app passwords", len(keys) > 0)
	look("backup_codes", "backup codes", codes > 0)
	look("mail", "delegates", len(mail.Delegates) > 0 && one.off.Mail == "stop")
	look("recovery", "recovery", u.RecoveryEmail+u.RecoveryPhone != "")
	look("org_unit", "the unit "+u.OrgUnit, u.OrgUnit != l.cfg.Google.OffboardedOrgUnit || !u.Unlisted)
	look("password", "the old password", password.SetAt.Before(one.off.StartedAt))
	look("sessions", "a session", session.Open)
	for _, g := range l.google.Groups() {
		look("groups", g.Email, slices.Contains(l.members(g.Email), u.ID))
	}
	for _, a := range l.google.RoleAssignments() {
		look("admin", a.Role, a.Holder == u.Email)
	}
	if st, ok := one.steps["files"]; ok && st.State == workflows.StepDone {
		given := func(t fakegoogle.Transfer) bool { return t.From == u.Email && t.Status == fakegoogle.Completed }
		if !slices.ContainsFunc(l.google.Transfers(), given) {
			found = append(found, "files")
		}
	}
	if len(found) > 0 {
		l.fail("%s is completed, and %s still has %s", one.id, u.Email, strings.Join(found, ", "))
	}
}
