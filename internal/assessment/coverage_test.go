// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package assessment

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/evidence"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/threshold"
)

func (c Coverage) mentions(text string) bool {
	return strings.Contains(strings.Join(c.Reasons, "\n"), text)
}

// CAP-2 and CAP-11: everything is there, and says what covers what.
func TestCoverageSupported(t *testing.T) {
	w, _ := ready(t)
	c := w.coverage("CBRN")
	if !c.Supported || c.Status != SupportsRuleOut || len(c.Reasons) != 0 || len(c.Missing) != 0 || len(c.Unanswered) != 0 {
		t.Fatalf("%+v", c)
	}
	if c.Grade != grade.Attested {
		t.Errorf("the grade is %s, and a judgement is attested", c.Grade)
	}
	want := []Covered{
		{Bottleneck{"acquire", "getting the material"}, true, []int64{10}, "covered by an evaluation or a judgement"},
		{Bottleneck{"formulate", "making it work"}, true, []int64{8}, "covered by an evaluation or a judgement"},
	}
	if d := cmp.Diff(want, c.Bottlenecks); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]Gap{{Technique: "tools", Use: NotDone, Reason: "the quiz needs none", Recorded: true, Entry: 5}}, c.Gaps); d != "" {
		t.Error("CAP-7:", d)
	}
}

// Every row changes a supported world so that it no longer is.
func TestCoverageBlocked(t *testing.T) {
	tests := map[string]struct {
		change func(*world, string)
		status Support
		reason string
	}{
		"CAP-11 middle zone, unanswered": {func(w *world, a string) {
			w.spec("second", "CBRN")
			w.judge(a, "second", 20, 40)
		}, CannotTell, "is inconclusive"},
		"CAP-11 rule-in, although answered": {func(w *world, a string) {
			w.spec("second", "CBRN")
			w.answer(w.judge(a, "second", 40, 40))
		}, SupportsRuleIn, "supports rule-in"},
		"MOD-9 least favourable of two runs, answered": {func(w *world, a string) {
			w.answer(w.judge(a, "quiz", 20, 40))
		}, CannotTell, "bottleneck acquire is not covered"},
		"CAP-11 saturated and unanswered": {func(w *world, a string) {
			w.spec("old", "CBRN", func(d *SpecRegistered) { d.Lifecycle = Saturated })
			w.judge(a, "old", 40, 40)
		}, CannotTell, "the evaluation is saturated"},
		"CAP-6 placeholder and unanswered": {func(w *world, a string) {
			w.spec("proxy", "CBRN", func(d *SpecRegistered) { d.Rule.Placeholder, d.Rule.Replacement = true, "a real test" })
			w.judge(a, "proxy", 0, 40)
		}, CannotTell, "placeholder"},
		"expert judgement for rule-in": {func(w *world, a string) {
			w.do(w.State.RecordJudgement(JudgementInput{Assessment: a, Threshold: "CBRN", Direction: threshold.SupportsRuleIn, Text: "it helped", By: "expert"}))
		}, SupportsRuleIn, "supports rule-in"},
		"the spec changed and nothing was judged again": {func(w *world, a string) {
			w.spec("quiz", "CBRN", func(d *SpecRegistered) { d.Change = "the line was moved"; d.Rule.RuleOut = "0.6" })
		}, CannotTell, "version 2 is registered"},
		"the newest version is not load-bearing": {func(w *world, a string) {
			w.spec("quiz", "CBRN", func(d *SpecRegistered) { d.Change = "no longer relied on"; d.LoadBearing = false })
		}, CannotTell, "version 2 is registered"},
		"evidence restated": {func(w *world, a string) {
			id, _ := w.run("m1", 3, 40, 0)
			w.do(w.see.Evidence.Restate(evidence.NewRestatement{RestatedBy: evidence.RestatedBy{Replaces: "run-9", By: id, Cause: "regraded"}}, evidence.See{}, w.act()))
		}, CannotTell, "was restated as"},
		"score table missing": {func(w *world, a string) {
			r, _ := w.see.Evidence.Run("run-9")
			w.do(w.see.Evidence.MarkMissing(evidence.BlobMissing{Digest: r.Table.SHA256, About: entry.Ref{Kind: "run", ID: "run-9"}}, evidence.See{}, w.act()))
		}, CannotTell, "score table of run-9 is missing"},
		"finding withdrawn": {func(w *world, a string) {
			w.do(w.State.Withdraw(WithdrawInput{Withdrawn: Withdrawn{Finding: "finding-10", Reason: "the key leaked"}}))
		}, CannotTell, "bottleneck acquire is not covered"},
		"judgement withdrawn": {func(w *world, a string) {
			w.do(w.State.Withdraw(WithdrawInput{Withdrawn: Withdrawn{Finding: "judgement-8", Reason: "a conflict of interest"}}))
		}, CannotTell, "bottleneck formulate is not covered"},
		"assessment cancelled": {func(w *world, a string) {
			w.do(w.State.Close(CloseInput{Assessment: a, Outcome: Cancelled, Reason: "the model was dropped"}, w.see))
		}, CannotTell, "cancelled"},
		"CAP-7 a gap without a reason": {func(w *world, a string) {
			w.do(w.State.RecordElicitation(ElicitationInput{ElicitationRecorded: ElicitationRecorded{
				Assessment: a, Threshold: "CBRN", Items: []Technique{{Technique: "cot", Use: NotPublished}},
			}}))
		}, CannotTell, "absence explained: cot (not published)"},
		"CAP-3 nothing says why the result is valid": {func(w *world, a string) {
			w.do(w.State.Withdraw(WithdrawInput{Withdrawn: Withdrawn{Finding: "finding-10", Reason: "x"}}))
			w.spec("bare", "CBRN", func(d *SpecRegistered) { d.Validity = "" })
			w.judge(a, "bare", 2, 40)
		}, CannotTell, "the assessment lacks validity"},
		"a floor above what is known":               {func(w *world, a string) { w.see.Floor = grade.Reported }, CannotTell, "lacks"},
		"a threshold that the policy does not know": {func(w *world, a string) { w.see.Policy.Thresholds = nil }, CannotTell, "has no threshold"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w, a := ready(t)
			tt.change(w, a)
			c := w.coverage("CBRN")
			if c.Supported || c.Status != tt.status || !c.mentions(tt.reason) || c.Grade != grade.Unknown {
				t.Errorf("%s, reasons %q; want %s because %q", c.Status, c.Reasons, tt.status, tt.reason)
			}
		})
	}
}

