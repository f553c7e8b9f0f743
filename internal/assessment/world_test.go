// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package assessment

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/evallog"
	"github.com/holdpoint/holdpoint/internal/evidence"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/stats"
	"github.com/holdpoint/holdpoint/internal/threshold"
	"github.com/holdpoint/holdpoint/proof"
)

const today = deadline.Day("2025-05-22")

// pack has a capability threshold that needs a whole assessment, and a
// checkpoint that needs one supporting evaluation.
func pack(mode policy.Preregistration) policy.Pack {
	return policy.Pack{
		ID: "test", Version: "1",
		Thresholds: []policy.Threshold{
			{Element: policy.Element{ID: "CBRN"}, Kind: policy.Capability},
			{Element: policy.Element{ID: "CKPT"}, Kind: policy.Checkpoint},
			{Element: policy.Element{ID: "CBRN-NEXT"}, Kind: policy.Capability},
		},
		Triggers: []policy.Trigger{
			{Element: policy.Element{ID: "T-COMPUTE"}, Kind: policy.EffectiveComputeRatio, Ratio: "4", Starts: policy.Comprehensive},
			{Element: policy.Element{ID: "T-MONTHS"}, Kind: policy.MonthsSince, Months: 6, Starts: policy.Comprehensive},
			{Element: policy.Element{ID: "T-RSO"}, Kind: policy.Discretion, Role: "rso", Starts: policy.Comprehensive},
			{Element: policy.Element{ID: "T-UP"}, Kind: policy.StandardRaised, Starts: policy.FollowUp},
		},
		Assessment: policy.Assessment{
			Requirements: []policy.AssessmentRequirement{
				{Kinds: []policy.ThresholdKind{policy.Capability}, Contents: []policy.Content{
					policy.ThreatMap, policy.Completeness, policy.Evaluations, policy.Validity, policy.Elicitation,
					policy.LowRefusal, policy.Forecasts, policy.Margin,
				}},
				{Kinds: []policy.ThresholdKind{policy.Checkpoint}, Contents: []policy.Content{policy.Evaluations}, SupportingEvaluations: 1},
			},
			Elicitation:     []policy.ElicitationItem{{Technique: policy.ChainOfThought}, {Technique: policy.Tools}},
			Preregistration: policy.PreregistrationRule{Mode: mode},
		},
	}
}

type fataler interface {
	Helper()
	Fatal(...any)
}

// world applies drafts of every area that the tests touch, as a journal would.
type world struct {
	t       fataler
	State   State
	see     See
	entries []entry.Entry
	now     int64
	actor   string
}

func newWorld(t fataler, mode policy.Preregistration) *world {
	w := &world{t: t, now: today.Start(), actor: "author", see: See{Policy: pack(mode), Rules: 1}}
	w.model("m1")
	return w
}

func (w *world) act() entry.Act {
	return entry.Act{Actor: w.actor, Seq: int64(len(w.entries)), Now: w.now}
}

func (w *world) do(drafts []entry.Draft, err error) int64 {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	first := int64(len(w.entries))
	for _, d := range drafts {
		salt := make([]byte, proof.SaltSize)
		e := entry.Entry{Salt: salt, Body: d.Body}
		e.Seq, e.Type, e.V, e.RecordedAt = int64(len(w.entries)), d.Type, d.V, w.now
		e.Actor, e.Header.Body = w.actor, proof.Commit(salt, d.Body)
		if err := registry.Check(e); err != nil {
			w.t.Fatal(err)
		}
		w.apply(e)
		w.entries = append(w.entries, e)
	}
	w.now++
	return first
}

var registry = entry.NewRegistry(append(append(Types(), model.Types()...), evidence.Types()...)...)

