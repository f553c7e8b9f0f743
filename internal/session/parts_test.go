// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package session

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// house is a workspace with a keeper, whose clock and log the test holds.
type house struct {
	t    *testing.T
	app  *app.App
	k    *Keeper
	skew time.Duration
	log  bytes.Buffer
}

func open(t *testing.T, o Options) *house {
	t.Helper()
	a, err := app.Init(t.Context(), t.TempDir(), app.Genesis{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	h := &house{t: t, app: a}
	p, err := app.LoadPolicy("2.2", policy.State{})
	if err != nil {
		t.Fatal(err)
	}
	h.do(app.AdoptPolicy(policy.AdoptIn{Pack: p, Accept: "for the test"}))
	h.do(app.AddPerson(access.NewPerson{ID: "rso", Kind: access.Human}))
	h.do(app.AddPerson(access.NewPerson{ID: "ceo", Kind: access.Human}))
	h.do(app.AddPerson(access.NewPerson{ID: "ci", Kind: access.Automation}))
	h.grant("rso", "rso")
	o.App, o.Log = a, slog.New(slog.NewTextHandler(&h.log, nil))
	o.Now = func() time.Time { return time.Now().Add(h.skew) }
	if o.Origin == "" {
		o.Origin = "http://localhost:8420"
	}
	if h.k, err = New(o); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *house) do(in app.Intent) {
	h.t.Helper()
	if _, err := h.app.Do(context.Background(), app.Who{Actor: app.Operator}, in); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) grant(person, role string) {
	h.t.Helper()
	h.do(app.GrantRole(access.RoleChange{Person: person, Role: role, Reason: "appointed"}))
}

// begin signs somebody in and gives the cookie.
func (h *house) begin(actor string, had ...*http.Cookie) (*http.Cookie, Session) {
	h.t.Helper()
	w, r := httptest.NewRecorder(), httptest.NewRequest("POST", "/sign-in", nil)
	for _, c := range had {
		r.AddCookie(c)
	}
	s, err := h.k.Begin(w, r, actor, Browser, "test")
	if err != nil {
		h.t.Fatal(err)
	}
	return w.Result().Cookies()[0], s
}

// who gives the caller of a request with a cookie or token.
func (h *house) who(set ...func(*http.Request)) (Caller, bool, *httptest.ResponseRecorder, error) {
	var c Caller
	var ok bool
	var refused error
	w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)
	for _, f := range set {
		f(r)
	}
	h.k.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		c, ok = From(r.Context())
		refused = Refused(r.Context())
	})).ServeHTTP(w, r)
	return c, ok, w, refused
}

func with(c *http.Cookie) func(*http.Request) { return func(r *http.Request) { r.AddCookie(c) } }
func bearing(text string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Authorization", text) }
}
func (h *house) in(c *http.Cookie) bool { _, ok, _, _ := h.who(with(c)); return ok }
func wants(t *testing.T, err error, k fault.Kind, words string) {
	t.Helper()
	if fault.KindOf(err) != k || !strings.Contains(err.Error(), words) {
		t.Errorf("err = %v (%s), want %s with %q", err, fault.KindOf(err), k, words)
	}
}
