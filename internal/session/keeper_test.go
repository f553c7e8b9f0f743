// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package session

import (
	"bytes"
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/directory"
	"github.com/holdpoint/holdpoint/internal/fault"
)

func TestCookie(t *testing.T) {
	for origin, want := range map[string]struct {
		name   string
		secure bool
	}{
		"http://localhost:8420": {"holdpoint", false}, "http://127.0.0.1:1": {"holdpoint", false}, "https://h.example": {"__Host-holdpoint", true},
	} {
		h := open(t, Options{Origin: origin})
		c, _ := h.begin("rso")
		if c.Name != want.name || c.Secure != want.secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || len(read(c.Value)) != 32 {
			t.Errorf("%s: %+v", origin, c)
		}
	}
	for _, origin := range []string{"", "http://h.example", "http://0.0.0.0", "ftp://localhost", "h.example"} {
		if _, err := New(Options{Origin: origin}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", origin, err)
		}
	}
}

// What is stored opens nothing, and says neither where from nor with what.
func TestNothingOfTheSecretIsStored(t *testing.T) {
	h := open(t, Options{})
	c, s := h.begin("rso")
	row, err := directory.SessionOf(t.Context(), h.app.Directory(), hashOf(read(c.Value)))
	if err != nil || row.ID != s.ID || bytes.Contains(row.Hash, read(c.Value)) {
		t.Fatal(row, err)
	}
	if h.in(&http.Cookie{Name: c.Name, Value: written(row.Hash)}) {
		t.Error("the stored hash signs in")
	}
}

func TestSession(t *testing.T) {
	h := open(t, Options{Idle: time.Hour, Absolute: 3 * time.Hour})
	c, s := h.begin("rso")
	who, ok, _, _ := h.who(with(c))
	if !ok || who.Actor != "rso" || who.ID != s.ID || who.Means != Browser || !who.May(Act) {
		t.Fatal(who, ok)
	}
	for range 3 { // used every 50 minutes it lives on, until it is old
		h.skew += 50 * time.Minute
		if !h.in(c) {
			t.Fatal(h.skew)
		}
	}
	h.skew += 40 * time.Minute
	if _, ok, w, _ := h.who(with(c)); ok || w.Result().Cookies()[0].MaxAge >= 0 {
		t.Error("a session outlives its limit")
	}
	c, _ = h.begin("rso")
	h.skew += 61 * time.Minute
	if h.in(c) {
		t.Error("a session outlives an idle hour")
	}
}

// A bad cookie is nobody's, whatever is wrong with it, and says nothing.
func TestBadCookies(t *testing.T) {
	h := open(t, Options{})
	c, _ := h.begin("rso")
	for _, value := range []string{"x", "", written(newSecret()), c.Value + "A", c.Value[:42], strings.ToUpper(c.Value), "%00"} {
		_, ok, w, _ := h.who(with(&http.Cookie{Name: c.Name, Value: value}))
		if ok || w.Code != 200 || w.Body.Len() != 0 {
			t.Errorf("%q: %v %d %q", value, ok, w.Code, w.Body)
		}
	}
}

// Signing in makes a new secret and ends the session that the browser had; a
// secret that the browser brought is never taken over.
func TestRotatedOnSignIn(t *testing.T) {
	h := open(t, Options{})
	fixed := &http.Cookie{Name: "holdpoint", Value: written(newSecret())}
	first, _ := h.begin("rso", fixed)
	if first.Value == fixed.Value || h.in(fixed) {
		t.Error("a planted secret signs in")
	}
	second, _ := h.begin("rso", first)
	if h.in(first) || !h.in(second) {
		t.Error("the session from before lives on")
	}
}

// Users' test 1 and the sessions' rule: what a role adds goes to who signs in
// again, and so does what is left after one ends.
func TestARoleChangeEndsTheSession(t *testing.T) {
	h := open(t, Options{})
	for _, change := range []func(){
		func() { h.grant("rso", "red-team") },
		func() { h.do(app.EndRole(access.RoleChange{Person: "rso", Role: "red-team", Reason: "left"})) },
	} {
		c, _ := h.begin("rso")
		other, _ := h.begin("ceo")
		if !h.in(c) {
			t.Fatal("not signed in")
		}
		change()
		if h.in(c) || !h.in(other) {
			t.Error("after the roles changed:", h.in(c), h.in(other))
		}
	}
}

