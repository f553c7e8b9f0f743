// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package gate_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/safeguard"
	"github.com/holdpoint/holdpoint/internal/world"
)

// decided puts a proposal of any kind into effect, with what it decides, as its
// signatures would.
func (h *history) decided(in decision.ProposeIn, then func(w world.World, d decision.Decision, act entry.Act) ([]entry.Draft, error)) string {
	h.t.Helper()
	in.Title = "asked"
	id := entry.ID("decision", h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Decision.Propose(in, w.DecisionSee(), act)
	}))
	h.effect(id)
	h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		d, err := w.Decision.Decision(id)
		if err != nil {
			return nil, err
		}
		return then(w, d, act)
	})
	return id
}

// measured lets measures stand in for a facet of ASL-3 of m until 2025-12-06,
// which is a Saturday.
func (h *history) measured(facet policy.FacetKind, edit func(*decision.Interim)) string {
	h.t.Helper()
	m := decision.Interim{
		Standard: "ASL-3", Facet: facet, Models: []string{"m"}, Equivalence: "as good", Expires: "2025-12-06",
		Measures: []decision.Measure{{Kind: decision.IsolatedNetwork, Text: "one network for nothing else"}},
	}
	if edit != nil {
		edit(&m)
	}
	return h.decided(decision.ProposeIn{Kind: policy.DecideInterim, Interim: &m}, func(w world.World, d decision.Decision, act entry.Act) ([]entry.Draft, error) {
		return w.Safeguard.ApproveInterim(safeguard.InterimApproved{
			Decision: d.File.ID, Standard: m.Standard, Facet: string(m.Facet), Models: m.Models, Environments: m.Environments,
			Measures: []safeguard.InterimMeasure{{Kind: "isolated_network", Text: m.Measures[0].Text}}, Expires: string(m.Expires), Follows: m.Follows,
		}, entry.Provenance{Grade: &d.File.Grade}, act)
	})
}

// needing is a history in which m crossed CBRN-3, and ASL-3 security is missing.
func needing(t testing.TB) *history {
	h := cleared(t)
	h.determine("m", "CBRN-3=crossed", "CBRN-4=ruled_out")
	return h
}

func (h *history) at(action string, now int64) gate.Verdict {
	return gate.Evaluate(h.w.Facts(), gate.Ask{Model: "m", Action: action}, now)
}

// GAT-1, INT-1, INT-4: interim measures stand in for the standard where they are
// for, until their last day is over, on whatever day of the week that is; each
// condition says so, and the next thresholds are asked for all the same.
func TestInterimMeasuresStandIn(t *testing.T) {
	h := needing(t)
	want(t, h.ask("m", "train"), gate.Held, "ASL-3 Security Standard is not in force")
	id := h.measured(policy.Security, nil)
	v := h.ask("m", "train")
	want(t, v, gate.Clear)
	if len(v.StandIns) != 1 || v.StandIns[0].Decision != id || v.StandIns[0].Until != "2025-12-06" || v.Grade != grade.Attested {
		t.Errorf("%+v, %s", v.StandIns, v.Grade)
	}
	if !slices.Contains(v.Limitations, v.StandIns[0].Interim+": isolated network: one network for nothing else") {
		t.Errorf("limitations %q", v.Limitations)
	}
	leaf := find(v, "standard:CBRN-3:ASL-3:security")
	if leaf.Reason != "the ASL-3 Security Standard is not in force; "+v.StandIns[0].Interim+" stands in for it until 2025-12-06 ("+id+")" {
		t.Error(leaf.Reason)
	}
	for _, seq := range leaf.Entries {
		if less := fold(slices.Delete(slices.Clone(h.entries), int(seq), int(seq)+1)); gate.Evaluate(less.Facts(), v.Ask, h.now).Outcome == gate.Clear {
			t.Errorf("clear without the entry %d", seq)
		}
	}
	want(t, h.ask("m", "external_deploy"), gate.Held, "ASL-3 Deployment Standard is not in force")
	last := deadline.Day("2025-12-06")
	want(t, h.at("train", last.End()-1), gate.Clear)
	want(t, h.at("train", last.End()), gate.Held, "stands in for it no longer: its last day was 2025-12-06")
	h.determine("m", "CBRN-4=not_ruled_out_treated_as_crossed")
	want(t, h.ask("m", "train"), gate.Held, "CBRN-4 was determined as")
}

