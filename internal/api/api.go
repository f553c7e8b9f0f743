// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package api is the JSON interface of Holdpoint, /api/v1: every read and every
// act, described by OpenAPI 3.1.
//
// It decides nothing. An act, POST acts/NOUN.VERB, is a row of the table of acts
// of package app, with its arguments as the body; a read, GET NOUN/VERB, answers
// with the document that the command line prints with --json, by the same code,
// which [Reads] lends; entries, blobs and proofs are given as they are stored.
// Errors are problems as RFC 9457 has them.
//
// Who calls is in the request's context (package session), and what they may do
// is decided in the journal's writer. A scope of a token only takes away.
//
// Names of members are as the document at openapi.json says; spelling them in
// another case or with underscores elsewhere is understood. A member that nobody
// knows is refused.
//
// The document is made by some 200 lines of reflection over the table of acts.
// A framework would want to own the handlers and the errors, and the table is
// there already.
package api

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/session"
)

// Reads answers the reads of another face in the same process.
type Reads interface {
	// List gives every read, in the order of their paths.
	List() []app.Read
	// Read answers one: its JSON document. The path is one of the list's.
	Read(ctx context.Context, a *app.App, q app.Question) ([]byte, error)
}

// Options says what the interface is made of.
type Options struct {
	App   *app.App
	Reads Reads
	// Log is where refusals that are our own mistake go, and that somebody read
	// private bodies; nil is nowhere.
	Log *slog.Logger
	// Base is the path before /api/v1 in links; "" for none.
	Base string
	// Release is the version of the program.
	Release string
	// Done ends the streams of events, so that the server can stop; nil never
	// does.
	Done <-chan struct{}
}

type server struct {
	Options
	acts  map[string]app.Act
	reads map[string]app.Read
	doc   []byte
}

// Root is where the interface lies under the base.
const Root = "/api/v1"

// New gives the interface. Its paths begin with [Root]: a base path before it is
// stripped by whoever mounts it.
func New(o Options) http.Handler {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &server{Options: o, acts: map[string]app.Act{}, reads: map[string]app.Read{}}
	for _, x := range app.Acts() {
		s.acts[x.Verb] = x
	}
	if o.Reads != nil {
		for _, r := range o.Reads.List() {
			s.reads[r.Path] = r
		}
	}
	s.doc = document(o)
	return s.guarded(s.routes())
}

// handler answers, or says what is wrong.
type handler func(http.ResponseWriter, *http.Request, session.Caller) error

func (s *server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	on := func(pattern string, scope session.Scope, h handler) {
		method, path, _ := strings.Cut(pattern, " ")
		mux.Handle(method+" "+Root+path, s.may(scope, h))
	}
	mux.HandleFunc("GET "+Root+"/openapi.json", s.openapi)
	on("POST /acts/{verb}", session.Act, s.act)
	on("GET /head", "", s.head)
	on("GET /checkpoint", "", s.checkpoint)
	on("GET /entries", session.Read, s.entries)
	on("GET /entries/{seq}/proof", session.Read, s.proof)
	on("GET /events", session.Read, s.events)
	on("GET /blobs/{digest}", session.Read, s.blob)
	on("PUT /blobs/{digest}", session.Act, s.putBlob)
	on("GET /export", session.Read, s.export)
	on("POST /clearances", session.Check, s.issue)
	on("GET /clearances/{id}", session.Check, s.clearance)
	on("GET /revocations", session.Check, s.revocations)
	on("GET /me", "", s.me)
	on("GET /names", session.Read, s.names)
	on("PUT /names/{person}", session.Act, s.setName)
	on("DELETE /names/{person}", session.Act, s.forgetName)
	on("GET /gate/check", session.Check, s.read)
	on("GET /{path...}", session.Read, s.read)
	mux.HandleFunc(Root+"/", func(w http.ResponseWriter, r *http.Request) {
		s.refuse(w, r, fault.NotFoundf("there is no %s %s", r.Method, r.URL.Path).Hinted("%s%s/openapi.json lists what there is", s.Base, Root))
	})
	return mux
}

// may lets a request through whose caller is known and has the scope; "" is any.
// A caller who may read may check.
func (s *server) may(scope session.Scope, h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		caller, ok := session.From(r.Context())
		if !ok {
			s.write(w, r, unauthenticated())
			return
		}
		if scope != "" && !caller.May(scope) && !(scope == session.Check && (caller.May(session.Read) || caller.May(session.Act))) {
			s.refuse(w, r, fault.Forbiddenf("the token has not the scope to %s", scope).Hinted("use a token that has it"))
			return
		}
		if scope == session.Read {
			if _, err := s.App.Reader(r.Context(), caller.Actor); err != nil {
				s.refuse(w, r, err)
				return
			}
		}
		if err := h(w, r, caller); err != nil {
			s.refuse(w, r, err)
		}
	})
}

type requestID struct{}

// guarded gives each request an id, and keeps a panic from ending anything but
// its own request.
func (s *server) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := rand.Text()[:16]
		w.Header().Set("Holdpoint-Request", id)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		r = r.WithContext(context.WithValue(r.Context(), requestID{}, id))
		defer func() {
			p := recover()
			if p == http.ErrAbortHandler {
				panic(p)
			}
			if p != nil {
				s.Log.Error("a request failed", "request", id, "panic", p, "stack", string(debug.Stack()))
				s.refuse(w, r, fault.New(fault.Internal, "panic"))
			}
		}()
		next.ServeHTTP(w, r)
	})
}
