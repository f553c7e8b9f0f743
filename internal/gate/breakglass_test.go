// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package gate_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/enforcement"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/finding"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/notice"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/safeguard"
	"github.com/holdpoint/holdpoint/internal/world"
)

const hour = 3_600_000

// lapsed is a history in which rc1 of m was cleared to be deployed for an hour,
// and in which the gate is held since: its safeguards failed in practice.
func lapsed(t testing.TB) *history {
	t.Helper()
	h := glassed(t)
	h.fail()
	return h
}

// glassed is lapsed before anything failed.
func glassed(t testing.TB) *history {
	t.Helper()
	h := cleared(t)
	for _, who := range []struct {
		id, role string
		kind     access.Kind
	}{{"chief", "ceo", access.Human}, {"officer", "rso", access.Human}, {"tester", "red-team", access.Human}, {"council", "rso", access.Body}, {"bot", "", access.Automation}} {
		h.person(who.id, who.role, who.kind)
	}
	h.snapshotOf("rc0", "cd")
	h.snapshotOf("rc1", "ef")
	h.clearFor(gate.Ask{Model: "m", Snapshot: "rc1", Action: "external_deploy"})
	return h
}

func (h *history) person(id, role string, kind access.Kind) {
	h.t.Helper()
	h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Access.AddPerson(access.NewPerson{ID: id, Kind: kind}, act)
	})
	if role == "" {
		return
	}
	h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Access.GrantRole(access.RoleChange{Person: id, Role: role, Reason: "appointed"}, access.See{Roles: []string{role}}, act)
	})
}

func (h *history) snapshotOf(name, pair string) {
	h.t.Helper()
	if _, ok := h.w.Model.Snapshot("m", name); ok {
		return
	}
	h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Model.AddSnapshot(model.NewSnapshot{SnapshotRegistered: model.SnapshotRegistered{
			Model: "m", Snapshot: name, Kind: model.ReleaseCandidate, Safety: model.MechanismsOn, Weights: strings.Repeat(pair, 32),
		}}, act)
	})
}

func (h *history) clearFor(ask gate.Ask) string {
	h.t.Helper()
	return entry.ID("clearance", h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Gate.Issue(gate.IssueIn{Ask: ask, Life: hour, Origin: "o", Clock: "simulated"}, w.Facts(), act)
	}))
}

func (h *history) fail() {
	h.t.Helper()
	h.do(func(w world.World, _ entry.Act) ([]entry.Draft, error) {
		return w.Safeguard.RecordFailure(safeguard.FailureInput{Standard: "ASL-2", Facet: "deployment", Reason: "seen in use"})
	})
}

func (h *history) hold() {
	h.t.Helper()
	h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Gate.Place(gate.PlaceIn{Model: "m", Reason: "something was seen"}, w.Facts(), act)
	})
}

func (h *history) revoke() {
	h.t.Helper()
	all := h.w.Gate.Clearances()
	h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Gate.Revoke(all[len(all)-1].ID, "no longer", act)
	})
}

// takeBack withdraws the approval of a standard that every model needs.
func (h *history) takeBack() {
	h.t.Helper()
	h.do(func(w world.World, _ entry.Act) ([]entry.Draft, error) {
		return w.Safeguard.Withdraw(safeguard.WithdrawInput{Standard: "ASL-2", Facet: "deployment", Reason: "gone", By: "security"})
	})
}

// overturn makes what was determined about a threshold void, by a later decision
// on another.
func (h *history) overturn(threshold string) {
	h.t.Helper()
	d, _, _ := h.w.Decision.Latest("m", threshold)
	later := h.propose(decision.ProposeIn{Model: "m", Determinations: one("AUTO-CKPT", decision.CheckpointReached)})
	h.effect(later)
	h.do(func(w world.World, _ entry.Act) ([]entry.Draft, error) {
		return w.Decision.Reverse(d.File.ID, later, "it was wrong")
	})
}

func breaking() gate.BreakIn {
	return gate.BreakIn{Model: "m", Snapshot: "rc1", Action: "external_deploy", Reason: "a hospital depends on it", Hours: 6}
}

