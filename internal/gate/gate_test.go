// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package gate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/review"
	"github.com/holdpoint/holdpoint/internal/safeguard"
	"github.com/holdpoint/holdpoint/internal/world"
	"github.com/holdpoint/holdpoint/proof"
)

func asked() []string {
	return []string{"train", "store_weights", "internal_deploy", "external_deploy"}
}

func because(v gate.Verdict) string {
	var rs []string
	for _, r := range v.HeldBecause() {
		rs = append(rs, r.ID+": "+r.Reason)
	}
	return strings.Join(rs, "\n")
}

func want(t *testing.T, v gate.Verdict, o gate.Outcome, fragments ...string) {
	t.Helper()
	if v.Outcome != o {
		t.Errorf("%s %s: %s, want %s\n%s", v.Ask.Model, v.Ask.Action, v.Outcome, o, because(v))
	}
	for _, f := range fragments {
		if !strings.Contains(because(v), f) {
			t.Errorf("%s %s: the reasons do not say %q:\n%s", v.Ask.Model, v.Ask.Action, f, because(v))
		}
	}
}

// GAT-3: with nothing recorded, everything is held.
func TestNothingIsClearByItself(t *testing.T) {
	h := begin(t)
	want(t, h.ask("m", "external_deploy"), gate.Held, "no policy is in force")
	h.adopt("anthropic-rsp@2.2")
	want(t, h.ask("m", "external_deploy"), gate.Held, `no model "m" is registered`)
	h.model("m")
	want(t, h.ask("m", "external_deploy"), gate.Held, "ASL-2 Deployment Standard is not in force", "CBRN-3")
}

// GAT-1: ruled out, or safeguards in force and the next thresholds ruled out.
func TestCoreRule(t *testing.T) {
	h := cleared(t)
	for _, a := range asked() {
		want(t, h.ask("m", a), gate.Clear)
	}
	h.determine("m", "CBRN-3=crossed")
	for _, a := range asked() {
		want(t, h.ask("m", a), gate.Held, "ASL-3 Security Standard is not in force")
	}
	h.approve("ASL-3", policy.Security)
	// GAT-2: security is enough to go on training and to store weights, as far
	// as safeguards go; the follow-up against CBRN-4 is still missing.
	want(t, h.ask("m", "train"), gate.Held, "CBRN-4")
	h.determine("m", "CBRN-4=ruled_out")
	want(t, h.ask("m", "train"), gate.Clear)
	want(t, h.ask("m", "store_weights"), gate.Clear)
	want(t, h.ask("m", "external_deploy"), gate.Held, "ASL-3 Deployment Standard is not in force")
	h.approve("ASL-3", policy.Deployment)
	for _, a := range asked() {
		want(t, h.ask("m", a), gate.Clear)
	}
}

// CAP-18, POL-7: crossing the next threshold demands a standard that is not
// defined, and an undefined standard holds.
func TestUndefinedStandardHolds(t *testing.T) {
	h := crossed(t)
	want(t, h.ask("m", "external_deploy"), gate.Clear)
	h.determine("m", "CBRN-4=crossed")
	want(t, h.ask("m", "external_deploy"), gate.Held, "standard_undefined")
}

// A requirement that arises only because a threshold is unshown cannot be told,
// and is never "not met".
func TestUnshownCannotBeTold(t *testing.T) {
	h := begin(t)
	h.adopt("anthropic-rsp@2.2")
	h.approve("ASL-2", policy.Deployment)
	h.approve("ASL-2", policy.Security)
	h.model("m")
	h.determine("m", "AUTO-CKPT=ruled_out")
	v := h.ask("m", "external_deploy")
	want(t, v, gate.Held, "CBRN-3")
	for _, r := range v.HeldBecause() {
		if r.Status.String() != "cannot_tell" {
			t.Errorf("%s is %s: %s", r.ID, r.Status, r.Reason)
		}
	}
	if d := cmp.Diff([]gate.Demand{{"ASL-2", policy.Deployment, "baseline"}, {"ASL-2", policy.Security, "baseline"}}, v.Requires); d != "" {
		t.Errorf("an unshown threshold requires nothing that is known: %s", d)
	}
	// People determine: ASL-3 in force does not open an unshown threshold.
	h.approve("ASL-3", policy.Deployment)
	h.approve("ASL-3", policy.Security)
	want(t, h.ask("m", "external_deploy"), gate.Held, "CBRN-3")
}

