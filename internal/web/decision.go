// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"fmt"
	"strings"

	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/review"
	"github.com/holdpoint/holdpoint/internal/signoff"
)

func decisionRoutes() []route {
	return []route{
		{"GET", "/decisions", decisionsPage},
		{"GET", "/decisions/{id}", decisionPage},
		{"GET", "/decisions/{id}/file", decisionFile},
		{"GET", "/decisions/{id}/statement", statementFile},
		{"GET", "/reviews/{id}", reviewPage},
		{"POST", "/decisions/{id}/sign", signDecision},
		{"POST", "/decisions/{id}/deliver", deliverDecision},
		{"POST", "/decisions/{id}/review", reviewDecision},
		{"POST", "/reviews/{id}/answer", answerReview},
	}
}

// decisionsPage lists what was put to the signers, the newest first.
func decisionsPage(r *request) (answer, error) {
	w := r.moment.View.State
	l := list{
		id: "decisions", caption: "Decisions, newest first",
		columns: []column{{id: "decision", title: "Decision"}, {id: "asked", title: "What is asked"}, {id: "kind", title: "Kind"}, {id: "status", title: "Stands"}, {id: "code", title: "Code"}, {id: "waits", title: "Waits for"}},
		empty:   "Nothing was put to anybody yet. A decision is proposed from the page of an assessment, a hold or a standard.",
	}
	all := w.Decision.All()
	for i := len(all) - 1; i >= 0; i-- {
		d := all[i]
		l.rows = append(l.rows, row{cells: []cell{
			link(d.File.ID, "/decisions/"+d.File.ID).by(d.Seq), text(or(d.File.Title, words(string(d.File.Kind)))).noted(d.File.Model),
			text(words(string(d.File.Kind))), marked(r.decisionMark(d), ""), text(d.Code()), text(strings.Join(r.missing(d), "; ")),
		}})
	}
	return sheetOf(r, answer{title: "Decisions", question: "What was decided, what waits, and who signed?", here: "/decisions", wide: true}, []part{{table: &l}})
}

// refusedQuestion tells whether a signer refused, or the question was taken back.
func (r *request) refusedQuestion(d decision.Decision) bool {
	st, err := r.moment.View.State.Signoff.Status(d.Question)
	return d.Status == decision.Proposed && err == nil && (st.Refused || st.VoidedSeq != 0)
}

func (r *request) decisionMark(d decision.Decision) mark {
	switch {
	case r.refusedQuestion(d):
		return "refused"
	case d.Status == decision.Proposed:
		return "proposed"
	case d.Status == decision.Void:
		return "void"
	case len(r.problems(d)) > 0:
		return "does not count now"
	case d.Status == decision.Reported:
		return "reported"
	}
	return "in effect"
}

func (r *request) problems(d decision.Decision) []decision.Problem {
	w := r.moment.View.State
	return w.Decision.Problems(d.File.ID, w.DecisionBasis(), r.moment.Now)
}

// missing lists what a proposal still needs.
func (r *request) missing(d decision.Decision) []string {
	if d.Status != decision.Proposed || r.refusedQuestion(d) {
		return nil
	}
	w := r.moment.View.State
	see := w.DecisionSee()
	see.Now = r.moment.Now
	return w.Decision.Missing(d, see)
}

