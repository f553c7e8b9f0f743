// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package safeguard

import (
	"testing"

	"github.com/holdpoint/holdpoint/internal/entry/entrytest"
)

// What was written once is read for ever.
func TestGoldenBodies(t *testing.T) {
	b := entrytest.NewBodies(t)
	entrytest.KeepFilled(b, evidenceRecorded)
	entrytest.KeepFilled(b, evidenceWithdrawn)
	entrytest.KeepFilled(b, reportPrepared)
	entrytest.KeepFilled(b, approved)
	entrytest.KeepFilled(b, approvalWithdrawn)
	entrytest.KeepFilled(b, failureRecorded)
	entrytest.KeepFilled(b, interimApproved)
	entrytest.KeepFilled(b, interimEnded)
	b.Check(Types())
}
