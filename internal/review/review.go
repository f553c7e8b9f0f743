// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package review keeps what people say about a thing before, while and after it
// is decided: comments, critiques, challenges and feedback on any (kind, id,
// digest), and the answers to them.
//
// The contract:
//
//   - That a review exists, its kind, side, role, whether it blocks, and how it
//     was answered are facts. The words stand in a private entry of their own,
//     right after the fact, and no rule reads them: withholding or erasing
//     every one of them changes no state and no verdict.
//   - Every review wants an answer. An unanswered one stays open when the thing
//     changes: open reviews are found by kind and id, whatever the digest.
//   - Only who submitted a review can withdraw it, and nobody answers their own.
//     The owner of the installation acts for people who are not here and may
//     answer what they submitted, unless it blocks: a blocking review is taken
//     out of the way by somebody else, or by an answer that a document reports.
//   - Who answered is kept with the answer.
//   - A review from outside never counts as an endorsement and is always
//     labelled so: sharing a method is not agreeing with a conclusion.
//   - A review known from a public document is reported: it carries its source
//     and may have no words.
//
// The role is what the reviewer said; this package does not check that it was
// held, and it does not decide what an open or blocking review means. It does not
// know who proposed or signs the thing, so it cannot refuse their answers.
package review

import (
	"strings"
	"unicode/utf8"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/cow"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/proof"
)

// MaxText is the largest text of a review or answer in bytes.
const MaxText = 200_000

// NotAnEndorsement is the label of a review that must not be read as agreement.
const NotAnEndorsement = "not an endorsement"

// Kind tells what sort of review it is.
type Kind string

const (
	// Comment is a remark.
	Comment Kind = "comment"
	// Critique is an independent examination of a report as a whole.
	Critique Kind = "critique"
	// Challenge disputes one claim.
	Challenge Kind = "challenge"
	// Feedback is what was asked for on a proposed decision.
	Feedback Kind = "feedback"
)

// Side tells whether the reviewer is inside or outside the organisation.
type Side string

const (
	// Internal reviewers work for the organisation.
	Internal Side = "internal"
	// External reviewers do not.
	External Side = "external"
)

// Outcome is the answer to a review.
type Outcome string

const (
	// Accepted: the reviewed thing is or will be changed accordingly.
	Accepted Outcome = "accepted"
	// Rejected: the disagreement stays, and is shown to who decides.
	Rejected Outcome = "rejected"
	// Noted: read, and nothing follows from it.
	Noted Outcome = "noted"
)

// State is every review and how it stands. The zero value is empty.
type State struct {
	reviews cow.Map[string, Review]
	// about and open are keyed by kind, id and seq; open holds the unanswered
	// ones only.
	about cow.Map[string, string]
	open  cow.Map[string, string]
}

// Submission is the input of [State.Submit].
type Submission struct {
	// About is the reviewed thing; with a digest, exactly what was read.
	About entry.Ref
	Kind  Kind
	Side  Side
	// Role is the capacity in which the reviewer speaks, as they state it.
	Role string
	// Blocking says that the reviewer holds that nothing may be decided until
	// it is answered.
	Blocking bool
	// NotAnEndorsement labels an internal review; an external one always is.
	NotAnEndorsement bool
	// Text is the words; it may be empty for a reported review only.
	Text string
	How  entry.Provenance
}

// Submit records a review, named review-<seq of the first draft>, and its words
// in a private second entry.
func (s State) Submit(in Submission, act entry.Act) ([]entry.Draft, error) {
	if err := checkSubmission(in, act); err != nil {
		return nil, err
	}
	d, err := submitted.Draft(Submitted{
		About: in.About, Kind: in.Kind, Side: in.Side, Role: in.Role, Blocking: in.Blocking,
		NotAnEndorsement: in.NotAnEndorsement || in.Side == External, Words: in.Text != "",
	}, in.How)
	if err != nil {
		return nil, err
	}
	if in.Text == "" {
		return []entry.Draft{d}, nil
	}
	w, err := worded.Draft(Worded{Review: act.ID("review", 0), Text: in.Text}, in.How)
	if err != nil {
		return nil, err
	}
	return []entry.Draft{d, w}, nil
}

func checkSubmission(in Submission, act entry.Act) error {
	if act.Actor == "" {
		return fault.Forbiddenf("a review has somebody who submits it")
	}
	if err := checkRef(in.About); err != nil {
		return err
	}
	switch in.Kind {
	case Comment, Critique, Challenge, Feedback:
	default:
		return fault.Invalidf("%q is not a kind of review", in.Kind).Hinted("use comment, critique, challenge or feedback")
	}
	if in.Side != Internal && in.Side != External {
		return fault.Invalidf("%q is not a side", in.Side).Hinted("use internal or external")
	}
	if err := access.CheckID("role", in.Role); err != nil {
		return err
	}
	return checkText(in.Text, in.How)
}