// find gives the leaf with an id.
func find(v gate.Verdict, id string) (found struct {
	Reason  string
	Entries []int64
}) {
	for _, c := range v.Conditions {
		for _, l := range c.Leaves() {
			if l.ID == id {
				found.Reason, found.Entries = l.Reason, l.Entries
			}
		}
	}
	return found
}

// GAT-5: whatever speaks against interim measures, their decision or the
// standard closes what they opened.
func TestWhatEndsInterimMeasures(t *testing.T) {
	tests := map[string]struct {
		end   func(h *history, id string)
		words string
	}{
		"a failure": {func(h *history, _ string) { h.fails("ASL-3") }, "a failure in practice was recorded after it"},
		"a challenge": {func(h *history, id string) { h.challenge("decision", id) },
			"does not stand in for it: a blocking challenge"},
		"a reversal": {func(h *history, id string) {
			later := h.propose(decision.ProposeIn{Model: "m", Determinations: one("CBRN-3", decision.Crossed)})
			h.effect(later)
			h.do(func(w world.World, _ entry.Act) ([]entry.Draft, error) {
				return w.Decision.Reverse(id, later, "it was wrong")
			})
		}, "is void: it was wrong"},
		"other criteria": {func(h *history, _ string) {
			criteria := "  - id: ASL-3-SECURITY\n    criteria:\n"
			for _, n := range []string{"1", "2", "3", "4"} {
				criteria += "      - {id: NEW" + n + ", title: New, statement: A new thing is done., clause: 4.2." + n + ", basis: text}\n"
			}
			h.adoptEdited(criteria)
		}, "the criteria are others now"},
		"the standard, and its lapse": {func(h *history, _ string) {
			h.approve("ASL-3", policy.Security)
			if m := h.w.Safeguard.Interims()[0]; m.Ended != safeguard.Replaced || m.EndedSeq == 0 {
				t.Errorf("%+v", m)
			}
			want(t, h.ask("m", "train"), gate.Clear)
			h.do(func(w world.World, _ entry.Act) ([]entry.Draft, error) {
				return w.Safeguard.Withdraw(safeguard.WithdrawInput{Standard: "ASL-3", Facet: "security", Reason: "gone", By: "security"})
			})
		}, "was withdrawn"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h := needing(t)
			id := h.measured(policy.Security, nil)
			want(t, h.ask("m", "train"), gate.Clear)
			tt.end(h, id)
			want(t, h.ask("m", "train"), gate.Held, tt.words)
		})
	}
}

func (h *history) fails(standard string) {
	h.t.Helper()
	h.do(func(w world.World, _ entry.Act) ([]entry.Draft, error) {
		return w.Safeguard.RecordFailure(safeguard.FailureInput{Standard: standard, Facet: "security", Reason: "they got in"})
	})
}

// Nothing stands in outside its scope, below the floor, or for a standard that
// is not defined (POL-7).
func TestInterimMeasuresHaveLimits(t *testing.T) {
	h := needing(t)
	h.measured(policy.Security, func(m *decision.Interim) { m.Environments = []string{"production"} })
	want(t, h.ask("m", "train"), gate.Held, "ASL-3 Security Standard is not in force")
	want(t, h.ask("m", "store_weights"), gate.Clear)
	v := gate.Evaluate(h.w.Facts(), gate.Ask{Model: "m", Action: "store_weights", Floor: grade.Reported}, h.now)
	want(t, v, gate.Held)
	if len(v.StandIns) != 0 {
		t.Errorf("relied on below the floor: %v", v.StandIns)
	}
	// No proposal for ASL-4 is taken; should one be in the journal, it opens
	// nothing.
	h.determine("m", "CBRN-4=crossed")
	id := h.w.Safeguard.Interims()[0].Decision
	h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Safeguard.ApproveInterim(safeguard.InterimApproved{Decision: id, Standard: "ASL-4", Facet: "security", Models: []string{"m"}, Expires: "2025-12-06"}, entry.Graded(grade.Attested), act)
	})
	want(t, h.ask("m", "store_weights"), gate.Held, "CBRN-4")
}

// based is a history of a newcomer: m is known, nothing was decided here, and a
// baseline takes over what was decided before.
func based(t testing.TB, edit func(*decision.ProposeIn)) (*history, string) {
	t.Helper()
	h := begin(t)
	h.adopt("anthropic-rsp@2.2")
	h.model("m", "v1")
	return h, h.baseline(edit)
}

