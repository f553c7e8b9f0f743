// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/holdpoint/holdpoint/client"
	"github.com/holdpoint/holdpoint/internal/api"
	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/cli"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/review"
	"github.com/holdpoint/holdpoint/internal/session"
	"github.com/holdpoint/holdpoint/proof"
)

var update = flag.Bool("update", false, "write golden files")

// lab is a workspace behind the interface. A token is "ACTOR" or "ACTOR:SCOPE,...".
type lab struct {
	*testing.T
	app  *app.App
	url  string
	log  *bytes.Buffer
	done chan struct{}
}

func newLab(t *testing.T) *lab {
	t.Helper()
	a, err := app.Init(t.Context(), t.TempDir(), app.Genesis{})
	if err != nil {
		t.Fatal(err)
	}
	l := &lab{T: t, app: a, log: &bytes.Buffer{}, done: make(chan struct{})}
	h := api.New(api.Options{App: a, Reads: cli.Reads{}, Log: slog.New(slog.NewTextHandler(l.log, nil)), Base: "/lab", Done: l.done, Release: "test"})
	srv := httptest.NewServer(http.StripPrefix("/lab", signedIn(h)))
	t.Cleanup(func() { srv.Close(); a.Close() })
	l.url = srv.URL + "/lab"
	l.act("policy.adopt", `{"ref":"anthropic-rsp@2.2"}`)
	for _, p := range []string{"p1", "p2"} {
		l.act("access.add", fmt.Sprintf(`{"person":{"id":%q,"kind":"person"}}`, p))
	}
	return l
}

func signedIn(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
			actor, scopes, limited := strings.Cut(token, ":")
			c := session.Caller{Actor: actor, Means: session.Browser}
			if limited {
				c.Means = session.Token
				for s := range strings.SplitSeq(scopes, ",") {
					c.Scopes = append(c.Scopes, session.Scope(s))
				}
			}
			r = r.WithContext(session.With(r.Context(), c))
		}
		next.ServeHTTP(w, r)
	})
}

func (l *lab) client(token string) *client.Client {
	l.Helper()
	c, err := client.New(l.url, token, nil)
	if err != nil {
		l.Fatal(err)
	}
	return c
}

func (l *lab) act(verb, args string) client.Done {
	l.Helper()
	d, err := l.client("operator").Do(l.Context(), verb, json.RawMessage(args), client.How{})
	if err != nil {
		l.Fatalf("%s: %v", verb, err)
	}
	return d
}

// get answers status, headers and body of a request with some headers.
func (l *lab) send(method, path, token, body string, headers ...string) (*http.Response, string) {
	l.Helper()
	req, err := http.NewRequestWithContext(l.Context(), method, l.url+path, strings.NewReader(body))
	if err != nil {
		l.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		l.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		l.Fatal(err)
	}
	return res, string(b)
}

const hold = `{"model":"m","actions":["external_deploy"],"reason":"to be sure"}`

