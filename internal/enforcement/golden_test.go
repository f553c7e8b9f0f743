// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package enforcement

import (
	"testing"

	"github.com/holdpoint/holdpoint/internal/entry/entrytest"
)

// What was written once is read for ever.
func TestGoldenBodies(t *testing.T) {
	b := entrytest.NewBodies(t)
	entrytest.KeepFilled(b, registered)
	entrytest.KeepFilled(b, heartbeat)
	entrytest.KeepFilled(b, observing)
	entrytest.KeepFilled(b, retired)
	b.Check(Types())
}
