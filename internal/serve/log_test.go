// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package serve

import (
	"path/filepath"
	"testing"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/demo"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// A log holds its transcripts, so it is not for everybody who may read.
func TestALogIsNotForEverybody(t *testing.T) {
	dir := t.TempDir()
	if _, err := demo.Build(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(t.Context(), filepath.Join(dir, "drill"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	v, err := a.View(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	runs := v.State.Evidence.For("aster-2").Runs
	if len(runs) == 0 {
		t.Fatal("the drill has no run")
	}
	log, table := runs[0].Log.SHA256, runs[0].Table.SHA256
	for _, c := range []struct {
		who, digest string
		may         bool
	}{{"p-red-team", log, true}, {"p-security", log, false}, {app.Operator, log, true}, {"p-security", table, true}} {
		if err := a.MayFetch(t.Context(), c.who, c.digest); (err == nil) != c.may || !c.may && fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s, may %v: %v", c.who, c.may, err)
		}
	}
}
