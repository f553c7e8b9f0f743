// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package obligation

import (
	"testing"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry/entrytest"
	"github.com/holdpoint/holdpoint/internal/grade"
)

// What was written once is read for ever.
func TestGoldenBodies(t *testing.T) {
	b := entrytest.NewBodies(t)
	day := deadline.Day("2026-01-31")
	entrytest.KeepFilled(b, opened, day, grade.Recomputed)
	entrytest.KeepFilled(b, completed, day)
	entrytest.KeepFilled(b, waived, day)
	entrytest.KeepFilled(b, extended, day)
	entrytest.KeepFilled(b, missed, day)
	entrytest.KeepFilled(b, noted)
	b.Check(Types())
}
