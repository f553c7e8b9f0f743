// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/enforcement"
	"github.com/holdpoint/holdpoint/internal/obligation"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/safeguard"
	"github.com/holdpoint/holdpoint/internal/world"
)

// ExceptionKind says what is not as the policy has it by itself.
type ExceptionKind string

// The kinds of exception.
const (
	Waived      ExceptionKind = "waiver"
	Extended    ExceptionKind = "extension"
	StandIn     ExceptionKind = "interim_measure"
	TakenOver   ExceptionKind = "baseline"
	Observing   ExceptionKind = "observe_mode"
	Unwatched   ExceptionKind = "observe_without_leave"
	ActsFor     ExceptionKind = "acting_office"
	Stopped     ExceptionKind = "hold"
	GoesOn      ExceptionKind = "break_glass"
	Provisional ExceptionKind = "provisional_decision"
	Conditional ExceptionKind = "decision_until"
)

// Exception is something that stands for a while and is not what the policy has
// by itself. Nothing renews itself.
type Exception struct {
	Kind ExceptionKind
	// ID is the thing, and About says in a sentence what it is.
	ID, About string
	// Owner is the role that answers for it, Clause what it is an exception to;
	// either may be "".
	Owner, Clause string
	// Since is when it began, Ends the first moment at which it stands no more, in
	// milliseconds since 1970. Ends is 0 for a hold, which stands until lifted.
	Since, Ends int64
}

// Ended tells whether it stands no more at now.
func (x Exception) Ended(now int64) bool { return x.Ends != 0 && x.Ends <= now }

