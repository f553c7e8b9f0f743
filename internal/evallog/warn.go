// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package evallog

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/holdpoint/holdpoint/internal/stats"
)

// A warnList collects warnings; add keeps one when its condition holds.
type warnList []stats.Warning

func (w *warnList) add(when bool, code, format string, args ...any) {
	if when {
		*w = append(*w, stats.Warning{Code: code, Text: fmt.Sprintf(format, args...)})
	}
}

func (w warnList) sorted() []stats.Warning {
	slices.SortStableFunc(w, func(a, b stats.Warning) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Text, b.Text))
	})
	return slices.Compact(w)
}

// warnings says what is weak about the run. The traps come from real logs and
// from the changelog of inspect_ai.
func (h *head) warnings(t sampleTally) []stats.Warning {
	var w warnList
	h.warnRun(&w)
	if !h.run.HeaderOnly || t.counts.Present > 0 {
		h.warnSamples(&w, t)
		h.warnValues(&w, t)
	}
	h.warnVersion(&w, t)
	h.warnContradictions(&w, t)
	h.warnReducer(&w)
	h.warnClaims(&w, t)
	return w.sorted()
}

func (h *head) warnRun(w *warnList) {
	r := &h.run
	w.add(r.Status == StatusCancelled, "cancelled", "The run was cancelled, so its figures are of an unfinished run.")
	w.add(r.Status == StatusError, "run_error", "The run ended with an error.")
	w.add(r.Status == StatusStarted, "in_progress", "The run has not finished, or it crashed: there is no final record of it.")
	w.add(r.Subset, "subset", "Only a subset of the dataset was run: %s.", r.SubsetReason)
	w.add(h.earlyStopped, "early_stopped", "The run used a rule that stops early, so a fixed-sample interval does not apply as it stands.")
	w.add(len(h.updates) > 0, "mid_run_config", "%s changed while the run was going on.", plural(len(h.updates), "setting was", "settings were"))
	cached := slices.ContainsFunc(r.Elicitation.Config, func(p Pair) bool { return p.Name == "cache" && p.Value != "false" })
	w.add(cached, "cached", "Answers may have come from a cache, which makes repeated attempts identical.")
	w.add(h.asked > 0 && r.Counts.Present > h.asked, "more_than_planned",
		"The log says that %s asked for, and it holds %d: stopping late is a choice too.", plural(h.asked, "sample was", "samples were"), r.Counts.Present)
	d, ran := r.Dataset.Samples, max(h.total, r.Counts.Present)
	w.add(d > 0 && (ran-1)/r.Epochs >= d, "dataset_count_disagrees",
		"The log says that its dataset has %s, and %d were run in %s.",
		plural(d, "sample", "samples"), ran, plural(r.Epochs, "epoch", "epochs"))
}

func (h *head) warnSamples(w *warnList, t sampleTally) {
	r, c := &h.run, t.counts
	w.add(len(h.claims) > 0 && c.Present == 0, "aggregate_only", "The log states figures but holds no samples, so nothing can be recomputed.")
	w.add(c.Present < h.total, "samples_cut", "The log counts %d samples and holds %d.", h.total, c.Present)
	w.add(c.Present >= h.total && c.Present > 0 && h.completed > c.Completed, "completed_disagrees",
		"The log counts %d samples as completed, and %d of its samples are.", h.completed, c.Completed)
	w.add(c.Present > 0 && len(t.metrics) == 0, "no_scores", "The samples were run but never scored.")
	w.add(c.Errored > 0, "errored_excluded", "%s in an error; the log's own figures leave errored samples out.", plural(c.Errored, "sample ended", "samples ended"))
	w.add(t.onError > 0, "scored_on_error", "%s a score although an error ended the run of it; the score is not used.", plural(t.onError, "sample has", "samples have"))
	w.add(c.Unscored > 0 && len(t.metrics) > 0, "unscored", "%s without a usable score.", plural(c.Unscored, "sample finished", "samples finished"))
	w.add(c.Limited > 0, "limited", "%s stopped by a limit before the model was done.", plural(c.Limited, "sample was", "samples were"))
	w.add(c.Edited > 0, "edited", "%s a score that was changed after the run.", plural(c.Edited, "sample has", "samples have"))
	w.add(c.Invalidated == 0 && h.invalidated, "invalidated", "The log is marked as holding samples that were declared invalid.")
	w.add(c.Invalidated > 0, "invalidated", "%s declared invalid and not used.", plural(c.Invalidated, "sample was", "samples were"))
	w.add(c.Fallback > 0, "fallback_model", "%s answered at least partly by another model.", plural(c.Fallback, "sample was", "samples were"))
	w.add(c.Retries > 0, "retried", "%s run again after an error.", plural(c.Retries, "sample was", "samples were"))
	w.add(t.summary > 0 && !r.HeaderOnly, "summary_only", "%s known from a summary only, which hides edits and invalidations.", plural(t.summary, "sample is", "samples are"))
	w.add(t.edits+len(h.run.Edits) > MaxEdits, "edits_clipped", "There are more changes than the %d that are listed.", MaxEdits)
}

