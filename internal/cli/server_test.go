// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/api"
	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/cli"
	"github.com/holdpoint/holdpoint/internal/session"
)

// serve puts a workspace behind the interface. A token is the id of its person.
func serve(t *testing.T, dir string) string {
	t.Helper()
	a, err := app.Open(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	h := api.New(api.Options{App: a, Reads: cli.Reads{}})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
			r = r.WithContext(session.With(r.Context(), session.Caller{Actor: token, Means: session.Browser}))
		}
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(func() { srv.Close(); a.Close() })
	return srv.URL
}

// here are the commands that a server has no part in, or that it refuses to a
// copy of its journal.
var here = []string{"init", "demo", "judge", "plan", "verify", "version", "config", "serve", "migrate", "ledger backup",
	"person password", "token", "identity", "session"}

// far types a line of a walk against a server, as the person whom it names.
func far(t *testing.T, url string, args []string) (code int, out, errOut string) {
	t.Helper()
	t.Setenv("HOLDPOINT_SERVER", url)
	t.Setenv("HOLDPOINT_TOKEN", "operator")
	if i := slices.Index(args, "--as"); i >= 0 {
		t.Setenv("HOLDPOINT_TOKEN", args[i+1])
		args = slices.Delete(slices.Clone(args), i, i+2)
	}
	return near(t, args)
}

func near(t *testing.T, args []string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	code = cli.Run(t.Context(), args, strings.NewReader(""), &o, &e, nil)
	return code, o.String(), e.String()
}

// differs is what is another one each time: times, digests, keys and signatures.
var differs = regexp.MustCompile(`\d{4}-\d\d-\d\dT[0-9:.]+Z|[0-9a-f]{16,}|[A-Za-z0-9+/]{40,}=*|holdpoint\.local/[0-9a-f]+|` + regexp.QuoteMeta(os.TempDir()) + `/\S+|http://\S+|"workspace": "[^"]*"|\+[0-9a-f]{8}\b|(?m:^\.:)`)

var (
	placeholder = regexp.MustCompile(`{[a-z]+}`)
	keyFile     = regexp.MustCompile(`\S*holdpoint\.vkey`)
	keyID       = regexp.MustCompile(`SHA256:[A-Za-z0-9+/]+`)
	someID      = regexp.MustCompile(`\b([a-z]+)-[0-9]+\b`)
)

// samePlaces makes the outputs of two runs comparable.
func samePlaces(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "note: the journal of ") {
			continue
		}
		lines = append(lines, strings.Join(strings.Fields(differs.ReplaceAllString(keyFile.ReplaceAllString(line, "KEY"), "*")), " "))
	}
	return strings.Join(lines, "\n")
}

// What people type works against a server as it works in a folder, and says the
// same.
func TestWalksAgainstAServer(t *testing.T) {
	for _, walk := range []struct{ file, from, to, rest string }{
		{"docs/walk.md", "# The whole road", "", "testdata/server.walk"},
		{"docs/living.md", "# Living with the policy", "## What people ask", ""},
	} {
		t.Run(walk.file, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(walk.file)))
			if err != nil {
				t.Fatal(err)
			}
			_, part, _ := strings.Cut(string(text), walk.from)
			if walk.to != "" {
				part, _, _ = strings.Cut(part, walk.to)
			}
			lines := typed(part)
			if walk.rest != "" {
				rest, err := os.ReadFile(walk.rest)
				if err != nil {
					t.Fatal(err)
				}
				lines = append(lines, typed("\n```sh\n"+string(rest)+"\n```\n")...)
			}
			t.Setenv("HOLDPOINT_DIR", "")
			t.Setenv("XDG_CACHE_HOME", t.TempDir())
			want := walkOn(t, lines, false)
			got := walkOn(t, lines, true)
			for i := range want {
				if d := cmp.Diff(want[i], got[i]); d != "" {
					t.Errorf("%s\nin a folder (-), with a server (+):\n%s", lines[i], d)
				}
			}
		})
	}
}

// walkOn types the lines of a walk and gives what each said.
func walkOn(t *testing.T, lines []string, remote bool) (said []string) {
	t.Helper()
	dir := t.TempDir()
	replace := things(t, dir)
	work := filepath.Join(dir, "work")
	if err := os.Mkdir(work, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Chdir(work)
	url, newest := "", map[string]string{}
	for _, line := range lines {
		command, _, _ := strings.Cut(line, " #")
		args := shellWords(command)
		for i, word := range args {
			if with, ok := replace[word]; ok {
				args[i] = with
			}
			args[i] = placeholder.ReplaceAllStringFunc(args[i], func(noun string) string { return newest[strings.Trim(noun, "{}")] })
		}
		if args[0] == "cd" {
			t.Chdir(args[1])
			said = append(said, "")
			continue
		}
		args = args[1:]
		t.Setenv("HOLDPOINT_SERVER", "")
		run := near
		if remote && !slices.Contains(here, args[0]) {
			if url == "" {
				url = serve(t, ".")
			}
			run = func(t *testing.T, args []string) (int, string, string) { return far(t, url, args) }
		}
		code, out, errOut := run(t, args)
		if key := keyID.FindString(out); key != "" {
			newest["key"] = key
		}
		for _, id := range someID.FindAllStringSubmatch(out, -1) {
			newest[id[1]] = id[0]
		}
		if _, comment, _ := strings.Cut(line, " #"); code != 0 && !strings.Contains(comment, "exit") && !strings.Contains(comment, "refused") {
			t.Errorf("%s: exit code %d\n%s%s", line, code, out, errOut)
		}
		said = append(said, samePlaces(strings.Join([]string{string(rune('0' + code)), out, errOut}, "\n")))
	}
	return said
}

// Every command was typed against a server above, or has no business with one.
func TestEveryCommandWorksAgainstAServer(t *testing.T) {
	var walked strings.Builder
	for _, name := range []string{"../../docs/walk.md", "../../docs/living.md"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		walked.WriteString(strings.Join(typed(string(text)), "\n") + "\n")
	}
	rest, err := os.ReadFile("testdata/server.walk")
	if err != nil {
		t.Fatal(err)
	}
	walked.Write(rest)
	for _, verb := range cli.Verbs() {
		noun, _, _ := strings.Cut(verb, " ")
		if !slices.Contains(here, noun) && !slices.Contains(here, verb) && !strings.Contains(walked.String(), "holdpoint "+verb+" ") && !strings.Contains(walked.String(), "holdpoint "+verb+"\n") {
			t.Errorf("holdpoint %s was not tried against a server", verb)
		}
	}
	for _, words := range [][]string{{"token", "list"}, {"session", "list"}, {"identity", "list"}} {
		// far needs a server that answers; without a workspace of ours, the refusal comes first.
		if code, _, errOut := far(t, "http://localhost:1", words); code != 2 || !strings.Contains(errOut, "a folder on this machine") {
			t.Errorf("%s: %d %s", words, code, errOut)
		}
	}
	for _, noun := range []string{"init", "demo"} {
		if code, _, errOut := far(t, "http://localhost:1", []string{noun}); code != 2 || !strings.Contains(errOut, "a folder on this machine") {
			t.Errorf("%s: %d %s", noun, code, errOut)
		}
	}
}
