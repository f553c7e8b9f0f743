// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/review"
	"github.com/holdpoint/holdpoint/internal/signoff"
	"github.com/holdpoint/holdpoint/internal/world"
)

// Waiting is something that waits for somebody.
type Waiting struct {
	// What is one word for what is wanted: signature, acknowledgement, answer.
	What string
	// ID is the thing, and About says in a sentence what it is about.
	ID    string
	About string
	// Roles lists those of which one holder is enough; Persons those who are
	// meant by name. With neither it is for whoever may.
	Roles   []string
	Persons []string
	// Not lists who may not do it, because it must be somebody else.
	Not []string
	// Since is when it began to wait, Due by when it is wanted, in milliseconds
	// since 1970; 0 where nothing says.
	Since, Due int64
	// Next is the command that does it.
	Next string
}

// Late tells whether it was wanted before now.
func (w Waiting) Late(now int64) bool { return w.Due != 0 && w.Due < now }

// For tells whether it waits for a person with these roles.
func (w Waiting) For(person string, roles []string) bool {
	if slices.Contains(w.Not, person) {
		return false
	}
	if slices.Contains(w.Persons, person) {
		return true
	}
	return slices.ContainsFunc(w.Roles, func(r string) bool { return slices.Contains(roles, r) })
}

// Desk lists what waits for somebody at a moment: what is late first, then by
// when it is wanted, then what has waited longest. With a person, only what
// waits for them.
func Desk(m Moment, person string) []Waiting {
	w := m.View.State
	var all []Waiting
	for _, source := range deskSources() {
		all = append(all, source(w, m.Now)...)
	}
	for i := range all {
		all[i].Roles = reached(w, all[i].Roles, m.Now)
	}
	if person != "" {
		roles := w.Access.RolesAt(person, m.Now)
		all = slices.DeleteFunc(all, func(x Waiting) bool { return !x.For(person, roles) })
	}
	slices.SortStableFunc(all, func(a, b Waiting) int {
		return cmp.Or(cmp.Compare(dueKey(a), dueKey(b)), cmp.Compare(a.Since, b.Since), cmp.Compare(a.ID, b.ID))
	})
	return all
}

// reached adds the policy's offices to roles that nobody holds, so that what waits
// for an empty role reaches somebody.
func reached(w world.World, roles []string, now int64) []string {
	if len(roles) == 0 || slices.ContainsFunc(roles, func(r string) bool { return len(w.Access.HoldersAt(r, now)) > 0 }) {
		return roles
	}
	p, _ := w.Policy.InForce(now)
	roles = slices.Clone(roles)
	for _, r := range p.Pack.Roles {
		if r.Office && !slices.Contains(roles, r.ID) {
			roles = append(roles, r.ID)
		}
	}
	return roles
}

// dueKey puts what has no date after everything that has one.
func dueKey(w Waiting) int64 {
	if w.Due == 0 {
		return 1 << 62
	}
	return w.Due
}

// deskSources lists where things can wait, each a function of the world and now.
func deskSources() []func(world.World, int64) []Waiting {
	return []func(world.World, int64) []Waiting{
		waitingDecisions, waitingReviews, waitingReviewDays, waitingDuties, waitingOffices,
		waitingResponses, waitingRestrictions, waitingFindings, waitingNotices, waitingIncidents,
	}
}

// waitingDecisions lists signatures, deliveries and acknowledgements that open
// questions still want.
func waitingDecisions(w world.World, _ int64) []Waiting {
	var all []Waiting
	for _, st := range w.Signoff.Waiting() {
		d, ok := w.Decision.OfQuestion(st.Question)
		if !ok || d.Status == decision.Void {
			continue
		}
		all = append(all, wantedOf(st, d)...)
	}
	return all
}

