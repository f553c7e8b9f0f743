// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/review"
	"github.com/holdpoint/holdpoint/internal/world"
)

// SubmitReview records a comment, critique or challenge.
func SubmitReview(in review.Submission) Intent {
	return Intent{Verb: "review.submit", Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Review.Submit(in, act)
	}}
}

// AnswerReview answers one.
func AnswerReview(in review.Answering) Intent {
	return Intent{Verb: "review.answer", Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Review.Answer(in, act)
	}}
}

// WithdrawReview takes one back.
func WithdrawReview(in review.Withdrawing) Intent {
	return Intent{Verb: "review.withdraw", Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Review.Withdraw(in, act)
	}}
}
