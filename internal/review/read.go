// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package review

import (
	"cmp"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/cow"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
)

// Review is one review and how it stands, without any words.
type Review struct {
	ID string
	// Seq is the entry that submitted it, At its time in milliseconds since
	// 1970, UTC, and By its actor.
	Seq int64
	At  int64
	By  string

	About            entry.Ref
	Kind             Kind
	Side             Side
	Role             string
	Blocking         bool
	NotAnEndorsement bool
	Grade            grade.Grade
	// WordsSeq is the private entry with the words, or 0.
	WordsSeq int64

	// Outcome is empty as long as nobody answered.
	Outcome        Outcome
	AnsweredBy     string
	AnsweredSeq    int64
	AnswerWordsSeq int64
	WithdrawnSeq   int64
}

// Open tells whether the review is neither answered nor withdrawn.
func (r Review) Open() bool { return r.AnsweredSeq == 0 && r.WithdrawnSeq == 0 }

// Unresolved tells whether the disagreement stands: the review is open, or was
// rejected and not withdrawn.
func (r Review) Unresolved() bool {
	return r.Open() || r.Outcome == Rejected && r.WithdrawnSeq == 0
}

// Label gives what must be shown wherever the reviewer is named (EXT-11):
// "not an endorsement", or "" where nothing must.
func (r Review) Label() string {
	if r.NotAnEndorsement || r.Side != Internal {
		return NotAnEndorsement
	}
	return ""
}

// Review gives a review by its id.
func (s State) Review(id string) (Review, error) {
	r, ok := s.reviews.Get(id)
	if !ok {
		return r, fault.NotFoundf("there is no review %q", id).Hinted("reviews are named review-<number>")
	}
	return r, nil
}

// On lists the reviews of a thing, oldest first, withdrawn ones included. With
// a digest, only those of exactly that; without one, all.
func (s State) On(ref entry.Ref) []Review {
	return s.list(s.about, ref.Kind, ref.ID, func(r Review) bool {
		return ref.Digest == "" || r.About.Digest == ref.Digest
	})
}

// Open lists the reviews of a thing that are neither answered nor withdrawn,
// oldest first, whatever their digest.
func (s State) Open(kind, id string) []Review {
	return s.list(s.open, kind, id, Review.Open)
}

// AllOpen lists every review that is neither answered nor withdrawn, oldest
// first.
func (s State) AllOpen() []Review {
	var all []Review
	for id := range s.open.Values() {
		if r, ok := s.reviews.Get(id); ok && r.Open() {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b Review) int { return cmp.Compare(a.Seq, b.Seq) })
	return all
}

// Unresolved lists the reviews of a thing whose disagreement stands, oldest
// first, whatever their digest (DEC-5).
func (s State) Unresolved(kind, id string) []Review {
	return s.list(s.about, kind, id, Review.Unresolved)
}

func (s State) list(index cow.Map[string, string], kind, id string, keep func(Review) bool) []Review {
	var all []Review
	prefix := place(kind, id)
	for k, name := range index.From(prefix) {
		if !strings.HasPrefix(k, prefix) {
			break
		}
		if r, ok := s.reviews.Get(name); ok && keep(r) {
			all = append(all, r)
		}
	}
	return all
}
