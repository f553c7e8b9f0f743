// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package finding

import (
	"slices"
	"strconv"
	"strings"

	"github.com/holdpoint/holdpoint/internal/cow"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
)

// Status is how far a finding has come. It never goes back.
type Status string

// The statuses, in their order.
const (
	IsOpen     Status = "open"
	IsRated    Status = "rated"
	IsResolved Status = "resolved"
	IsVerified Status = "verified"
)

// Statuses lists them in their order.
func Statuses() []Status { return []Status{IsOpen, IsRated, IsResolved, IsVerified} }

// Mark says which entry recorded something, when (milliseconds since 1970) and
// who acted; By is "" for what a source tells.
type Mark struct {
	Seq int64
	At  int64
	By  string
}

// Finding is a finding as it stands, with everything that was said of it, oldest
// first. Told is the lesson that the source of a reported one tells.
type Finding struct {
	Opened
	Mark
	ID           string
	Grade        grade.Grade
	How          entry.Provenance
	Ratings      []Judged
	Resolutions  []Resolution
	Verification *Verification
	Lessons      []Lesson
	Told         string
}

// Judged is one rating of a finding.
type Judged struct {
	Rating   Rating
	Argument string
	Mark
}

// Resolution is one resolution of a finding.
type Resolution struct {
	Resolved
	Mark
}

// Verification is how a resolution was verified.
type Verification struct {
	Verified
	Mark
}

// Lesson is what a finding changed.
type Lesson struct {
	Linked
	Mark
}

// Status tells how far the finding has come.
func (f Finding) Status() Status {
	switch {
	case f.Verification != nil:
		return IsVerified
	case len(f.Resolutions) > 0:
		return IsResolved
	case len(f.Ratings) > 0:
		return IsRated
	}
	return IsOpen
}

// Rating gives the rating that stands, "" when nobody said how bad it is.
func (f Finding) Rating() Rating {
	if n := len(f.Ratings); n > 0 {
		return f.Ratings[n-1].Rating
	}
	return ""
}

// Resolution gives the resolution that stands.
func (f Finding) Resolution() (Resolution, bool) {
	if n := len(f.Resolutions); n > 0 {
		return f.Resolutions[n-1], true
	}
	return Resolution{}, false
}

// Find gives a finding by id.
func (s State) Find(id string) (Finding, error) {
	n, isOne := strings.CutPrefix(id, "finding-")
	if seq, err := strconv.ParseInt(n, 10, 64); isOne && err == nil && seq >= 0 && entry.ID("finding", seq) == id {
		if f, ok := s.findings.Get(cow.SeqKey(seq)); ok {
			return f, nil
		}
	}
	return Finding{}, fault.NotFoundf("there is no finding of noncompliance %q", id).
		Hinted("holdpoint finding list shows them all; what an assessment found about a model is shown by: holdpoint assessment show")
}

// All lists every finding, oldest first.
func (s State) All() []Finding { return slices.Collect(s.findings.Values()) }

// Repeats says for each finding which one of its kind it is in the record: 1 for
// the first, 3 for the third. Of one kind are findings of one category about one
// rule; where no rule is named, one clause.
func Repeats(all []Finding) map[string]int {
	seen, nth := map[string]int{}, map[string]int{}
	for _, f := range all {
		kind := string(f.Category) + "\x00" + f.Rule
		if f.Rule == "" {
			kind += "\x00" + f.Clause
		}
		seen[kind]++
		nth[f.ID] = seen[kind]
	}
	return nth
}
