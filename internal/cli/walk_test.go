// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/holdpoint/holdpoint/internal/cli"
)

// Whoever reads types what is written, in the order in which it stands.
func TestWalks(t *testing.T) {
	for _, walk := range []struct {
		file, from, to string
		least          int
	}{
		{"README.md", "## Five minutes", "## What is where", 10},
		{"docs/walk.md", "# The whole road", "", 60},
		{"docs/living.md", "# Living with the policy", "## What people ask", 45},
	} {
		t.Run(walk.file, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(walk.file)))
			if err != nil {
				t.Fatal(err)
			}
			_, part, found := strings.Cut(string(text), walk.from)
			if walk.to != "" {
				part, _, _ = strings.Cut(part, walk.to)
			}
			lines := typed(part)
			if !found || len(lines) < walk.least {
				t.Fatalf("there are %d commands", len(lines))
			}
			t.Setenv("HOLDPOINT_DIR", "")
			dir := t.TempDir()
			replace := things(t, dir)
			work := filepath.Join(dir, "work")
			if err := os.Mkdir(work, 0o700); err != nil {
				t.Fatal(err)
			}
			t.Chdir(work)
			for _, line := range lines {
				enter(t, line, replace)
			}
		})
	}
}

// typed gives the command lines of the code blocks, each a whole one.
func typed(markdown string) []string {
	var lines []string
	for i, block := range strings.Split(markdown, "\n```") {
		if i%2 == 0 {
			continue
		}
		_, block, _ = strings.Cut(block, "\n")
		for line := range strings.Lines(strings.ReplaceAll(block, "\\\n", " ")) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// things are what a reader has: a log of 100 items of which 10 pass, begun just
// now, and weights.
func things(t *testing.T, dir string) map[string]string {
	t.Helper()
	var samples []string
	for i := range 100 {
		score := "I"
		if i%10 == 0 {
			score = "C"
		}
		samples = append(samples, fmt.Sprintf(`{"id":%d,"epoch":1,"input":"q","target":"t","messages":[],"scores":{"match":{"value":%q,"answer":"a"}}}`, i, score))
	}
	now := time.Now().UTC().Format(time.RFC3339)
	log := `{"version":2,"status":"success","eval":{"eval_id":"E","run_id":"R","created":"` + now + `","task":"quiz","task_id":"T","task_version":1,` +
		`"dataset":{"name":"quiz","shuffled":false},"model":"lab/tiny","config":{"epochs":1},"packages":{"inspect_ai":"0.3.255"}},` +
		`"plan":{"name":"plan","steps":[{"solver":"generate","params":{}}],"config":{}},"results":{"total_samples":100,"completed_samples":100,` +
		`"scores":[{"name":"match","scorer":"match","metrics":{"accuracy":{"name":"accuracy","value":0.1}}}]},` +
		`"stats":{"started_at":"` + now + `","completed_at":"` + now + `"},"samples":[` + strings.Join(samples, ",") + `]}`
	all := map[string]string{"LOG": filepath.Join(dir, "quiz.json"), "PATH": filepath.Join(dir, "weights.bin"), "METRIC": "match"}
	for name, content := range map[string]string{all["LOG"]: log, all["PATH"]: "weights"} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

var words = regexp.MustCompile(`'[^']*'|"[^"]*"|[^\s'"]+`)

// shellWords splits a line as a shell does that expands nothing.
func shellWords(line string) []string {
	var all []string
	end := -1
	for _, at := range words.FindAllStringIndex(line, -1) {
		word := strings.Trim(line[at[0]:at[1]], `'"`)
		if at[0] == end {
			all[len(all)-1] += word
		} else {
			all = append(all, word)
		}
		end = at[1]
	}
	return all
}

// enter types one line. A comment behind it may say which exit code it has.
func enter(t *testing.T, line string, replace map[string]string) {
	t.Helper()
	command, comment, _ := strings.Cut(line, " #")
	want := 0
	if _, code, says := strings.Cut(comment, "exit "); says {
		want, _ = strconv.Atoi(code[:1])
	}
	args := shellWords(command)
	for i, word := range args {
		if with, ok := replace[word]; ok {
			args[i] = with
		}
	}
	switch args[0] {
	case "cd":
		t.Chdir(args[1])
		return
	case "holdpoint":
	default:
		t.Fatalf("this is no command of the walk: %s", line)
	}
	var out, errOut bytes.Buffer
	if got := cli.Run(t.Context(), args[1:], strings.NewReader(""), &out, &errOut, nil); got != want {
		t.Fatalf("%s\nexit code %d, want %d\n%s%s", line, got, want, out.String(), errOut.String())
	}
	t.Logf("%s\n%s%s", line, out.String(), errOut.String())
}
