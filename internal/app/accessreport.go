// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// AccessReport says who could do what in a period, and what was done by way of
// exception, as the entries of the journal say it.
type AccessReport struct {
	// From and To are the first and the last day, in UTC.
	From, To deadline.Day
	// Entries counts the entries that were read, from the first one.
	Entries int64
	// Held lists who held which role at any time of the period.
	Held []HeldRole
	// Own lists approvals and reviews of own work in the period, and
	// Unattributed those of work whose author the journal does not name.
	Own          []OwnWork
	Unattributed []OwnWork
	Glass        []GlassBroken
	Exemptions   []Exempted
}

// Acting lists the roles that were held for a time.
func (r AccessReport) Acting() []HeldRole {
	return slices.DeleteFunc(slices.Clone(r.Held), func(h HeldRole) bool { return !h.Acting })
}

// HeldRole is a role that somebody held. Seq granted it and EndSeq ended it, 0
// where nothing did by the end of the period; Begin and End are milliseconds
// since 1970. An acting grant ends with its day Until, or earlier by an entry.
type HeldRole struct {
	Person, Role string
	Acting       bool
	Until        deadline.Day
	Seq, Begin   int64
	EndSeq, End  int64
}

// GlassBroken is an entry by which somebody went on without a clearance.
type GlassBroken struct {
	Seq, At                    int64
	Person                     string
	Model, Action, Environment string
	Reason                     string
	Until                      int64
}

// glassBroken is the type of those entries.
const glassBroken = "gate.glass_broken"

// accessReader goes through the journal once. It keeps who wrote which entry,
// who holds what, and the proposals; nothing else.
type accessReader struct {
	report     AccessReport
	start, end int64
	people     access.State
	open       map[string][]int // by role: indices of held that nothing ended
	held       []HeldRole
	authors    []string
	proposals  map[string]*proposal // by question
	decisions  map[string]*proposal
	exempted   []*Exempted
}

// AccessReport reads the journal from its first entry to the end of the last day.
func (a *App) AccessReport(ctx context.Context, from, to deadline.Day) (AccessReport, error) {
	if from.DaysUntil(to) < 0 {
		return AccessReport{}, fault.Usagef("%s comes after %s", from, to).Hinted("give the first day with --from and the last with --to")
	}
	r := accessReader{
		report: AccessReport{From: from, To: to}, start: from.Start(), end: to.End(), open: map[string][]int{},
		proposals: map[string]*proposal{}, decisions: map[string]*proposal{},
	}
	for e, err := range a.Entries(ctx, 0, 0) {
		if err != nil {
			return AccessReport{}, err
		}
		if e.RecordedAt >= r.end {
			break
		}
		if err := r.read(e); err != nil {
			return AccessReport{}, err
		}
	}
	return r.result(), nil
}

func (r *accessReader) read(e entry.Entry) error {
	r.report.Entries++
	r.authors = append(r.authors, e.Actor)
	switch {
	case strings.HasPrefix(e.Type, "access."):
		return r.access(e)
	case e.Type == glassBroken:
		return r.glass(e)
	}
	return r.work(e)
}

// within tells whether something recorded falls into the period. What comes
// after it is not read at all.
func (r *accessReader) within(e entry.Entry) bool { return e.RecordedAt >= r.start }

// access folds who holds what, and writes down what the entry changed.
func (r *accessReader) access(e entry.Entry) error {
	if err := r.people.Apply(e); err != nil {
		return err
	}
	d, err := data[struct {
		Role string `json:"role"`
	}](e)
	if err != nil || d.Role == "" {
		return err
	}
	r.close(d.Role, e)
	for _, person := range r.people.Holders(d.Role) {
		if g, _ := r.people.Grant(person, d.Role); g.Seq == e.Seq {
			r.begin(HeldRole{Person: person, Role: d.Role, Seq: e.Seq, Begin: e.RecordedAt})
		}
	}
	if a := r.people.Office(d.Role, e.RecordedAt).Acting; a.Seq == e.Seq && a.Person != "" {
		r.begin(HeldRole{Person: a.Person, Role: d.Role, Acting: true, Until: a.Until, Seq: e.Seq, Begin: e.RecordedAt})
	}
	return nil
}

func (r *accessReader) begin(h HeldRole) {
	r.open[h.Role] = append(r.open[h.Role], len(r.held))
	r.held = append(r.held, h)
}

// close ends what was held of a role and is held no longer.
func (r *accessReader) close(role string, e entry.Entry) {
	acting := r.people.Office(role, e.RecordedAt).Acting
	r.open[role] = slices.DeleteFunc(r.open[role], func(i int) bool {
		h := &r.held[i]
		g, holds := r.people.Grant(h.Person, role)
		if !h.Acting && holds && g.Seq == h.Seq || h.Acting && acting.Seq == h.Seq {
			return false
		}
		if !h.Acting || !h.Until.Over(e.RecordedAt) {
			h.EndSeq, h.End = e.Seq, e.RecordedAt
		}
		return true
	})
}

func (r *accessReader) glass(e entry.Entry) error {
	if !r.within(e) {
		return nil
	}
	d, err := data[struct {
		Model       string `json:"model"`
		Action      string `json:"action"`
		Environment string `json:"environment"`
		Reason      string `json:"reason"`
		Until       int64  `json:"until"`
	}](e)
	r.report.Glass = append(r.report.Glass, GlassBroken{
		Seq: e.Seq, At: e.RecordedAt, Person: e.Actor, Model: d.Model, Action: d.Action, Environment: d.Environment, Reason: d.Reason, Until: d.Until,
	})
	return err
}

// result keeps what touches the period.
func (r *accessReader) result() AccessReport {
	for _, h := range r.held {
		if h.Acting && h.EndSeq == 0 && h.Until.Over(r.end-1) {
			h.End = h.Until.End()
		}
		if h.End == 0 || h.End > r.start {
			r.report.Held = append(r.report.Held, h)
		}
	}
	for _, x := range r.exempted {
		if x.touches(r.start) {
			r.report.Exemptions = append(r.report.Exemptions, *x)
		}
	}
	return r.report
}

// data reads of an entry's data the members that T names, whatever its version.
func data[T any](e entry.Entry) (T, error) {
	var b struct {
		Data T `json:"data"`
	}
	if e.Body == nil {
		return b.Data, fault.Corruptf("entry %d (%s) has no body", e.Seq, e.Type)
	}
	if err := json.Unmarshal(e.Body, &b); err != nil {
		return b.Data, fault.Corruptf("entry %d (%s): %w", e.Seq, e.Type, err)
	}
	return b.Data, nil
}
