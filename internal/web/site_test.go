// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/html"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/demo"
	"github.com/holdpoint/holdpoint/internal/web"
)

type builtSites struct {
	drill, record *web.Site
	err           error
}

// builtDir is where the demonstration of this run is built; TestMain removes it.
var builtDir string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "holdpoint-web-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	builtDir = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

var built = sync.OnceValue(func() builtSites {
	ctx := context.Background()
	dir := filepath.Join(builtDir, "demo")
	if _, err := demo.Build(ctx, dir); err != nil {
		return builtSites{err: err}
	}
	site := func(kind, beside web.Kind) (*web.Site, error) {
		a, err := app.Open(ctx, filepath.Join(dir, string(kind)), nil)
		if err != nil {
			return nil, err
		}
		return web.New(web.Options{App: a, Base: "/" + string(kind), Kind: kind, Beside: "/" + string(beside), BesideKind: beside}), nil
	}
	drill, err := site(web.Drill, web.Record)
	if err != nil {
		return builtSites{err: err}
	}
	record, err := site(web.Record, web.Drill)
	return builtSites{drill, record, err}
})

// demoSites gives the demonstration's two sites, built once. Tests that act build
// their own.
func demoSites(t *testing.T) (drill, record *web.Site) {
	t.Helper()
	b := built()
	if b.err != nil {
		t.Fatal(b.err)
	}
	return b.drill, b.record
}

// get asks a site for a page; the path is within the site.
func get(t *testing.T, site *web.Site, path string) (int, *html.Node) {
	t.Helper()
	w := httptest.NewRecorder()
	site.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, site.Base+path, nil))
	n, err := html.Parse(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, n
}

// find gives the elements that a selector names: tag, .class, #id, [attr],
// [attr=value], and descendants of those.
func find(n *html.Node, selector string) []*html.Node {
	found := []*html.Node{n}
	for _, step := range strings.Fields(selector) {
		var next []*html.Node
		for _, f := range found {
			for d := range f.Descendants() {
				if d.Type == html.ElementNode && fits(d, step) && !slices.Contains(next, d) {
					next = append(next, d)
				}
			}
		}
		found = next
	}
	return found
}