// CAP-3 also by itself: a supporting result that nobody says is valid covers
// nothing, and is noted.
func TestInvalidEvaluationCoversNothing(t *testing.T) {
	w, a := ready(t)
	w.spec("bare", "CBRN", func(d *SpecRegistered) { d.Validity, d.Bottlenecks = "", []string{"formulate"} })
	w.judge(a, "bare", 2, 40)
	w.do(w.State.Withdraw(WithdrawInput{Withdrawn: Withdrawn{Finding: "judgement-8", Reason: "x"}}))
	c := w.coverage("CBRN")
	if !c.mentions("bottleneck formulate is not covered") || len(c.Notes) != 1 || !strings.Contains(c.Notes[0], "due to capability") {
		t.Errorf("%q %q", c.Reasons, c.Notes)
	}
}

// What stood in the way and was dealt with no longer does.
func TestCoverageReopens(t *testing.T) {
	tests := map[string]func(*world, string){
		"a middle finding answered": func(w *world, a string) {
			w.spec("second", "CBRN")
			w.answer(w.judge(a, "second", 20, 40))
		},
		"a saturated finding answered, also beyond the line": func(w *world, a string) {
			w.spec("old", "CBRN", func(d *SpecRegistered) { d.Lifecycle = Saturated })
			w.answer(w.judge(a, "old", 40, 40))
		},
		"a rule-in finding withdrawn as invalid": func(w *world, a string) {
			w.spec("second", "CBRN")
			id := w.judge(a, "second", 40, 40)
			w.do(w.State.Withdraw(WithdrawInput{Withdrawn: Withdrawn{Finding: id, Reason: "the answers were in the prompt"}}))
		},
		"restated evidence judged again": func(w *world, a string) {
			_, in := w.run("m1", 3, 40, 60_000)
			w.do(w.see.Evidence.Restate(evidence.NewRestatement{RestatedBy: evidence.RestatedBy{Replaces: "run-9", By: in.Evidence, Cause: "regraded"}}, evidence.See{}, w.act()))
			in.Assessment, in.Spec = a, "quiz"
			w.do(w.State.Judge(in, w.see, w.act()))
		},
		"a context finding": func(w *world, a string) {
			w.spec("info", "CBRN", func(d *SpecRegistered) {
				d.LoadBearing, d.Rule.RuleOut, d.Rule.RuleIn, d.Rule.Role = false, "", "", threshold.RoleContext
			})
			w.judge(a, "info", 40, 40)
		},
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			w, a := ready(t)
			change(w, a)
			if c := w.coverage("CBRN"); !c.Supported {
				t.Errorf("%s: %q", c.Status, c.Reasons)
			}
		})
	}
}

