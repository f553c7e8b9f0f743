// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package journal_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/journal"
)

// The bytes of the journal's own types are for ever: when this fails, make a
// new version of the type instead of changing the line.
func TestGoldenBodies(t *testing.T) {
	begun, err1 := journal.BegunKind.Draft(journal.Begun{Origin: "aster.example/log", Format: 1, Rules: 1, Clock: journal.Simulated})
	erased, err2 := journal.Erase(journal.Erased{Seqs: []int64{7, 3}, Reason: "asked for", Decision: "decision-9"})
	rules, err3 := journal.AdoptRules(1)
	for i, err := range []error{err1, err2, err3} {
		if err != nil {
			t.Fatal(i, err)
		}
	}
	for _, c := range []struct {
		draft entry.Draft
		want  string
	}{
		{begun, `{"data":{"clock":"simulated","format":1,"origin":"aster.example/log","rules":1}}`},
		{erased, `{"data":{"decision":"decision-9","reason":"asked for","seqs":[3,7]}}`},
		{rules, `{"data":{"rules":1}}`},
	} {
		if d := cmp.Diff(c.want, string(c.draft.Body)); d != "" {
			t.Errorf("%s v%d: %s", c.draft.Type, c.draft.V, d)
		}
		if c.draft.Class != entry.Fact {
			t.Errorf("%s can be erased", c.draft.Type)
		}
	}
	if d := cmp.Diff([]int64{3, 7}, erased.Erase); d != "" {
		t.Error(d)
	}
}

func TestDraftsRefuse(t *testing.T) {
	for name, e := range map[string]journal.Erased{
		"no seqs":     {Reason: "r", Decision: "d"},
		"no reason":   {Seqs: []int64{1}, Decision: "d"},
		"no decision": {Seqs: []int64{1}, Reason: "r"},
		"twice":       {Seqs: []int64{1, 2, 1}, Reason: "r", Decision: "d"},
	} {
		if _, err := journal.Erase(e); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := journal.AdoptRules(2)
	wants(t, err, fault.Unsupported, "rules 2")
}
