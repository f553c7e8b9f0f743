// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/demo"
	"github.com/holdpoint/holdpoint/internal/session"
	"github.com/holdpoint/holdpoint/internal/threshold"
	"github.com/holdpoint/holdpoint/internal/web"
)

// Each page answers, in both workspaces, with one heading and its main claim.
func TestPagesOfWhy(t *testing.T) {
	drill, record := demoSites(t)
	for path, want := range map[string]string{
		"/assessments": "main table tbody tr", "/evidence": "main table tbody tr", "/safeguards": "main table tbody tr",
		"/policy": "section.clause", "/policy/diff": ".empty",
		"/policy/diff?from=anthropic-rsp@2.1&to=anthropic-rsp@2.2": "main table tbody tr",
		"/safeguards/ASL-2/deployment":                             "section.criterion",
	} {
		for _, site := range []*web.Site{drill, record} {
			code, page := get(t, site, path)
			if code != http.StatusOK || len(find(page, "h1")) != 1 || len(find(page, want)) == 0 {
				t.Errorf("%s%s: status %d, %d headings, %d of %q", site.Base, path, code, len(find(page, "h1")), len(find(page, want)), want)
			}
		}
	}
}

func TestUnknownThings(t *testing.T) {
	drill, _ := demoSites(t)
	for _, path := range []string{"/assessments/assessment-0", "/evidence/run-0", "/evidence/run-0/original", "/safeguards/ASL-9/deployment",
		"/policy?of=../../etc/passwd", "/policy/diff?from=/etc/passwd&to=anthropic-rsp@2.2", "/policy/preview?of=nothing"} {
		if code, page := get(t, drill, path); code != http.StatusNotFound || len(find(page, ".notice.stop")) != 1 {
			t.Errorf("%s: status %d", path, code)
		}
	}
}

// Every finding of an assessment says what it supports, its plot stands beside a
// table of the same numbers, and what is missing is said.
func TestAssessmentPage(t *testing.T) {
	drill, _ := demoSites(t)
	_, list := get(t, drill, "/assessments")
	plots, findings := 0, 0
	for _, a := range find(list, "main tbody a") {
		path, ok := strings.CutPrefix(attr(a, "href"), "/drill/assessments/")
		if !ok {
			continue
		}
		code, page := get(t, drill, "/assessments/"+path)
		if code != http.StatusOK || len(find(page, "section.threshold")) != len(find(page, "section.threshold .notice")) {
			t.Errorf("%s: status %d, %d thresholds of which %d say what the record supports", path, code, len(find(page, "section.threshold")), len(find(page, "section.threshold .notice")))
		}
		if len(find(page, "form.act")) != 0 {
			t.Errorf("%s: somebody who is nobody sees a form", path)
		}
		if len(find(page, "figure.plot svg")) > len(find(page, "section.threshold table")) {
			t.Errorf("%s: a plot without its numbers", path)
		}
		plots += len(find(page, "figure.plot svg"))
		findings += len(find(page, "article.finding .mark"))
	}
	if plots == 0 || findings == 0 {
		t.Errorf("%d plots and %d findings in all of the drill", plots, findings)
	}
}

func TestEvidencePage(t *testing.T) {
	drill, _ := demoSites(t)
	_, list := get(t, drill, "/evidence")
	for _, a := range find(list, "main tbody a") {
		path := strings.TrimPrefix(attr(a, "href"), "/drill")
		if !strings.HasPrefix(path, "/evidence/") {
			continue
		}
		code, page := get(t, drill, path)
		if code != http.StatusOK || len(find(page, "dl.facts .proof")) == 0 {
			t.Errorf("%s: status %d without the entry that proves it", path, code)
		}
		if strings.HasPrefix(path, "/evidence/run-") && !strings.Contains(said(page), "sha256") {
			t.Errorf("%s: a run without its digest", path)
		}
	}
}

