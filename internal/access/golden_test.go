// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package access

import (
	"testing"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/entry/entrytest"
	"github.com/holdpoint/holdpoint/internal/grade"
)

// Bodies are kept for ever: the bytes of every type, with its optional members
// and without, are those of testdata/bodies.txt. A change of fields is a new
// version with new lines, never a changed line.
func TestGoldenBodies(t *testing.T) {
	b := entrytest.NewBodies(t)
	how := entry.Graded(grade.Reported, entry.Source{Document: "S1", Section: "2"})
	entrytest.Keep(b, personAdded, PersonAdded{Person: "p-1", Kind: Human})
	entrytest.Keep(b, personAdded, PersonAdded{Person: "the-board", Kind: Body}, how)
	entrytest.Keep(b, personAdded, PersonAdded{Person: "bot", Kind: Automation})
	entrytest.Keep(b, roleGranted, RoleGranted{Person: "p-1", Role: "rso", Reason: "appointed"})
	entrytest.Keep(b, roleEnded, RoleEnded{Person: "p-1", Role: "rso", Reason: "left office"})
	entrytest.Keep(b, keyRegistered, KeyRegistered{Person: "p-1", Key: "SHA256:x", Algorithm: Ed25519, Public: "ed25519:AA=="})
	entrytest.Keep(b, keyRegistered, KeyRegistered{Person: "p-1", Key: "SHA256:x", Algorithm: SSH, Public: "ssh-ed25519 AA=="})
	entrytest.Keep(b, keyRevoked, KeyRevoked{Key: "SHA256:x", Reason: "device lost"})
	entrytest.Keep(b, officeVacated, OfficeVacated{Role: "rso", Person: "p-1", Reason: "left", Cause: CauseRecorded})
	entrytest.Keep(b, officeVacated, OfficeVacated{Role: "rso", Reason: reasonEnded, Cause: RoleEndedCause})
	entrytest.Keep(b, officeVacated, OfficeVacated{Role: "rso", Person: "p-1", Reason: reasonOver, Cause: ActingOver})
	entrytest.KeepFilled(b, officeAssigned)
	entrytest.Keep(b, officeAssigned, OfficeAssigned{Role: "rso", Person: "p-1", Reason: "appointed"})
	entrytest.Keep(b, actingGranted, ActingGranted{Role: "rso", Person: "p-1", Until: "2026-03-01", Reason: "on leave", By: "ceo"})
	entrytest.Keep(b, actingGranted, ActingGranted{Role: "ceo", Person: "p-1", Until: "2026-03-01", Reason: "on leave"})
	b.Check(Types())
}
