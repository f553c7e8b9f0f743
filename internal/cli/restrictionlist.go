// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/restriction"
)

type restrictionList struct{}

// restrictionOne is the JSON of a restriction.
type restrictionOne struct {
	ID          string   `json:"id"`
	Kind        string   `json:"kind"`
	Model       string   `json:"model"`
	Snapshots   []string `json:"snapshots"`
	Environment text     `json:"environment"`
	State       string   `json:"state"`
	Decision    string   `json:"decision"`
	Hold        text     `json:"hold"`
	Response    text     `json:"response"`
	Reason      string   `json:"reason"`
	Seq         int64    `json:"seq"`
	Time        instant  `json:"time"`
	ExecutedBy  text     `json:"executed_by"`
	ExecutedAt  instant  `json:"executed_at"`
	VerifiedBy  text     `json:"verified_by"`
	VerifiedAt  instant  `json:"verified_at"`
	LiftedAt    instant  `json:"lifted_at"`
	PostMortem  text     `json:"post_mortem"`
}

func restrictionOf(m app.Moment, o restriction.Order) restrictionOne {
	one := restrictionOne{
		ID: o.ID, Kind: string(o.Kind), Model: o.Model, Snapshots: append([]string{}, o.Snapshots...), Environment: text(o.Environment),
		State: o.State(), Decision: o.Decision, Hold: text(o.Hold), Response: text(o.Response), Seq: o.Seq, Time: instant(o.At),
		ExecutedBy: text(o.Executed.By), ExecutedAt: instant(o.Executed.At), VerifiedBy: text(o.Verified.By),
		VerifiedAt: instant(o.Verified.At), LiftedAt: instant(o.Lifted.At), PostMortem: text(o.PostMortem),
	}
	if d, err := m.View.State.Decision.Decision(o.Decision); err == nil && d.File.Restriction != nil {
		one.Reason = d.File.Restriction.Reason
	}
	return one
}

func (restrictionList) Run(s *session) error {
	_, m, err := s.moment()
	if err != nil {
		return err
	}
	all := []restrictionOne{}
	for _, o := range m.View.State.Restriction.Orders() {
		all = append(all, restrictionOf(m, o))
	}
	if s.JSON {
		return s.print(struct {
			Restrictions []restrictionOne `json:"restrictions"`
			Clock        string           `json:"clock"`
		}{all, clockOf(m)})
	}
	if len(all) == 0 {
		s.note("no restriction was ordered: holdpoint restriction propose")
		return nil
	}
	rows := [][]string{{"RESTRICTION", "KIND", "MODEL", "WHERE", "STATE", "DECISION", "REASON"}}
	for _, o := range all {
		rows = append(rows, []string{o.ID, words(o.Kind), o.Model, or(string(o.Environment), "everywhere"), stateText(o), o.Decision, oneLine(o.Reason)})
	}
	s.grid(rows)
	return nil
}

func stateText(o restrictionOne) string {
	switch o.State {
	case "ordered":
		return "ordered, not carried out"
	case "executed":
		return "executed by " + string(o.ExecutedBy) + ", not verified"
	case "verified":
		return "executed by " + string(o.ExecutedBy) + ", verified by " + string(o.VerifiedBy)
	}
	return o.State
}

type restrictionResponses struct {
	Open bool `help:"Only those that nobody has given."`
}

// responseOne is the JSON of a response.
type responseOne struct {
	ID          string     `json:"id"`
	Model       string     `json:"model"`
	Snapshot    text       `json:"snapshot"`
	Environment string     `json:"environment"`
	Action      string     `json:"action"`
	Because     []string   `json:"because"`
	Owner       text       `json:"owner"`
	HeldAt      instant    `json:"held_at"`
	Due         instant    `json:"due"`
	Status      string     `json:"status"`
	Policy      string     `json:"policy"`
	Clause      text       `json:"clause"`
	Finding     text       `json:"finding"`
	How         text       `json:"how"`
	By          *entry.Ref `json:"by"`
	AnsweredAt  instant    `json:"answered_at"`
	Seq         int64      `json:"seq"`
}

func responseOf(m app.Moment, r restriction.Response) responseOne {
	one := responseOne{
		ID: r.ID, Model: r.Model, Snapshot: text(r.Snapshot), Environment: r.Environment, Action: r.Action, Because: append([]string{}, r.Because...),
		Owner: text(r.Owner), HeldAt: instant(r.HeldAt), Due: instant(r.Due), Status: string(r.StatusAt(m.Now)), Policy: r.Policy,
		Clause: text(r.Clause), Finding: text(r.Finding), How: text(r.How), AnsweredAt: instant(r.AnsweredAt), Seq: r.Seq,
	}
	if r.By.ID != "" {
		one.By = &r.By
	}
	return one
}

