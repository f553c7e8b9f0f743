// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package world

import (
	"bytes"
	"slices"

	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/safeguard"
)

// interim carries out a decision of its kind that has taken effect: the measures
// stand in for the standard exactly where it says.
func (w World) interim(d decision.Decision, act entry.Act) ([]entry.Draft, error) {
	m := d.File.Interim
	in := safeguard.InterimApproved{
		Decision: d.File.ID, Standard: m.Standard, Facet: string(m.Facet), Models: m.Models, Environments: m.Environments,
		Expires: string(m.Expires), Follows: m.Follows,
	}
	for _, one := range m.Measures {
		in.Measures = append(in.Measures, safeguard.InterimMeasure{Kind: string(one.Kind), Text: one.Text})
	}
	return w.Safeguard.ApproveInterim(in, entry.Provenance{Grade: &d.File.Grade}, act)
}

// interims writes down which interim measures end by what is recorded: about
// the standards that they stand in for, or stronger ones in their place.
func (w World) interims(drafts []entry.Draft, act entry.Act) ([]entry.Draft, error) {
	ends := []string{safeguardApproved, interimApproved, "safeguard.withdrawn", "safeguard.failure_recorded"}
	if !slices.ContainsFunc(drafts, func(d entry.Draft) bool { return slices.Contains(ends, d.Type) }) {
		return drafts, nil
	}
	next, err := w.Pretend(drafts, act)
	if err != nil {
		return nil, err
	}
	more, err := next.Safeguard.Endings(act.Now)
	return append(drafts, more...), err
}

// sweepInterim writes down which interim measures have ended; see Sweep. What
// follows for something live is a response duty, since the gate holds it by then.
func (w World) sweepInterim(act entry.Act) ([]entry.Draft, error) {
	return w.Safeguard.Endings(act.Now)
}

// checkEnding asks of a recorded end of an interim measure whether it had ended
// so.
func (w World) checkEnding(e entry.Entry) error {
	drafts, err := w.Safeguard.Endings(e.RecordedAt)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(drafts, func(d entry.Draft) bool { return bytes.Equal(d.Body, e.Body) }) {
		return fault.Corruptf("it ends an interim measure that had not ended so")
	}
	return nil
}
