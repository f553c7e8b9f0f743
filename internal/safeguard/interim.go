// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package safeguard

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
)

// InterimMeasure is one thing that is done instead of a standard. Kind is of the
// library of measures, which package decision keeps.
type InterimMeasure struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
}

// InterimApproved is the data of safeguard.interim_approved: for the models and
// environments named (no environment means every one) the measures stand in for
// a standard's facet until the last day, written 2006-01-02, is over.
type InterimApproved struct {
	Decision     string           `json:"decision"`
	Standard     string           `json:"standard"`
	Facet        string           `json:"facet"`
	Models       []string         `json:"models"`
	Environments []string         `json:"environments,omitempty"`
	Measures     []InterimMeasure `json:"measures"`
	Expires      string           `json:"expires"`
	Follows      string           `json:"follows,omitzero"`
}

// InterimEnded is the data of safeguard.interim_ended. By names the decision
// that ended it, if one did.
type InterimEnded struct {
	Interim string `json:"interim"`
	How     string `json:"how"`
	By      string `json:"by,omitzero"`
	Reason  string `json:"reason"`
}

// The ways in which an interim measure ends.
const (
	Replaced = "replaced" // the standard was approved for all that it stood for
	Expired  = "expired"  // its last day is over
	Followed = "followed" // a stronger one was approved in its place
	Failed   = "failed"   // a failure or withdrawal of the standard was recorded
)

// Interim is what the fold keeps of an interim measure. ID is interim-SEQ.
type Interim struct {
	ID           string
	Seq          int64
	Grade        grade.Grade
	Decision     string
	Standard     string
	Facet        string
	Models       []string
	Environments []string
	Measures     []InterimMeasure
	ApprovedOn   deadline.Day
	// Expires is the last day on which it stands.
	Expires deadline.Day
	Follows string
	// EndedSeq is the entry that ended it, 0 while there is none; Ended says how.
	EndedSeq int64
	Ended    string
	EndedBy  string
	Reason   string
}

// Covers tells whether its scope includes the model and environment.
func (m Interim) Covers(model, environment string) bool {
	return slices.Contains(m.Models, model) && covers(m.Environments, environment)
}

// overlaps tells whether two scopes have a model and environment in common.
func (m Interim) overlaps(models, environments []string) bool {
	return shares(m.Models, models) && shares(m.Environments, environments)
}

// shares tells whether two scopes have something in common; an empty one has
// everything.
func shares(a, b []string) bool {
	return len(a) == 0 || len(b) == 0 || slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}

// Interims gives every interim measure, as recorded, with those that have ended.
func (s State) Interims() []Interim {
	return slices.SortedFunc(s.interims.Values(), func(a, b Interim) int { return cmp.Compare(a.Seq, b.Seq) })
}

// Interim gives an interim measure by id.
func (s State) Interim(id string) (Interim, error) {
	if m, ok := s.interims.Get(id); ok {
		return m, nil
	}
	return Interim{}, fault.NotFoundf("there is no interim measure %q", id).Hinted("holdpoint safeguard interim list shows them all")
}

// InterimsFor gives the interim measures for a standard's facet whose scope has
// something in common with the models and environments, as recorded.
func (s State) InterimsFor(standard, facet string, models, environments []string) []Interim {
	return slices.DeleteFunc(s.Interims(), func(m Interim) bool {
		return m.Standard != standard || m.Facet != facet || !m.overlaps(models, environments)
	})
}

// InterimAt gives the interim measures that stand at now (milliseconds since
// 1970) for what is asked, the newest first. Each of them is enough by itself;
// whether its decision still counts is for the reader to ask. That one has
// ended changes nothing for another, so that no passing date raises anything.
func (s State) InterimAt(ask Ask, now int64) []Interim {
	all := s.InterimsFor(ask.Standard, ask.Facet, []string{ask.Model}, []string{ask.Environment})
	slices.Reverse(all)
	return slices.DeleteFunc(all, func(m Interim) bool {
		return !m.Covers(ask.Model, ask.Environment) || m.Grade < max(ask.Floor, grade.Attested) || s.Over(m, now) != ""
	})
}

// Over says why an interim measure does not stand at now; "" while it does. It
// is so whether anybody wrote it down or not.
func (s State) Over(m Interim, now int64) string {
	if m.EndedSeq != 0 {
		return m.Reason
	}
	return s.ending(m, now).Reason
}

// ending tells how an interim measure has ended by now; How is "" while it
// stands.
func (s State) ending(m Interim, now int64) InterimEnded {
	end := InterimEnded{Interim: m.ID}
	b, _ := s.breaks.Get(subject(m.Standard, m.Facet))
	as := Approval{Seq: m.Seq, ApprovedOn: m.ApprovedOn}
	switch {
	case m.Expires.Over(now):
		end.How, end.Reason = Expired, s.expired(m, now)
	case b.withdrawn.after(as):
		end.How, end.Reason = Failed, fmt.Sprintf("the approval of the standard was withdrawn after it, by entry %d", b.withdrawn.seq)
	case b.failed.after(as):
		end.How, end.Reason = Failed, fmt.Sprintf("a failure in practice was recorded after it, by entry %d", b.failed.seq)
	default:
		s.succeeded(m, &end)
	}
	return end
}