func (h *history) baseline(edit func(*decision.ProposeIn)) string {
	h.t.Helper()
	in := decision.ProposeIn{Kind: policy.DecideBaseline, Determinations: append(one("CBRN-3", decision.RuledOut), one("AUTO-CKPT", decision.RuledOut)...),
		Baseline: &decision.Baseline{
			Models: []string{"m"}, Actions: []string{"external_deploy", "store_weights"}, Environments: []string{"production"},
			Standards: []decision.BaselineStandard{{Standard: "ASL-2", Facet: policy.Deployment}, {Standard: "ASL-2", Facet: policy.Security}},
			DecidedOn: "2025-06-01", Sources: []entry.Source{{Document: "MINUTES"}}, Reason: "it serves customers", Expires: "2025-12-31",
		}}
	if edit != nil {
		edit(&in)
	}
	return h.decided(in, func(w world.World, d decision.Decision, act entry.Act) ([]entry.Draft, error) {
		var all []entry.Draft
		for _, std := range d.File.Baseline.Standards {
			drafts, err := w.Safeguard.Approve(safeguard.ApproveInput{
				Standard: std.Standard, Facet: string(std.Facet), Decision: d.File.ID, Models: d.File.Baseline.Models,
				Environments: d.File.Baseline.Environments, ReapproveBy: d.File.Baseline.Expires, Known: d.File.Grade,
			}, act)
			if err != nil {
				return nil, err
			}
			all = append(all, drafts...)
		}
		return all, nil
	})
}

// A baseline opens what it is for, marked, and nothing else.
func TestBaselineCountsInItsScope(t *testing.T) {
	h, id := based(t, nil)
	v := h.ask("m", "external_deploy")
	want(t, v, gate.Clear)
	if len(v.StandIns) != 1 || v.StandIns[0].Decision != id || v.StandIns[0].Until != "2025-12-31" {
		t.Errorf("%+v", v.StandIns)
	}
	marked := "(baseline " + id + ", until 2025-12-31)"
	for _, leaf := range []string{"ruled_out:CBRN-3", "baseline:deployment", "baseline:security"} {
		if !strings.Contains(find(v, leaf).Reason, marked) {
			t.Errorf("%s does not say that it rests on a baseline: %s", leaf, find(v, leaf).Reason)
		}
	}
	want(t, h.ask("m", "fine_tuning_access"), gate.Held, "the baseline "+id+" speaks of external_deploy, store_weights of m in production only")
	want(t, h.ask("m", "train"), gate.Held)
	want(t, gate.Evaluate(h.w.Facts(), gate.Ask{Model: "m", Action: "external_deploy", Environment: "partner"}, h.now), gate.Held)
	h.derive("child", "m", "v1")
	want(t, h.ask("child", "external_deploy"), gate.Held, "the baseline "+id+" speaks of")
	h.snapshot("m", "v2")
	want(t, h.ask("m", "external_deploy"), gate.Held, "does not speak of the snapshot v2")
}

// The floor falls for the scope of a baseline that stands, and for nothing else.
func TestBaselineLowersTheFloorInItsScope(t *testing.T) {
	h := begin(t)
	p := pack(t, "anthropic-rsp@2.2")
	p.Defaults.Floor = "reported"
	h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Policy.Adopt(policy.AdoptIn{Pack: p, Accept: "for the test"}, act)
	})
	h.model("m", "v1")
	h.model("n", "v1")
	id := h.baseline(nil)
	v := h.ask("m", "external_deploy")
	want(t, v, gate.Clear)
	if v.Ask.Floor != grade.Attested || v.Grade != grade.Attested {
		t.Errorf("floor %s, grade %s", v.Ask.Floor, v.Grade)
	}
	for _, other := range []gate.Verdict{h.ask("n", "external_deploy"), h.ask("m", "train"), h.at("external_deploy", deadline.Day("2026-01-01").Start())} {
		if other.Ask.Floor != grade.Reported || other.Outcome == gate.Clear {
			t.Errorf("%s %s: floor %s, %s", other.Ask.Model, other.Ask.Action, other.Ask.Floor, other.Outcome)
		}
	}
	want(t, gate.Evaluate(h.w.Facts(), gate.Ask{Model: "m", Action: "external_deploy", Floor: grade.Reported}, h.now), gate.Held)
	h.challenge("decision", id)
	if v := h.ask("m", "external_deploy"); v.Ask.Floor != grade.Reported || v.Outcome == gate.Clear {
		t.Errorf("challenged: floor %s, %s", v.Ask.Floor, v.Outcome)
	}
}

