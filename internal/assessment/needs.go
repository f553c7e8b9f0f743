// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package assessment

import (
	"slices"

	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// needs is what the policy asks of the assessment of one threshold.
type needs struct {
	contents []policy.Content
	// supporting evaluations that suffice where no threat-model map is asked for.
	supporting int
	// preregistered: a post hoc finding cannot support.
	preregistered bool
}

func (n needs) wants(c policy.Content) bool { return slices.Contains(n.contents, c) }

// needsOf reads the policy. A threshold that it does not know, or whose kind it
// says nothing about, needs everything.
func needsOf(p policy.Pack, threshold string) needs {
	n := needs{preregistered: p.Assessment.Preregistration.Mode == policy.PreregRequire}
	t, _ := p.Threshold(threshold)
	for _, r := range p.AssessmentFor(t.Kind) {
		n.contents = append(n.contents, r.Contents...)
		n.supporting = max(n.supporting, r.SupportingEvaluations)
	}
	if len(n.contents) == 0 {
		n.contents = []policy.Content{
			policy.ThreatMap, policy.Completeness, policy.Evaluations, policy.Elicitation, policy.Forecasts,
			policy.Validity, policy.LowRefusal, policy.ExternalFindings, policy.Margin,
		}
	}
	n.supporting = max(n.supporting, 1)
	return n
}

// counts tells whether a fact is known well enough to support anything.
func (see See) counts(k Known) bool { return k.Grade >= max(see.Floor, grade.Attested) }

// Missing lists the parts that the policy asks for and that are not recorded
// for a model and threshold (CAP-2), in the policy's order.
func (s State) Missing(model, threshold string, see See) []string {
	n := needsOf(see.Policy, threshold)
	var missing []string
	for _, c := range n.contents {
		if !s.hasPart(model, threshold, c, see) && !slices.Contains(missing, string(c)) {
			missing = append(missing, string(c))
		}
	}
	return missing
}

func (s State) hasPart(model, threshold string, c policy.Content, see See) bool {
	switch c {
	case policy.ThreatMap:
		m, ok := s.ThreatMap(model, threshold)
		return ok && len(m.Bottlenecks) > 0 && see.counts(m.Known)
	case policy.Completeness:
		m, ok := s.ThreatMap(model, threshold)
		return ok && m.Completeness != "" && see.counts(m.Known)
	case policy.Evaluations:
		return slices.ContainsFunc(s.Findings(model, threshold), func(f Finding) bool {
			return f.Found != nil && !f.IsWithdrawn() && see.counts(f.Known)
		})
	case policy.Elicitation:
		return slices.ContainsFunc(s.Elicitation(model, threshold), func(e Elicitation) bool { return see.counts(e.Known) })
	case policy.Forecasts:
		return slices.ContainsFunc(s.Forecasts(model, threshold), func(f Forecast) bool { return see.counts(f.Known) })
	case policy.Validity:
		return s.validityStated(model, threshold)
	case policy.LowRefusal:
		return s.unrestrained(model, threshold, see) || s.argued(model, threshold, c, see)
	}
	return s.argued(model, threshold, c, see)
}

func (s State) argued(model, threshold string, c policy.Content, see See) bool {
	a, ok := s.Argument(model, threshold, c)
	return ok && see.counts(a.Known)
}

// validityStated tells whether every load-bearing spec that a standing finding
// used says why its results are due to capability (CAP-3).
func (s State) validityStated(model, threshold string) bool {
	stated := false
	for _, f := range s.Findings(model, threshold) {
		if f.Found == nil || f.IsWithdrawn() {
			continue
		}
		sp, ok := s.Spec(f.Found.Spec)
		if !ok || sp.LoadBearing && sp.Validity == "" {
			return false
		}
		stated = stated || sp.LoadBearing
	}
	return stated
}

// unrestrained tells whether a helpful-only or otherwise unrestrained snapshot
// was in an assessment of the threshold (MOD-1).
func (s State) unrestrained(model, threshold string, see See) bool {
	for _, a := range s.Assessments(model) {
		if a.Outcome == Cancelled || !slices.Contains(a.Thresholds, threshold) || !see.counts(a.Known) {
			continue
		}
		for _, id := range a.Snapshots {
			if snap, ok := see.Model.Snapshot(model, id); ok && snap.Unrestrained() {
				return true
			}
		}
	}
	return false
}
