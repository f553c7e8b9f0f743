// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/review"
)

// policyInterpret is the register of unclear clauses: questions, rulings, and
// what the next version has to clear up.
type policyInterpret struct {
	Clause   string `arg:"" optional:"" help:"The clause; without one the register is listed."`
	Question string `placeholder:"TEXT" help:"What is unclear."`
	Ruling   string `placeholder:"TEXT" help:"How it is read from now on; this proposes it to the policy's signer."`
	Clarify  bool   `help:"The next version has to say it in its own words."`
}

// Help is what --help adds.
func (policyInterpret) Help() string {
	return "With a clause and --question anybody asks. With --question and --ruling a ruling is proposed, and counts once the policy's " +
		"signer has signed it: holdpoint decision sign. Without a clause it lists open questions on clauses and contracts, and every ruling."
}

func (c policyInterpret) Run(s *session) error {
	switch {
	case c.Clause == "" && c.Question == "" && c.Ruling == "":
		return s.register()
	case c.Clause == "" || c.Question == "":
		return fault.Usagef("a question or a ruling names the clause and says what is unclear").
			Hinted("holdpoint policy interpret CLAUSE --question TEXT [--ruling TEXT]")
	case c.Ruling != "":
		return s.propose(decision.ProposeIn{
			Kind: policy.DecideInterpret, Title: "How is clause " + c.Clause + " read?",
			Ruling: &decision.Ruling{Clause: c.Clause, Question: c.Question, Ruling: c.Ruling, Clarify: c.Clarify},
		})
	}
	return c.ask(s)
}

// ask puts a question to whoever rules on it.
func (c policyInterpret) ask(s *session) error {
	_, m, err := s.moment()
	if err != nil {
		return err
	}
	if p, ok := m.View.State.Policy.InForce(m.Now); ok {
		if _, known := p.Pack.ClauseByID(c.Clause); !known {
			return fault.NotFoundf("%s has no clause %q", p.Ref(), c.Clause).Hinted("holdpoint policy coverage lists every clause")
		}
	}
	done, err := s.act(app.SubmitReview(review.Submission{
		About: entry.Ref{Kind: clauseKind, ID: c.Clause}, Kind: review.Comment, Side: review.Internal, Role: "staff", Text: c.Question,
	}))
	if err != nil {
		return err
	}
	id := done.ID("review", 0)
	return s.done(id, done, id+" asks how clause "+c.Clause+" is read")
}

// Kinds of things that somebody has to rule on.
const (
	clauseKind   = "clause"
	contractKind = "contract"
)

// openQuestion is the JSON of a question that nobody answered.
type openQuestion struct {
	ID    string  `json:"id"`
	Kind  string  `json:"kind"`
	About string  `json:"about"`
	By    string  `json:"by"`
	Since instant `json:"since"`
}

// ruledOne is the JSON of a ruling. ClarifiedBy is null while no later version
// says the clause in other words.
type ruledOne struct {
	Decision    string `json:"decision"`
	Status      string `json:"status"`
	Policy      string `json:"policy"`
	Clause      string `json:"clause"`
	Question    string `json:"question"`
	Ruling      string `json:"ruling"`
	Clarify     bool   `json:"clarify"`
	ClarifiedBy text   `json:"clarified_by"`
}

func (s *session) register() error {
	_, m, err := s.moment()
	if err != nil {
		return err
	}
	w := m.View.State
	questions, rulings := []openQuestion{}, []ruledOne{}
	for _, r := range w.Review.AllOpen() {
		if r.About.Kind == clauseKind || r.About.Kind == contractKind {
			questions = append(questions, openQuestion{r.ID, r.About.Kind, r.About.ID, r.By, instant(r.At)})
		}
	}
	for _, d := range w.Decision.Rulings() {
		r := d.File.Ruling
		rulings = append(rulings, ruledOne{d.File.ID, string(d.Status), d.File.Policy.Ref, r.Clause, r.Question, r.Ruling, r.Clarify, text(d.Clarified(w.Policy))})
	}
	if s.JSON {
		return s.print(struct {
			Questions []openQuestion `json:"questions"`
			Rulings   []ruledOne     `json:"rulings"`
			Clock     string         `json:"clock"`
		}{questions, rulings, clockOf(m)})
	}
	if len(questions)+len(rulings) == 0 {
		s.say("Nobody has asked how a clause or a contract is to be read.")
	}
	for _, q := range questions {
		s.say("open: %s on %s %s, asked by %s on %s", q.ID, q.Kind, q.About, q.By, q.Since)
	}
	for _, r := range rulings {
		s.sayRuling(r)
	}
	return nil
}

func (s *session) sayRuling(r ruledOne) {
	s.say("%s (%s): clause %s of %s", r.Decision, words(r.Status), r.Clause, r.Policy)
	s.wrapped("  asked: ", r.Question)
	s.wrapped("  read:  ", r.Ruling)
	switch {
	case r.ClarifiedBy != "":
		s.say("  %s says it in other words", r.ClarifiedBy)
	case r.Clarify:
		s.say("  the next version has to say it, and none does yet")
	}
}
