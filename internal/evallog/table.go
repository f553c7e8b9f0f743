// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package evallog

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/stats"
)

// TableVersion is the layout [Table.Encode] writes.
const TableVersion = 1

// State tells what became of one sample in one metric.
type State string

const (
	Scored      State = "scored"      // Value is the score
	Errored     State = "errored"     // the sample failed and has no score
	Unscored    State = "unscored"    // finished, but nothing that is a number
	Limited     State = "limited"     // hit a limit; Value is there if it was scored all the same
	Invalidated State = "invalidated" // somebody declared the sample void; no Value
)

// Table is the score table of one run: all that recomputing a finding needs,
// and nothing of what was asked or answered.
type Table struct {
	Version       int    `json:"version"`
	Format        string `json:"format"`
	Task          string `json:"task"`
	Status        string `json:"status"`
	Planned       int    `json:"planned"` // samples, see [Counts.Planned]; 0 is not known
	Epochs        int    `json:"epochs"`
	Subset        bool   `json:"subset"`
	AggregateOnly bool   `json:"aggregate_only"`
	Rows          []Row  `json:"rows"` // sorted by item, epoch, metric; each triple once
}

// Row is one sample in one metric.
type Row struct {
	Item   string        `json:"item"`   // the id in its JSON spelling: "1" in quotes and 1 are two items
	Epoch  int           `json:"epoch"`  // from 1
	Metric string        `json:"metric"` // see [Metric]
	Value  stats.Decimal `json:"value"`  // "" if there is none
	Label  string        `json:"label"`  // what the log says where that is not a JSON number, clipped to 64 bytes
	State  State         `json:"state"`
	Edited bool          `json:"edited"`
}

func compareRows(a, b Row) int {
	return cmp.Or(cmp.Compare(a.Item, b.Item), cmp.Compare(a.Epoch, b.Epoch), cmp.Compare(a.Metric, b.Metric))
}

// Encode gives the one encoding of the table. It panics on a table that this
// package would not have made, such as one with a bad decimal.
func (t Table) Encode() []byte {
	t.Rows = slices.Clone(t.Rows)
	slices.SortFunc(t.Rows, compareRows)
	b, err := t.marshal()
	if err != nil {
		panic("evallog: " + err.Error())
	}
	return b
}

func (t Table) marshal() ([]byte, error) {
	if t.Rows == nil {
		t.Rows = []Row{}
	}
	return json.Marshal(t)
}

// ParseTable reads an encoded table. Anything but the one encoding is refused:
// repeated or unknown names, other spacing, unsorted rows, bad UTF-8.
func ParseTable(b []byte) (Table, error) {
	var t Table
	if err := json.Unmarshal(b, &t, json.RejectUnknownMembers(true)); err != nil {
		return Table{}, fault.Corruptf("the score table cannot be read: %w", err)
	}
	if t.Version != TableVersion {
		return Table{}, fault.Unsupportedf("the score table has layout %d and this release knows %d", t.Version, TableVersion).
			Hinted("use a newer release")
	}
	if err := t.check(); err != nil {
		return Table{}, err
	}
	again, err := t.marshal()
	if err != nil || !bytes.Equal(again, b) {
		return Table{}, fault.Corruptf("the score table is not in its one encoding")
	}
	return t, nil
}

func (t Table) check() error {
	if t.Planned < 0 || t.Epochs < 1 {
		return fault.Corruptf("the score table has %d planned samples in %d epochs", t.Planned, t.Epochs)
	}
	for i, r := range t.Rows {
		if err := r.check(); err != nil {
			return err.At("row %d", i)
		}
		if i > 0 && compareRows(t.Rows[i-1], r) >= 0 {
			return fault.Corruptf("the rows are not in order, or one stands twice").At("row %d", i)
		}
	}
	return nil
}

func (r Row) check() *fault.Error {
	valued := r.Value != ""
	switch r.State {
	case Scored:
		if !valued {
			return fault.Corruptf("a scored row has no value")
		}
	case Errored, Unscored, Invalidated:
		if valued {
			return fault.Corruptf("a row that is %s has a value", r.State)
		}
	case Limited:
	default:
		return fault.Corruptf("%q is not a state", string(r.State))
	}
	if r.Epoch < 1 || r.Item == "" || r.Metric == "" {
		return fault.Corruptf("a row needs an item, a metric and an epoch from 1")
	}
	return nil
}

// Metrics lists the metrics that have rows, sorted.
func (t Table) Metrics() []string {
	seen := map[string]bool{}
	var names []string
	for _, r := range t.Rows {
		if !seen[r.Metric] {
			seen[r.Metric] = true
			names = append(names, r.Metric)
		}
	}
	slices.Sort(names)
	return names
}

// ItemScores are the usable scores of one item in one metric.
type ItemScores struct {
	Item   string
	Values []stats.Decimal // one per epoch that has one, in the order of epochs
}

// Tally counts the rows of one metric. Scored includes limited rows that have
// a score; Limited counts every row that hit a limit.
type Tally struct {
	Rows, Scored, Errored, Unscored, Limited, Invalidated, Edited int
}

// Select gives the scores of a metric by item, in the order of items, with the
// count of its rows by state. Items without a usable score have no entry.
func (t Table) Select(metric string) ([]ItemScores, Tally) {
	var items []ItemScores
	var n Tally
	for _, r := range t.sorted() {
		if r.Metric != metric {
			continue
		}
		n.add(r)
		if r.Value == "" {
			continue
		}
		if len(items) == 0 || items[len(items)-1].Item != r.Item {
			items = append(items, ItemScores{Item: r.Item})
		}
		last := &items[len(items)-1]
		last.Values = append(last.Values, r.Value)
	}
	return items, n
}

func (t Table) sorted() []Row {
	if slices.IsSortedFunc(t.Rows, compareRows) {
		return t.Rows
	}
	return slices.SortedFunc(slices.Values(t.Rows), compareRows)
}

func (n *Tally) add(r Row) {
	n.Rows++
	if r.Value != "" {
		n.Scored++
	}
	if r.Edited {
		n.Edited++
	}
	switch r.State {
	case Errored:
		n.Errored++
	case Unscored:
		n.Unscored++
	case Limited:
		n.Limited++
	case Invalidated:
		n.Invalidated++
	}
}