// THR-4: staying below the checkpoint rules out the harder thresholds.
func TestCheckpointRulesOut(t *testing.T) {
	h := cleared(t)
	v := h.ask("m", "external_deploy")
	want(t, v, gate.Clear)
	var rules []string
	for _, c := range v.Carried {
		rules = append(rules, c.Threshold+" by "+c.Rule+" from "+c.From)
	}
	slices.Sort(rules)
	if !slices.Contains(rules, "AIRD-4 by checkpoint from AUTO-CKPT") || !slices.Contains(rules, "CBRN-4 by implication from CBRN-3") {
		t.Errorf("carried: %v", rules)
	}
	h.determine("m", "AUTO-CKPT=checkpoint_reached")
	want(t, h.ask("m", "external_deploy"), gate.Held, "AIRD-4")
}

// A newer determination hides an older one for good.
func TestNewerDeterminationCounts(t *testing.T) {
	h := crossed(t)
	d := h.determine("m", "CBRN-3=crossed")
	want(t, h.ask("m", "store_weights"), gate.Clear)
	h.determine("m", "CBRN-3=ruled_out")
	want(t, h.ask("m", "store_weights"), gate.Clear)
	_ = d
	got, det, ok := h.w.Decision.Latest("m", "CBRN-3")
	if !ok || det.Outcome != decision.RuledOut || got.Seq < d {
		t.Errorf("latest is %+v", det)
	}
}

// E15-E17 of the public record: what 2.0 determined is carried to 2.1 and 2.2.
func TestDeterminationsAreCarriedAcrossVersions(t *testing.T) {
	h := begin(t)
	h.now = deadline.Day("2024-10-15").Start()
	h.adopt("anthropic-rsp@2.0")
	h.approve("ASL-2", policy.Deployment)
	h.approve("ASL-2", policy.Security)
	h.model("m")
	h.determine("m", "CBRN=ruled_out", "AUTO-CKPT=ruled_out")
	want(t, h.ask("m", "external_deploy"), gate.Clear)
	for _, step := range []struct {
		day deadline.Day
		ref string
	}{{"2025-03-31", "anthropic-rsp@2.1"}, {"2025-05-14", "anthropic-rsp@2.2"}} {
		h.now = step.day.Start()
		h.adopt(step.ref)
		v := h.ask("m", "external_deploy")
		want(t, v, gate.Clear)
		for _, c := range v.Carried {
			if c.Under != "anthropic-rsp@2.0" {
				t.Errorf("%s: carried from %s: %+v", step.ref, c.Under, c)
			}
		}
		if len(v.Carried) < 4 {
			t.Errorf("%s: carried %+v", step.ref, v.Carried)
		}
	}
}

// A crossed threshold of a former version is carried as crossed.
func TestCrossedIsCarriedToo(t *testing.T) {
	h := begin(t)
	h.now = deadline.Day("2024-10-15").Start()
	h.adopt("anthropic-rsp@2.0")
	h.approve("ASL-2", policy.Deployment)
	h.approve("ASL-2", policy.Security)
	h.model("m")
	h.determine("m", "CBRN=crossed", "AUTO-CKPT=ruled_out")
	h.now = deadline.Day("2025-05-14").Start()
	h.adopt("anthropic-rsp@2.1")
	h.adopt("anthropic-rsp@2.2")
	want(t, h.ask("m", "external_deploy"), gate.Held, "ASL-3 Deployment Standard is not in force")
}

// SAF-6: an approval lapses by the date alone, and the day itself still counts.
func TestApprovalLapsesByItself(t *testing.T) {
	h := crossed(t)
	due := deadline.DayOf(h.now).AddMonths(12)
	h.now = due.End() - 1
	want(t, h.ask("m", "external_deploy"), gate.Clear)
	h.now = due.End()
	v := h.ask("m", "external_deploy")
	want(t, v, gate.Held, "lapsed")
	for _, r := range v.HeldBecause() {
		if strings.Contains(r.Reason, "lapsed") && r.Basis != "reading" {
			t.Errorf("the effect of a lapse is a reading, printed as %q", r.Basis)
		}
	}
}