// succeeded looks for what has taken the place of an interim measure: a stronger
// one, or the standard itself.
func (s State) succeeded(m Interim, end *InterimEnded) {
	if next, ok := s.Follower(m.ID); ok {
		end.How, end.By, end.Reason = Followed, next.Decision, "a stronger one was approved in its place"
		return
	}
	for _, a := range s.Approvals(m.Standard, m.Facet) {
		if a.Seq > m.Seq && a.Grade >= m.Grade && a.coversAll(m) {
			end.How, end.By = Replaced, a.Decision
			end.Reason = fmt.Sprintf("the standard that it stood in for was approved on %s", a.ApprovedOn)
			return
		}
	}
}

// Follower gives the interim measures that took the place of others, if any did.
func (s State) Follower(id string) (Interim, bool) {
	for m := range s.interims.Values() {
		if m.Follows == id {
			return m, true
		}
	}
	return Interim{}, false
}

// Broken gives the newest entry that withdrew or reopened a standard's facet.
func (s State) Broken(standard, facet string) (seq int64, ok bool) {
	b, _ := s.breaks.Get(subject(standard, facet))
	return max(b.withdrawn.seq, b.failed.seq), b.any()
}

// ApproveInterim brings interim measures into force because a decision took
// effect, as well known as how says. Those that they follow end by it.
func (s State) ApproveInterim(in InterimApproved, how entry.Provenance, act entry.Act) ([]entry.Draft, error) {
	if deadline.Day(in.Expires).Over(act.Now) {
		return nil, fault.Conflictf("the last day of the interim measure was %s", in.Expires).Hinted("propose a new one")
	}
	if in.Follows != "" {
		if _, err := s.Interim(in.Follows); err != nil {
			return nil, err
		}
	}
	return interimApproved.Drafts(in, how)
}

// Endings gives the entries that write down which interim measures have ended by
// now and of which nobody wrote it down yet: nothing more than what holds.
func (s State) Endings(now int64) ([]entry.Draft, error) {
	var drafts []entry.Draft
	for _, m := range s.Interims() {
		end := s.ending(m, now)
		if m.EndedSeq != 0 || end.How == "" {
			continue
		}
		draft, err := interimEnded.Draft(end)
		if err != nil {
			return nil, err
		}
		drafts = append(drafts, draft)
	}
	return drafts, nil
}

// coversAll tells whether the approval holds for all that m stands for.
func (a Approval) coversAll(m Interim) bool {
	wholly := func(scope, part []string) bool {
		return len(scope) == 0 || len(part) > 0 && !slices.ContainsFunc(part, func(x string) bool { return !slices.Contains(scope, x) })
	}
	return wholly(a.Models, m.Models) && wholly(a.Environments, m.Environments)
}

// expired says what an expiry leaves: where the standard is still not in force,
// something stronger is due (INT-4).
func (s State) expired(m Interim, now int64) string {
	words := fmt.Sprintf("its last day was %s", m.Expires)
	var bare []string
	for _, model := range m.Models {
		envs := m.Environments
		if len(envs) == 0 {
			envs = []string{""}
		}
		if slices.ContainsFunc(envs, func(env string) bool {
			return s.Standing(m.Standard, m.Facet, model, env, now).Status != InForce
		}) {
			bare = append(bare, model)
		}
	}
	if len(bare) == 0 {
		return words
	}
	return fmt.Sprintf("%s, and the %s standard %s is not in force for %s: a stronger restriction is proposed", words, m.Facet, m.Standard, strings.Join(bare, ", "))
}

// DecodeInterim reads an entry of the type safeguard.interim_approved.
func DecodeInterim(e entry.Entry) (InterimApproved, error) {
	d, _, err := interimApproved.Decode(e)
	return d, err
}

// DecodeInterimEnd reads an entry of the type safeguard.interim_ended.
func DecodeInterimEnd(e entry.Entry) (InterimEnded, error) {
	d, _, err := interimEnded.Decode(e)
	return d, err
}

func (s *State) applyInterim(e entry.Entry) error {
	d, how, err := interimApproved.Decode(e)
	if err != nil {
		return err
	}
	m := Interim{
		ID: entry.ID("interim", e.Seq), Seq: e.Seq, Grade: how.GradeOr(grade.Attested), Decision: d.Decision,
		Standard: d.Standard, Facet: d.Facet, Models: d.Models, Environments: d.Environments, Measures: d.Measures,
		ApprovedOn: deadline.DayOf(e.RecordedAt), Expires: deadline.Day(d.Expires), Follows: d.Follows,
	}
	s.interims.Set(m.ID, m)
	return nil
}

func (s *State) applyInterimEnded(e entry.Entry) error {
	d, _, err := interimEnded.Decode(e)
	if err != nil {
		return err
	}
	m, ok := s.interims.Get(d.Interim)
	if !ok {
		return fault.Corruptf("entry %d ends the interim measure %q, which is not there", e.Seq, d.Interim)
	}
	m.EndedSeq, m.Ended, m.EndedBy, m.Reason = e.Seq, d.How, d.By, d.Reason
	s.interims.Set(m.ID, m)
	return nil
}
