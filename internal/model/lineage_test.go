// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package model

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
)

func derivation(model, base string, method Method, increase Increase) NewDerivation {
	return NewDerivation{Derived: Derived{Model: model, Base: base, Method: method, Increase: increase, Reason: "measured"}}
}

// TestInherits is MOD-5: only a known method of one base, without a suspected
// increase, inherits.
func TestInherits(t *testing.T) {
	cases := []struct {
		name     string
		method   Method
		increase Increase
		barred   []Method
		want     bool
	}{
		{"fine-tune", FineTune, IncreaseNotSuspected, nil, true},
		{"distillation", Distillation, IncreaseNotSuspected, nil, true},
		{"quantisation", Quantisation, IncreaseNotSuspected, []Method{FineTune}, true},
		{"merge", Merge, IncreaseNotSuspected, nil, false},
		{"other", OtherMethod, IncreaseNotSuspected, nil, false},
		{"suspected", FineTune, IncreaseSuspected, nil, false},
		{"unknown", FineTune, IncreaseUnknown, nil, false},
		{"barred", FineTune, IncreaseNotSuspected, []Method{FineTune}, false},
	}
	for _, c := range cases {
		w := &world{t: t}
		w.model("base", "tuned")
		w.do(w.state.Derive(derivation("tuned", "base", c.method, c.increase), w.act()))
		got := w.state.Inherits("tuned", c.barred...)
		if got.Holds != c.want || got.Reason == "" || !cmp.Equal(got.Entries, []int64{2}) {
			t.Errorf("%s: %+v, want %t", c.name, got, c.want)
		}
		if got.Holds && got.Base != "base" {
			t.Errorf("%s: from %q", c.name, got.Base)
		}
	}
}

func TestInheritanceEnds(t *testing.T) {
	w := &world{t: t}
	w.model("base", "other", "tuned")
	if got := w.state.Inherits("tuned"); got.Holds || got.Reason == "" {
		t.Errorf("not derived: %+v", got)
	}
	w.do(w.state.Derive(derivation("tuned", "base", FineTune, IncreaseNotSuspected), w.act()))
	change := NewChange{ConditionsChanged: ConditionsChanged{Model: "tuned", What: ChangeNewTools, Reason: "a browser"}}
	w.do(w.state.ChangeConditions(change, w.act()))
	if got := w.state.Inherits("tuned"); !got.Holds {
		t.Errorf("after an insignificant change: %+v", got)
	}
	change.Significant = true
	w.do(w.state.ChangeConditions(change, w.act()))
	if got := w.state.Inherits("tuned"); got.Holds || !cmp.Equal(got.Entries, []int64{3, 5}) {
		t.Errorf("after a significant change: %+v", got)
	}
	if c, ok := w.state.Voided("tuned"); !ok || c.Seq != 5 || len(w.state.Changes("tuned")) != 2 {
		t.Errorf("voided by %+v", c)
	}
	w.do(w.state.Derive(derivation("tuned", "other", FineTune, IncreaseNotSuspected), w.act()))
	if got := w.state.Inherits("tuned"); got.Holds {
		t.Errorf("with two bases: %+v", got)
	}
}

