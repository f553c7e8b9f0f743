// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package enforcement_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/enforcement"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/world"
	"github.com/holdpoint/holdpoint/packs"
)

const (
	today = deadline.Day("2025-06-02")
	hour  = int64(3_600_000)
)

// history is a world that acts change, without what would follow from them.
type history struct {
	t   testing.TB
	w   world.World
	now int64
	see enforcement.See
}

type rule func(s enforcement.State, act entry.Act) ([]entry.Draft, error)

func (h *history) act(actor string) entry.Act {
	return entry.Act{Actor: actor, Seq: h.w.Seq, Now: h.now}
}

func (h *history) fold(drafts []entry.Draft, err error) error {
	if err == nil {
		h.w, err = h.w.Pretend(drafts, h.act(access.Operator))
	}
	return err
}

func (h *history) try(decide rule) error {
	return h.fold(decide(h.w.Enforcement, h.act(access.Operator)))
}

func (h *history) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// begin has people and the point prod, heard every 24 hours.
func begin(t testing.TB) *history {
	t.Helper()
	p, err := policy.LoadRef("anthropic-rsp@2.2", packs.Source)
	if err != nil {
		t.Fatal(err)
	}
	h := &history{t: t, now: today.Start(), see: enforcement.See{Pack: p}}
	h.w.Seq = 1
	for id, kind := range map[string]access.Kind{"owner": access.Human, "other": access.Human, "bot": access.Automation} {
		h.must(h.fold(h.w.Access.AddPerson(access.NewPerson{ID: id, Kind: kind}, h.act(access.Operator))))
	}
	h.must(h.fold(h.w.Access.GrantRole(access.RoleChange{Person: "owner", Role: "security", Reason: "appointed"}, access.See{Roles: []string{"security"}}, h.act(access.Operator))))
	h.see.Access = h.w.Access
	h.must(h.register(prod()))
	return h
}

func prod() enforcement.Registered {
	return enforcement.Registered{
		Point: "prod", Environment: "production", Actions: []string{"external_deploy"}, Owner: "security",
		Canary: strings.Repeat("c0", 32), HeartbeatHours: 24,
	}
}

func (h *history) register(in enforcement.Registered) error {
	return h.try(func(s enforcement.State, act entry.Act) ([]entry.Draft, error) { return s.Register(in, h.see, act) })
}

func (h *history) beat(actor string, c enforcement.CanaryAnswer, m enforcement.Mode) error {
	return h.fold(h.w.Enforcement.Beat(enforcement.Heartbeat{Point: "prod", Canary: c, Mode: m}, h.see, h.act(actor)))
}

func (h *history) observe(until deadline.Day, decision string) error {
	return h.try(func(s enforcement.State, act entry.Act) ([]entry.Draft, error) {
		return s.Observe(enforcement.Observing{Point: "prod", Until: until, Decision: decision}, act)
	})
}

func (h *history) retire() error {
	return h.try(func(s enforcement.State, act entry.Act) ([]entry.Draft, error) {
		return s.Retire(enforcement.Retired{Point: "prod", Reason: "replaced"}, act)
	})
}

func (h *history) point() enforcement.Point {
	h.t.Helper()
	p, err := h.w.Enforcement.Point("prod")
	h.must(err)
	return p
}

func TestRegisterIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		edit  func(*enforcement.Registered)
		kind  fault.Kind
		words string
	}{
		"a taken id":          {func(in *enforcement.Registered) { in.Point = "prod" }, fault.Conflict, "is registered"},
		"no id":               {func(in *enforcement.Registered) { in.Point = "" }, fault.Invalid, "id"},
		"a strange place":     {func(in *enforcement.Registered) { in.Environment = "a b" }, fault.Invalid, "environment"},
		"no action":           {func(in *enforcement.Registered) { in.Actions = nil }, fault.Invalid, "at least one action"},
		"an unknown action":   {func(in *enforcement.Registered) { in.Actions = []string{"fly"} }, fault.NotFound, "no action"},
		"an action twice":     {func(in *enforcement.Registered) { in.Actions = append(in.Actions, in.Actions[0]) }, fault.Invalid, "twice"},
		"an unknown owner":    {func(in *enforcement.Registered) { in.Owner = "king" }, fault.NotFound, "no role"},
		"no hours":            {func(in *enforcement.Registered) { in.HeartbeatHours = 0 }, fault.Invalid, "1 to 168 hours"},
		"a fortnight":         {func(in *enforcement.Registered) { in.HeartbeatHours = 336 }, fault.Invalid, "1 to 168 hours"},
		"no canary":           {func(in *enforcement.Registered) { in.Canary = "" }, fault.Invalid, "SHA-256"},
		"another's canary":    {func(in *enforcement.Registered) { in.Canary = prod().Canary }, fault.Conflict, "canary of prod"},
		"a canary in capital": {func(in *enforcement.Registered) { in.Canary = strings.Repeat("AB", 32) }, fault.Invalid, "SHA-256"},
	} {
		t.Run(name, func(t *testing.T) {
			h := begin(t)
			in := prod()
			in.Point, in.Canary = "second", strings.Repeat("c1", 32)
			c.edit(&in)
			if err := h.register(in); fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.words) {
				t.Errorf("got %v (%s), want %s and %q", err, fault.KindOf(err), c.kind, c.words)
			}
		})
	}
}

// Whoever has nothing to do with a point does not speak for it.
func TestWhoSpeaksForAPoint(t *testing.T) {
	h := begin(t)
	for actor, ok := range map[string]bool{access.Operator: true, "bot": true, "owner": true, "other": false, "stranger": false} {
		if err := h.beat(actor, enforcement.Held, enforcement.Enforce); (err == nil) != ok {
			t.Errorf("%s: %v", actor, err)
		}
	}
	if err := h.beat("bot", "maybe", enforcement.Enforce); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
	if err := h.beat("bot", enforcement.Held, "sometimes"); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
}

// GAT-6: a point observes by a decision, at most 90 days, and nothing renews
// itself.
func TestObserveLimits(t *testing.T) {
	h := begin(t)
	for _, c := range []struct {
		until deadline.Day
		ok    bool
	}{{"2025-06-01", false}, {"", false}, {"soon", false}, {today.AddDays(91), false}, {today.AddDays(90), true}} {
		if err := h.observe(c.until, "decision-1"); (err == nil) != c.ok {
			t.Errorf("until %q: %v", c.until, err)
		}
	}
	if err := h.observe(today.AddDays(3), "decision-1"); fault.KindOf(err) != fault.Conflict {
		t.Errorf("the same decision twice: %v", err)
	}
	h.now += 60 * 24 * hour
	h.must(h.observe(deadline.DayOf(h.now).AddDays(90), "decision-2"))
	h.must(h.retire())
	if err := h.observe(today.AddDays(90), "decision-3"); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a retired point: %v", err)
	}
}

