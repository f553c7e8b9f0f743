// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"time"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/finding"
	"github.com/holdpoint/holdpoint/internal/obligation"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// done completes every open duty of a rule, by somebody who owes it.
func (d *drill) done(rule, on, note string) {
	if d.err != nil {
		return
	}
	n := 0
	for _, duty := range d.view().State.Obligation.Undone() {
		if duty.Rule != rule || duty.Started > d.now {
			continue
		}
		d.act(d.owing(duty.Owner), app.CompleteDuty(obligation.Completing{Duty: duty.ID, On: deadline.Day(on), Note: note}))
		n++
	}
	if n == 0 && d.err == nil {
		d.fail(fault.New(fault.Internal, "no duty %s was open on %s", rule, on))
	}
}

// owing gives a person who holds a role; the operator stands in for the teams
// that have nobody in this story.
func (d *drill) owing(role string) string {
	if holders := d.view().State.Access.HoldersAt(role, d.now); len(holders) > 0 {
		return holders[0]
	}
	return app.Operator
}

// late: the half-yearly assessment of aster-1 is three days late. The date makes
// it a finding, and nobody has to be brave (CMP-9).
func (d *drill) late() {
	d.on("2026-06-24T09:00:00Z")
	d.done("INSIDE-REVIEW", "2026-06-24", "The procedures were reviewed inside.")
	d.done("CYBER-UPDATE", "2026-06-24", "What is known of cyber abilities was looked at again.")
	d.on("2026-07-10T09:00:00Z")
	in := d.open("aster-1", []string{"helpful-only", "final"}, assessment.Trigger{
		Kind: string(policy.MonthsSince), Detail: "Half a year since the last comprehensive assessment.",
	}, "")
	d.mapThreats(in)
	due := d.dueDay("REASSESS", "aster-1")
	d.on(string(due.AddDays(1)) + "T06:00:00Z")
	d.sweep()
	f := d.newest(finding.Late)
	d.tell(markAct, "nobody did anything; the sweep finds (%s): %s", f.ID, f.Statement)
	d.on(string(due.AddDays(2)) + "T09:00:00Z")
	for _, thr := range inScope() {
		d.elicited(in, thr, expertPrompts())
	}
	for _, e := range repeated(due.AddDays(1)) {
		d.judge(in, e)
	}
	d.opinion(in, "production", "Nothing has changed: bench work is out of its reach.")
	d.opinion(in, "delivery", "Nothing in the answers bears on delivery.")
	d.forecast(in, "CBRN-3", "No change within six months.")
	d.margin(in, "Every bound is less than half of its line, as in January.")
	d.on(string(due.AddDays(3)) + "T09:00:00Z")
	d.close(in)
	late := d.duty("REASSESS", "aster-1")
	d.tell(markAct, "the assessment is closed; %s: %s", late.ID, late.At(d.now).Reason)
	d.on(string(due.AddDays(4)) + "T09:00:00Z")
	d.decide(decision.ProposeIn{
		Kind: policy.DecideDetermination, Model: "aster-1", Assessment: in, Title: "Is aster-1 still below the thresholds?",
		Determinations: ruledOut("All four bottlenecks are as far out of its reach as in January.", "It solves one task in nine."),
	})
}

// repeated are the runs of aster-1 again, on another day.
func repeated(day deadline.Day) []evaluation {
	all := firstEvaluations()
	for i := range all {
		all[i].log.begin = day.Start() + int64(8+2*i)*int64(time.Hour/time.Millisecond)
	}
	return all
}

func (d *drill) duty(rule, subject string) obligation.Duty {
	if d.err != nil {
		return obligation.Duty{}
	}
	for _, duty := range d.view().State.Obligation.All() {
		if duty.Rule == rule && duty.Subject.ID == subject {
			return duty // the first of them: the one that was late
		}
	}
	d.fail(fault.New(fault.Internal, "there is no duty %s about %s", rule, subject))
	return obligation.Duty{}
}

func (d *drill) dueDay(rule, subject string) deadline.Day { return d.duty(rule, subject).Now.Day }

func (d *drill) newest(c finding.Category) finding.Finding {
	if d.err != nil {
		return finding.Finding{}
	}
	var last finding.Finding
	for _, f := range d.view().State.Finding.All() {
		if f.Category == c {
			last = f
		}
	}
	if last.ID == "" {
		d.fail(fault.New(fault.Internal, "there is no finding of the category %s", c))
	}
	return last
}

// learn: the first review of adherence finds three more things. All are rated,
// resolved and verified by somebody else, and what was learned changes the policy.
func (d *drill) learn() {
	d.on("2026-07-22T09:00:00Z")
	late := d.newest(finding.Late).ID
	about := entry.Ref{Kind: "model", ID: "aster-1"}
	noted := d.found(finding.UnclearRecord, about, "3.2.2", "A placeholder among the evaluations was replaced, and it was unclear where to note that.")
	elicited := d.found(finding.MethodologyGap, about, "3.2.3", "Two evaluations were run without worked examples, which might have drawn out more.")
	buffer := d.found(finding.Deviation, about, "3.2.4", "The evaluations of one domain were not designed for the buffer.")
	d.settle(late, "The three days went into better prompts.", "Nobody was told before the day.", "Warnings go out a fortnight before.")
	d.settle(noted, "What took its place measures more accurately.", "No rule said where.", "Every change is a version of its spec.")
	d.settle(elicited, "The margin is wide enough for it.", "The pilot was trusted.", "The checklist asks for a reason.")
	d.settle(buffer, "The margin is wide enough for it.", "The design is older than the buffer.", "New items are being written.")
	d.tell(markAct, "a review by people finds three more; all four are of minimal risk, with the argument, and verified by another person")
	d.on("2026-07-27T09:00:00Z")
	pack, err := policy.LoadRef("anthropic-rsp@2.2.1", ownPack)
	d.fail(err)
	d.act(app.Operator, app.AdoptPolicy(policy.AdoptIn{Pack: pack, Accept: "Nothing is loosened in substance; a machine does not weigh words."}))
	for _, l := range [][3]string{
		{late, "REASSESS", "Warnings begin sixty days before."}, {noted, "PREREG", "A spec must stand before the run, and each change of it."},
	} {
		d.act(d.rso, app.LinkFinding(finding.Linked{
			Finding: l[0], Lesson: "Compliance has to be tracked better.", Policy: pack.Ref(), Element: l[1], Change: l[2],
		}, entry.Provenance{}))
	}
	d.tell(markAct, "the lessons are linked to what they changed: %s, the lab's own stricter version, is in force from 28 July", pack.Ref())
}

func (d *drill) found(c finding.Category, about entry.Ref, clause, statement string) string {
	return d.act("p-red-team", app.OpenFinding(finding.Opened{
		Category: c, Statement: statement, Policy: "anthropic-rsp@2.2", Clause: clause, Owner: "red-team", About: about, FoundBy: finding.ByPerson,
	}, entry.Provenance{})).ID("finding", 0)
}

// settle rates, resolves and verifies a finding.
func (d *drill) settle(id, argument, cause, action string) {
	d.act(d.rso, app.RateFinding(finding.Rated{Finding: id, Rating: finding.Minimal, Argument: argument}))
	d.act("p-red-team", app.ResolveFinding(finding.Resolved{Finding: id, RootCause: cause, CorrectiveAction: action}))
	d.act("p-stress-test", app.VerifyFinding(finding.Verified{Finding: id, Statement: "Seen, and tried."}))
}
