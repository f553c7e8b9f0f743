// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package audit_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/audit"
)

func (l *lab) verify(dir string, since ...[]byte) audit.Report {
	l.t.Helper()
	rep, err := audit.Verify(dir, audit.Options{Key: l.app.Key(), Registry: app.Registry(), Since: since, Replay: true})
	if err != nil {
		l.t.Fatal(err)
	}
	return rep
}

func TestExportVerifiesWithReplay(t *testing.T) {
	l := newLab(t)
	rep := l.verify(l.export(app.ExportOptions{}))
	if !rep.OK() {
		t.Fatalf("faults %q, not checked %q", rep.Faults, rep.NotChecked)
	}
	want := &audit.Replay{Findings: audit.Tally{Equal: 2}, Clearances: audit.Tally{Equal: 1}}
	if diff := cmp.Diff(want, rep.Replay); diff != "" {
		t.Error(diff)
	}
}