func TestRevoked(t *testing.T) {
	h := open(t, Options{})
	one, s := h.begin("rso")
	two, _ := h.begin("rso")
	if err := h.k.Register().EndSession(t.Context(), s.ID); err != nil || h.in(one) || !h.in(two) {
		t.Error(err)
	}
	wants(t, h.k.Register().EndSession(t.Context(), s.ID), fault.NotFound, s.ID)
	h.begin("rso")
	other, _ := h.begin("ceo")
	if n, err := h.k.Register().EndSessions(t.Context(), "rso", ""); n != 2 || err != nil || h.in(two) || !h.in(other) {
		t.Error(n, err)
	}
	w, r := httptest.NewRecorder(), httptest.NewRequest("POST", "/sign-out", nil)
	r.AddCookie(other)
	if err := h.k.SignOut(w, r); err != nil || h.in(other) || w.Result().Cookies()[0].MaxAge >= 0 {
		t.Error(err)
	}
}

// Users' test 6: a change of what a person comes in by ends their sessions.
func TestACredentialChangeEndsSessions(t *testing.T) {
	h := open(t, Options{})
	g := h.k.Register()
	for name, change := range map[string]func() error{
		"password": func() error { return g.SetPassword(t.Context(), "rso", "correct horse battery", "") },
		"link":     func() error { return g.Link(t.Context(), "rso", "https://idp.example", "s1") },
	} {
		c, _ := h.begin("rso")
		other, _ := h.begin("ceo")
		if err := change(); err != nil || h.in(c) || !h.in(other) {
			t.Errorf("%s: %v", name, err)
		}
	}
	c, _ := h.begin("rso")
	if err := g.Unlink(t.Context(), "rso", "https://idp.example", "s1"); err != nil || h.in(c) {
		t.Error(err)
	}
	c, s := h.begin("rso")
	gone, _ := h.begin("rso")
	if err := g.SetPassword(t.Context(), "rso", "another horse battery", s.ID); err != nil || !h.in(c) || h.in(gone) {
		t.Error("the session that changed it:", err)
	}
}

// Users' test 14: case variants are not other people, and a subject is one
// person's. Users' test 3: who acts is who signed in, whatever else a request says.
func TestStillOnePerson(t *testing.T) {
	h := open(t, Options{Passwords: true})
	g := h.k.Register()
	if err := g.SetPassword(t.Context(), "rso", "correct horse battery", ""); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"RSO", "Rso", " rso", "rso ", "rso\x00", "ｒso", "operator", ""} {
		w, r := httptest.NewRecorder(), httptest.NewRequest("POST", "/sign-in", nil)
		if _, err := h.k.SignInPassword(w, r, id, "correct horse battery"); fault.KindOf(err) != fault.Forbidden || len(w.Result().Cookies()) != 0 {
			t.Errorf("%q: %v", id, err)
		}
		if err := g.SetPassword(t.Context(), id, "correct horse battery", ""); err == nil {
			t.Errorf("%q got a password", id)
		}
		if _, err := h.k.Begin(w, r, id, Browser, "x"); err == nil {
			t.Errorf("%q got a session", id)
		}
	}
	if err := g.Link(t.Context(), "rso", "https://idp.example", "S1"); err != nil {
		t.Fatal(err)
	}
	wants(t, g.Link(t.Context(), "ceo", "https://idp.example", "S1"), fault.Conflict, `"rso"`)
	if _, err := directory.Linked(t.Context(), h.app.Directory(), "https://idp.example", "s1"); fault.KindOf(err) != fault.NotFound {
		t.Error("a subject in other letters:", err)
	}
	c, _ := h.begin("rso")
	who, _, _, _ := h.who(with(c), func(r *http.Request) { r.Header.Set("X-Remote-User", "ceo"); r.URL.RawQuery = "actor=ceo" })
	if who.Actor != "rso" {
		t.Error(who)
	}
}

