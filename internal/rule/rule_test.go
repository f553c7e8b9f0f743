// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package rule

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/holdpoint/holdpoint/internal/grade"
)

func leaf(s Status, g grade.Grade) Result { return New(Condition{ID: "x"}, s, g, "") }

func TestGroups(t *testing.T) {
	m, n, c := leaf(Met, grade.Reported), leaf(NotMet, grade.Attested), leaf(CannotTell, grade.Unknown)
	cases := []struct {
		name string
		got  Result
		want Status
		g    grade.Grade
	}{
		{"all of none", All(Condition{}, ""), CannotTell, grade.Unknown},
		{"any of none", Any(Condition{}, ""), CannotTell, grade.Unknown},
		{"all met", All(Condition{}, "", m, leaf(Met, grade.Attested)), Met, grade.Attested},
		{"all, one unknown", All(Condition{}, "", m, c), CannotTell, grade.Unknown},
		{"all, one not", All(Condition{}, "", m, c, n), NotMet, grade.Unknown},
		{"any, one met", Any(Condition{}, "", n, c, m), Met, grade.Reported},
		{"any, best grade", Any(Condition{}, "", m, leaf(Met, grade.Recomputed)), Met, grade.Recomputed},
		{"any, unknown", Any(Condition{}, "", n, c), CannotTell, grade.Unknown},
		{"any, none", Any(Condition{}, "", n, n), NotMet, grade.Attested},
		{"met of unknown grade", New(Condition{}, Met, grade.Unknown, ""), CannotTell, grade.Unknown},
	}
	for _, tc := range cases {
		if tc.got.Status != tc.want || tc.got.Grade != tc.g {
			t.Errorf("%s: %v %v, want %v %v", tc.name, tc.got.Status, tc.got.Grade, tc.want, tc.g)
		}
	}
}

// GAT-3: losing a fact never raises the value of a tree, and a tree is met only
// on known facts.
func TestLosingAFactNeverRaises(t *testing.T) {
	tree := rapid.Custom(drawTree)
	rapid.Check(t, func(t *rapid.T) {
		tr := tree.Draw(t, "tree")
		facts := map[string]Status{}
		for _, name := range []string{"a", "b", "c", "d"} {
			facts[name] = Status(rapid.IntRange(0, 2).Draw(t, name))
		}
		lost := rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "lost")
		before := Eval(tr, lookup(facts))
		facts[lost] = min(facts[lost], CannotTell)
		after := Eval(tr, lookup(facts))
		if after.Status == Met && before.Status != Met {
			t.Fatalf("losing %s opened %+v", lost, tr)
		}
		if after.Status == Met && after.Grade == grade.Unknown {
			t.Fatal("met on nothing")
		}
	})
}

func TestUnknownPredicateCannotTell(t *testing.T) {
	r := Eval(Tree{Predicate: "moon_is_full"}, lookup(nil))
	if r.Status != CannotTell || r.Reason == "" {
		t.Errorf("%+v", r)
	}
	if r := Eval(Tree{}, lookup(nil)); r.Status != CannotTell {
		t.Errorf("empty: %+v", r)
	}
}

func TestUnmetHidesUnneededAlternatives(t *testing.T) {
	r := All(Condition{ID: "root"}, "",
		Any(Condition{ID: "ok"}, "", leaf(Met, grade.Reported), leaf(NotMet, grade.Reported)),
		Any(Condition{ID: "bad"}, "", leaf(NotMet, grade.Reported), leaf(CannotTell, grade.Unknown)))
	if got := len(r.Unmet()); got != 2 {
		t.Errorf("%d unmet leaves, want 2", got)
	}
}

func drawTree(t *rapid.T) Tree {
	kind := rapid.IntRange(0, 2).Draw(t, "kind")
	if kind == 0 {
		return Tree{Predicate: rapid.SampledFrom([]string{"a", "b", "c", "d", "unknown"}).Draw(t, "p")}
	}
	n := rapid.IntRange(0, 3).Draw(t, "n")
	var kids []Tree
	for range n {
		kids = append(kids, drawTree(t))
	}
	if kind == 1 {
		return Tree{All: kids}
	}
	return Tree{Any: kids}
}

func lookup(facts map[string]Status) Lookup {
	return func(t Tree) (Result, bool) {
		s, ok := facts[t.Predicate]
		g := grade.Unknown
		if s != CannotTell {
			g = grade.Reported
		}
		return leaf(s, g), ok
	}
}