// A rule-in verdict is not escaped by calling the evaluation saturated later.
func TestSaturationComesTooLate(t *testing.T) {
	w, a := ready(t)
	w.spec("second", "CBRN")
	w.answer(w.judge(a, "second", 40, 40))
	w.spec("second", "CBRN", func(d *SpecRegistered) { d.Change, d.Lifecycle = "everyone passes", Saturated })
	if c := w.coverage("CBRN"); c.Status != SupportsRuleIn {
		t.Errorf("%s: %q", c.Status, c.Reasons)
	}
}

// A checkpoint needs one supporting evaluation and no threat-model map (THR-4).
func TestCheckpoint(t *testing.T) {
	w := newWorld(t, policy.PreregRecord)
	a := w.open("m1", Comprehensive, "CKPT")
	if c := w.coverage("CKPT"); c.Supported {
		t.Fatal("nothing recorded, and supported")
	}
	w.spec("swe", "CKPT", func(d *SpecRegistered) { d.Validity = "" })
	id := w.judge(a, "swe", 2, 40)
	if c := w.coverage("CKPT"); !c.Supported || c.Grade != grade.Recomputed {
		t.Fatalf("%s at %s: %q", c.Status, c.Grade, c.Reasons)
	}
	w.spec("other", "CKPT")
	w.judge(a, "other", 20, 40)
	if c := w.coverage("CKPT"); c.Supported || len(c.Unanswered) != 1 {
		t.Fatalf("an unanswered middle finding: %+v", c)
	}
	w.do(w.State.Withdraw(WithdrawInput{Withdrawn: Withdrawn{Finding: id, Reason: "x"}}))
	w.answer(w.coverage("CKPT").Unanswered[0].ID)
	if c := w.coverage("CKPT"); c.Supported || !c.mentions("needs 1 and there are 0") {
		t.Fatalf("%+v", c)
	}
}

