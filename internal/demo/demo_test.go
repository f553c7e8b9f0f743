// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// stopping is a context that is done after so many looks at it, by whichever
// goroutine.
type stopping struct {
	context.Context
	left atomic.Int64
}

func (s *stopping) Err() error {
	if s.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

// A demonstration that is stopped on its way leaves nothing behind.
func TestBuildLeavesNothingHalfMade(t *testing.T) {
	for _, looks := range []int64{0, 500} {
		dir := t.TempDir()
		ctx := &stopping{Context: t.Context()}
		ctx.left.Store(looks)
		keep := filepath.Join(dir, "mine.txt")
		if err := os.WriteFile(keep, []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Build(ctx, dir); err == nil {
			t.Fatalf("%d looks were enough to finish", looks)
		}
		names, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil || len(names) != 1 || names[0] != keep {
			t.Errorf("after %d looks: %v, %v", looks, names, err)
		}
	}
}

func TestBuildRefusesWhatIsThere(t *testing.T) {
	for _, there := range []string{"record", "drill", "drill-files", "holdpoint.db"} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, there), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Build(t.Context(), dir)
		if fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "overwrites nothing") {
			t.Errorf("with %s: %v", there, err)
		}
		if names, _ := os.ReadDir(dir); len(names) != 1 {
			t.Errorf("with %s: %d names afterwards", there, len(names))
		}
	}
}
