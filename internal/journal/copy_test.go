// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package journal_test

import (
	"bytes"
	"iter"
	"slices"
	"testing"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/journal"
	"github.com/holdpoint/holdpoint/internal/journal/journaltest"
)

func each(rows []journal.Row) iter.Seq2[journal.Row, error] {
	return func(yield func(journal.Row, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// original is a journal of 21 entries with its rows, and its checkpoint after 11.
func original(t *testing.T) (j *journal.Journal[toy], rows []journal.Row, early []byte) {
	t.Helper()
	j = begin(t, options(openSQLite(t, path(t))), journal.Simulated, 1000)
	for range 10 {
		do(t, j, add(1))
	}
	early = j.View().Checkpoint
	for range 10 {
		do(t, j, add(1))
	}
	for r, err := range j.Rows(t.Context(), 0, 100) {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
	return j, rows, early
}

// A copy grows with the checkpoints, folds to the same state, and takes what is
// more than the checkpoint counts only with the next one.
func TestACopyFollows(t *testing.T) {
	j, rows, early := original(t)
	store := openSQLite(t, path(t))
	c := journal.Copy{Store: store, Registry: journaltest.Registry(), Key: j.Key()}
	if err := c.Extend(t.Context(), journal.Tree{}, early, each(rows)); err != nil {
		t.Fatal(err)
	}
	own, err := journal.Open(t.Context(), opts{Store: store, Registry: journaltest.Registry(), Verify: j.Key(), Partial: true})
	if err != nil {
		t.Fatal(err)
	}
	if own.View().Size != 11 {
		t.Fatalf("%d entries", own.View().Size)
	}
	if err := c.Extend(t.Context(), own.View().Tree, j.View().Checkpoint, each(rows[11:])); err != nil {
		t.Fatal(err)
	}
	v, err := own.Fresh(t.Context())
	if err != nil || v.Root != j.View().Root || v.State.Count("n") != 20 {
		t.Errorf("%v: %d entries, %d", err, v.Size, v.State.Count("n"))
	}
	if err := c.Extend(t.Context(), v.Tree, j.View().Checkpoint, each(nil)); err != nil {
		t.Errorf("nothing new: %v", err)
	}
	wants(t, c.Extend(t.Context(), v.Tree, early, each(nil)), fault.Corrupt, "went back")
}

// What does not check out leaves nothing behind.
func TestACopyTakesNothingFalse(t *testing.T) {
	j, rows, early := original(t)
	changed := func(i int, change func(*journal.Row)) []journal.Row {
		all := slices.Clone(rows)
		change(&all[i])
		return all
	}
	whole := j.View().Checkpoint
	other := begin(t, options(openSQLite(t, path(t))), journal.Simulated, 7)
	for range 20 {
		do(t, other, add(2))
	}
	for name, c := range map[string]struct {
		checkpoint []byte
		rows       []journal.Row
		text       string
	}{
		"another body":       {whole, changed(5, func(r *journal.Row) { r.Body = bytes.ToUpper(r.Body) }), "not the one its header commits to"},
		"a fact left out":    {whole, changed(5, func(r *journal.Row) { r.Body, r.Salt = nil, nil }), "facts are never erased"},
		"an entry left out":  {whole, slices.Delete(slices.Clone(rows), 5, 6), "where entry 5 is next"},
		"too few":            {whole, rows[:20], "only 20 came"},
		"another history":    {other.View().Checkpoint, rows, "over other entries"},
		"a changed note":     {bytes.Replace(whole, []byte("\n21\n"), []byte("\n20\n"), 1), rows, "not the journal's"},
		"an early one, alas": {early, rows[1:], "where entry 0 is next"},
	} {
		t.Run(name, func(t *testing.T) {
			store := openSQLite(t, path(t))
			copied := journal.Copy{Store: store, Registry: journaltest.Registry(), Key: j.Key()}
			err := copied.Extend(t.Context(), journal.Tree{}, c.checkpoint, each(c.rows))
			if err == nil {
				t.Fatal("it was taken")
			}
			wants(t, err, fault.KindOf(err), c.text)
			if head, err := store.Head(t.Context()); err != nil || head.Size != 0 {
				t.Errorf("%d entries are left, %v", head.Size, err)
			}
			if _, err := store.Row(t.Context(), 0); fault.KindOf(err) != fault.NotFound {
				t.Errorf("a row is left: %v", err)
			}
		})
	}
}
