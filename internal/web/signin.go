// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/url"
	"strings"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/session"
)

// signInRoutes let people in and out. They are the only pages of a lab that
// nobody needs to be signed in for.
func (s *Site) signInRoutes() []route {
	if s.Keeper == nil {
		return nil
	}
	return []route{
		{"GET", "/sign-in", signInPage},
		{"POST", "/sign-in", signIn},
		{"GET", "/sign-in/company", companySignIn},
		{"GET", session.CallbackPath, companyAnswer},
		{"POST", "/sign-out", signOut},
	}
}

// public tells whether a route answers somebody who is not signed in.
func (s *Site) public(r route) bool {
	return s.Kind != Lab || strings.HasPrefix(r.path, "/sign-in") || r.path == session.CallbackPath
}

// letIn tells what a lab answers somebody who is not signed in.
func (s *Site) letIn(req *request) (answer, error) {
	if s.Keeper == nil {
		return answer{}, fault.Forbiddenf("nobody can sign in at this server").Hinted("use holdpoint on the command line")
	}
	to := "/sign-in"
	if req.Method == "GET" {
		to += "?next=" + url.QueryEscape(req.URL.RequestURI())
	}
	return answer{to: to}, nil
}

// signInView is the sign-in page; failed says why the last try did not work.
type signInView struct{ next, failed, person string }

func signInPage(r *request) (answer, error) {
	return r.signInAnswer(signInView{next: session.LocalPath(r.URL.Query().Get("next"))}), nil
}

func (r *request) signInAnswer(v signInView) answer {
	return answer{title: "Sign in", question: "Who are you?", body: signInBody(r, v)}
}

func signIn(r *request) (answer, error) {
	person := strings.TrimSpace(r.PostFormValue("person"))
	next := session.LocalPath(r.PostFormValue("next"))
	if _, err := r.site.Keeper.SignInPassword(r.writer, r.Request, person, r.PostFormValue("password")); err != nil {
		a := r.signInAnswer(signInView{next: next, person: person, failed: sentence(err.Error()) + " " + sentence(fault.HintOf(err))})
		a.status = statusOf(fault.KindOf(err))
		return a, nil
	}
	return answer{to: strings.TrimPrefix(next, r.site.Base)}, nil
}

func companySignIn(r *request) (answer, error) {
	return answer{written: true}, r.site.Keeper.OIDCStart(r.writer, r.Request, session.LocalPath(r.URL.Query().Get("next")))
}

func companyAnswer(r *request) (answer, error) {
	next, err := r.site.Keeper.OIDCCallback(r.writer, r.Request)
	if err != nil {
		a := r.signInAnswer(signInView{next: "/", failed: sentence(err.Error()) + " " + sentence(fault.HintOf(err))})
		a.status = statusOf(fault.KindOf(err))
		return a, nil
	}
	return answer{to: strings.TrimPrefix(next, r.site.Base)}, nil
}

func signOut(r *request) (answer, error) {
	return answer{to: "/sign-in"}, r.site.Keeper.SignOut(r.writer, r.Request)
}
