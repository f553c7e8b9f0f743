// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"log/slog"
	"net/http"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/session"
)

// Kind says what a workspace is, because a reader must never take one for
// another.
type Kind string

// The kinds of workspace.
const (
	// Lab is a workspace in which people work.
	Lab Kind = "lab"
	// Drill is the demonstration's fictional lab: a role can be picked.
	Drill Kind = "drill"
	// Record is the demonstration's reconstruction from public documents: nobody
	// acts in it.
	Record Kind = "record"
)

// Options says what a site shows.
type Options struct {
	App *app.App
	// Base is the path under which the site stands, such as /drill; "" is the
	// root of the server.
	Base string
	Kind Kind
	// Beside is the base path of the demonstration's other workspace, which every
	// page links to; "" where there is none. Its kind is BesideKind.
	Beside     string
	BesideKind Kind
	// Log takes what went wrong on our side. Nothing personal is written to it.
	Log *slog.Logger
	// Keeper lets people in; nil where nobody signs in. Passwords and Company say
	// by which ways.
	Keeper             *session.Keeper
	Passwords, Company bool
	// RPID and Origin name this server to passkeys, such as holdpoint.lab.example
	// and https://holdpoint.lab.example; "" turns passkeys off.
	RPID, Origin string
}

// Site is the pages of one workspace.
type Site struct {
	Options
	assets assets
	told   toldRecord
}

// New makes the pages of a workspace.
func New(o Options) *Site {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Kind == "" {
		o.Kind = Lab
	}
	return &Site{Options: o, assets: newAssets()}
}

// Handler serves the site under its base path.
func (s *Site) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, r := range s.routes() {
		mux.Handle(r.method+" "+s.Base+r.path, s.page(r))
	}
	mux.Handle("GET "+s.Base+"/static/{name}", s.assets)
	if s.Base != "" {
		mux.Handle("GET "+s.Base, http.RedirectHandler(s.Base+"/", http.StatusSeeOther))
	}
	mux.Handle(s.Base+"/", s.page(route{answer: notThere}))
	return secured(mux)
}

// secured adds the headers that every page carries: nothing from elsewhere, no
// script or style inside a page, no frame around it.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "+
			"form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Permissions-Policy", "publickey-credentials-get=(self), publickey-credentials-create=(self)")
		next.ServeHTTP(w, r)
	})
}
