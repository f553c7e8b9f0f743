// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package incident

import (
	"testing"

	"github.com/holdpoint/holdpoint/internal/entry/entrytest"
)

// What was written once is read for ever.
func TestGoldenBodies(t *testing.T) {
	b := entrytest.NewBodies(t)
	entrytest.KeepFilled(b, declared)
	entrytest.KeepFilled(b, updated)
	entrytest.KeepFilled(b, closed)
	b.Check(Types())
}
