// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package gate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/review"
	"github.com/holdpoint/holdpoint/internal/world"
	"github.com/holdpoint/holdpoint/packs"
)

// The tests of this file are ways in which a gate could open that people have
// not opened, or stay open that they have closed.

func (h *history) propose(in decision.ProposeIn) string {
	h.t.Helper()
	in.Kind, in.Title = policy.DecideDetermination, "asked"
	seq := h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Decision.Propose(in, w.DecisionSee(), act)
	})
	return entry.ID("decision", seq)
}

// effect puts a proposal into effect as its signatures would.
func (h *history) effect(id string) {
	h.t.Helper()
	h.do(func(w world.World, _ entry.Act) ([]entry.Draft, error) { return w.Decision.TakeEffect(id) })
}

func (h *history) report(f decision.File, how entry.Provenance) {
	h.t.Helper()
	f.Kind, f.Title, f.Model = policy.DecideDetermination, "reported", "m"
	h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Decision.Report(f, how, w.DecisionSee(), act)
	})
}

func (h *history) derive(name, base, snapshot string) {
	h.t.Helper()
	h.model(name, "rc1")
	h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Model.Derive(model.NewDerivation{Derived: model.Derived{
			Model: name, Base: base, BaseSnapshot: snapshot, Method: model.FineTune, Increase: model.IncreaseNotSuspected, Reason: "small",
		}}, act)
	})
}

func (h *history) challenge(kind, id string) {
	h.t.Helper()
	h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Review.Submit(review.Submission{
			About: entry.Ref{Kind: kind, ID: id}, Kind: review.Challenge, Side: review.Internal, Role: "stress-testing", Blocking: true, Text: "not so",
		}, act)
	})
}

func one(threshold string, o decision.Outcome) []decision.Determination {
	return []decision.Determination{{Threshold: threshold, Outcome: o, Reason: "said so"}}
}

func dated(day deadline.Day) entry.Provenance {
	how := attested()
	how.Happened = &entry.Happened{At: day.Start(), Precision: "day", Basis: "stated"}
	return how
}

// allStandards is a history under a version in which ASL-2 and ASL-3 are in
// force, so that only determinations decide.
func allStandards(t *testing.T, ref string) *history {
	h := begin(t)
	h.adopt(ref)
	for _, s := range []string{"ASL-2", "ASL-3"} {
		h.approve(s, policy.Deployment)
		h.approve(s, policy.Security)
	}
	h.model("m", "rc1")
	return h
}

// What follows from a premise ends with the premise (CAP-18).
func TestOverturnedPremiseImpliesNothing(t *testing.T) {
	h := allStandards(t, "anthropic-rsp@2.0")
	h.determine("m", "CBRN=ruled_out", "AUTO-CKPT=ruled_out")
	for _, next := range []string{"anthropic-rsp@2.1", "anthropic-rsp@2.2"} {
		h.adopt(next)
		want(t, h.ask("m", "external_deploy"), gate.Clear)
	}
	h.determine("m", "CBRN-3=crossed")
	want(t, h.ask("m", "external_deploy"), gate.Held, "CBRN-4")
}

// A decision of a former version that takes effect later is the newer answer.
func TestLateDecisionOfAFormerVersionCounts(t *testing.T) {
	h := begin(t)
	h.adopt("anthropic-rsp@2.0")
	h.approve("ASL-2", policy.Deployment)
	h.approve("ASL-2", policy.Security)
	h.model("m", "rc1")
	id := h.propose(decision.ProposeIn{Model: "m", Determinations: one("CBRN", decision.Crossed)})
	h.adopt("anthropic-rsp@2.1")
	h.determine("m", "CBRN-3=ruled_out", "AUTO-CKPT=ruled_out")
	want(t, h.ask("m", "external_deploy"), gate.Clear)
	h.effect(id)
	want(t, h.ask("m", "external_deploy"), gate.Held)
}

// adoptEdited adopts a version 2.3 that changes elements of 2.2.
func (h *history) adoptEdited(set string) {
	h.t.Helper()
	src := "schema: holdpoint/policy/v1\nextends: anthropic-rsp@2.2\nversion: \"2.3\"\npublished: 2025-05-20\neffective: 2025-05-20\nnote: a test\nset:\n" + set
	p, err := policy.ParseWith("edited.yaml", []byte(src), packs.Source)
	if err != nil {
		h.t.Fatal(err)
	}
	h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Policy.Adopt(policy.AdoptIn{Pack: p, Accept: "for the test"}, act)
	})
}