// What is reported from documents that hold the figures stays reported.
func TestBaselineKeepsItsGrade(t *testing.T) {
	h, _ := based(t, func(in *decision.ProposeIn) { in.Baseline.Grade = grade.Reported })
	if v := h.ask("m", "external_deploy"); v.Outcome != gate.Clear || v.Grade != grade.Reported {
		t.Errorf("%s, %s", v.Outcome, v.Grade)
	}
}

// When a baseline ends, nothing is left of it, and what is decided here takes its
// place at once.
func TestBaselineEnds(t *testing.T) {
	h, id := based(t, nil)
	over := deadline.Day("2025-12-31").End()
	want(t, h.at("external_deploy", over-1), gate.Clear)
	want(t, h.at("external_deploy", over), gate.Held, "the baseline "+id+" ended on 2025-12-31")
	h.effect(h.propose(decision.ProposeIn{Model: "m", Determinations: one("AUTO-CKPT", decision.CheckpointReached)}))
	want(t, h.ask("m", "external_deploy"), gate.Held, "AIRD-4")
}

// A clearance on a stand-in does not outlive it, nor does one in a copy.
func TestClearanceDoesNotOutliveWhatItRestsOn(t *testing.T) {
	h, _ := based(t, nil)
	h.now = deadline.Day("2025-12-31").Start()
	in := issueIn()
	in.Life = 25 * 3_600_000
	if _, err := h.issue(in); fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "does not outlive it") {
		t.Errorf("%v", err)
	}
	in.Life = 23 * 3_600_000
	seq, err := h.issue(in)
	if err != nil {
		t.Fatal(err)
	}
	d, err := gate.DecodeClearance(h.entries[seq])
	if err != nil {
		t.Fatal(err)
	}
	before := fold(h.entries[:seq]).Facts()
	if _, err := gate.Recheck(d, seq, "wall", "test", before); err != nil {
		t.Error(err)
	}
	d.Expires += 2 * 3_600_000
	if _, err := gate.Recheck(d, seq, "wall", "test", before); fault.KindOf(err) != fault.Corrupt {
		t.Errorf("a clearance that outlives its baseline checks: %v", err)
	}
}

// Property (design principle 4): whatever speaks against a stand-in, and whatever
// day passes, opens nothing that was held.
func TestNothingBadRaisesAStandIn(t *testing.T) {
	events := map[string]func(h *history, id string){
		"hold":      func(h *history, _ string) { closers()["hold"](h) },
		"failure 2": func(h *history, _ string) { h.fails("ASL-2") },
		"failure 3": func(h *history, _ string) { h.fails("ASL-3") },
		"challenge": func(h *history, id string) { h.challenge("decision", id) },
		"crossed": func(h *history, _ string) {
			h.effect(h.propose(decision.ProposeIn{Model: "m", Determinations: one("CBRN-3", decision.Crossed)}))
		},
		"sweep": func(h *history, _ string) {
			h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) { return w.Sweep(act) })
		},
	}
	names := []string{"hold", "failure 2", "failure 3", "challenge", "crossed", "sweep"}
	rapid.Check(t, func(rt *rapid.T) {
		h, id := based(t, nil)
		if rapid.Bool().Draw(rt, "interim") {
			h = needing(t)
			h.measured(policy.Security, func(m *decision.Interim) { m.Expires = "2025-10-01" })
			id = h.measured(policy.Security, func(m *decision.Interim) { m.Follows, m.Stronger = h.w.Safeguard.Interims()[0].ID, "more" })
		}
		held := map[string]bool{}
		for range rapid.IntRange(1, 5).Draw(rt, "steps") {
			for _, a := range asked() {
				held[a] = held[a] || h.ask("m", a).Outcome == gate.Held
			}
			if rapid.Bool().Draw(rt, "time") {
				h.now += int64(rapid.IntRange(1, 200).Draw(rt, "days")) * 86_400_000
			} else {
				events[rapid.SampledFrom(names).Draw(rt, "what")](h, id)
			}
			for _, a := range asked() {
				if v := h.ask("m", a); held[a] && v.Outcome == gate.Clear {
					rt.Fatalf("%s was held and is clear", a)
				}
			}
		}
	})
}
