// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package audit_test

import (
	"context"
	"testing"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/restriction"
	"github.com/holdpoint/holdpoint/internal/world"
)

// responding is a lab in which something live was held, nobody answered in time,
// and a restriction then was ordered, carried out and verified.
func responding(t testing.TB) *lab {
	l := newLab(t)
	l.do(app.DeployModel(model.NewDeployment{Deployed: model.Deployed{Model: labModel, Snapshot: "final", Environment: "production"}}))
	hold := l.do(app.PlaceHold(gate.PlaceIn{Model: labModel, Reason: "something was seen"}))
	due := hold.View.State.Restriction.Waiting()[0].Due
	sweep := app.Intent{Verb: "sweep.run", Input: due, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) { return w.Sweep(act) }}
	if _, err := l.app.Do(context.Background(), app.Who{Actor: app.Operator, At: due + 1}, sweep); err != nil {
		t.Fatal(err)
	}
	l.decide(decision.ProposeIn{Kind: policy.DecideRestriction, Title: "Shall the weights be locked?", Restriction: &decision.Restriction{
		Kind: decision.LockWeights, Model: labModel, Reason: "something was seen",
	}})
	view, _ := l.app.View(context.Background())
	id := view.State.Restriction.Orders()[0].ID
	for _, by := range []struct {
		person string
		in     app.Intent
	}{
		{"p-officer", app.ExecuteRestriction(restriction.Executed{Restriction: id, Statement: "the keys are turned"})},
		{"p-chief", app.VerifyRestriction(restriction.Verified{Restriction: id, Statement: "tried, and refused"})},
	} {
		if _, err := l.app.Do(context.Background(), app.Who{Actor: by.person}, by.in); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

// What the machine wrote about something live, and what people did about it, is
// computed again from the entries before; what does not follow is found.
func TestForgedResponses(t *testing.T) {
	t.Parallel()
	l := responding(t)
	if rep := l.verify(l.export(app.ExportOptions{})); !rep.OK() {
		t.Fatalf("faults %q, not checked %q", rep.Faults, rep.NotChecked)
	}
	for name, c := range map[string][3]string{
		"more hours":      {"restriction.response_opened", `"hours":72`, `"hours":96`},
		"a milder reason": {"restriction.response_opened", "something was seen", "nothing was seen"},
		"less late":       {"finding.opened", "nobody answered", "somebody answered"},
		"another answer":  {"restriction.response_answered", `"restriction"`, `"decision"`},
		"a milder order":  {"restriction.ordered", "lock_weights", "limit_access"},
		"another finding": {"restriction.response_missed", `"finding-`, `"finding-1`},
	} {
		t.Run(name, func(t *testing.T) {
			f := forge(t, l)
			f.edit(f.find(c[0]), c[1], c[2])
			wantFault(t, l.verify(f.export()), "entries.jsonl: entry")
		})
	}
	t.Run("verified again by whoever comes", func(t *testing.T) {
		f := forge(t, l)
		f.again(f.find("restriction.verified"), func(body string) string { return body })
		wantFault(t, l.verify(f.export()), "entries.jsonl: entry", "already")
	})
}