// A transition that holds wants the threshold determined anew; one that holds
// new starts lets go on what is live.
func TestTransitionsHold(t *testing.T) {
	for _, kind := range []string{"hold", "hold_new_starts"} {
		h := cleared(t)
		h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
			return w.Model.Deploy(model.NewDeployment{Deployed: model.Deployed{Model: "m", Snapshot: "rc1", Environment: "production"}}, act)
		})
		h.adoptEdited("  - id: CBRN-4\n    transition: {kind: " + kind + "}\n")
		live := gate.Outcome(kind == "hold_new_starts")
		want(t, h.ask("m", "external_deploy"), live)
		want(t, h.ask("m", "train"), gate.Held)
		h.determine("m", "CBRN-3=ruled_out")
		want(t, h.ask("m", "external_deploy"), gate.Clear)
	}
}

// An approval speaks of the criteria that there were.
func TestChangedCriteriaReopenAnApproval(t *testing.T) {
	h := cleared(t)
	h.adoptEdited("  - id: ASL-2-SECURITY\n    criteria:\n      - {id: NEW, title: New, statement: A new thing is done., clause: \"4.2\", basis: text}\n")
	want(t, h.ask("m", "external_deploy"), gate.Held, "its criteria are others now")
}

// What people sign here stands before what a source reports; of reports the one
// decided last stands, whenever it was recorded.
func TestReportsDoNotHideWhatWasSigned(t *testing.T) {
	h := cleared(t)
	h.effect(h.propose(decision.ProposeIn{Model: "m", Determinations: one("CBRN-3", decision.Crossed)}))
	want(t, h.ask("m", "external_deploy"), gate.Held)
	h.determine("m", "CBRN-3=ruled_out")
	want(t, h.ask("m", "external_deploy"), gate.Held)

	h = cleared(t)
	h.now += 7 * 86_400_000
	h.report(decision.File{Determinations: one("CBRN-3", decision.Crossed)}, dated("2025-06-05"))
	want(t, h.ask("m", "external_deploy"), gate.Held)
	h.report(decision.File{Determinations: one("CBRN-3", decision.RuledOut)}, dated("2024-02-01"))
	want(t, h.ask("m", "external_deploy"), gate.Held)
}

func TestReportsAreRefused(t *testing.T) {
	h := cleared(t)
	twice := append(one("CBRN-3", decision.RuledOut), one("CBRN-3", decision.Crossed)...)
	for name, f := range map[string]decision.File{
		"a threshold twice":     {Kind: policy.DecideDetermination, Title: "x", Model: "m", Determinations: twice},
		"approval of nothing":   {Kind: policy.DecideSafeguards, Title: "x"},
		"an unknown threshold":  {Kind: policy.DecideDetermination, Title: "x", Model: "m", Determinations: one("MOON", decision.RuledOut)},
		"a watched one ruled":   {Kind: policy.DecideDetermination, Title: "x", Model: "m", Determinations: one("CYBER", decision.RuledOut)},
		"a checkpoint, crossed": {Kind: policy.DecideDetermination, Title: "x", Model: "m", Determinations: one("AUTO-CKPT", decision.Crossed)},
	} {
		if _, err := h.try(func(w world.World, act entry.Act) ([]entry.Draft, error) {
			return w.Decision.Report(f, attested(), w.DecisionSee(), act)
		}); err == nil {
			t.Errorf("%s was reported", name)
		}
	}
	if _, err := h.try(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		f := decision.File{Kind: policy.DecideDetermination, Title: "x", Model: "m", Determinations: one("CBRN-3", decision.RuledOut)}
		return w.Decision.Report(f, dated("2030-01-01"), w.DecisionSee(), act)
	}); err == nil {
		t.Error("a decision of 2030 was reported in 2025")
	}
}

