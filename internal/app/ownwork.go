// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"slices"
	"strconv"
	"strings"

	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/review"
	"github.com/holdpoint/holdpoint/internal/signoff"
)

// OwnWork is an approval or review of work by who did the work, or, where the
// journal does not say who did it, of work of which that cannot be told.
type OwnWork struct {
	// Person did what Act says ("signed", "reviewed", "approved after the fact")
	// with the entry Seq, in Role where there is one.
	Person, Act, Role string
	Seq, At           int64
	// On is what was signed or reviewed.
	On string
	// Work names what of it is the person's own, or nobody's: "the proposal", or
	// the ids of what it pins.
	Work []string
}

// Exempted is a decision that lets somebody off something for a while.
type Exempted struct {
	Decision, Title, Reason string
	// What is waived, extended or watched, and until when.
	What  string
	Until deadline.Day
	Seq   int64
	// ProposedAt, EffectAt and VoidAt are milliseconds since 1970, 0 where that
	// did not happen by the end of the period.
	ProposedAt, EffectAt, VoidAt int64
}

// touches tells whether it was proposed, or in effect, at start or later.
func (x Exempted) touches(start int64) bool {
	if x.ProposedAt >= start {
		return true
	}
	ended := x.VoidAt != 0 && x.VoidAt < start || x.Until != "" && x.Until.End() <= start
	return x.EffectAt != 0 && !ended
}

// proposal is what is kept of a proposed decision: its works are the entries by
// which it and what it rests on were written.
type proposal struct {
	file  decision.File
	seq   int64
	works []piece
	// exempted is set where the decision is an exemption.
	exempted *Exempted
}

// piece is a thing with the entry by which it was written.
type piece struct {
	name string
	seq  int64
}

// work reads what tells who judged whose work.
func (r *accessReader) work(e entry.Entry) error {
	switch e.Type {
	case "decision.proposed":
		return r.proposed(e)
	case "decision.took_effect", "decision.voided":
		return r.turned(e)
	case "signoff.signed":
		return r.signed(e)
	case "review.submitted":
		return r.reviewed(e)
	case "assessment.approved_post_hoc":
		return r.approvedAfter(e)
	}
	return nil
}

func (r *accessReader) proposed(e entry.Entry) error {
	d, err := data[decision.ProposedV1](e)
	if err != nil {
		return err
	}
	p := &proposal{file: d.File, seq: e.Seq, works: worksOf(d.File, e.Seq)}
	r.proposals[d.Question], r.decisions[d.File.ID] = p, p
	if d.File.Kind == policy.DecideException {
		p.exempted = &Exempted{Decision: d.File.ID, Title: d.File.Title, Seq: e.Seq, ProposedAt: e.RecordedAt}
		if x := d.File.Exemption; x != nil {
			p.exempted.What, p.exempted.Reason, p.exempted.Until = exemptFrom(*x), x.Reason, x.Until
		}
		r.exempted = append(r.exempted, p.exempted)
	}
	return nil
}

func exemptFrom(x decision.Exemption) string {
	switch {
	case x.Observe != "":
		return "the enforcement point " + x.Observe + " only watches"
	case x.Extend:
		return "the duty " + x.Duty + " is extended"
	}
	return "the duty " + x.Duty + " is waived"
}

// worksOf lists the proposal, and the assessment, findings and report that it
// rests on.
func worksOf(f decision.File, seq int64) []piece {
	all := []piece{{"the proposal", seq}}
	add := func(id string, seq int64) {
		if id != "" && !slices.ContainsFunc(all, func(p piece) bool { return p.name == id }) {
			all = append(all, piece{id, seq})
		}
	}
	add(f.Assessment, seqOf(f.Assessment))
	for _, pin := range f.Pins {
		if pin.Ref.Kind == "finding" || pin.Ref.Kind == "report" || pin.Ref.Kind == "assessment" {
			add(pin.Ref.ID, pin.Seq)
		}
	}
	if f.Safeguards != nil {
		add(f.Safeguards.Report, seqOf(f.Safeguards.Report))
	}
	return all
}

func (r *accessReader) turned(e entry.Entry) error {
	d, err := data[decision.TookEffectV1](e)
	p, ok := r.decisions[d.Decision]
	if err != nil || !ok || p.exempted == nil {
		return err
	}
	if e.Type == "decision.voided" {
		p.exempted.VoidAt = e.RecordedAt
	} else {
		p.exempted.EffectAt = e.RecordedAt
	}
	return nil
}

func (r *accessReader) signed(e entry.Entry) error {
	d, err := data[signoff.Signed](e)
	p, ok := r.proposals[d.Question]
	if err != nil || !ok || d.Answer != signoff.Approve || !r.within(e) {
		return err
	}
	r.judge(OwnWork{Person: d.Person, Act: "signed", Role: d.Role, Seq: e.Seq, At: e.RecordedAt, On: p.file.ID}, p.works)
	return nil
}

func (r *accessReader) reviewed(e entry.Entry) error {
	d, err := data[review.Submitted](e)
	seq := seqOf(d.About.ID)
	if err != nil || seq < 0 || !r.within(e) {
		return err
	}
	r.judge(OwnWork{Person: e.Actor, Act: "reviewed", Role: d.Role, Seq: e.Seq, At: e.RecordedAt, On: d.About.ID}, []piece{{d.About.ID, seq}})
	return nil
}

func (r *accessReader) approvedAfter(e entry.Entry) error {
	d, err := data[assessment.PostHocApproved](e)
	seq := seqOf(d.Finding)
	if err != nil || seq < 0 || !r.within(e) {
		return err
	}
	r.judge(OwnWork{Person: d.By, Act: "approved after the fact", Seq: e.Seq, At: e.RecordedAt, On: d.Finding}, []piece{{d.Finding, seq}})
	return nil
}

// judge holds who judged against who did the work. Work that the operator
// recorded is some person's, and the journal does not say whose; and what the
// operator recorded as somebody's review says nothing either.
func (r *accessReader) judge(one OwnWork, works []piece) {
	own, nobodys := one, one
	own.Work, nobodys.Work = nil, nil
	for _, w := range works {
		author := Operator
		if w.seq >= 0 && w.seq < int64(len(r.authors)) {
			author = r.authors[w.seq]
		}
		switch {
		case author == Operator || one.Person == Operator:
			nobodys.Work = append(nobodys.Work, w.name)
		case author == one.Person:
			own.Work = append(own.Work, w.name)
		}
	}
	if own.Work != nil {
		r.report.Own = append(r.report.Own, own)
	}
	if nobodys.Work != nil {
		r.report.Unattributed = append(r.report.Unattributed, nobodys)
	}
}

// seqOf gives the entry that made the thing of an id such as "finding-18", -1
// where the id does not say.
func seqOf(id string) int64 {
	n, err := strconv.ParseInt(id[strings.LastIndex(id, "-")+1:], 10, 64)
	if err != nil || !strings.Contains(id, "-") {
		return -1
	}
	return n
}
