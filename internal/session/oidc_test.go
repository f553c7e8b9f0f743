// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package session

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/testdata"
)

// provider builds the provider of testdata/provider, which is a program of the
// OpenID-certified library zitadel/oidc, and starts it on this machine. Where it
// cannot be built the test is skipped, or fails where "oidc" is required.
func provider(t *testing.T, redirect string) (issuer string) {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "provider")
	build := exec.Command("go", "build", "-o", bin, "github.com/zitadel/oidc/v3/example/server")
	build.Dir, build.Env = filepath.Join("testdata", "provider"), append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-mod=readonly")
	if out, err := build.CombinedOutput(); err != nil {
		msg := fmt.Sprintf("SKIPPED: the sign-in provider cannot be built, so sign-in with OpenID Connect is not tested: %v\n%s", err, out)
		if testdata.Required("oidc") {
			t.Fatal(msg)
		}
		t.Skip(msg)
	}
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	l.Close()
	ctx, stop := context.WithCancel(context.Background())
	run := exec.CommandContext(ctx, bin)
	run.Env = append(os.Environ(), "PORT="+port, "REDIRECT_URI="+redirect)
	if err := run.Start(); err != nil {
		stop()
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); _ = run.Wait() })
	issuer = "http://localhost:" + port + "/"
	for range 200 {
		if resp, err := http.Get(issuer + ".well-known/openid-configuration"); err == nil {
			resp.Body.Close()
			return issuer
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("the provider does not answer")
	return ""
}

// site is a server with the routes of a sign-in, as a face would have them.
type site struct {
	*house
	url string
	// failed is the last fault of a callback; next where the last one went on to.
	failed error
	next   string
}

func openSite(t *testing.T) *site {
	s := &site{}
	mux := http.NewServeMux()
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	s.url = strings.Replace(srv.URL, "127.0.0.1", "localhost", 1)
	s.house = open(t, Options{Origin: s.url, OIDC: &Provider{Issuer: provider(t, s.url+CallbackPath), ClientID: "web", ClientSecret: "secret"}})
	mux.HandleFunc("GET /sign-in", func(w http.ResponseWriter, r *http.Request) {
		if err := s.k.OIDCStart(w, r, r.FormValue("next")); err != nil {
			t.Error(err)
		}
	})
	mux.HandleFunc("GET "+CallbackPath, func(w http.ResponseWriter, r *http.Request) {
		if s.next, s.failed = s.k.OIDCCallback(w, r); s.failed != nil {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		http.Redirect(w, r, s.next, http.StatusSeeOther)
	})
	mux.Handle("GET /who", s.k.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, ok := From(r.Context())
		fmt.Fprint(w, c.Actor, " ", ok)
	})))
	return s
}

func browser(t *testing.T) *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, Timeout: 20 * time.Second}
}

