// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package decision_test

import (
	"crypto/ed25519"
	"slices"
	"strings"
	"testing"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/evidence"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/review"
	"github.com/holdpoint/holdpoint/internal/signoff"
	"github.com/holdpoint/holdpoint/internal/stats"
	"github.com/holdpoint/holdpoint/internal/threshold"
	"github.com/holdpoint/holdpoint/internal/world"
	"github.com/holdpoint/holdpoint/packs"
	"github.com/holdpoint/holdpoint/proof"
)

// today is when every history of these tests begins.
const today = deadline.Day("2025-06-02")

// people are those of the tests, each with the role of the same name.
func people() []string { return []string{"ceo", "rso", "board", "trust"} }

// history is a journal in memory: the entries, and the world they give. Every
// entry is checked as a verifier would before it is folded.
type history struct {
	t       testing.TB
	w       world.World
	entries []entry.Entry
	now     int64
}

type rule func(w world.World, act entry.Act) ([]entry.Draft, error)

func (h *history) try(decide rule) (int64, error) {
	h.t.Helper()
	h.now++
	act := entry.Act{Actor: access.Operator, Seq: h.w.Seq, Now: h.now}
	drafts, err := decide(h.w, act)
	if err != nil {
		return 0, err
	}
	if drafts, err = h.w.React(drafts, act); err != nil {
		return 0, err
	}
	for _, d := range drafts {
		h.take(d, act)
	}
	return act.Seq, nil
}

func (h *history) take(d entry.Draft, act entry.Act) {
	h.t.Helper()
	e := entry.Entry{Header: proof.Header{Seq: h.w.Seq, RecordedAt: act.Now, Type: d.Type, V: d.V, Actor: act.Actor}, Body: d.Body}
	if d.Class == entry.Private {
		e.Body = nil
	}
	if strings.HasPrefix(d.Type, "decision.") {
		if err := h.w.Decision.Check(e, h.w.DecisionSee()); err != nil {
			h.t.Fatalf("what was just decided does not check: %s: %v", d.Type, err)
		}
	}
	var err error
	if h.w, err = h.w.Fork().Apply(e); err != nil {
		h.t.Fatalf("%s: %v", d.Type, err)
	}
	h.entries = append(h.entries, e)
}

func (h *history) do(decide rule) int64 {
	h.t.Helper()
	seq, err := h.try(decide)
	if err != nil {
		h.t.Fatal(err)
	}
	return seq
}

// begin has a policy, the model m with a snapshot, and the people with their
// roles and keys.
func begin(t testing.TB) *history {
	t.Helper()
	h := &history{t: t, now: today.Start()}
	p, err := policy.LoadRef("anthropic-rsp@2.2", packs.Source)
	if err != nil {
		t.Fatal(err)
	}
	h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Policy.Adopt(policy.AdoptIn{Pack: p, Accept: "for the test"}, act)
	})
	for i, id := range people() {
		h.person(i, id)
	}
	h.model("m")
	return h
}

func (h *history) model(name string) {
	h.t.Helper()
	h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Model.Register(model.NewModel{Registered: model.Registered{Model: name}}, act)
	})
	h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Model.AddSnapshot(model.NewSnapshot{SnapshotRegistered: model.SnapshotRegistered{
			Model: name, Snapshot: "free", Kind: model.HelpfulOnly, Safety: model.MechanismsOff, Weights: strings.Repeat("ab", 32),
		}}, act)
	})
}

func (h *history) person(i int, id string) {
	h.t.Helper()
	kind := access.Human
	if id == "trust" {
		kind = access.Body
	}
	h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Access.AddPerson(access.NewPerson{ID: id, Kind: kind}, act)
	})
	h.grant(id, id)
	h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Access.RegisterKey(access.NewKey{Person: id, Public: public(private(i))}, act)
	})
}

func (h *history) grant(person, role string) {
	h.t.Helper()
	h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Access.GrantRole(access.RoleChange{Person: person, Role: role, Reason: "appointed"}, access.See{Roles: people()}, act)
	})
}

func private(n int) ed25519.PrivateKey {
	seed := make([]byte, ed25519.SeedSize)
	seed[0] = byte(n + 1)
	return ed25519.NewKeyFromSeed(seed)
}

func public(k ed25519.PrivateKey) string { return access.Ed25519Text(k.Public().(ed25519.PublicKey)) }