func decisionPage(r *request) (answer, error) {
	w := r.moment.View.State
	d, err := w.Decision.Decision(r.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	parts := []part{r.decisionHead(d)}
	if problems := r.problems(d); d.Status != decision.Proposed && len(problems) > 0 {
		p := part{title: "Why it does not count now", tone: "stop"}
		for _, x := range problems {
			p.lines = append(p.lines, text(x.Reason).proved(x.Entries...))
		}
		parts = append(parts, p)
	}
	parts = append(parts, decisionAsked(d)...)
	st, err := w.Signoff.Status(d.Question)
	if err == nil {
		parts = append(parts, r.signers(d, st)...)
	} else {
		parts = append(parts, part{title: "Who signed", note: "Nobody signed here: this is what a source reports. " + sourceWords(d)})
	}
	parts = append(parts, r.disagreement(d, st)...)
	parts = append(parts, r.decisionActs(d, st)...)
	return sheetOf(r, answer{title: or(d.File.Title, d.File.ID), question: "What is asked, who has signed, and what would make it wrong?", here: "/decisions"}, parts)
}

func sourceWords(d decision.Decision) string {
	var all []string
	for _, s := range d.Source {
		all = append(all, strings.TrimSpace(s.Document+" "+s.Section))
	}
	return strings.Join(all, "; ")
}

func (r *request) decisionHead(d decision.Decision) part {
	p := part{facts: []fact{
		{"Stands", marked(r.decisionMark(d), "").proved(d.Seq)},
		{"Decision", text(d.File.ID + ", " + words(string(d.File.Kind)))},
		{"Under", link(d.File.Policy.Ref, "/policy")},
		{"Rests on", text(d.File.Grade.String() + " facts, as of entry " + fmt.Sprint(d.File.AsOf-1))},
	}}
	if d.Digest != "" {
		p.facts = append(p.facts, fact{"Short code", text(d.Code()).noted("Compare it with the command line's, or with what another signer sees.")}, fact{"Digest (SHA-256)", text(d.Digest)})
	}
	if d.EffectSeq != 0 {
		p.facts = append(p.facts, fact{"In effect", text(instant(d.EffectAt)).proved(d.EffectSeq)})
	}
	if d.Reason != "" {
		p.facts = append(p.facts, fact{"Because", text(d.Reason)})
	}
	if m := r.missing(d); len(m) > 0 {
		p.facts = append(p.facts, fact{"Takes effect after", text(strings.Join(m, "; "))})
	}
	if d.File.Model != "" {
		p.facts = append(p.facts, fact{"Model", link(d.File.Model, "/models/"+d.File.Model)})
	}
	return p
}

// decisionAsked is the pinned file as a document.
func decisionAsked(d decision.Decision) []part {
	f := d.File
	ask := part{title: "What is asked, and what it opens", id: "asked", lines: openedBy(f)}
	ask.lines = append(ask.lines, link("The decision file: the exact bytes that are signed", "/decisions/"+f.ID+"/file"))
	wrong := part{title: "What would make this decision wrong", id: "wrong", empty: "The file names no condition, event or review day that would end it."}
	for _, c := range f.Conditions {
		wrong.lines = append(wrong.lines, text("It counts only while: "+c.Text).noted(c.ID+attested(d, c.ID)))
	}
	for _, l := range f.LapsesOn {
		line := "It lapses if: " + l.Text
		if l.Day != "" {
			line = "It ends on " + string(l.Day) + ": " + l.Text
		}
		wrong.lines = append(wrong.lines, text(line).noted(l.ID+attested(d, l.ID)))
	}
	if f.ReviewBy != "" {
		wrong.lines = append(wrong.lines, text("It must be reviewed by "+string(f.ReviewBy)))
	}
	rests := part{title: "What it rests on", empty: "It pins nothing."}
	for _, p := range f.Pins {
		rests.lines = append(rests.lines, text(p.Ref.Kind+" "+p.Ref.ID+", "+p.Grade.String()).noted(p.Text).proved(p.Seq))
	}
	left := part{title: "Not shown, left open", lines: lines(f.NotShown...), empty: "The file leaves nothing open."}
	return []part{ask, wrong, rests, left}
}

func attested(d decision.Decision, id string) string {
	for _, a := range d.Attested {
		if a.Condition == id {
			return map[bool]string{true: ": said to be so", false: ": said not to be so"}[a.Met]
		}
	}
	return ": nobody has said yet how it stands"
}

// openedBy says what a decision in effect opens, holds or rules.
func openedBy(f decision.File) []cell {
	var all []cell
	for _, x := range f.Determinations {
		all = append(all, text(fmt.Sprintf("%s of %s: %s", x.Threshold, strings.Join(f.Models(), ", "), words(string(x.Outcome)))).noted(x.Reason))
	}
	if s := f.Safeguards; s != nil {
		all = append(all, text(fmt.Sprintf("%s %s is in force for %s in %s", s.Standard, words(string(s.Facet)), or(strings.Join(s.Models, ", "), "every model"), or(strings.Join(s.Environments, ", "), "every environment"))))
		for _, l := range s.Limitations {
			all = append(all, text("Named limitation: "+l))
		}
	}
	if f.Hold != "" {
		all = append(all, link(f.Hold+" is lifted", "/holds/"+f.Hold))
	}
	if m := f.Interim; m != nil {
		all = append(all, text(fmt.Sprintf("Instead of %s %s, for %s until %s: %s", m.Standard, words(string(m.Facet)), strings.Join(m.Models, ", "), m.Expires, m.Equivalence)))
		for _, x := range m.Measures {
			all = append(all, text(words(string(x.Kind))+": "+x.Text))
		}
	}
	if x := f.Restriction; x != nil {
		all = append(all, text(x.Kind.Words()+" of "+x.Model+" in "+or(x.Environment, "every environment")).noted(x.Reason))
	}
	if b := f.Baseline; b != nil {
		all = append(all, text("What was decided by "+string(b.DecidedOn)+" counts until "+string(b.Expires)+" for "+strings.Join(b.Models, ", ")).noted(b.Reason))
	}
	if x := f.Exemption; x != nil {
		all = append(all, text("Let off until "+string(x.Until)+": "+x.Duty+x.Observe).noted(x.Reason))
	}
	if x := f.Ruling; x != nil {
		all = append(all, text("Clause "+x.Clause+" is read so: "+x.Ruling).noted(x.Question))
	}
	return all
}

func (r *request) signers(d decision.Decision, st signoff.Status) []part {
	p := part{title: "Who signs", id: "signers"}
	if st.Distinct {
		p.note = "Nobody may sign in two roles."
	}
	for _, s := range st.Slots {
		if s.Seq == 0 {
			p.lines = append(p.lines, marked(open, r.roleTitle(s.Role)+" has not signed"))
			continue
		}
		m, verb := done, "approved"
		if s.Answer == signoff.Disapprove {
			m, verb = "refused", "dissented, which refuses it for good"
		}
		p.lines = append(p.lines, marked(m, fmt.Sprintf("%s, as %s, %s on %s", r.named(s.Person), r.roleTitle(s.Role), verb, day(s.At))).proved(s.Seq))
	}
	for _, x := range st.Deliveries {
		said := r.roleTitle(x.Role) + ": not delivered yet"
		m, proof := open, []int64(nil)
		switch {
		case x.Seq != 0:
			m, said, proof = done, r.roleTitle(x.Role)+" acknowledged on "+day(x.At), []int64{x.DeliveredSeq, x.Seq}
		case x.DeliveredSeq != 0:
			said, proof = r.roleTitle(x.Role)+": delivered on "+day(x.DeliveredAt)+", not acknowledged yet", []int64{x.DeliveredSeq}
		}
		note := "must acknowledge before it takes effect"
		if x.When == signoff.After {
			note = "is told after it takes effect"
		}
		p.lines = append(p.lines, marked(m, said).noted(note).proved(proof...))
	}
	return []part{p}
}

// disagreement lists dissents and what was said about the decision.
func (r *request) disagreement(d decision.Decision, st signoff.Status) []part {
	p := part{title: "Who disagreed, and what was said", id: "said", empty: "Nobody has dissented or commented."}
	for _, x := range st.Dissents {
		p.lines = append(p.lines, marked("dissent", r.named(x.Person)+or(" as "+r.roleTitle(x.Role), "")).proved(x.Seq))
	}
	for _, v := range r.moment.View.State.Review.On(refOf(d)) {
		m := mark("answered")
		if v.Unresolved() {
			m = "unresolved"
		}
		c := marked(m, string(v.Side)+" "+string(v.Kind)+" as "+v.Role).proved(v.Seq).noted(r.reviewWords(v))
		c.href = "/reviews/" + v.ID
		p.lines = append(p.lines, c)
	}
	return []part{p}
}

// reviewWords gives what was said, where the private entry still holds it.
func (r *request) reviewWords(v review.Review) string {
	said := func(seq int64) string {
		if seq == 0 {
			return ""
		}
		e, err := r.site.App.Entry(r.Context(), seq)
		if err != nil {
			return "(the words cannot be read)"
		}
		if r.site.Kind == Lab && len(r.roles) == 0 && e.Actor != r.person {
			return "(the words are for who holds a role)"
		}
		s, err := review.Words(e)
		if err != nil {
			return "(the words were erased)"
		}
		return s
	}
	out := strings.TrimSpace(said(v.WordsSeq) + " " + v.Label())
	if v.Outcome != "" {
		out += " Answer: " + string(v.Outcome) + ". " + said(v.AnswerWordsSeq)
	}
	return out
}

func decisionFile(r *request) (answer, error) {
	d, err := r.moment.View.State.Decision.Decision(r.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	b, err := d.File.Bytes()
	return answer{file: b, fileKind: "application/json", fileName: d.File.ID + ".json"}, err
}

// statementFile gives exactly the bytes that a signer signs.
func statementFile(r *request) (answer, error) {
	d, err := r.moment.View.State.Decision.Decision(r.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	q := r.URL.Query()
	b, err := r.moment.View.State.Signoff.Statement(signoff.Signing{Question: d.Question, Role: q.Get("role"), Person: or(q.Get("person"), r.person), Answer: signoff.Answer(q.Get("answer")), Note: q.Get("note")})
	return answer{file: b, fileKind: "application/octet-stream", fileName: d.File.ID + ".statement"}, err
}