func TestFloors(t *testing.T) {
	h := cleared(t)
	v := h.ask("m", "external_deploy")
	if v.Grade != grade.Attested {
		t.Errorf("grade %s", v.Grade)
	}
	f := gate.Evaluate(h.w.Facts(), gate.Ask{Model: "m", Action: "external_deploy", Floor: grade.Reported}, h.now)
	want(t, f, gate.Held, "attested")
	if f.Status().String() != "cannot_tell" {
		t.Errorf("below the floor a fact is not there: %s\n%s", f.Status(), because(f))
	}
}

// GAT-5: every one of these closes an open gate.
func closers() map[string]func(h *history) {
	return map[string]func(h *history){
		"hold": func(h *history) {
			h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
				return w.Gate.Place(gate.PlaceIn{Model: "m", Reason: "a doubt"}, w.Facts(), act)
			})
		},
		"hold on every model": func(h *history) {
			h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
				return w.Gate.Place(gate.PlaceIn{Model: gate.EveryModel, Actions: []string{"external_deploy"}, Reason: "a doubt"}, w.Facts(), act)
			})
		},
		"new snapshot": func(h *history) {
			h.determineFor("m", "rc1")
			h.snapshot("m", "rc2")
		},
		"conditions of use": func(h *history) {
			h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
				return w.Model.ChangeConditions(model.NewChange{ConditionsChanged: model.ConditionsChanged{
					Model: "m", What: model.ChangeNewTools, Significant: true, Reason: "a browser",
				}}, act)
			})
		},
		"failure in practice": func(h *history) {
			h.do(func(w world.World, _ entry.Act) ([]entry.Draft, error) {
				return w.Safeguard.RecordFailure(safeguard.FailureInput{Standard: "ASL-2", Facet: "deployment", Reason: "broken"})
			})
		},
		"approval withdrawn": func(h *history) {
			h.do(func(w world.World, _ entry.Act) ([]entry.Draft, error) {
				return w.Safeguard.Withdraw(safeguard.WithdrawInput{Standard: "ASL-2", Facet: "security", Reason: "gone", By: "security"})
			})
		},
		"challenge": func(h *history) {
			d, _, _ := h.w.Decision.Latest("m", "CBRN-3")
			h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
				return w.Review.Submit(review.Submission{
					About: entry.Ref{Kind: "decision", ID: d.File.ID}, Kind: review.Challenge, Side: review.Internal,
					Role: "stress-testing", Blocking: true, Text: "not so",
				}, act)
			})
		},
		"crossed": func(h *history) { h.determine("m", "CBRN-3=crossed") },
	}
}

// determineFor rules everything out for named snapshots only.
func (h *history) determineFor(name string, snapshots ...string) {
	h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		f := decision.File{Kind: policy.DecideDetermination, Title: "determined", Model: name, Snapshots: snapshots,
			Determinations: []decision.Determination{
				{Threshold: "CBRN-3", Outcome: decision.RuledOut, Reason: "r"}, {Threshold: "AUTO-CKPT", Outcome: decision.RuledOut, Reason: "r"},
			}}
		return w.Decision.Report(f, attested(), w.DecisionSee(), act)
	})
}

func TestEventsCloseOpenGates(t *testing.T) {
	for name, closeIt := range closers() {
		t.Run(name, func(t *testing.T) {
			h := cleared(t)
			want(t, h.ask("m", "external_deploy"), gate.Clear)
			closeIt(h)
			want(t, h.ask("m", "external_deploy"), gate.Held)
		})
	}
}

// Property (design principle 4): whatever is added of these, whatever date
// passes, a gate that is held stays held.
func TestNothingBadOpensAGate(t *testing.T) {
	all := closers()
	names := slices.Sorted(func(yield func(string) bool) {
		for n := range all {
			if !yield(n) {
				return
			}
		}
	})
	rapid.Check(t, func(rt *rapid.T) {
		h := cleared(t)
		if rapid.Bool().Draw(rt, "crossed") {
			h = crossed(t)
		}
		held := map[string]bool{}
		done := map[string]bool{}
		for range rapid.IntRange(1, 4).Draw(rt, "steps") {
			if rapid.Bool().Draw(rt, "time") {
				h.now += int64(rapid.IntRange(1, 300).Draw(rt, "days")) * 86_400_000
			} else if n := rapid.SampledFrom(names).Draw(rt, "what"); !done[n] && n != "new snapshot" {
				done[n] = true
				all[n](h)
			}
			for _, a := range asked() {
				v := h.ask("m", a)
				if held[a] && v.Outcome == gate.Clear {
					rt.Fatalf("%s was held and is clear", a)
				}
				held[a] = v.Outcome == gate.Held
			}
		}
	})
}

