// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"slices"

	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/safeguard"
	"github.com/holdpoint/holdpoint/internal/world"
)

// Hanging is one thing that rests on another. Counts tells whether it counts
// now, and State in a word or a sentence why not; for a clearance, whether it is
// valid, revoked or expired.
type Hanging struct {
	ID     string
	Seq    int64
	Model  string
	Text   string
	Counts bool
	State  string
}

// Hangings is what rests on one thing, directly or through others, in the order
// of the journal.
type Hangings struct {
	// Findings are those of assessments, and written judgements.
	Findings  []Hanging
	Reports   []Hanging
	Decisions []Hanging
	// Approvals are those of standards, and interim measures that stand in for
	// them.
	Approvals  []Hanging
	Clearances []Hanging
}

// Empty tells whether nothing rests on it.
func (h Hangings) Empty() bool {
	return len(h.Findings)+len(h.Reports)+len(h.Decisions)+len(h.Approvals)+len(h.Clearances) == 0
}

// web follows what rests on what, from some roots upwards. Everything that rests
// on something was recorded after it, so one pass over each noun is enough.
type web struct {
	w   world.World
	now int64
	// on maps a thing to the roots that it rests on, at the same for an entry.
	on  map[string][]string
	at  map[int64][]string
	out map[string]*Hangings
}

// root is a thing that others may rest on, with the entries that stand for it.
type root struct {
	id   string
	seqs []int64
}

// hanging tells for each root what rests on it.
func hanging(w world.World, now int64, roots []root) map[string]*Hangings {
	b := web{w: w, now: now, on: map[string][]string{}, at: map[int64][]string{}, out: map[string]*Hangings{}}
	for _, r := range roots {
		b.out[r.id] = &Hangings{}
		b.on[r.id] = []string{r.id}
		for _, seq := range r.seqs {
			b.at[seq] = union(b.at[seq], b.on[r.id])
		}
	}
	b.findings(roots)
	b.reports()
	b.decisions()
	b.approvals()
	b.clearances()
	return b.out
}

// put notes that a thing rests on roots, by the entries that stand for it.
func (b *web) put(h Hanging, roots []string, list func(*Hangings) *[]Hanging, seqs ...int64) {
	if len(roots) == 0 {
		return
	}
	b.on[h.ID] = union(b.on[h.ID], roots)
	for _, seq := range seqs {
		b.at[seq] = union(b.at[seq], roots)
	}
	for _, r := range roots {
		if r != h.ID {
			to := list(b.out[r])
			*to = append(*to, h)
		}
	}
}

func union(a, b []string) []string {
	for _, x := range b {
		if !slices.Contains(a, x) {
			a = append(slices.Clip(a), x)
		}
	}
	return a
}

func (b *web) findings(roots []root) {
	for _, r := range roots {
		for _, f := range b.w.Assessment.Resting(r.id) {
			b.put(findingHanging(b.w, f), []string{r.id}, func(to *Hangings) *[]Hanging { return &to.Findings }, f.Seq)
		}
	}
}

func bySeq(a, b Hanging) int { return int(a.Seq - b.Seq) }

func (b *web) reports() {
	for r := range b.w.Safeguard.AllReports() {
		var roots []string
		for _, seq := range r.Evidence {
			roots = union(roots, b.at[seq])
		}
		h := Hanging{ID: r.ID, Seq: r.Seq, Text: r.Standard + " " + r.Facet, Counts: len(r.Lost) == 0, State: "stands"}
		if !h.Counts {
			h.State = "evidence under it was withdrawn"
		}
		b.put(h, roots, func(to *Hangings) *[]Hanging { return &to.Reports }, r.Seq)
	}
}

func (b *web) decisions() {
	basis := b.w.DecisionBasis()
	var all []Hanging
	roots, entries := map[string][]string{}, map[string][]int64{}
	for d := range b.w.Decision.Each() {
		on := b.pinned(d)
		if len(on) == 0 {
			continue
		}
		h := Hanging{ID: d.File.ID, Seq: d.Seq, Model: d.File.Model, Text: d.File.Title, State: string(d.Status)}
		problems := b.w.Decision.Problems(d.File.ID, basis, b.now)
		if h.Counts = len(problems) == 0; !h.Counts {
			h.State = problems[0].Reason
		}
		roots[h.ID], entries[h.ID], all = on, entriesOf(d), append(all, h)
	}
	slices.SortFunc(all, bySeq)
	for _, h := range all {
		b.put(h, roots[h.ID], func(to *Hangings) *[]Hanging { return &to.Decisions }, entries[h.ID]...)
	}
}

