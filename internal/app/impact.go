// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"strings"

	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/world"
)

// Impact is what hangs on one thing of the record, and what would happen if it
// did not stand any more.
type Impact struct {
	ID   string
	Kind string
	Text string
	// Stands tells whether it stands now, and State why not.
	Stands bool
	State  string
	Hangings
	If Supposition
}

// ImpactOf tells what rests on a run, a reported result, a finding or judgement of
// an assessment, evidence for safeguards, a Safeguards Report, an approval or a
// decision; and which of it would not count any more without that. It only
// looks; now is milliseconds since 1970.
func ImpactOf(w world.World, id string, now int64) (Impact, error) {
	t, err := thing(w, id, now)
	if err != nil {
		return Impact{}, err
	}
	t.Hangings = *hanging(w, now, []root{t.root})[t.ID]
	t.If = suppose(w, t, now)
	return t.Impact, nil
}

// subject is a thing with the entries that stand for it and the models that it is
// about.
type subject struct {
	Impact
	root
	models []string
}

// thing finds what an id names.
func thing(w world.World, id string, now int64) (subject, error) {
	kind := id
	if i := strings.LastIndexByte(id, '-'); i > 0 {
		kind = id[:i]
	}
	t := subject{Impact: Impact{ID: id, Kind: kind, Stands: true, State: "stands"}, root: root{id: id}}
	found := false
	switch kind {
	case "run":
		r, ok := w.Evidence.Run(id)
		t.seqs, t.models, t.Text, found = []int64{r.Seq}, []string{r.Model}, r.Run.Task+" of "+r.Model, ok
		t.state(restated(w, id, r.Table.SHA256))
	case "result":
		r, ok := w.Evidence.Result(id)
		t.seqs, t.models, t.Text, found = []int64{r.Seq}, []string{r.Model}, r.Evaluation+" of "+r.Model, ok
		t.state(restated(w, id, ""))
	case "finding", "judgement":
		f, ok := w.Assessment.Finding(id)
		h := findingHanging(w, f)
		t.seqs, t.models, t.Text, t.Stands, t.State, found = []int64{f.Seq}, []string{f.Model}, h.Text, h.Counts, h.State, ok
	case "decision":
		d, err := w.Decision.Decision(id)
		t.seqs, t.models, t.Text, t.State, found = entriesOf(d), modelsOf(w, d.File), d.File.Title, string(d.Status), err == nil
		if ps := w.Decision.Problems(id, w.DecisionBasis(), now); len(ps) > 0 {
			t.Stands, t.State = false, ps[0].Reason
		}
	default:
		found = t.safeguard(w, now)
	}
	if !found {
		return t, noSuchThing(w, id)
	}
	return t, nil
}

// modelsOf lists the models that a decision is about.
func modelsOf(w world.World, f decision.File) []string {
	models := []string{f.Model}
	if h, err := w.Gate.Hold(f.Hold); err == nil {
		models = append(models, h.Model)
	}
	if f.Interim != nil {
		models = append(models, f.Interim.Models...)
	}
	if f.Baseline != nil {
		models = append(models, f.Baseline.Models...)
	}
	if f.Restriction != nil {
		models = append(models, f.Restriction.Model)
	}
	return models
}

func noSuchThing(w world.World, id string) error {
	if _, err := w.Finding.Find(id); err == nil {
		return fault.NotFoundf("%s is a finding of noncompliance, on which nothing hangs", id).Hinted("holdpoint finding show %s", id)
	}
	return fault.NotFoundf("nothing that others hang on is called %q", id).
		Hinted("name a run, a result, a finding, a judgement, safeguard evidence, a report, an approval or a decision: holdpoint evidence list")
}

func (t *subject) state(why string) {
	if why != "" {
		t.Stands, t.State = false, why
	}
}

// safeguard finds what an id names among the safeguards.
func (t *subject) safeguard(w world.World, now int64) bool {
	for e := range w.Safeguard.AllEvidence() {
		if e.ID == t.ID {
			t.seqs, t.Text = []int64{e.Seq}, "for "+e.Criterion+" of "+e.Standard+" "+e.Facet
			if e.Withdrawn != 0 {
				t.state("withdrawn")
			}
			return true
		}
	}
	if r, ok := w.Safeguard.Report(t.ID); ok {
		t.seqs, t.Text = []int64{r.Seq}, r.Standard+" "+r.Facet
		if len(r.Lost) > 0 {
			t.state("evidence under it was withdrawn")
		}
		return true
	}
	if m, err := w.Safeguard.Interim(t.ID); err == nil {
		h := interimHanging(w, m, now)
		t.seqs, t.models, t.Text, t.Stands, t.State = []int64{m.Seq}, m.Models, h.Text, h.Counts, h.State
		return true
	}
	for a := range w.Safeguard.AllApprovals() {
		if a.ID == t.ID {
			t.seqs, t.Text = []int64{a.Seq}, a.Standard+" "+a.Facet
			t.Stands, t.State = approvalStands(w, a, now)
			return true
		}
	}
	return false
}

// restated says why a piece of evidence does not stand, "" when it does.
func restated(w world.World, id, table string) string {
	if r, ok := w.Evidence.Restated(id); ok {
		return "restated as " + r.By
	}
	if _, gone := w.Evidence.Missing(table); gone && table != "" {
		return "its score table is missing"
	}
	return ""
}

func findingHanging(w world.World, f assessment.Finding) Hanging {
	h := Hanging{ID: f.ID, Seq: f.Seq, Model: f.Model, Text: f.Threshold + " of " + f.Model, Counts: true, State: "stands"}
	if f.IsWithdrawn() {
		h.Counts, h.State = false, "withdrawn: "+f.Reason
	} else if why, _ := (assessment.See{Evidence: w.Evidence}).Stale(f); why != "" {
		h.Counts, h.State = false, why
	}
	return h
}