// Exceptions lists everything of the kind that stands at a moment, what ends
// first at the top and what has no end last.
func Exceptions(m Moment) []Exception {
	w := m.View.State
	var all []Exception
	for _, source := range []func(world.World, int64) []Exception{
		exemptedDuties, interimMeasures, baselines, observing, acting, broken, provisional, holding,
	} {
		for _, x := range source(w, m.Now) {
			if !x.Ended(m.Now) {
				all = append(all, x)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Exception) int {
		return cmp.Or(cmp.Compare(endKey(a), endKey(b)), cmp.Compare(a.Since, b.Since), cmp.Compare(a.ID, b.ID))
	})
	return all
}

func endKey(x Exception) int64 {
	if x.Ends == 0 {
		return 1 << 62
	}
	return x.Ends
}

// exemptedDuties lists the duties that were waived or extended, by decisions that
// count, and not done.
func exemptedDuties(w world.World, now int64) []Exception {
	var all []Exception
	for _, d := range w.Obligation.Undone() {
		d = w.AsDecided(d, now)
		for _, r := range []struct {
			kind   ExceptionKind
			relief *obligation.Relief
		}{{Waived, d.Waiver}, {Extended, d.Extended}} {
			if r.relief == nil {
				continue
			}
			all = append(all, Exception{
				Kind: r.kind, ID: d.ID, About: fmt.Sprintf("%s, about %s (%s): %s", w.DutyTitle(d), d.About(), r.relief.Decision, r.relief.Reason),
				Owner: d.Owner, Clause: d.Clause, Since: r.relief.At, Ends: r.relief.Last + 1,
			})
		}
	}
	return all
}

func interimMeasures(w world.World, now int64) []Exception {
	p, _ := w.Policy.InForce(now)
	by, _ := p.Pack.Decision(policy.DecideInterim)
	var all []Exception
	for _, m := range w.Safeguard.Interims() {
		if w.Safeguard.Over(m, now) != "" {
			continue
		}
		all = append(all, Exception{
			Kind: StandIn, ID: m.ID, About: fmt.Sprintf("stands in for the %s standard %s of %s (%s)", m.Facet, m.Standard, strings.Join(m.Models, ", "), m.Decision) + uncounted(w, m.Decision, now),
			Owner: firstOf(by.Signers), Clause: by.Clause, Since: m.ApprovedOn.Start(), Ends: m.Expires.End(),
		})
	}
	return all
}

// uncounted says why what a decision let stand does not count at now, such as a
// challenge that nobody answered; "" where it does.
func uncounted(w world.World, id string, now int64) string {
	ps := w.Decision.Problems(id, w.DecisionBasis(), now)
	if len(ps) == 0 {
		return ""
	}
	return "; it does not count now: " + ps[0].Reason
}

func firstOf(roles []string) string {
	if len(roles) == 0 {
		return ""
	}
	return roles[0]
}

func baselines(w world.World, now int64) []Exception {
	p, _ := w.Policy.InForce(now)
	by, _ := p.Pack.Decision(policy.DecideBaseline)
	var all []Exception
	for _, d := range w.Decision.Baselines() {
		if d.Status != decision.InEffect {
			continue
		}
		b := d.File.Baseline
		all = append(all, Exception{
			Kind: TakenOver, ID: d.File.ID, About: fmt.Sprintf("what was decided before, for %s: %s", strings.Join(b.Models, ", "), b.Reason) + uncounted(w, d.File.ID, now),
			Owner: firstOf(by.Signers), Clause: by.Clause, Since: d.EffectAt, Ends: b.Expires.End(),
		})
	}
	return all
}

// observing lists the points that only watch, by leave or without one.
func observing(w world.World, now int64) []Exception {
	var all []Exception
	for _, p := range w.Enforcement.Points() {
		p = w.PointAsDecided(p, now)
		x := Exception{ID: p.Point, Owner: p.Owner, About: fmt.Sprintf("asks in %s and does not hold %s", p.Environment, strings.Join(p.Actions, ", "))}
		switch {
		case p.RetiredSeq != 0:
			continue
		case p.MayObserve(now):
			x.Kind, x.Since, x.Ends = Observing, p.Leave.At, p.Leave.Until.End()
		case p.StatusAt(now) == enforcement.SaysObserve:
			x.Kind, x.Since = Unwatched, p.Heard.At
		default:
			continue
		}
		all = append(all, x)
	}
	return all
}

func acting(w world.World, now int64) []Exception {
	p, _ := w.Policy.InForce(now)
	var all []Exception
	for _, a := range w.Access.Actings() {
		r, _ := p.Pack.Role(a.Role)
		all = append(all, Exception{
			Kind: ActsFor, ID: a.Role, About: a.Person + " acts in the role of " + a.Role, Owner: r.AppointedBy, Clause: r.Clause,
			Since: a.At, Ends: a.Until.End(),
		})
	}
	return all
}

func broken(w world.World, now int64) []Exception {
	p, _ := w.Policy.InForce(now)
	var all []Exception
	for _, b := range w.Gate.AllBroken() {
		x := Exception{
			Kind: GoesOn, ID: b.ID, About: fmt.Sprintf("%s lets %s of %s go on in %s by %s: %s", b.By, b.Action, b.Model, b.Environment, b.Clearance, b.Reason),
			Since: b.At, Ends: b.Until,
		}
		if by := p.Pack.BreakGlass; by != nil {
			x.Owner, x.Clause = by.Page, by.Clause
		}
		all = append(all, x)
	}
	return all
}

// provisional lists the decisions that count until somebody reviews them, or until
// a day of their own.
func provisional(w world.World, now int64) []Exception {
	var all []Exception
	for _, d := range w.Decision.All() {
		all = append(all, conditional(w, d)...)
		if d.Status != decision.InEffect || d.File.ReviewBy == "" || superseded(w, d) {
			continue
		}
		v, err := w.Policy.Find(d.File.Policy.Ref)
		if err != nil {
			continue
		}
		by, _ := v.Pack.Decision(d.File.Kind)
		all = append(all, Exception{Kind: Provisional, ID: d.File.ID, About: d.File.Title, Owner: firstOf(by.Signers), Clause: by.Clause,
			Since: d.EffectAt, Ends: d.File.ReviewBy.End()})
	}
	return all
}

// conditional lists the days on which a decision ends by its own word.
func conditional(w world.World, d decision.Decision) []Exception {
	if d.Status != decision.InEffect || len(d.File.LapsesOn) == 0 || superseded(w, d) || approvedAgain(w, d) {
		return nil
	}
	v, err := w.Policy.Find(d.File.Policy.Ref)
	if err != nil {
		return nil
	}
	by, _ := v.Pack.Decision(d.File.Kind)
	var all []Exception
	for _, l := range d.File.LapsesOn {
		if l.Day != "" {
			all = append(all, Exception{Kind: Conditional, ID: d.File.ID, About: d.File.Title + " Only until then: " + l.Text,
				Owner: firstOf(by.Signers), Clause: by.Clause, Since: d.EffectAt, Ends: l.Day.End()})
		}
	}
	return all
}

// approvedAgain tells whether a later decision approved the same safeguards.
func approvedAgain(w world.World, d decision.Decision) bool {
	s := d.File.Safeguards
	if s == nil {
		return false
	}
	return slices.ContainsFunc(w.Safeguard.Approvals(s.Standard, string(s.Facet)), func(a safeguard.Approval) bool { return a.Seq > d.EffectSeq+1 })
}

func holding(w world.World, now int64) []Exception {
	p, _ := w.Policy.InForce(now)
	by, _ := p.Pack.Decision(policy.DecideLiftHold)
	var all []Exception
	for _, h := range w.Gate.Holds() {
		if !h.Stands() {
			continue
		}
		what := "every action"
		if len(h.Actions) > 0 {
			what = strings.Join(h.Actions, ", ")
		}
		all = append(all, Exception{Kind: Stopped, ID: h.ID, About: fmt.Sprintf("%s of %s: %s", what, h.Model, h.Reason),
			Owner: firstOf(by.Signers), Clause: by.Clause, Since: h.At})
	}
	return all
}

// Within tells whether it ends within so many days of now.
func (x Exception) Within(days int, now int64) bool {
	return x.Ends != 0 && x.Ends <= deadline.DayOf(now).AddDays(days).End()
}
