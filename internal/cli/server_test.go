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

// here are the commands that a server has no part in.
var here = []string{"init", "demo", "judge", "plan", "verify", "version", "serve", "migrate"}

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
	code = cli.Run(t.Context(), args, strings.NewReader(""), &o, &e)
	return code, o.String(), e.String()
}

// differs is what is another one each time: times, digests, keys and signatures.
var differs = regexp.MustCompile(`\d{4}-\d\d-\d\dT[0-9:.]+Z|[0-9a-f]{16,}|[A-Za-z0-9+/]{40,}=*|holdpoint\.local/[0-9a-f]+|/tmp/\S+|http://\S+|"workspace": "[^"]*"|\+[0-9a-f]{8}\b|\S*holdpoint\.vkey|(?m:^\.:)`)

// samePlaces makes the outputs of two runs comparable.
func samePlaces(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "note: the journal of ") {
			continue
		}
		lines = append(lines, strings.Join(strings.Fields(differs.ReplaceAllString(line, "*")), " "))
	}
	return strings.Join(lines, "\n")
}

// What people type works against a server as it works in a folder, and says the
// same.
func TestWalksAgainstAServer(t *testing.T) {
	for _, walk := range []struct{ file, from, to string }{
		{"docs/walk.md", "# The whole road", ""},
		{"docs/living.md", "# Living with the policy", "## What people ask"},
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
	url := ""
	for _, line := range lines {
		command, _, _ := strings.Cut(line, " #")
		args := shellWords(command)
		for i, word := range args {
			if with, ok := replace[word]; ok {
				args[i] = with
			}
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
		said = append(said, samePlaces(strings.Join([]string{string(rune('0' + code)), out, errOut}, "\n")))
	}
	return said
}
