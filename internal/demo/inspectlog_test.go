// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"archive/zip"
	"bytes"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/evallog"
)

func readLog(t testing.TB, l inspectLog) evallog.Run {
	t.Helper()
	b, err := l.encode()
	if err != nil {
		t.Fatal(err)
	}
	run, err := evallog.Read(l.name(), bytes.NewReader(b), int64(len(b)), evallog.Options{})
	if err != nil {
		t.Fatalf("%s is not read back: %v", l.name(), err)
	}
	return run
}

// Every log of the drill is a log that our own reader has nothing to say
// against, except for what it is meant to show.
func TestLogsReadBackWithoutWarnings(t *testing.T) {
	for _, e := range evaluations() {
		t.Run(e.log.task+" "+e.snapshot, func(t *testing.T) {
			run := readLog(t, e.log)
			if run.Status != evallog.StatusSuccess || run.Format != evallog.FormatInspectEval {
				t.Errorf("status %q, format %q", run.Status, run.Format)
			}
			errored := slices.ContainsFunc(e.log.items, func(it logItem) bool { return len(it.scores) == 0 })
			for _, w := range run.Warnings {
				if w.Code != "errored_excluded" || !errored {
					t.Errorf("unexpected warning %s: %s", w.Code, w.Text)
				}
			}
			if !slices.Contains(run.Tags, "simulated") {
				t.Errorf("the log does not say that it is simulated: %v", run.Tags)
			}
			if got, want := run.Counts.Present, len(e.log.items)*e.log.epochs; got != want {
				t.Errorf("%d samples, want %d", got, want)
			}
		})
	}
}

// The container is the true layout: start first, header last, stored.
func TestLogHasInspectsLayout(t *testing.T) {
	l := evaluations()[0].log
	b, err := l.encode()
	if err != nil {
		t.Fatal(err)
	}
	again, _ := l.encode()
	if !bytes.Equal(b, again) {
		t.Error("two encodings differ")
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
		if f.Method != zip.Store {
			t.Errorf("%s is compressed by method %d", f.Name, f.Method)
		}
	}
	n := len(l.items) * l.epochs
	want := []string{"_journal/summaries/1.json", "summaries.json", "reductions.json", "header.json"}
	if diff := cmp.Diff(want, names[1+n:]); names[0] != "_journal/start.json" || diff != "" {
		t.Errorf("first member %s, last members (-want +got):\n%s", names[0], diff)
	}
}