// Where a point stands: only one that is heard, says that it enforces and held
// its canary while it did so enforces.
func TestStatus(t *testing.T) {
	beat := func(c enforcement.CanaryAnswer, m enforcement.Mode) func(*history) {
		return func(h *history) { h.must(h.beat("bot", c, m)) }
	}
	later := func(hours int64) func(*history) { return func(h *history) { h.now += hours * hour } }
	leave := func(h *history) { h.must(h.observe(today.AddDays(1), "decision-1")) }
	held, passed, untried := enforcement.Held, enforcement.Passed, enforcement.NotTried
	enforce, observe := enforcement.Enforce, enforcement.Observe
	for name, c := range map[string]struct {
		story []func(*history)
		want  enforcement.Status
	}{
		"nothing":                       {nil, enforcement.NeverHeard},
		"held":                          {[]func(*history){beat(held, enforce)}, enforcement.Enforcing},
		"just in time":                  {[]func(*history){beat(held, enforce), func(h *history) { h.now += 24*hour - 1 }}, enforcement.Enforcing},
		"silent":                        {[]func(*history){beat(held, enforce), later(24)}, enforcement.Silent},
		"heard and its canary old":      {[]func(*history){beat(held, enforce), later(23), beat(untried, enforce), later(1)}, enforcement.CanaryUntried},
		"never tried":                   {[]func(*history){beat(untried, enforce)}, enforcement.CanaryUntried},
		"passed":                        {[]func(*history){beat(held, enforce), beat(passed, enforce)}, enforcement.CanaryPassed},
		"passed and not tried since":    {[]func(*history){beat(passed, enforce), beat(untried, enforce)}, enforcement.CanaryPassed},
		"passed and held since":         {[]func(*history){beat(passed, enforce), beat(held, enforce)}, enforcement.Enforcing},
		"observes without leave":        {[]func(*history){beat(held, observe)}, enforcement.SaysObserve},
		"observes by leave":             {[]func(*history){beat(held, observe), leave}, enforcement.Observes},
		"observes on its last day":      {[]func(*history){leave, later(47), beat(held, observe)}, enforcement.Observes},
		"observes beyond its day":       {[]func(*history){leave, later(48), beat(held, observe)}, enforcement.SaysObserve},
		"enforces with leave":           {[]func(*history){leave, beat(held, enforce)}, enforcement.Enforcing},
		"held only while it observed":   {[]func(*history){beat(held, observe), beat(untried, enforce)}, enforcement.CanaryUntried},
		"held before it observed":       {[]func(*history){beat(held, enforce), beat(untried, observe), beat(untried, enforce)}, enforcement.CanaryUntried},
		"retired":                       {[]func(*history){beat(held, enforce), func(h *history) { h.must(h.retire()) }}, enforcement.Ended},
		"observes and its canary fails": {[]func(*history){leave, beat(passed, observe)}, enforcement.CanaryPassed},
	} {
		t.Run(name, func(t *testing.T) {
			h := begin(t)
			for _, step := range c.story {
				step(h)
			}
			if got := h.point().StatusAt(h.now); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// Time, a missed canary and one that passes never make a point enforce.
func TestNothingBadMakesAPointEnforce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		h := begin(t)
		for range rapid.IntRange(0, 5).Draw(rt, "steps") {
			h.now += rapid.Int64Range(0, 30).Draw(rt, "hours") * hour
			c := rapid.SampledFrom(enforcement.CanaryAnswers()).Draw(rt, "canary")
			m := rapid.SampledFrom([]enforcement.Mode{enforcement.Enforce, enforcement.Observe}).Draw(rt, "mode")
			h.must(h.beat("bot", c, m))
			if rapid.Bool().Draw(rt, "leave") {
				_ = h.observe(deadline.DayOf(h.now).AddDays(2), entry.ID("decision", h.w.Seq))
			}
		}
		before := h.point().StatusAt(h.now) == enforcement.Enforcing
		switch rapid.SampledFrom([]string{"time", "not tried", "passed", "observe", "leave", "retired"}).Draw(rt, "then") {
		case "time":
			h.now += rapid.Int64Range(1, 100).Draw(rt, "more") * hour
		case "not tried":
			h.must(h.beat("bot", enforcement.NotTried, enforcement.Enforce))
		case "passed":
			h.must(h.beat("bot", enforcement.Passed, enforcement.Enforce))
		case "observe":
			h.must(h.beat("bot", enforcement.Held, enforcement.Observe))
		case "leave":
			h.must(h.observe(deadline.DayOf(h.now), "decision-0"))
		case "retired":
			h.must(h.retire())
		}
		if after := h.point().StatusAt(h.now) == enforcement.Enforcing; after && !before {
			rt.Fatal("it enforces now, and did not before")
		}
	})
}

// An entry about a point that is not there is a broken journal.
func TestUnknownPointIsCorrupt(t *testing.T) {
	h := begin(t)
	drafts, err := h.w.Enforcement.Retire(enforcement.Retired{Point: "prod", Reason: "replaced"}, h.act(access.Operator))
	h.must(err)
	if _, err := (world.World{}).Pretend(drafts, h.act(access.Operator)); fault.KindOf(err) != fault.Corrupt {
		t.Error(err)
	}
}
