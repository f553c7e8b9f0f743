// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/signoff"
	"github.com/holdpoint/holdpoint/internal/world"
)

type decisionShow struct {
	ID   string `arg:"" help:"The decision."`
	File bool   `help:"Print the decision file itself: the exact bytes that the digest is of."`
}

// shownDecision is the JSON of a decision.
type shownDecision struct {
	ID         string         `json:"id"`
	Code       text           `json:"code"`
	Digest     text           `json:"digest"`
	Status     string         `json:"status"`
	Grade      string         `json:"grade"`
	File       decision.File  `json:"file"`
	Question   text           `json:"question"`
	Signatures []shownAnswer  `json:"signatures"`
	Dissents   []shownAnswer  `json:"dissents"`
	Deliveries []shownReceipt `json:"deliveries"`
	WaitsFor   []string       `json:"waits_for"`
	// Problems say why it does not count now.
	Problems     []string        `json:"problems"`
	Attested     []shownAttested `json:"attested"`
	NotPublished []string        `json:"not_published"`
	Source       []source        `json:"source"`
	Seq          int64           `json:"seq"`
	EffectSeq    *int64          `json:"effect_seq"`
	EffectAt     instant         `json:"effect_at"`
	Reason       text            `json:"reason"`
	Clock        string          `json:"clock"`
}

type shownAnswer struct {
	Role   text    `json:"role"`
	Person text    `json:"person"`
	Answer text    `json:"answer"`
	Key    text    `json:"key"`
	Seq    *int64  `json:"seq"`
	Time   instant `json:"time"`
}

type shownReceipt struct {
	Role         string  `json:"role"`
	When         string  `json:"when"`
	DeliveredSeq *int64  `json:"delivered_seq"`
	Person       text    `json:"person"`
	Seq          *int64  `json:"seq"`
	Time         instant `json:"time"`
}

type shownAttested struct {
	Condition string `json:"condition"`
	Met       bool   `json:"met"`
	Until     text   `json:"until"`
	Seq       int64  `json:"seq"`
}

// some gives a position, or nothing for 0.
func some(seq int64) *int64 {
	if seq == 0 {
		return nil
	}
	return &seq
}

// waits lists what a proposal still needs.
func waits(w world.World, d decision.Decision) []string {
	if d.Status != decision.Proposed {
		return []string{}
	}
	return append([]string{}, w.Decision.Missing(d, w.DecisionSee())...)
}

func answersOf(all []signoff.Answered) []shownAnswer {
	out := []shownAnswer{}
	for _, a := range all {
		out = append(out, shownAnswer{text(a.Role), text(a.Person), text(a.Answer), text(a.Key), some(a.Seq), instant(a.At)})
	}
	return out
}

func shownOf(m app.Moment, d decision.Decision) shownDecision {
	w := m.View.State
	out := shownDecision{
		ID: d.File.ID, Code: text(d.Code()), Digest: text(d.Digest), Status: string(d.Status), Grade: d.File.Grade.String(), File: d.File,
		Question: text(d.Question), WaitsFor: waits(w, d), NotPublished: d.NotPublished, Seq: d.Seq, EffectSeq: some(d.EffectSeq),
		EffectAt: instant(d.EffectAt), Reason: text(d.Reason), Clock: clockOf(m),
	}
	for _, src := range d.Source {
		out.Source = append(out.Source, source{src.Document, text(src.Section)})
	}
	if d.Status != decision.Proposed { // what a proposal waits for is said already
		for _, p := range w.Decision.Problems(d.File.ID, w.DecisionBasis(), m.Now) {
			out.Problems = append(out.Problems, p.Reason)
		}
	}
	for _, a := range d.Attested {
		out.Attested = append(out.Attested, shownAttested{a.Condition, a.Met, text(a.Until), a.Seq})
	}
	if st, err := w.Signoff.Status(d.Question); err == nil {
		out.Signatures, out.Dissents = answersOf(st.Slots), answersOf(st.Dissents)
		for _, r := range st.Deliveries {
			out.Deliveries = append(out.Deliveries, shownReceipt{r.Role, string(r.When), some(r.DeliveredSeq), text(r.Person), some(r.Seq), instant(r.At)})
		}
	}
	return out
}

func (c decisionShow) Run(s *session) error {
	_, m, err := s.moment()
	if err != nil {
		return err
	}
	d, err := m.View.State.Decision.Decision(c.ID)
	if err != nil {
		return err
	}
	if c.File {
		b, err := d.File.Bytes()
		if err != nil {
			return err
		}
		_, err = s.out.Write(b)
		return err
	}
	out := shownOf(m, d)
	if s.JSON {
		return s.print(out)
	}
	decisionText{s, m, d, out}.print()
	return nil
}

// decisionText prints a decision the way a decider reads it.
type decisionText struct {
	*session
	m   app.Moment
	d   decision.Decision
	out shownDecision
}

func (t decisionText) print() {
	f := t.d.File
	t.say("%s: %s", f.ID, printable(or(f.Title, string(f.Kind))))
	t.say("%s, under %s, rests on %s facts, as of entry %d%s", strings.ReplaceAll(string(t.d.Status), "_", " "), f.Policy.Ref, f.Grade, f.AsOf-1, made(t.m))
	if t.d.Digest != "" {
		t.say("code %s, digest %s", t.d.Code(), t.d.Digest)
	}
	if t.d.Reason != "" {
		t.wrapped("because: ", t.d.Reason)
	}
	t.asked()
	t.pins()
	t.section("NOT shown, left open", f.NotShown)
	t.people()
	t.section("Does not count now", t.out.Problems)
	t.next(t.m.View.State, t.d)
}

