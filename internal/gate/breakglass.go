// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/rule"
	"github.com/holdpoint/holdpoint/internal/safeguard"
)

// BrokenGlass says that one person let something go on for a few hours that the
// gate holds: exactly what was cleared last, and never more (GAT-6). It is no
// clearance and changes no verdict; who acts on it acts against the gate, and
// that is a finding.
type BrokenGlass struct {
	GlassBrokenV1
	ID string
	// By is the person who broke it.
	By string
	// Seq and At are those of its entry; it runs for At <= t < Until, in
	// milliseconds since 1970.
	Seq, At int64
}

// Runs tells whether its hours are not over at now.
func (b BrokenGlass) Runs(now int64) bool { return b.At <= now && now < b.Until }

func (b BrokenGlass) key() string { return glassKey(b.Model, b.Snapshot, b.Action, b.Environment) }

func glassKey(parts ...string) string { return strings.Join(parts, "\x00") }

// AllBroken lists every broken glass, oldest first.
func (s State) AllBroken() []BrokenGlass {
	return slices.SortedFunc(s.glass.Values(), func(a, b BrokenGlass) int { return cmp.Compare(a.Seq, b.Seq) })
}

// BrokenGlass gives one by id.
func (s State) BrokenGlass(id string) (BrokenGlass, error) {
	if b, ok := s.glass.Get(id); ok {
		return b, nil
	}
	return BrokenGlass{}, fault.NotFoundf("there is no broken glass %q", id)
}

// Glass gives the broken glass that runs for what a held verdict is about, if
// there is one. It does not count where the clearance that it goes by was
// revoked since, or where somebody stopped the thing since.
func (s State) Glass(f Facts, v Verdict) (BrokenGlass, bool) {
	ask := v.Ask
	id, _ := s.broken.Get(glassKey(ask.Model, ask.Snapshot, ask.Action, ask.Environment))
	b, ok := s.glass.Get(id)
	if !ok || !b.Runs(v.Now) || v.Outcome == Clear {
		return BrokenGlass{}, false
	}
	c, err := s.Clearance(b.Clearance)
	if err != nil || c.RevokedSeq != 0 || c.Ask.ComparableTo != ask.ComparableTo {
		return BrokenGlass{}, false
	}
	e := evaluated(f, ask, v.Now)
	return b, e.stopped(c) == ""
}

// BreakIn asks to break the glass. Snapshot and Environment are as in [Ask];
// Hours is for how long.
type BreakIn struct {
	Model, Snapshot, Action, Environment string
	Reason                               string
	Hours                                int64
}

// Break breaks the glass: the policy must have it, one person in one of its
// roles does it, for at most its hours, for exactly what the last clearance was
// for. It is refused for what somebody stopped: where that clearance was
// revoked, where a hold stands, where a threshold was determined since then and
// not ruled out, where the determination was made void or the approval of a
// required standard withdrawn.
func (s State) Break(in BreakIn, f Facts, act entry.Act) ([]entry.Draft, error) {
	if err := access.CheckReason(in.Reason); err != nil {
		return nil, err
	}
	if err := CheckAction(f, in.Action, act.Now); err != nil {
		return nil, err
	}
	e := evaluated(f, Ask{Model: in.Model, Snapshot: in.Snapshot, Action: in.Action, Environment: in.Environment}, act.Now)
	if err := mayBreak(e.pack, in.Hours, f.Access, act); err != nil {
		return nil, err
	}
	c, err := s.lastFor(e.v.Ask)
	if err != nil {
		return nil, err
	}
	if err := s.checkBreak(c, e.v.Ask, f, act.Now); err != nil {
		return nil, err
	}
	return glassBroken.Drafts(GlassBrokenV1{
		Clearance: c.ID, Model: c.Ask.Model, Snapshot: c.Ask.Snapshot, Action: c.Ask.Action, Environment: c.Ask.Environment,
		Reason: in.Reason, Until: act.Now + in.Hours*3_600_000, Hours: in.Hours,
	})
}

// evaluated is a question with its verdict; where no policy is in force nothing
// is filled in.
func evaluated(f Facts, ask Ask, now int64) *evaluation {
	e := &evaluation{facts: f, now: now, v: Verdict{Rules: Rules, Ask: ask, Seq: f.Seq, Now: now}}
	if p, ok := f.Policy.InForce(now); ok {
		e.pack, e.v.Policy = p.Pack, p
		e.fillIn()
	}
	return e
}

