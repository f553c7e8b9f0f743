// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package restriction

import (
	"testing"

	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/entry/entrytest"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/proof"
)

// What was written once is read for ever.
func TestGoldenBodies(t *testing.T) {
	b := entrytest.NewBodies(t)
	entrytest.KeepFilled(b, opened)
	entrytest.KeepFilled(b, answered)
	entrytest.KeepFilled(b, missed)
	entrytest.KeepFilled(b, ordered)
	entrytest.KeepFilled(b, executed)
	entrytest.KeepFilled(b, verified)
	entrytest.KeepFilled(b, lifted)
	b.Check(Types())
}

// An entry about what is not there does not follow from the entries before it.
func TestUnknownSubjectsAreCorrupt(t *testing.T) {
	for typ, body := range map[string]string{
		"restriction.response_answered": `{"data":{"how":"cleared","response":"response-1"}}`,
		"restriction.response_missed":   `{"data":{"finding":"finding-2","response":"response-1"}}`,
		"restriction.executed":          `{"data":{"restriction":"restriction-1","statement":"s"}}`,
		"restriction.verified":          `{"data":{"restriction":"restriction-1","statement":"s"}}`,
		"restriction.lifted":            `{"data":{"reason":"r","restriction":"restriction-1"}}`,
	} {
		var s State
		err := s.Apply(entry.Entry{Header: proof.Header{Seq: 3, Type: typ, V: 1}, Body: []byte(body)})
		if fault.KindOf(err) != fault.Corrupt {
			t.Errorf("%s: %v", typ, err)
		}
	}
}

// A restriction answers for what it names and no more: where it is not known
// which snapshot is in use, one that names snapshots does not.
func TestCovers(t *testing.T) {
	thing := Thing{Model: "m", Environment: "production", Class: policy.Deploy}
	rc := thing
	rc.Snapshot = "rc"
	training := thing
	training.Environment, training.Class = "training", policy.Train
	for name, c := range map[string]struct {
		o    Ordered
		on   Thing
		want bool
	}{
		"all of it":         {Ordered{Kind: decision.RestrictAccess, Model: "m"}, thing, true},
		"another model":     {Ordered{Kind: decision.RestrictAccess, Model: "n"}, thing, false},
		"its place":         {Ordered{Kind: decision.RestrictAccess, Model: "m", Environment: "production"}, thing, true},
		"another place":     {Ordered{Kind: decision.RestrictAccess, Model: "m", Environment: "internal"}, thing, false},
		"its snapshot":      {Ordered{Kind: decision.RestrictAccess, Model: "m", Snapshots: []string{"rc"}}, rc, true},
		"unknown snapshot":  {Ordered{Kind: decision.RestrictAccess, Model: "m", Snapshots: []string{"rc"}}, thing, false},
		"use, not training": {Ordered{Kind: decision.WithdrawModel, Model: "m"}, training, false},
		"training, not use": {Ordered{Kind: decision.PauseTraining, Model: "m"}, thing, false},
		"training":          {Ordered{Kind: decision.PauseTraining, Model: "m"}, training, true},
		"the weights":       {Ordered{Kind: decision.LockWeights, Model: "m"}, training, true},
	} {
		if got := (Order{Ordered: c.o}).Covers(c.on); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// Without hours nobody can tell when a response is late.
func TestLateness(t *testing.T) {
	r := Response{Opened: Opened{HeldAt: 10, Due: 20}}
	if r.StatusAt(20) != Open || r.StatusAt(21) != Overdue {
		t.Error("it is in time to its last millisecond")
	}
	r.AnsweredSeq = 5
	if r.StatusAt(21) != Answered {
		t.Error("answered is answered")
	}
	if (Response{}).StatusAt(1<<50) != Open {
		t.Error("nobody gave it hours")
	}
}
