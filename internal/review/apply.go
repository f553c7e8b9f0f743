// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package review

import (
	"fmt"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
)

// Submitted is the data of review.submitted. Words says that the next entry
// holds the words.
type Submitted struct {
	About            entry.Ref `json:"about"`
	Kind             Kind      `json:"kind"`
	Side             Side      `json:"side"`
	Role             string    `json:"role"`
	Blocking         bool      `json:"blocking"`
	NotAnEndorsement bool      `json:"not_an_endorsement"`
	Words            bool      `json:"words"`
}

// Worded is the data of review.worded, which is private.
type Worded struct {
	Review string `json:"review"`
	Text   string `json:"text"`
}

// Answered is the data of review.answered. Words says that the next entry
// holds the words.
type Answered struct {
	Review  string  `json:"review"`
	Outcome Outcome `json:"outcome"`
	Words   bool    `json:"words"`
}

// AnswerWorded is the data of review.answer_worded, which is private.
type AnswerWorded struct {
	Review string `json:"review"`
	Text   string `json:"text"`
}

// Withdrawn is the data of review.withdrawn.
type Withdrawn struct {
	Review string `json:"review"`
}

var (
	submitted    = entry.Define[Submitted]("review.submitted", 1, entry.Fact)
	worded       = entry.Define[Worded]("review.worded", 1, entry.Private)
	answered     = entry.Define[Answered]("review.answered", 1, entry.Fact)
	answerWorded = entry.Define[AnswerWorded]("review.answer_worded", 1, entry.Private)
	withdrawn    = entry.Define[Withdrawn]("review.withdrawn", 1, entry.Fact)
)

// Types lists every kind of entry of this area.
func Types() []entry.Type {
	return []entry.Type{submitted.Type(), worded.Type(), answered.Type(), answerWorded.Type(), withdrawn.Type()}
}

// Words decodes the text of a review or of an answer from its private entry,
// for who is allowed to read it. No rule calls this.
func Words(e entry.Entry) (string, error) {
	if e.Type == answerWorded.Name() {
		d, _, err := answerWorded.Decode(e)
		return d.Text, err
	}
	d, _, err := worded.Decode(e)
	return d.Text, err
}

// Fork gives a state with the same content that changes on its own. Constant
// time.
func (s State) Fork() State {
	return State{reviews: s.reviews.Fork(), about: s.about.Fork(), open: s.open.Fork()}
}

// Apply folds one entry of this area into the state. It never looks at the body
// of a private entry.
func (s *State) Apply(e entry.Entry) error {
	switch e.Type {
	case submitted.Name():
		return s.applySubmitted(e)
	case answered.Name():
		return s.applyAnswered(e)
	case withdrawn.Name():
		return s.applyWithdrawn(e)
	case worded.Name(), answerWorded.Name():
		return nil
	}
	return fault.New(fault.Internal, "entry %d: review does not know the type %q", e.Seq, e.Type)
}

func (s *State) applySubmitted(e entry.Entry) error {
	d, how, err := submitted.Decode(e)
	if err != nil {
		return err
	}
	r := Review{
		ID: entry.ID("review", e.Seq), Seq: e.Seq, At: e.RecordedAt, By: e.Actor,
		About: d.About, Kind: d.Kind, Side: d.Side, Role: d.Role, Blocking: d.Blocking,
		NotAnEndorsement: d.NotAnEndorsement || d.Side != Internal,
		Grade:            how.GradeOr(grade.Attested),
	}
	if d.Words {
		r.WordsSeq = e.Seq + 1
	}
	s.reviews.Set(r.ID, r)
	s.about.Set(placeOf(r), r.ID)
	s.open.Set(placeOf(r), r.ID)
	return nil
}

func (s *State) applyAnswered(e entry.Entry) error {
	d, _, err := answered.Decode(e)
	if err != nil {
		return err
	}
	r, err := s.of(e, d.Review)
	if err != nil {
		return err
	}
	r.Outcome, r.AnsweredBy, r.AnsweredSeq = d.Outcome, e.Actor, e.Seq
	if d.Words {
		r.AnswerWordsSeq = e.Seq + 1
	}
	s.close(r)
	return nil
}

func (s *State) applyWithdrawn(e entry.Entry) error {
	d, _, err := withdrawn.Decode(e)
	if err != nil {
		return err
	}
	r, err := s.of(e, d.Review)
	if err != nil {
		return err
	}
	r.WithdrawnSeq = e.Seq
	s.close(r)
	return nil
}

func (s *State) close(r Review) {
	s.reviews.Set(r.ID, r)
	s.open.Delete(placeOf(r))
}

func (s *State) of(e entry.Entry, id string) (Review, error) {
	r, ok := s.reviews.Get(id)
	if !ok {
		return r, fault.Corruptf("entry %d is about the review %q, which no entry submitted", e.Seq, id)
	}
	return r, nil
}

func place(kind, id string) string { return kind + "\x00" + id + "\x00" }

func placeOf(r Review) string {
	return place(r.About.Kind, r.About.ID) + fmt.Sprintf("%016d", r.Seq)
}
