// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package world

import (
	"testing"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/model"
)

// What is only pretended is in the world that comes out and not in the one that
// went in.
func TestPretendLeavesTheWorldAlone(t *testing.T) {
	var w World
	act := entry.Act{Actor: "operator", Seq: 1, Now: 5}
	drafts, err := w.Model.Register(model.NewModel{Registered: model.Registered{Model: "m1"}}, act)
	if err != nil {
		t.Fatal(err)
	}
	then, err := w.Pretend(drafts, act)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := then.Model.Model("m1"); !ok || then.Seq != 2 || then.Time != 5 {
		t.Errorf("registered %v, seq %d, time %d", ok, then.Seq, then.Time)
	}
	if _, ok := w.Model.Model("m1"); ok || w.Seq != 0 {
		t.Error("the world that went in was changed")
	}
}
