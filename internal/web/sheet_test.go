// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/holdpoint/holdpoint/internal/web"
)

// everyLink follows the links of a page that lead to other pages of its kind.
func everyLink(t *testing.T, site *web.Site, page, prefix string) []string {
	t.Helper()
	code, doc := get(t, site, page)
	if code != http.StatusOK {
		t.Fatalf("%s: status %d", page, code)
	}
	var all []string
	for _, a := range find(doc, "main td a") {
		if h := attr(a, "href"); strings.HasPrefix(h, site.Base+prefix) {
			all = append(all, strings.TrimPrefix(h, site.Base))
		}
	}
	return all
}

func TestListsLeadToPagesThatAnswer(t *testing.T) {
	drill, record := demoSites(t)
	for _, site := range []*web.Site{drill, record} {
		for list, prefix := range map[string]string{
			"/decisions": "/decisions/", "/journal": "/journal/", "/desk": "/", "/duties": "/", "/findings": "/findings/", "/people": "/people/",
		} {
			links := everyLink(t, site, list, prefix)
			if len(links) == 0 && site == drill {
				t.Errorf("%s%s links to nothing", site.Base, list)
			}
			seen := map[string]bool{}
			for _, l := range links {
				l, _, _ = strings.Cut(l, "#")
				if seen[l] || len(seen) > 12 {
					continue
				}
				seen[l] = true
				for _, ours := range []string{"/decisions", "/journal", "/desk", "/duties", "/findings", "/people", "/incidents", "/reviews", "/restrictions", "/since", "/board"} {
					if strings.HasPrefix(l, ours) {
						if code, doc := get(t, site, l); code != http.StatusOK || len(find(doc, "h1")) != 1 {
							t.Errorf("%s%s: status %d", site.Base, l, code)
						}
					}
				}
			}
		}
	}
}
