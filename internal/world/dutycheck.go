// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package world

import (
	"reflect"
	"strings"

	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/finding"
	"github.com/holdpoint/holdpoint/internal/obligation"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// checkDuty asks of a recorded entry about duties whether it could be recorded;
// see Check.
func (w World) checkDuty(e entry.Entry) error {
	if err := w.Obligation.Check(e, obligation.See{Access: w.Access, Policy: w.Policy, Counts: w.counts(e.RecordedAt)}); err != nil {
		return err
	}
	if e.Type != obligation.CompletedType {
		return nil
	}
	c, err := obligation.DecodeCompleted(e)
	if err != nil || c.Because == 0 {
		return err
	}
	d, err := w.Obligation.Duty(c.Duty)
	if err != nil {
		return err
	}
	deed, ok := w.deed(d, c)
	if !ok || deed.At > e.RecordedAt {
		return fault.Corruptf("entry %d does not do %s", c.Because, d.ID)
	}
	return w.Obligation.CheckDeed(e, deed)
}

// deed finds what the entry that is named did for a duty, and on the day that is
// named.
func (w World) deed(d obligation.Duty, c obligation.Completed) (obligation.Deed, bool) {
	deed := obligation.Deed{Starts: d.Starts, Subject: d.Subject, At: c.DoneAt, Seq: c.Because}
	switch d.Starts {
	case policy.StartTrigger:
		for _, v := range w.Decision.All() {
			if v.EffectSeq == c.Because && v.File.Model == d.Subject.ID && v.File.Kind == policy.DecideDetermination {
				return deed, v.Status == decision.Reported || v.DecidedAt == c.DoneAt
			}
		}
	case policy.StartAssessment:
		for _, a := range w.Assessment.Assessments(d.Subject.ID) {
			if a.ClosedBy.Seq == c.Because && a.Done() && a.Kind == assessment.Comprehensive {
				return deed, about(a.ClosedBy.Day, c.DoneAt)
			}
		}
	case policy.StartApproval:
		standard, facet, _ := strings.Cut(d.Subject.ID, "/")
		for _, a := range w.Safeguard.Approvals(standard, facet) {
			if a.Seq == c.Because {
				return deed, about(a.ApprovedOn, c.DoneAt)
			}
		}
	case policy.StartVacancy:
		at, ok := w.Access.FilledBy(d.Subject.ID, c.Because)
		return deed, ok && at == c.DoneAt
	}
	return deed, false
}

// about tells whether an instant can lie in a day, whatever the zone.
func about(day deadline.Day, at int64) bool {
	n := day.DaysUntil(deadline.DayOf(at))
	return -1 <= n && n <= 1
}

// checkLate asks of a finding that the machine opened about a duty whether the
// duty was written down as missed, with this finding.
func (w World) checkLate(e entry.Entry, got finding.Opened) error {
	d, err := w.Obligation.Duty(got.About.ID)
	if err != nil {
		return err
	}
	if d.Breach == nil || d.Breach.Finding != entry.ID("finding", e.Seq) {
		return fault.Corruptf("%s was not written down as missed with this finding", d.ID)
	}
	want := w.lateFinding(d, e.RecordedAt)
	got.Statement = want.Statement // its words may change from release to release
	if !reflect.DeepEqual(got, want) {
		return fault.Corruptf("the finding is not what %s being missed gives", d.ID)
	}
	return nil
}