func TestPassword(t *testing.T) {
	h := open(t, Options{Passwords: true})
	if err := h.k.Register().SetPassword(t.Context(), "rso", "correct horse battery", ""); err != nil {
		t.Fatal(err)
	}
	work := 0
	h.k.register.kiln.stretch = func(p, salt []byte) []byte { work++; return stretch(p, salt) }
	sign := func(id, password string) error {
		_, err := h.k.SignInPassword(httptest.NewRecorder(), httptest.NewRequest("POST", "/sign-in", nil), id, password)
		return err
	}
	if err := sign("rso", "correct horse battery"); err != nil {
		t.Fatal(err)
	}
	// A wrong name costs as much and says the same as a wrong password.
	var said []string
	for _, try := range [][2]string{{"rso", "wrong"}, {"nobody", "wrong"}, {"ceo", ""}, {"rso", strings.Repeat("x", 5000)}} {
		before := work
		err := sign(try[0], try[1])
		if fault.KindOf(err) != fault.Forbidden || work != before+1 {
			t.Errorf("%q: %v, %d hashes", try[0], err, work-before)
			continue
		}
		said = append(said, err.Error()+fault.HintOf(err))
	}
	if len(slices.Compact(said)) != 1 {
		t.Error(said)
	}
	if strings.Contains(h.log.String(), "rso") || !strings.Contains(h.log.String(), "wrong name or password") {
		t.Error(h.log.String())
	}
	for _, bad := range []string{"", "short", strings.Repeat("x", MaxPassword+1), "\xff" + strings.Repeat("x", 20)} {
		wants(t, h.k.Register().SetPassword(t.Context(), "rso", bad, ""), fault.Invalid, "a password has")
	}
	wants(t, h.k.Register().SetPassword(t.Context(), "ci", "correct horse battery", ""), fault.Invalid, "automation")
	off := open(t, Options{})
	_, err := off.k.SignInPassword(httptest.NewRecorder(), httptest.NewRequest("POST", "/", nil), "rso", "x")
	wants(t, err, fault.Forbidden, "no sign-in with a password")
	_, err = New(Options{Origin: "http://localhost", Passwords: true, OIDC: &Provider{Issuer: "https://i", ClientID: "c"}})
	wants(t, err, fault.Invalid, "not for the same workspace")
}

// Tries of one account are few, whether it is there or not, and whoever else
// signs in is not held up by them; all together are bounded too.
func TestLimits(t *testing.T) {
	h := open(t, Options{Passwords: true})
	h.k.register.kiln.stretch = func([]byte, []byte) []byte { return make([]byte, 32) }
	tries := func(id string, n int) (let int) {
		for range n {
			_, err := h.k.SignInPassword(httptest.NewRecorder(), httptest.NewRequest("POST", "/", nil), id, "wrong")
			if fault.KindOf(err) == fault.Forbidden {
				let++
			} else if fault.KindOf(err) != fault.Unavailable {
				t.Fatal(err)
			}
		}
		return let
	}
	if a, b, c := tries("rso", 9), tries("nobody", 9), tries("ceo", 1); a != 5 || b != 5 || c != 1 {
		t.Error(a, b, c)
	}
	h.skew = time.Minute
	if n := tries("rso", 3); n != 1 {
		t.Errorf("%d tries a minute later", n)
	}
	l := newLimiter(1, time.Minute)
	for range maxBuckets + 100 {
		l.take(rand.Text(), time.Now())
	}
	if len(l.full) > maxBuckets {
		t.Errorf("%d buckets", len(l.full))
	}
	if !l.take("later", time.Now().Add(2*time.Minute)) {
		t.Error("buckets that are full again still take room")
	}
}

// Users' test 15: a storm of sign-ins computes two hashes at a time, and turns
// away whom it cannot queue.
func TestAStormDoesNotExhaustMemory(t *testing.T) {
	k := newKiln()
	var mu sync.Mutex
	now, most, fired := 0, 0, make(chan struct{})
	k.stretch = func([]byte, []byte) []byte {
		mu.Lock()
		now++
		most = max(most, now)
		mu.Unlock()
		<-fired
		mu.Lock()
		now--
		mu.Unlock()
		return make([]byte, 32)
	}
	var wg sync.WaitGroup
	turned := make(chan error, 200)
	for range 200 {
		wg.Go(func() {
			if _, err := k.matches(t.Context(), "", "x"); err != nil {
				turned <- err
			}
		})
	}
	for len(turned) < 200-kilnQueue {
		time.Sleep(time.Millisecond)
	}
	close(fired)
	wg.Wait()
	if most > kilnPlaces || len(turned) != 200-kilnQueue {
		t.Errorf("%d at once, %d turned away", most, len(turned))
	}
	wants(t, <-turned, fault.Unavailable, "too many people sign in")
}

