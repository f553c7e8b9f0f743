// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package evallog

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/stats"
)

// A fold brings the samples of a log together: the last one per item and
// epoch wins, since a sample that was run again is appended.
type fold struct {
	lim   Limits
	at    map[sampleKey]int
	order []sample
	// finalSummaries: the summaries were written when the run had ended, so each
	// sample has one and it agrees.
	finalSummaries bool
}

type sampleKey struct {
	item  string
	epoch int
}

func newFold(lim Limits) *fold { return &fold{lim: lim, at: map[sampleKey]int{}} }

func (f *fold) add(s sample) error {
	k := sampleKey{s.item, s.epoch}
	if i, ok := f.at[k]; ok {
		f.order[i] = f.over(f.order[i], s)
		return nil
	}
	if len(f.order) >= f.lim.MaxSamples {
		return errTooManySamples
	}
	f.at[k] = len(f.order)
	f.order = append(f.order, s)
	return nil
}

// samples gives the samples by item and epoch.
func (f *fold) samples() []sample {
	slices.SortFunc(f.order, func(a, b sample) int {
		return cmp.Or(cmp.Compare(a.item, b.item), cmp.Compare(a.epoch, b.epoch))
	})
	return f.order
}

// assemble makes the Run of an Inspect log out of its head and its samples.
func (h *head) assemble(samples []sample, lim Limits) (Run, error) {
	r := &h.run
	if err := h.settle(); err != nil {
		return Run{}, err
	}
	h.renameOldScorer(samples)
	t := tally(samples)
	r.Counts = t.counts
	h.planned(len(samples), t.epochs)
	rows, err := buildRows(samples, t.metrics, lim)
	if err != nil {
		return Run{}, err
	}
	r.Table = Table{
		Version: TableVersion, Format: r.Format, Task: r.Task, Status: r.Status,
		Planned: r.Counts.Planned, Epochs: r.Epochs, Subset: r.Subset, Rows: rows,
	}
	h.metrics(t.metrics)
	for _, s := range samples {
		for _, e := range s.edits {
			h.edit(e)
		}
	}
	r.AggregateOnly = len(rows) == 0 && len(h.claims) > 0 && !r.HeaderOnly
	r.Table.AggregateOnly = r.AggregateOnly
	r.Warnings = h.warnings(t)
	return *r, nil
}

// settle checks what every Inspect log has and fills in what older ones lack.
func (h *head) settle() error {
	r := &h.run
	if !h.seenVersion || !h.seenEval {
		return fault.Invalidf("this is not an Inspect log: its version or its eval block is missing")
	}
	switch r.Status {
	case StatusSuccess, StatusCancelled, StatusError, StatusStarted:
	default:
		return fault.Unsupportedf("the log has the status %q, which this release does not know", r.Status)
	}
	if r.EvalID == "" {
		sum := sha256.Sum256([]byte(r.RunID + "\x00" + r.TaskID + "\x00" + r.Created))
		r.EvalID = "derived-" + hex.EncodeToString(sum[:11])
	}
	for _, p := range r.Packages {
		if p.Name == "inspect_ai" {
			r.Harness.Version = p.Value
		}
	}
	// Who wrote the log is known only now: the packages come after the version.
	if h.development && !strings.HasPrefix(r.Harness.Version, developmentSeries) {
		return tooNew(developmentVersion)
	}
	r.Elicitation.Config = h.effective()
	for _, p := range r.Elicitation.Config {
		if p.Name == "score_on_error" {
			r.Elicitation.ScoreOnError = p.Value == "true"
		}
	}
	return nil
}

// renameOldScorer gives the single `score` of old samples the name of the
// first scorer, as Inspect does when it migrates.
func (h *head) renameOldScorer(samples []sample) {
	name := "score"
	if len(h.claims) > 0 && h.claims[0].scorer != "" {
		name = h.claims[0].scorer
	} else if len(h.scorers) > 0 {
		name = h.scorers[0]
	}
	for i := range samples {
		for j, sc := range samples[i].scores {
			if rest, ok := cutScorer(sc.metric); ok {
				samples[i].scores[j].metric = name + rest
			}
		}
	}
}