func (h *head) warnValues(w *warnList, t sampleTally) {
	n := t.whys
	w.add(n[unknown] > 0, "unknown_label", "%s a label that is no known mark; the harness counts such a label as 0, here it is unscored.", plural(n[unknown], "score is", "scores are"))
	w.add(n[ambiguous] > 0, "null_score", "%s null, which may mean unscored or a lost NaN; it is treated as unscored.", plural(n[ambiguous], "score is", "scores are"))
	w.add(n[notANumber] > 0, "nan_score", "%s NaN, which means unscored.", plural(n[notANumber], "score is", "scores are"))
	w.add(n[unbounded] > 0, "infinite_score", "%s infinite or too large to be a number; it is treated as unscored.", plural(n[unbounded], "score is", "scores are"))
	w.add(n[structured] > 0, "structured_score", "%s a list or object; it is treated as unscored.", plural(n[structured], "part of a score is", "parts of scores are"))
}

func (h *head) warnVersion(w *warnList, t sampleTally) {
	v := h.run.Harness.Version
	w.add(h.development, "development_format",
		"The log was written by a development build of Inspect (%s) in a format version that no release has.", v)
	w.add(h.usesPassAtK() && before(v, 0, 3, 221), "old_pass_at_k",
		"inspect_ai %s inflates pass@k when fewer than k attempts were scored (corrected in 0.3.221).", v)
	w.add(t.whys[ambiguous]+t.whys[notANumber] > 0 && before(v, 0, 3, 253), "nan_zeroed",
		"inspect_ai %s counts scores that are not a number as 0 in its own figures (corrected in 0.3.253).", v)
}

func (h *head) usesPassAtK() bool {
	isPass := func(s string) bool { return strings.HasPrefix(s, "pass_at_") }
	return slices.ContainsFunc(h.run.Reducers, isPass) ||
		slices.ContainsFunc(h.claims, func(c headClaim) bool { return isPass(c.claim.Reducer) || isPass(c.claim.Name) })
}

func (h *head) warnClaims(w *warnList, t sampleTally) {
	for _, m := range h.run.Metrics {
		for _, c := range m.Claims {
			w.add(c.Stderr == "0", "zero_stderr", "The log states a standard error of exactly 0 for %s; an interval built on it has no width.", m.Name)
			if t.counts.Present >= h.total && h.meanClaim(c) && m.Mean != "" {
				w.add(disagree(c.Value, m.Mean), "aggregate_disagrees", "The log says %s of %s is %s; recomputed from its samples it is %s.", c.Name, m.Name, shown(c.Value), m.Mean)
			}
		}
	}
}

// meanClaim tells whether a claim is a mean over items of means over epochs,
// the only statistic recomputed here.
func (h *head) meanClaim(c Claim) bool {
	if c.Name != "accuracy" && c.Name != "mean" {
		return false
	}
	reducer := c.Reducer
	if reducer == "" && len(h.run.Reducers) == 1 {
		reducer = h.run.Reducers[0]
	}
	return reducer == "mean" || reducer == "" && len(h.run.Reducers) == 0
}

func shown(d stats.Decimal) string { return cmp.Or(string(d), "not a number") }

// disagree compares beyond rounding: a millionth of the larger of 1 and the
// number.
func disagree(claimed, computed stats.Decimal) bool {
	if claimed == "" {
		return true
	}
	a, b := claimed.Float(), computed.Float()
	return math.Abs(a-b) > 1e-6*max(1, math.Abs(b))
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// before tells whether a version such as 0.3.138.dev45+g23fb0e7e is older than
// the given one. A version nobody can read is not called old.
func before(version string, want ...int) bool {
	parts := strings.FieldsFunc(version, func(r rune) bool { return r == '.' || r == '+' || r == '-' })
	for i, n := range want {
		if i >= len(parts) {
			return false
		}
		got, err := strconv.Atoi(parts[i])
		if err != nil {
			return false
		}
		if got != n {
			return got < n
		}
	}
	return false
}