func TestLaterJudgementStands(t *testing.T) {
	w := &world{t: t}
	w.model("base", "tuned")
	in := derivation("tuned", "base", FineTune, IncreaseNotSuspected)
	w.do(w.state.Derive(in, w.act()))
	drafts, err := w.state.Derive(in, w.act())
	w.refuse(fault.Conflict, drafts, err)
	in.Increase = IncreaseSuspected
	w.do(w.state.Derive(in, w.act()))
	if got := w.state.Inherits("tuned"); got.Holds || len(w.state.Derivations("tuned")) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestDeriveRefuses(t *testing.T) {
	w := &world{t: t}
	w.model("a", "b", "c")
	w.do(w.state.Derive(derivation("b", "a", FineTune, IncreaseUnknown), w.act()))
	w.do(w.state.Derive(derivation("c", "b", FineTune, IncreaseUnknown), w.act()))
	if d := cmp.Diff([]string{"b", "a"}, w.state.Ancestors("c")); d != "" {
		t.Error(d)
	}
	snapshot := derivation("c", "a", Merge, IncreaseUnknown)
	snapshot.BaseSnapshot = "s"
	silent := derivation("c", "a", Merge, IncreaseUnknown)
	silent.Reason = " "
	cases := []struct {
		name string
		in   NewDerivation
		kind fault.Kind
	}{
		{"itself", derivation("a", "a", FineTune, IncreaseUnknown), fault.Conflict},
		{"circle of two", derivation("a", "b", FineTune, IncreaseUnknown), fault.Conflict},
		{"circle of three", derivation("a", "c", FineTune, IncreaseUnknown), fault.Conflict},
		{"unknown model", derivation("x", "a", FineTune, IncreaseUnknown), fault.NotFound},
		{"unknown base", derivation("a", "x", FineTune, IncreaseUnknown), fault.NotFound},
		{"unknown snapshot", snapshot, fault.NotFound},
		{"method", derivation("c", "a", "lora", IncreaseUnknown), fault.Invalid},
		{"increase", derivation("c", "a", Merge, ""), fault.Invalid},
		{"no reason", silent, fault.Invalid},
	}
	for _, c := range cases {
		drafts, err := w.state.Derive(c.in, w.act())
		if fault.KindOf(err) != c.kind || drafts != nil {
			t.Errorf("%s: %v, want kind %s", c.name, err, c.kind)
		}
	}
}

// Whatever derivations are accepted, no model is its own ancestor, and a
// replay of the entries gives the state that lived.
func TestLineageHasNoCirclesAndReplays(t *testing.T) {
	names := []string{"a", "b", "c", "d", "e"}
	rapid.Check(t, func(rt *rapid.T) {
		w := &world{t: t}
		w.model(names...)
		w.snapshot("a", "s", HHH)
		for range rapid.IntRange(0, 12).Draw(rt, "steps") {
			w.step(rt, names)
		}
		for _, n := range names {
			if slices.Contains(w.state.Ancestors(n), n) {
				rt.Fatalf("%s is its own ancestor", n)
			}
		}
		var again State
		for _, e := range w.entries {
			if err := again.Apply(e); err != nil {
				rt.Fatal(err)
			}
		}
		if d := cmp.Diff(dump(w.state), dump(again)); d != "" {
			rt.Fatal(d)
		}
	})
}

func (w *world) step(rt *rapid.T, names []string) {
	a, b := rapid.SampledFrom(names).Draw(rt, "a"), rapid.SampledFrom(names).Draw(rt, "b")
	var drafts []entry.Draft
	var err error
	switch rapid.IntRange(0, 4).Draw(rt, "verb") {
	case 0, 1:
		drafts, err = w.state.Derive(derivation(a, b, FineTune, IncreaseUnknown), w.act())
	case 2:
		drafts, err = w.state.EstimateCompute(NewEstimate{ComputeEstimated: flop(a, "5", "4", "6")}, w.act())
	case 3:
		drafts, err = w.state.ChangeConditions(NewChange{ConditionsChanged: ConditionsChanged{Model: a, What: ChangeOther, Reason: "x"}}, w.act())
	case 4:
		drafts, err = w.state.Deploy(NewDeployment{Deployed: Deployed{Model: a, Environment: "internal"}}, w.act())
	}
	if err == nil {
		w.do(drafts, nil)
	}
}

func dump(s State) []any {
	var all []any
	for _, m := range s.Models() {
		all = append(all, m, s.Snapshots(m.Model), s.Derivations(m.Model), s.Estimates(m.Model), s.Changes(m.Model), s.Deployments(m.Model))
	}
	return all
}
