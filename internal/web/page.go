// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"bytes"
	"crypto/rand"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/session"
)

// request is one question to a site: the moment that it is answered at, and who
// asks.
type request struct {
	*http.Request
	site   *Site
	moment app.Moment
	// person is the id of whoever is signed in, "" for nobody.
	person string
	// name is what the person is called, roles what they hold at the moment.
	name  string
	roles []string
	// waiting counts what is on the person's desk.
	waiting int
	// writer is where the answer goes; a route touches it only to bound a body.
	writer http.ResponseWriter
}

// answer is what a route gives: a page, a redirect after an act, or a file.
type answer struct {
	title string
	// question is the one question that the page answers.
	question string
	body     templ.Component
	// here is the path of the place in the navigation that the page belongs to.
	here string
	// wide pages use the whole width; plain ones keep to the measure of a text.
	wide bool
	// to is where the browser goes next, after an act.
	to string
	// file is sent as it is, with its type and name; nil for pages.
	file     []byte
	fileKind string
	fileName string
	// send writes a file that is too large to hold; it is under fileKind and
	// fileName like another.
	send func(w io.Writer) error
	// cookie is set with the answer; nil sets none.
	cookie *http.Cookie
	// written tells that the answer is on its way already.
	written bool
	// status is the HTTP status; 0 is 200.
	status int
}

// route is one address of a site.
type route struct {
	method, path string
	answer       func(*request) (answer, error)
}

// page serves a route: it reads the newest moment once, answers from it, and
// writes the whole page or an error, never a part of one.
func (s *Site) page(r route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		req, err := s.request(hr)
		req.writer = w
		var a answer
		switch {
		case err != nil:
		case req.person == "" && !s.public(r):
			a, err = s.letIn(req)
		default:
			a, err = r.answer(req)
		}
		if err != nil {
			a = s.failed(req, err)
		}
		s.write(w, req, a)
	})
}

func (s *Site) request(hr *http.Request) (*request, error) {
	req := &request{Request: hr, site: s}
	if c, ok := session.From(hr.Context()); ok && c.Means != session.Token { // programs use the interface
		req.person = c.Actor
	}
	at := ""
	if hr.Method == http.MethodGet {
		at = hr.URL.Query().Get("at")
	}
	m, err := s.App.Moment(hr.Context(), at)
	if err != nil {
		return req, err
	}
	req.moment = m
	if req.person != "" {
		req.name = s.App.Name(hr.Context(), req.person)
		req.roles = m.View.State.Access.RolesAt(req.person, m.Now)
		req.waiting = len(app.Desk(m, req.person))
	}
	return req, nil
}

func (s *Site) write(w http.ResponseWriter, req *request, a answer) {
	if a.cookie != nil {
		http.SetCookie(w, a.cookie)
	}
	if a.written {
		return
	}
	if a.to != "" {
		http.Redirect(w, req.Request, s.Base+a.to, http.StatusSeeOther)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	if a.file != nil || a.send != nil {
		w.Header().Set("Content-Type", a.fileKind)
		if a.fileName != "" {
			w.Header().Set("Content-Disposition", `attachment; filename="`+a.fileName+`"`)
		}
		if a.send == nil {
			_, _ = w.Write(a.file)
		} else if err := a.send(w); err != nil {
			s.Log.ErrorContext(req.Context(), "a file was sent in part", "path", req.Pattern, "error", err)
			panic(http.ErrAbortHandler) // so that nobody takes a part for the whole
		}
		return
	}
	var page bytes.Buffer
	if err := frame(req, a).Render(req.Context(), &page); err != nil {
		s.Log.ErrorContext(req.Context(), "a page could not be made", "path", req.Pattern, "error", err)
		http.Error(w, "This page could not be made. Nothing was changed.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if a.status != 0 {
		w.WriteHeader(a.status)
	}
	_, _ = w.Write(page.Bytes())
}

// statusOf is the HTTP status of each kind of fault.
func statusOf(kind fault.Kind) int {
	switch kind {
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.Conflict:
		return http.StatusConflict
	case fault.Invalid, fault.Usage:
		return http.StatusUnprocessableEntity
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// failed makes the page of an error. What is ours is logged under a number that
// the page shows, and its text goes nowhere else.
func (s *Site) failed(req *request, err error) answer {
	kind := fault.KindOf(err)
	p := problem{what: sentence(err.Error()), hint: sentence(fault.HintOf(err))}
	if status := statusOf(kind); status == http.StatusInternalServerError {
		id := rand.Text()[:10]
		s.Log.ErrorContext(req.Context(), "a request failed", "id", id, "path", req.Pattern, "error", err)
		p = problem{what: "Something went wrong on our side. Nothing was changed.", hint: "Tell the operator this number: " + id + "."}
	}
	if req.Method == http.MethodPost {
		_ = req.ParseForm()
		p.form = req.PostForm
	}
	return answer{title: problemTitle(kind), question: p.what, body: problemBody(req, p), status: statusOf(kind)}
}

func problemTitle(kind fault.Kind) string {
	switch kind {
	case fault.NotFound:
		return "Not found"
	case fault.Forbidden:
		return "Not allowed"
	case fault.Conflict:
		return "This cannot be done now"
	case fault.Invalid, fault.Usage:
		return "This cannot be read"
	}
	return "This did not work"
}

// problem is what an error page says. form is what was typed, which is shown
// again so that nothing is lost.
type problem struct {
	what, hint string
	form       map[string][]string
}

// sentence begins with a capital and ends with a full stop.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	text = strings.ToUpper(text[:1]) + text[1:]
	if !strings.ContainsAny(text[len(text)-1:], ".!?") {
		text += "."
	}
	return text
}

func notThere(req *request) (answer, error) {
	return answer{}, fault.NotFoundf("there is no page at %s", req.URL.Path).Hinted("begin at the page Standing, or search")
}

// who says who acts, for an act from a form.
func (r *request) who() (app.Who, error) {
	if r.site.Kind == Record {
		return app.Who{}, fault.Forbiddenf("nobody acts in the record: it only tells what public documents say").Hinted("act in the drill")
	}
	if r.person == "" {
		return app.Who{}, fault.Forbiddenf("nobody is signed in").Hinted("sign in, and send the form again")
	}
	who := app.Who{Actor: r.person, Key: r.PostFormValue("act_key")}
	if seen, err := strconv.ParseInt(r.PostFormValue("seen"), 10, 64); err == nil {
		who.Seen = seen
	}
	return who, nil
}

// do carries out an act of the person who is signed in.
func (r *request) do(in app.Intent) (app.Done, error) {
	who, err := r.who()
	if err != nil {
		return app.Done{}, err
	}
	return r.site.App.Do(r.Context(), who, in)
}

// href is an address within the site; it keeps the moment that is asked about.
func (r *request) href(path string) templ.SafeURL {
	if at := r.URL.Query().Get("at"); at != "" && r.Method == http.MethodGet {
		sep := "?"
		if strings.Contains(path, "?") {
			sep = "&"
		}
		path += sep + "at=" + url.QueryEscape(at)
	}
	return templ.SafeURL(r.site.Base + path)
}