func TestActs(t *testing.T) {
	l := newLab(t)
	l.act("model.register", `{"model":"m"}`)
	const path, kind = "/api/v1/acts/hold.place", "application/json"
	for _, c := range []struct {
		why, path, token, body string
		headers                []string
		status                 int
		problem, text          string
	}{
		{"done", path, "operator", hold, []string{"Content-Type", kind, "Idempotency-Key", "k"}, 200, "", `"repeated":false`},
		{"done once", path, "operator", hold, []string{"Content-Type", kind, "Idempotency-Key", "k"}, 200, "", `"repeated":true`},
		{"another act, the same key", path, "operator", strings.Replace(hold, "sure", "safe", 1), []string{"Content-Type", kind, "Idempotency-Key", "k"}, 409, "conflict", "another act"},
		{"nobody", path, "", hold, []string{"Content-Type", kind}, 401, "unauthenticated", "who calls"},
		{"no scope", path, "operator:read,check", hold, []string{"Content-Type", kind}, 403, "forbidden", "scope to act"},
		{"no duty", path, "p1", hold, []string{"Content-Type", kind}, 403, "forbidden", "holds no role with the duty"},
		{"a person nobody knows", path, "p9", hold, []string{"Content-Type", kind}, 403, "forbidden", "nobody known here"},
		{"an unknown member", path, "operator", `{"model":"m","reazon":"x"}`, []string{"Content-Type", kind}, 422, "invalid", "reazon"},
		{"a wrong type", path, "operator", `{"model":7}`, []string{"Content-Type", kind}, 422, "invalid", "/model"},
		{"no JSON", path, "operator", `{`, []string{"Content-Type", kind}, 422, "invalid", "cannot be read"},
		{"a form", path, "operator", `model=m`, []string{"Content-Type", "application/x-www-form-urlencoded"}, 400, "usage", "must be JSON"},
		{"an unknown act", "/api/v1/acts/hold.dance", "operator", `{}`, []string{"Content-Type", kind}, 404, "not_found", "no act"},
		{"the rule refuses", path, "operator", `{"model":"m"}`, []string{"Content-Type", kind}, 422, "invalid", ""},
		{"seen what is not there", path, "operator", hold, []string{"Content-Type", kind, "Holdpoint-Seen", "99999"}, 422, "invalid", "said to be seen"},
		{"seen nonsense", path, "operator", hold, []string{"Content-Type", kind, "Holdpoint-Seen", "x"}, 400, "usage", "number of an entry"},
		{"at, on a wall clock", path, "operator", hold, []string{"Content-Type", kind, "Holdpoint-At", "2025-05-22T14:00:00Z"}, 422, "invalid", "wall clock"},
	} {
		res, body := l.send("POST", c.path, c.token, c.body, c.headers...)
		if res.StatusCode != c.status || !strings.Contains(body, c.text) {
			t.Errorf("%s: %d %s", c.why, res.StatusCode, body)
		}
		if c.problem == "" {
			continue
		}
		var p api.Problem
		if err := json.Unmarshal([]byte(body), &p); err != nil || p.Type != "urn:holdpoint:problem:"+c.problem || p.Status != c.status || p.Title == "" {
			t.Errorf("%s: %v %+v", c.why, err, p)
		}
		if got := res.Header.Get("Content-Type"); got != "application/problem+json" {
			t.Errorf("%s: %s", c.why, got)
		}
	}
}

// What our own mistakes say is for the log.
func TestInternalErrorsSayNothing(t *testing.T) {
	p := api.ProblemOf(errors.New("open /secret/place: no"), "R1")
	if b := fmt.Sprintf("%+v", p); strings.Contains(b, "secret") || !strings.Contains(b, "R1") || p.Status != 500 {
		t.Errorf("%s", b)
	}
	for _, kind := range []fault.Kind{fault.Invalid, fault.Usage, fault.NotFound, fault.Conflict, fault.Forbidden, fault.Corrupt, fault.Unsupported, fault.Unavailable, fault.Internal} {
		p := api.ProblemOf(fault.New(kind, "x").At("file:1").Hinted("y"), "R1")
		if p.Type != "urn:holdpoint:problem:"+string(kind) || p.Status < 400 || p.Title == "" {
			t.Errorf("%s: %+v", kind, p)
		}
	}
}

// Of two pages that act on what both saw, one is told.
func TestSeenOverTheWire(t *testing.T) {
	l := newLab(t)
	l.act("model.register", `{"model":"m"}`)
	open := l.act("finding.open", `{"data":{"category":"deviation","statement":"s","about":{"kind":"model","id":"m"},"owner":"rso"}}`)
	id, seen := open.Entries[0].ID, open.First
	c := l.client("operator")
	rate := map[string]string{"finding": id, "rating": "minimal", "argument": "a"}
	if _, err := c.Do(t.Context(), "finding.rate", rate, client.How{Seen: seen}); err != nil {
		t.Fatal(err)
	}
	_, err := c.Do(t.Context(), "finding.rate", map[string]string{"finding": id, "rating": "material", "argument": "b"}, client.How{Seen: seen})
	p, ok := errors.AsType[*client.Problem](err)
	if !ok || p.Status != 409 || fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), id+" changed") {
		t.Errorf("%v", err)
	}
}

