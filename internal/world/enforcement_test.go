// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package world_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/enforcement"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/finding"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/world"
	"github.com/holdpoint/holdpoint/packs"
	"github.com/holdpoint/holdpoint/proof"
)

// points is a journal in memory with the point prod, heard every 24 hours. Every
// entry is checked as a verifier would before it is folded.
type points struct {
	t    testing.TB
	w    world.World
	pack policy.Pack
	now  int64
}

func newPoints(t testing.TB) *points {
	t.Helper()
	p, err := policy.LoadRef("anthropic-rsp@2.2", packs.Source)
	if err != nil {
		t.Fatal(err)
	}
	h := &points{t: t, pack: p, now: deadline.Day("2025-06-02").Start()}
	h.w.Seq = 1
	h.do(h.w.Policy.Adopt(policy.AdoptIn{Pack: p, Accept: "for the test"}, h.act()))
	h.register("prod", "external_deploy")
	return h
}

func (h *points) act() entry.Act {
	return entry.Act{Actor: access.Operator, Seq: h.w.Seq, Now: h.now}
}

// do takes drafts with what follows from them and gives what was recorded.
func (h *points) do(drafts []entry.Draft, err error) []entry.Draft {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
	if drafts, err = h.w.React(drafts, h.act()); err != nil {
		h.t.Fatal(err)
	}
	for _, d := range drafts {
		e := h.entry(d)
		if err := h.w.Check(e); err != nil {
			h.t.Fatalf("what was just decided does not check: %s: %v", d.Type, err)
		}
		if h.w, err = h.w.Fork().Apply(e); err != nil {
			h.t.Fatal(err)
		}
	}
	return drafts
}

func (h *points) entry(d entry.Draft) entry.Entry {
	return entry.Entry{Header: proof.Header{Seq: h.w.Seq, RecordedAt: h.now, Type: d.Type, V: d.V, Actor: access.Operator}, Body: d.Body}
}

func (h *points) register(id string, actions ...string) {
	h.t.Helper()
	canary := strings.Repeat("0", 64-len(actions[0])%8) + strings.Repeat("a", len(actions[0])%8)
	h.do(h.w.Enforcement.Register(enforcement.Registered{
		Point: id, Environment: "production", Actions: actions, Owner: "security", Canary: canary, HeartbeatHours: 24,
	}, enforcement.See{Pack: h.pack}, h.act()))
}

func (h *points) beat(c enforcement.CanaryAnswer, m enforcement.Mode) []entry.Draft {
	h.t.Helper()
	return h.do(h.w.Enforcement.Beat(enforcement.Heartbeat{Point: "prod", Canary: c, Mode: m}, enforcement.See{}, h.act()))
}

func (h *points) sweep() []entry.Draft {
	h.t.Helper()
	return h.do(h.w.Sweep(h.act()))
}

func (h *points) findings() []finding.Finding {
	return h.w.Finding.About(entry.Ref{Kind: "enforcement_point", ID: "prod"})
}

func draftTypes(drafts []entry.Draft) string {
	var all []string
	for _, d := range drafts {
		all = append(all, d.Type)
	}
	return strings.Join(all, " ")
}

// A canary that passes is a finding and a page at once, and once until it is
// held again.
func TestPassedCanaryIsFoundOnce(t *testing.T) {
	h := newPoints(t)
	const told = "enforcement.heartbeat finding.opened notice.queued"
	for i, c := range []struct {
		canary enforcement.CanaryAnswer
		want   string
	}{
		{enforcement.Held, "enforcement.heartbeat"}, {enforcement.Passed, told}, {enforcement.Passed, "enforcement.heartbeat"},
		{enforcement.NotTried, "enforcement.heartbeat"}, {enforcement.Passed, "enforcement.heartbeat"}, {enforcement.Held, "enforcement.heartbeat"},
		{enforcement.Passed, told},
	} {
		if got := draftTypes(h.beat(c.canary, enforcement.Enforce)); got != c.want {
			t.Errorf("beat %d, %s: %s, want %s", i, c.canary, got, c.want)
		}
	}
	fs := h.findings()
	if len(fs) != 2 || fs[0].Category != finding.Canary || fs[0].FoundBy != finding.ByMachine || fs[0].Owner != "security" {
		t.Errorf("%+v", fs)
	}
	if open := h.w.Notice.OpenFor("rso"); len(open) != 2 || !open[0].Urgent {
		t.Errorf("%+v", open)
	}
}

// One finding for each silence, however often it is swept; none in time, and none
// for a point that is retired.
func TestOneFindingForEachSilence(t *testing.T) {
	h := newPoints(t)
	sweeps := func(want int, when string) {
		t.Helper()
		h.sweep()
		h.sweep()
		if got := len(h.findings()); got != want {
			t.Errorf("%s: %d findings, want %d", when, got, want)
		}
	}
	h.now += 24*hour - 1
	sweeps(0, "a day after it was registered, less a moment")
	h.now++
	sweeps(1, "never heard")
	h.beat(enforcement.Held, enforcement.Enforce)
	h.now += 23 * hour
	sweeps(1, "heard in time")
	h.now += 100 * hour
	sweeps(2, "silent")
	h.now += 1000 * hour
	sweeps(2, "still silent")
	h.now -= 500 * hour
	sweeps(2, "a clock that jumped back")
	h.beat(enforcement.Held, enforcement.Enforce)
	h.now += 24 * hour
	sweeps(3, "silent again")
	h.do(h.w.Enforcement.Retire(enforcement.Retired{Point: "prod", Reason: "replaced"}, h.act()))
	h.now += 100 * hour
	sweeps(3, "retired")
}

