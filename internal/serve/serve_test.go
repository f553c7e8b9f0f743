// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package serve

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/demo"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/web"
)

// lab opens a fresh workspace with nothing but its first entry.
func lab(t *testing.T) *app.App {
	t.Helper()
	a, err := app.Init(t.Context(), filepath.Join(t.TempDir(), "lab"), app.Genesis{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

type logged struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newServer(t *testing.T, c Config, all ...Workspace) (*Server, *logged) {
	t.Helper()
	log := &logged{}
	s, err := New(c, slog.New(slog.NewTextHandler(log, nil)), all...)
	if err != nil {
		t.Fatal(err)
	}
	return s, log
}

func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func get(t *testing.T, address string) (int, string) {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

// running starts a server and gives what stops it and waits for its end.
func running(t *testing.T, s *Server) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	answers, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- s.Run(ctx, func(string) { close(answers) }) }()
	select {
	case <-answers:
	case err := <-ended:
		t.Fatal(err)
	}
	return func() error {
		cancel()
		return <-ended
	}
}

func TestAServerAnswersAndStops(t *testing.T) {
	c := Defaults()
	c.Listen, c.Metrics = free(t), free(t)
	s, log := newServer(t, c, Workspace{App: lab(t), Kind: web.Lab})
	stop := running(t, s)
	for path, want := range map[string]string{"/healthz": "ok", "/readyz": "ready", "/": "Who are you?", "/desk": "Who are you?"} {
		if code, body := get(t, "http://"+c.Listen+path); code != 200 || !strings.Contains(body, want) {
			t.Errorf("%s: %d %s", path, code, body)
		}
	}
	if _, body := get(t, "http://"+c.Listen+"/metrics"); strings.Contains(body, "holdpoint_ready") {
		t.Errorf("metrics stand on the public address:\n%s", body)
	}
	if code, body := get(t, "http://"+c.Listen+"/api/v1/head"); code != 401 || !strings.Contains(body, "urn:holdpoint:problem:") {
		t.Errorf("the interface answers nobody: %d %s", code, body)
	}
	code, body := get(t, "http://"+c.Metrics+"/metrics")
	for _, want := range []string{`holdpoint_ready{workspace=""} 1`, `holdpoint_journal_entries{workspace=""} 1`, `holdpoint_live_while_held{workspace=""} 0`,
		`holdpoint_http_requests_total{route="GET /healthz",status="200"} 1`, `holdpoint_http_requests_total{route="GET /desk",status="303"} 1`} {
		if code != 200 || !strings.Contains(body, want) {
			t.Errorf("metrics want %s:\n%s", want, body)
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if strings.Contains(log.String(), "127.0.0.1:") || strings.Contains(log.String(), "Go-http-client") {
		t.Errorf("the log says who asked:\n%s", log)
	}
}

// What has begun is finished, and what comes later finds nobody.
func TestStoppingFinishesWhatHasBegun(t *testing.T) {
	c := Defaults()
	c.Listen = free(t)
	s, _ := newServer(t, c, Workspace{App: lab(t), Kind: web.Lab})
	begun, finish := make(chan struct{}), make(chan struct{})
	s.mux.HandleFunc("GET /slow", func(w http.ResponseWriter, r *http.Request) {
		close(begun)
		<-finish
		io.WriteString(w, "finished")
	})
	stop := running(t, s)
	answered := make(chan string, 1)
	go func() {
		res, err := http.Get("http://" + c.Listen + "/slow")
		if err != nil {
			answered <- err.Error()
			return
		}
		defer res.Body.Close()
		b, _ := io.ReadAll(res.Body)
		answered <- string(b)
	}()
	<-begun
	ended := make(chan error, 1)
	go func() { ended <- stop() }()
	<-s.stopping
	close(finish)
	if got := <-answered; got != "finished" {
		t.Errorf("a request that had begun got %q", got)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := http.Get("http://" + c.Listen + "/healthz"); err == nil {
		t.Error("a stopped server answers")
	}
}

func TestAPanicIsOneAnswer(t *testing.T) {
	s, log := newServer(t, Defaults(), Workspace{App: lab(t), Kind: web.Lab})
	s.mux.HandleFunc("GET /broken", func(http.ResponseWriter, *http.Request) { panic("the cupboard is bare") })
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/broken", nil))
	if w.Code != 500 || strings.Contains(w.Body.String(), "cupboard") || !strings.Contains(log.String(), "cupboard") {
		t.Errorf("%d %s\n%s", w.Code, w.Body, log)
	}
}

// A page of another site cannot act here, whoever is looking at it.
func TestAnotherSiteCannotAct(t *testing.T) {
	s, _ := newServer(t, Defaults(), Workspace{App: lab(t), Base: "/drill", Kind: web.Drill})
	for origin, want := range map[string]int{"cross-site": 403, "same-origin": 303} {
		r := httptest.NewRequest("POST", "/drill/act-as", strings.NewReader("person="))
		r.Header.Set("Sec-Fetch-Site", origin)
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%s: %d, want %d", origin, w.Code, want)
		}
	}
}

// A damaged journal does not start, and says so.
func TestADamagedJournalDoesNotStart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "lab")
	a, err := app.Init(t.Context(), dir, app.Genesis{})
	if err != nil {
		t.Fatal(err)
	}
	a.Close()
	if err := os.WriteFile(filepath.Join(dir, "holdpoint.db"), []byte("this is not a database"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOLDPOINT_LISTEN", free(t))
	err = Door{}.Serve(t.Context(), listening(dir))
	if fault.KindOf(err) != fault.Corrupt || fault.HintOf(err) == "" {
		t.Errorf("err = %v", err)
	}
}

func TestTheDrillAloneLetsPickARole(t *testing.T) {
	dir := t.TempDir()
	if _, err := demo.Build(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	var all []Workspace
	for _, k := range []web.Kind{web.Drill, web.Record} {
		a, err := app.Open(t.Context(), filepath.Join(dir, string(k)), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		all = append(all, Workspace{App: a, Base: "/" + string(k), Kind: k})
	}
	s, _ := newServer(t, Defaults(), all...)
	srv := httptest.NewServer(s.Handler())
	defer srv.Close()
	if _, body := get(t, srv.URL+"/"); !strings.Contains(body, "The drill") || !strings.Contains(body, "The record") {
		t.Errorf("the first page:\n%s", body)
	}
	for base, want := range map[string]int{"/drill": http.StatusSeeOther, "/record": http.StatusNotFound} {
		client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		res, err := client.PostForm(srv.URL+base+"/act-as", url.Values{"person": {demo.Officer}})
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s: %d, want %d", base, res.StatusCode, want)
		}
	}
}

func TestConfigIsPrintedAndReadAgain(t *testing.T) {
	c := Defaults()
	c.Origin, c.Metrics, c.SweepEvery = "https://holdpoint.lab.example", "127.0.0.1:8421", time.Minute
	text, err := c.Text()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "holdpoint.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := Read(path, "")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c, got); diff != "" {
		t.Error(diff)
	}
	for _, word := range []string{"# Listen is the address", "# Environment: HOLDPOINT_OIDC_SECRET\n# oidc_secret: (not printed)"} {
		if !strings.Contains(text, word) {
			t.Errorf("no %q in:\n%s", word, text)
		}
	}
}

func TestConfigRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"lisen: x":                      "lisen",
		"listen: nowhere":               "is not an address",
		"listen: 0.0.0.0:80":            "would not be encrypted",
		"tls_cert: a.pem":               "one is set without the other",
		"origin: http://lab.example":    "is not the address of a server",
		"origin: https://lab.example/x": "is not the address of a server",
		"oidc_issuer: https://a":        "oidc_client",
		"sweep_every: 1ms":              "too often",
		"sweep_every: often":            "line 1",
	} {
		path := filepath.Join(t.TempDir(), "c.yaml")
		if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(path, ""); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	t.Setenv("HOLDPOINT_PROXIED", "perhaps")
	if _, err := Read("", ""); err == nil || !strings.Contains(err.Error(), "HOLDPOINT_PROXIED") {
		t.Errorf("a bad environment: %v", err)
	}
}
