package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"countersign/provisioners/googleworkspace/fakegoogle"
)

// shownAccount is an account of the emulated Workspace as the panel tells of it.
type shownAccount struct {
	ID, Email, Name string
	Enters          bool   // could sign in, and never did
	Facts           []fact // always the same ones in the same order
}

// fact is what an account is or has, in words; of some things it has many.
type fact struct {
	what string
	is   []string
	many bool
}

// nothing stands for what an account has none of.
const nothing = "none"

// accounts reads every account of the emulated Workspace with what it has.
func (d *demo) accounts() []shownAccount {
	in := make(map[string][]string) // by address
	for _, g := range d.google.Groups() {
		members, err := d.google.Members(g.Email)
		if err != nil { // deleted since it was listed
			continue
		}
		for _, m := range members {
			in[m.Email] = append(in[m.Email], local(g.Email))
		}
	}
	roles := make(map[string][]string)
	for _, a := range d.google.RoleAssignments() {
		roles[a.Holder] = append(roles[a.Holder], strings.Replace(a.Role, superRole, superAdmin, 1))
	}
	var out []shownAccount
	for _, u := range d.google.Users() {
		if a, err := d.account(u, in[u.Email], roles[u.Email]); err == nil {
			out = append(out, a)
		}
	}
	return out
}

// account says what one account is and has; the error is of one that was deleted
// meanwhile.
func (d *demo) account(u fakegoogle.User, groups, roles []string) (shownAccount, error) {
	session, err := d.google.Session(u.ID)
	if err != nil {
		return shownAccount{}, err
	}
	tokens, err := d.google.Tokens(u.ID)
	if err != nil {
		return shownAccount{}, err
	}
	keys, err := d.google.AppPasswords(u.ID)
	if err != nil {
		return shownAccount{}, err
	}
	_, codes, err := d.google.TwoStep(u.ID)
	if err != nil {
		return shownAccount{}, err
	}
	mail, err := d.google.Mail(u.ID)
	if err != nil {
		return shownAccount{}, err
	}
	var apps, given []string
	for _, t := range tokens {
		apps = append(apps, t.Name)
	}
	for _, t := range d.google.Transfers() {
		if t.From == u.Email {
			given = append(given, local(t.To)+" ("+string(t.Status)+")")
		}
	}
	never := session.LastIn.IsZero()
	one := func(what, is string) fact { return fact{what: what, is: []string{is}} }
	many := func(what string, list []string) fact { return fact{what, list, true} }
	return shownAccount{
		ID: u.ID, Email: u.Email, Name: u.GivenName + " " + u.FamilyName, Enters: never && !u.Suspended && !u.Archived,
		Facts: []fact{
			one("sign-in", standing(u)),
			one("org unit", u.OrgUnit),
			one("signed in", pick(never, "never", pick(session.Open, "now", "signed out"))),
			one("in the directory", pick(u.Unlisted, "no", "yes")),
			one("manager", or(local(u.ManagerEmail))),
			many("groups", groups),
			many("administrator", roles),
			many("access of apps", apps),
			one("app passwords", count(len(keys))),
			one("backup codes", count(codes)),
			one("recovery", pick(u.RecoveryEmail+u.RecoveryPhone == "", nothing, "set")),
			many("mail read by", locals(mail.Delegates)),
			one("mail forwarded to", or(local(mail.ForwardTo))),
			one("automatic reply", pick(mail.AutoReply == "", nothing, "on")),
			many("files given to", given),
		},
	}, nil
}

// superRole is what the Directory API calls the role of super administrators.
const superRole, superAdmin = "_SEED_ADMIN_ROLE", "super administrator"

func standing(u fakegoogle.User) string {
	switch {
	case u.Archived:
		return "archived"
	case u.Suspended:
		return "suspended"
	}
	return "active"
}

// changedAccount is what the panel shows of an account that is not as it was.
type changedAccount struct {
	Email, Name, News string
	Enters            bool
	Lines             []string
}

// changedAccounts says what is different now, the newest accounts first.
func changedAccounts(before, now []shownAccount) []changedAccount {
	var out []changedAccount
	for _, a := range now {
		i := slices.IndexFunc(before, func(b shownAccount) bool { return b.ID == a.ID })
		c := changedAccount{Email: a.Email, Name: a.Name, Enters: a.Enters}
		if i < 0 {
			c.News, c.Lines = "new", told(a.Facts)
			out = slices.Insert(out, 0, c)
			continue
		}
		if c.Lines = differences(before[i].Facts, a.Facts); len(c.Lines) > 0 {
			out = append(out, c)
		}
	}
	for _, b := range before {
		if !slices.ContainsFunc(now, func(a shownAccount) bool { return a.ID == b.ID }) {
			out = append(out, changedAccount{Email: b.Email, Name: b.Name, News: "deleted"})
		}
	}
	return out
}

// told are the facts of a new account that say anything.
func told(facts []fact) []string {
	var out []string
	for _, f := range facts {
		if is := strings.Join(f.is, ", "); is != "" && is != nothing {
			out = append(out, f.what+": "+is)
		}
	}
	return out
}

// differences says of one thing what it was and is, and of many what came and went.
func differences(before, now []fact) []string {
	var out []string
	for i, f := range now {
		was := before[i].is
		switch {
		case slices.Equal(was, f.is):
		case f.many:
			out = append(out, f.what+": "+strings.Join(append(without("+", f.is, was), without("−", was, f.is)...), " "))
		default:
			out = append(out, f.what+": "+was[0]+" → "+f.is[0])
		}
	}
	return out
}

// without returns those of a list that another lacks, each with a sign before it.
func without(sign string, list, other []string) []string {
	var out []string
	for _, x := range list {
		if !slices.Contains(other, x) {
			out = append(out, sign+x)
		}
	}
	return out
}

// signIn is the button of an account that nobody has signed in to.
func (d *demo) signIn(_ context.Context, address string) error {
	if err := d.google.SignIn(address); err != nil {
		return fmt.Errorf("sign in to Google: %w", err)
	}
	return nil
}

// local is an address without its domain.
func local(address string) string {
	name, _, _ := strings.Cut(address, "@")
	return name
}

func locals(addresses []string) []string {
	var out []string
	for _, a := range addresses {
		out = append(out, local(a))
	}
	return out
}

func or(text string) string { return pick(text == "", nothing, text) }

func count(n int) string { return pick(n == 0, nothing, fmt.Sprint(n)) }

func pick(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}
