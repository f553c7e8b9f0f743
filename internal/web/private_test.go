// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/session"
	"github.com/holdpoint/holdpoint/internal/web"
)

// In a lab the body of a private entry is for its actor and for whoever
// administers, and for nobody else who is signed in (ACC-3).
func TestPrivateBodiesAreNotForEverybody(t *testing.T) {
	drill, _ := demoSites(t)
	lab := web.New(web.Options{App: drill.App, Kind: web.Lab})
	types, tried := app.Registry(), 0
	for e, err := range drill.App.Entries(t.Context(), 0, 293) {
		if err != nil {
			t.Fatal(err)
		}
		if def, err := types.Find(e.Header); err != nil || def.Class == entry.Fact || e.Body == nil || e.Actor == app.Operator {
			continue
		}
		tried++
		other := "p-expert"
		if e.Actor == other {
			other = "p-security"
		}
		for person, sees := range map[string]bool{e.Actor: true, other: false} {
			r := httptest.NewRequest(http.MethodGet, "/journal/"+strconv.FormatInt(e.Seq, 10), nil)
			w := httptest.NewRecorder()
			lab.Handler().ServeHTTP(w, r.WithContext(session.With(r.Context(), session.Caller{Actor: person, Means: session.Browser})))
			if w.Code != http.StatusOK || strings.Contains(w.Body.String(), "withheld or was erased") == sees {
				t.Errorf("entry %d as %s: %d, sees %v is not so", e.Seq, person, w.Code, sees)
			}
			r = httptest.NewRequest(http.MethodGet, r.URL.Path+"/proof", nil)
			w = httptest.NewRecorder()
			lab.Handler().ServeHTTP(w, r.WithContext(session.With(r.Context(), session.Caller{Actor: person, Means: session.Browser})))
			if w.Code != http.StatusOK || strings.Contains(w.Body.String(), `"body": ""`) == sees {
				t.Errorf("the proof of entry %d as %s: %d, sees %v is not so", e.Seq, person, w.Code, sees)
			}
		}
	}
	if tried == 0 {
		t.Error("the drill has no private entry, so nothing was tried")
	}
}

// Nobody reads a lab without signing in.
func TestALabAnswersWhoIsSignedIn(t *testing.T) {
	drill, _ := demoSites(t)
	lab := web.New(web.Options{App: drill.App, Kind: web.Lab})
	for _, path := range []string{"/", "/board", "/journal/7", "/journal/checkpoint", "/search?q=aster", "/decisions?as=json"} {
		w := httptest.NewRecorder()
		lab.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code == http.StatusOK || strings.Contains(w.Body.String(), "aster-2") {
			t.Errorf("%s answers nobody with %d", path, w.Code)
		}
	}
}