// In a workspace where nothing happened yet every page says what to do next.
func TestEmptyPagesOfWhy(t *testing.T) {
	a, err := app.Init(context.Background(), t.TempDir(), app.Genesis{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	site := web.New(web.Options{App: a, Kind: web.Drill})
	for _, path := range []string{"/assessments", "/evidence", "/safeguards", "/policy", "/policy/diff", "/policy/preview?of=anthropic-rsp@2.0"} {
		if code, page := get(t, site, path); code != http.StatusOK || len(find(page, ".empty")) == 0 {
			t.Errorf("%s: status %d, %d words on what to do", path, code, len(find(page, ".empty")))
		}
	}
}

func TestTakenPolicyCoverage(t *testing.T) {
	drill, _ := demoSites(t)
	w := httptest.NewRecorder()
	drill.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/drill/policy?clausesas=csv", nil))
	if !strings.HasPrefix(w.Body.String(), "Clause,Coverage,") || strings.Count(w.Body.String(), "\n") < 20 {
		t.Errorf("the clauses as CSV: %.200s", w.Body)
	}
}

// redTeam is a workspace of its own with an open assessment, a spec, and a log.
type redTeam struct {
	site                   *web.Site
	person, id, spec, path string
	assessment             assessment.Assessment
}

func newRedTeam(t *testing.T) redTeam {
	t.Helper()
	ctx, dir := context.Background(), t.TempDir()
	if _, err := demo.Build(ctx, dir); err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(ctx, filepath.Join(dir, "drill"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	rt := redTeam{site: web.New(web.Options{App: a, Base: "/drill", Kind: web.Drill})}
	m, err := a.Moment(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	w := m.View.State
	p, _ := w.Policy.InForce(m.Now)
	for _, one := range w.Assessment.Assessments("") {
		rt.assessment = one
	}
	if rt.assessment.ID == "" {
		t.Fatal("the drill has no assessment")
	}
	for _, r := range p.Pack.Roles {
		for _, d := range r.Duties {
			for _, person := range w.Access.People() {
				for _, role := range w.Access.RolesAt(person.ID, m.Now) {
					if d == "assess" && role == r.ID && rt.person == "" {
						rt.person = person.ID
					}
				}
			}
		}
	}
	if rt.person == "" {
		t.Fatal("nobody in the drill may assess")
	}
	opened, err := a.Do(ctx, app.Who{Actor: rt.person}, app.OpenAssessment(assessment.OpenInput{
		Model: rt.assessment.Model, Kind: assessment.Voluntary, Trigger: assessment.Trigger{Kind: "voluntary"}, Thresholds: []string{p.Pack.Thresholds[0].ID},
	}))
	if err != nil {
		t.Fatal(err)
	}
	rt.id, rt.spec = opened.ID("assessment", 0), "quick-check"
	_, err = a.Do(ctx, app.Who{Actor: rt.person}, app.Preregister(assessment.SpecInput{SpecRegistered: assessment.SpecRegistered{
		ID: rt.spec, Assessment: rt.id, Evaluation: "A quick check", Threshold: p.Pack.Thresholds[0].ID,
		Rule: threshold.Spec{Metric: "match", Statistic: threshold.Proportion, LineStatistic: threshold.Proportion, Direction: threshold.Below, RuleOut: "0.5",
			Target: threshold.Class, Role: threshold.RoleRuleOut},
	}}))
	if err != nil {
		t.Fatal(err)
	}
	rt.path = aLog(t, dir)
	return rt
}

// aLog writes a small log in the form of Inspect, of 40 items of which 4 are right.
func aLog(t *testing.T, dir string) string {
	t.Helper()
	var samples []string
	for i := range 40 {
		value := "I"
		if i < 4 {
			value = "C"
		}
		id := string(rune('a'+i/10)) + string(rune('0'+i%10))
		samples = append(samples, `{"id":"`+id+`","epoch":1,"input":"q","target":"x","scores":{"match":{"value":"`+value+`"}}}`)
	}
	log := `{"version":2,"status":"success","eval":{"eval_id":"e9","run_id":"r9","created":"2026-05-01T10:00:00+00:00","task":"quick","task_id":"t9","task_version":0,` +
		`"dataset":{"name":"quick","samples":40},"model":"vendor/model","config":{"epochs":1},"packages":{"inspect_ai":"0.3.100"}},` +
		`"plan":{"steps":[{"solver":"generate","params":{}}]},"results":{"total_samples":40,"completed_samples":40,"scores":[{"name":"match","scorer":"match","metrics":{}}]},` +
		`"stats":{"started_at":"2026-05-01T10:00:00+00:00","completed_at":"2026-05-01T10:01:00+00:00"},"samples":[` + strings.Join(samples, ",") + `]}`
	path := filepath.Join(dir, "quick.json")
	if err := os.WriteFile(path, []byte(log), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// send posts the form of the section "Add a run".
func (rt redTeam) send(t *testing.T, name string, content []byte) *httptest.ResponseRecorder {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for k, v := range map[string]string{"act_key": "key-" + name, "spec": rt.spec, "snapshot": "", "task": ""} {
		if err := m.WriteField(k, v); err != nil {
			t.Fatal(err)
		}
	}
	f, err := m.CreateFormFile("log", name)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = f.Write(content)
	m.Close()
	r := httptest.NewRequest(http.MethodPost, "/drill/assessments/"+rt.id+"/run", &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	return rt.serve(r)
}

func (rt redTeam) serve(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	rt.site.Handler().ServeHTTP(w, r.WithContext(session.With(r.Context(), session.Caller{Actor: rt.person})))
	return w
}

func parsed(t *testing.T, w *httptest.ResponseRecorder) *html.Node {
	t.Helper()
	n, err := html.Parse(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A red teamer imports a log and sees the margin; a wrong file is said beside the
// form, with what was typed still there, and leaves nothing behind.
func TestImportAndJudge(t *testing.T) {
	rt := newRedTeam(t)
	left, _ := filepath.Glob(filepath.Join(os.TempDir(), "holdpoint-upload-*"))
	w := rt.send(t, "holiday.json", []byte(`{"photos":[]}`))
	page := parsed(t, w)
	if w.Code != http.StatusUnprocessableEntity || len(find(page, "#add-run .notice.stop")) != 1 || strings.Contains(said(page), "holdpoint-upload-") {
		t.Errorf("a wrong file: status %d, %s", w.Code, said(page))
	}
	if chosen := find(page, "#run-spec option[value="+rt.spec+"]"); len(chosen) != 1 {
		t.Error("the spec that was chosen is lost")
	}
	if empty := rt.send(t, "", nil); empty.Code != http.StatusUnprocessableEntity {
		t.Errorf("no file: status %d", empty.Code)
	}
	log, err := os.ReadFile(rt.path)
	if err != nil {
		t.Fatal(err)
	}
	w = rt.send(t, "quick.json", log)
	to, id, _ := strings.Cut(w.Header().Get("Location"), "#")
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(id, "finding-") {
		t.Fatalf("status %d, to %q: %s", w.Code, w.Header().Get("Location"), said(parsed(t, w)))
	}
	page = parsed(t, rt.serve(httptest.NewRequest(http.MethodGet, to, nil)))
	margin := find(page, "#"+id+" .margin")
	if len(margin) != 1 || !strings.Contains(said(margin[0]), "safe side of the rule-out line 0.5 by a margin of 0.") {
		t.Errorf("the margin is not said: %d, %s", len(margin), said(page))
	}
	if again := rt.send(t, "quick.json", log); again.Code != http.StatusSeeOther || again.Header().Get("Location") != w.Header().Get("Location") {
		t.Errorf("sent again: status %d, to %q", again.Code, again.Header().Get("Location"))
	}
	if now, _ := filepath.Glob(filepath.Join(os.TempDir(), "holdpoint-upload-*")); len(now) > len(left) {
		t.Errorf("uploads are left in %v", now)
	}
}

// A form acts once it is sent, and nobody who is not signed in sees or sends one.
func TestFormsOfWhy(t *testing.T) {
	rt := newRedTeam(t)
	post := func(path string, v url.Values) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, "/drill"+path, strings.NewReader(v.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return rt.serve(r)
	}
	w := post("/safeguards/ASL-2/deployment/failure", url.Values{"reason": {"The filter let a known attack through"}})
	if w.Code != http.StatusSeeOther {
		t.Errorf("a failure: status %d", w.Code)
	}
	page := parsed(t, rt.serve(httptest.NewRequest(http.MethodGet, "/drill/safeguards/ASL-2/deployment", nil)))
	if strings.Contains(said(find(page, "main .notice")[0]), "In force") {
		t.Errorf("a failure left the standard in force: %s", said(find(page, "main .notice")[0]))
	}
	w = post("/policy/question", url.Values{"clause": {"nowhere"}, "question": {"What is meant?"}})
	if page := parsed(t, w); w.Code != http.StatusNotFound || !strings.Contains(said(page), "What is meant?") {
		t.Errorf("a question on no clause: status %d", w.Code)
	}
	rt.person = ""
	if w := rt.send(t, "quick.json", nil); w.Code != http.StatusForbidden && w.Code != http.StatusUnprocessableEntity {
		t.Errorf("nobody imports: status %d", w.Code)
	}
	if w := post("/evidence", url.Values{"topic": {"office"}, "text": {"x"}, "document": {"S1"}}); w.Code != http.StatusForbidden {
		t.Errorf("nobody states: status %d", w.Code)
	}
}
