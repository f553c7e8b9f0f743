// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package policy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/packs"
)

// A digest that changes means that adopted journals no longer name this pack:
// publish a new version instead.
func TestShippedDigests(t *testing.T) {
	var b strings.Builder
	for _, i := range packs.List() {
		p := shipped(t, i.Version)
		fmt.Fprintf(&b, "%s %s\n", p.Digest(), p.Ref())
	}
	golden(t, "digests.golden", b.String())
}

func TestShippedHeads(t *testing.T) {
	want := map[string][3]string{
		"2.0": {"2024-10-15", "2024-10-15", "anthropic-rsp@1.0"},
		"2.1": {"2025-03-31", "2025-03-31", "anthropic-rsp@2.0"},
		"2.2": {"2025-05-14", "2025-05-14", "anthropic-rsp@2.1"},
	}
	for version, w := range want {
		p := shipped(t, version)
		got := [3]string{string(p.Published), string(p.Effective), p.Supersedes}
		if got != w {
			t.Errorf("%s: %v, want %v", version, got, w)
		}
	}
}

// Coverage: every clause is encoded (where), a duty, judgement, or not encoded
// (why); POL-1 asks for modality and owner.
func TestShippedCoverage(t *testing.T) {
	for _, version := range []string{"2.0", "2.1", "2.2"} {
		var b strings.Builder
		for _, c := range policy.Coverage(shipped(t, version)) {
			fmt.Fprintf(&b, "%s\t%s\t%s\t%s\t%s\t%s\n", c.Clause, c.Modality, c.Owner, c.Coverage, strings.Join(c.Where, " "), c.Why)
		}
		golden(t, "coverage-"+version+".golden", b.String())
	}
}

func ids(ts []policy.Threshold) []string {
	var out []string
	for _, t := range ts {
		out = append(out, t.ID)
	}
	return out
}

// demands writes an action's requirements as "facet standard", with a mark for
// the undefined.
func demands(rs []policy.Requirement) []string {
	var out []string
	for _, r := range rs {
		s := string(r.Facet) + " " + r.Standard
		if !r.Defined {
			s += " undefined"
		}
		out = append(out, s)
	}
	slices.Sort(out)
	return out
}

// POL-1, POL-7, THR-2: the same engine on other packs gives other demands, by
// facet and action.
func TestEffects(t *testing.T) {
	for _, c := range []struct {
		version, threshold, action string
		want                       []string
	}{
		{"2.0", "CBRN", "external_deploy", []string{"deployment ASL-3", "security ASL-3"}},
		{"2.0", "CBRN", "internal_deploy", []string{"deployment ASL-3", "security ASL-3"}},
		{"2.0", "CBRN", "store_weights", []string{"security ASL-3"}},
		{"2.0", "CBRN", "train", []string{"security ASL-3"}},
		{"2.0", "AIRD", "train", []string{"affirmative_case MISALIGNMENT-CASE", "security AIRD-OPEN undefined"}},
		{"2.2", "CBRN-3", "continue_training", []string{"security ASL-3"}},
		{"2.2", "CBRN-4", "external_deploy", []string{"deployment ASL-4 undefined", "security ASL-4 undefined"}},
		{"2.2", "AIRD-4", "external_deploy", []string{"affirmative_case MISALIGNMENT-CASE", "security ASL-3"}},
		{"2.2", "AIRD-5", "store_weights", []string{"security ASL-4 undefined"}},
		{"2.2", "CYBER", "external_deploy", nil},
		{"2.2", "AUTO-CKPT", "train", nil},
	} {
		got := demands(shipped(t, c.version).Effects(c.threshold, c.action))
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s %s %s: %s", c.version, c.threshold, c.action, diff)
		}
	}
}

// POL-7: whatever demands an undefined standard says that it holds.
func TestUndefinedHolds(t *testing.T) {
	for _, i := range packs.List() {
		p := shipped(t, i.Version)
		for _, th := range p.Thresholds {
			for _, a := range p.Actions {
				for _, r := range p.Effects(th.ID, a.ID) {
					if !r.Defined && th.OnUndefined != policy.UndefinedHolds {
						t.Errorf("%s %s %s: undefined and not held", p.Ref(), th.ID, a.ID)
					}
				}
			}
		}
	}
}

