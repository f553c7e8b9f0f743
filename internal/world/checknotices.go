// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package world

import (
	"bytes"
	"slices"

	"github.com/holdpoint/holdpoint/internal/enforcement"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/finding"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/notice"
)

// checkBroken asks of a recorded broken glass what was asked before it was
// recorded. The receiver is the world just before the entry.
func (w World) checkBroken(e entry.Entry) error {
	d, err := gate.DecodeGlassBroken(e)
	if err != nil {
		return err
	}
	drafts, err := w.Gate.Break(gate.BreakIn{
		Model: d.Model, Snapshot: d.Snapshot, Action: d.Action, Environment: d.Environment, Reason: d.Reason, Hours: d.Hours,
	}, w.Facts(), actOf(e))
	if err != nil {
		return fault.Corruptf("the glass could not have been broken: %w", err)
	}
	return isOneOf(e, drafts)
}

// checkFound asks of a finding that the machine opened about a broken glass or an
// enforcement point whether there was something to find, and once.
func (w World) checkFound(e entry.Entry, about entry.Ref) error {
	due, err := w.dueAbout(about, e.RecordedAt)
	if err != nil {
		return err
	}
	return isOneOf(e, due)
}

// checkNotice asks of a queued notice whether there was something to tell, and
// once: nobody queues a notice but the machine.
func (w World) checkNotice(e entry.Entry) error {
	d, err := notice.DecodeQueued(e)
	if err != nil {
		return err
	}
	due, err := w.dueAbout(d.About, e.RecordedAt)
	if err != nil {
		return err
	}
	return isOneOf(e, due)
}

// dueAbout lists what the machine has still to write about a broken glass or an
// enforcement point.
func (w World) dueAbout(ref entry.Ref, now int64) ([]entry.Draft, error) {
	switch ref.Kind {
	case kindGlass:
		b, err := w.Gate.BrokenGlass(ref.ID)
		if err != nil {
			return nil, err
		}
		drafts, err := w.glassBroken(b, now)
		return w.unwritten(drafts, ref, b.Seq), err
	case kindPoint:
		p, err := w.Enforcement.Point(ref.ID)
		if err != nil {
			return nil, err
		}
		return w.dueOfPoint(p, now)
	}
	return nil, nil
}

func (w World) dueOfPoint(p enforcement.Point, now int64) ([]entry.Draft, error) {
	drafts, err := w.sweepPoint(p, now)
	if err != nil || p.PassedSeq == 0 {
		return drafts, err
	}
	told, err := w.canaryPassed(p, now)
	return append(drafts, w.unwritten(told, pointRef(p), p.PassedSeq)...), err
}

// unwritten leaves out the finding and the notice that are written since an
// entry.
func (w World) unwritten(drafts []entry.Draft, ref entry.Ref, since int64) []entry.Draft {
	return slices.DeleteFunc(drafts, func(d entry.Draft) bool {
		if d.Type == notice.QueuedType {
			return slices.ContainsFunc(w.Notice.About(ref), func(n notice.Notice) bool { return n.Seq > since })
		}
		in, err := finding.DecodeOpened(asEntry(d))
		return err != nil || w.found(in, since)
	})
}

func asEntry(d entry.Draft) entry.Entry {
	var e entry.Entry
	e.Type, e.V, e.Body = d.Type, d.V, d.Body
	return e
}

func actOf(e entry.Entry) entry.Act { return entry.Act{Actor: e.Actor, Seq: e.Seq, Now: e.RecordedAt} }

func isOneOf(e entry.Entry, drafts []entry.Draft) error {
	same := func(d entry.Draft) bool { return d.Type == e.Type && d.V == e.V && bytes.Equal(d.Body, e.Body) }
	if !slices.ContainsFunc(drafts, same) {
		return fault.Corruptf("it is not what follows from the entries before it")
	}
	return nil
}
