// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/fault"
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

// refused tells whether a signer refused the question, or it was taken back:
// then nobody has anything to do any more.
func refused(w world.World, d decision.Decision) bool {
	if d.Status != decision.Proposed {
		return false
	}
	st, err := w.Signoff.Status(d.Question)
	return err == nil && (st.Refused || st.VoidedSeq != 0)
}

// statusOf is the status of a decision; of a proposal that a signer refused, that.
func statusOf(w world.World, d decision.Decision) string {
	if refused(w, d) {
		return "refused"
	}
	return string(d.Status)
}

// notRefused declines acts on a question that was refused or taken back.
func notRefused(w world.World, d decision.Decision) error {
	if !refused(w, d) {
		return nil
	}
	by := "was taken back"
	if st, err := w.Signoff.Status(d.Question); err == nil {
		for _, a := range st.Slots {
			if a.Answer == signoff.Disapprove {
				by = fmt.Sprintf("was refused by %s as %s with entry %d, and that stays so", a.Person, a.Role, a.Seq)
			}
		}
	}
	return fault.Conflictf("%s %s: there is nothing to sign or deliver any more", d.File.ID, by).
		Hinted("make a new proposal: holdpoint decision propose")
}

// aboutDecision makes an error about a question one about the decision that
// people know, with the command that comes next.
func aboutDecision(err error, w world.World, d decision.Decision) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	c := *f
	c.Message = strings.ReplaceAll(c.Message, d.Question, d.File.ID)
	c.Hint = strings.ReplaceAll(c.Hint, d.Question, d.File.ID)
	if named := strings.Contains(f.Message, d.Question); named && f.Kind == fault.Conflict {
		if steps := nextSteps(w, d); len(steps) > 0 {
			c.Hint = strings.TrimPrefix(c.Hint+"; next: "+steps[0], "; ")
		}
	}
	return &c
}

// nextSteps are the commands by which a proposal goes on.
func nextSteps(w world.World, d decision.Decision) []string {
	st, err := w.Signoff.Status(d.Question)
	if err != nil || d.Status != decision.Proposed || refused(w, d) {
		return nil
	}
	var steps []string
	for _, role := range st.Wanted() {
		steps = append(steps, fmt.Sprintf("holdpoint decision sign %s --role %s --key FILE", d.File.ID, role))
	}
	if !st.Approved {
		return steps
	}
	for _, r := range st.Deliveries {
		switch {
		case r.DeliveredSeq == 0:
			steps = append(steps, fmt.Sprintf("holdpoint decision deliver %s %s", d.File.ID, r.Role))
		case r.Seq == 0:
			steps = append(steps, fmt.Sprintf("holdpoint decision acknowledge %s --role %s --key FILE", d.File.ID, r.Role))
		}
	}
	return steps
}

// waits lists what a proposal still needs at the time of the last entry.
func waits(w world.World, d decision.Decision) []string { return waitsAt(w, d, w.Time) }

// waitsAt lists what a proposal still needs at now.
func waitsAt(w world.World, d decision.Decision, now int64) []string {
	if d.Status != decision.Proposed || refused(w, d) {
		return []string{}
	}
	see := w.DecisionSee()
	see.Now = now
	return append([]string{}, w.Decision.Missing(d, see)...)
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
		ID: d.File.ID, Code: text(d.Code()), Digest: text(d.Digest), Status: statusOf(w, d), Grade: d.File.Grade.String(), File: d.File,
		Question: text(d.Question), WaitsFor: waitsAt(w, d, m.Now), NotPublished: d.NotPublished, Seq: d.Seq, EffectSeq: some(d.EffectSeq),
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
		out.Signatures, out.Dissents, out.Deliveries = answersOf(st.Slots), answersOf(st.Dissents), receiptsOf(st.Deliveries)
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
		if d.Digest != "" {
			s.note("%s has the code %s", c.ID, d.Code())
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

// next says what a proposal waits for and how to go on, or that it is in effect.
func (s *session) next(w world.World, d decision.Decision) {
	if d.Status == decision.InEffect {
		s.say("In effect since entry %d.", d.EffectSeq)
		return
	}
	if refused(w, d) && d.Status == decision.Proposed {
		s.say("Refused, for good; a new proposal can be made: holdpoint decision propose")
		return
	}
	missing := waits(w, d)
	if len(missing) == 0 {
		return
	}
	s.wrapped("Waits for: ", strings.Join(missing, "; "))
	for _, step := range nextSteps(w, d) {
		s.say("  %s", step)
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
		if c.Open && (d.Status != decision.Proposed || refused(w, d)) {
			continue
		}
		all = append(all, listedDecision{d.File.ID, string(d.File.Kind), d.File.Title, text(d.File.Model), statusOf(w, d), text(d.Code()), d.File.Grade.String(), waitsAt(w, d, m.Now), d.Seq})
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
		rows = append(rows, []string{d.ID, d.Kind, words(d.Status), or(string(d.Code), "-"), or(strings.Join(d.WaitsFor, "; "), "-"), d.Title})
	}
	s.grid(rows)
	return nil
}
