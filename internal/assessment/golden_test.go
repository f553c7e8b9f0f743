// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package assessment

import (
	"testing"

	"github.com/holdpoint/holdpoint/internal/entry/entrytest"
	"github.com/holdpoint/holdpoint/internal/stats"
)

// What was written once is read for ever.
func TestGoldenBodies(t *testing.T) {
	b := entrytest.NewBodies(t)
	entrytest.KeepFilled(b, opened)
	entrytest.KeepFilled(b, preliminaryConcluded)
	entrytest.KeepFilled(b, specRegistered, stats.Decimal("0.5"))
	entrytest.KeepFilled(b, threatMapped)
	entrytest.KeepFilled(b, elicitationRecorded)
	entrytest.KeepFilled(b, forecastRecorded, stats.Decimal("0.5"))
	entrytest.KeepFilled(b, partArgued)
	entrytest.KeepFilled(b, found, stats.Decimal("0.5"), stats.Exact("0.25"))
	entrytest.KeepFilled(b, judged)
	entrytest.KeepFilled(b, answered)
	entrytest.KeepFilled(b, withdrawn)
	entrytest.KeepFilled(b, postHocApproved)
	entrytest.KeepFilled(b, closed)
	b.Check(Types())
}