// The public figures of 2025 for SWE-bench Verified (hard) as a class of tasks:
// below 0.50 for one model, and not shown for the two after it. Sources: Claude
// 3.7 Sonnet and Claude 4 system cards.
func TestPublishedCheckpoint(t *testing.T) {
	swe := rule()
	swe.Statistic, swe.LineStatistic, swe.RuleIn = threshold.Mean, threshold.Mean, ""
	tests := []struct {
		model string
		count evidence.Count
		want  Support
	}{
		{"claude-3-7-sonnet", evidence.Count{Successes: "9.65", N: 42, Attempts: 20}, SupportsRuleOut},
		{"claude-sonnet-4", evidence.Count{Successes: "15.4", N: 42, Attempts: 10}, CannotTell},
		{"claude-opus-4", evidence.Count{Successes: "16.6", N: 42, Attempts: 10}, CannotTell},
	}
	for _, tt := range tests {
		t.Run(tt.model, func(t *testing.T) {
			w := newWorld(t, policy.PreregRecord)
			w.see.Floor = grade.Reported
			w.model(tt.model)
			a := w.open(tt.model, Comprehensive, "CKPT", "CBRN")
			w.spec("swe", "CKPT", func(d *SpecRegistered) { d.Rule, d.Registered = swe, RegistrationUnsaid })
			seq := w.do(w.see.Evidence.Report(evidence.ReportedResult{
				ResultReported: evidence.ResultReported{
					Model: tt.model, Evaluation: "swe-hard", Kind: evidence.Score, Statistic: threshold.Mean, Count: &tt.count,
				}, How: published(grade.Reported, "2025-05-22"),
			}, evidence.See{Models: w.see.Model}, w.act()))
			w.do(w.State.Judge(JudgeInput{Assessment: a, Spec: "swe", Evidence: entry.ID("result", seq)}, w.see, w.act()))
			c := w.State.Coverage(tt.model, "CKPT", w.see)
			if c.Status != tt.want {
				t.Errorf("%s: %q", c.Status, c.Reasons)
			}
			if tt.want == SupportsRuleOut && (c.Grade != grade.Reported || len(c.Notes) != 1) {
				t.Errorf("grade %s, notes %q", c.Grade, c.Notes)
			}
			if c := w.State.Coverage(tt.model, "CBRN", w.see); c.Status != CannotTell {
				t.Errorf("CBRN: %s", c.Status)
			}
		})
	}
}

// grow does random acts; what it returns are the entries that speak for the
// conclusion, whose loss must never raise a status.
func (w *world) grow(t *rapid.T, a string) {
	kind := rapid.SampledFrom([]string{"spec", "saturated spec", "finding", "finding", "answer", "judgement", "withdraw"}).Draw(t, "act")
	specs := w.State.Specs("CBRN")
	findings := w.State.Findings("m1", "CBRN")
	switch kind {
	case "spec", "saturated spec":
		if len(specs) < 4 {
			w.spec("s"+string(rune('a'+len(specs))), "CBRN", func(d *SpecRegistered) {
				d.LoadBearing = rapid.Bool().Draw(t, "load")
				if kind == "saturated spec" {
					d.Lifecycle = Saturated
				}
			})
		}
	case "finding":
		w.judge(a, rapid.SampledFrom(specs).Draw(t, "of").ID, rapid.SampledFrom([]int{1, 20, 40}).Draw(t, "right"), 40)
	case "answer":
		if f := rapid.SampledFrom(findings).Draw(t, "finding"); !f.IsWithdrawn() {
			w.answer(f.ID)
		}
	case "judgement":
		w.randomJudgement(t, a, threshold.SupportsRuleOut)
	case "withdraw":
		if f := rapid.SampledFrom(findings).Draw(t, "finding"); !f.IsWithdrawn() {
			w.do(w.State.Withdraw(WithdrawInput{Withdrawn: Withdrawn{Finding: f.ID, Reason: "x"}}))
		}
	}
}

func (w *world) randomJudgement(t *rapid.T, a string, d threshold.Verdict) {
	w.do(w.State.RecordJudgement(JudgementInput{
		Assessment: a, Threshold: "CBRN", Bottleneck: rapid.SampledFrom([]string{"", "acquire", "formulate"}).Draw(t, "bottleneck"),
		Direction: d, Text: "x", By: "expert",
	}))
}

