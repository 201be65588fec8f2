package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"countersign/provisioners/googleworkspace/fakegoogle"
	"countersign/store"
)

var googleTemplate = template.Must(template.New("google").Parse(`
{{if .Recent}}<ul>{{range .Recent}}<li>{{.}}</li>{{end}}</ul>
{{with .Accounts}}<h3>Accounts that changed</h3><ul>{{range .}}<li data-account="{{.Email}}" title="{{.Email}}"><b>{{.Name}}</b>{{with .News}} <em>{{.}}</em>{{end}}{{range .Lines}}<br>{{.}}{{end}}{{if .Enters}}<br><button type="button" class="btn" data-press="{{.Email}}">Sign in as {{.Name}}</button>{{end}}</li>
{{end}}</ul>{{end}}{{range .Changed}}<h3 title="{{.Email}}">{{.Name}}</h3><p>{{range .Members}}<b>{{.}}</b> {{else}}<span class="muted">nobody</span>{{end}}</p>{{end}}
<h3>Everything else</h3>{{else}}<p class="muted">What changes in Google shows here first.</p>{{end}}
<p class="muted">{{.Users}} accounts, {{.Total}} groups.</p>
<ul>{{range .Rest}}<li data-group="{{.Email}}" title="{{.Email}}">{{.Name}}: {{range .Members}}<b>{{.}}</b> {{else}}<span class="muted">nobody</span>{{end}}</li>
{{end}}</ul>`))

type shownGroup struct {
	Email, Name string
	Members     []string
}

// googlePanel shows the emulated Workspace as it really is, not as we think. Accounts
// and groups that changed come first.
func (d *demo) googlePanel(context.Context) (template.HTML, error) {
	data := struct {
		Users, Total  int
		Recent        []string
		Accounts      []changedAccount
		Changed, Rest []shownGroup
	}{Users: len(d.google.Users()), Accounts: changedAccounts(d.began, d.accounts())}
	log := d.google.Log()[d.settled:]
	for i := len(log) - 1; i >= 0 && len(data.Recent) < 3; i-- {
		data.Recent = append(data.Recent, log[i].Text)
	}
	groups := d.google.Groups()
	data.Total = len(groups)
	for _, g := range groups {
		members, err := d.google.Members(g.Email)
		if err != nil {
			return "", err
		}
		s := shownGroup{Email: g.Email, Name: g.Name}
		for _, m := range members {
			name, _, _ := strings.Cut(m.Email, "@")
			s.Members = append(s.Members, name)
		}
		if slices.ContainsFunc(log, func(e fakegoogle.Event) bool { return strings.Contains(e.Text, g.Email) }) {
			data.Changed = append(data.Changed, s)
		} else {
			data.Rest = append(data.Rest, s)
		}
	}
	return render(googleTemplate, data)
}

var ledgerTemplate = template.Must(template.New("ledger").Parse(`
<p class="muted">{{if .Wrong}}<b>Wrong: {{.Wrong}}</b>{{else}}{{.Events}} events, all verified just now. Root <code>{{.Root}}</code>{{end}}</p>
<ul>
{{range .Lines}}<li><b>{{.Type}}</b>{{if .Refused}} <em>{{.Refused}}</em>{{end}} {{.Record}}<br>{{.Who}}<br><small>#{{.Seq}} · {{.Time}} · <code>{{.Hash}}</code></small></li>
{{end}}</ul>`))

type shownLine struct {
	Seq                                    int64
	Type, Record, Who, Time, Hash, Refused string
}

// ledgerPanel shows the newest events and checks the whole ledger each time.
func (d *demo) ledgerPanel(ctx context.Context) (_ template.HTML, err error) {
	r, err := store.OpenReader(ctx, d.url())
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	report, err := r.Verify(ctx, store.Expectation{Key: d.app.key.VerifierKey()})
	if err != nil {
		return "", err
	}
	data := struct {
		Events      int64
		Root, Wrong string
		Lines       []shownLine
	}{Events: report.Events, Wrong: report.Wrong}
	data.Root = report.Root[:min(len(report.Root), 16)]
	err = r.Events(ctx, store.Filter{After: report.Events - 40}, func(x store.Entry) error {
		l := shown(x)
		line := shownLine{Seq: x.Seq, Type: l.Type, Record: l.WorkflowID, Who: l.who(), Time: strings.NewReplacer("T", " ", "Z", " UTC").Replace(l.RecordedAt), Hash: hex.EncodeToString(x.LeafHash[:6])}
		if l.Outcome != "success" {
			line.Refused = l.Outcome
		}
		data.Lines = append(data.Lines, line)
		return nil
	})
	slices.Reverse(data.Lines)
	if err != nil {
		return "", err
	}
	return render(ledgerTemplate, data)
}

func render(t *template.Template, data any) (template.HTML, error) {
	var b strings.Builder
	if err := t.Execute(&b, data); err != nil {
		return "", fmt.Errorf("draw panel: %w", err)
	}
	return template.HTML(b.String()), nil
}
