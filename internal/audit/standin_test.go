// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package audit_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/audit"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/safeguard"
	"github.com/holdpoint/holdpoint/internal/world"
)

// standIns goes on with the lab: interim measures of which a baseline replaces
// some and a date ends the others, and a clearance that rests on the baseline.
func (l *lab) standIns() {
	l.t.Helper()
	l.do(app.RegisterModel(model.NewModel{Registered: model.Registered{Model: "tiny-2"}}))
	l.do(app.AddSnapshot(model.NewSnapshot{SnapshotRegistered: model.SnapshotRegistered{
		Model: "tiny-2", Snapshot: "v1", Kind: model.Production, Safety: model.MechanismsOn, Weights: strings.Repeat("cd", 32),
	}}))
	l.decide(interimIn("tiny-2", policy.Security, "", "2025-12-31"))
	l.decide(interimIn(labModel, policy.Deployment, "", "2025-07-05"))
	l.decide(decision.ProposeIn{Kind: policy.DecideBaseline, Title: "Does it stand?",
		Determinations: []decision.Determination{{Threshold: "CBRN-3", Outcome: decision.RuledOut, Reason: "far below"}, {Threshold: "AUTO-CKPT", Outcome: decision.RuledOut, Reason: "far below"}},
		Baseline: &decision.Baseline{
			Models: []string{"tiny-2"}, Actions: []string{"store_weights"}, Environments: []string{"production"},
			Standards: []decision.BaselineStandard{{Standard: "ASL-3", Facet: policy.Deployment}, {Standard: "ASL-3", Facet: policy.Security}},
			DecidedOn: "2025-06-01", Sources: []entry.Source{{Document: "MINUTES"}}, Reason: "it serves customers", Expires: "2025-12-31",
		}})
	if _, _, err := l.app.Issue(context.Background(), app.Who{Actor: app.Operator}, gate.Ask{Model: "tiny-2", Action: "store_weights"}, 24*time.Hour); err != nil {
		l.t.Fatal(err)
	}
	l.sweep(deadline.Day("2025-07-05").End())
}

func interimIn(name string, facet policy.FacetKind, follows string, expires deadline.Day) decision.ProposeIn {
	in := decision.Interim{
		Standard: "ASL-3", Facet: facet, Models: []string{name}, Environments: []string{"production"}, Equivalence: "as good", Expires: expires,
		Measures: []decision.Measure{{Kind: decision.LimitAccess, Text: "only to those who were vetted"}}, Follows: follows,
	}
	if follows != "" {
		in.Stronger = "and only on one network"
	}
	return decision.ProposeIn{Kind: policy.DecideInterim, Title: "Do they do?", Interim: &in}
}