func cutScorer(metric string) (rest string, ok bool) {
	if len(metric) < len(oldScorer) || metric[:len(oldScorer)] != oldScorer {
		return "", false
	}
	rest = metric[len(oldScorer):]
	return rest, rest == "" || rest[0] == '/'
}

// mostPlanned is the largest integer every JSON reader holds exactly.
const mostPlanned = 1 << 53

// planned settles how many samples were planned and whether that was a subset.
func (h *head) planned(present, epochsSeen int) {
	r := &h.run
	r.Epochs = max(r.Epochs, epochsSeen)
	items := h.sampleIDs
	if items < 0 {
		items = r.Dataset.Samples
		if h.limitSet && h.limitItems >= 0 && (items == 0 || h.limitItems < items) {
			items = h.limitItems
		}
	}
	if items > mostPlanned/r.Epochs {
		items = mostPlanned / r.Epochs
	}
	if h.sampleIDs >= 0 || h.limitSet && h.limitItems >= 0 {
		h.asked = max(items, 0) * r.Epochs
	}
	r.Counts.Planned = max(items*r.Epochs, h.total, present, 0)
	covers := r.Dataset.Samples > 0 && h.limitItems >= r.Dataset.Samples
	switch {
	case h.sampleIDSet:
		r.Subset, r.SubsetReason = true, "only chosen sample ids were run"
	case h.limitSet && !covers:
		r.Subset, r.SubsetReason = true, "a limit on the number of samples was set"
	case h.sampleIDs >= 0 && h.sampleIDs < r.Dataset.Samples:
		r.Subset, r.SubsetReason = true, "fewer samples were asked for than the dataset has"
	}
}

// A sampleTally is what the samples say together.
type sampleTally struct {
	counts  Counts
	metrics []string
	epochs  int // the highest epoch
	full    int // samples read in full
	summary int // samples known from a summary only
	whys    [structured + 1]int
	onError int // errored samples that were scored all the same
	edits   int

	repeated, twice, disputed int
}

func tally(samples []sample) sampleTally {
	var t sampleTally
	seen := map[string]bool{}
	for i := range samples {
		s := &samples[i]
		t.epochs = max(t.epochs, s.epoch)
		t.add(s)
		for _, sc := range s.scores {
			if !seen[sc.metric] {
				seen[sc.metric] = true
				t.metrics = append(t.metrics, sc.metric)
			}
		}
	}
	slices.Sort(t.metrics)
	return t
}

func (t *sampleTally) add(s *sample) {
	c := &t.counts
	c.Present++
	usable, edited := false, false
	for _, sc := range s.scores {
		if sc.mark.why != isNumeric {
			t.whys[sc.mark.why]++
		} else {
			usable = true
		}
		edited = edited || sc.edited
	}
	bump(&t.onError, s.errored && usable)
	usable = usable && !s.invalid && !s.errored
	t.edits += len(s.edits)
	bump(&t.repeated, s.repeated)
	bump(&t.twice, s.twice)
	bump(&t.disputed, s.disputed)
	bump(&t.full, s.full)
	bump(&t.summary, !s.full)
	bump(&c.Errored, s.errored)
	bump(&c.Completed, !s.errored)
	bump(&c.Scored, usable)
	bump(&c.Unscored, !usable && !s.errored && !s.invalid)
	bump(&c.Limited, s.limit != "")
	bump(&c.Invalidated, s.invalid)
	bump(&c.Edited, edited)
	bump(&c.Fallback, s.fallback)
	bump(&c.Retries, s.retried)
}

func bump(n *int, when bool) {
	if when {
		*n++
	}
}

// maxMetrics bounds the metrics of a run.
const maxMetrics = 1000

