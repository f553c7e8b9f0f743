// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package review

import (
	"testing"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/entry/entrytest"
	"github.com/holdpoint/holdpoint/internal/grade"
)

// Bodies are kept for ever: the bytes of every type, with its optional members
// and without, are those of testdata/bodies.txt. A change of fields is a new
// version with new lines, never a changed line.
func TestGoldenBodies(t *testing.T) {
	b := entrytest.NewBodies(t)
	how := entry.Graded(grade.Reported, entry.Source{Document: "S1", Section: "2"})
	about := entry.Ref{Kind: "report", ID: "report-4", Digest: digest}
	entrytest.Keep(b, submitted, Submitted{About: about, Kind: Critique, Side: Internal, Role: "stress-test", Blocking: true, Words: true})
	about.Digest = ""
	entrytest.Keep(b, submitted, Submitted{About: about, Kind: Comment, Side: External, Role: "expert", NotAnEndorsement: true}, how)
	entrytest.Keep(b, worded, Worded{Review: "review-1", Text: "x"})
	entrytest.Keep(b, answered, Answered{Review: "review-1", Outcome: Accepted, Words: true})
	entrytest.Keep(b, answered, Answered{Review: "review-1", Outcome: Rejected}, how)
	entrytest.Keep(b, answered, Answered{Review: "review-1", Outcome: Noted})
	entrytest.Keep(b, answerWorded, AnswerWorded{Review: "review-1", Text: "x"})
	entrytest.Keep(b, withdrawn, Withdrawn{Review: "review-1"})
	b.Check(Types())
}