// A point that observes without leave, or beyond its day, is found once.
func TestObservingWithoutLeaveIsFound(t *testing.T) {
	h := newPoints(t)
	h.beat(enforcement.Held, enforcement.Observe)
	h.sweep()
	h.beat(enforcement.Held, enforcement.Observe)
	h.sweep()
	if fs := h.findings(); len(fs) != 1 || !strings.Contains(fs[0].Statement, "without leave") {
		t.Fatalf("%+v", fs)
	}
	h.beat(enforcement.Held, enforcement.Enforce)
	h.beat(enforcement.Held, enforcement.Observe)
	h.sweep()
	if fs := h.findings(); len(fs) != 2 {
		t.Errorf("observing anew: %+v", fs)
	}
}

// What no rule of the machine writes does not pass for its work.
func TestForgedMachineEntriesAreFound(t *testing.T) {
	h := newPoints(t)
	h.beat(enforcement.Held, enforcement.Enforce)
	told := h.beat(enforcement.Passed, enforcement.Enforce)
	h.beat(enforcement.Held, enforcement.Enforce)
	for name, d := range map[string]entry.Draft{"the finding again": told[1], "the notice again": told[2]} {
		if err := h.w.Check(h.entry(d)); fault.KindOf(err) != fault.Corrupt {
			t.Errorf("%s: %v", name, err)
		}
	}
	at := entry.Ref{Kind: "enforcement_point", ID: "prod"}
	for name, in := range map[string]finding.Opened{
		"a silence in time":            {Category: finding.Deviation, Statement: "silent", Rule: "enforcement-heartbeat", About: at, FoundBy: finding.ByMachine},
		"a broken glass that is not":   {Category: finding.BrokenGlass, Statement: "broken", About: entry.Ref{Kind: "glass", ID: "glass-1"}, FoundBy: finding.ByMachine},
		"a canary of nothing":          {Category: finding.Canary, Statement: "passed", About: entry.Ref{Kind: "model", ID: "m"}, FoundBy: finding.ByMachine},
		"a point that is not":          {Category: finding.Canary, Statement: "passed", About: entry.Ref{Kind: "enforcement_point", ID: "x"}, FoundBy: finding.ByMachine},
		"another sentence of a sweep":  {Category: finding.Deviation, Statement: "observes", Rule: "enforcement-observe", About: at, FoundBy: finding.ByMachine},
		"a finding about a live model": {Category: finding.BrokenGlass, Statement: "broken", About: at, FoundBy: finding.ByMachine},
	} {
		drafts, err := h.w.Finding.Open(in, entry.Provenance{})
		if err != nil {
			t.Fatal(err)
		}
		if err := h.w.Check(h.entry(drafts[0])); err == nil {
			t.Errorf("%s passes", name)
		}
	}
	person, err := h.w.Finding.Open(finding.Opened{Category: finding.Canary, Statement: "I saw it pass", About: at, FoundBy: finding.ByPerson}, entry.Provenance{})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.w.Check(h.entry(person[0])); err != nil {
		t.Errorf("what a person found: %v", err)
	}
}

// A path without enforcement is itself shown: whatever is live and not known to
// be guarded by a point that enforces.
func TestUnguarded(t *testing.T) {
	h := newPoints(t)
	h.do(h.w.Model.Register(model.NewModel{Registered: model.Registered{Model: "m"}}, h.act()))
	for _, env := range []string{"production", "moon"} {
		h.do(h.w.Model.Deploy(model.NewDeployment{Deployed: model.Deployed{Model: "m", Environment: env}}, h.act()))
	}
	where := func() string {
		var all []string
		for _, u := range h.w.Unguarded(h.now) {
			all = append(all, u.Environment)
			if u.Why == "" {
				t.Errorf("%+v says no reason", u)
			}
		}
		slices.Sort(all)
		return strings.Join(all, " ")
	}
	if got := where(); got != "moon production" {
		t.Errorf("never heard: %q", got)
	}
	h.beat(enforcement.Held, enforcement.Enforce)
	if got := where(); got != "moon" {
		t.Errorf("enforcing: %q", got)
	}
	h.register("other", "train")
	h.now += 24 * hour
	if got := where(); got != "moon production" {
		t.Errorf("silent: %q", got)
	}
	h.do(h.w.Model.Withdraw(model.NewDeployment{Deployed: model.Deployed{Model: "m", Environment: "moon"}}, h.act()))
	if got := where(); got != "production" {
		t.Errorf("withdrawn: %q", got)
	}
}