// POL-8: the watch list has a duty to assess and no gate.
func TestWatchList(t *testing.T) {
	p := shipped(t, "2.2")
	cyber, _ := p.Threshold("CYBER")
	o, _ := p.Obligation("CYBER-UPDATE")
	if cyber.Kind != policy.Watch || len(cyber.Effects) > 0 || len(p.AssessmentFor(policy.Watch)) == 0 {
		t.Errorf("cyber: %+v", cyber)
	}
	if o.Within.Count != 6 || o.Within.Unit != policy.Months || o.Hardness != policy.Anticipated {
		t.Errorf("cyber duty: %+v", o)
	}
	if got := ids(p.Gating("external_deploy")); slices.Contains(got, "CYBER") || slices.Contains(got, "AUTO-CKPT") {
		t.Errorf("gating: %v", got)
	}
}

// POL-10: once a year, is the policy still adequate; ours, so house.
func TestYearlyAdequacy(t *testing.T) {
	o, ok := shipped(t, "2.0").Obligation("ADEQUACY")
	if !ok || o.Within != (policy.Duration{Unit: policy.Months, Count: 12}) || o.Basis != policy.House {
		t.Errorf("%+v", o)
	}
}

// THR-1, THR-3, THR-4, THR-5.
func TestThresholdKinds(t *testing.T) {
	p := shipped(t, "2.1")
	if diff := cmp.Diff([]string{"CBRN-4"}, ids(p.Next("CBRN-3"))); diff != "" {
		t.Error(diff)
	}
	if got := p.Next("CBRN-4"); len(got) > 0 {
		t.Errorf("after the last comes %v", got)
	}
	ckpt, _ := p.Threshold("AUTO-CKPT")
	if ckpt.Kind != policy.Checkpoint || !slices.Equal(ckpt.OnReach, []string{"CKPT-SECURITY", "CKPT-UPDATE", "CKPT-TEST"}) {
		t.Errorf("checkpoint: %+v", ckpt)
	}
	implied := p.ImpliedBy("AIRD-5")
	want := []policy.Implication{
		{From: "AUTO-CKPT", To: "AIRD-5", Rule: policy.ByCheckpoint, Clause: "2", Basis: policy.Text},
		{From: "AIRD-4", To: "AIRD-5", Rule: policy.ByImplication, Basis: policy.House},
	}
	slices.SortFunc(implied, func(a, b policy.Implication) int { return strings.Compare(string(a.Rule), string(b.Rule)) })
	if diff := cmp.Diff(want, implied); diff != "" {
		t.Error(diff)
	}
	cbrn, _ := p.Threshold("CBRN-3")
	if !strings.Contains(cbrn.Baseline, "2023") || !slices.Equal(cbrn.Actors, []string{"basic-background"}) {
		t.Errorf("baseline and actor: %+v", cbrn)
	}
	if r := p.AssessmentFor(policy.Checkpoint); len(r) != 1 || r[0].SupportingEvaluations != 1 || slices.Contains(r[0].Contents, policy.ThreatMap) {
		t.Errorf("checkpoint assessment: %+v", r)
	}
}

// THR-3 on levels that skip: after 1 comes 3.
func TestLevelsMaySkip(t *testing.T) {
	if diff := cmp.Diff([]string{"BIO-3"}, ids(parse(t, minimal(t)).Next("BIO-1"))); diff != "" {
		t.Error(diff)
	}
}

