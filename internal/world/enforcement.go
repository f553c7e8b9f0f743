// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package world

import (
	"fmt"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/enforcement"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/finding"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/restriction"
)

// PointStatus tells where an enforcement point stands at now. A leave to observe
// whose decision does not count any more is none.
func (w World) PointStatus(p enforcement.Point, now int64) enforcement.Status {
	return w.PointAsDecided(p, now).StatusAt(now)
}

// PointAsDecided is the point without a leave that does not count.
func (w World) PointAsDecided(p enforcement.Point, now int64) enforcement.Point {
	if p.Leave.Seq != 0 && len(w.Decision.Problems(p.Leave.Decision, w.DecisionBasis(), now)) > 0 {
		p.Leave = enforcement.Leave{}
	}
	return p
}

// Unguarded is a live deployment before which no enforcement point is known to
// hold anything.
type Unguarded struct {
	model.Deployment
	// Action is what it stands for, see [restriction.ActionIn]; "" where there
	// is none.
	Action string
	Why    string
}

// Unguarded lists the live deployments without enforcement, by model. What
// cannot be told is listed.
func (w World) Unguarded(now int64) []Unguarded {
	p, _ := w.Policy.InForce(now)
	var all []Unguarded
	for _, m := range w.Model.Models() {
		for _, d := range w.Model.Deployments(m.Model) {
			if !d.Live {
				continue
			}
			action := restriction.ActionIn(p.Pack, d.Environment).ID
			if why := w.unguarded(d.Environment, action, now); why != "" {
				all = append(all, Unguarded{Deployment: d, Action: action, Why: why})
			}
		}
	}
	return all
}

// unguarded says why nothing is known to enforce; "" when something is.
func (w World) unguarded(environment, action string, now int64) string {
	if action == "" {
		return "no action of a policy in force stands for it, so nothing can be asked before it"
	}
	why := ""
	for _, p := range w.Enforcement.Points() {
		if !p.Guards(environment, action) || p.RetiredSeq != 0 {
			continue
		}
		p = w.PointAsDecided(p, now)
		st := p.StatusAt(now)
		if st == enforcement.Enforcing {
			return ""
		}
		why = p.Point + ": " + p.Words(st)
	}
	if why == "" {
		return "no enforcement point stands before it"
	}
	return why
}

// The rules by which a sweep finds fault with a point; a house rule each.
const (
	ruleSilent  = "enforcement-heartbeat"
	ruleObserve = "enforcement-observe"
)

// sweepEnforcement writes down what dates have done; see Sweep. A silence, and
// an observing without leave, is found once, however often it is looked for.
func (w World) sweepEnforcement(act entry.Act) ([]entry.Draft, error) {
	var drafts []entry.Draft
	for _, p := range w.Enforcement.Points() {
		more, err := w.sweepPoint(p, act.Now)
		if err != nil {
			return nil, err
		}
		drafts = append(drafts, more...)
	}
	return drafts, nil
}

func (w World) sweepPoint(p enforcement.Point, now int64) ([]entry.Draft, error) {
	p = w.PointAsDecided(p, now)
	in := finding.Opened{
		Category: finding.Deviation, Owner: p.Owner, About: pointRef(p), FoundBy: finding.ByMachine, Policy: w.policyRef(now),
	}
	var since int64
	if seq, silent := p.SilentSince(now); silent {
		since, in.Rule = seq, ruleSilent
		in.Statement = fmt.Sprintf("the enforcement point %s (%s) is not heard: nothing came within %d hours of %s, so whether it enforces cannot be told",
			p.Point, p, p.HeartbeatHours, lastWord(p))
	} else if p.StatusAt(now) == enforcement.SaysObserve {
		since, in.Rule = p.ModeSeq, ruleObserve
		in.Statement = fmt.Sprintf("the enforcement point %s (%s) observes without leave, so nothing is held there", p.Point, p)
		if p.Leave.Seq != 0 {
			n := int64(p.Leave.Until.DaysLate(now))
			since, in.Due, in.VarianceDays = max(since, p.Leave.Seq), p.Leave.Until, &n
			in.Statement = fmt.Sprintf("the enforcement point %s (%s) still observes, and its leave to do so ended on %s", p.Point, p, p.Leave.Until)
		}
	}
	if in.Rule == "" || w.found(in, since) {
		return nil, nil
	}
	return w.Finding.Open(in, entry.Provenance{})
}

func lastWord(p enforcement.Point) string {
	if p.Heard.Seq == 0 {
		return "its registration on " + string(deadline.DayOf(p.At))
	}
	return "its heartbeat in entry " + fmt.Sprint(p.Heard.Seq)
}

// found tells whether the machine has opened such a finding since an entry.
func (w World) found(in finding.Opened, since int64) bool {
	for _, f := range w.Finding.About(in.About) {
		if f.FoundBy == finding.ByMachine && f.Category == in.Category && f.Rule == in.Rule && f.Seq > since {
			return true
		}
	}
	return false
}

// kindPoint is what a reference to an enforcement point calls it, and kindGlass
// one to a broken glass.
const (
	kindPoint = "enforcement_point"
	kindGlass = "glass"
)

func pointRef(p enforcement.Point) entry.Ref { return entry.Ref{Kind: kindPoint, ID: p.Point} }

func (w World) policyRef(now int64) string {
	if p, ok := w.Policy.InForce(now); ok {
		return p.Ref()
	}
	return ""
}
