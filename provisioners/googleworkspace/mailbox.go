package googleworkspace

import (
	"context"
	"fmt"
	"strings"

	"google.golang.org/api/gmail/v1"

	"countersign/provisioners"
)

// mailbox is what Gmail shows of the settings of an account.
type mailbox struct {
	state     string // why there is nothing to show, if so
	delegates []string
	forwardTo string // empty for nowhere
	imap      bool
	pop       *gmail.PopSettings
	reply     *gmail.VacationSettings
}

// The states of a mailbox that shows no settings.
const (
	mailBlocked = "blocked"
	mailNone    = "no mailbox"
)

func (b mailbox) popOpen() bool { return b.pop != nil && b.pop.AccessWindow != "disabled" }

// open tells whether anything but the owner may read the mail.
func (b mailbox) open() bool { return len(b.delegates) > 0 || b.imap || b.popOpen() }

func (b mailbox) summary() string {
	word := func(on bool) string {
		if on {
			return "on"
		}
		return "off"
	}
	return fmt.Sprintf("delegates %d, forwarding %s, automatic reply %s, IMAP %s, POP %s",
		len(b.delegates), word(b.forwardTo != ""), word(b.reply.EnableAutoReply), word(b.imap), word(b.popOpen()))
}

// look reads the settings. Google says of an account without Gmail, and of one
// that was suspended a moment ago, that the mail service is not enabled.
func (m mailState) look(ctx context.Context, p party) (mailbox, error) {
	if closed(p.user) != nil {
		return mailbox{state: mailBlocked}, nil
	}
	box, err := m.settings(ctx, p)
	if !said(err, "Mail service not enabled") {
		return box, err
	}
	now, err := m.w.existing(ctx, p.key)
	if err != nil {
		return mailbox{}, err
	}
	if closed(now) != nil {
		return mailbox{}, fmt.Errorf("google: read the mail settings of %s: it was suspended meanwhile", p.user.PrimaryEmail)
	}
	return mailbox{state: mailNone}, nil
}

func (m mailState) settings(ctx context.Context, p party) (mailbox, error) {
	var box mailbox
	for _, read := range []struct {
		what string
		do   func(context.Context, *gmail.UsersSettingsService) error
	}{
		{"read the delegates", func(ctx context.Context, s *gmail.UsersSettingsService) error {
			list, err := s.Delegates.List("me").Context(ctx).Do() // 204 where there are none
			if err != nil {
				return err
			}
			for _, d := range list.Delegates {
				box.delegates = append(box.delegates, strings.ToLower(d.DelegateEmail))
			}
			return nil
		}},
		{"read the forwarding", func(ctx context.Context, s *gmail.UsersSettingsService) error {
			forwarding, err := s.GetAutoForwarding("me").Context(ctx).Do()
			if err == nil && forwarding.Enabled {
				box.forwardTo = forwarding.EmailAddress
			}
			return err
		}},
		{"read the IMAP setting", func(ctx context.Context, s *gmail.UsersSettingsService) error {
			imap, err := s.GetImap("me").Context(ctx).Do()
			box.imap = err == nil && imap.Enabled
			return err
		}},
		{"read the POP setting", func(ctx context.Context, s *gmail.UsersSettingsService) (err error) {
			box.pop, err = s.GetPop("me").Context(ctx).Do()
			return err
		}},
		{"read the automatic reply", func(ctx context.Context, s *gmail.UsersSettingsService) (err error) {
			box.reply, err = s.GetVacation("me").Context(ctx).Do()
			return err
		}},
	} {
		if err := m.setting(ctx, p, read.what, gmail.GmailSettingsBasicScope, read.do); err != nil {
			return mailbox{}, err
		}
	}
	return box, nil
}

func (m mailState) removeDelegate(ctx context.Context, p party, address string) error {
	err := m.w.run(ctx, call{
		what: "take the delegate " + address + " from the mailbox of " + p.user.PrimaryEmail, as: p.user.PrimaryEmail, scope: gmail.GmailSettingsSharingScope,
		do: func(ctx context.Context) error {
			return m.w.gmailAs(p.user.PrimaryEmail, gmail.GmailSettingsSharingScope).Users.Settings.Delegates.Delete("me", address).Context(ctx).Do()
		},
	})
	if err != nil && classify(err) == missing {
		return nil
	}
	return err
}

func (m mailState) closeIMAP(ctx context.Context, p party) error {
	return m.setting(ctx, p, "switch IMAP off", gmail.GmailSettingsBasicScope, func(ctx context.Context, s *gmail.UsersSettingsService) error {
		_, err := s.UpdateImap("me", &gmail.ImapSettings{ForceSendFields: []string{"Enabled"}}).Context(ctx).Do()
		return err
	})
}

