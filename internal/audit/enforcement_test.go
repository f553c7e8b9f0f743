// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package audit_test

import (
	"context"
	"github.com/holdpoint/holdpoint/proof"
	"strings"
	"testing"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/enforcement"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/safeguard"
)

// guarded is the lab with an enforcement point that observes by decision and
// whose canary passed, and with a glass broken for what was cleared.
func guarded(t testing.TB) *lab {
	t.Helper()
	l := newLab(t)
	canary, err := app.NewCanary(strings.NewReader(strings.Repeat("canary", 9)))
	if err != nil {
		t.Fatal(err)
	}
	l.do(app.RegisterPoint(enforcement.Registered{
		Point: "vault", Environment: "production", Actions: []string{"store_weights"}, Owner: "security", HeartbeatHours: 24,
	}, canary))
	view, _ := l.app.View(context.Background())
	l.decide(decision.ProposeIn{Kind: policy.DecideException, Title: "Shall vault observe?", Exemption: &decision.Exemption{
		Observe: "vault", Reason: "it is new", Until: deadline.DayOf(view.Time).AddDays(30),
	}})
	l.do(app.Heartbeat(enforcement.Heartbeat{Point: "vault", Canary: enforcement.Passed, Mode: enforcement.Observe}))
	l.do(app.RecordFailure(safeguard.FailureInput{Standard: "ASL-2", Facet: "security", Reason: "seen in use"}))
	_, err = l.app.Do(context.Background(), app.Who{Actor: "p-officer"}, app.BreakGlass(gate.BreakIn{
		Model: labModel, Action: "store_weights", Reason: "the vault is moved tonight", Hours: 3,
	}))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// What an export says of points, notices and broken glass follows from the
// entries before it.
func TestEnforcementVerifies(t *testing.T) {
	t.Parallel()
	l := guarded(t)
	if rep := l.verify(l.export(app.ExportOptions{})); !rep.OK() {
		t.Fatalf("faults %q, not checked %q", rep.Faults, rep.NotChecked)
	}
	view, _ := l.app.View(context.Background())
	p, err := view.State.Enforcement.Point("vault")
	if err != nil || p.Leave.Seq == 0 || !p.MayObserve(view.Time) {
		t.Errorf("the decision let nothing observe: %+v, %v", p, err)
	}
}

func TestForgedEnforcement(t *testing.T) {
	t.Parallel()
	l := guarded(t)
	same := func(body string) string { return body }
	for name, c := range map[string]struct {
		harm func(f *forger)
		says []string
	}{
		"more hours": {func(f *forger) {
			f.edit(f.find("gate.glass_broken"), `"hours":3`, `"hours":13`)
		}, []string{"could not have been broken"}},
		"a later end": {func(f *forger) {
			i := f.find("gate.glass_broken")
			_, until, _ := strings.Cut(string(f.rows[i].Body), `"until":`)
			f.edit(i, `"until":`+until[:3], `"until":`+"999")
		}, []string{"not what follows"}},
		"the glass broken twice":     {func(f *forger) { f.again(f.find("gate.glass_broken"), same) }, []string{"could not have been broken"}},
		"a finding that says less":   {func(f *forger) { f.edit(f.find("finding.opened"), "was broken", "was looked at") }, []string{"not what follows"}},
		"a notice to somebody else":  {func(f *forger) { f.edit(f.find("notice.queued"), `"to":"rso"`, `"to":"ceo"`) }, []string{"not what follows"}},
		"a notice that is not there": {func(f *forger) { f.again(f.find("notice.queued"), same) }, []string{"not what follows"}},
		"a longer leave": {func(f *forger) {
			i := f.find("enforcement.observing")
			_, day, _ := strings.Cut(string(f.rows[i].Body), `"until":"`)
			f.edit(i, day[:4], "2029")
		}, []string{"not what", "decided"}},
		"a leave renewed by itself": {func(f *forger) { f.again(f.find("enforcement.observing"), same) }, []string{"let a point observe already"}},
		"a heartbeat of nobody's": {func(f *forger) {
			i := f.find("enforcement.heartbeat")
			f.set(i, f.rows[i].Body, func(h *proof.Header) { h.Actor = "p-nobody" })
		}, []string{"does not speak for"}},
		"a heartbeat of another point": {func(f *forger) { f.edit(f.find("enforcement.heartbeat"), `"point":"vault"`, `"point":"gate"`) }, nil},
		"a point registered twice":     {func(f *forger) { f.again(f.find("enforcement.registered"), same) }, []string{"is registered since"}},
		"a role given by who may not": {func(f *forger) {
			i := f.find("access.role_granted")
			f.set(i, f.rows[i].Body, func(h *proof.Header) { h.Actor = "p-officer" })
		}, []string{"not the owner"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := forge(t, l)
			c.harm(f)
			rep := l.verify(f.export())
			if len(rep.Faults) == 0 {
				t.Fatal("it verifies")
			}
			for _, w := range c.says {
				if !strings.Contains(strings.Join(rep.Faults, "; "), w) {
					t.Errorf("faults %q do not say %q", rep.Faults, w)
				}
			}
		})
	}
}

// A canary belongs to no model, and no weights can be a canary.
func TestCanaryIsNoModels(t *testing.T) {
	l := guarded(t)
	view, _ := l.app.View(context.Background())
	p, err := view.State.Enforcement.Point("vault")
	if err != nil {
		t.Fatal(err)
	}
	for name, in := range map[string]model.SnapshotRegistered{
		"the digest": {Snapshot: "s", Weights: p.Canary},
		"one file":   {Snapshot: "s", Files: []model.File{{Path: "a", SHA256: p.Canary, Size: 1}, {Path: "b", SHA256: strings.Repeat("0", 64), Size: 1}}},
	} {
		in.Model, in.Kind, in.Safety = labModel, model.ReleaseCandidate, model.MechanismsOn
		_, err := l.app.Do(context.Background(), app.Who{Actor: app.Operator}, app.AddSnapshot(model.NewSnapshot{SnapshotRegistered: in}))
		if fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", name, err)
		}
	}
	snap, _ := view.State.Model.Snapshot(labModel, "final")
	_, err = l.app.Do(context.Background(), app.Who{Actor: app.Operator}, app.RegisterPoint(enforcement.Registered{
		Point: "second", Environment: "production", Actions: []string{"store_weights"}, Owner: "security", HeartbeatHours: 24,
	}, snap.Weights))
	if fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "cannot be a canary") {
		t.Error(err)
	}
}