// buildRows gives every sample a row in every metric of the run, so that what
// is missing is seen.
func buildRows(samples []sample, metrics []string, lim Limits) ([]Row, error) {
	if len(metrics) > maxMetrics {
		return nil, fault.Invalidf("the samples have %d metrics and the limit is %d", len(metrics), maxMetrics)
	}
	if len(metrics) > 0 && len(samples) > lim.MaxRows/len(metrics) {
		return nil, fault.Invalidf("%d samples in %d metrics are more than %d rows", len(samples), len(metrics), lim.MaxRows)
	}
	rows := make([]Row, 0, len(samples)*len(metrics))
	for i := range samples {
		s := &samples[i]
		from := len(rows)
		for _, m := range metrics {
			rows = append(rows, Row{Item: s.item, Epoch: s.epoch, Metric: m, State: s.state()})
		}
		for _, sc := range s.scores {
			j, ok := slices.BinarySearch(metrics, sc.metric)
			if ok {
				rows[from+j].score(s, sc)
			}
		}
	}
	return rows, nil
}

// state is that of a sample without a usable score.
func (s *sample) state() State {
	switch {
	case s.invalid:
		return Invalidated
	case s.errored:
		return Errored
	case s.limit != "":
		return Limited
	}
	return Unscored
}

func (r *Row) score(s *sample, sc score) {
	r.Label, r.Edited, r.Value, r.State = sc.mark.label, sc.edited, "", s.state()
	// A score given although an error ended the sample says nothing of what the
	// model can do: it counts both ways, like no score.
	if sc.mark.why != isNumeric || s.invalid || s.errored {
		return
	}
	r.Value = sc.mark.value
	if s.limit == "" {
		r.State = Scored
	}
}

// metrics recomputes every metric and puts the log's own claims beside it.
func (h *head) metrics(names []string) {
	r := &h.run
	all := slices.Clone(names)
	of := make([]string, len(h.claims))
	for i, c := range h.claims {
		of[i] = claimMetric(c, names)
		all = append(all, of[i])
	}
	slices.Sort(all)
	all = slices.Compact(all)
	r.Metrics = r.Table.recompute(all)
	for i, c := range h.claims {
		at, _ := slices.BinarySearch(all, of[i])
		r.Metrics[at].Claims = append(r.Metrics[at].Claims, c.claim)
	}
}

// claimMetric finds the metric a results entry speaks of: the scorer, or one
// named part of its scores. The names, sorted, are those the samples have.
func claimMetric(c headClaim, names []string) string {
	part := c.scorer + "/" + c.name
	if _, ok := slices.BinarySearch(names, part); ok {
		return part
	}
	_, named := slices.BinarySearch(names, c.name)
	switch {
	case c.scorer == "" || named:
		return c.name
	case c.name == "" || c.name == c.scorer:
		return c.scorer
	}
	return part
}

// A meanSum adds up one metric: epochs within an item, then items.
type meanSum struct {
	item    string
	epochs  int
	inItem  float64
	items   int
	overall float64
}

func (m *meanSum) close() {
	if m.epochs > 0 {
		m.overall += m.inItem / float64(m.epochs)
		m.items++
	}
	m.epochs, m.inItem = 0, 0
}

// recompute gives the named metrics, sorted names for sorted metrics: the mean
// over items of the means over epochs.
func (t Table) recompute(names []string) []Metric {
	sums := make([]meanSum, len(names))
	for _, r := range t.sorted() {
		i, ok := slices.BinarySearch(names, r.Metric)
		if !ok || r.Value == "" {
			continue
		}
		m := &sums[i]
		if m.item != r.Item {
			m.close()
			m.item = r.Item
		}
		m.epochs++
		m.inItem += r.Value.Float()
	}
	var out []Metric
	for i, n := range names {
		m := &sums[i]
		m.close()
		metric := Metric{Name: n, Items: m.items}
		if m.items > 0 {
			metric.Mean = stats.MustFloat(m.overall / float64(m.items))
		}
		out = append(out, metric)
	}
	return out
}
