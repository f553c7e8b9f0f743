// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package gate_test

import (
	"cmp"
	"strings"
	"testing"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/safeguard"
	"github.com/holdpoint/holdpoint/internal/world"
	"github.com/holdpoint/holdpoint/packs"
	"github.com/holdpoint/holdpoint/proof"
)

// start is when every history of these tests begins.
var start = deadline.Day("2025-06-02").Start()

// history is a journal in memory: the entries, and the world they give.
type history struct {
	t       testing.TB
	w       world.World
	entries []entry.Entry
	now     int64
	// actor is who acts; "" is the operator.
	actor string
}

func begin(t testing.TB) *history { return &history{t: t, now: start} }

type rule func(w world.World, act entry.Act) ([]entry.Draft, error)

// try decides and folds an act; a refusal changes nothing.
func (h *history) try(decide rule) (int64, error) {
	h.now++
	act := entry.Act{Actor: cmp.Or(h.actor, "operator"), Seq: h.w.Seq, Now: h.now}
	drafts, err := decide(h.w, act)
	if err != nil {
		return 0, err
	}
	if drafts, err = h.w.React(drafts, act); err != nil {
		return 0, err
	}
	for i, d := range drafts {
		e := entry.Entry{Header: proof.Header{Seq: act.Seq + int64(i), RecordedAt: act.Now, Type: d.Type, V: d.V, Actor: act.Actor}, Body: d.Body}
		if d.Class == entry.Private {
			e.Body = nil
		}
		if h.w, err = h.w.Fork().Apply(e); err != nil {
			h.t.Fatalf("%s: %v", d.Type, err)
		}
		h.entries = append(h.entries, e)
	}
	return act.Seq, nil
}

func (h *history) do(decide rule) int64 {
	h.t.Helper()
	seq, err := h.try(decide)
	if err != nil {
		h.t.Fatal(err)
	}
	return seq
}

// fold gives the world of some entries, skipping those that no longer follow.
func fold(entries []entry.Entry) world.World {
	var w world.World
	for _, e := range entries {
		next, err := w.Fork().Apply(e)
		if err != nil {
			continue
		}
		w = next
	}
	return w
}

func pack(t testing.TB, ref string) policy.Pack {
	t.Helper()
	p, err := policy.LoadRef(ref, packs.Source)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (h *history) adopt(ref string) {
	h.t.Helper()
	p := pack(h.t, ref)
	h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Policy.Adopt(policy.AdoptIn{Pack: p, Accept: "for the test"}, act)
	})
}

func (h *history) model(name string, snapshots ...string) {
	h.t.Helper()
	h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Model.Register(model.NewModel{Registered: model.Registered{Model: name}}, act)
	})
	for _, s := range snapshots {
		h.snapshot(name, s)
	}
}

func (h *history) snapshot(name, snapshot string) {
	h.t.Helper()
	h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Model.AddSnapshot(model.NewSnapshot{SnapshotRegistered: model.SnapshotRegistered{
			Model: name, Snapshot: snapshot, Kind: model.ReleaseCandidate, Safety: model.MechanismsOn, Weights: strings.Repeat("ab", 32),
		}}, act)
	})
}

func attested() entry.Provenance {
	return entry.Graded(grade.Attested, entry.Source{Document: "TEST"})
}

// approve reports that a standard's facet was approved for every model.
func (h *history) approve(standard string, facet policy.FacetKind) int64 {
	h.t.Helper()
	return h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		s := &decision.Safeguards{Standard: standard, Facet: facet}
		drafts, err := w.Decision.Report(decision.File{Kind: policy.DecideSafeguards, Title: "approved", Safeguards: s}, attested(), w.DecisionSee(), act)
		if err != nil {
			return nil, err
		}
		p, _ := w.Policy.InForce(act.Now)
		more, err := w.Safeguard.Approve(safeguard.ApproveInput{
			Standard: standard, Facet: string(facet), Decision: act.ID("decision", 0),
			ReapproveBy: decision.ReapproveBy(p.Pack, *s, act.Now), How: attested(),
		}, entry.Act{Actor: act.Actor, Seq: act.Seq + 1, Now: act.Now})
		return append(drafts, more...), err
	})
}

// determine reports determinations, "threshold=outcome" each.
func (h *history) determine(name string, outcomes ...string) int64 {
	h.t.Helper()
	var dets []decision.Determination
	for _, o := range outcomes {
		threshold, outcome, _ := strings.Cut(o, "=")
		dets = append(dets, decision.Determination{Threshold: threshold, Outcome: decision.Outcome(outcome), Reason: "said so"})
	}
	return h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		f := decision.File{Kind: policy.DecideDetermination, Title: "determined", Model: name, Determinations: dets}
		return w.Decision.Report(f, attested(), w.DecisionSee(), act)
	})
}

func (h *history) ask(name, action string) gate.Verdict {
	return gate.Evaluate(h.w.Facts(), gate.Ask{Model: name, Action: action}, h.now)
}

// cleared is a history in which the model m may be deployed.
func cleared(t testing.TB) *history {
	h := begin(t)
	h.adopt("anthropic-rsp@2.2")
	h.approve("ASL-2", policy.Deployment)
	h.approve("ASL-2", policy.Security)
	h.model("m", "rc1")
	h.determine("m", "CBRN-3=ruled_out", "AUTO-CKPT=ruled_out")
	return h
}

// crossed is a history in which m crossed CBRN-3 and ASL-3 is in force.
func crossed(t testing.TB) *history {
	h := cleared(t)
	h.determine("m", "CBRN-3=not_ruled_out_treated_as_crossed", "CBRN-4=ruled_out")
	h.approve("ASL-3", policy.Deployment)
	h.approve("ASL-3", policy.Security)
	return h
}
