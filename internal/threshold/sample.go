// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package threshold

import "github.com/holdpoint/holdpoint/internal/stats"

// The states of a run. A verdict needs a complete one.
const (
	StatusComplete  = "complete"
	StatusStarted   = "started"
	StatusCancelled = "cancelled"
	StatusError     = "error"
)

// Sample is what a run or a published report says: exactly one of Items,
// Count, Arms and Point is set.
type Sample struct {
	// Status of the run; anything but [StatusComplete] gives no verdict. A
	// published result is complete when its source presents it as final.
	Status string `json:"status"`
	// Planned items according to the run, 0 when unknown. The larger of this and
	// [Spec.PlannedItems] counts.
	Planned int        `json:"planned,omitzero"`
	Items   []Item     `json:"items,omitzero"`
	Count   *Tally     `json:"count,omitzero"`
	Arms    *Arms      `json:"arms,omitzero"`
	Point   *PointOnly `json:"point,omitzero"`
}

// Item is one task with its attempts.
type Item struct {
	ID string `json:"id"`
	// Scores of the attempts that have one. Only scores in [0,1] can be bounded
	// when some are missing.
	Scores []stats.Decimal `json:"scores"`
	// Missing attempts: errored, unscored, invalidated.
	Missing int `json:"missing,omitzero"`
	// Cluster the item belongs to, "" when it is not known.
	Cluster string `json:"cluster,omitzero"`
}

// Tally is a count of successes among N items.
type Tally struct {
	// Successes may be fractional: the mean over attempts of the number of items
	// solved, or a sum of scores in [0,1].
	Successes stats.Decimal `json:"successes"`
	N         int           `json:"n"`
	// Attempts at each item that Successes was averaged over, 0 when not
	// published (then one is assumed, which is the widest).
	Attempts int `json:"attempts,omitzero"`
}

// SpreadNotStated is a published "±" of which nobody says what it is; the
// other kinds are those of the stats package.
const SpreadNotStated stats.SpreadKind = "not_stated"

// Arms are published means with their spread. A mean reads the treatment only.
type Arms struct {
	Treatment  Arm              `json:"treatment"`
	Control    Arm              `json:"control,omitzero"`
	SpreadKind stats.SpreadKind `json:"spread_kind"`
}

// Arm is one group of a trial.
type Arm struct {
	Mean   stats.Decimal `json:"mean"`
	Spread stats.Decimal `json:"spread"`
	// N of the arm, 0 when not published; then AssumedN serves to show what a
	// standard deviation would mean, and supports nothing.
	N        int `json:"n,omitzero"`
	AssumedN int `json:"assumed_n,omitzero"`
}

// PointOnly is a figure whose n is not published.
type PointOnly struct {
	Value stats.Decimal `json:"value"`
}

// Sufficient is what a judgement is computed from, and all that a replay
// needs: a [Sample] with its items reduced to sums. It belongs to the spec it
// was reduced under.
type Sufficient struct {
	Status  string     `json:"status"`
	Planned int        `json:"planned,omitzero"`
	Table   *Table     `json:"table,omitzero"`
	Count   *Tally     `json:"count,omitzero"`
	Arms    *Arms      `json:"arms,omitzero"`
	Point   *PointOnly `json:"point,omitzero"`
	// Problems found while reducing; with any there is no verdict.
	Problems []string `json:"problems,omitzero"`
}

// Table is a score table reduced to the sums of its statistic.
type Table struct {
	// Items in the table, and planned items that are not in it.
	Items  int `json:"items"`
	Absent int `json:"absent,omitzero"`
	// Missing attempts, those of absent items included.
	Missing int `json:"missing,omitzero"`
	// Binary: every score is 0 or 1. Unit: every score lies between them.
	Binary bool `json:"binary"`
	Unit   bool `json:"unit"`
	// Observed leaves missing attempts out; AllWrong and AllRight fill them in
	// and are absent when nothing is missing.
	Observed Side  `json:"observed"`
	AllWrong *Side `json:"all_wrong,omitzero"`
	AllRight *Side `json:"all_right,omitzero"`
}

// Side is one way of treating the missing attempts.
type Side struct {
	stats.Moments
	// M3 is the sum of cubed distances from the mean, of observed scores between
	// 0 and 1 that are not all pass or fail.
	M3 stats.Exact `json:"m3,omitzero"`
	// Median with its bounds at the spec's alpha, for that statistic only.
	Median *MedianBounds `json:"median,omitzero"`
}

// MedianBounds is a median with its order-statistic bounds; a bound is "" when
// too few items are there for one.
type MedianBounds struct {
	Value stats.Decimal `json:"value"`
	Lower stats.Decimal `json:"lower,omitzero"`
	Upper stats.Decimal `json:"upper,omitzero"`
}

func (s Sufficient) forms() int {
	return forms(s.Table != nil, s.Count != nil, s.Arms != nil, s.Point != nil)
}

func forms(present ...bool) int {
	n := 0
	for _, p := range present {
		if p {
			n++
		}
	}
	return n
}

// statusProblem says why a run's state allows no verdict, "" when it does.
func statusProblem(status string) string {
	switch status {
	case StatusComplete:
		return ""
	case StatusStarted:
		return "The run has not finished."
	case StatusCancelled:
		return "The run was cancelled."
	case StatusError:
		return "The run ended with an error."
	case "":
		return "Nothing says whether the run finished."
	}
	return "The state of the run is not one we know."
}
