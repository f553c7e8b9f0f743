// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package signoff

import (
	"testing"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/entry/entrytest"
)

// Bodies are kept for ever: the bytes of every type, with its optional members
// and without, are those of testdata/bodies.txt. A change of fields is a new
// version with new lines, never a changed line.
func TestGoldenBodies(t *testing.T) {
	b := entrytest.NewBodies(t)
	about := entry.Ref{Kind: "decision", ID: "decision-7", Digest: digestA}
	entrytest.Keep(b, asked, Asked{About: about, Slots: []Slot{{Role: "ceo"}, {Role: "rso"}}, Distinct: true,
		Deliver: []Delivery{{Role: "board", When: Before}, {Role: "trust", When: After}}})
	entrytest.Keep(b, asked, Asked{About: about, Slots: []Slot{{Role: "ceo"}}})
	entrytest.Keep(b, signed, Signed{Question: "question-1", Role: "ceo", Person: "p-1", Key: "SHA256:x", Answer: Approve, Signature: "AA=="})
	entrytest.Keep(b, signed, Signed{Question: "question-1", Role: "ceo", Person: "p-1", Key: "SHA256:x", Answer: Disapprove, Note: "thin", Signature: "AA=="})
	entrytest.Keep(b, dissented, Dissented{Question: "question-1", Person: "p-1", Key: "SHA256:x", Signature: "AA=="})
	entrytest.Keep(b, dissented, Dissented{Question: "question-1", Person: "p-1", Note: "thin", Key: "SHA256:x", Signature: "AA=="})
	entrytest.Keep(b, delivered, Delivered{Question: "question-1", Role: "board", By: "operator"})
	entrytest.Keep(b, acknowledged, Acknowledged{Question: "question-1", Role: "board", Person: "p-1", Key: "SHA256:x", Signature: "AA=="})
	entrytest.Keep(b, voided, Voided{Question: "question-1", Reason: "changed"})
	b.Check(Types())
}