func fits(n *html.Node, step string) bool {
	for step != "" {
		end := strings.IndexAny(step[1:], ".#[") + 1
		if end == 0 {
			end = len(step)
		}
		part := step[:end]
		step = step[end:]
		switch part[0] {
		case '.':
			if !slices.Contains(strings.Fields(attr(n, "class")), part[1:]) {
				return false
			}
		case '#':
			if attr(n, "id") != part[1:] {
				return false
			}
		case '[':
			name, value, has := strings.Cut(strings.Trim(part, "[]"), "=")
			if has && attr(n, name) != strings.Trim(value, `"`) || !has && attr(n, name) == "" {
				return false
			}
		default:
			if n.Data != part {
				return false
			}
		}
	}
	return true
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// said is the text of an element, its spaces drawn together.
func said(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func TestStandingOfTheDrill(t *testing.T) {
	drill, _ := demoSites(t)
	code, page := get(t, drill, "/")
	if code != http.StatusOK || len(find(page, "h1")) != 1 {
		t.Fatalf("status %d, %d headings", code, len(find(page, "h1")))
	}
	if !strings.Contains(said(page), "aster-2") || len(find(page, ".mark.stop")) == 0 {
		t.Errorf("Standing does not say what is held: %s", said(page))
	}
}

// The record's first page says of each model what was published and what the
// figures support, and asks nothing that hangs on contracts.
func TestStandingOfTheRecord(t *testing.T) {
	_, record := demoSites(t)
	code, page := get(t, record, "/")
	if code != http.StatusOK {
		t.Fatalf("status %d: %s", code, said(page))
	}
	leads := find(page, ".card .lead")
	if len(leads) != 3 {
		t.Fatalf("%d models have a sentence, want 3", len(leads))
	}
	for _, l := range leads {
		if !strings.HasPrefix(said(l), "Published: cleared under ASL-") || !strings.Contains(said(l), "our rules cannot tell, for these reasons") {
			t.Errorf("says %q", said(l))
		}
	}
	for _, id := range []string{"agree", "cannot-tell", "stricter", "not-published", "history"} {
		if len(find(page, "h2#"+id)) != 1 {
			t.Errorf("there is no part %s", id)
		}
	}
	for _, n := range find(page, ".card a") {
		for _, action := range []string{"partner", "fine tuning", "open weights"} {
			if strings.Contains(said(n), action) {
				t.Errorf("an answer about %s is shown", said(n))
			}
		}
	}
	if ids := find(page, "#not-published"); len(ids) != 1 || len(find(page, "dt#N1")) != 1 || len(find(page, "dt#N20")) != 1 {
		t.Error("the list of what is not published is not whole")
	}
	if text := strings.ToLower(said(page)); strings.Contains(text, "violat") || strings.Contains(text, "should have been") {
		t.Error("the page judges a published decision")
	}
}

// What is not asked in the record is neither clear nor held anywhere.
func TestTheRecordDoesNotAnswerWhatIsNotAsked(t *testing.T) {
	_, record := demoSites(t)
	for _, action := range []string{"partner_deploy", "fine_tuning_access", "open_weights"} {
		code, page := get(t, record, "/gate/claude-opus-4/"+action)
		if code != http.StatusOK || len(find(page, "main .mark")) != 0 || !strings.Contains(said(page), "Not asked") {
			t.Errorf("%s: %d %s", action, code, said(page))
		}
	}
}

// Each page makes its main claim.
func TestPagesMakeTheirClaim(t *testing.T) {
	drill, record := demoSites(t)
	for _, c := range []struct {
		site     *web.Site
		path     string
		selector string
		claim    string
	}{
		{drill, "/models", "tbody", "aster-2"},
		{drill, "/models/aster-2", "main", "What fires next"},
		{drill, "/models/aster-2", "main", "Placing a hold needs a role with the duty to hold."},
		{record, "/models/claude-opus-4", "svg title", "beside their lines"},
		{drill, "/gate", "form.act", "Lowest grade of fact"},
		{drill, "/gate/aster-2/external_deploy", ".question", "eld"},
		{record, "/gate/claude-opus-4/external_deploy", ".question", "Clear, as published"},
		{record, "/gate/claude-opus-4/external_deploy?floor=reported", ".question", "Held, because we cannot tell"},
		{drill, "/exceptions", "main", "Enforcement points"},
		{drill, "/search?q=aster-2", "main h2", "Models"},
		{drill, "/search?q=xyzzy-nothing", ".empty", "Nothing found."},
	} {
		code, page := get(t, c.site, c.path)
		all := find(page, c.selector)
		if code != http.StatusOK || !slices.ContainsFunc(all, func(n *html.Node) bool { return strings.Contains(said(n), c.claim) }) {
			t.Errorf("%s%s: status %d, no %q says %q: %.600s", c.site.Base, c.path, code, c.selector, c.claim, said(page))
		}
	}
}

func TestPagesThatAreNotThere(t *testing.T) {
	drill, _ := demoSites(t)
	for path, want := range map[string]int{
		"/models/nobody": http.StatusNotFound, "/gate/aster-2/no_such_action": 0, "/gate/aster-2/train?floor=none": http.StatusUnprocessableEntity,
	} {
		code, page := get(t, drill, path)
		if want == 0 && code < 400 || want != 0 && code != want || len(find(page, ".notice.stop")) != 1 {
			t.Errorf("%s: %d %s", path, code, said(page))
		}
	}
}

func TestListsCanBeTakenAway(t *testing.T) {
	drill, _ := demoSites(t)
	w := httptest.NewRecorder()
	drill.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/drill/models?as=csv", nil))
	if w.Header().Get("Content-Type") != "text/csv; charset=utf-8" || !strings.Contains(w.Body.String(), "aster-2") {
		t.Errorf("%s: %s", w.Header().Get("Content-Type"), w.Body)
	}
}