func TestReportedConditionKnownNotToBeMet(t *testing.T) {
	h := cleared(t)
	h.report(decision.File{Determinations: one("CBRN-3", decision.RuledOut), Conditions: []decision.Condition{{ID: "c", Text: "without tools"}}}, attested())
	want(t, h.ask("m", "external_deploy"), gate.Clear)
	d, _, _ := h.w.Decision.Latest("m", "CBRN-3")
	h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Decision.Attest(decision.AttestedV1{Decision: d.File.ID, Condition: "c", Note: "tools were added"}, act)
	})
	want(t, h.ask("m", "external_deploy"), gate.Held, "without tools")
}

// DEC-8: what speaks against a decision that a threshold is crossed speaks
// against relying on its safeguards.
func TestProblemsOfACrossing(t *testing.T) {
	problems := map[string]func(h *history, id string){
		"challenged": func(h *history, id string) { h.challenge("decision", id) },
		"condition": func(h *history, _ string) {
			h.effect(h.propose(decision.ProposeIn{Model: "m", Determinations: one("CBRN-3", decision.TreatedAsCrossed),
				Conditions: []decision.Condition{{ID: "c", Text: "for vetted customers only"}}}))
		},
		"review day": func(h *history, _ string) {
			h.report(decision.File{Provisional: true, ReviewBy: "2025-06-10", Determinations: one("CBRN-3", decision.TreatedAsCrossed)}, attested())
			h.now += 30 * 86_400_000
		},
		"lapse": func(h *history, _ string) {
			h.report(decision.File{LapsesOn: []decision.Lapse{{ID: "a", Text: "no longer", Day: "2025-06-10"}},
				Determinations: one("CBRN-3", decision.TreatedAsCrossed)}, attested())
			h.now += 30 * 86_400_000
		},
		"left out snapshot": func(h *history, _ string) {
			h.report(decision.File{Snapshots: []string{"rc1"}, Determinations: one("CBRN-3", decision.TreatedAsCrossed)}, attested())
			h.snapshot("m", "rc2")
			h.report(decision.File{Snapshots: []string{"rc1", "rc2"}, Determinations: one("CBRN-4", decision.RuledOut)}, attested())
		},
	}
	for name, happen := range problems {
		t.Run(name, func(t *testing.T) {
			h := crossed(t)
			want(t, h.ask("m", "external_deploy"), gate.Clear)
			d, _, _ := h.w.Decision.Latest("m", "CBRN-3")
			happen(h, d.File.ID)
			h.determine("m", "CBRN-4=ruled_out") // so that only CBRN-3's decision has a problem
			want(t, h.ask("m", "external_deploy"), gate.Held)
		})
	}
}

func TestChallengeOfWhatADecisionRestsOn(t *testing.T) {
	h := cleared(t)
	h.report(decision.File{Assessment: "assessment-1", Determinations: append(one("CBRN-3", decision.RuledOut), one("AUTO-CKPT", decision.RuledOut)...)}, attested())
	want(t, h.ask("m", "external_deploy"), gate.Clear)
	h.challenge("assessment", "assessment-1")
	want(t, h.ask("m", "external_deploy"), gate.Held, "assessment-1")
}

// MOD-5: whatever closes the gate for a base model closes it for what was made
// from it.
func TestDerivedModelsFollowTheirBase(t *testing.T) {
	for name, happen := range map[string]func(h *history){
		"hold":              closers()["hold"],
		"conditions of use": closers()["conditions of use"],
		"crossed":           closers()["crossed"],
		"crossed, with an older answer of its own": func(h *history) {
			h.determine("tuned", "CBRN-3=ruled_out", "AUTO-CKPT=ruled_out")
			h.determine("m", "CBRN-3=crossed")
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := cleared(t)
			h.derive("tuned", "m", "rc1")
			v := h.ask("tuned", "external_deploy")
			want(t, v, gate.Clear)
			if !slices.Contains(proofs(v), int64(len(h.entries)-1)) {
				t.Error("the derivation is not among the entries that prove it")
			}
			happen(h)
			want(t, h.ask("tuned", "external_deploy"), gate.Held)
		})
	}
}

