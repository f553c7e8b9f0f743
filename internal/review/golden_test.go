// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package review

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/grade"
)

// Bodies are kept for ever: the bytes of every type, with its optional members
// and without, are those of testdata/bodies.txt. A change of fields is a new
// version with new lines, never a changed line.
func TestGoldenBodies(t *testing.T) {
	var got strings.Builder
	seen := map[string]bool{}
	keep := func(d entry.Draft, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		seen[d.Type] = true
		fmt.Fprintf(&got, "%s v%d %s\n", d.Type, d.V, d.Body)
	}
	how := entry.Graded(grade.Reported, entry.Source{Document: "S1", Section: "2"})
	about := entry.Ref{Kind: "report", ID: "report-4", Digest: digest}
	keep(submitted.Draft(Submitted{About: about, Kind: Critique, Side: Internal, Role: "stress-test", Blocking: true, Words: true}))
	about.Digest = ""
	keep(submitted.Draft(Submitted{About: about, Kind: Comment, Side: External, Role: "expert", NotAnEndorsement: true}, how))
	keep(worded.Draft(Worded{Review: "review-1", Text: "x"}))
	keep(answered.Draft(Answered{Review: "review-1", Outcome: Accepted, Words: true}))
	keep(answered.Draft(Answered{Review: "review-1", Outcome: Rejected}, how))
	keep(answered.Draft(Answered{Review: "review-1", Outcome: Noted}))
	keep(answerWorded.Draft(AnswerWorded{Review: "review-1", Text: "x"}))
	keep(withdrawn.Draft(Withdrawn{Review: "review-1"}))

	want, err := os.ReadFile("testdata/bodies.txt")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got.String()); d != "" {
		t.Error(d)
	}
	for _, typ := range Types() {
		if !seen[typ.Name] {
			t.Errorf("%s has no golden bytes", typ.Name)
		}
	}
}
