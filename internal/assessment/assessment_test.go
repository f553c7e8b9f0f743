// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package assessment

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/threshold"
	"github.com/holdpoint/holdpoint/proof"
)

// POL-2: an assessment keeps the policy version that was in force when it was
// opened.
func TestOpenStampsThePolicy(t *testing.T) {
	w := newWorld(t, policy.PreregRecord)
	id := w.open("m1", Comprehensive, "CBRN")
	w.see.Policy.Version = "2"
	if a, _ := w.State.Assessment(id); a.Policy != "test@1" || !a.Open() {
		t.Errorf("%+v", a)
	}
}

// CAP-1: the outcome names the limb, and "below" closes the cycle.
func TestPreliminaryCAP1(t *testing.T) {
	w := newWorld(t, policy.PreregRecord)
	a := w.open("m1", Preliminary)
	conclude := func(limb Limb, notably bool) error {
		_, err := w.State.ConcludePreliminary(ConcludeInput{PreliminaryConcluded: PreliminaryConcluded{Assessment: a, Limb: limb, Notably: notably, Reason: "x"}})
		return err
	}
	for name, err := range map[string]error{
		"more capable by no limb": conclude(LimbNone, true),
		"less capable by a limb":  conclude(LimbCompute, false),
		"no such limb":            conclude("feeling", true),
	} {
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.do(w.State.ConcludePreliminary(ConcludeInput{PreliminaryConcluded: PreliminaryConcluded{Assessment: a, Limb: LimbNone, Reason: "1.2 times the compute"}}))
	if got, _ := w.State.Assessment(a); got.Open() || got.Outcome != Below || got.Done() {
		t.Errorf("%+v", got)
	}
}

// CAP-2: a comprehensive assessment is complete when every part is there.
func TestCloseCAP2(t *testing.T) {
	w, a := ready(t)
	_, err := w.State.Close(CloseInput{Assessment: a, Outcome: Complete}, w.see)
	if fault.KindOf(err) != fault.Conflict {
		t.Fatalf("CKPT has no evaluation, and it was closed: %v", err)
	}
	_, err = w.State.Close(CloseInput{Assessment: a, Outcome: AsPublished}, w.see)
	if fault.KindOf(err) != fault.Invalid {
		t.Fatalf("published without a source: %v", err)
	}
	w.spec("swe", "CKPT")
	w.judge(a, "swe", 2, 40)
	w.do(w.State.Close(CloseInput{Assessment: a, Outcome: Complete}, w.see))
	if got, ok := w.State.Assessed("m1", "CBRN"); !ok || got.ID != a || len(got.Missing) != 0 {
		t.Errorf("%+v", got)
	}
	if c := w.coverage("CBRN"); !c.Supported {
		t.Errorf("closing changed the answer: %q", c.Reasons)
	}
}

func TestCloseAsPublishedListsWhatIsMissing(t *testing.T) {
	w := newWorld(t, policy.PreregRecord)
	a := w.open("m1", Comprehensive, "CBRN", "CKPT")
	w.do(w.State.Close(CloseInput{Assessment: a, Outcome: AsPublished, How: published(grade.Reported, "2025-02-24")}, w.see))
	got, _ := w.State.LastComprehensive("")
	want := []Missing{
		{"CBRN", []string{"threat_map", "completeness", "evaluations", "validity", "elicitation", "forecasts", "margin"}},
		{"CKPT", []string{"evaluations"}},
	}
	if d := cmp.Diff(want, got.Missing); d != "" || got.ClosedBy.Day != "2025-02-24" {
		t.Error(d, got.ClosedBy.Day)
	}
}

func TestRefusals(t *testing.T) {
	w, a := ready(t)
	done := w.open("m1", Comprehensive, "CBRN")
	w.do(w.State.Close(CloseInput{Assessment: done, Outcome: Cancelled, Reason: "x"}, w.see))
	open := func(edit func(*OpenInput)) error {
		in := OpenInput{Model: "m1", Kind: Comprehensive, Trigger: Trigger{Kind: "months_since"}, Thresholds: []string{"CBRN"}}
		edit(&in)
		_, err := w.State.Open(in, w.see, w.act())
		return err
	}
	spec := func(edit func(*SpecRegistered)) error {
		d := SpecRegistered{ID: "new", Evaluation: "quiz", Threshold: "CBRN", Rule: rule()}
		edit(&d)
		_, err := w.State.RegisterSpec(SpecInput{SpecRegistered: d}, w.see, w.act())
		return err
	}
	mapped := func(edit func(*ThreatMapped)) error {
		d := ThreatMapped{Assessment: a, Threshold: "CBRN", Bottlenecks: []Bottleneck{{"b", "x"}}}
		edit(&d)
		_, err := w.State.MapThreats(MapInput{ThreatMapped: d})
		return err
	}
	elicited := func(t Technique) error {
		_, err := w.State.RecordElicitation(ElicitationInput{ElicitationRecorded: ElicitationRecorded{Assessment: a, Threshold: "CBRN", Items: []Technique{t}}})
		return err
	}
	forecast := func(p string) error {
		_, err := w.State.RecordForecast(ForecastInput{ForecastRecorded: ForecastRecorded{
			Assessment: a, Threshold: "CBRN", Statement: "x", Horizon: "y", Probability: stat(p)}})
		return err
	}
	judgement := func(edit func(*JudgementInput)) error {
		in := JudgementInput{Assessment: a, Threshold: "CBRN", Direction: threshold.SupportsRuleOut, Text: "x", By: "expert"}
		edit(&in)
		_, err := w.State.RecordJudgement(in)
		return err
	}
	_, answerNothing := w.State.Answer(AnswerInput{Answered: Answered{Finding: "finding-10"}})
	_, answerUnknown := w.State.Answer(AnswerInput{Answered: Answered{Finding: "finding-99", Answer: "x"}})
	_, part := w.State.ArguePart(ArgumentInput{PartArgued: PartArgued{Assessment: a, Threshold: "CBRN", Part: policy.Forecasts, Text: "x"}})
	_, notPostHoc := w.State.ApprovePostHoc(ApproveInput{Finding: "finding-10"}, entry.Act{Actor: "other"})
	tests := map[string]struct {
		err  error
		want fault.Kind
	}{
		"unknown model":              {open(func(in *OpenInput) { in.Model = "m9" }), fault.NotFound},
		"unknown threshold":          {open(func(in *OpenInput) { in.Thresholds = []string{"X"} }), fault.NotFound},
		"unknown snapshot":           {open(func(in *OpenInput) { in.Snapshots = []string{"x"} }), fault.NotFound},
		"unknown kind":               {open(func(in *OpenInput) { in.Kind = "thorough" }), fault.Invalid},
		"no scope":                   {open(func(in *OpenInput) { in.Thresholds = nil }), fault.Invalid},
		"MOD-4 discretion needs why": {open(func(in *OpenInput) { in.Trigger.Kind = "discretion" }), fault.Invalid},
		"target is no day":           {open(func(in *OpenInput) { in.Target = "soon" }), fault.Invalid},
		"malformed spec id":          {spec(func(d *SpecRegistered) { d.ID = "New Spec" }), fault.Invalid},
		"rule that cannot be":        {spec(func(d *SpecRegistered) { d.Rule.Direction = "" }), fault.Invalid},
		"version out of order":       {spec(func(d *SpecRegistered) { d.Version, d.Change = 3, "x" }), fault.Conflict},
		"version taken":              {spec(func(d *SpecRegistered) { d.ID, d.Version = "quiz", 1 }), fault.Conflict},
		"CAP-5 change needs why":     {spec(func(d *SpecRegistered) { d.ID = "quiz" }), fault.Invalid},
		"spec moves to another line": {spec(func(d *SpecRegistered) { d.ID, d.Threshold, d.Change = "quiz", "CKPT", "x" }), fault.Conflict},
		"closed assessment":          {mapped(func(d *ThreatMapped) { d.Assessment = done }), fault.Conflict},
		"threshold out of scope":     {mapped(func(d *ThreatMapped) { d.Threshold = "CBRN-NEXT" }), fault.Conflict},
		"bottleneck twice":           {mapped(func(d *ThreatMapped) { d.Bottlenecks = append(d.Bottlenecks, d.Bottlenecks[0]) }), fault.Invalid},
		"not applicable, no reason":  {elicited(Technique{Technique: "cot", Use: NotApplicable}), fault.Invalid},
		"use unknown":                {elicited(Technique{Technique: "cot", Use: "sort of"}), fault.Invalid},
		"probability above one":      {forecast("1.1"), fault.Invalid},
		"judgement of no bottleneck": {judgement(func(in *JudgementInput) { in.Bottleneck = "x" }), fault.NotFound},
		"judgement without author":   {judgement(func(in *JudgementInput) { in.By = "" }), fault.Invalid},
		"judgement cannot cannot":    {judgement(func(in *JudgementInput) { in.Direction = threshold.CannotSay }), fault.Invalid},
		"empty answer":               {answerNothing, fault.Invalid},
		"answer to nothing":          {answerUnknown, fault.NotFound},
		"part that is not a text":    {part, fault.Invalid},
		"approving what is not late": {notPostHoc, fault.Conflict},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if tt.err == nil || firstKind(tt.err) != tt.want {
				t.Errorf("got %v, want kind %s", tt.err, tt.want)
			}
		})
	}
}