// SAF-1, SAF-2, SAF-4: the criteria of ASL-2 and ASL-3; ASL-1 has none
// published.
func TestStandards(t *testing.T) {
	p := shipped(t, "2.2")
	for _, c := range []struct {
		standard string
		facet    policy.FacetKind
		criteria int
		months   int
	}{
		{"ASL-3", policy.Deployment, 7, 12},
		{"ASL-3", policy.Security, 4, 12},
		{"ASL-2", policy.Deployment, 4, 0},
		{"ASL-2", policy.Security, 6, 0},
	} {
		f, ok := p.Standard(c.standard, c.facet)
		if !ok || len(f.Criteria) != c.criteria {
			t.Errorf("%s %s: %d criteria, want %d", c.standard, c.facet, len(f.Criteria), c.criteria)
		}
		months := 0
		if f.Reapproval != nil {
			months = f.Reapproval.Months
			if f.Reapproval.Basis != policy.Reading || f.Reapproval.OnLapse != policy.LapseLapsed {
				t.Errorf("the effect of a lapse is our reading: %+v", f.Reapproval)
			}
		}
		if months != c.months {
			t.Errorf("%s %s: re-approval after %d months, want %d", c.standard, c.facet, months, c.months)
		}
	}
	s, _ := p.Standard("ASL-3", policy.Security)
	if len(s.Criteria[1].Parts) != 5 {
		t.Errorf("five parts of security frameworks: %v", s.Criteria[1].Parts)
	}
	for _, undefined := range []string{"ASL-1", "ASL-4"} {
		if st, ok := p.StandardByID(undefined); !ok || st.Defined {
			t.Errorf("%s: %+v", undefined, st)
		}
	}
}

// The three triggers, the signers and the deliveries (DEC-2, DEC-3, DEC-4).
func TestTriggersAndDecisions(t *testing.T) {
	p := shipped(t, "2.0")
	if p.Triggers[0].Ratio != "4" || p.Triggers[1].Months != 6 || p.Triggers[2].Role != "rso" {
		t.Errorf("triggers: %+v", p.Triggers)
	}
	for _, kind := range []policy.DecisionKind{policy.DecideDetermination, policy.DecideSafeguards} {
		d, ok := p.Decision(kind)
		if !ok || !slices.Equal(d.Signers, []string{"rso", "ceo"}) || !d.Distinct {
			t.Errorf("%s: %+v", kind, d)
		}
		want := []policy.Delivery{{To: "board", When: policy.Before}, {To: "trust", When: policy.Before}}
		if diff := cmp.Diff(want, d.Deliveries); diff != "" {
			t.Error(diff)
		}
		if d.Feedback[0].Stakes != policy.HighStakes || d.Feedback[0].When != policy.Before {
			t.Errorf("%s: %+v", kind, d.Feedback)
		}
	}
	if len(p.Assessment.Elicitation) != 8 || p.Assessment.Preregistration.Mode != policy.PreregRecord {
		t.Errorf("assessment: %+v", p.Assessment)
	}
	if p.Environment("internal_deploy") != "internal" || p.Environment("no such action") != "production" {
		t.Error("environments")
	}
}

// Every condition and obligation names who owes it and where it stands.
func TestPacksList(t *testing.T) {
	for _, i := range packs.List() {
		src, err := packs.Source(i.ID, i.Version)
		if err != nil || len(src) == 0 {
			t.Errorf("%s: %v", i.Ref(), err)
		}
	}
	if _, err := policy.LoadRef("anthropic-rsp@9.9", packs.Source); err == nil {
		t.Error("a pack that is not there was found")
	}
	if _, err := policy.LoadRef("anthropic-rsp", packs.Source); err == nil {
		t.Error("a name without version was accepted")
	}
	wrong := func(string, string) ([]byte, error) { return []byte(minimal(t)), nil }
	if _, err := policy.LoadRef("aster@2.0", wrong); err == nil {
		t.Error("a pack under a wrong name was accepted")
	}
}

// What every model needs, and what is asked on top (GAT-7, GAT-10).
func TestBaselineAndGates(t *testing.T) {
	p := shipped(t, "2.0")
	if diff := cmp.Diff([]string{"deployment ASL-2", "security ASL-2"}, demands(p.BaselineFor("external_deploy"))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"security ASL-2"}, demands(p.BaselineFor("train"))); diff != "" {
		t.Error(diff)
	}
	for action, want := range map[string]string{
		"partner_deploy": "GATE-PARTNER", "fine_tuning_access": "GATE-TUNING", "open_weights": "GATE-OPEN", "external_deploy": "",
	} {
		got := ""
		for _, g := range p.GatesFor(action) {
			got += g.ID
		}
		if got != want {
			t.Errorf("%s: %q, want %q", action, got, want)
		}
	}
	if c, ok := p.ClauseByID("7.2.3"); !ok || c.Owner != "rso" {
		t.Errorf("clause 7.2.3: %+v", c)
	}
}