// tryBreak breaks the glass as a person.
func (h *history) tryBreak(person string, in gate.BreakIn) (int64, error) {
	h.actor = person
	defer func() { h.actor = "" }()
	return h.try(func(w world.World, act entry.Act) ([]entry.Draft, error) { return w.Gate.Break(in, w.Facts(), act) })
}

func (h *history) breakGlass() gate.BrokenGlass {
	h.t.Helper()
	seq, err := h.tryBreak("officer", breaking())
	if err != nil {
		h.t.Fatal(err)
	}
	b, err := h.w.Gate.BrokenGlass(entry.ID("glass", seq))
	if err != nil {
		h.t.Fatal(err)
	}
	return b
}

func (h *history) deployed() gate.Verdict {
	return gate.Evaluate(h.w.Facts(), gate.Ask{Model: "m", Snapshot: "rc1", Action: "external_deploy"}, h.now)
}

// GAT-6: who may break the glass, for how long, and never further than what was
// cleared last nor against what somebody stopped.
func TestBreakGlassIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		given  func(testing.TB) *history
		person string
		edit   func(h *history, in *gate.BreakIn)
		kind   fault.Kind
		words  string
	}{
		"the operator":           {person: access.Operator, kind: fault.Forbidden, words: "not one person"},
		"an automation":          {person: "bot", kind: fault.Forbidden, words: "not one person"},
		"a body with the role":   {person: "council", kind: fault.Forbidden, words: "not one person"},
		"nobody known":           {person: "stranger", kind: fault.Forbidden, words: "not one person"},
		"another role":           {person: "tester", kind: fault.Forbidden, words: "none of the roles"},
		"no reason":              {edit: func(_ *history, in *gate.BreakIn) { in.Reason = " " }, kind: fault.Invalid, words: "reason"},
		"no hours":               {edit: func(_ *history, in *gate.BreakIn) { in.Hours = 0 }, kind: fault.Invalid, words: "1 to 12 hours"},
		"too many hours":         {edit: func(_ *history, in *gate.BreakIn) { in.Hours = 13 }, kind: fault.Invalid, words: "1 to 12 hours"},
		"an action of no policy": {edit: func(_ *history, in *gate.BreakIn) { in.Action = "fly" }, kind: fault.Usage, words: "no action"},
		"never cleared":          {edit: func(_ *history, in *gate.BreakIn) { in.Action = "internal_deploy" }, kind: fault.Conflict, words: "never cleared"},
		"other weights":          {edit: func(_ *history, in *gate.BreakIn) { in.Snapshot = "rc0" }, kind: fault.Conflict, words: "never cleared"},
		"another place":          {edit: func(_ *history, in *gate.BreakIn) { in.Environment = "moon" }, kind: fault.Conflict, words: "never cleared"},
		"an unknown model":       {edit: func(_ *history, in *gate.BreakIn) { in.Model = "n" }, kind: fault.Conflict, words: "never cleared"},
		"clear":                  {given: glassed, kind: fault.Conflict, words: "nothing to break"},
		"revoked":                {edit: func(h *history, _ *gate.BreakIn) { h.revoke() }, kind: fault.Conflict, words: "was revoked"},
		"a hold":                 {edit: func(h *history, _ *gate.BreakIn) { h.hold() }, kind: fault.Conflict, words: "stands: something was seen"},
		"crossed since": {edit: func(h *history, _ *gate.BreakIn) { h.determine("m", "CBRN-3=crossed") },
			kind: fault.Conflict, words: "determined CBRN-3 as crossed"},
		"the approval withdrawn": {edit: func(h *history, _ *gate.BreakIn) { h.takeBack() }, kind: fault.Conflict, words: "was withdrawn"},
		"the determination made void": {edit: func(h *history, _ *gate.BreakIn) { h.overturn("CBRN-3") },
			kind: fault.Conflict, words: "was made void"},
		"twice": {edit: func(h *history, _ *gate.BreakIn) { h.breakGlass() }, kind: fault.Conflict, words: "is broken for this until"},
		"after the role ended": {edit: func(h *history, _ *gate.BreakIn) {
			h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
				return w.Access.EndRole(access.RoleChange{Person: "officer", Role: "rso", Reason: "left"}, act)
			})
		}, kind: fault.Forbidden, words: "none of the roles"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			given := lapsed
			if c.given != nil {
				given = c.given
			}
			h, in, person := given(t), breaking(), "officer"
			if c.person != "" {
				person = c.person
			}
			if c.edit != nil {
				c.edit(h, &in)
			}
			_, err := h.tryBreak(person, in)
			if fault.KindOf(err) != c.kind || err == nil || !strings.Contains(err.Error(), c.words) {
				t.Errorf("got %v (%s), want %s and %q", err, fault.KindOf(err), c.kind, c.words)
			}
		})
	}
}

