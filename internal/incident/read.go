// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package incident

import (
	"slices"
	"strconv"
	"strings"

	"github.com/holdpoint/holdpoint/internal/cow"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/rule"
)

// Status is how far the response to an incident has come. It never goes back.
type Status string

// The statuses, in their order.
const (
	IsOpen       Status = "open"
	IsIdentified Status = "identified"
	IsRemediated Status = "remediated"
	IsClosed     Status = "closed"
)

// Statuses lists them in their order.
func Statuses() []Status { return []Status{IsOpen, IsIdentified, IsRemediated, IsClosed} }

// Mark says which entry recorded something, when (milliseconds since 1970) and
// who acted.
type Mark struct {
	Seq int64
	At  int64
	By  string
}

// Incident is an incident as it stands: what was declared, with the times,
// commander and re-test that were stated last.
type Incident struct {
	Declared
	Response
	Mark
	ID     string
	Retest *Retest
	// Updates is everything that was said since, oldest first.
	Updates []Update
	Closing *Closing
}

// Update is one thing that was said of an incident.
type Update struct {
	Updated
	Mark
}

// Closing is how an incident was closed.
type Closing struct {
	Closed
	Mark
}

// Clock gives every time of the incident.
func (v Incident) Clock() Clock { return Clock{v.Times, v.Response} }

// Status tells how far the response has come.
func (v Incident) Status() Status {
	switch {
	case v.Closing != nil:
		return IsClosed
	case v.Remediated != 0:
		return IsRemediated
	case v.Identified != 0:
		return IsIdentified
	}
	return IsOpen
}

// Span is how long something took, in milliseconds, with the two times it comes
// from. Unknown tells that one of them is not known, so it cannot be told.
type Span struct {
	Unknown  bool
	Length   int64
	From, To int64
}

func span(from, to int64) Span {
	if from == 0 || to == 0 {
		return Span{Unknown: true, From: from, To: to}
	}
	return Span{Length: to - from, From: from, To: to}
}

// TimeToIdentify is from when it occurred until it was identified.
func (v Incident) TimeToIdentify() Span { return span(v.Occurred, v.Identified) }

// TimeToRemediate is from when it was identified until it was remedied.
func (v Incident) TimeToRemediate() Span { return span(v.Identified, v.Remediated) }

const hour = 3_600_000

// TargetMet tells at now (milliseconds since 1970) whether it was remedied within
// the target. It is not met as soon as the hours are over, whether anybody wrote
// that down or not, and cannot be told before, or where nothing says when it was
// identified. The second value is false where no target was set.
func (v Incident) TargetMet(now int64) (rule.Status, bool) {
	from, to := v.Identified, v.Remediated
	switch {
	case v.TargetHours == 0:
		return rule.CannotTell, false
	case from == 0:
		return rule.CannotTell, true
	case to == 0 && now-from > v.TargetHours*hour, to != 0 && to-from > v.TargetHours*hour:
		return rule.NotMet, true
	case to == 0:
		return rule.CannotTell, true
	}
	return rule.Met, true
}

// Find gives an incident by id.
func (s State) Find(id string) (Incident, error) {
	n, isOne := strings.CutPrefix(id, "incident-")
	if seq, err := strconv.ParseInt(n, 10, 64); isOne && err == nil && seq >= 0 && entry.ID("incident", seq) == id {
		if v, ok := s.incidents.Get(cow.SeqKey(seq)); ok {
			return v, nil
		}
	}
	return Incident{}, fault.NotFoundf("there is no incident %q", id).Hinted("holdpoint incident list shows them all")
}

// All lists every incident, oldest first.
func (s State) All() []Incident { return slices.Collect(s.incidents.Values()) }
