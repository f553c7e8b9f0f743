// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"testing"

	"github.com/holdpoint/holdpoint/internal/entry/entrytest"
	"github.com/holdpoint/holdpoint/internal/grade"
)

// What was written once is read for ever.
func TestGoldenBodies(t *testing.T) {
	b := entrytest.NewBodies(t)
	entrytest.KeepFilled(b, holdPlaced)
	entrytest.KeepFilled(b, holdLifted)
	entrytest.KeepFilled(b, issued, grade.Attested)
	entrytest.KeepFilled(b, revoked)
	entrytest.KeepFilled(b, glassBroken)
	b.Check(Types())
}