// sealed fills in the person's key and signature.
func (h *history) sealed(in signoff.Signing) signoff.Signing {
	h.t.Helper()
	k := private(slices.Index(people(), in.Person))
	parsed, err := access.ParseKey(public(k))
	if err != nil {
		h.t.Fatal(err)
	}
	b, err := h.w.Signoff.Statement(in)
	if err != nil {
		h.t.Fatal(err)
	}
	in.Key, in.Signature = parsed.ID, string(access.Ed25519Signature(ed25519.Sign(k, b)))
	return in
}

// trySign lets a person answer a decision in a role.
func (h *history) trySign(id, person, role string, a signoff.Answer) error {
	h.t.Helper()
	in := h.sealed(signoff.Signing{Question: h.decision(id).Question, Person: person, Role: role, Answer: a})
	_, err := h.try(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Signoff.Sign(in, signoff.See{Access: w.Access}, act)
	})
	return err
}

func (h *history) sign(id, person string) {
	h.t.Helper()
	if err := h.trySign(id, person, person, signoff.Approve); err != nil {
		h.t.Fatal(err)
	}
}

func (h *history) deliver(id, role string) {
	h.t.Helper()
	h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Signoff.Deliver(signoff.Delivering{Question: h.decision(id).Question, Role: role}, act)
	})
}

func (h *history) acknowledge(id, person string) {
	h.t.Helper()
	in := h.sealed(signoff.Signing{Question: h.decision(id).Question, Person: person, Role: person, Answer: signoff.Acknowledge})
	h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Signoff.Acknowledge(in, signoff.See{Access: w.Access}, act)
	})
}

// carry takes a proposal as far as people can: both signatures, both receipts.
func (h *history) carry(id string) string {
	h.t.Helper()
	h.sign(id, "rso")
	h.sign(id, "ceo")
	for _, role := range []string{"board", "trust"} {
		h.deliver(id, role)
		h.acknowledge(id, role)
	}
	return id
}

func (h *history) decision(id string) decision.Decision {
	h.t.Helper()
	d, err := h.w.Decision.Decision(id)
	if err != nil {
		h.t.Fatal(err)
	}
	return d
}

// input asks for determinations of m, "threshold=outcome" each.
func input(outcomes ...string) decision.ProposeIn {
	in := decision.ProposeIn{Kind: policy.DecideDetermination, Title: "What m can do", Model: "m"}
	for _, o := range outcomes {
		thr, outcome, _ := strings.Cut(o, "=")
		in.Determinations = append(in.Determinations, decision.Determination{Threshold: thr, Outcome: decision.Outcome(outcome), Reason: "said so"})
	}
	return in
}

func (h *history) tryPropose(in decision.ProposeIn) (string, error) {
	h.t.Helper()
	seq, err := h.try(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Decision.Propose(in, w.DecisionSee(), act)
	})
	return entry.ID("decision", seq), err
}

func (h *history) propose(in decision.ProposeIn) string {
	h.t.Helper()
	id, err := h.tryPropose(in)
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

func (h *history) open(thresholds ...string) string {
	h.t.Helper()
	return entry.ID("assessment", h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		see, err := w.AssessmentSee(act.Now)
		if err != nil {
			return nil, err
		}
		return w.Assessment.Open(assessment.OpenInput{
			Model: "m", Kind: assessment.Comprehensive, Trigger: assessment.Trigger{Kind: "discretion", Detail: "the RSO: a new model"},
			Thresholds: thresholds, Snapshots: []string{"free"},
		}, see, act)
	}))
}

// spec registers "below 0.5 rules AUTO-CKPT out, from 0.8 on rules it in".
func (h *history) spec(id string) {
	h.t.Helper()
	h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		see, err := w.AssessmentSee(act.Now)
		if err != nil {
			return nil, err
		}
		return w.Assessment.RegisterSpec(assessment.SpecInput{SpecRegistered: assessment.SpecRegistered{
			ID: id, Evaluation: "swe", Threshold: "AUTO-CKPT", LoadBearing: true, Validity: "graded by hidden tests",
			Registered: assessment.RegistrationUnsaid,
			Rule: threshold.Spec{
				Metric: "accuracy", Statistic: threshold.Proportion, LineStatistic: threshold.Proportion, Direction: threshold.Below,
				RuleOut: "0.5", RuleIn: "0.8", Target: threshold.Class, Role: threshold.RoleRuleOut,
			},
		}}, see, act)
	})
}