func TestDerivedFromASnapshotNobodyDeterminedIsHeld(t *testing.T) {
	h := cleared(t)
	h.determineFor("m", "rc1")
	h.snapshot("m", "rc2")
	h.derive("tuned", "m", "rc2")
	want(t, h.ask("tuned", "external_deploy"), gate.Held, "rc2")
	h.derive("again", "tuned", "rc1")
	want(t, h.ask("again", "external_deploy"), gate.Held) // two steps do not inherit
}

// A decision that names no snapshot speaks of those there were, and never of one
// that its model got later.
func TestDerivedFromALaterSnapshotIsHeld(t *testing.T) {
	for _, base := range []string{"rc2", ""} {
		h := cleared(t)
		h.report(decision.File{Determinations: append(one("CBRN-3", decision.RuledOut), one("AUTO-CKPT", decision.RuledOut)...)}, attested())
		h.snapshot("m", "rc2")
		h.derive("tuned", "m", base)
		want(t, h.ask("tuned", "external_deploy"), gate.Held, "does not speak of the snapshot")
	}
}

// GAT-2: a comparison can only add.
func TestComparisonOnlyAdds(t *testing.T) {
	h := cleared(t)
	h.model("danger", "rc1")
	h.determine("danger", "CBRN-3=crossed")
	ask := gate.Ask{Model: "danger", Action: "train", ComparableTo: "m"}
	want(t, gate.Evaluate(h.w.Facts(), ask, h.now), gate.Held, "ASL-3 Security Standard")

	h = cleared(t)
	h.model("next", "rc1")
	ask.Model = "next"
	want(t, gate.Evaluate(h.w.Facts(), ask, h.now), gate.Clear)
	in := issueIn()
	in.Ask = ask
	seq, err := h.issue(in)
	if err != nil {
		t.Fatal(err)
	}
	d, err := gate.DecodeClearance(h.entries[seq])
	if err != nil || !strings.Contains(d.Payload, `"comparable_to":"m"`) {
		t.Errorf("the signed statement does not name the comparison: %v", err)
	}
	closers()["hold"](h)
	want(t, gate.Evaluate(h.w.Facts(), ask, h.now), gate.Held, "hold-")
}

// Only what is made to be deployed is deployed, and a decision that names no
// snapshot speaks of those there were.
func TestSnapshotsThatDoNotShip(t *testing.T) {
	h := cleared(t)
	h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Model.AddSnapshot(model.NewSnapshot{SnapshotRegistered: model.SnapshotRegistered{
			Model: "m", Snapshot: "free", Kind: model.HelpfulOnly, Safety: model.MechanismsOff}}, act)
	})
	h.determineFor("m", "rc1", "free")
	ask := gate.Ask{Model: "m", Action: "external_deploy", Snapshot: "free"}
	want(t, gate.Evaluate(h.w.Facts(), ask, h.now), gate.Held, "safety mechanisms")
	ask.Action = "store_weights"
	want(t, gate.Evaluate(h.w.Facts(), ask, h.now), gate.Clear)

	h = begin(t)
	h.adopt("anthropic-rsp@2.2")
	h.approve("ASL-2", policy.Deployment)
	h.approve("ASL-2", policy.Security)
	h.model("m")
	h.determine("m", "CBRN-3=ruled_out", "AUTO-CKPT=ruled_out")
	want(t, h.ask("m", "external_deploy"), gate.Clear)
	h.snapshot("m", "later")
	want(t, h.ask("m", "external_deploy"), gate.Held, "later")
}

func TestUnknownEnvironmentIsHeld(t *testing.T) {
	h := cleared(t)
	want(t, gate.Evaluate(h.w.Facts(), gate.Ask{Model: "m", Action: "external_deploy", Environment: "mars"}, h.now), gate.Held, `"mars"`)
}

// A revocation list names clearances whose gate is held now.
func TestStoppedClearances(t *testing.T) {
	h := cleared(t)
	seq, err := h.issue(issueIn())
	if err != nil {
		t.Fatal(err)
	}
	if got := gate.Stopped(h.w.Facts(), h.now); len(got) != 0 {
		t.Errorf("stopped: %v", got)
	}
	closers()["hold"](h)
	if got := gate.Stopped(h.w.Facts(), h.now); !slices.Equal(got, []string{entry.ID("clearance", seq)}) {
		t.Errorf("stopped: %v", got)
	}
}