func mayBreak(p policy.Pack, hours int64, people access.State, act entry.Act) error {
	rule := p.BreakGlass
	if rule == nil {
		return fault.Forbiddenf("the policy in force lets nobody break the glass").Hinted("what is held stays held until its conditions are met")
	}
	who, ok := people.Person(act.Actor)
	if !ok || who.Kind != access.Human {
		return fault.Forbiddenf("%q is not one person, and one named person breaks the glass", act.Actor).
			Hinted("give --as PERSON, who holds one of %s", strings.Join(rule.Roles, ", "))
	}
	if !slices.ContainsFunc(rule.Roles, func(r string) bool { return people.HoldsRoleAt(act.Actor, r, act.Now) }) {
		return fault.Forbiddenf("%q holds none of the roles that may break the glass (rule SOD-BREAK)", act.Actor).
			Hinted("%s lets %s", p.Ref(), strings.Join(rule.Roles, ", "))
	}
	if hours < 1 || hours > int64(rule.MaxHours) {
		return fault.Invalidf("the glass is broken for 1 to %d hours under %s, not %d", rule.MaxHours, p.Ref(), hours)
	}
	return nil
}

// lastFor gives the last clearance for exactly these weights, this action and
// this environment: a snapshot never changes, so its name says which weights.
func (s State) lastFor(ask Ask) (Clearance, error) {
	var last Clearance
	for c := range s.clearances.Values() {
		a := c.Ask
		if a.Model == ask.Model && a.Snapshot == ask.Snapshot && a.Action == ask.Action && a.Environment == ask.Environment && c.Seq > last.Seq {
			last = c
		}
	}
	if last.ID == "" {
		return last, fault.Conflictf("%s of %s in %s was never cleared, and breaking the glass never goes further than what was", ask.Action, asked(ask), ask.Environment).
			Hinted("holdpoint clearance list shows what was cleared")
	}
	return last, nil
}

func asked(ask Ask) string {
	if ask.Snapshot == "" {
		return ask.Model
	}
	return ask.Model + "/" + ask.Snapshot
}

func (s State) checkBreak(c Clearance, ask Ask, f Facts, now int64) error {
	if c.RevokedSeq != 0 {
		return fault.Conflictf("%s, the last clearance for this, was revoked: %s", c.ID, c.Reason).
			Hinted("breaking the glass is for what lapsed or cannot be told, not for what somebody stopped")
	}
	ask.ComparableTo = c.Ask.ComparableTo
	// The clearance may have been asked for with a floor of its own.
	for _, a := range []Ask{ask, c.Ask} {
		if Evaluate(f, a, now).Outcome == Clear {
			return fault.Conflictf("the gate is clear, so there is nothing to break").
				Hinted("issue a clearance: holdpoint clearance issue %s %s", ask.Model, ask.Action)
		}
	}
	if why := evaluated(f, ask, now).stopped(c); why != "" {
		return fault.Conflictf("%s", why).Hinted("breaking the glass is for what lapsed or cannot be told, not for what somebody stopped")
	}
	id, _ := s.broken.Get(glassKey(ask.Model, ask.Snapshot, ask.Action, ask.Environment))
	if b, ok := s.glass.Get(id); ok && b.Runs(now) {
		return fault.Conflictf("the glass is broken for this until %s by %s", rfc3339(b.Until), b.ID).
			Hinted("it can be broken again when that is over; that is another finding")
	}
	return nil
}

// stopped says who or what stopped what a clearance was for; "" when nothing
// did, and the gate is held for what lapsed or cannot be told.
func (e *evaluation) stopped(c Clearance) string {
	if r := e.holds(); r.Status != rule.Met {
		return r.Reason
	}
	if rs := e.canary(); len(rs) > 0 {
		return rs[0].Reason
	}
	for _, t := range e.pack.Gating(e.v.Ask.Action) {
		a := e.answer(e.subject, t)
		if a.found && a.decision.EffectSeq > c.Seq && a.outcome != decision.RuledOut && a.outcome != decision.Watched {
			return fmt.Sprintf("%s determined %s as %s, after %s was issued", a.decision.File.ID, a.threshold, a.outcome.Words(), c.ID)
		}
		if a.found && a.decision.Status == decision.Void {
			return fmt.Sprintf("%s, which determined %s, was made void: %s", a.decision.File.ID, a.threshold, a.decision.Reason)
		}
		if why := e.takenBack(e.pack.Effects(t.ID, e.v.Ask.Action)); why != "" && a.found && a.outcome.Demands() {
			return why
		}
	}
	return e.takenBack(e.pack.BaselineFor(e.v.Ask.Action))
}

// takenBack says of which of the standards somebody withdrew the approval; "" for
// none.
func (e *evaluation) takenBack(reqs []policy.Requirement) string {
	for _, req := range reqs {
		st := e.facts.Safeguard.Standing(req.Standard, string(req.Facet), e.v.Ask.Model, e.v.Ask.Environment, e.now)
		if st.Status == safeguard.Withdrawn {
			return standardName(req.Standard, req.Facet) + " is required, and " + st.Reason
		}
	}
	return ""
}