// A read is what the command line prints, and is not sent twice.
func TestReads(t *testing.T) {
	l := newLab(t)
	l.act("model.register", `{"model":"m"}`)
	got, err := l.client("p1:read").Read(t.Context(), "model/show", map[string][]string{"id": {"m"}})
	if err != nil {
		t.Fatal(err)
	}
	var out, errOut bytes.Buffer
	if code := cli.Run(t.Context(), []string{"model", "show", "m", "--json", "--dir", l.app.Dir()}, nil, &out, &errOut, nil); code != 0 {
		t.Fatal(errOut.String())
	}
	if string(got) != out.String() {
		t.Errorf("got\n%s\nwant\n%s", got, out.String())
	}
	res, _ := l.send("GET", "/api/v1/model/list?at=1", "p1", "")
	tag := res.Header.Get("ETag")
	if res, body := l.send("GET", "/api/v1/model/list?at=1", "p1", "", "If-None-Match", tag); tag == "" || res.StatusCode != 304 || body != "" {
		t.Errorf("%q: %d", tag, res.StatusCode)
	}
	if res, _ := l.send("GET", "/api/v1/model/list?at=2", "p1", "", "If-None-Match", tag); res.StatusCode != 200 {
		t.Errorf("another moment: %d", res.StatusCode)
	}
	for path, want := range map[string]int{
		"/api/v1/gate/check?model=m&action=external_deploy":             200, // held is an answer
		"/api/v1/gate/check?model=m":                                    400,
		"/api/v1/gate/check?model=m&action=no_such":                     400,
		"/api/v1/model/show?id=nobody":                                  404,
		"/api/v1/model/list?dir=/etc":                                   400,
		"/api/v1/model/list?as=operator":                                400,
		"/api/v1/model/list?server=http://x":                            400,
		"/api/v1/model/show?id=--help":                                  404,
		"/api/v1/model/list?at=never":                                   400,
		"/api/v1/policy/show?ref=" + l.app.Dir() + "/holdpoint.key":     400,
		"/api/v1/policy/diff?before=holdpoint.key&after=go.mod":         400,
		"/api/v1/gate/check?model=m&action=train&suppose=policy:go.mod": 400,
		"/api/v1/ledger/export":                                         404,
		"/api/v1/":                                                      404,
	} {
		if res, body := l.send("GET", path, "p1", ""); res.StatusCode != want {
			t.Errorf("%s: %d %s", path, res.StatusCode, body)
		}
	}
	if res, _ := l.send("GET", "/api/v1/gate/check?model=m&action=train", "p1:check", ""); res.StatusCode != 200 {
		t.Errorf("the scope to check: %d", res.StatusCode)
	}
	if res, _ := l.send("GET", "/api/v1/status", "p1:check", ""); res.StatusCode != 403 {
		t.Errorf("the scope to check reads: %d", res.StatusCode)
	}
}

