// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/holdpoint/holdpoint/internal/enforcement"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/model"
)

// newcomer has a policy, and the model m with a snapshot, a canary and nothing
// that was decided.
func newcomer(t *testing.T, weights string) *lab {
	l := staffed(t)
	p := rsp(t)
	l.do(l.w.Enforcement.Register(enforcement.Registered{
		Point: "prod", Environment: "production", Actions: []string{"external_deploy"}, Owner: "security", Canary: strings.Repeat("c0", 32), HeartbeatHours: 24,
	}, enforcement.See{Pack: p}, l.act(Operator)))
	l.do(l.w.Model.Register(model.NewModel{Registered: model.Registered{Model: "m"}}, l.act(Operator)))
	l.do(l.w.Model.AddSnapshot(model.NewSnapshot{SnapshotRegistered: model.SnapshotRegistered{
		Model: "m", Snapshot: "rc1", Kind: model.ReleaseCandidate, Safety: model.MechanismsOn, Weights: weights,
	}}, l.act(Operator)))
	return l
}

func (l *lab) supposing(ask gate.Ask, facts ...string) (gate.Verdict, error) {
	s := supposing{w: l.w, now: l.act(Operator).Now, ask: ask}
	for _, f := range facts {
		if err := s.suppose(f); err != nil {
			return gate.Verdict{}, err
		}
	}
	return gate.Evaluate(s.w.Facts(), ask, s.now), nil
}

func enough() []string {
	return []string{"standard:ASL-2/deployment", "standard:ASL-2/security", "ruled-out:CBRN-3", "ruled-out:AUTO-CKPT"}
}

func deploys() gate.Ask { return gate.Ask{Model: "m", Action: "external_deploy"} }

// Platform 5: what would open the gate can be asked without anybody deciding it,
// and the world that was asked about is unchanged.
func TestSuppose(t *testing.T) {
	l := newcomer(t, strings.Repeat("ab", 32))
	l.do(l.w.Gate.Place(gate.PlaceIn{Model: "m", Reason: "wait"}, l.w.Facts(), l.act(Operator)))
	seq := l.w.Seq
	for name, c := range map[string]struct {
		facts []string
		ask   gate.Ask
		want  gate.Outcome
	}{
		"nothing":             {nil, deploys(), gate.Held},
		"enough":              {append(enough(), "no-hold"), deploys(), gate.Clear},
		"the hold":            {enough(), deploys(), gate.Held},
		"a hold again":        {append(enough(), "no-hold", "hold"), deploys(), gate.Held},
		"crossed after all":   {append(enough(), "no-hold", "crossed:CBRN-3"), deploys(), gate.Held},
		"and its safeguards":  {append(enough(), "no-hold", "crossed:CBRN-3", "ruled-out:CBRN-4", "standard:ASL-3/deployment", "standard:ASL-3/security"), deploys(), gate.Clear},
		"reached":             {append(enough(), "no-hold", "crossed:AUTO-CKPT"), deploys(), gate.Held},
		"above its grade":     {append(enough(), "no-hold"), gate.Ask{Model: "m", Action: "external_deploy", Floor: grade.Recomputed}, gate.Held},
		"another version":     {append([]string{"policy:anthropic-rsp@2.1"}, append(enough(), "no-hold")...), deploys(), gate.Clear},
		"and what it carries": {append(enough(), "no-hold", "policy:anthropic-rsp@2.1"), deploys(), gate.Clear},
		"and what it cannot":  {append(enough(), "no-hold", "policy:anthropic-rsp@2.0"), deploys(), gate.Held},
		"nobody's model":      {append(enough(), "no-hold"), gate.Ask{Model: "n", Action: "external_deploy"}, gate.Held},
	} {
		t.Run(name, func(t *testing.T) {
			v, err := l.supposing(c.ask, c.facts...)
			if err != nil {
				t.Fatal(err)
			}
			if v.Outcome != c.want {
				t.Errorf("%s, want %s: %v", v.Outcome, c.want, v.HeldBecause())
			}
			if l.w.Seq != seq || len(l.w.Decision.All()) != 0 || len(l.w.Gate.Holds()) != 1 || !l.w.Gate.Holds()[0].Stands() {
				t.Error("the world that was asked about has changed")
			}
		})
	}
}

// Another version is asked about as if it were in force, and says so.
func TestSupposeAPolicy(t *testing.T) {
	l := newcomer(t, strings.Repeat("ab", 32))
	for _, ref := range []string{"anthropic-rsp@2.0", "anthropic-rsp@2.1", "anthropic-rsp@2.2"} {
		v, err := l.supposing(deploys(), "policy:"+ref)
		if err != nil || v.Policy.Ref() != ref || v.Outcome != gate.Held {
			t.Errorf("%s: %s under %q, %v", ref, v.Outcome, v.Policy.Ref(), err)
		}
	}
}

func TestSuppositionsAreRefused(t *testing.T) {
	l := newcomer(t, strings.Repeat("ab", 32))
	for _, f := range []string{
		"", "no-hold:m", "hold:", "ruled-out", "ruled-out:", "ruled-out:NOTHING", "crossed:NOTHING", "standard:ASL-2", "standard:ASL-4/security",
		"standard:ASL-2/affirmative_case", "policy:", "policy:nobody@1", "at:2025-01-01", "ruled_out:CBRN-3", "No-Hold",
	} {
		if _, err := l.supposing(deploys(), f); fault.KindOf(err) != fault.Usage {
			t.Errorf("%q: %v", f, err)
		}
	}
	if _, err := l.supposing(deploys(), "open-sesame"); err == nil || !strings.Contains(fault.HintOf(err), "ruled-out:THRESHOLD, crossed:THRESHOLD") {
		t.Errorf("the hint does not list the facts: %v", fault.HintOf(err))
	}
}

// A canary is never clear, whatever is supposed.
func TestCanaryIsHeldWhateverIsSupposed(t *testing.T) {
	l := newcomer(t, strings.Repeat("c0", 32))
	rapid.Check(t, func(rt *rapid.T) {
		facts := rapid.SliceOfN(rapid.SampledFrom(append(enough(), "no-hold", "ruled-out:CBRN-4", "crossed:CBRN-3",
			"standard:ASL-3/deployment", "standard:ASL-3/security", "policy:anthropic-rsp@2.1")), 0, 12).Draw(rt, "facts")
		v, err := l.supposing(deploys(), append(facts, enough()...)...)
		if err != nil {
			rt.Skip(err)
		}
		if v.Outcome != gate.Held {
			rt.Fatal("the canary is clear")
		}
	})
}