// sweep writes down what dates have done by a moment, and gives how many entries
// that took.
func (l *lab) sweep(at int64) int {
	l.t.Helper()
	done, err := l.app.Do(context.Background(), app.Who{Actor: app.Operator, At: at}, app.Intent{
		Verb: "sweep.run", Input: at, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
			drafts, err := w.Safeguard.Endings(act.Now)
			if err == nil && len(drafts) == 0 {
				l.t.Fatal("no interim measure has ended")
			}
			return drafts, err
		},
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return len(done.Entries)
}

// A copy with a baseline and interim measures is recomputed, and the journal says
// what became of them.
func TestStandInsVerifyWithReplay(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.standIns()
	rep := l.verify(l.export(app.ExportOptions{}))
	if !rep.OK() || rep.Replay.Clearances != (audit.Tally{Equal: 2}) {
		t.Fatalf("faults %q, not checked %q, clearances %+v", rep.Faults, rep.NotChecked, rep.Replay.Clearances)
	}
	view, _ := l.app.View(context.Background())
	all := view.State.Safeguard.Interims()
	if len(all) != 2 || all[0].Ended != safeguard.Replaced || all[1].Ended != safeguard.Expired {
		t.Fatalf("%+v", all)
	}
	if want := "its last day was 2025-07-05, and the deployment standard ASL-3 is not in force for tiny-1: a stronger restriction is proposed"; all[1].Reason != want {
		t.Error(all[1].Reason)
	}
	if again, err := view.State.Safeguard.Endings(view.Time); err != nil || len(again) != 0 {
		t.Errorf("written down twice: %v, %v", again, err)
	}
	l.decide(interimIn(labModel, policy.Deployment, all[1].ID, "2025-12-31"))
	if rep := l.verify(l.export(app.ExportOptions{})); !rep.OK() {
		t.Errorf("faults %q", rep.Faults)
	}
}

// One entry that says something else than what was signed, or than what a date
// did, is found.
func TestForgedStandInsAreFound(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.standIns()
	for name, c := range map[string]struct {
		harm func(f *forger)
		says []string
	}{
		"interim measures for longer": {func(f *forger) {
			f.edit(f.find("safeguard.interim_approved"), `"expires":"2025-07-05"`, `"expires":"2025-12-05"`)
		}, []string{"it is not what", "decided"}},
		"interim measures for more": {func(f *forger) {
			f.edit(f.find("safeguard.interim_approved"), `"environments":["production"],`, ``)
		}, []string{"it is not what", "decided"}},
		"interim measures a second time": {func(f *forger) {
			f.again(f.find("safeguard.interim_approved"), func(body string) string { return body })
		}, []string{"the last day of the interim measure was 2025-07-05"}},
		"an end for another reason": {func(f *forger) {
			f.edit(f.find("safeguard.interim_ended"), `"how":"expired"`, `"how":"replaced"`)
		}, []string{"had not ended so"}},
		"an end that nothing brought": {func(f *forger) {
			f.again(f.find("safeguard.interim_ended"), func(body string) string { return body })
		}, []string{"had not ended so"}},
		"a baseline approval for every model": {func(f *forger) {
			f.edit(f.find("safeguard.approved"), `"models":["tiny-2"],`, ``)
		}, []string{"it is not what", "decided"}},
		"a baseline approval for longer": {func(f *forger) {
			f.edit(f.find("safeguard.approved")-1, `"reapprove_by":"2025-12-31"`, `"reapprove_by":"2026-06-14"`)
		}, []string{"it is not what", "decided"}},
		"a baseline approval twice, of one standard": {func(f *forger) {
			f.edit(f.find("safeguard.approved")-1, `"facet":"deployment"`, `"facet":"security"`)
		}, []string{"it is not what", "decided"}},
		"a baseline approval again": {func(f *forger) {
			f.again(f.find("safeguard.approved"), func(body string) string { return body })
		}, []string{"it is not what", "decided"}},
		"a baseline that ends later": {func(f *forger) {
			f.edit(f.find("decision.proposed"), `"expires":"2025-12-31"`, `"expires":"2026-06-01"`)
		}, []string{"decision file has the digest"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := forge(t, l)
			c.harm(f)
			wantFault(t, l.verify(f.export()), c.says...)
		})
	}
}

// What was taken over hides nothing that was decided here, neither while it
// stands nor when it is over.
func TestAnOldBaselineIsNotInTheWay(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.decide(decision.ProposeIn{Kind: policy.DecideBaseline, Title: "Does it stand?",
		Determinations: []decision.Determination{{Threshold: "CBRN-4", Outcome: decision.RuledOut, Reason: "far below"}},
		Baseline: &decision.Baseline{
			Models: []string{labModel}, Actions: []string{"store_weights"}, Environments: []string{"production"},
			DecidedOn: "2025-06-01", Sources: []entry.Source{{Document: "MINUTES"}}, Reason: "it serves customers", Expires: "2025-12-31",
		}})
	view, _ := l.app.View(context.Background())
	for _, now := range []int64{view.Time, deadline.Day("2026-01-01").Start()} {
		v := gate.Evaluate(view.State.Facts(), gate.Ask{Model: labModel, Action: "store_weights"}, now)
		if v.Outcome != gate.Clear || len(v.StandIns) != 0 {
			t.Errorf("%s, resting on %v: %v", v.Outcome, v.StandIns, v.HeldBecause())
		}
	}
}
