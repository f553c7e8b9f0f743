// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package signoff

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/entry"
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
	about := entry.Ref{Kind: "decision", ID: "decision-7", Digest: digestA}
	keep(asked.Draft(Asked{About: about, Slots: []Slot{{Role: "ceo"}, {Role: "rso"}}, Distinct: true,
		Deliver: []Delivery{{Role: "board", When: Before}, {Role: "trust", When: After}}}))
	keep(asked.Draft(Asked{About: about, Slots: []Slot{{Role: "ceo"}}}))
	keep(signed.Draft(Signed{Question: "question-1", Role: "ceo", Person: "p-1", Key: "SHA256:x", Answer: Approve, Signature: "AA=="}))
	keep(signed.Draft(Signed{Question: "question-1", Role: "ceo", Person: "p-1", Key: "SHA256:x", Answer: Disapprove, Note: "thin", Signature: "AA=="}))
	keep(dissented.Draft(Dissented{Question: "question-1", Person: "p-1", Key: "SHA256:x", Signature: "AA=="}))
	keep(dissented.Draft(Dissented{Question: "question-1", Person: "p-1", Note: "thin", Key: "SHA256:x", Signature: "AA=="}))
	keep(delivered.Draft(Delivered{Question: "question-1", Role: "board", By: "operator"}))
	keep(acknowledged.Draft(Acknowledged{Question: "question-1", Role: "board", Person: "p-1", Key: "SHA256:x", Signature: "AA=="}))
	keep(voided.Draft(Voided{Question: "question-1", Reason: "changed"}))

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
