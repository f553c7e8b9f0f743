// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package restriction

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/finding"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// How says what ended a response.
type How string

// The ways to end a response. Cleared is an act that is no decision and clears
// the gate all the same, such as an answered challenge.
const (
	ByInterim     How = "interim"
	ByRestriction How = "restriction"
	ByWithdrawal  How = "withdrawal"
	ByDecision    How = "decision"
	Cleared       How = "cleared"
)

// Status is where a response stands.
type Status string

// A response is open until it is answered, and overdue past its hours.
const (
	Open     Status = "open"
	Overdue  Status = "overdue"
	Answered Status = "answered"
)

// Response is the duty to answer for something that is live and held.
type Response struct {
	Opened
	ID  string
	Seq int64
	// At is when it was recorded, in milliseconds since 1970.
	At int64
	// Finding is the finding that it was not given in time, "" for none.
	Finding string
	// AnsweredSeq is the entry that ended it, 0 while it is open.
	AnsweredSeq, AnsweredAt int64
	How                     How
	By                      entry.Ref
	// Left are the conditions that held it still when it was answered.
	Left []string
}

// Thing is what it is about.
func (r Response) Thing() Thing {
	return Thing{Model: r.Model, Snapshot: r.Snapshot, Environment: r.Environment, Action: r.Action}
}

// IsOpen tells that nothing has ended it.
func (r Response) IsOpen() bool { return r.AnsweredSeq == 0 }

// Late tells whether its hours are over at now. Without hours nobody can tell,
// and it is never late.
func (r Response) Late(now int64) bool { return r.Due != 0 && now > r.Due }

// StatusAt gives where it stands at now.
func (r Response) StatusAt(now int64) Status {
	switch {
	case !r.IsOpen():
		return Answered
	case r.Late(now):
		return Overdue
	}
	return Open
}

// Response gives a response by id.
func (s State) Response(id string) (Response, error) {
	if r, ok := s.responses.Get(id); ok {
		return r, nil
	}
	return Response{}, fault.NotFoundf("there is no response %q", id).Hinted("holdpoint restriction responses shows them all")
}

// OpenedBy gives the response that an entry opened.
func (s State) OpenedBy(seq int64) (Response, bool) {
	return s.responses.Get(entry.ID("response", seq))
}

// Responses lists every response, oldest first.
func (s State) Responses() []Response {
	return slices.SortedFunc(s.responses.Values(), func(a, b Response) int { return cmp.Compare(a.Seq, b.Seq) })
}

// Waiting lists the responses that are open, oldest first.
func (s State) Waiting() []Response {
	var open []Response
	for id := range s.open.All() {
		if r, ok := s.responses.Get(id); ok {
			open = append(open, r)
		}
	}
	slices.SortFunc(open, func(a, b Response) int { return cmp.Compare(a.Seq, b.Seq) })
	return open
}

// AnyWaiting tells whether a response is open.
func (s State) AnyWaiting() bool { return s.open.Len() > 0 }

// Last gives the newest response about something in use.
func (s State) Last(t Thing) (Response, bool) {
	id, ok := s.last.Get(t.Key())
	if !ok {
		return Response{}, false
	}
	return s.responses.Get(id)
}

// maxBecause bounds the reasons that a response names.
const maxBecause = 5

// Open opens the response to a verdict that is held. HeldAt is the moment since
// which it is, in milliseconds since 1970.
func (s State) Open(t Thing, v gate.Verdict, heldAt int64) ([]entry.Draft, error) {
	return opened.Drafts(NewResponse(t, v, heldAt))
}

// NewResponse is what a response says that is opened by a verdict. Where the
// policy names nobody and no hours, neither does it.
func NewResponse(t Thing, v gate.Verdict, heldAt int64) Opened {
	o := Opened{
		Model: t.Model, Snapshot: t.Snapshot, Environment: t.Environment, Action: t.Action,
		Conditions: Conditions(v), HeldAt: heldAt, Policy: v.Policy.Ref(),
	}
	for i, r := range v.HeldBecause() {
		if i == maxBecause {
			break
		}
		o.Because = append(o.Because, r.Reason)
	}
	if r := v.Policy.Pack.Response; r != nil {
		o.Owner, o.Hours, o.Clause = r.Owner, int64(r.Hours), r.Clause
		o.Due = DueAt(*r, heldAt)
	}
	return o
}

// DueAt gives the last millisecond in which a response is in time.
func DueAt(r policy.Response, heldAt int64) int64 {
	return heldAt + int64(r.Hours)*time.Hour.Milliseconds()
}

// Conditions names the conditions that hold a verdict, each once, in order.
func Conditions(v gate.Verdict) []string {
	var ids []string
	for _, r := range v.HeldBecause() {
		ids = append(ids, r.ID)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Answer ends a response. Left are the conditions that hold still.
func (s State) Answer(r Response, how How, by entry.Ref, left []string) ([]entry.Draft, error) {
	return answered.Drafts(AnsweredV1{Response: r.ID, How: how, By: by, Left: left})
}

// LateFinding is the finding of a response that was not given in time.
func LateFinding(r Response, now int64) finding.Opened {
	due := deadline.DayOf(r.Due)
	days := int64(due.DaysLate(now))
	return finding.Opened{
		Category: finding.Late,
		Statement: fmt.Sprintf("%s was live and held since %s, and nobody answered for it within the %s hours that the policy gives",
			r.Thing().Where(), minute(r.HeldAt), strconv.FormatInt(r.Hours, 10)),
		Policy: r.Policy, Clause: r.Clause, Owner: r.Owner, About: entry.Ref{Kind: "response", ID: r.ID},
		Due: due, VarianceDays: &days, FoundBy: finding.ByMachine,
	}
}

func minute(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02 15:04 UTC") }

// Miss records that a response was not given in time, with the finding that says
// so, once.
func (s State) Miss(r Response, findings finding.State, act entry.Act) ([]entry.Draft, error) {
	drafts, err := findings.Open(LateFinding(r, act.Now), entry.Provenance{})
	if err != nil {
		return nil, err
	}
	d, err := missed.Draft(MissedV1{Response: r.ID, Finding: act.ID("finding", 0)})
	return append(drafts, d), err
}