// entriesOf are the entries that stand for a decision.
func entriesOf(d decision.Decision) []int64 {
	if d.EffectSeq == 0 || d.EffectSeq == d.Seq {
		return []int64{d.Seq}
	}
	return []int64{d.Seq, d.EffectSeq}
}

// pinned gives the roots that a decision rests on: by its pins, its report and
// its assessment.
func (b *web) pinned(d decision.Decision) []string {
	roots := b.on[d.File.ID]
	for _, p := range d.File.Pins {
		roots = union(roots, b.on[p.Ref.ID])
	}
	if s := d.File.Safeguards; s != nil && s.Report != "" {
		roots = union(roots, b.on[s.Report])
	}
	if d.File.Assessment != "" {
		roots = union(roots, b.on[d.File.Assessment])
	}
	return roots
}

func (b *web) approvals() {
	var all []Hanging
	roots := map[string][]string{}
	for a := range b.w.Safeguard.AllApprovals() {
		on := union(union(b.on[a.ID], b.on[a.Decision]), b.reported(a))
		if len(on) == 0 {
			continue
		}
		roots[a.ID] = on
		counts, why := approvalStands(b.w, a, b.now)
		all = append(all, Hanging{ID: a.ID, Seq: a.Seq, Text: a.Standard + " " + a.Facet, Counts: counts, State: why})
	}
	for _, m := range b.w.Safeguard.Interims() {
		if on := union(b.on[m.ID], b.on[m.Decision]); len(on) > 0 {
			roots[m.ID], all = on, append(all, interimHanging(b.w, m, b.now))
		}
	}
	slices.SortFunc(all, bySeq)
	for _, h := range all {
		b.put(h, roots[h.ID], func(to *Hangings) *[]Hanging { return &to.Approvals }, h.Seq)
	}
}

// interimHanging is an interim measure, which stands in for an approval.
func interimHanging(w world.World, m safeguard.Interim, now int64) Hanging {
	h := Hanging{ID: m.ID, Seq: m.Seq, Text: "instead of " + m.Standard + " " + m.Facet, Counts: true, State: "in force"}
	why := w.Safeguard.Over(m, now)
	if ps := w.Decision.Problems(m.Decision, w.DecisionBasis(), now); why == "" && len(ps) > 0 {
		why = ps[0].Reason
	}
	if why != "" {
		h.Counts, h.State = false, why
	}
	return h
}

func (b *web) reported(a safeguard.Approval) []string {
	if a.Report == "" {
		return nil
	}
	return b.on[a.Report]
}

// approvalStands tells whether an approval is the one by which its standard is
// in force, where it is for.
func approvalStands(w world.World, a safeguard.Approval, now int64) (bool, string) {
	ask := safeguard.Ask{Standard: a.Standard, Facet: a.Facet, Model: only(a.Models), Environment: only(a.Environments), Floor: grade.Attested}
	st := w.Safeguard.StandingAt(ask, now)
	switch {
	case st.Approval != "" && st.Approval != a.ID:
		return false, "a later approval took its place: " + st.Approval
	case st.Status != safeguard.InForce:
		return false, st.Reason
	}
	if ps := w.Decision.Problems(a.Decision, w.DecisionBasis(), now); len(ps) > 0 {
		return false, ps[0].Reason
	}
	return true, "in force"
}

func only(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

func (b *web) clearances() {
	var all []Hanging
	roots := map[string][]string{}
	for c := range b.w.Gate.EachClearance() {
		var on []string
		for _, seq := range c.Rests {
			on = union(on, b.at[seq])
		}
		if len(on) > 0 {
			roots[c.ID], all = on, append(all, clearanceHanging(c, b.now))
		}
	}
	slices.SortFunc(all, bySeq)
	for _, h := range all {
		b.put(h, roots[h.ID], func(to *Hangings) *[]Hanging { return &to.Clearances }, h.Seq)
	}
}

func clearanceHanging(c gate.Clearance, now int64) Hanging {
	h := Hanging{ID: c.ID, Seq: c.Seq, Model: c.Ask.Model, Text: c.Ask.Action + " in " + c.Ask.Environment, Counts: c.Valid(now), State: "valid"}
	switch {
	case c.RevokedSeq != 0:
		h.State = "revoked"
	case !h.Counts:
		h.State = "expired"
	}
	return h
}
