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