func (t decisionText) section(title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	t.say("\n%s:", title)
	for _, l := range lines {
		t.wrapped("  - ", l)
	}
}

func (t decisionText) asked() {
	f := t.d.File
	var lines []string
	for _, det := range f.Determinations {
		lines = append(lines, fmt.Sprintf("%s of %s: %s, because %s", det.Threshold, f.Model, strings.ReplaceAll(string(det.Outcome), "_", " "), det.Reason))
	}
	if g := f.Safeguards; g != nil {
		lines = append(lines, fmt.Sprintf("%s %s is in force for %s in %s, by %s", g.Standard, g.Facet, or(strings.Join(g.Models, ", "), "every model"),
			or(strings.Join(g.Environments, ", "), "every environment"), or(g.Report, "no report")))
		for _, l := range g.Limitations {
			lines = append(lines, "named limitation: "+l)
		}
	}
	if f.Hold != "" {
		lines = append(lines, f.Hold+" is lifted")
	}
	for _, c := range f.Conditions {
		lines = append(lines, "as long as "+c.Text+" ("+c.ID+")")
	}
	for _, l := range f.LapsesOn {
		lines = append(lines, strings.TrimSpace("until "+string(l.Day))+": "+l.Text+" ("+l.ID+")")
	}
	if f.ReviewBy != "" {
		lines = append(lines, "to be reviewed by "+string(f.ReviewBy))
	}
	t.section("Asked", lines)
}

func (t decisionText) pins() {
	var lines []string
	for _, p := range t.d.File.Pins {
		line := fmt.Sprintf("%s (%s, entry %d)", p.Ref.ID, p.Grade, p.Seq)
		if p.Text != "" {
			line += ": " + p.Text
		}
		lines = append(lines, line)
	}
	t.section("Rests on", lines)
}

func (t decisionText) people() {
	var lines []string
	for _, a := range t.out.Signatures {
		if a.Seq == nil {
			lines = append(lines, string(a.Role)+": not signed")
			continue
		}
		lines = append(lines, fmt.Sprintf("%s: %s by %s (entry %d)", a.Role, a.Answer, a.Person, *a.Seq))
	}
	for _, a := range t.out.Dissents {
		if a.Role == "" && a.Seq != nil {
			lines = append(lines, fmt.Sprintf("dissent by %s (entry %d)", a.Person, *a.Seq))
		}
	}
	for _, r := range t.out.Deliveries {
		switch {
		case r.Seq != nil:
			lines = append(lines, fmt.Sprintf("%s: received by %s (entry %d)", r.Role, r.Person, *r.Seq))
		case r.DeliveredSeq != nil:
			lines = append(lines, fmt.Sprintf("%s: delivered (entry %d), not acknowledged", r.Role, *r.DeliveredSeq))
		default:
			lines = append(lines, r.Role+": not delivered ("+r.When+" effect)")
		}
	}
	t.section("People", lines)
}

// next says what a proposal waits for and how to go on, or that it is in effect.
func (s *session) next(w world.World, d decision.Decision) {
	if d.Status == decision.InEffect {
		s.say("In effect since entry %d.", d.EffectSeq)
		return
	}
	missing := waits(w, d)
	if len(missing) == 0 {
		return
	}
	s.wrapped("Waits for: ", strings.Join(missing, "; "))
	st, err := w.Signoff.Status(d.Question)
	if err != nil || st.Refused || st.VoidedSeq != 0 {
		return
	}
	for _, role := range st.Wanted() {
		s.say("  holdpoint decision sign %s --role %s --key FILE", d.File.ID, role)
	}
	if !st.Approved {
		return
	}
	for _, r := range st.Deliveries {
		if r.DeliveredSeq == 0 {
			s.say("  holdpoint decision deliver %s %s", d.File.ID, r.Role)
		} else if r.Seq == 0 {
			s.say("  holdpoint decision acknowledge %s --role %s --key FILE", d.File.ID, r.Role)
		}
	}
}

type decisionList struct {
	Open bool `help:"Only those that wait for somebody."`
}

// listedDecision is the JSON of a decision in a list.
type listedDecision struct {
	ID       string   `json:"id"`
	Kind     string   `json:"kind"`
	Title    string   `json:"title"`
	Model    text     `json:"model"`
	Status   string   `json:"status"`
	Code     text     `json:"code"`
	Grade    string   `json:"grade"`
	WaitsFor []string `json:"waits_for"`
	Seq      int64    `json:"seq"`
}

func (c decisionList) Run(s *session) error {
	_, m, err := s.moment()
	if err != nil {
		return err
	}
	w := m.View.State
	all := []listedDecision{}
	for _, d := range w.Decision.All() {
		if c.Open && d.Status != decision.Proposed {
			continue
		}
		all = append(all, listedDecision{d.File.ID, string(d.File.Kind), d.File.Title, text(d.File.Model), string(d.Status), text(d.Code()), d.File.Grade.String(), waits(w, d), d.Seq})
	}
	if s.JSON {
		return s.print(struct {
			Decisions []listedDecision `json:"decisions"`
			Clock     string           `json:"clock"`
		}{all, clockOf(m)})
	}
	if len(all) == 0 {
		s.note("nothing was put to anybody: holdpoint decision propose")
		return nil
	}
	rows := [][]string{{"DECISION", "KIND", "STATUS", "CODE", "WAITS FOR", "TITLE"}}
	for _, d := range all {
		rows = append(rows, []string{d.ID, d.Kind, d.Status, or(string(d.Code), "-"), or(strings.Join(d.WaitsFor, "; "), "-"), d.Title})
	}
	s.grid(rows)
	return nil
}
