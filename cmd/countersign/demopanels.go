package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"countersign/store"
)

var googleTemplate = template.Must(template.New("google").Parse(`
<p class="panel-note">{{.Users}} accounts, {{.Total}} groups. Groups with members{{if .Recent}}, the newest change first{{end}}:</p>
{{if .Recent}}<ul class="panel-log">{{range .Recent}}<li>{{.}}</li>{{end}}</ul>{{end}}
<table class="panel-table"><tbody>
{{range .Groups}}<tr data-group="{{.Email}}"><th scope="row" title="{{.Email}}">{{.Name}}</th><td>{{range .Members}}<span class="panel-chip">{{.}}</span> {{end}}</td></tr>
{{end}}</tbody></table>`))

type shownGroup struct {
	Email, Name string
	Members     []string
}

// googlePanel shows the emulated Workspace as it really is, not as we think.
func (d *demo) googlePanel(context.Context) (template.HTML, error) {
	data := struct {
		Users, Total int
		Recent       []string
		Groups       []shownGroup
	}{Users: len(d.google.Users())}
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
		if len(s.Members) > 0 {
			data.Groups = append(data.Groups, s)
		}
	}
	slices.SortStableFunc(data.Groups, func(a, b shownGroup) int { return len(b.Members) - len(a.Members) })
	log := d.google.Log()
	for i := len(log) - 1; i >= d.settled && len(data.Recent) < 3; i-- {
		data.Recent = append(data.Recent, log[i].Text)
	}
	return render(googleTemplate, data)
}

var ledgerTemplate = template.Must(template.New("ledger").Parse(`
<p class="panel-note {{if .Wrong}}panel-bad{{end}}">{{if .Wrong}}Wrong: {{.Wrong}}{{else}}{{.Events}} events, verified. Root <code>{{.Root}}</code>{{end}}</p>
<ol class="panel-log" reversed start="{{.Events}}">
{{range .Lines}}<li><b>{{.Type}}</b> {{.Record}} <span>{{.Who}}</span>{{if .Refused}} <em>{{.Refused}}</em>{{end}}<br><small>{{.Time}} · <code>{{.Hash}}</code></small></li>
{{end}}</ol>`))

type shownLine struct{ Type, Record, Who, Time, Hash, Refused string }

// ledgerPanel shows the newest events and checks the whole ledger each time.
func (d *demo) ledgerPanel(ctx context.Context) (_ template.HTML, err error) {
	r, err := store.OpenReader(ctx, "sqlite:"+d.db)
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
		line := shownLine{Type: l.Type, Record: l.WorkflowID, Who: l.who(), Time: l.RecordedAt, Hash: hex.EncodeToString(x.LeafHash[:6])}
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
