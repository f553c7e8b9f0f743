// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package safeguard

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/cow"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/grade"
)

// Status says how a standard's facet stands. Only InForce opens anything.
type Status string

const (
	// NotApproved: no approval covers the model and environment.
	NotApproved Status = "not_approved"
	// Withdrawn: the approval was taken back.
	Withdrawn Status = "withdrawn"
	// Lapsed: the re-approval day is over (SAF-6).
	Lapsed Status = "lapsed"
	// Reopened: a failure in practice was recorded, or evidence under the
	// approval was withdrawn; whether the standard is fulfilled cannot be told.
	Reopened Status = "reopened"
	// InForce: approved, and nothing speaks against it.
	InForce Status = "in_force"
)

// rank orders statuses from what opens nothing to what opens.
func (s Status) rank() int {
	return slices.Index([]Status{NotApproved, Withdrawn, Lapsed, Reopened, InForce}, s)
}

// Below tells whether s is a lower standing than t.
func (s Status) Below(t Status) bool { return s.rank() < t.rank() }

// Standing is how a standard's facet stands for a model in an environment at an
// instant. Entries are those it rests on, ascending. Grade is the approval's,
// Unknown where there is none. Since is the day of the approval that counts.
type Standing struct {
	Status      Status
	Grade       grade.Grade
	Entries     []int64
	Approval    string
	Decision    string
	ReapproveBy deadline.Day
	Limitations []string
	Since       deadline.Day
	Reason      string
}

// Ask names what a standing is asked about. Approvals below Floor do not help.
type Ask struct {
	Standard, Facet    string
	Model, Environment string
	Floor              grade.Grade
}

// Standing is StandingAt with the lowest floor that counts at all, attested.
func (s State) Standing(standard, facet, model, environment string, now int64) Standing {
	return s.StandingAt(Ask{standard, facet, model, environment, grade.Attested}, now)
}

// StandingAt tells how a standard's facet stands at now (milliseconds since
// 1970). Where nothing counts, the entry of an approval below the floor is named
// all the same. The newest approval that covers the model and environment and reaches
// the floor counts. An approval below the floor cannot help but can hurt: when
// the newest of all has lapsed, an older and better known one does not hide it.
func (s State) StandingAt(ask Ask, now int64) Standing {
	known, found := s.newest(ask)
	if !found {
		return s.notApproved(ask)
	}
	at := s.judge(known, now)
	ask.Floor = grade.Unknown
	if overall, _ := s.newest(ask); overall.Seq != known.Seq {
		if low := s.judge(overall, now); low.Status.Below(at.Status) {
			return low
		}
	}
	return at
}

// newest gives the applicable approval of the latest day, of several on that
// day the one recorded last.
func (s State) newest(ask Ask) (Approval, bool) {
	var best Approval
	for _, a := range s.Approvals(ask.Standard, ask.Facet) {
		if a.Grade < max(ask.Floor, grade.Attested) && ask.Floor != grade.Unknown {
			continue
		}
		if !a.Covers(ask.Model, ask.Environment) {
			continue
		}
		if best.Seq == 0 && best.ID == "" || newer(a, best) {
			best = a
		}
	}
	return best, best.ID != ""
}

func newer(a, b Approval) bool {
	return cmp.Or(cmp.Compare(a.ApprovedOn, b.ApprovedOn), cmp.Compare(a.Seq, b.Seq)) > 0
}

// judge tells how one approval stands. The worst that is true is said: a
// failure recorded after a lapse leaves it lapsed.
func (s State) judge(a Approval, now int64) Standing {
	at := Standing{
		Status: InForce, Grade: a.Grade, Entries: []int64{a.Seq}, Approval: a.ID, Decision: a.Decision,
		ReapproveBy: a.ReapproveBy, Limitations: slices.Clone(a.Limitations), Since: a.ApprovedOn,
		Reason: fmt.Sprintf("approved on %s", a.ApprovedOn),
	}
	b, _ := s.breaks.Get(subject(a.Standard, a.Facet))
	r, hasReport := s.reports.Get(a.Report)
	if hasReport {
		at.Entries = append(at.Entries, r.Seq)
	}
	switch {
	case b.withdrawn.after(a):
		at.Status, at.Reason = Withdrawn, fmt.Sprintf("the approval of %s was withdrawn", a.ApprovedOn)
		at.Entries = append(at.Entries, b.withdrawn.seq)
	case a.ReapproveBy != "" && a.ReapproveBy.Over(now):
		at.Status, at.Reason = Lapsed, fmt.Sprintf("the approval of %s was to be renewed by %s and was not", a.ApprovedOn, a.ReapproveBy)
	case b.failed.after(a):
		at.Status, at.Reason = Reopened, fmt.Sprintf("a failure in practice was recorded after the approval of %s", a.ApprovedOn)
		at.Entries = append(at.Entries, b.failed.seq)
	case len(r.Lost) > 0:
		at.Status, at.Reason = Reopened, fmt.Sprintf("evidence under the approval of %s was withdrawn", a.ApprovedOn)
		at.Entries = append(at.Entries, r.Lost...)
	}
	slices.Sort(at.Entries)
	return at
}