func checkRef(r entry.Ref) error {
	for _, part := range []string{r.Kind, r.ID} {
		if part == "" || len(part) > 200 || strings.ContainsFunc(part, func(c rune) bool { return c <= ' ' || c == 0x7f || c == utf8.RuneError }) {
			return fault.Invalidf("a review is about a thing with a kind and an id, not %.40q, %.40q", r.Kind, r.ID)
		}
	}
	if r.Digest == "" {
		return nil
	}
	if _, err := proof.ParseHex(r.Digest, 32); err != nil {
		return fault.Invalidf("the digest of %s %s is malformed: %w", r.Kind, r.ID, err).
			Hinted("give the SHA-256 of what was read, or leave it out")
	}
	return nil
}

// checkText wants words, unless a document is the source.
func checkText(text string, how entry.Provenance) error {
	switch {
	case text != "" && strings.TrimSpace(text) == "":
		return fault.Invalidf("the text is blank")
	case text == "" && !reported(how):
		return fault.Invalidf("the text is missing").
			Hinted("say it in words; only what is reported from a document, with its source and grade, may have none")
	case len(text) > MaxText:
		return fault.Invalidf("a text of %d bytes is over the limit of %d", len(text), MaxText).
			Hinted("keep long text in a file and name it by its digest")
	case !utf8.ValidString(text):
		return fault.Invalidf("the text is not UTF-8")
	}
	return nil
}

func reported(how entry.Provenance) bool { return how.Grade != nil && len(how.Source) > 0 }

// Answering is the input of [State.Answer].
type Answering struct {
	Review  string
	Outcome Outcome
	// Text is the words; it may be empty for a reported answer only.
	Text string
	How  entry.Provenance
}

// Answer records the one answer to a review, and its words in a private second
// entry.
func (s State) Answer(in Answering, act entry.Act) ([]entry.Draft, error) {
	if err := s.checkAnswer(in, act); err != nil {
		return nil, err
	}
	d, err := answered.Draft(Answered{Review: in.Review, Outcome: in.Outcome, Words: in.Text != ""}, in.How)
	if err != nil {
		return nil, err
	}
	if in.Text == "" {
		return []entry.Draft{d}, nil
	}
	w, err := answerWorded.Draft(AnswerWorded{Review: in.Review, Text: in.Text}, in.How)
	if err != nil {
		return nil, err
	}
	return []entry.Draft{d, w}, nil
}

func (s State) checkAnswer(in Answering, act entry.Act) error {
	r, err := s.standing(in.Review)
	if err != nil {
		return err
	}
	if in.Outcome != Accepted && in.Outcome != Rejected && in.Outcome != Noted {
		return fault.Invalidf("%q is not an outcome", in.Outcome).Hinted("use accepted, rejected or noted")
	}
	if r.AnsweredSeq != 0 {
		return fault.Conflictf("%s was answered by entry %d (%s)", r.ID, r.AnsweredSeq, r.Outcome).
			Hinted("an answer is not replaced; submit a new review to take it up again")
	}
	if err := checkAnswerer(r, in.How, act.Actor); err != nil {
		return err
	}
	return checkText(in.Text, in.How)
}

// checkAnswerer keeps people from answering their own review.
func checkAnswerer(r Review, how entry.Provenance, actor string) error {
	if actor == "" {
		return fault.Forbiddenf("an answer has somebody who gives it")
	}
	if actor != r.By {
		return nil
	}
	// The owner writes down both sides of what documents report.
	recorded := r.Grade == grade.Reported && reported(how)
	if actor == access.Operator && (!r.Blocking || recorded) {
		return nil
	}
	return fault.Forbiddenf("%q submitted %s and cannot answer it (rule SOD-ANSWER)", actor, r.ID).
		Hinted("somebody who answers for %s %s must; who submitted it can withdraw it", r.About.Kind, r.About.ID)
}

// Withdrawing is the input of [State.Withdraw].
type Withdrawing struct {
	Review string
	How    entry.Provenance
}

// Withdraw takes a review back. Only who submitted it can.
func (s State) Withdraw(in Withdrawing, act entry.Act) ([]entry.Draft, error) {
	r, err := s.standing(in.Review)
	if err != nil {
		return nil, err
	}
	if act.Actor != r.By {
		return nil, fault.Forbiddenf("%q did not submit %s and cannot withdraw it (rule SOD-WITHDRAW)", act.Actor, r.ID).
			Hinted("answer it instead; only %q can withdraw it", r.By)
	}
	return withdrawn.Drafts(Withdrawn{Review: in.Review}, in.How)
}

func (s State) standing(id string) (Review, error) {
	r, err := s.Review(id)
	if err != nil {
		return r, err
	}
	if r.WithdrawnSeq != 0 {
		return r, fault.Conflictf("%s was withdrawn by entry %d", id, r.WithdrawnSeq)
	}
	return r, nil
}
