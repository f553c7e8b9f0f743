// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package assessment

import (
	"fmt"
	"strings"

	"github.com/holdpoint/holdpoint/internal/threshold"
)

// weight is what a finding does to a conclusion.
type weight int

const (
	// needsAnswer: does not support, and blocks until it is answered.
	needsAnswer weight = iota
	// against: supports rule-in, and blocks until it is withdrawn as invalid.
	against
	// aside: does not support and needs no answer.
	aside
	// supports the conclusion.
	supports
	// silent: neither supports nor blocks: context, or superseded.
	silent
)

// weighed is a finding with its weight and the sentence that says why.
type weighed struct {
	Finding
	weight weight
	reason string
	entry  int64 // another entry that the reason rests on, 0 for none
}

// blocks tells whether the finding stands in the way by itself.
func (w weighed) blocks() bool {
	return w.weight == against || w.weight == needsAnswer && w.Answer == nil
}

// weigh tells what every standing finding and judgement on a model and threshold
// does.
func (s State) weigh(model, thr string, n needs, see See) []weighed {
	all := s.Findings(model, thr)
	var out []weighed
	for _, f := range all {
		if f.IsWithdrawn() {
			continue
		}
		w := weighed{Finding: f}
		if f.Judged != nil {
			w.weight, w.reason, w.entry = s.weighJudged(f, see)
		} else {
			w.weight, w.reason, w.entry = s.weighFound(f, all, n, see)
		}
		out = append(out, w)
	}
	return out
}

func (s State) weighJudged(f Finding, see See) (weight, string, int64) {
	d := f.Judged
	name := fmt.Sprintf("the judgement of %s (%s)", d.By, f.ID)
	switch d.Direction {
	case threshold.SupportsRuleIn:
		return against, name + " supports rule-in", 0
	case threshold.SupportsRuleOut:
	default:
		return needsAnswer, name + " is inconclusive", 0
	}
	if d.Evidence != nil {
		if why, seq := see.stale(*d.Evidence); why != "" {
			return needsAnswer, name + ": " + why, seq
		}
	}
	return s.ground(f, name, see)
}

// ground asks what a finding needs besides its verdict: a grade at the floor
// and an assessment that was not cancelled.
func (s State) ground(f Finding, name string, see See) (weight, string, int64) {
	if !see.counts(f.Known) {
		return aside, fmt.Sprintf("%s is known as %s only", name, f.Grade), 0
	}
	if a, ok := s.Assessment(f.Assessment); !ok || a.Outcome == Cancelled {
		return needsAnswer, name + " is from an assessment that was cancelled", a.ClosedBy.Seq
	}
	return supports, name + " supports rule-out", 0
}

func (s State) weighFound(f Finding, all []Finding, n needs, see See) (weight, string, int64) {
	d := f.Found
	name := fmt.Sprintf("%s (%s)", f.ID, d.Spec)
	latest, ok := s.Spec(d.Spec)
	own, okOwn := s.specs.Get(specKey(d.Spec, d.Version))
	if !ok || !okOwn {
		return needsAnswer, name + ": its spec is not registered", 0
	}
	if own.isContext() {
		return silent, name + " is context and has no line", 0
	}
	if d.Result.Verdict == threshold.SupportsRuleIn && own.informative() {
		return against, name + " supports rule-in: " + sentence(d.Result), 0
	}
	if superseded(f, all) {
		return silent, name + " was judged again under a newer version of the spec", 0
	}
	if why := verdictProblem(d, own, latest); why != "" {
		return needsAnswer, name + " " + why, latest.Seq
	}
	return s.weighSupport(f, all, n, see)
}

// superseded tells whether the same evidence was judged under a newer version,
// which shows the old verdict beside its own.
func superseded(f Finding, all []Finding) bool {
	for _, g := range all {
		if g.Found != nil && !g.IsWithdrawn() && g.Found.Spec == f.Found.Spec &&
			g.Found.Evidence.ID == f.Found.Evidence.ID && g.Found.Version > f.Found.Version {
			return true
		}
	}
	return false
}

// verdictProblem says why the finding's verdict does not support rule-out, ""
// when it does.
func verdictProblem(d *Found, own, latest Spec) string {
	switch {
	case !own.informative() || !latest.informative():
		return fmt.Sprintf("carries no weight: the evaluation is %s", strings.ReplaceAll(string(latest.Lifecycle), "_", " "))
	case !own.carriesWeight() || !latest.carriesWeight():
		return "carries no weight: the evaluation is a placeholder"
	case d.Result.Verdict != threshold.SupportsRuleOut:
		return verdictWords(d.Result) + ": " + sentence(d.Result)
	case d.Version != latest.Version:
		return fmt.Sprintf("was judged under version %d, and version %d is registered", d.Version, latest.Version)
	}
	return ""
}

func verdictWords(r threshold.Result) string {
	switch r.Verdict {
	case threshold.Inconclusive:
		return "is inconclusive"
	case threshold.SupportsRuleIn:
		return "supports rule-in"
	}
	return "cannot say"
}

func sentence(r threshold.Result) string {
	if len(r.Reasons) == 0 {
		return "no reason is recorded"
	}
	return strings.TrimSuffix(strings.Join(r.Reasons, " "), ".")
}

// weighSupport asks what a finding with a supporting verdict needs besides it.
func (s State) weighSupport(f Finding, all []Finding, n needs, see See) (weight, string, int64) {
	d := f.Found
	name := fmt.Sprintf("%s (%s)", f.ID, d.Spec)
	if why, seq := see.stale(d.Evidence); why != "" {
		if rejudged(f, all, see) {
			return silent, name + ": " + why + ", which was judged", seq
		}
		return needsAnswer, name + ": " + why, seq
	}
	if why := postHocProblem(f, n); why != "" {
		return needsAnswer, name + " " + why, 0
	}
	latest, _ := s.Spec(d.Spec)
	switch {
	case !latest.LoadBearing:
		return aside, name + " supports rule-out and is not load-bearing", 0
	case n.wants("validity") && latest.Validity == "":
		return aside, name + " supports rule-out, and nothing says that this is due to capability", latest.Seq
	}
	return s.ground(f, name, see)
}

// postHocProblem says why a post hoc finding cannot be relied on (CAP-4).
func postHocProblem(f Finding, n needs) string {
	d := f.Found
	switch {
	case n.preregistered && (d.PostHoc || d.TimingUnknown):
		return "cannot count, since the policy requires preregistration: " + d.Why
	case !d.PostHoc:
		return ""
	case f.ApprovedBy == "":
		return "is post hoc and nobody else approved it: " + d.Why
	case f.Answer == nil || strings.TrimSpace(f.Answer.ReliedOn) == "":
		return "is post hoc and nothing says why it is relied on: " + d.Why
	}
	return ""
}

// rejudged tells whether what took the place of the finding's evidence was
// judged under the same spec.
func rejudged(f Finding, all []Finding, see See) bool {
	now := see.Evidence.Current(f.Found.Evidence.ID)
	if now == f.Found.Evidence.ID {
		return false
	}
	for _, g := range all {
		if g.Found != nil && !g.IsWithdrawn() && g.Found.Spec == f.Found.Spec && g.Found.Evidence.ID == now {
			return true
		}
	}
	return false
}

// Stale tells whether a finding rests on evidence that was restated or whose
// bytes are missing, why, and by which entry.
func (see See) Stale(f Finding) (why string, seq int64) {
	switch {
	case f.Found != nil:
		return see.stale(f.Found.Evidence)
	case f.Judged != nil && f.Judged.Evidence != nil:
		return see.stale(*f.Judged.Evidence)
	}
	return "", 0
}