// notApproved says what there is instead of an approval that counts: one below
// the floor is named with its grade and entry.
func (s State) notApproved(ask Ask) Standing {
	at := Standing{Status: NotApproved, Reason: "no approval is recorded"}
	if len(s.Approvals(ask.Standard, ask.Facet)) > 0 {
		at.Reason = "no approval covers this model and environment"
	}
	floor := max(ask.Floor, grade.Attested)
	ask.Floor = grade.Unknown
	if low, ok := s.newest(ask); ok {
		at.Reason = fmt.Sprintf("the approval of %s is known as %s only, and %s is asked for", low.ApprovedOn, low.Grade, floor)
		at.Grade, at.Entries = low.Grade, []int64{low.Seq}
	}
	return at
}

// Covers tells whether the approval's scope includes the model and environment.
func (a Approval) Covers(model, environment string) bool {
	return covers(a.Models, model) && covers(a.Environments, environment)
}

// Approvals gives every approval of a standard's facet, as recorded, also those
// that no longer count.
func (s State) Approvals(standard, facet string) []Approval {
	return slices.Collect(about(s.approvals, subject(standard, facet)))
}

// Evidence gives all evidence for a standard's facet, as recorded, with what
// was withdrawn.
func (s State) Evidence(standard, facet string) []Evidence {
	return slices.Collect(about(s.evidence, subject(standard, facet)))
}

// AllEvidence goes through all evidence, with what was withdrawn.
func (s State) AllEvidence() iter.Seq[Evidence] { return s.evidence.Values() }

// AllReports goes through all reports.
func (s State) AllReports() iter.Seq[Report] { return s.reports.Values() }

// AllApprovals goes through all approvals, also those that no longer count.
func (s State) AllApprovals() iter.Seq[Approval] { return s.approvals.Values() }

// Doubting gives the state as it would be if some of the evidence of a report
// were withdrawn, for a question of what would be. Nothing is recorded.
func (s State) Doubting(report string) State {
	r, ok := s.reports.Get(report)
	if !ok {
		return s
	}
	s = s.Fork()
	r.Lost = append(slices.Clip(r.Lost), r.Seq)
	s.reports.Set(r.ID, r)
	return s
}

// Report gives a report by id.
func (s State) Report(id string) (Report, bool) { return s.reports.Get(id) }

// Reports gives every report on a standard's facet in id order.
func (s State) Reports(standard, facet string) []Report {
	var rs []Report
	for r := range s.reports.Values() {
		if r.Standard == standard && r.Facet == facet {
			rs = append(rs, r)
		}
	}
	slices.SortFunc(rs, func(a, b Report) int { return cmp.Compare(a.Seq, b.Seq) })
	return rs
}

func (s State) evidenceFor(standard, facet, criterion string) []Evidence {
	all := s.Evidence(standard, facet)
	return slices.DeleteFunc(all, func(e Evidence) bool { return e.Criterion != criterion || e.Withdrawn != 0 })
}

func (s State) findEvidence(id string) (Evidence, bool) {
	for e := range s.evidence.Values() {
		if e.ID == id {
			return e, true
		}
	}
	return Evidence{}, false
}

// about goes through the values whose keys start with a subject.
func about[V any](m cow.Map[string, V], subject string) iter.Seq[V] {
	return func(yield func(V) bool) {
		for k, v := range m.From(subject) {
			if !strings.HasPrefix(k, subject) || !yield(v) {
				return
			}
		}
	}
}
