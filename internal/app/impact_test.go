// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"fmt"
	"testing"

	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/evidence"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/threshold"
	"github.com/holdpoint/holdpoint/internal/world"
	"github.com/holdpoint/holdpoint/packs"
	"github.com/holdpoint/holdpoint/proof"
)

// crowd folds a world of many models, each with a result, ten judgements on it,
// a determination and a clearance: a few entries more than n.
func crowd(b *testing.B, n int) world.World {
	b.Helper()
	p, err := policy.LoadRef("anthropic-rsp@2.2", packs.Source)
	if err != nil {
		b.Fatal(err)
	}
	var w world.World
	act := entry.Act{Actor: Operator, Now: 1_750_000_000_000}
	do := func(drafts []entry.Draft, err error) int64 {
		if err != nil {
			b.Fatal(err)
		}
		act.Seq = w.Seq
		for i, d := range drafts {
			e := entry.Entry{Header: proof.Header{Seq: act.Seq + int64(i), RecordedAt: act.Now, Type: d.Type, V: d.V, Actor: act.Actor}, Body: d.Body}
			if w, err = w.Apply(e); err != nil {
				b.Fatal(err)
			}
		}
		return act.Seq
	}
	do(w.Policy.Adopt(policy.AdoptIn{Pack: p, Accept: "for the test"}, act))
	for i := 0; w.Seq < int64(n); i++ {
		oneOfACrowd(b, &w, act, fmt.Sprintf("m-%d", i), do)
	}
	return w
}

func oneOfACrowd(b *testing.B, w *world.World, act entry.Act, name string, do func([]entry.Draft, error) int64) {
	how := entry.Graded(grade.Reported, entry.Source{Document: "TEST", Section: "1"})
	do(w.Model.Register(model.NewModel{Registered: model.Registered{Model: name}}, act))
	res := do(w.Evidence.Report(evidence.ReportedResult{How: how, ResultReported: evidence.ResultReported{
		Model: name, Evaluation: "quiz", Kind: "score", Statistic: "proportion", Count: &evidence.Count{Successes: "1", N: 9},
	}}, evidence.See{Models: w.Model}, act))
	see, err := w.AssessmentSee(act.Now)
	if err != nil {
		b.Fatal(err)
	}
	a := do(w.Assessment.Open(assessment.OpenInput{
		Model: name, Kind: assessment.Comprehensive, Trigger: assessment.Trigger{Kind: "effective_compute_ratio"}, Thresholds: []string{"CBRN-3"},
	}, see, act))
	var pins []decision.Pin
	for range 10 {
		seq := do(w.Assessment.RecordJudgement(assessment.JudgementInput{
			Assessment: entry.ID("assessment", a), Threshold: "CBRN-3", Direction: threshold.SupportsRuleOut, Text: "far below", By: "red team",
			Evidence: &entry.Ref{Kind: "result", ID: entry.ID("result", res)}, How: how,
		}))
		pins = append(pins, decision.Pin{Ref: entry.Ref{Kind: "finding", ID: entry.ID("judgement", seq)}, Seq: seq})
	}
	act.Seq = w.Seq
	dec := do(w.Decision.Report(decision.File{
		Kind: policy.DecideDetermination, Title: "determined", Model: name, Pins: pins,
		Determinations: []decision.Determination{{Threshold: "CBRN-3", Outcome: decision.RuledOut, Reason: "far below"}},
	}, entry.Graded(grade.Attested, entry.Source{Document: "TEST"}), w.DecisionSee(), act))
	cleared := entry.Define[gate.ClearanceIssuedV1](proof.ClearanceType, 1, entry.Fact)
	do(cleared.Drafts(gate.ClearanceIssuedV1{
		Payload: fmt.Sprintf(`{"predicate":{"conditions":[{"entries":[%d],"reason":"\"entries\":[1]"}]}}`, dec), Model: name, Action: "external_deploy",
		Environment: "production", Policy: "anthropic-rsp@2.2", NotBefore: act.Now, Expires: act.Now + 1000,
	}))
}

// BenchmarkImpact is evidence impact on one result among many.
func BenchmarkImpact(b *testing.B) {
	w := many(b)
	id := w.Evidence.For("m-7").Results[0].ID
	for b.Loop() {
		i, err := ImpactOf(w, id, w.Time)
		if err != nil || len(i.Findings) != 10 || len(i.Decisions) != 1 || len(i.Clearances) != 1 || !i.If.Asked {
			b.Fatal(err, i)
		}
	}
	b.ReportMetric(float64(w.Seq), "entries")
}