func wantedOf(st signoff.Status, d decision.Decision) []Waiting {
	var all []Waiting
	id := d.File.ID
	for _, role := range st.Wanted() {
		x := Waiting{What: "signature", ID: id, About: d.File.Title, Roles: []string{role}, Since: st.At,
			Next: fmt.Sprintf("holdpoint decision sign %s --role %s --key FILE", id, role)}
		if st.Distinct {
			x.Not = signed(st)
		}
		all = append(all, x)
	}
	if !st.Approved {
		return all
	}
	for _, r := range st.Deliveries {
		switch {
		case r.Seq != 0:
		case r.DeliveredSeq == 0:
			all = append(all, Waiting{What: "delivery", ID: id, About: "to " + r.Role + ": " + d.File.Title, Roles: roleOfSlots(st), Since: st.At,
				Next: fmt.Sprintf("holdpoint decision deliver %s %s", id, r.Role)})
		default:
			all = append(all, Waiting{What: "acknowledgement", ID: id, About: d.File.Title, Roles: []string{r.Role}, Since: r.DeliveredAt,
				Next: fmt.Sprintf("holdpoint decision acknowledge %s --role %s --key FILE", id, r.Role)})
		}
	}
	return all
}

func signed(st signoff.Status) []string {
	var people []string
	for _, slot := range st.Slots {
		if slot.Seq != 0 {
			people = append(people, slot.Person)
		}
	}
	return people
}

func roleOfSlots(st signoff.Status) []string {
	roles := make([]string, len(st.Slots))
	for i, slot := range st.Slots {
		roles[i] = slot.Role
	}
	return roles
}

// waitingReviews lists the reviews that nobody answered. Whoever proposes is to
// answer, and nobody their own.
func waitingReviews(w world.World, now int64) []Waiting {
	p, _ := w.Policy.InForce(now)
	roles := rolesWith(p.Pack, policy.Propose)
	var all []Waiting
	for _, r := range w.Review.AllOpen() {
		all = append(all, Waiting{What: "answer", ID: r.ID, About: reviewAbout(r), Roles: roles, Not: []string{r.By}, Since: r.At,
			Next: fmt.Sprintf("holdpoint review answer %s --outcome accepted|rejected|noted --text TEXT", r.ID)})
	}
	return all
}

// rolesWith lists the roles that have a duty.
func rolesWith(p policy.Pack, duty policy.Duty) []string {
	var roles []string
	for _, r := range p.Roles {
		if slices.Contains(r.Duties, duty) {
			roles = append(roles, r.ID)
		}
	}
	return roles
}

func reviewAbout(r review.Review) string {
	text := fmt.Sprintf("%s %s of %s %s", r.Side, r.Kind, r.About.Kind, r.About.ID)
	if r.Blocking {
		text += ", which blocks"
	}
	return text
}

// reviewAhead is how long before its review day a decision comes to the desk.
const reviewAhead = 30 * 24 * 3600 * 1000

// waitingEnds gives what a decision that ends by its own word within the month
// asks for.
func waitingEnds(w world.World, d decision.Decision, now int64) []Waiting {
	var all []Waiting
	for _, x := range conditional(w, d) {
		if !x.Ended(now) && x.Ends-now <= reviewAhead {
			all = append(all, Waiting{What: "renewal", ID: x.ID, About: x.About, Roles: []string{x.Owner}, Since: x.Since, Due: x.Ends,
				Next: "holdpoint decision show " + x.ID})
		}
	}
	return all
}

// waitingReviewDays lists the decisions in effect that are to be reviewed soon,
// or were to be, and are still the last word.
func waitingReviewDays(w world.World, now int64) []Waiting {
	var all []Waiting
	for _, d := range w.Decision.All() {
		all = append(all, waitingEnds(w, d, now)...)
		day := d.File.ReviewBy
		if d.Status != decision.InEffect || day == "" || day.End()-now > reviewAhead || superseded(w, d) {
			continue
		}
		st, err := w.Signoff.Status(d.Question)
		if err != nil {
			continue
		}
		all = append(all, Waiting{What: "review", ID: d.File.ID, About: d.File.Title, Roles: roleOfSlots(st), Since: d.EffectAt, Due: day.End(),
			Next: "holdpoint decision show " + d.File.ID})
	}
	return all
}

// superseded tells whether every threshold of the decision was determined again.
func superseded(w world.World, d decision.Decision) bool {
	if len(d.File.Determinations) == 0 {
		return false
	}
	for _, det := range d.File.Determinations {
		if last, _, ok := w.Decision.Latest(d.File.Model, det.Threshold); ok && last.File.ID == d.File.ID {
			return false
		}
	}
	return true
}