func body(t *testing.T, resp *http.Response, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// signIn does what a person does: it begins here and fills in the provider's form.
func (s *site) signIn(b *http.Client, next string) string {
	s.t.Helper()
	resp, err := b.Get(s.url + "/sign-in?next=" + url.QueryEscape(next))
	page := body(s.t, resp, err)
	_, id, ok := strings.Cut(page, `name="id" value="`)
	if !ok {
		s.t.Fatalf("no form at %s: %s", resp.Request.URL, page)
	}
	id, _, _ = strings.Cut(id, `"`)
	q := url.Values{"id": {id}, "username": {"test-user@localhost"}, "password": {"verysecure"}}
	resp, err = b.PostForm(resp.Request.URL.Scheme+"://"+resp.Request.URL.Host+"/login/username", q)
	return body(s.t, resp, err)
}

// A person signs in with a provider that others wrote: refused while nobody is
// linked, with what the operator needs; let in once linked.
func TestOIDC(t *testing.T) {
	s := openSite(t)
	issuer := s.k.options.OIDC.Issuer
	b := browser(t)
	s.signIn(b, "/who")
	wants(t, s.failed, fault.Forbidden, `linked to the subject "id1" of `+issuer)
	if hint := fault.HintOf(s.failed); !strings.Contains(hint, "holdpoint identity link PERSON --issuer "+issuer+" --subject id1") {
		t.Error(hint)
	}
	if log := s.log.String(); !strings.Contains(log, "linked to nobody") || strings.Contains(log, "id1") || strings.Contains(log, "test-user") {
		t.Error(log)
	}
	if people, err := s.k.Register().Sessions(t.Context(), ""); err != nil || len(people) != 0 {
		t.Error(people, err)
	}
	// An address that the provider tells leads to nobody either.
	if err := s.k.Register().Link(t.Context(), "ceo", issuer, "test-user@zitadel.ch"); err != nil {
		t.Fatal(err)
	}
	s.signIn(browser(t), "/who")
	wants(t, s.failed, fault.Forbidden, "linked to the subject")
	if err := s.k.Register().Link(t.Context(), "rso", issuer, "id1"); err != nil {
		t.Fatal(err)
	}
	b = browser(t)
	if got := s.signIn(b, "/who"); s.failed != nil || got != "rso true" {
		t.Error(s.failed, got)
	}
	if s.signIn(browser(t), "//evil.example"); s.failed != nil || s.next != "/" {
		t.Error(s.failed, s.next)
	}
	if err := s.k.Register().Unlink(t.Context(), "rso", issuer, "id1"); err != nil {
		t.Fatal(err)
	}
	if resp, err := b.Get(s.url + "/who"); body(t, resp, err) != " false" {
		t.Error("still signed in after the link was taken away")
	}
}

// What an attacker or a fault makes of a callback is refused, and says why.
func TestOIDCCallbackRefuses(t *testing.T) {
	s := openSite(t)
	if err := s.k.Register().Link(t.Context(), "rso", s.k.options.OIDC.Issuer, "id1"); err != nil {
		t.Fatal(err)
	}
	begin := func() (cookie *http.Cookie, state string) {
		w := httptest.NewRecorder()
		if err := s.k.OIDCStart(w, httptest.NewRequest("GET", "/sign-in", nil), "/"); err != nil {
			t.Fatal(err)
		}
		to, err := url.Parse(w.Header().Get("Location"))
		q := to.Query()
		if err != nil || q.Get("code_challenge_method") != "S256" || len(q.Get("code_challenge")) != 43 || q.Get("nonce") == "" || q.Get("scope") != "openid" {
			t.Fatal(to, err)
		}
		return w.Result().Cookies()[0], q.Get("state")
	}
	back := func(c *http.Cookie, q url.Values) error {
		r := httptest.NewRequest("GET", CallbackPath+"?"+q.Encode(), nil)
		if c != nil {
			r.AddCookie(c)
		}
		w := httptest.NewRecorder()
		_, err := s.k.OIDCCallback(w, r)
		for _, c := range w.Result().Cookies() {
			if c.Name == "holdpoint" {
				t.Error("a refused callback signs in")
			}
		}
		return err
	}
	_, state := begin()
	wants(t, back(nil, url.Values{"state": {state}, "code": {"x"}}), fault.Forbidden, "no sign-in was begun in this browser")
	c, _ := begin()
	wants(t, back(c, url.Values{"state": {state}, "code": {"x"}}), fault.Unavailable, "not to the sign-in that this browser began")
	c, state = begin()
	wants(t, back(c, url.Values{"state": {state}, "code": {"x"}}), fault.Unavailable, "did not accept its own answer: 400")
	wants(t, back(c, url.Values{"state": {state}, "code": {"x"}}), fault.Forbidden, "no sign-in was begun")
	c, state = begin()
	wants(t, back(c, url.Values{"state": {state}, "error": {"access_denied"}, "error_description": {"somebody@lab.example"}}), fault.Unavailable, "refused: access_denied")
	c, state = begin()
	wants(t, back(c, url.Values{"state": {state}, "error": {"<b>somebody@lab.example"}}), fault.Unavailable, "an error without a known code")
	if log := s.log.String(); strings.Contains(log, "@lab.example") || strings.Contains(strings.ToLower(log), "unknown") || strings.Count(log, "why=") != 4 {
		t.Error(log)
	}
	h := open(t, Options{OIDC: &Provider{Issuer: "http://localhost:1", ClientID: "web"}})
	err := h.k.OIDCStart(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil), "/")
	wants(t, err, fault.Unavailable, "the sign-in provider http://localhost:1 does not say how to sign in")
	err = open(t, Options{}).k.OIDCStart(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil), "/")
	wants(t, err, fault.NotFound, "no sign-in provider")
}