// Every read answers and writes nothing, whoever asks and whatever it needs.
func TestReadsWriteNothing(t *testing.T) {
	l := newLab(t)
	before, err := l.app.View(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range (cli.Reads{}).List() {
		q := "?"
		for _, p := range r.Params {
			if p.Required {
				q += p.Name + "=1&"
			}
		}
		if res, body := l.send("GET", "/api/v1/"+r.Path+q, "p1", ""); res.StatusCode >= 500 {
			t.Errorf("%s: %d %s", r.Path, res.StatusCode, body)
		}
	}
	if after, err := l.app.View(t.Context()); err != nil || after.Size != before.Size {
		t.Errorf("%v: %d entries became %d", err, before.Size, after.Size)
	}
}

// Private words are for who wrote them and for who administers; that they were
// read is logged.
func TestPrivateBodies(t *testing.T) {
	l := newLab(t)
	l.act("model.register", `{"model":"m"}`)
	_, err := l.app.Do(t.Context(), app.Who{Actor: "p1"}, app.SubmitReview(review.Submission{
		About: entry.Ref{Kind: "model", ID: "m"}, Kind: "comment", Side: "internal", Role: "rso", Text: "between us",
	}))
	if err != nil {
		t.Fatal(err)
	}
	for token, want := range map[string]bool{"p1": true, "operator": true, "p2": false} {
		found := false
		for e, err := range l.client(token).Entries(t.Context(), 0) {
			if err != nil {
				t.Fatal(err)
			}
			found = found || bytes.Contains(e.Body, []byte("between us"))
		}
		_, list := l.send("GET", "/api/v1/review/list", token, "")
		if found != want || strings.Contains(list, "between us") != want {
			t.Errorf("%s: %v, want %v: %s", token, found, want, list)
		}
	}
	if res, _ := l.send("GET", "/api/v1/entries", "p9", ""); res.StatusCode != 403 {
		t.Errorf("whom nobody knows: %d", res.StatusCode)
	}
	if !strings.Contains(l.log.String(), "private bodies were read") || strings.Contains(l.log.String(), "between us") {
		t.Errorf("the log says %s", l.log)
	}
}

// What is given can be checked with the key alone.
func TestProofs(t *testing.T) {
	l := newLab(t)
	c := l.client("p1")
	head, err := c.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	key, err := proof.ParseVerifyKey(head.Key)
	if err != nil {
		t.Fatal(err)
	}
	note, err := c.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	cp, err := proof.OpenCheckpoint(note, key)
	if err != nil || cp.Size != head.Size {
		t.Fatalf("%v: %d", err, cp.Size)
	}
	p, err := c.Proof(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	var hashes []proof.Hash
	for _, h := range p.Hashes {
		one, err := proof.ParseHash(h)
		if err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, one)
	}
	header, err := proof.ParseBase64(p.Header)
	if err != nil {
		t.Fatal(err)
	}
	if err := proof.CheckInclusion(cp, 1, proof.Leaf(header), hashes); err != nil {
		t.Error(err)
	}
	list, err := c.Revocations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := proof.OpenRevocations(list, key); err != nil {
		t.Error(err)
	}
	if res, _ := l.send("GET", "/api/v1/entries?from=0&limit=2", "p1", ""); !strings.Contains(res.Header.Get("Link"), "/lab/api/v1/entries?from=2&limit=2") {
		t.Errorf("%s", res.Header.Get("Link"))
	}
}

func TestBlobs(t *testing.T) {
	l := newLab(t)
	sum := sha256.Sum256([]byte("bytes"))
	digest := hex.EncodeToString(sum[:])
	c := l.client("operator")
	if err := c.PutBlob(t.Context(), digest, strings.NewReader("bytes"), 5); err != nil {
		t.Fatal(err)
	}
	in, err := c.Blob(t.Context(), digest)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if b, err := io.ReadAll(in); string(b) != "bytes" || err != nil {
		t.Errorf("%q, %v", b, err)
	}
	if err := c.PutBlob(t.Context(), digest, strings.NewReader("other"), 5); fault.KindOf(err) != fault.Invalid {
		t.Errorf("other bytes: %v", err)
	}
	if err := l.client("p1").PutBlob(t.Context(), digest, strings.NewReader("bytes"), 5); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("without a duty: %v", err)
	}
	if _, err := c.Blob(t.Context(), "../../holdpoint.key"); err == nil {
		t.Error("a path is no digest")
	}
}

// Events begin after the last that the reader has, come as entries are written,
// and end when the server stops.
func TestEvents(t *testing.T) {
	l := newLab(t)
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	got := make(chan client.Event)
	go func() {
		defer close(got)
		for e, err := range l.client("p1").Events(ctx, 0) {
			if err != nil {
				t.Error(err)
				return
			}
			got <- e
		}
	}()
	want := int64(1)
	next := func() client.Event {
		e := <-got
		if e.Seq != want {
			t.Errorf("event %d, want %d", e.Seq, want)
		}
		want++
		return e
	}
	first := next()
	next()
	next()
	done := l.act("model.register", `{"model":"m"}`)
	last := first
	for last.Seq < done.First {
		last = next()
	}
	if last.Type != "model.registered" {
		t.Errorf("%+v", last)
	}
	close(l.done)
	for range got {
	}
	if ctx.Err() != nil {
		t.Error("the stream did not end")
	}
}