func firstKind(err error) fault.Kind {
	if l, ok := err.(fault.List); ok && len(l) > 0 {
		return l[0].Kind
	}
	return fault.KindOf(err)
}

func TestSpecDefaultsAndVersions(t *testing.T) {
	w := newWorld(t, policy.PreregRecord)
	w.spec("quiz", "CBRN")
	w.spec("quiz", "CBRN", func(d *SpecRegistered) { d.Change, d.Lifecycle = "nearly everyone passes", NearSaturation })
	sp, _ := w.State.Spec("quiz")
	if sp.Version != 2 || sp.Author != "author" || sp.Registered != RegisteredHere || sp.Lifecycle != NearSaturation {
		t.Errorf("%+v", sp)
	}
	if all := w.State.SpecVersions("quiz"); len(all) != 2 || all[0].Lifecycle != Active {
		t.Errorf("the old version is gone: %+v", all)
	}
	if got := w.State.Specs(""); len(got) != 1 || got[0].Version != 2 {
		t.Errorf("%+v", got)
	}
}

// MOD-2, MOD-3, MOD-4 and CAP-18 as rows.
func TestDue(t *testing.T) {
	w := newWorld(t, policy.PreregRecord)
	if rows := w.State.Due("m1", nil, w.see, w.now); rows[0].Outcome != model.CannotTell {
		t.Errorf("nothing was ever assessed: %+v", rows)
	}
	compute := func(name, value, low, high string) {
		w.do(w.see.Model.EstimateCompute(model.NewEstimate{ComputeEstimated: model.ComputeEstimated{
			Model: name, Value: stat(value), Low: stat(low), High: stat(high), Unit: model.FLOP, Method: "counted"}}, w.act()))
	}
	a := w.open("m1", Comprehensive, "CKPT")
	compute("m1", "100", "100", "110")
	w.do(w.State.Close(CloseInput{Assessment: a, Outcome: AsPublished, How: published(grade.Reported, today)}, w.see))
	w.model("m2")
	compute("m2", "390", "380", "399")
	rows := w.State.Due("m2", nil, w.see, today.Start())
	want := []struct {
		trigger string
		outcome model.Outcome
		on      deadline.Day
	}{
		{"T-MONTHS", model.NotFired, "2025-11-22"},
		{"T-COMPUTE", model.NotFired, ""},
		{"T-RSO", model.NotFired, ""},
		{"T-UP", model.NotFired, ""},
	}
	for i, r := range rows {
		if r.Trigger != want[i].trigger || r.Outcome != want[i].outcome || r.On != want[i].on {
			t.Errorf("row %d: %+v, want %+v", i, r, want[i])
		}
	}
	if rows[1].At != "400" || rows[1].Ratio != "3.99" {
		t.Errorf("MOD-2: %+v", rows[1])
	}
	compute("m2", "399", "399", "400")
	w.open("m2", Comprehensive, "CKPT")
	up := []Raised{{Threshold: "CBRN", Next: []string{"CBRN-NEXT"}, Day: today, Seq: 1, Grade: grade.Attested}}
	for _, r := range w.State.Due("m2", up, w.see, deadline.Day("2025-11-22").Start()) {
		if r.Outcome != model.Fired {
			t.Errorf("%s: %s", r.Trigger, r.Sentence)
		}
	}
}

