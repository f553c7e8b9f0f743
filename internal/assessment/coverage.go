// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package assessment

import (
	"cmp"
	"fmt"
	"github.com/holdpoint/holdpoint/internal/cow"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// Support is what everything recorded about a model and a threshold supports.
// The zero value opens nothing.
type Support string

// The answers of a coverage question.
const (
	CannotTell      Support = "cannot_tell"
	SupportsRuleIn  Support = "supports_rule_in"
	SupportsRuleOut Support = "supports_rule_out"
)

// Covered is a bottleneck with what covers it. By lists the entries of the
// findings and judgements that do.
type Covered struct {
	Bottleneck
	Covered bool
	By      []int64
	Reason  string
}

// Open is a finding that stands in the way until it is answered or, where it
// supports rule-in, withdrawn as invalid.
type Open struct {
	ID     string
	Seq    int64
	Reason string
}

// Coverage answers whether what is recorded supports that a model is below a
// threshold (CAP-2, CAP-11). Reasons are plain sentences without a final stop,
// empty only when it is supported; Notes say what should be known all the same.
// Grade is the lowest of what supports, Unknown when it is not supported.
// Entries are all that was looked at, ascending.
type Coverage struct {
	Supported   bool
	Status      Support
	Bottlenecks []Covered
	Unanswered  []Open
	Gaps        []Gap
	Missing     []string
	Reasons     []string
	Notes       []string
	Grade       grade.Grade
	Entries     []int64
}

// Coverage asks whether a model is shown to be below a threshold. It determines
// nothing (CAP-10).
//
// A spec supports when it has a finding that does and every other standing
// finding under it does too: of several snapshots and runs the least favourable
// counts (MOD-9). A bottleneck is covered by such a spec, or by a written
// judgement. Where the policy asks for no threat-model map, as for a
// checkpoint, so many supporting specs as it names suffice.
func (s State) Coverage(model, threshold string, see See) Coverage {
	n := needsOf(see.Policy, threshold)
	c := Coverage{Status: CannotTell, Missing: s.Missing(model, threshold, see)}
	if _, ok := see.Policy.Threshold(threshold); !ok {
		c.because("the policy %s has no threshold %q", see.Policy.Ref(), threshold)
	}
	if len(c.Missing) > 0 {
		c.because("the assessment lacks %s", strings.ReplaceAll(strings.Join(c.Missing, ", "), "_", " "))
	}
	s.elicitationGaps(&c, model, threshold, n, see)
	ws := s.weigh(model, threshold, n, see)
	c.findings(ws)
	by := supportingSpecs(ws)
	if n.wants(policy.ThreatMap) {
		s.bottlenecks(&c, model, threshold, by, ws)
	} else if len(by) < n.supporting {
		c.because("of supporting, load-bearing evaluations the policy needs %d and there are %d", n.supporting, len(by))
	}
	c.conclude(ws, slices.DeleteFunc(s.parts(model, threshold, n), func(k Known) bool { return !see.counts(k) }))
	return c
}

func (c *Coverage) because(format string, args ...any) {
	c.Reasons = append(c.Reasons, fmt.Sprintf(format, args...))
}

// elicitationGaps lists the gaps; one without its reason in writing blocks where
// the policy asks for elicitation.
func (s State) elicitationGaps(c *Coverage, model, threshold string, n needs, see See) {
	if !n.wants(policy.Elicitation) {
		return
	}
	c.Gaps = s.Gaps(model, threshold, see)
	var open []string
	for _, g := range c.Gaps {
		if g.Recorded {
			c.Entries = append(c.Entries, g.Entry)
		}
		if !g.Explained() {
			open = append(open, g.String())
		}
	}
	if len(open) > 0 {
		c.because("elicitation is neither done nor its absence explained: %s", strings.Join(open, ", "))
	}
}

// findings lists what blocks, and notes what is shown all the same.
func (c *Coverage) findings(ws []weighed) {
	for _, w := range ws {
		c.Entries = append(c.Entries, w.Seq)
		if w.entry != 0 {
			c.Entries = append(c.Entries, w.entry)
		}
		if w.Answer != nil {
			c.Entries = append(c.Entries, w.Answer.Seq)
		}
		switch {
		case w.weight == against:
			c.Status = SupportsRuleIn
			c.because("%s", w.reason)
			c.Unanswered = append(c.Unanswered, Open{w.ID, w.Seq, w.reason})
		case w.blocks():
			c.because("%s, and is not answered", w.reason)
			c.Unanswered = append(c.Unanswered, Open{w.ID, w.Seq, w.reason})
		case w.weight != silent && w.weight != supports:
			c.Notes = append(c.Notes, w.reason)
		}
		if w.Found != nil && w.Found.TimingUnknown && w.weight == supports {
			c.Notes = append(c.Notes, fmt.Sprintf("%s: %s", w.ID, w.Found.Why))
		}
	}
}

// supportingSpecs gives the findings of every spec all of whose findings
// support, by the spec's id.
func supportingSpecs(ws []weighed) map[string][]weighed {
	by := map[string][]weighed{}
	var bad []string
	for _, w := range ws {
		switch {
		case w.Found == nil || w.weight == silent:
		case w.weight == supports:
			by[w.Found.Spec] = append(by[w.Found.Spec], w)
		default:
			bad = append(bad, w.Found.Spec)
		}
	}
	for _, spec := range bad {
		delete(by, spec)
	}
	return by
}

func (s State) bottlenecks(c *Coverage, model, threshold string, by map[string][]weighed, ws []weighed) {
	m, ok := s.ThreatMap(model, threshold)
	if !ok {
		return
	}
	c.Entries = append(c.Entries, m.Seq)
	for _, b := range m.Bottlenecks {
		covered := Covered{Bottleneck: b}
		for id, findings := range by {
			if sp, ok := s.Spec(id); ok && slices.Contains(sp.Bottlenecks, b.ID) {
				for _, w := range findings {
					covered.By = append(covered.By, w.Seq)
				}
			}
		}
		for _, w := range ws {
			if w.Judged != nil && w.weight == supports && w.Judged.Bottleneck == b.ID {
				covered.By = append(covered.By, w.Seq)
			}
		}
		slices.Sort(covered.By)
		covered.Covered = len(covered.By) > 0
		covered.Reason = "covered by an evaluation or a judgement"
		if !covered.Covered {
			covered.Reason = "no load-bearing evaluation and no judgement supports that " + b.ID + " is out of reach"
			c.because("the bottleneck %s is not covered", b.ID)
		}
		c.Bottlenecks = append(c.Bottlenecks, covered)
	}
}

// parts lists what the assessment is made of besides findings.
func (s State) parts(model, threshold string, n needs) []Known {
	var known []Known
	if m, ok := s.ThreatMap(model, threshold); ok && n.wants(policy.ThreatMap) {
		known = append(known, m.Known)
	}
	if n.wants(policy.Elicitation) {
		for _, e := range s.Elicitation(model, threshold) {
			known = append(known, e.Known)
		}
	}
	if n.wants(policy.Forecasts) {
		for _, f := range s.Forecasts(model, threshold) {
			known = append(known, f.Known)
		}
	}
	for _, part := range arguable() {
		if a, ok := s.Argument(model, threshold, part); ok && n.wants(part) {
			known = append(known, a.Known)
		}
	}
	return known
}

func (c *Coverage) conclude(ws []weighed, parts []Known) {
	for _, k := range parts {
		c.Entries = append(c.Entries, k.Seq)
	}
	if len(c.Reasons) == 0 {
		c.Supported, c.Status, c.Grade = true, SupportsRuleOut, grade.Recomputed
		for _, k := range parts {
			c.Grade = min(c.Grade, k.Grade)
		}
		for _, w := range ws {
			if w.weight == supports {
				c.Grade = min(c.Grade, w.Grade)
			}
		}
	}
	slices.SortFunc(c.Entries, cmp.Compare[int64])
	c.Entries = slices.Compact(c.Entries)
}

// Changed gives the last entry that may have changed the coverage of a threshold
// for a model: a finding, a judgement, a threat map, elicitation, or an
// assessment that came to nothing. 0 is none. A new version of a spec is not
// among them: it does not reach back to models that were judged before it.
func (s State) Changed(model, threshold string) int64 {
	own, _ := s.changed.Get(cow.PairKey(model, threshold))
	all, _ := s.changed.Get(cow.PairKey(model, ""))
	return max(own, all)
}