// GAT-3: every entry that a clear verdict names as proof is needed: without it
// the gate is held. And no entry's loss turns a held gate clear, unless that
// entry was what held it.
func TestEveryProofIsNeeded(t *testing.T) {
	for name, h := range map[string]*history{"cleared": cleared(t), "crossed": crossed(t)} {
		for _, action := range asked() {
			v := h.ask("m", action)
			want(t, v, gate.Clear)
			for _, seq := range proofs(v) {
				if h.entries[seq].Type == "model.snapshot_registered" {
					continue // without it the model is asked about as a whole
				}
				if strings.Contains(string(h.entries[seq].Body), "treated_as_crossed") {
					continue // it speaks against the model, and an older answer comes back
				}
				less := slices.Delete(slices.Clone(h.entries), int(seq), int(seq)+1)
				w := fold(less)
				got := gate.Evaluate(w.Facts(), gate.Ask{Model: "m", Action: action}, h.now)
				if got.Outcome == gate.Clear {
					t.Errorf("%s %s: clear without entry %d (%s)", name, action, seq, h.entries[seq].Type)
				}
			}
		}
	}
}

func proofs(v gate.Verdict) []int64 {
	var seqs []int64
	for _, c := range v.Conditions {
		for _, l := range c.Leaves() {
			if l.Status.String() == "met" {
				seqs = append(seqs, l.Entries...)
			}
		}
	}
	slices.Sort(seqs)
	return slices.Compact(seqs)
}

// GAT-4: the same facts, ask and time give the same bytes.
func TestVerdictIsDeterministic(t *testing.T) {
	h := crossed(t)
	first, err := proof.Canonical(gate.Publish(h.ask("m", "external_deploy").Conditions))
	if err != nil {
		t.Fatal(err)
	}
	again := fold(h.entries)
	v := gate.Evaluate(again.Facts(), gate.Ask{Model: "m", Action: "external_deploy"}, h.now)
	second, err := proof.Canonical(gate.Publish(v.Conditions))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(first), string(second)); d != "" {
		t.Error(d)
	}
}

func TestUnknownActionIsUsage(t *testing.T) {
	h := cleared(t)
	err := gate.CheckAction(h.w.Facts(), "fly", h.now)
	if fault.KindOf(err) != fault.Usage {
		t.Errorf("%v", err)
	}
	want(t, h.ask("m", "fly"), gate.Held, `no action "fly"`)
}

// MOD-5: a derived model inherits what was determined for its base, unless an
// increase is suspected.
func TestInheritance(t *testing.T) {
	for increase, outcome := range map[model.Increase]gate.Outcome{
		model.IncreaseNotSuspected: gate.Clear, model.IncreaseSuspected: gate.Held, model.IncreaseUnknown: gate.Held,
	} {
		h := cleared(t)
		h.model("m-tuned")
		h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
			return w.Model.Derive(model.NewDerivation{Derived: model.Derived{
				Model: "m-tuned", Base: "m", Method: model.FineTune, Increase: increase, Reason: "small",
			}}, act)
		})
		want(t, h.ask("m-tuned", "external_deploy"), outcome)
	}
}

// GAT-2: a training run is asked about by the model that it is comparable to.
func TestTrainingComparesWithAnotherModel(t *testing.T) {
	h := cleared(t)
	h.model("next")
	want(t, h.ask("next", "train"), gate.Held, "CBRN-3")
	ask := gate.Ask{Model: "next", Action: "train", ComparableTo: "m"}
	want(t, gate.Evaluate(h.w.Facts(), ask, h.now), gate.Clear)
	h.determine("m", "CBRN-3=crossed", "CBRN-4=ruled_out")
	want(t, gate.Evaluate(h.w.Facts(), ask, h.now), gate.Held, "ASL-3 Security Standard is not in force")
	h.approve("ASL-3", policy.Security)
	want(t, gate.Evaluate(h.w.Facts(), ask, h.now), gate.Clear)
}