func (w *world) apply(e entry.Entry) {
	w.t.Helper()
	var err error
	switch strings.SplitN(e.Type, ".", 2)[0] {
	case "model":
		w.see.Model = w.see.Model.Fork()
		err = w.see.Model.Apply(e)
	case "evidence":
		w.see.Evidence = w.see.Evidence.Fork()
		err = w.see.Evidence.Apply(e)
	default:
		w.State = w.State.Fork()
		err = w.State.Apply(e)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) model(name string) {
	w.t.Helper()
	w.do(w.see.Model.Register(model.NewModel{Registered: model.Registered{Model: name}}, w.act()))
	w.do(w.see.Model.AddSnapshot(model.NewSnapshot{SnapshotRegistered: model.SnapshotRegistered{
		Model: name, Snapshot: "free", Kind: model.HelpfulOnly, Safety: model.MechanismsOff,
	}}, w.act()))
}

func (w *world) open(name string, kind Kind, thresholds ...string) string {
	w.t.Helper()
	return entry.ID("assessment", w.do(w.State.Open(OpenInput{
		Model: name, Kind: kind, Trigger: Trigger{Kind: "discretion", Detail: "the RSO: a new model"},
		Thresholds: thresholds, Snapshots: []string{"free"},
	}, w.see, w.act())))
}

// rule is "below 0.5 with an exact bound supports rule-out, 0.8 rule-in".
func rule() threshold.Spec {
	return threshold.Spec{
		Metric: "accuracy", Statistic: threshold.Proportion, LineStatistic: threshold.Proportion, Direction: threshold.Below,
		RuleOut: "0.5", RuleIn: "0.8", Target: threshold.Class, Role: threshold.RoleRuleOut,
	}
}

func (w *world) spec(id, thr string, edit ...func(*SpecRegistered)) {
	w.t.Helper()
	d := SpecRegistered{
		ID: id, Evaluation: "quiz", Threshold: thr, LoadBearing: true, Rule: rule(), Bottlenecks: []string{"acquire"},
		Validity: "graded by people against a key",
	}
	for _, e := range edit {
		e(&d)
	}
	w.do(w.State.RegisterSpec(SpecInput{SpecRegistered: d}, w.see, w.act()))
}

// run imports a run with so many of n items right that began a minute ago, or
// as many milliseconds later as given.
func (w *world) run(name string, right, n int, later int64) (string, JudgeInput) {
	w.t.Helper()
	t := evallog.Table{Version: evallog.TableVersion, Format: evallog.FormatInspectEval, Task: "quiz", Status: evallog.StatusSuccess, Planned: n, Epochs: 1}
	for i := range n {
		v := stats.Decimal("0")
		if i < right {
			v = "1"
		}
		t.Rows = append(t.Rows, evallog.Row{Item: fmt.Sprintf("%q", fmt.Sprintf("%04d", i)), Epoch: 1, Metric: "accuracy", Value: v, State: evallog.Scored})
	}
	b := t.Encode()
	sum := sha256.Sum256(b)
	digest := hex.EncodeToString(sum[:])
	log := sha256.Sum256(fmt.Append(b, len(w.entries)))
	seq := w.do(w.see.Evidence.Import(evidence.NewRun{
		Model: name, Snapshot: "free", Log: evidence.LogFile{Name: "quiz.eval", SHA256: hex.EncodeToString(log[:]), Size: 100},
		Table: evidence.Blob{SHA256: digest, Size: int64(len(b))},
		Run: evallog.Run{
			Format: t.Format, Task: t.Task, Status: t.Status, Epochs: 1, Table: t,
			StartedAt: isoMilli(w.now - 60_000 + later), Metrics: []evallog.Metric{{Name: "accuracy"}},
		},
	}, evidence.See{Models: w.see.Model}, w.act()))
	id := entry.ID("run", seq)
	return id, JudgeInput{Evidence: id, Table: &t, TableDigest: digest}
}

func isoMilli(ms int64) string {
	return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z07:00")
}

// judge imports and judges a run that began after everything so far.
func (w *world) judge(assessment, spec string, right, n int) string {
	w.t.Helper()
	_, in := w.run("m1", right, n, 60_000)
	in.Assessment, in.Spec = assessment, spec
	return entry.ID("finding", w.do(w.State.Judge(in, w.see, w.act())))
}

func (w *world) answer(finding string) {
	w.t.Helper()
	w.do(w.State.Answer(AnswerInput{Answered: Answered{Finding: finding, Answer: "looked into", ReliedOn: "no better test exists"}}))
}

// parts records everything but findings that CBRN needs.
func (w *world) parts(a string) {
	w.t.Helper()
	w.do(w.State.MapThreats(MapInput{ThreatMapped: ThreatMapped{
		Assessment: a, Threshold: "CBRN", Completeness: "reviewed by outside experts",
		Bottlenecks: []Bottleneck{{"acquire", "getting the material"}, {"formulate", "making it work"}},
	}}))
	w.do(w.State.RecordElicitation(ElicitationInput{ElicitationRecorded: ElicitationRecorded{
		Assessment: a, Threshold: "CBRN", Items: []Technique{{Technique: "cot", Use: Used}, {Technique: "tools", Use: NotDone, Reason: "the quiz needs none"}},
	}}))
	w.do(w.State.RecordForecast(ForecastInput{ForecastRecorded: ForecastRecorded{
		Assessment: a, Threshold: "CBRN", Statement: "reached by the next model", Probability: "0.2", Horizon: "six months",
	}}))
	w.do(w.State.ArguePart(ArgumentInput{PartArgued: PartArgued{Assessment: a, Threshold: "CBRN", Part: policy.Margin, Text: "half the line after tuning"}}))
	w.do(w.State.RecordJudgement(JudgementInput{
		Assessment: a, Threshold: "CBRN", Bottleneck: "formulate", Direction: threshold.SupportsRuleOut, Text: "no hands-on help", By: "expert",
	}))
}

// ready is a world in which CBRN is supported.
func ready(t fataler) (*world, string) {
	w := newWorld(t, policy.PreregRecord)
	a := w.open("m1", Comprehensive, "CBRN", "CKPT")
	w.spec("quiz", "CBRN")
	w.parts(a)
	w.judge(a, "quiz", 2, 40)
	return w, a
}

func (w *world) coverage(thr string) Coverage { return w.State.Coverage("m1", thr, w.see) }

// published is how a public document says so, on a day.
func published(g grade.Grade, day deadline.Day) entry.Provenance {
	how := entry.Graded(g, entry.Source{Document: "card"})
	how.Happened = &entry.Happened{At: day.Start(), Precision: "day", Basis: "publication"}
	return how
}
