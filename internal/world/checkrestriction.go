// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package world

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/finding"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/restriction"
)

// checkRestriction asks of an entry about responses and restrictions whether it
// follows from the entries before it; see Check.
func (w World) checkRestriction(e entry.Entry) error {
	switch e.Type {
	case restriction.OpenedType:
		return w.checkOpened(e)
	case restriction.AnsweredType:
		return w.checkAnswered(e)
	case restriction.OrderedType:
		return w.checkOrdered(e)
	}
	return w.Restriction.Check(e, w.RestrictionSee())
}

// RestrictionSee gives the world as an act on a restriction reads it.
func (w World) RestrictionSee() restriction.See {
	return restriction.See{Access: w.Access, Model: w.Model, Decision: w.Decision, Gate: w.Gate}
}

// checkOpened asks the gate again. The moment since which it is held is taken as
// said: how far back it lies depends on entries that the sweep wrote with it.
func (w World) checkOpened(e entry.Entry) error {
	d, err := restriction.DecodeOpened(e)
	if err != nil {
		return err
	}
	t := restriction.Thing{Model: d.Model, Snapshot: d.Snapshot, Environment: d.Environment}
	now, ok := w.look(e.RecordedAt)[t.Key()]
	if !ok || now.Outcome == gate.Clear || d.HeldAt > e.RecordedAt || !w.judged(e.RecordedAt) || !w.Owes(now.Thing, now.Verdict, e.RecordedAt) {
		return fault.Corruptf("nothing live and held asks for this response")
	}
	again, err := w.Restriction.Open(now.Thing, now.Verdict, d.HeldAt)
	return same(again, e, err)
}

func same(again []entry.Draft, e entry.Entry, err error) error {
	if err != nil {
		return err
	}
	if len(again) == 0 || !bytes.Equal(again[0].Body, e.Body) {
		return fault.Corruptf("it is not what follows from the entries before it")
	}
	return nil
}

func (w World) checkAnswered(e entry.Entry) error {
	d, err := restriction.DecodeAnswered(e)
	if err != nil {
		return err
	}
	r, err := w.Restriction.Response(d.Response)
	if err != nil {
		return err
	}
	if !r.IsOpen() {
		return fault.Corruptf("%s was answered already", r.ID)
	}
	k := watch{first: r.Seq + 1, cause: -1}
	if r.At == e.RecordedAt { // opened and answered in one act, which began before the response
		k.first = w.firstAt(r)
	}
	if seq, err := strconv.ParseInt(d.By.ID, 10, 64); d.How == restriction.Cleared && err == nil && seq < e.Seq {
		k.cause = seq
	}
	now, live := w.look(e.RecordedAt)[r.Thing().Key()]
	a, ok := w.answers(r, k, now, live)
	if !ok {
		return fault.Corruptf("nothing has answered %s", r.ID)
	}
	again, err := w.Restriction.Answer(r, a.how, a.by, a.left)
	return same(again, e, err)
}

// firstAt gives the first position from which an order recorded at the moment of
// the response can have been part of the same act.
func (w World) firstAt(r restriction.Response) int64 {
	for _, o := range w.Restriction.Standing() {
		if o.At == r.At && o.Seq < r.Seq {
			return o.Seq
		}
	}
	return r.Seq + 1
}

// checkOrdered holds an order against its decision, and against the hold that
// was placed for it in the entry before.
func (w World) checkOrdered(e entry.Entry) error {
	d, err := restriction.DecodeOrdered(e)
	if err != nil {
		return err
	}
	by, err := w.Decision.Decision(d.Decision)
	if err != nil {
		return err
	}
	if by.Status != decision.InEffect || by.File.Restriction == nil {
		return fault.Corruptf("it rests on %s, which is %s and orders no restriction", d.Decision, by.Status)
	}
	if slices.ContainsFunc(w.Restriction.Orders(), func(o restriction.Order) bool { return o.Decision == d.Decision }) {
		return fault.Corruptf("%s was carried out already", d.Decision)
	}
	if err := w.CheckReplacement(*by.File.Restriction, e.RecordedAt); err != nil {
		return err
	}
	want, holds, err := w.holdFor(by, e.RecordedAt)
	if err != nil {
		return err
	}
	hold := ""
	if holds {
		hold = entry.ID("hold", e.Seq-1)
		have, err := w.Gate.Hold(hold)
		if err != nil || have.Model != want.Model || have.Reason != want.Reason || !slices.Equal(have.Actions, want.Actions) {
			return fault.Corruptf("the hold that belongs to it was not placed")
		}
	}
	again, err := w.Restriction.Record(by, hold)
	return same(again, e, err)
}

// checkMissed asks of a finding that the machine opened about a response whether
// the response was late then.
func (w World) checkMissed(e entry.Entry, o finding.Opened) error {
	r, err := w.Restriction.Response(o.About.ID)
	if err != nil {
		return err
	}
	if !r.IsOpen() || r.Finding != "" || !r.Late(e.RecordedAt) {
		return fault.Corruptf("%s was not late then, or that is recorded already", r.ID)
	}
	again, err := w.Finding.Open(restriction.LateFinding(r, e.RecordedAt), entry.Provenance{})
	return same(again, e, err)
}
