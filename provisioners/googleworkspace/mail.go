package googleworkspace

import (
	"context"
	"fmt"
	"strings"

	"google.golang.org/api/gmail/v1"

	"countersign/provisioners"
)

// mailState is what the mailbox of an account lets others have. It is read and
// changed in its owner's name, which Google allows while the account is active.
type mailState struct{ w *Workspace }

func (m mailState) apply(ctx context.Context, c provisioners.Change, p party) (provisioners.Result, error) {
	wish, err := m.wish(ctx, c, p)
	if err != nil {
		return provisioners.Result{}, err
	}
	box, err := m.look(ctx, p)
	if err != nil {
		return provisioners.Result{}, err
	}
	if c.Present {
		if err := wish.possible(p, box); err != nil {
			return provisioners.Result{}, err
		}
	}
	seen := m.observe(wish, p, box)
	if seen.Present == c.Present {
		return provisioners.Result{Seen: seen}, nil
	}
	changed, err := m.change(ctx, wish, p, box)
	result := provisioners.Result{Changed: changed}
	if err != nil {
		return result, err
	}
	result.Seen, err = m.w.shown(ctx, "the mail settings of "+p.key, c.Present, func(ctx context.Context) (provisioners.Observation, error) {
		box, err := m.look(ctx, p)
		if err != nil {
			return provisioners.Observation{}, err
		}
		return m.observe(wish, p, box), nil
	})
	return result, err
}

func (m mailState) read(ctx context.Context, c provisioners.Change, p party) (provisioners.Observation, error) {
	wish, err := m.wish(ctx, c, p)
	if err != nil {
		return provisioners.Observation{}, err
	}
	box, err := m.look(ctx, p)
	if err != nil {
		return provisioners.Observation{}, err
	}
	return m.observe(wish, p, box), nil
}

// mailWish is what the settings should be. Without forwarding everything is off.
type mailWish struct {
	forward bool
	heir    party // who gets the mail; only with forward
	reply   *gmail.VacationSettings
}

func (m mailState) wish(ctx context.Context, c provisioners.Change, p party) (mailWish, error) {
	if !c.Present {
		return mailWish{}, nil
	}
	if c.Details.Mail != provisioners.MailForward {
		return mailWish{}, refuse("Mail that is stopped is not forwarded", "Choose that the mail is forwarded, or leave it stopped.")
	}
	heir, err := m.w.heir(ctx, c, p)
	if err != nil {
		return mailWish{}, err
	}
	return mailWish{true, heir, autoReply(c.Details.Organization, heir.address())}, nil
}

// possible says why mail cannot be forwarded, if so.
func (w mailWish) possible(p party, box mailbox) error {
	switch box.state {
	case mailBlocked:
		return refuse("The account "+p.user.PrimaryEmail+" is suspended, so that its mail can no longer be forwarded",
			"Give the address to the new owner or to a group in the Admin console.")
	case mailNone:
		return refuse("The account "+p.user.PrimaryEmail+" has no Gmail mailbox, so that there is no mail to forward",
			"Forward the mail where it is delivered, or choose that mail is stopped.")
	}
	return active(w.heir)
}

// change makes each setting that is not as wished, and reports whether one was
// changed or may have been.
func (m mailState) change(ctx context.Context, wish mailWish, p party, box mailbox) (changed bool, err error) {
	for _, step := range m.steps(wish, p, box) {
		if err := step(ctx); err != nil {
			return changed || doubtful(err), err
		}
		changed = true
	}
	return changed, nil
}

func (m mailState) steps(wish mailWish, p party, box mailbox) []func(context.Context) error {
	var steps []func(context.Context) error
	for _, address := range box.delegates {
		steps = append(steps, func(ctx context.Context) error { return m.removeDelegate(ctx, p, address) })
	}
	if box.imap {
		steps = append(steps, func(ctx context.Context) error { return m.closeIMAP(ctx, p) })
	}
	if box.popOpen() {
		steps = append(steps, func(ctx context.Context) error { return m.closePOP(ctx, p, box.pop) })
	}
	switch {
	case !wish.forward && box.forwardTo != "":
		steps = append(steps, func(ctx context.Context) error { return m.forward(ctx, p, "") })
	case wish.forward && !strings.EqualFold(box.forwardTo, wish.heir.address()):
		steps = append(steps,
			func(ctx context.Context) error { return m.allow(ctx, p, wish.heir.address()) },
			func(ctx context.Context) error { return m.forward(ctx, p, wish.heir.address()) })
	}
	if wish.forward && !wish.answered(box.reply) {
		steps = append(steps, func(ctx context.Context) error { return m.answer(ctx, p, wish.reply) })
	}
	return steps
}

// autoReply says where to write instead, and nothing about the person. An empty
// organization is left out.
func autoReply(organization, heir string) *gmail.VacationSettings {
	subject, text := "This address is no longer in use", "This address is no longer in use."
	if organization != "" {
		subject, text = subject+" at "+organization, "This address is no longer in use at "+organization+"."
	}
	return &gmail.VacationSettings{
		EnableAutoReply:       true,
		ResponseSubject:       subject,
		ResponseBodyPlainText: text + " Your message was forwarded. From now on please write to " + heir + ".",
	}
}

// answered tells whether a reply goes out that names the new owner, to everybody
// and without end. Google may give the text back as HTML.
func (w mailWish) answered(now *gmail.VacationSettings) bool {
	return now.EnableAutoReply && now.ResponseSubject == w.reply.ResponseSubject &&
		strings.Contains(now.ResponseBodyPlainText+now.ResponseBodyHtml, w.heir.address()) &&
		!now.RestrictToContacts && !now.RestrictToDomain && now.StartTime == 0 && now.EndTime == 0
}

func (m mailState) observe(wish mailWish, p party, box mailbox) provisioners.Observation {
	if box.state == mailBlocked {
		o := accountSeen(m.w, p, false)
		o.Details["blocked"] = "by the suspension"
		return o
	}
	o := provisioners.Observation{
		Checked: true,
		Source:  "Gmail API",
		Query:   "GET /gmail/v1/users/me/settings/{delegates,autoForwarding,imap,pop,vacation} as " + p.key,
		At:      m.w.config.Now(),
		Details: map[string]string{"account": "active", "email": p.user.PrimaryEmail, "user_id": p.user.Id},
	}
	if box.state == mailNone {
		o.Details["mail"] = "no mailbox"
		return o
	}
	o.Present = box.open() || box.forwardTo != ""
	if wish.forward {
		o.Present = !box.open() && strings.EqualFold(box.forwardTo, wish.heir.address()) && wish.answered(box.reply)
	}
	o.Details["count"] = fmt.Sprint(len(box.delegates))
	o.Details["status"] = box.summary()
	o.Details["forward_to"], o.Details["delegates"] = box.forwardTo, strings.Join(box.delegates, ", ")
	return o
}