// result reports so many of 40 solved.
func (h *history) result(solved stats.Decimal) string {
	h.t.Helper()
	return entry.ID("result", h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Evidence.Report(evidence.ReportedResult{ResultReported: evidence.ResultReported{
			Model: "m", Evaluation: "swe", Kind: evidence.Score, Statistic: threshold.Proportion,
			Count: &evidence.Count{Successes: solved, N: 40, Attempts: 1},
		}, How: how(grade.Reported)}, evidence.See{Models: w.Model}, act)
	}))
}

func how(g grade.Grade) entry.Provenance { return entry.Graded(g, entry.Source{Document: "TEST"}) }

func (h *history) find(a, spec string, solved stats.Decimal) string {
	h.t.Helper()
	result := h.result(solved)
	return entry.ID("finding", h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		see, err := w.AssessmentSee(act.Now)
		if err != nil {
			return nil, err
		}
		return w.Assessment.Judge(assessment.JudgeInput{Assessment: a, Spec: spec, Evidence: result}, see, act)
	}))
}

func (h *history) withdraw(finding string) {
	h.t.Helper()
	h.do(func(w world.World, _ entry.Act) ([]entry.Draft, error) {
		return w.Assessment.Withdraw(assessment.WithdrawInput{Withdrawn: assessment.Withdrawn{Finding: finding, Reason: "the key leaked"}})
	})
}

// shown is a history in which AUTO-CKPT can be ruled out for m; it gives the
// assessment and the finding too.
func shown(t testing.TB) (h *history, assessed, finding string) {
	t.Helper()
	h = begin(t)
	assessed = h.open("AUTO-CKPT", "CBRN-3")
	h.spec("swe")
	return h, assessed, h.find(assessed, "swe", "2")
}

func (h *history) submit(kind, id string, edit func(*review.Submission)) string {
	h.t.Helper()
	in := review.Submission{About: entry.Ref{Kind: kind, ID: id}, Kind: review.Feedback, Side: review.Internal, Role: "alignment", Text: "as I see it"}
	if edit != nil {
		edit(&in)
	}
	return entry.ID("review", h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) { return w.Review.Submit(in, act) }))
}

func external(in *review.Submission) { in.Side, in.Role = review.External, "expert" }

func blocking(in *review.Submission) { in.Kind, in.Blocking = review.Challenge, true }

func (h *history) answer(id string) {
	h.t.Helper()
	h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		act.Actor = people()[0] // nobody answers their own blocking review
		return w.Review.Answer(review.Answering{Review: id, Outcome: review.Rejected, Text: "no"}, act)
	})
}

func (h *history) tryAttest(in decision.AttestedV1) error {
	h.t.Helper()
	_, err := h.try(func(w world.World, act entry.Act) ([]entry.Draft, error) { return w.Decision.Attest(in, act) })
	return err
}

func (h *history) attest(in decision.AttestedV1) {
	h.t.Helper()
	if err := h.tryAttest(in); err != nil {
		h.t.Fatal(err)
	}
}

func (h *history) tryReverse(id, by string) error {
	h.t.Helper()
	_, err := h.try(func(w world.World, _ entry.Act) ([]entry.Draft, error) {
		return w.Decision.Reverse(id, by, "it was wrong")
	})
	return err
}

func (h *history) tryVoid(id string) error {
	h.t.Helper()
	_, err := h.try(func(w world.World, _ entry.Act) ([]entry.Draft, error) { return w.Decision.Void(id, "asked too early") })
	return err
}

func (h *history) missing(id string) string {
	h.t.Helper()
	return strings.Join(h.w.Decision.Missing(h.decision(id), h.w.DecisionSee()), "; ")
}

// problems says why a decision does not count at now; "" when it does.
func (h *history) problems(id string, now int64) string {
	h.t.Helper()
	var all []string
	for _, p := range h.w.Decision.Problems(id, h.w.DecisionBasis(), now) {
		all = append(all, p.Status.String()+": "+p.Reason)
	}
	return strings.Join(all, "; ")
}

func refused(t testing.TB, err error, kind fault.Kind, words string) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind || !strings.Contains(err.Error(), words) {
		t.Errorf("got %q (%s), want %s and %q", err, fault.KindOf(err), kind, words)
	}
}

func says(t testing.TB, got string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(got, w) {
			t.Errorf("%q does not say %q", got, w)
		}
	}
	if len(words) == 0 && got != "" {
		t.Errorf("said %q, want nothing", got)
	}
}

func (h *history) restate(replaces, by string) {
	h.t.Helper()
	h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Evidence.Restate(evidence.NewRestatement{RestatedBy: evidence.RestatedBy{Replaces: replaces, By: by, Cause: "regraded"}}, evidence.See{}, act)
	})
}
