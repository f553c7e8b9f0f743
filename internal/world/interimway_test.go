// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package world

import (
	"testing"

	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/restriction"
	"github.com/holdpoint/holdpoint/proof"
)

// What clears the gate in the moment in which an interim measure takes effect is
// that measure's answer; where it leaves the gate held, it is none.
func TestInterimMeasureAnswers(t *testing.T) {
	const id, now = "decision-1", 7
	file := decision.File{ID: id, Kind: policy.DecideInterim, Interim: &decision.Interim{Standard: "ASL-3", Models: []string{"m"}}}
	var w World
	for i, e := range []struct {
		typ  string
		v    int64
		data any
	}{
		{"decision.proposed", 2, decision.ProposedV1{File: file, Question: "question-2"}},
		{"decision.took_effect", 1, decision.TookEffectV1{Decision: id}},
	} {
		body, err := proof.Canonical(struct {
			Data any `json:"data"`
		}{e.data})
		if err != nil {
			t.Fatal(err)
		}
		h := proof.Header{Seq: int64(i), RecordedAt: now, Type: e.typ, V: e.v}
		if w, err = w.Apply(entry.Entry{Header: h, Body: body}); err != nil {
			t.Fatal(err)
		}
	}
	r := restriction.Response{ID: "response-0", Opened: restriction.Opened{Model: "m", Environment: "production"}}
	at := seen{r.Thing(), gate.Verdict{Outcome: gate.Clear, Now: now}}
	if a, ok := w.answers(r, watch{cause: 1}, at, true); !ok || a.how != restriction.ByInterim || a.by != ofDecision(id) {
		t.Errorf("%v, %+v", ok, a)
	}
	at.Outcome = gate.Held
	if a, ok := w.answers(r, watch{cause: 1}, at, true); ok {
		t.Errorf("still held, and answered: %+v", a)
	}
	at.Outcome, r.Model = gate.Clear, "n"
	if a, _ := w.answers(r, watch{cause: 1}, at, true); a.how != restriction.Cleared {
		t.Errorf("a measure for another model: %+v", a)
	}
}