func TestTokens(t *testing.T) {
	h := open(t, Options{})
	g := h.k.Register()
	made, secret, err := g.NewToken(t.Context(), NewToken{Person: "ci", Scopes: []Scope{Read, Check}, Life: 24 * time.Hour, Label: "pipeline"})
	if err != nil || len(secret) != 51 || !strings.HasPrefix(secret, "hp_") {
		t.Fatal(secret, err)
	}
	who, ok, _, _ := h.who(bearing("Bearer " + secret))
	if !ok || who.Actor != "ci" || who.ID != made.ID || who.Means != Token || !who.May(Read) || !who.May(Check) || who.May(Act) {
		t.Error(who, ok)
	}
	list, err := g.Tokens(t.Context(), "ci")
	if err != nil || len(list) != 1 || list[0].Used%day != 0 || list[0].Used == 0 || time.Now().UnixMilli()-list[0].Used >= day {
		t.Error(list, err)
	}
	// A request with a token is its token's alone, and no cookie helps it.
	c, _ := h.begin("rso")
	flipped := secret[:10] + string(secret[10]^1) + secret[11:]
	for header, words := range map[string]string{
		"Bearer " + flipped: "mistyped", "Bearer " + tokenText(newSecret()): "not known here", "Bearer": "mistyped", "": "mistyped",
		"Basic cnNvOng=": "mistyped", "Bearer " + written(tokenSecret(secret)): "mistyped", "Bearer " + secret + "A": "mistyped",
	} {
		_, ok, w, refused := h.who(with(c), bearing(header))
		if ok || w.Code != 200 {
			t.Errorf("%q came in", header)
		}
		wants(t, refused, fault.Forbidden, words)
	}
	h.skew = 25 * time.Hour
	if _, ok, _, refused := h.who(bearing("bearer " + secret)); ok {
		t.Error("an expired token")
	} else {
		wants(t, refused, fault.Forbidden, "has expired")
	}
	h.skew = 0
	if err := g.RevokeToken(t.Context(), made.ID); err != nil {
		t.Fatal(err)
	}
	if _, ok, _, _ := h.who(bearing("Bearer " + secret)); ok {
		t.Error("a revoked token")
	}
}