// CAP-18: the follow-up against the next thresholds settles its row.
func TestFollowUpCAP18(t *testing.T) {
	w := newWorld(t, policy.PreregRecord)
	up := []Raised{{Threshold: "CBRN", Next: []string{"CBRN-NEXT"}, Day: today, Seq: 1, Grade: grade.Attested}}
	row := func() Row {
		for _, r := range w.State.Due("m1", up, w.see, w.now) {
			if r.Kind == policy.StandardRaised {
				return r
			}
		}
		return Row{}
	}
	a := w.open("m1", FollowUp, "CBRN-NEXT")
	if r := row(); r.Outcome != model.Fired || r.Running != a {
		t.Errorf("%+v", r)
	}
	w.do(w.State.Close(CloseInput{Assessment: a, Outcome: AsPublished, How: published(grade.Reported, today)}, w.see))
	if r := row(); r.Outcome != model.NotFired || r.Running != "" {
		t.Errorf("%+v", r)
	}
}

func TestReplayEqualsLive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, a := ready(t)
		for range rapid.IntRange(0, 8).Draw(t, "acts") {
			w.grow(t, a)
		}
		again := &world{t: t, see: See{Policy: w.see.Policy}}
		for _, e := range w.entries {
			again.apply(e)
		}
		if d := cmp.Diff(dump(w.State), dump(again.State)); d != "" {
			t.Fatal(d)
		}
	})
}

func dump(s State) []any {
	return []any{s.Assessments(""), s.Specs(""), s.Findings("m1", "CBRN"), s.Elicitation("m1", "CBRN"), s.Forecasts("m1", "CBRN")}
}

func TestApplyRefusesUnknownType(t *testing.T) {
	var s State
	err := s.Apply(entry.Entry{Header: proof.Header{Type: "assessment.forgotten", V: 1}})
	if fault.KindOf(err) != fault.Internal {
		t.Errorf("got %v", err)
	}
}
