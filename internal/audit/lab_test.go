// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package audit_test

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/journal"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/review"
	"github.com/holdpoint/holdpoint/internal/safeguard"
	"github.com/holdpoint/holdpoint/internal/signoff"
	"github.com/holdpoint/holdpoint/internal/threshold"
	"github.com/holdpoint/holdpoint/packs"
)

const (
	labOrigin = "audit.example/lab"
	labModel  = "tiny-1"
	labStart  = 1_750_000_000_000 // 2025-06-15
)

func labSeed() []byte { return []byte("a fixed seed of thirty-two bytes") }

// salts gives the same salts every time.
type salts struct{ n byte }

func (s *salts) Read(p []byte) (int, error) {
	for i := range p {
		s.n++
		p[i] = s.n
	}
	return len(p), nil
}

// lab is a small workspace of a lab that is all made up, taken by the same
// intents as the command line all the way to a clearance.
type lab struct {
	t   testing.TB
	app *app.App
	// ids of what the story made
	finding, clearance string
}

func newLab(t testing.TB) *lab {
	t.Helper()
	a, err := app.Init(context.Background(), t.TempDir(), app.Genesis{
		Origin: labOrigin, Clock: journal.Simulated, At: labStart, Seed: labSeed(), Salt: &salts{},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	l := &lab{t: t, app: a}
	l.people()
	l.safeguards()
	l.assess()
	l.determine()
	l.clear()
	return l
}

func (l *lab) do(in app.Intent) app.Done {
	l.t.Helper()
	done, err := l.app.Do(context.Background(), app.Who{Actor: app.Operator}, in)
	if err != nil {
		l.t.Fatalf("%s: %v", in.Verb, err)
	}
	return done
}

func personKey(person string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte("key of " + person))
	return ed25519.NewKeyFromSeed(seed[:])
}

func (l *lab) people() {
	pack, err := policy.LoadRef("anthropic-rsp@2.2", packs.Source)
	if err != nil {
		l.t.Fatal(err)
	}
	l.do(app.AdoptPolicy(policy.AdoptIn{Pack: pack}))
	for _, who := range []struct {
		person, role string
		kind         access.Kind
	}{{"p-officer", "rso", access.Human}, {"p-chief", "ceo", access.Human}, {"b-board", "board", access.Body}, {"b-trust", "trust", access.Body}} {
		l.do(app.AddPerson(access.NewPerson{ID: who.person, Kind: who.kind},
			access.RoleChange{Person: who.person, Role: who.role, Reason: "the first holder"}))
		l.do(app.RegisterKey(access.NewKey{Person: who.person, Public: access.Ed25519Text(personKey(who.person).Public().(ed25519.PublicKey))}))
	}
	weights := sha256.Sum256([]byte("weights"))
	l.do(app.RegisterModel(model.NewModel{Registered: model.Registered{Model: labModel}}))
	l.do(app.AddSnapshot(model.NewSnapshot{SnapshotRegistered: model.SnapshotRegistered{
		Model: labModel, Snapshot: "final", Kind: model.ReleaseCandidate, Safety: model.MechanismsOn, Weights: hex.EncodeToString(weights[:]),
	}}))
}

// safeguards brings both facets of the baseline into force.
func (l *lab) safeguards() {
	for _, facet := range []policy.FacetKind{policy.Deployment, policy.Security} {
		view, _ := l.app.View(context.Background())
		p, _ := view.State.Policy.InForce(view.Time)
		f, _ := p.Pack.Standard("ASL-2", facet)
		for _, c := range f.Criteria {
			l.do(app.RecordSafeguardEvidence(safeguard.EvidenceInput{
				Standard: "ASL-2", Facet: string(facet), Criterion: c.ID, Statement: "shown in a made-up document",
			}))
		}
		report := l.do(app.PrepareReport(safeguard.ReportInput{Standard: "ASL-2", Facet: string(facet), ResidualRisk: "small"})).ID("report", 0)
		l.decide(decision.ProposeIn{Kind: policy.DecideSafeguards, Title: "Is ASL-2 " + string(facet) + " in force?", Report: report})
	}
}

func (l *lab) assess() {
	opened := l.do(app.OpenAssessment(assessment.OpenInput{
		Model: labModel, Kind: assessment.Comprehensive, Trigger: assessment.Trigger{Kind: "effective_compute_ratio"}, Thresholds: []string{"CBRN-3", "AUTO-CKPT"},
	})).ID("assessment", 0)
	for _, thr := range []string{"CBRN-3", "AUTO-CKPT"} {
		l.do(app.MapThreats(assessment.MapInput{ThreatMapped: assessment.ThreatMapped{
			Assessment: opened, Threshold: thr, Completeness: "no other way is known",
			Bottlenecks: []assessment.Bottleneck{{ID: "b1", Text: "the one step that is hard"}},
		}}))
		l.do(app.Preregister(assessment.SpecInput{SpecRegistered: assessment.SpecRegistered{
			ID: "spec-" + strings.ToLower(thr), Assessment: opened, Evaluation: "quiz", Threshold: thr, Bottlenecks: []string{"b1"}, LoadBearing: true,
			Validity: "the questions need what the threat needs",
			Rule: threshold.Spec{
				Metric: "match", Statistic: threshold.Proportion, Direction: threshold.Below, RuleOut: "0.5", RuleIn: "0.9", Target: threshold.Class,
				LineStatistic: threshold.Proportion, Role: threshold.RoleRuleOut, PlannedItems: 12,
			},
		}}))
		l.parts(opened, thr)
	}
	log := filepath.Join(l.t.TempDir(), "quiz.json")
	if err := os.WriteFile(log, quizLog(12), 0o600); err != nil {
		l.t.Fatal(err)
	}
	imported, _, err := l.app.Import(context.Background(), app.Who{Actor: app.Operator}, app.Importing{Model: labModel, Snapshot: "final"}, log)
	if err != nil {
		l.t.Fatal(err)
	}
	for _, thr := range []string{"CBRN-3", "AUTO-CKPT"} {
		found, err := l.app.Judge(context.Background(), app.Who{Actor: app.Operator}, assessment.JudgeInput{
			Assessment: opened, Spec: "spec-" + strings.ToLower(thr), Evidence: imported.ID("run", 0),
		})
		if err != nil {
			l.t.Fatal(err)
		}
		l.finding = found.ID("finding", 0)
	}
	l.do(app.SubmitReview(review.Submission{
		About: entry.Ref{Kind: "assessment", ID: opened}, Kind: review.Critique, Side: review.Internal, Role: "alignment", Text: "words that only people read",
	}))
}

// parts records what an assessment needs besides evaluations.
func (l *lab) parts(opened, thr string) {
	el := assessment.ElicitationRecorded{Assessment: opened, Threshold: thr}
	for _, technique := range []string{"cot", "best_of_n", "tools", "scaffolding", "few_shot", "fine_tuning", "refusal_free", "expert_prompting"} {
		el.Items = append(el.Items, assessment.Technique{Technique: technique, Use: assessment.Used})
	}
	l.do(app.RecordElicitation(assessment.ElicitationInput{ElicitationRecorded: el}))
	l.do(app.RecordForecast(assessment.ForecastInput{ForecastRecorded: assessment.ForecastRecorded{
		Assessment: opened, Threshold: thr, Statement: "stays below", Probability: "0.9", Horizon: "six months",
	}}))
	for _, part := range []policy.Content{policy.LowRefusal, policy.Margin} {
		l.do(app.ArguePart(assessment.ArgumentInput{PartArgued: assessment.PartArgued{
			Assessment: opened, Threshold: thr, Part: part, Text: "argued in a made-up report",
		}}))
	}
}

func (l *lab) determine() {
	l.decide(decision.ProposeIn{
		Kind: policy.DecideDetermination, Title: "Is tiny-1 below every threshold?", Model: labModel,
		Determinations: []decision.Determination{
			{Threshold: "CBRN-3", Outcome: decision.RuledOut, Reason: "far below"},
			{Threshold: "AUTO-CKPT", Outcome: decision.RuledOut, Reason: "far below"},
		},
	})
}

// decide proposes, signs in both roles and acknowledges.
func (l *lab) decide(in decision.ProposeIn) string {
	l.t.Helper()
	done := l.do(app.Propose(in))
	question := done.ID("question", 1)
	l.sign(question, "rso", "p-officer", signoff.Approve, app.Sign)
	last := l.sign(question, "ceo", "p-chief", signoff.Approve, app.Sign)
	for _, to := range []struct{ role, person string }{{"board", "b-board"}, {"trust", "b-trust"}} {
		st, _ := last.View.State.Signoff.Status(question)
		if len(st.Deliveries) == 0 {
			break
		}
		l.do(app.Deliver(signoff.Delivering{Question: question, Role: to.role}))
		l.sign(question, to.role, to.person, signoff.Acknowledge, app.Acknowledge)
	}
	view, _ := l.app.View(context.Background())
	d, err := view.State.Decision.Decision(done.ID("decision", 0))
	if err != nil || d.Status != decision.InEffect {
		l.t.Fatalf("%s is %s, want in effect: waits for %v", d.File.ID, d.Status, view.State.Decision.Missing(d, view.State.DecisionSee()))
	}
	return d.File.ID
}

func (l *lab) sign(question, role, person string, answer signoff.Answer, as func(signoff.Signing) app.Intent) app.Done {
	l.t.Helper()
	view, _ := l.app.View(context.Background())
	in := signoff.Signing{Question: question, Role: role, Person: person, Answer: answer, Key: view.State.Access.ActiveKeys(person)[0].ID}
	text, err := view.State.Signoff.Statement(in)
	if err != nil {
		l.t.Fatal(err)
	}
	in.Signature = string(access.Ed25519Signature(ed25519.Sign(personKey(person), text)))
	return l.do(as(in))
}

func (l *lab) clear() {
	l.t.Helper()
	_, c, err := l.app.Issue(context.Background(), app.Who{Actor: app.Operator}, gate.Ask{Model: labModel, Action: "store_weights"}, 24*time.Hour)
	if err != nil {
		l.t.Fatal(err)
	}
	l.clearance = c.ID
}

// export writes a copy and gives its folder.
func (l *lab) export(o app.ExportOptions) string {
	l.t.Helper()
	dir := filepath.Join(l.t.TempDir(), "copy")
	if _, err := l.app.Export(context.Background(), dir, o); err != nil {
		l.t.Fatal(err)
	}
	return dir
}

// quizLog is a finished log in the Inspect layout in which every answer is wrong.
func quizLog(items int) []byte {
	var b strings.Builder
	b.WriteString(`{"version":2,"status":"success","eval":{"eval_id":"E","run_id":"R","created":"2025-06-16T03:04:05Z","task":"quiz","task_id":"T","task_version":1,` +
		`"dataset":{"name":"quiz","shuffled":false},"model":"lab/tiny","config":{"epochs":1},"packages":{"inspect_ai":"0.3.255"}},` +
		`"plan":{"name":"plan","steps":[{"solver":"generate","params":{}}],"config":{}},`)
	fmt.Fprintf(&b, `"results":{"total_samples":%d,"completed_samples":%d,"scores":[{"name":"match","scorer":"match","metrics":{"accuracy":{"name":"accuracy","value":0}}}]},`, items, items)
	b.WriteString(`"stats":{"started_at":"2025-06-16T03:04:05Z","completed_at":"2025-06-16T03:05:05Z"},"samples":[`)
	for i := range items {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":%d,"epoch":1,"input":"q","target":"t","messages":[],"scores":{"match":{"value":"I","answer":"a"}}}`, i+1)
	}
	b.WriteString(`]}`)
	return []byte(b.String())
}

var _ io.Reader = (*salts)(nil)
