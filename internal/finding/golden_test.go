// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package finding

import (
	"testing"

	"github.com/holdpoint/holdpoint/internal/entry/entrytest"
)

// What was written once is read for ever.
func TestGoldenBodies(t *testing.T) {
	b := entrytest.NewBodies(t)
	entrytest.KeepFilled(b, opened)
	entrytest.KeepFilled(b, rated)
	entrytest.KeepFilled(b, resolved)
	entrytest.KeepFilled(b, verified)
	entrytest.KeepFilled(b, linked)
	entrytest.KeepFilled(b, reported)
	b.Check(Types())
}
