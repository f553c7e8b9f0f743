// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/audit"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/threshold"
)

// The same root on every machine, whatever the folder is called.
func TestRecordIsTheSameOnEveryMachine(t *testing.T) {
	var heads []Head
	for _, name := range []string{"one", "two"} {
		a, err := BuildRecord(t.Context(), filepath.Join(t.TempDir(), name))
		if err != nil {
			t.Fatal(err)
		}
		view, err := a.View(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		heads = append(heads, headOf(view))
		a.Close()
	}
	if diff := cmp.Diff(heads[0], heads[1]); diff != "" {
		t.Errorf("two builds differ:\n%s", diff)
	}
	golden(t, "record.head", fmt.Appendf(nil, "%s\n%d\n%s\n", heads[0].Origin, heads[0].Size, heads[0].Root))
}

func TestRecordOverwritesNothing(t *testing.T) {
	dir := t.TempDir()
	a, err := BuildRecord(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	a.Close()
	if _, err := BuildRecord(t.Context(), dir); err == nil {
		t.Error("a workspace was written over another")
	}
}

// A "±" that nobody explains is read every way (CAP-8): the figures of the
// record's first row.
func spreadReadings(t *testing.T, b builtRecord) {
	view, err := b.app.View(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		model, thr, spec string
		upper            []string // sd, ci95, se by the delta method
		fieller          []string
		out              []bool // under which reading the line is kept
	}{
		{sonnet37, "CBRN", "uplift-ratio.2025-02", []string{"2.792", "3.342", "5.26"}, []string{"2.793", "3.374", "6.128"}, []bool{true, true, false, false, false, false}},
		{sonnet4, "CBRN-3", "uplift-ratio.2025-05", []string{"2.274", "2.739", "4.378"}, []string{"2.357", "3.069", "11.791"}, []bool{true, true, true, false, false, false}},
		{opus4, "CBRN-3", "uplift-ratio.2025-05", []string{"3.371", "4.03", "6.325"}, []string{"3.506", "4.555", "17.586"}, make([]bool, 6)},
		{sonnet4, "CBRN-3", "uplift-mean.2025-05", []string{"0.484", "0.512", "0.601"}, nil, []bool{true, false, false}},
	} {
		found := view.State.Assessment.Findings(want.model, want.thr)
		i := slices.IndexFunc(found, func(f assessment.Finding) bool { return f.Found != nil && f.Found.Spec == want.spec })
		var delta, fieller []string
		var out []bool
		for n, r := range found[i].Found.Result.Readings {
			out = append(out, r.Verdict == threshold.SupportsRuleOut)
			if want.fieller != nil && n%2 == 1 {
				fieller = append(fieller, rounded(r.Upper))
			} else {
				delta = append(delta, rounded(r.Upper))
			}
		}
		if diff := cmp.Diff([]any{want.upper, want.fieller, want.out}, []any{delta, fieller, out}); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", want.model, want.spec, diff)
		}
	}
}

// N1 to N20 are listed, each is used by an entry, and no entry uses another.
func gapsCounted(t *testing.T, b builtRecord) {
	listed := map[string]bool{}
	for i, n := range b.story.NotPublished {
		if n.ID != fmt.Sprintf("N%d", i+1) || n.What == "" {
			t.Errorf("gap %d is %+v", i+1, n)
		}
		listed[n.ID] = true
	}
	if len(listed) != 20 {
		t.Errorf("%d gaps are listed, want 20", len(listed))
	}
	used := map[string]bool{}
	for name, body := range b.entries(t) {
		for _, id := range body.NotPublished {
			if used[id] = true; !listed[id] {
				t.Errorf("%s names %s, which is not in the list", name, id)
			}
		}
	}
	if diff := cmp.Diff(listed, used); diff != "" {
		t.Errorf("gaps (-listed +used by entries):\n%s", diff)
	}
}

func compared(t *testing.T, b builtRecord) {
	s := b.story
	if len(s.Agreements) == 0 || s.Agreements[0].ID != "claude-opus-4/uplift-ratio" || !strings.Contains(s.Agreements[0].Ours, "under every reading") {
		t.Fatalf("the first agreement is %+v", s.Agreements[0])
	}
	kinds := map[string]ReadingKind{}
	for _, list := range [][]RecordReading{s.Agreements, s.Differences, s.Context} {
		for _, r := range list {
			if _, twice := kinds[r.ID]; twice {
				t.Errorf("%s stands twice", r.ID)
			}
			kinds[r.ID] = r.Kind
			if r.Model == "" || r.Evaluation == "" || r.Ours == "" || r.Basis == "" || r.Kind != NoReading && r.Published == "" {
				t.Errorf("incomplete: %+v", r)
			}
		}
	}
	want := map[string]ReadingKind{
		"claude-3-7-sonnet/uplift-ratio": CannotTell, "claude-3-7-sonnet/uplift-ratio/2": CannotTell,
		"claude-3-7-sonnet/uplift-ratio/3": NoReading, "claude-3-7-sonnet/virology": Agrees, "claude-3-7-sonnet/dedup": Stricter,
		"claude-3-7-sonnet/lab-bench-subset": Agrees, "claude-3-7-sonnet/swe-hard.class": Agrees, "claude-3-7-sonnet/aird-4": Agrees,
		"claude-3-7-sonnet/cbrn-3": CannotTell, "claude-3-7-sonnet/research-suite-2": CannotTell,
		"claude-sonnet-4/uplift-ratio": CannotTell, "claude-sonnet-4/uplift-mean": NoReading, "claude-sonnet-4/swe-hard.set": Agrees,
		"claude-sonnet-4/swe-hard.class": Stricter, "claude-sonnet-4/lab-bench-subset": Stricter, "claude-sonnet-4/dedup": Agrees,
		"claude-sonnet-4/cbrn-3": CannotTell, "claude-sonnet-4/dna-synthesis-screening": Agrees, "claude-sonnet-4/creative-biology": NoReading,
		"claude-opus-4/swe-hard.class": Stricter, "claude-opus-4/survey": CannotTell, "claude-opus-4/virology-task-1": CannotTell,
		"claude-opus-4/virology-task-2": Agrees, "claude-opus-4/multimodal-virology-vct": Agrees, "claude-opus-4/lab-bench-subset": Stricter,
		"claude-opus-4/cbrn-3": Agrees, "claude-opus-4/knowledge": Agrees, "claude-opus-4/kernels": NoReading, "claude-opus-4/cybench": NoReading,
	}
	for id, kind := range want {
		if kinds[id] != kind {
			t.Errorf("%s is %q, want %q", id, kinds[id], kind)
		}
	}
	printed := []Inconsistency{
		{opus4, evKernels, docCard4, []string{"72.65", "74"}}, {sonnet4, evCompiler, docCard4, []string{"50", "52.96"}},
	}
	if diff := cmp.Diff(printed, s.Inconsistencies); diff != "" {
		t.Errorf("inconsistencies (-want +got):\n%s", diff)
	}
}

// A determination of February speaks for the thresholds of May by named rules,
// ours and the text's (THR-5).
func carriedRules(t *testing.T, b builtRecord) {
	for _, row := range b.story.Standing {
		if row.Model != sonnet37 || row.Action != "external_deploy" {
			continue
		}
		const former = "anthropic-rsp@2.0"
		want := []CarriedRow{
			{"CBRN-3", "CBRN", former, "succession", "house"}, {"CBRN-4", "CBRN", former, "implication", "house"},
			{"AIRD-4", "AUTO-CKPT", former, "checkpoint", "text"}, {"AIRD-5", "AUTO-CKPT", former, "checkpoint", "text"},
		}
		if diff := cmp.Diff(want, row.Carried); diff != "" {
			t.Errorf("carried (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"ASL-2 deployment", "ASL-2 security"}, row.Requires); diff != "" {
			t.Errorf("requires (-want +got):\n%s", diff)
		}
	}
}

// What hangs on contracts and third parties is not asked, and so never shown as
// clear.
func onlyAsked(t *testing.T, b builtRecord) {
	var got []string
	for _, r := range b.story.Standing {
		got = append(got, r.Model+" "+r.Action)
		if !slices.Contains(allAsked(), r.Action) {
			t.Errorf("%s is shown", r.Action)
		}
	}
	if len(got) != 10 {
		t.Errorf("the standing has %d rows: %q", len(got), got)
	}
	for _, h := range slices.Concat(b.story.History, b.story.WhatIf) {
		when, err := time.Parse(time.RFC3339, h.Time)
		if err != nil || !slices.Contains(allAsked(), h.Action) {
			t.Errorf("%+v: %v", h, err)
		}
		if when.After(time.Date(2025, 6, 30, 0, 0, 0, 0, time.UTC)) && slices.Contains(b.story.History, h) {
			t.Errorf("%+v lies after the record's end", h)
		}
	}
	if len(b.story.History) != 29 {
		t.Errorf("the history has %d rows", len(b.story.History))
	}
}

func noClearance(t *testing.T, b builtRecord) {
	for _, r := range b.story.Standing {
		ask := gate.Ask{Model: r.Model, Action: r.Action}
		if _, _, err := b.app.Issue(t.Context(), app.Who{Actor: app.Operator}, ask, time.Hour); err == nil {
			t.Errorf("a clearance was issued for %s %s", r.Model, r.Action)
		}
	}
}

func neverAccuses(t *testing.T, b builtRecord) {
	var text bytes.Buffer
	if err := b.story.Text(&text, true); err != nil {
		t.Fatal(err)
	}
	all := text.String() + string(storyJSON(t, b.story))
	for _, word := range []string{"violat", "should have been", "breach", "noncompliant", "failed to"} {
		if strings.Contains(strings.ToLower(all), word) {
			t.Errorf("the story says %q", word)
		}
	}
	if !strings.Contains(text.String(), recordNote) || b.story.Note != recordNote {
		t.Error("the note is missing")
	}
}

func storyJSON(t *testing.T, s RecordStory) []byte {
	t.Helper()
	raw, err := json.Marshal(s, jsontext.Multiline(true), jsontext.WithIndent("  "))
	if err != nil {
		t.Fatal(err)
	}
	return append(raw, '\n')
}

func recordGoldens(t *testing.T, b builtRecord) {
	golden(t, "record.json", storyJSON(t, b.story))
	for name, full := range map[string]bool{"record.txt": false, "record-full.txt": true} {
		var text bytes.Buffer
		if err := b.story.Text(&text, full); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(text.String(), recordNote) {
			t.Errorf("%s has no note", name)
		}
		golden(t, name, text.Bytes())
	}
}

func recordVerifies(t *testing.T, b builtRecord) {
	dir := filepath.Join(t.TempDir(), "export")
	if _, err := b.app.Export(t.Context(), dir, app.ExportOptions{}); err != nil {
		t.Fatal(err)
	}
	rep, err := audit.Verify(dir, audit.Options{Key: b.app.Key(), Registry: app.Registry(), Replay: true})
	if err != nil {
		t.Fatal(err)
	}
	if !rep.OK() || rep.Replay.Findings.Different > 0 || rep.Replay.Findings.Equal < 50 || rep.Root != b.story.Checkpoint.Root {
		t.Errorf("faults %q, not checked %q, replay %+v", rep.Faults, rep.NotChecked, rep.Replay)
	}
}