func (m mailState) closePOP(ctx context.Context, p party, now *gmail.PopSettings) error {
	return m.setting(ctx, p, "switch POP off", gmail.GmailSettingsBasicScope, func(ctx context.Context, s *gmail.UsersSettingsService) error {
		_, err := s.UpdatePop("me", &gmail.PopSettings{AccessWindow: "disabled", Disposition: now.Disposition}).Context(ctx).Do()
		return err
	})
}

// forward sends all new mail to an address, or nowhere.
func (m mailState) forward(ctx context.Context, p party, to string) error {
	wanted := &gmail.AutoForwarding{ForceSendFields: []string{"Enabled"}}
	if to != "" {
		wanted = &gmail.AutoForwarding{Enabled: true, EmailAddress: to, Disposition: "leaveInInbox"}
	}
	return m.setting(ctx, p, "set the forwarding", gmail.GmailSettingsSharingScope, func(ctx context.Context, s *gmail.UsersSettingsService) error {
		_, err := s.UpdateAutoForwarding("me", wanted).Context(ctx).Do()
		return err
	})
}

func (m mailState) answer(ctx context.Context, p party, reply *gmail.VacationSettings) error {
	return m.setting(ctx, p, "set the automatic reply", gmail.GmailSettingsBasicScope, func(ctx context.Context, s *gmail.UsersSettingsService) error {
		_, err := s.UpdateVacation("me", reply).Context(ctx).Do()
		return err
	})
}

// allow makes an address one to which mail may be forwarded. Google asks the
// receiver first unless the domain is the account's own:
// https://developers.google.com/workspace/gmail/api/guides/forwarding_settings.
func (m mailState) allow(ctx context.Context, p party, address string) error {
	status, err := m.forwardingStatus(ctx, p, address)
	if err == nil && status == "" {
		if err = m.createForwarding(ctx, p, address); err == nil {
			status, err = m.forwardingStatus(ctx, p, address)
		}
	}
	switch {
	case err != nil:
		return err
	case status == "":
		return fmt.Errorf("google: took %s as a forwarding address of %s, and does not show it yet", address, p.user.PrimaryEmail)
	case status != "accepted":
		return &provisioners.Permanent{
			Reason: "Google forwards mail to " + address + " only after its receiver agreed",
			Next:   "Have the new owner follow the link in Google's mail to them, then retry.",
		}
	}
	return nil
}

func (m mailState) createForwarding(ctx context.Context, p party, address string) error {
	err := m.w.run(ctx, call{
		what: "add a forwarding address to the mailbox of " + p.user.PrimaryEmail, as: p.user.PrimaryEmail, scope: gmail.GmailSettingsSharingScope,
		do: func(ctx context.Context) error {
			settings := m.w.gmailAs(p.user.PrimaryEmail, gmail.GmailSettingsSharingScope).Users.Settings
			_, err := settings.ForwardingAddresses.Create("me", &gmail.ForwardingAddress{ForwardingEmail: address}).Context(ctx).Do()
			return err
		},
		settled: func(ctx context.Context) (bool, error) {
			status, err := m.forwardingStatus(ctx, p, address)
			return status != "", err
		},
	})
	if err != nil && classify(err) == duplicate {
		return nil
	}
	return err
}

// forwardingStatus is empty where mail may not be forwarded to an address.
func (m mailState) forwardingStatus(ctx context.Context, p party, address string) (status string, err error) {
	err = m.setting(ctx, p, "read the forwarding addresses", gmail.GmailSettingsBasicScope, func(ctx context.Context, s *gmail.UsersSettingsService) error {
		list, err := s.ForwardingAddresses.List("me").Context(ctx).Do()
		if err != nil {
			return err
		}
		status = ""
		for _, f := range list.ForwardingAddresses {
			if strings.EqualFold(f.ForwardingEmail, address) {
				status = f.VerificationStatus
			}
		}
		return nil
	})
	return status, err
}

// setting makes a call in the name of the mailbox's owner that may be repeated.
func (m mailState) setting(ctx context.Context, p party, what, scope string, do func(context.Context, *gmail.UsersSettingsService) error) error {
	owner := p.user.PrimaryEmail
	return m.w.run(ctx, call{
		what: what + " of " + owner, as: owner, scope: scope, expected: true,
		do: func(ctx context.Context) error { return do(ctx, m.w.gmailAs(owner, scope).Users.Settings) },
	})
}