// A token ends with the last role of its person, and gains nothing by a new one:
// what it may is decided by the roles at each act.
func TestATokenEndsWithItsPerson(t *testing.T) {
	h := open(t, Options{})
	_, secret, err := h.k.Register().NewToken(t.Context(), NewToken{Person: "rso", Scopes: []Scope{Act}, Life: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	h.do(app.EndRole(access.RoleChange{Person: "rso", Role: "rso", Reason: "left"}))
	_, ok, _, refused := h.who(bearing("Bearer " + secret))
	if ok {
		t.Error("the token of somebody who left")
	}
	wants(t, refused, fault.Forbidden, "no role left")
}

func TestNewTokenRefuses(t *testing.T) {
	h := open(t, Options{})
	good := NewToken{Person: "ci", Scopes: []Scope{Read}, Life: time.Hour}
	for words, change := range map[string]func(*NewToken){
		"no person":           func(n *NewToken) { n.Person = "CI" },
		"at least one scope":  func(n *NewToken) { n.Scopes = nil },
		`"admin" is no scope`: func(n *NewToken) { n.Scopes = []Scope{"admin"} },
		"named twice":         func(n *NewToken) { n.Scopes = []Scope{Read, Read} },
		"at most a year":      func(n *NewToken) { n.Life = MaxTokenLife + 1 },
		"more than nothing":   func(n *NewToken) { n.Life = 0 },
		"one line":            func(n *NewToken) { n.Label = "a\nb" },
	} {
		in := good
		change(&in)
		if _, _, err := h.k.Register().NewToken(t.Context(), in); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v", words, err)
		}
	}
}

// A challenge is answered once, in time, in the browser it was given to.
func TestChallenge(t *testing.T) {
	h := open(t, Options{})
	give := func() *http.Cookie {
		w := httptest.NewRecorder()
		if err := h.k.Challenge(w, httptest.NewRequest("GET", "/", nil), "passkey", []byte("nonce")); err != nil {
			t.Fatal(err)
		}
		return w.Result().Cookies()[0]
	}
	take := func(purpose string, c *http.Cookie) error {
		r := httptest.NewRequest("GET", "/", nil)
		if c != nil {
			r.AddCookie(c)
		}
		data, err := h.k.TakeChallenge(httptest.NewRecorder(), r, purpose)
		if err == nil && string(data) != "nonce" {
			t.Error(data)
		}
		return err
	}
	c := give()
	if err := take("passkey", c); err != nil {
		t.Fatal(err)
	}
	wants(t, take("passkey", c), fault.Forbidden, "no sign-in was begun")
	wants(t, take("passkey", nil), fault.Forbidden, "no sign-in was begun")
	c = give()
	c.Name = "holdpoint-oidc"
	wants(t, take("oidc", c), fault.Forbidden, "no sign-in was begun")
	c = give()
	h.skew = challengeLife
	wants(t, take("passkey", c), fault.Forbidden, "no sign-in was begun")
}

// Users' test 7.
func TestLocalPath(t *testing.T) {
	for _, next := range []string{"/", "/desk", "/models/m1?tab=evidence", "/a/b/", "/a?next=//x", "/a%20b", "/%E2%82%AC", "/a?q=%5c"} {
		if got := LocalPath(next); got != next {
			t.Errorf("%q became %q", next, got)
		}
	}
	for _, next := range []string{
		"", "desk", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example", "/%5cevil.example", "/%5Cevil.example",
		"/%255cevil.example", "/%2f/evil.example", "/%2F%2Fevil.example", "/a//b", "/..//evil.example", "/../x", "/a/../b", "/./a", "/a/..", "/%2e%2e/x", "/%252e%252e/x",
		"https://evil.example", "https:/evil.example", "javascript:alert(1)", "/\tevil", "/\n/evil.example", "/a\r\nSet-Cookie: x", "/\x00", "/%00", "/%0d%0aX: y", "/%09/evil.example",
		" /a", "/a b", "/\u2028", "/a#b", "/@evil.example/%zz", "/a?x\\y", "/%", "?a", "/" + strings.Repeat("a", 3000),
	} {
		if got := LocalPath(next); got != "/" {
			t.Errorf("%q was kept as %q", next, got)
		}
	}
}

func TestProtect(t *testing.T) {
	done := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	guarded, err := Protect(done, "https://trusted.example")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		method string
		set    []string
		want   int
	}{
		"same origin":             {"POST", []string{"Sec-Fetch-Site", "same-origin"}, 204},
		"cross-site form":         {"POST", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		"same site, other origin": {"POST", []string{"Sec-Fetch-Site", "same-site"}, 403},
		"old browser, other host": {"POST", []string{"Origin", "https://evil.example"}, 403},
		"old browser, same host":  {"POST", []string{"Origin", "https://h.example"}, 204},
		"opaque origin":           {"POST", []string{"Origin", "null"}, 403},
		"trusted":                 {"POST", []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://trusted.example"}, 204},
		"reading":                 {"GET", []string{"Sec-Fetch-Site", "cross-site"}, 204},
		"delete":                  {"DELETE", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		"program without headers": {"POST", nil, 204},
		"program with a token":    {"POST", []string{"Sec-Fetch-Site", "cross-site", "Authorization", "Bearer hp_x"}, 204},
	} {
		r := httptest.NewRequest(c.method, "https://h.example/act", nil)
		for i := 0; i+1 < len(c.set); i += 2 {
			r.Header.Set(c.set[i], c.set[i+1])
		}
		w := httptest.NewRecorder()
		guarded.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s: %d, want %d", name, w.Code, c.want)
		}
	}
	if _, err := Protect(done, "trusted.example/path"); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
}