// Extra conditions of the pack are ANDed to the built-in ones.
func TestPackGates(t *testing.T) {
	h := cleared(t)
	want(t, h.ask("m", "open_weights"), gate.Held, "red teaming of weights")
	want(t, h.ask("m", "partner_deploy"), gate.Held, "contract")
}

func issueIn() gate.IssueIn {
	return gate.IssueIn{Ask: gate.Ask{Model: "m", Action: "external_deploy"}, Life: 3_600_000, Origin: "test", Clock: "wall"}
}

func (h *history) issue(in gate.IssueIn) (int64, error) {
	return h.try(func(w world.World, act entry.Act) ([]entry.Draft, error) { return w.Gate.Issue(in, w.Facts(), act) })
}

// Every recorded clearance is clear at the entry before it, and none is issued
// while the gate is held.
func TestClearancesAreClear(t *testing.T) {
	h := cleared(t)
	seq, err := h.issue(issueIn())
	if err != nil {
		t.Fatal(err)
	}
	before := fold(h.entries[:seq])
	d, err := gate.DecodeClearance(h.entries[seq])
	if err != nil {
		t.Fatal(err)
	}
	again, err := gate.Recheck(d, seq, "wall", "test", before.Facts())
	if err != nil || string(again) != d.Payload {
		t.Errorf("the clearance cannot be recomputed: %v", err)
	}
	if _, err := h.issue(issueIn()); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a second clearance for the same thing: %v", err)
	}
	renew := issueIn()
	renew.Renews = entry.ID("clearance", seq)
	if _, err := h.issue(renew); err != nil {
		t.Error(err)
	}
	closers()["hold"](h)
	if _, err := h.issue(renew); fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "held") {
		t.Errorf("issued while held: %v", err)
	}
}

func TestClearanceLimits(t *testing.T) {
	h := cleared(t)
	long := issueIn()
	long.Life = 10_000 * 3_600_000
	if _, err := h.issue(long); fault.KindOf(err) != fault.Conflict {
		t.Errorf("too long a life: %v", err)
	}
	none := issueIn()
	none.Life = 0
	if _, err := h.issue(none); err == nil {
		t.Error("a clearance without life")
	}
	h.model("bare")
	h.determine("bare", "CBRN-3=ruled_out", "AUTO-CKPT=ruled_out")
	bare := issueIn()
	bare.Ask.Model = "bare"
	if _, err := h.issue(bare); err == nil || !strings.Contains(err.Error(), "digest of the weights") {
		t.Errorf("nothing to clear: %v", err)
	}
}

func TestRevocation(t *testing.T) {
	h := cleared(t)
	seq, err := h.issue(issueIn())
	if err != nil {
		t.Fatal(err)
	}
	id := entry.ID("clearance", seq)
	revoke := func(w world.World, act entry.Act) ([]entry.Draft, error) { return w.Gate.Revoke(id, "a doubt", act) }
	h.do(revoke)
	if _, err := h.try(revoke); fault.KindOf(err) != fault.Conflict {
		t.Errorf("revoked twice: %v", err)
	}
	if d := cmp.Diff([]string{id}, h.w.Gate.RevokedIDs()); d != "" {
		t.Error(d)
	}
	renew := issueIn()
	renew.Renews = id
	if _, err := h.issue(renew); fault.KindOf(err) != fault.Conflict {
		t.Errorf("renewed a revoked clearance: %v", err)
	}
	if _, err := h.issue(issueIn()); err != nil {
		t.Errorf("a new clearance after a revocation: %v", err)
	}
}

func TestEveryKindHasOneSpelling(t *testing.T) {
	h := crossed(t)
	closers()["hold"](h)
	reg := entry.NewRegistry(world.Types()...)
	for _, e := range h.entries {
		if e.Body == nil {
			continue
		}
		e.Salt = make([]byte, proof.SaltSize)
		e.Header.Body = proof.Commit(e.Salt, e.Body)
		if err := reg.Check(e); err != nil {
			t.Error(err)
		}
	}
}

// crowd adds n models, each with entries of its own, to a cleared history.
func crowd(b *testing.B, n int) *history {
	h := cleared(b)
	for i := range n {
		name := fmt.Sprintf("other-%d", i)
		h.model(name, "rc1")
		h.determine(name, "CBRN-3=ruled_out", "AUTO-CKPT=ruled_out")
	}
	return h
}
