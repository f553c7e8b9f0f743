// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/stats"
	"github.com/holdpoint/holdpoint/internal/threshold"
)

// builtRecord is one record for all tests that only read it.
type builtRecord struct {
	app   *app.App
	story RecordStory
}

// TestRecord reads one record in many ways.
func TestRecord(t *testing.T) {
	a, err := BuildRecord(t.Context(), filepath.Join(t.TempDir(), "record"))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	story, err := Record(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	b := builtRecord{a, story}
	for _, sub := range []struct {
		name string
		test func(*testing.T, builtRecord)
	}{
		{"every entry has a source and a grade", everyEntrySourced},
		{"nobody's signature is made up", nothingSigned},
		{"GAT-1 verdicts as published", publishedVerdicts},
		{"GAT-1 verdicts from the figures alone", figureVerdicts},
		{"GAT-2 what is held before ASL-3 is approved", heldBeforeASL3},
		{"SAF-6 the re-approval lapses", lapses},
		{"CAP-9 what the engine finds", foundVerdicts},
		{"CAP-8 readings of an unstated spread", spreadReadings},
		{"gaps are counted and used", gapsCounted},
		{"agreements and differences", compared},
		{"carried determinations name their rule", carriedRules},
		{"only what the record speaks about is asked", onlyAsked},
		{"GAT-4 no clearance can be issued", noClearance},
		{"a difference is never called a breach", neverAccuses},
		{"CMP-9 the four findings of 2024 and their lessons", findingsOf2024},
		{"the story is the one in testdata", recordGoldens},
		{"EXT-10 an outsider recomputes it", recordVerifies},
	} {
		t.Run(sub.name, func(t *testing.T) { sub.test(t, b) })
	}
}

// entryBody is what every body of an entry may say about how it is known.
type entryBody struct {
	Source       []entry.Source `json:"source"`
	Grade        *grade.Grade   `json:"grade"`
	NotPublished []string       `json:"not_published"`
	Happened     *entry.Happened
}

// entries reads every entry but the one that begins the journal.
func (b builtRecord) entries(t *testing.T) map[string]entryBody {
	t.Helper()
	all := map[string]entryBody{}
	for seq := int64(1); seq < b.story.Checkpoint.Size; seq++ {
		e, err := b.app.Entry(t.Context(), seq)
		if err != nil {
			t.Fatal(err)
		}
		var body entryBody
		if err := json.Unmarshal(e.Body, &body); err != nil {
			t.Fatal(err)
		}
		all[fmt.Sprintf("%d %s", seq, e.Type)] = body
	}
	return all
}

func everyEntrySourced(t *testing.T, b builtRecord) {
	all := b.entries(t)
	if len(all) < 200 {
		t.Errorf("only %d entries", len(all))
	}
	for name, body := range all {
		if len(body.Source) == 0 || body.Source[0].Document == "" {
			t.Errorf("%s has no source", name)
		}
		if body.Grade == nil || *body.Grade != grade.Attested && *body.Grade != grade.Reported {
			t.Errorf("%s is neither reported nor attested", name)
		}
	}
}

func nothingSigned(t *testing.T, b builtRecord) {
	for name := range b.entries(t) {
		for _, area := range []string{"signoff.", "access.", "gate."} {
			if strings.Contains(name, area) {
				t.Errorf("%s stands in a reconstruction", name)
			}
		}
	}
}

// findingsOf2024: three days late, a placeholder changed, gaps of elicitation, a
// buffer not designed for; each told by a source, of minimal risk with the
// argument, and linked to what version 2.0 changed (CMP-3, CMP-4).
func findingsOf2024(t *testing.T, b builtRecord) {
	view, err := b.app.View(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range view.State.Finding.All() {
		days := "-"
		if f.VarianceDays != nil {
			days = fmt.Sprint(*f.VarianceDays)
		}
		for _, l := range f.Lessons {
			got = append(got, fmt.Sprint(f.Category, " ", days, " ", f.Rating(), " ", f.FoundBy, " ", f.Policy, " -> ", l.Policy, " ", l.Element))
		}
		if f.Ratings[0].Argument == "" || f.Grade != grade.Reported {
			t.Errorf("%s: %+v", f.ID, f)
		}
	}
	want := []string{
		"late 3 minimal source anthropic-rsp@1.0 -> anthropic-rsp@2.0 REASSESS",
		"unclear_record - minimal source anthropic-rsp@1.0 -> anthropic-rsp@2.0 PREREG",
		"methodology_gap - minimal source anthropic-rsp@1.0 -> anthropic-rsp@2.0 EL-BEST",
		"deviation - minimal source anthropic-rsp@1.0 -> anthropic-rsp@2.0 ASSESS-FULL",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// instant is a moment of the record with a question.
type instant struct{ at, model, actions string }

const (
	beforeApproval = "before"
	everyAction    = "external_deploy internal_deploy store_weights train"
	noTraining     = "external_deploy internal_deploy store_weights"
)

// clearInstants are the rows of the record's table of determinations that come
// out clear as published.
func clearInstants() []instant {
	return []instant{
		{"2025-02-24", sonnet37, everyAction},
		{"2025-03-31", sonnet37, everyAction},
		{"2025-05-14", sonnet37, everyAction},
		{beforeApproval, sonnet4, noTraining},
		{"2025-05-22", opus4, everyAction},
		{"2025-05-22", sonnet37, noTraining},
		{"2025-05-22", sonnet4, noTraining},
		{"2025-06-30", opus4, everyAction},
		{"2026-05-22", opus4, everyAction},
	}
}

func (b builtRecord) check(t *testing.T, ask gate.Ask, at string) gate.Verdict {
	t.Helper()
	if at == beforeApproval {
		view, err := b.app.View(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if at, err = beforeASL3(view); err != nil {
			t.Fatal(err)
		}
	}
	v, m, err := b.app.Check(t.Context(), ask, at)
	if err != nil {
		t.Fatal(err)
	}
	if !m.Simulated {
		t.Error("the clock is not called simulated")
	}
	return v
}

func publishedVerdicts(t *testing.T, b builtRecord) {
	for _, in := range clearInstants() {
		for action := range strings.FieldsSeq(in.actions) {
			v := b.check(t, gate.Ask{Model: in.model, Action: action}, in.at)
			if v.Outcome != gate.Clear || v.Grade != grade.Attested {
				t.Errorf("%s %s %s is %s (%s): %q", in.at, in.model, action, v.Outcome, v.Grade, heldBecause(v))
			}
		}
	}
}

// The figures never clear anything, and what they leave open is the CBRN
// threshold, for Claude Sonnet 4 and Opus 4 also the checkpoint.
func figureVerdicts(t *testing.T, b builtRecord) {
	rows := slices.Concat(clearInstants()[:7], []instant{{beforeApproval, opus4, everyAction}})
	for _, in := range rows {
		ask := gate.Ask{Model: in.model, Action: "external_deploy", Floor: grade.Reported}
		v := b.check(t, ask, in.at)
		if v.Outcome != gate.Held || v.Status().String() != "cannot_tell" {
			t.Errorf("%s %s: %s, %s", in.at, in.model, v.Outcome, v.Status())
		}
		at := in.at
		if at == beforeApproval {
			at = "2025-05-22"
		}
		m, err := b.app.Moment(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		about := map[string]bool{}
		for _, r := range figuresOnly(m.View.State.Facts(), ask, m.Now).Reasons {
			id, _, _ := strings.Cut(r, ": ")
			about[id] = true
		}
		want := map[string]bool{"CBRN-3": true}
		switch {
		case in.at == "2025-02-24":
			want = map[string]bool{"CBRN": true}
		case in.model != sonnet37:
			want["AUTO-CKPT"] = true
		}
		if diff := cmp.Diff(want, about); diff != "" {
			t.Errorf("%s %s: reasons are about (-want +got):\n%s", in.at, in.model, diff)
		}
	}
	for _, row := range b.story.Standing {
		evidence := slices.ContainsFunc(row.FiguresOnly.Reasons, func(r string) bool { return strings.Contains(r, "(N17)") })
		if row.FiguresOnly.Verdict != "held" || row.FiguresOnly.Status != "cannot_tell" || evidence != (row.Model == opus4) {
			t.Errorf("%s %s: %+v", row.Model, row.Action, row.FiguresOnly)
		}
	}
}

func heldBeforeASL3(t *testing.T, b builtRecord) {
	for action, want := range map[string][]string{
		"external_deploy": {"ASL-3 Deployment Standard", "ASL-3 Security Standard"},
		"internal_deploy": {"ASL-3 Deployment Standard", "ASL-3 Security Standard"},
		"store_weights":   {"ASL-3 Security Standard"},
		"train":           {"ASL-3 Security Standard"},
	} {
		v := b.check(t, gate.Ask{Model: opus4, Action: action}, beforeApproval)
		var missing []string
		for _, r := range heldBecause(v) {
			if name, _, ok := strings.Cut(strings.TrimPrefix(r, "the "), " is not in force"); ok {
				missing = append(missing, name)
			}
		}
		if diff := cmp.Diff(want, missing); v.Outcome != gate.Held || v.Status().String() != "not_met" || diff != "" {
			t.Errorf("%s is %s (%s), not in force (-want +got):\n%s%q", action, v.Outcome, v.Status(), diff, heldBecause(v))
		}
	}
}

func lapses(t *testing.T, b builtRecord) {
	for _, action := range allAsked() {
		v := b.check(t, gate.Ask{Model: opus4, Action: action}, "2026-05-23")
		for _, r := range v.HeldBecause() {
			if strings.Contains(r.Reason, "was to be renewed by 2026-05-22") && r.Basis != "reading" {
				t.Errorf("%s: a lapse has the basis %s", action, r.Basis)
			}
		}
		if v.Outcome != gate.Held || !strings.Contains(strings.Join(heldBecause(v), "\n"), "was to be renewed by 2026-05-22") {
			t.Errorf("%s is %s: %q", action, v.Outcome, heldBecause(v))
		}
	}
	want := []HistoryRow{}
	for _, action := range allAsked() {
		want = append(want, HistoryRow{"2026-05-23T00:00:00Z", opus4, action, "held"})
	}
	if diff := cmp.Diff(want, b.story.WhatIf); diff != "" {
		t.Errorf("what_if (-want +got):\n%s", diff)
	}
}

// The figures and bounds of the record, rounded to three places.
func foundVerdicts(t *testing.T, b builtRecord) {
	const out, middle, in, unsaid = threshold.SupportsRuleOut, threshold.Inconclusive, threshold.SupportsRuleIn, threshold.CannotSay
	want := []string{
		show(sonnet37, "CBRN", "uplift-ratio.2025-02", unsaid, "2.083", "0.598", "6.128"),
		show(sonnet37, "CBRN", "uplift-mean.2025-02", middle, "0.5", "0.155", "0.845"),
		show(sonnet37, "CBRN", "uplift-ratio.2025-02", unsaid, "2.111", "0.814", "5.223"),
		show(sonnet37, "CBRN", "uplift-mean.2025-02", middle, "0.57", "0.241", "0.899"),
		show(sonnet37, "CBRN", "virology.2025-02", middle, "0.697", "", ""),
		show(sonnet37, "CBRN", "knowledge.2025-02", out, "0.515", "0.361", "0.667"),
		show(sonnet37, "AIRD", "dedup.2025-02", middle, "0.133", "0.047", "0.28"),
		show(sonnet37, "AUTO-CKPT", "swe-hard.set", out, "0.23", "0.206", "0.255"),
		show(sonnet37, "AUTO-CKPT", "swe-hard.class", out, "0.23", "0.129", "0.361"),
		show(sonnet37, "CBRN-3", "uplift-ratio.2025-05", unsaid, "1.53", "", ""),
		show(sonnet37, "CBRN-3", "virology.2025-05", middle, "0.697", "", ""),
		show(sonnet37, "CBRN-3", "knowledge.2025-05", out, "0.545", "0.389", "0.695"),
		show(sonnet37, "AIRD-4", "research-suite-2", unsaid, "0.44", "", ""),

		show(sonnet4, "AUTO-CKPT", "swe-hard.set", out, "0.367", "0.328", "0.407"),
		show(sonnet4, "AUTO-CKPT", "swe-hard.class", middle, "0.367", "0.243", "0.505"),
		show(sonnet4, "CBRN-3", "uplift-ratio.2025-05", unsaid, "1.68", "0.645", "11.791"),
		show(sonnet4, "CBRN-3", "uplift-mean.2025-05", unsaid, "0.42", "0.239", "0.601"),
		show(sonnet4, "CBRN-3", "virology-task-1.2025-05", middle, "0.55", "", ""),
		show(sonnet4, "CBRN-3", "virology-task-2.2025-05", middle, "0.635", "", ""),
		show(sonnet4, "CBRN-3", "knowledge.2025-05", out, "0.515", "0.361", "0.667"),
		show(sonnet4, "AIRD-4", "dedup.2025-05", middle, "0.276", "0.145", "0.443"),
		show(sonnet4, "AIRD-4", "research-suite-2", unsaid, "0.365", "", ""),

		show(opus4, "AUTO-CKPT", "swe-hard.set", out, "0.395", "0.355", "0.436"),
		show(opus4, "AUTO-CKPT", "swe-hard.class", middle, "0.395", "0.268", "0.534"),
		show(opus4, "CBRN-3", "uplift-ratio.2025-05", middle, "2.52", "1.004", "17.586"),
		show(opus4, "CBRN-3", "uplift-mean.2025-05", middle, "0.63", "0.416", "0.844"),
		show(opus4, "CBRN-3", "virology-task-1.2025-05", unsaid, "0.83", "", ""),
		show(opus4, "CBRN-3", "virology-task-2.2025-05", middle, "0.72", "", ""),
		show(opus4, "CBRN-3", "knowledge.2025-05", out, "0.515", "0.361", "0.667"),
		show(opus4, "AIRD-4", "dedup.2025-05", in, "0.326", "0.213", "0.457"),
		show(opus4, "AIRD-4", "research-suite-2", unsaid, "0.355", "", ""),
		show(opus4, "AIRD-4", "survey-yes", middle, "0", "0", "0.527"),
		show(opus4, "AIRD-4", "survey-median", unsaid, "", "", ""),
	}
	view, err := b.app.View(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, model := range []string{sonnet37, sonnet4, opus4} {
		for _, thr := range []string{"CBRN", "AIRD", "AUTO-CKPT", "CBRN-3", "AIRD-4"} {
			for _, f := range view.State.Assessment.Findings(model, thr) {
				if f.Found == nil {
					continue
				}
				r := f.Found.Result
				spec, _ := view.State.Assessment.Spec(f.Found.Spec)
				if spec.Rule.RuleOut != "" || spec.Rule.RuleIn != "" {
					got = append(got, show(model, thr, f.Found.Spec, r.Verdict, rounded(r.Estimate), rounded(r.Lower), rounded(r.Upper)))
				}
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

func show(model, thr, spec string, v threshold.Verdict, estimate, lower, upper string) string {
	return fmt.Sprintf("%s %s %s: %s %s (%s, %s)", model, thr, spec, v, estimate, lower, upper)
}

func rounded(d stats.Decimal) string {
	if d == "" {
		return ""
	}
	return threePlaces(d)
}
