// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package world_test

import (
	"strings"
	"testing"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/world"
	"github.com/holdpoint/holdpoint/proof"
)

// Each entry is folded by exactly one area, named by the prefix of its type.
func TestEveryTypeHasAnArea(t *testing.T) {
	for _, typ := range world.Types() {
		e := entry.Entry{Header: proof.Header{Type: typ.Name, V: typ.V, Actor: "a"}, Body: []byte(`{"data":{}}`)}
		_, err := world.World{}.Fork().Apply(e)
		if k := fault.KindOf(err); k == fault.Unsupported || k == fault.Internal {
			t.Errorf("%s: %v", typ.Name, err)
		}
	}
}

// A type that no area folds stops the fold and says that a release is missing.
func TestUnknownTypeStops(t *testing.T) {
	_, err := world.World{}.Fork().Apply(entry.Entry{Header: proof.Header{Type: "moon.landed", V: 1, Seq: 7}})
	if fault.KindOf(err) != fault.Unsupported || !strings.Contains(err.Error(), "entry 7") {
		t.Errorf("%v", err)
	}
}

// What the journal says of itself is folded by the journal, and only counted
// here.
func TestJournalEntriesAreCounted(t *testing.T) {
	w, err := world.World{}.Fork().Apply(entry.Entry{Header: proof.Header{Type: "journal.begun", V: 1, Seq: 0, RecordedAt: 5}})
	if err != nil || w.Seq != 1 || w.Time != 5 {
		t.Errorf("%+v, %v", w.Seq, err)
	}
}

// Private bodies are read by no rule: every private type folds without one.
func TestPrivateTypesFoldWithoutBody(t *testing.T) {
	n := 0
	for _, typ := range world.Types() {
		if typ.Class != entry.Private {
			continue
		}
		n++
		e := entry.Entry{Header: proof.Header{Type: typ.Name, V: typ.V, Actor: "a"}}
		if _, err := (world.World{}).Fork().Apply(e); fault.KindOf(err) == fault.Corrupt && strings.Contains(err.Error(), "not in this copy") {
			t.Errorf("%s reads its body: %v", typ.Name, err)
		}
	}
	if n == 0 {
		t.Error("there is no private type")
	}
}
