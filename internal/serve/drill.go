// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package serve

import (
	"net/http"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/session"
)

// pickedCookie holds the role that was picked in the drill. It proves nothing, and
// nothing but the drill reads it.
const pickedCookie = "holdpoint-drill"

// picked lets a reader of the drill be whoever they pick. It stands before the
// drill alone: in every other workspace people sign in.
func picked(w Workspace, next http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+w.Base+"/act-as", func(rw http.ResponseWriter, r *http.Request) {
		c := &http.Cookie{Name: pickedCookie, Value: r.PostFormValue("person"), Path: w.Base + "/", HttpOnly: true, SameSite: http.SameSiteStrictMode}
		if c.Value == "" {
			c.MaxAge = -1
		}
		http.SetCookie(rw, c)
		to := w.Base + "/desk"
		if c.Value == "" {
			to = w.Base + "/"
		}
		http.Redirect(rw, r, to, http.StatusSeeOther)
	})
	mux.HandleFunc(w.Base+"/", func(rw http.ResponseWriter, r *http.Request) {
		caller := session.Caller{Actor: reader, Means: session.Token, ID: "drill", Scopes: []session.Scope{session.Read, session.Check}}
		if c, err := r.Cookie(pickedCookie); err == nil && w.knows(r, c.Value) {
			caller = session.Caller{Actor: c.Value, Means: session.Demo, ID: "drill"}
		}
		r = r.WithContext(session.With(r.Context(), caller))
		next.ServeHTTP(rw, r)
	})
	return mux
}

// knows tells whether somebody is known in the workspace.
func (w Workspace) knows(r *http.Request, person string) bool {
	v, err := w.App.View(r.Context())
	if err != nil {
		return false
	}
	_, ok := v.State.Access.Person(person)
	return ok
}

// reading lets anybody read the record through the interface too: everything in it
// is public. Its scopes let nobody act.
func reading(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		c := session.Caller{Actor: reader, Means: session.Token, ID: "record", Scopes: []session.Scope{session.Read, session.Check}}
		next.ServeHTTP(rw, r.WithContext(session.With(r.Context(), c)))
	})
}

// reader sees everything of the demonstration, where nothing is secret. It comes
// only with scopes that act on nothing.
const reader = app.Operator
