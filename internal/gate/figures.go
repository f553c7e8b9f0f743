// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// Figure says what the record supports about one threshold, whoever decided
// what: findings and coverage only.
type Figure struct {
	Threshold string
	Supported bool
	// Through names the threshold whose figures support this one; "" for its
	// own.
	Through string
	// Reasons say what is missing, each beginning with the threshold it is
	// about: this one, or one from which it would follow.
	Reasons []string
	// Own are the reasons about this threshold itself.
	Own []string
	// From are the thresholds from which it would follow.
	From []string
}

// Figures gives what the record supports about every threshold that gates an
// action, from facts at or above the floor. It is never a determination: a gate
// stays held on figures alone.
func Figures(f Facts, model, action string, floor grade.Grade, now int64) []Figure {
	inForce, ok := f.Policy.InForce(now)
	if !ok {
		return nil
	}
	r := figureReader{facts: f, pack: inForce.Pack, model: model, floor: floor}
	var out []Figure
	for _, t := range inForce.Pack.Gating(action) {
		out = append(out, r.figure(t.ID, nil))
	}
	return out
}

type figureReader struct {
	facts Facts
	pack  policy.Pack
	model string
	floor grade.Grade
}

func (r figureReader) see() assessment.See {
	return assessment.See{Policy: r.pack, Model: r.facts.Model, Evidence: r.facts.Evidence, Rules: Rules, Floor: r.floor}
}

// figure looks at a threshold's own coverage and then at the thresholds that
// would rule it out.
func (r figureReader) figure(threshold string, path []string) Figure {
	out := Figure{Threshold: threshold}
	if slices.Contains(path, threshold) {
		return out
	}
	c := r.facts.Assessment.Coverage(r.model, threshold, r.see())
	if c.Supported {
		out.Supported = true
		return out
	}
	links := r.pack.ImpliedBy(threshold)
	if len(links) == 0 || r.found(threshold) {
		out.Own = c.Reasons
		out.Reasons = prefixed(threshold, c.Reasons)
	}
	for _, l := range links {
		out.From = append(out.From, l.From)
		from := r.figure(l.From, append(path, threshold))
		if from.Supported {
			return Figure{Threshold: threshold, Supported: true, Through: l.From}
		}
		out.Reasons = append(out.Reasons, from.Reasons...)
	}
	out.Reasons = unique(out.Reasons)
	return out
}

// found tells whether anything was found on the threshold itself.
func (r figureReader) found(threshold string) bool {
	return len(r.facts.Assessment.Findings(r.model, threshold)) > 0
}

func prefixed(threshold string, reasons []string) []string {
	out := make([]string, len(reasons))
	for i, s := range reasons {
		out[i] = threshold + ": " + s
	}
	return out
}

func unique(list []string) []string {
	var out []string
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// unshownReason says why a threshold that nobody ruled out is not shown to be.
func (e *evaluation) unshownReason(subject string, t policy.Threshold) string {
	if reason, ok := e.pending(subject, t.ID); ok {
		return reason
	}
	r := figureReader{facts: e.facts, pack: e.pack, model: subject, floor: e.v.Ask.Floor}
	fig := r.figure(t.ID, nil)
	if fig.Supported {
		return fmt.Sprintf("%s: the record supports ruling it out, and nobody has determined it", t.ID)
	}
	reasons := fig.Own
	if len(fig.From) > 0 {
		reasons = append(slices.Clone(reasons), "it would follow from "+strings.Join(fig.From, " or ")+", which is not shown either")
	}
	if len(reasons) == 0 {
		return fmt.Sprintf("%s is neither ruled out nor determined as crossed", t.ID)
	}
	return fmt.Sprintf("%s is not shown to be ruled out: %s", t.ID, strings.Join(reasons, "; "))
}

// pending tells of a proposed decision that would answer the question, and what
// it still waits for.
func (e *evaluation) pending(subject, threshold string) (string, bool) {
	for _, d := range e.facts.Decision.Open() {
		if !slices.Contains(d.File.Models(), subject) {
			continue
		}
		for _, det := range d.File.Determinations {
			if det.Threshold == threshold {
				see := e.facts.DecisionSee()
				see.Now = e.now
				missing := e.facts.Decision.Missing(d, see)
				return fmt.Sprintf("%s: %s would determine it as %s, and waits for %s", threshold, d.File.ID, det.Outcome.Words(), strings.Join(missing, ", ")), true
			}
		}
	}
	return "", false
}

// DecisionSee gives the facts as a decision is made from them, so that the gate
// and the act read the same. It has no time, which only offices are asked with.
func (f Facts) DecisionSee() decision.See {
	return decision.See{
		Access: f.Access, Policy: f.Policy, Signoff: f.Signoff, Model: f.Model, Evidence: f.Evidence,
		Assessment: f.Assessment, Safeguard: f.Safeguard, Review: f.Review, Enforcement: f.Enforcement, Rules: Rules,
	}
}