// A policy that says nothing of breaking the glass lets nobody do it.
func TestNoBreakGlassWithoutARule(t *testing.T) {
	h := lapsed(t)
	p := pack(t, "anthropic-rsp@2.2")
	p.BreakGlass, p.Version = nil, "2.9"
	f := h.w.Facts()
	var err error
	if f.Policy, err = f.Policy.Suppose(p, f.Seq, h.now); err != nil {
		t.Fatal(err)
	}
	_, err = h.w.Gate.Break(breaking(), f, entry.Act{Actor: "officer", Seq: h.w.Seq, Now: h.now})
	if fault.KindOf(err) != fault.Forbidden || !strings.Contains(err.Error(), "nobody") {
		t.Error(err)
	}
}

// It changes no verdict: the answer has the same bytes but for where it stands.
func TestBreakGlassChangesNoVerdict(t *testing.T) {
	h := lapsed(t)
	before := h.deployed()
	b := h.breakGlass()
	after := h.deployed()
	if after.Outcome != gate.Held {
		t.Fatal("a broken glass opens the gate")
	}
	after.Seq, after.Now = before.Seq, before.Now
	if d := cmp.Diff(gate.Publish(before.Conditions), gate.Publish(after.Conditions)); d != "" || before.Grade != after.Grade {
		t.Errorf("the verdict changed: %s", d)
	}
	if got, ok := h.w.Gate.Glass(h.w.Facts(), h.deployed()); !ok || got.ID != b.ID || got.By != "officer" {
		t.Errorf("glass: %+v, %v", got, ok)
	}
	_, err := h.try(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		ask := gate.Ask{Model: "m", Snapshot: "rc1", Action: "external_deploy"}
		return w.Gate.Issue(gate.IssueIn{Ask: ask, Life: hour, Origin: "o", Clock: "simulated"}, w.Facts(), act)
	})
	if err == nil || !strings.Contains(err.Error(), "held") {
		t.Errorf("a clearance was issued on a broken glass: %v", err)
	}
}

// A broken glass ends by itself, and at once by whatever stops the thing.
func TestBrokenGlassEnds(t *testing.T) {
	for name, end := range map[string]func(*history){
		"its hours are over":         func(h *history) { h.now += 6 * hour },
		"a hold":                     (*history).hold,
		"a revocation":               (*history).revoke,
		"an approval withdrawn":      (*history).takeBack,
		"a determination overturned": func(h *history) { h.overturn("CBRN-3") },
		"a threshold crossed":        func(h *history) { h.determine("m", "CBRN-3=crossed") },
		"the standard is approved":   func(h *history) { h.approve("ASL-2", policy.Deployment) },
	} {
		t.Run(name, func(t *testing.T) {
			h := lapsed(t)
			h.breakGlass()
			if _, ok := h.w.Gate.Glass(h.w.Facts(), h.deployed()); !ok {
				t.Fatal("it does not run")
			}
			end(h)
			if b, ok := h.w.Gate.Glass(h.w.Facts(), h.deployed()); ok {
				t.Errorf("%s runs still; the verdict is %s", b.ID, h.deployed().Outcome)
			}
		})
	}
}