func (c restrictionResponses) Run(s *session) error {
	_, m, err := s.moment()
	if err != nil {
		return err
	}
	all := []responseOne{}
	for _, r := range m.View.State.Restriction.Responses() {
		if !c.Open || r.IsOpen() {
			all = append(all, responseOf(m, r))
		}
	}
	if s.JSON {
		return s.print(struct {
			Responses []responseOne `json:"responses"`
			Clock     string        `json:"clock"`
		}{all, clockOf(m)})
	}
	if len(all) == 0 {
		s.note("nobody owes an answer for anything live, as far as is written down")
		return nil
	}
	rows := [][]string{{"RESPONSE", "LIVE", "OWNER", "DUE", "STATUS", "BECAUSE"}}
	for _, r := range all {
		rows = append(rows, []string{r.ID, r.Model + " in " + r.Environment, or(string(r.Owner), "unknown"), or(r.Due.String(), "unknown"), r.standing(), oneLine(first(r.Because))})
	}
	s.grid(rows)
	for _, r := range all {
		if r.How == "" {
			s.say("")
			s.wrapped("", "To answer: holdpoint restriction propose --response "+r.ID+" --kind KIND --model "+r.Model+" --env "+r.Environment+
				" --reason TEXT; or holdpoint model withdraw, holdpoint safeguard interim propose, or what holdpoint gate check says would open it.")
			break
		}
	}
	return nil
}

// standing says whether it was given, and by what.
func (r responseOne) standing() string {
	if r.How == "" {
		return r.Status
	}
	by := ""
	if r.By != nil {
		by = r.By.ID
		if r.By.Kind == "entry" {
			by = "entry " + strings.TrimPrefix(by, "entry-")
		}
		by = " (" + by + ")"
	}
	switch restriction.How(r.How) {
	case restriction.Cleared:
		return "clear again" + by
	case restriction.ByInterim:
		return "answered by an interim measure" + by
	}
	return "answered by a " + string(r.How) + by
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// liveHeld is the JSON of something live that is held. Members of the duty are
// null where nobody owes an answer, and where nobody can tell.
type liveHeld struct {
	Model       string   `json:"model"`
	Snapshot    text     `json:"snapshot"`
	Environment string   `json:"environment"`
	Action      string   `json:"action"`
	Since       instant  `json:"since"`
	Because     []string `json:"because"`
	Response    text     `json:"response"`
	Owner       text     `json:"owner"`
	Due         instant  `json:"due"`
	Status      text     `json:"status"`
	Restriction text     `json:"restriction"`
}

func liveHeldOf(a *app.App, m app.Moment) []liveHeld {
	all := []liveHeld{}
	for _, h := range a.LiveHeld(m) {
		one := liveHeld{
			Model: h.Model, Snapshot: text(h.Snapshot), Environment: h.Environment, Action: h.Action, Since: instant(h.Since), Because: []string{},
			Response: text(h.Response), Owner: text(h.Owner), Due: instant(h.Due), Status: text(h.Status), Restriction: text(h.Restriction),
		}
		for _, r := range h.Verdict.HeldBecause() {
			one.Because = append(one.Because, r.Reason)
		}
		all = append(all, one)
	}
	return all
}

// liveHeld prints what is live and held before anything else is said.
func (s *session) liveHeld(all []liveHeld) {
	if len(all) == 0 {
		return
	}
	s.say("LIVE WHILE HELD")
	for _, h := range all {
		what := h.Model
		if h.Snapshot != "" {
			what += "/" + string(h.Snapshot)
		}
		line := what + " in " + h.Environment + " (" + h.Action + ")"
		if h.Since != 0 {
			line += ", held since " + h.Since.String()
		}
		s.say("  %s", line)
		s.wrapped("    because: ", oneLine(abridged(plainly(first(h.Because)))))
		s.wrapped("    answer: ", h.answer())
	}
	s.say("")
}

func (h liveHeld) answer() string {
	switch {
	case h.Status == "":
		return "nobody owes one: this journal tells again what sources say"
	case h.Restriction != "":
		return "given by " + string(h.Restriction) + ", which stands"
	}
	due := "by nobody knows when: the policy gives no hours"
	if h.Due != 0 {
		due = "by " + h.Due.String()
	}
	owed := "owed by " + or(string(h.Owner), "nobody knows whom: the policy names no role") + ", " + due
	if string(h.Status) == string(restriction.Overdue) {
		owed += ", OVERDUE"
	}
	if h.Response != "" {
		owed += " (" + string(h.Response) + ")"
	}
	return owed
}

// restrictedText says everything that a restriction asks a signer for.
func restrictedText(r decision.Restriction) []string {
	what := r.Model
	if len(r.Snapshots) > 0 {
		what += ", of it " + strings.Join(r.Snapshots, ", ")
	}
	lines := []string{r.Kind.Words() + ": " + what + ", " + or(r.Environment, "everywhere") + ", because " + r.Reason}
	if r.Replacement != "" {
		lines = append(lines, r.Replacement+" takes over")
	}
	for _, c := range r.Resume {
		lines = append(lines, "goes on only when: "+c)
	}
	if r.Notice != "" {
		lines = append(lines, "those who wait are told: "+r.Notice)
	}
	for _, c := range r.Copies {
		lines = append(lines, "the copy of "+c.Snapshot+" at "+c.Location+" is deleted, SHA-256 "+c.SHA256)
	}
	if r.Response != "" {
		lines = append(lines, "answers "+r.Response)
	}
	return lines
}
