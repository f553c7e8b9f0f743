// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web_test

import (
	"context"
	"crypto/sha256"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/demo"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/session"
	"github.com/holdpoint/holdpoint/internal/signoff"
	"github.com/holdpoint/holdpoint/internal/web"
)

// as asks a site as somebody; with a form it posts.
func as(t *testing.T, site *web.Site, person, path string, form url.Values) (*httptest.ResponseRecorder, *html.Node) {
	t.Helper()
	req := httptest.NewRequest(http.MethodGet, site.Base+path, nil)
	if form != nil {
		req = httptest.NewRequest(http.MethodPost, site.Base+path, strings.NewReader(form.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req = req.WithContext(session.With(req.Context(), session.Caller{Actor: person, Means: session.Demo}))
	w := httptest.NewRecorder()
	site.Handler().ServeHTTP(w, req)
	n, err := html.Parse(strings.NewReader(w.Body.String()))
	if err != nil {
		t.Fatal(err)
	}
	return w, n
}

// ownDrill is a drill of this test alone, in which it may act.
func ownDrill(t *testing.T) *web.Site {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "demo")
	if _, err := demo.Build(context.Background(), dir); err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(context.Background(), filepath.Join(dir, "drill"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return web.New(web.Options{App: a, Base: "/drill", Kind: web.Drill})
}

// drillKey is the published key of a person of the drill.
func drillKey(t *testing.T, person string) app.PersonKey {
	t.Helper()
	seed := sha256.Sum256([]byte("holdpoint demonstration, public: key of " + person))
	k, err := app.NewPersonKey(seed[:])
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestADecisionIsSignedByPastingASignature(t *testing.T) {
	site := ownDrill(t)
	ctx := context.Background()
	view, err := site.App.View(ctx)
	if err != nil {
		t.Fatal(err)
	}
	who := view.State.Access.HoldersAt("rso", view.Time)[0]
	model := view.State.Model.Models()[0].Model
	placed, err := site.App.Do(ctx, app.Who{Actor: who}, app.PlaceHold(gate.PlaceIn{Model: model, Reason: "A test of the page."}))
	if err != nil {
		t.Fatal(err)
	}
	done, err := site.App.Do(ctx, app.Who{Actor: who}, app.Propose(decision.ProposeIn{Kind: policy.DecideLiftHold, Title: "Lift it?", Hold: placed.ID("hold", 0)}))
	if err != nil {
		t.Fatal(err)
	}
	id, question := done.ID("decision", 0), done.ID("question", 1)
	_, desk := as(t, site, who, "/desk", nil)
	if !slices.ContainsFunc(find(desk, "td a"), func(a *html.Node) bool { return attr(a, "href") == "/drill/decisions/"+id+"#sign" }) {
		t.Error("the desk does not lead to where it is signed")
	}
	_, page := as(t, site, who, "/decisions/"+id, nil)
	if len(find(page, "#sign textarea[name=signature]")) != 1 || !strings.Contains(said(find(page, "#sign")[0]), "does not prove") {
		t.Fatal("the page offers no place to sign, or does not say what a signature does not prove")
	}
	d, err := done.View.State.Decision.Decision(id)
	if err != nil {
		t.Fatal(err)
	}
	statement, err := done.View.State.Signoff.Statement(signoff.Signing{Question: question, Role: "rso", Person: who, Answer: signoff.Approve})
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{"as": {"rso/approve"}, "digest": {d.Digest}, "signature": {string(drillKey(t, who).Sign([]byte("something else")))}, "act_key": {"a"}}
	w, refused := as(t, site, who, "/decisions/"+id+"/sign", form)
	if w.Code < 400 || len(find(refused, "[role=alert]")) == 0 {
		t.Errorf("a signature over something else gave %d", w.Code)
	}
	form.Set("signature", string(drillKey(t, who).Sign(statement)))
	form.Set("act_key", "b")
	if w, p := as(t, site, who, "/decisions/"+id+"/sign", form); w.Code != http.StatusSeeOther {
		t.Fatalf("signing gave %d: %s", w.Code, said(p))
	}
	_, page = as(t, site, who, "/decisions/"+id, nil)
	if got := said(find(page, "#signers")[0]); !strings.Contains(got, "approved on") {
		t.Errorf("the signature is not shown: %s", got)
	}
}

func TestACommentIsRecordedAndAnswered(t *testing.T) {
	site := ownDrill(t)
	view, err := site.App.View(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	who := view.State.Access.HoldersAt("rso", view.Time)[0]
	id := view.State.Decision.All()[0].File.ID
	w, p := as(t, site, who, "/decisions/"+id+"/review", url.Values{"kind": {"comment"}, "side": {"internal"}, "role": {"rso"}, "text": {"Is that all?"}})
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d: %s", w.Code, said(p))
	}
	_, page := as(t, site, who, "/decisions/"+id, nil)
	if !strings.Contains(said(find(page, "#said")[0]), "Is that all?") {
		t.Error("the decision does not show what was said")
	}
	_, page = as(t, site, who, strings.TrimPrefix(w.Header().Get("Location"), "/drill"), nil)
	if !strings.Contains(said(page), "Nobody answers their own") {
		t.Error("who said it is offered to answer it")
	}
}

func TestNobodyActsInTheRecord(t *testing.T) {
	_, record := demoSites(t)
	_, page := get(t, record, "/decisions")
	links := find(page, "tbody a")
	if len(links) == 0 {
		t.Fatal("the record has no decision")
	}
	_, page = get(t, record, strings.TrimPrefix(attr(links[0], "href"), "/record"))
	if n := len(find(page, "main form.act")); n != 0 {
		t.Errorf("%d forms act in the record", n)
	}
}

func TestTheBoardsQuestionsHaveAnswers(t *testing.T) {
	drill, record := demoSites(t)
	for _, site := range []*web.Site{drill, record} {
		code, page := get(t, site, "/board")
		if code != http.StatusOK || len(find(page, "main h2")) != 6 {
			t.Errorf("%s: %d, %d answers", site.Base, code, len(find(page, "main h2")))
		}
	}
	_, page := get(t, drill, "/board")
	if len(find(page, "#within .mark")) == 0 {
		t.Error("the page does not say whether the policy is kept")
	}
}

func TestTheJournalGivesItsProofs(t *testing.T) {
	drill, _ := demoSites(t)
	_, page := get(t, drill, "/journal/1")
	if len(find(page, `a[href=/drill/journal/1/proof]`)) != 1 {
		t.Error("an entry does not lead to its proof")
	}
	for _, path := range []string{"/journal/1/proof", "/journal/checkpoint", "/journal/key", "/verify", "/since?from=5", "/people/report?from=2025-01-01&to=2026-12-31", "/journal?before=20"} {
		if code, _ := get(t, drill, path); code != http.StatusOK {
			t.Errorf("%s: %d", path, code)
		}
	}
	for path, want := range map[string]int{"/journal/999999": 404, "/journal/x": 404, "/decisions/decision-0": 404, "/findings/x": 404, "/since?from=99999999": 422, "/journal?before=x": 422} {
		if code, _ := get(t, drill, path); code != want {
			t.Errorf("%s: %d, want %d", path, code, want)
		}
	}
}

func TestWhatChangedSinceTheLastLookIsRemembered(t *testing.T) {
	drill, _ := demoSites(t)
	w, _ := as(t, drill, "p-rso", "/since", nil)
	c := w.Result().Cookies()
	if len(c) != 1 || c[0].Path != "/drill/since" || !c[0].HttpOnly {
		t.Errorf("cookies: %v", c)
	}
	if w, _ := get(t, drill, "/since"); w != http.StatusOK {
		t.Errorf("%d", w)
	}
}

func TestAPasskeyIsOfferedOnlyWhereTheServerIsNamed(t *testing.T) {
	drill, _ := demoSites(t)
	form := url.Values{"act_key": {"a"}}
	if w, p := as(t, drill, "p-rso", "/people/p-rso/passkey/request", form); w.Code != http.StatusConflict || !strings.Contains(said(p), "paste the signature") {
		t.Errorf("a server without a name gave %d", w.Code)
	}
	named := web.New(web.Options{App: drill.App, Base: "/drill", Kind: web.Drill, RPID: "holdpoint.example", Origin: "https://holdpoint.example"})
	w, _ := as(t, named, "p-rso", "/people/p-rso/passkey/request", form)
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"userVerification":"required"`) {
		t.Errorf("%d: %s", w.Code, w.Body)
	}
	if w, _ := as(t, named, "p-rso", "/people/p-ceo/passkey/request", form); w.Code != http.StatusForbidden {
		t.Errorf("somebody else's passkey: %d", w.Code)
	}
	_, page := as(t, named, "p-rso", "/people/p-rso", nil)
	if len(find(page, "#passkey form")) != 1 {
		t.Error("the person's own page offers no passkey")
	}
}