// A token that may only check takes a clearance and causes none.
func TestWhoMayOnlyCheckIssuesNothing(t *testing.T) {
	l := newLab(t)
	l.act("model.register", `{"model":"m"}`)
	_, err := l.client("operator:check").Issue(t.Context(), client.Ask{Model: "m", Action: "external_deploy"}, time.Hour, client.How{})
	if fault.KindOf(err) != fault.Conflict {
		t.Errorf("%v", err)
	}
	if _, err := l.client("operator:check").Renew(t.Context(), "clearance-1", time.Hour, client.How{}); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("%v", err)
	}
	v, err := l.client("p1:check").Check(t.Context(), client.Ask{Model: "m", Action: "external_deploy"})
	if err != nil || v.Clear() || len(v.HeldBecause) == 0 {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestNames(t *testing.T) {
	l := newLab(t)
	if err := l.client("p1").SetName(t.Context(), "p1", "Somebody"); err != nil {
		t.Fatal(err)
	}
	if err := l.client("p2").SetName(t.Context(), "p1", "Nobody"); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("%v", err)
	}
	names, err := l.client("p2").Names(t.Context())
	if err != nil || names["p1"] != "Somebody" {
		t.Errorf("%v, %v", names, err)
	}
	me, err := l.client("p1:read").Me(t.Context())
	if err != nil || me.Name != "Somebody" || len(me.Scopes) != 1 {
		t.Errorf("%+v, %v", me, err)
	}
	if err := l.client("p1").ForgetName(t.Context(), "p1"); err != nil {
		t.Error(err)
	}
}

// The document is what is written down, and means something: every reference
// leads somewhere, every operation has a name of its own, and every schema is one.
func TestDocument(t *testing.T) {
	l := newLab(t)
	_, body := l.send("GET", "/api/v1/openapi.json", "", "")
	golden := filepath.Join("testdata", "openapi.json")
	if *update {
		if err := os.WriteFile(golden, []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != body {
		t.Error("the document changed: look at the difference after go test ./internal/api -update")
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	walk(doc, func(o map[string]any) {
		if id, ok := o["operationId"].(string); ok {
			if ids[id] {
				t.Errorf("two operations are called %s", id)
			}
			ids[id] = true
		}
		if ref, ok := o["$ref"].(string); ok && !leads(doc, ref) {
			t.Errorf("%s leads nowhere", ref)
		}
	})
	if len(ids) < 120 {
		t.Errorf("%d operations", len(ids))
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("holdpoint.json", doc); err != nil {
		t.Fatal(err)
	}
	schemas := doc.(map[string]any)["components"].(map[string]any)["schemas"].(map[string]any)
	for name := range schemas {
		if _, err := c.Compile("holdpoint.json#/components/schemas/" + strings.ReplaceAll(name, "~", "~0")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	place, err := c.Compile("holdpoint.json#/components/schemas/gate.PlaceIn")
	if err != nil {
		t.Fatal(err)
	}
	for text, ok := range map[string]bool{hold: true, `{"model":7}`: false, `{"nobody":1}`: false} {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := place.Validate(v); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func walk(v any, visit func(map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		visit(v)
		for _, inner := range v {
			walk(inner, visit)
		}
	case []any:
		for _, inner := range v {
			walk(inner, visit)
		}
	}
}

func leads(doc any, ref string) bool {
	path, ok := strings.CutPrefix(ref, "#/")
	if !ok {
		return false
	}
	for part := range strings.SplitSeq(path, "/") {
		o, isObject := doc.(map[string]any)
		if doc, ok = o[part]; !ok || !isObject {
			return false
		}
	}
	return true
}
