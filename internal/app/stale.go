// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"slices"

	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/world"
)

// Stale is a thing that was restated, withdrawn or lost, by which entry, with
// what hangs on it.
type Stale struct {
	ID   string
	Seq  int64
	What string
	Text string
	Hangings
}

// StaleThings lists everything that does not stand any more as evidence, in the
// order in which it fell, with what hangs on it: one list of what went stale and
// of the decisions that rest on it. Now is milliseconds since 1970.
func StaleThings(w world.World, now int64) []Stale {
	all, roots := fallen(w)
	on := hanging(w, now, roots)
	for i := range all {
		all[i].Hangings = *on[all[i].ID]
	}
	slices.SortStableFunc(all, func(a, b Stale) int { return int(a.Seq - b.Seq) })
	return all
}

// fallen finds what does not stand, each thing once. A finding that is stale
// because of its evidence hangs on that and is not listed by itself.
func fallen(w world.World) (all []Stale, roots []root) {
	seen := map[string]bool{}
	add := func(s Stale, seq int64) {
		if seen[s.ID] {
			return
		}
		seen[s.ID] = true
		all, roots = append(all, s), append(roots, root{s.ID, []int64{seq}})
	}
	for r := range w.Evidence.Restatements() {
		text, seq := evidenceText(w, r.Replaces)
		add(Stale{ID: r.Replaces, Seq: r.Seq, What: "restated as " + r.By + ": " + r.Cause, Text: text}, seq)
	}
	for m := range w.Evidence.AllMissing() {
		text, seq := evidenceText(w, m.About.ID)
		add(Stale{ID: m.About.ID, Seq: m.Seq, What: "its score table is missing", Text: text}, seq)
	}
	for f := range w.Assessment.AllFindings() {
		if f.IsWithdrawn() {
			add(withdrawnFinding(f), f.Seq)
		}
	}
	for e := range w.Safeguard.AllEvidence() {
		if e.Withdrawn != 0 {
			add(Stale{ID: e.ID, Seq: e.Withdrawn, What: "withdrawn", Text: "for " + e.Criterion + " of " + e.Standard + " " + e.Facet}, e.Seq)
		}
	}
	return all, roots
}

func withdrawnFinding(f assessment.Finding) Stale {
	return Stale{ID: f.ID, Seq: f.Withdrawn.Seq, What: "withdrawn: " + f.Reason, Text: f.Threshold + " of " + f.Model}
}

func evidenceText(w world.World, id string) (string, int64) {
	if r, ok := w.Evidence.Run(id); ok {
		return r.Run.Task + " of " + r.Model, r.Seq
	}
	r, _ := w.Evidence.Result(id)
	return r.Evaluation + " of " + r.Model, r.Seq
}