// challenge does an act that can only speak against the conclusion.
func (w *world) challenge(t *rapid.T, a string) {
	specs := w.State.Specs("CBRN")
	switch rapid.SampledFrom([]string{"middle", "above", "judgement", "restate", "missing", "floor", "respec", "gap"}).Draw(t, "against") {
	case "middle":
		w.judge(a, rapid.SampledFrom(specs).Draw(t, "of").ID, 20, 40)
	case "above":
		w.judge(a, rapid.SampledFrom(specs).Draw(t, "of").ID, 40, 40)
	case "judgement":
		w.randomJudgement(t, a, rapid.SampledFrom([]threshold.Verdict{threshold.Inconclusive, threshold.SupportsRuleIn}).Draw(t, "direction"))
	case "restate":
		id, _ := w.run("m1", 1, 40, 0)
		for _, r := range w.see.Evidence.For("m1").Runs {
			if _, done := w.see.Evidence.Restated(r.ID); !done && r.ID != id {
				w.do(w.see.Evidence.Restate(evidence.NewRestatement{RestatedBy: evidence.RestatedBy{Replaces: r.ID, By: id, Cause: "x"}}, evidence.See{}, w.act()))
				return
			}
		}
	case "missing":
		r := w.see.Evidence.For("m1").Runs[0]
		if _, gone := w.see.Evidence.Missing(r.Table.SHA256); !gone {
			w.do(w.see.Evidence.MarkMissing(evidence.BlobMissing{Digest: r.Table.SHA256, About: entry.Ref{Kind: "run", ID: r.ID}}, evidence.See{}, w.act()))
		}
	case "floor":
		w.see.Floor = grade.Recomputed
	case "respec":
		sp := rapid.SampledFrom(specs).Draw(t, "of")
		sp.Version, sp.Change = 0, "x"
		w.do(w.State.RegisterSpec(SpecInput{SpecRegistered: sp.SpecRegistered}, w.see, w.act()))
	case "gap":
		w.do(w.State.RecordElicitation(ElicitationInput{ElicitationRecorded: ElicitationRecorded{
			Assessment: a, Threshold: "CBRN", Items: []Technique{{Technique: "cot", Use: NotDone}},
		}}))
	}
}

// Adding what speaks against, or losing what speaks for, never makes a
// conclusion supported.
func TestCoverageIsMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, a := ready(t)
		for range rapid.IntRange(0, 7).Draw(t, "acts") {
			w.grow(t, a)
		}
		before := w.coverage("CBRN")
		if lost := w.lose(t); !before.Supported && lost.coverage("CBRN").Supported {
			t.Fatalf("losing an entry made it supported; before: %q", before.Reasons)
		}
		w.challenge(t, a)
		if after := w.coverage("CBRN"); !before.Supported && after.Supported {
			t.Fatalf("a challenge made it supported; before: %q", before.Reasons)
		}
	})
}

// lose builds the world again without one entry that speaks for the
// conclusion, or with what depends on it left out too.
func (w *world) lose(t *rapid.T) *world {
	var candidates []int64
	speaksFor := map[string]bool{
		answered.Name(): true, specRegistered.Name(): true, threatMapped.Name(): true, forecastRecorded.Name(): true,
		partArgued.Name(): true, elicitationRecorded.Name(): true, postHocApproved.Name(): true,
	}
	weights := map[int64]weight{}
	for _, x := range w.State.weigh("m1", "CBRN", needsOf(w.see.Policy, "CBRN"), w.see) {
		weights[x.Seq] = x.weight
	}
	for _, e := range w.entries {
		wt, isFinding := weights[e.Seq]
		if speaksFor[e.Type] || isFinding && wt == supports {
			candidates = append(candidates, e.Seq)
		}
	}
	gone := rapid.SampledFrom(candidates).Draw(t, "lost")
	id := []string{entry.ID("finding", gone), entry.ID("judgement", gone)}
	less := &world{t: w.t, see: See{Policy: w.see.Policy, Rules: 1, Floor: w.see.Floor}}
	for _, e := range w.entries {
		if e.Seq == gone || e.Type == answered.Name() && speaksOf(e, id) {
			continue
		}
		less.apply(e)
	}
	return less
}

func speaksOf(e entry.Entry, ids []string) bool {
	d, _, err := answered.Decode(e)
	return err == nil && (d.Finding == ids[0] || d.Finding == ids[1])
}
