package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"html/template"
	"mime"
	"net/http"
	"slices"
	"time"

	"countersign/bot/fakeslack"
)

// screen is everything the templates draw.
type screen struct {
	*site
	look
	Now     time.Time
	Side    sidebar
	Lines   []line
	Home    homeTab
	Thread  []line
	Modal   *dialog
	Boxes   []box
	Steps   []tourStep
	Said    string // the composer's placeholder
	HomeURL string
	MsgsURL string
	Back    string // the address without the thread
}

type homeTab struct {
	ViewID, Sig string
	Body        template.HTML
}

type dialog struct {
	ViewID, Sig          string
	Title, Submit, Close string
	Body                 template.HTML
	Depth                int
}

type box struct {
	ID, Title string
	Body      template.HTML
}

type tourStep struct {
	N      int
	Who    Persona
	Avatar avatar
	URL    string
	Text   template.HTML
}

// screen looks at everything once, as the person in the address.
func (s *site) screen(r *http.Request) screen {
	v := screen{site: s, look: s.look(r), Now: s.now()}
	me := v.As.UserID
	sc := s.newScene(me)
	v.Now = v.Now.In(sc.Zone)
	v.HomeURL, v.Back = address(me, homeID, ""), address(me, v.C, "")
	if v.Direct != "" {
		v.MsgsURL = address(me, v.Direct, "")
	}
	if v.C == homeID {
		v.Home = s.home(me, sc)
	} else {
		messages := s.Slack.Messages(me, v.C)
		s.saw(me, v.C, messages)
		v.Lines = sc.conversation(messages, func(ts string) string { return address(me, v.C, ts) })
		v.Said = "Message #" + v.Room.Name
		if v.Room.DM {
			v.Said = "Message " + v.Room.Name
		}
	}
	if v.T != "" {
		v.Thread = sc.conversation(s.Slack.Replies(me, v.C, v.T), nil)
	}
	v.Side = s.sidebar(v.look, sc)
	v.Modal = s.topView(me, sc)
	v.Boxes = s.boxes(r)
	v.Steps = s.steps(sc, v.C)
	return v
}

// home draws the App Home's view, if the app has published one.
func (s *site) home(userID string, sc scene) homeTab {
	view, ok := s.Slack.Home(userID)
	if !ok {
		return homeTab{}
	}
	var m modal
	if err := json.Unmarshal(view.Raw, &m); err != nil {
		return homeTab{Body: plain("This Home cannot be shown: " + err.Error())}
	}
	sc.At, sc.State = fakeslack.Place{Home: true, ViewID: view.ID}, m.State.Values
	return homeTab{ViewID: view.ID, Sig: signature(view, m), Body: sc.Blocks(m.Blocks)}
}

// topView draws the modal on top of the stack; nil without one.
func (s *site) topView(userID string, sc scene) *dialog {
	stack := s.Slack.Views(userID)
	if len(stack) == 0 {
		return nil
	}
	view := stack[len(stack)-1]
	var m modal
	if err := json.Unmarshal(view.Raw, &m); err != nil {
		return &dialog{ViewID: view.ID, Title: "Not shown", Close: "Close", Body: plain(err.Error())}
	}
	sc.At, sc.Errors, sc.State = fakeslack.Place{ViewID: view.ID}, view.Errors, m.State.Values
	d := &dialog{
		ViewID: view.ID, Sig: signature(view, m), Depth: len(stack), Title: glyphs(m.Title.Text),
		Submit: glyphs(m.Submit.Text), Close: glyphs(m.Close.Text), Body: sc.Blocks(m.Blocks),
	}
	if d.Close == "" {
		d.Close = "Cancel"
	}
	return d
}

// signature changes when a view has to be drawn again, which is not so when
// only what the person filled in has changed.
func signature(v fakeslack.View, m modal) string {
	data, _ := json.Marshal([]any{v.ID, v.Errors, m.Title, m.Submit, m.Close, m.Blocks})
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}

func (s *site) boxes(r *http.Request) []box {
	var out []box
	for _, p := range s.Panels {
		body, err := p.Render(r.Context())
		if err != nil {
			body = plain("This panel cannot be shown: " + err.Error())
		}
		out = append(out, box{ID: p.ID, Title: p.Title, Body: body})
	}
	return out
}

// steps draws the tour, each step with the address that makes one its person.
func (s *site) steps(sc scene, c string) []tourStep {
	var out []tourStep
	for i, st := range s.Tour {
		t := tourStep{N: i + 1, Text: sc.mrkdwn(st.Text)}
		for _, p := range s.people() {
			if st.Persona != "" && (p.UserID == st.Persona || p.Name == st.Persona) {
				t.Who, t.URL, t.Avatar = p, address(p.UserID, c, ""), avatar{p.Name, sc.Tints[p.UserID]}
			}
		}
		out = append(out, t)
	}
	return out
}

// Global are the shortcuts next to the composer.
func (v screen) Global() []Shortcut { return v.shortcuts(false) }

// shortcuts are those of messages, or the global ones.
func (s *site) shortcuts(onMessage bool) []Shortcut {
	return slices.DeleteFunc(slices.Clone(s.Shortcuts), func(c Shortcut) bool { return c.OnMessage != onMessage })
}

// People are those who can be mentioned.
func (v screen) People() []fakeslack.User {
	return slices.DeleteFunc(v.Slack.Users(), func(u fakeslack.User) bool { return u.IsBot || u.Deleted })
}

// page answers with the whole page.
func (s *site) page(w http.ResponseWriter, r *http.Request) {
	s.answer(w, r, "text/html; charset=utf-8", func(v screen) ([]byte, error) { return render("page", v) })
}

// regions are the parts of the page that change, by the id of their element;
// each has a template of that name.
var regions = []string{"side", "head", "stream", "thread", "clock", "panels", "modal"}

// fragment answers with the regions as finished HTML, and what else the
// script has to know to swap them in.
func (s *site) fragment(w http.ResponseWriter, r *http.Request) {
	s.answer(w, r, "application/json", func(v screen) ([]byte, error) {
		html := map[string]string{}
		for _, name := range regions {
			data, err := render(name, v)
			if err != nil {
				return nil, err
			}
			html[name] = string(data)
		}
		return json.Marshal(map[string]any{
			"as": v.As.UserID, "c": v.C, "t": v.T, "said": v.Said, "regions": html,
			"title": v.Headline(),
		})
	})
}

func (s *site) answer(w http.ResponseWriter, r *http.Request, kind string, draw func(screen) ([]byte, error)) {
	data, err := draw(s.screen(r))
	if err != nil {
		http.Error(w, "the page cannot be drawn: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(data) // a browser that has gone needs no answer
}

func render(name string, v screen) ([]byte, error) {
	var b bytes.Buffer
	err := templates.ExecuteTemplate(&b, name, v)
	return b.Bytes(), err
}

// Headline is the window's title.
func (v screen) Headline() string {
	where := v.App
	if v.C != homeID {
		where = v.Room.Name
	}
	return where + " · " + v.As.Name + " · " + v.Title
}

// file answers with a file that somebody sees in a conversation, to be kept and
// never to be shown as a page of ours.
func (s *site) file(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	f, content, err := s.Slack.Download(q.Get("as"), q.Get("id"))
	if err != nil {
		http.Error(w, s.sentence(err), http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", f.Type)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	http.ServeContent(w, r, "", time.Time{}, content)
}