// Each is a finding by itself and a page, in the same transaction (GAT-6).
func TestBrokenGlassIsFoundAndPaged(t *testing.T) {
	h := lapsed(t)
	for n := range 2 {
		b := h.breakGlass()
		ref := entry.Ref{Kind: "glass", ID: b.ID}
		found, told := h.w.Finding.About(ref), h.w.Notice.About(ref)
		if len(found) != 1 || found[0].Seq != b.Seq+1 || found[0].Category != finding.BrokenGlass || found[0].FoundBy != finding.ByMachine {
			t.Errorf("findings: %+v", found)
		}
		if len(told) != 1 || told[0].Seq != b.Seq+2 || told[0].To != "rso" || !told[0].Urgent {
			t.Errorf("notices: %+v", told)
		}
		if open := h.w.Notice.OpenFor("rso"); len(open) != n+1 {
			t.Errorf("open for the rso: %d", len(open))
		}
		h.now += 6 * hour
	}
	first := h.w.Notice.All()[0]
	read := func(who string) error {
		h.actor = who
		defer func() { h.actor = "" }()
		_, err := h.try(func(w world.World, act entry.Act) ([]entry.Draft, error) {
			return w.Notice.Acknowledge(notice.Acknowledged{Notice: first.ID}, notice.See{Access: w.Access}, act)
		})
		return err
	}
	for _, who := range []string{access.Operator, "chief", "bot"} {
		if err := read(who); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s acknowledges: %v", who, err)
		}
	}
	if err := read("officer"); err != nil || len(h.w.Notice.OpenFor("rso")) != 1 {
		t.Error(err, h.w.Notice.OpenFor("rso"))
	}
	if err := read("officer"); fault.KindOf(err) != fault.Conflict {
		t.Errorf("acknowledged twice: %v", err)
	}
}

// canaried is a history in which the weights of rc1 of m are the canary of a
// point, which no act of the program lets happen.
func canaried(t testing.TB) *history {
	t.Helper()
	h := begin(t)
	h.adopt("anthropic-rsp@2.2")
	h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		p, _ := w.Policy.InForce(act.Now)
		return w.Enforcement.Register(enforcement.Registered{
			Point: "prod", Environment: "production", Actions: []string{"external_deploy"}, Owner: "security", Canary: strings.Repeat("ab", 32), HeartbeatHours: 24,
		}, enforcement.See{Model: w.Model, Pack: p.Pack}, act)
	})
	h.approve("ASL-2", policy.Deployment)
	h.approve("ASL-2", policy.Security)
	h.model("m", "rc1")
	h.determine("m", "CBRN-3=ruled_out", "AUTO-CKPT=ruled_out")
	return h
}

// A canary is never clear, whatever is known of the model, also when its point
// is retired; other weights of the same model are.
func TestCanaryIsNeverClear(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		h := canaried(t)
		if rapid.Bool().Draw(rt, "retired") {
			h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
				return w.Enforcement.Retire(enforcement.Retired{Point: "prod", Reason: "replaced"}, act)
			})
		}
		if rapid.Bool().Draw(rt, "more") {
			h.approve("ASL-3", policy.Deployment)
			h.approve("ASL-3", policy.Security)
			h.determine("m", "CBRN-3=crossed", "CBRN-4=ruled_out")
		}
		snapshot := rapid.SampledFrom([]string{"", "rc1"}).Draw(rt, "snapshot")
		for _, a := range pack(t, "anthropic-rsp@2.2").Actions {
			v := gate.Evaluate(h.w.Facts(), gate.Ask{Model: "m", Snapshot: snapshot, Action: a.ID}, h.now)
			if v.Outcome != gate.Held {
				rt.Fatalf("%s of the canary is clear", a.ID)
			}
		}
	})
	h := canaried(t)
	h.snapshotOf("rc2", "cd")
	h.determine("m", "CBRN-3=ruled_out", "AUTO-CKPT=ruled_out")
	if v := gate.Evaluate(h.w.Facts(), gate.Ask{Model: "m", Snapshot: "rc2", Action: "external_deploy"}, h.now); v.Outcome != gate.Clear {
		t.Errorf("other weights: %v", v.HeldBecause())
	}
	_, err := h.try(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Gate.Issue(gate.IssueIn{Ask: gate.Ask{Model: "m", Snapshot: "rc1", Action: "external_deploy"}, Life: hour}, w.Facts(), act)
	})
	if err == nil || !strings.Contains(err.Error(), "canary") {
		t.Errorf("a canary was cleared: %v", err)
	}
}
