// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"slices"
	"strconv"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/obligation"
	"github.com/holdpoint/holdpoint/internal/policy"
)

type obligationList struct {
	Owner     string   `placeholder:"ROLE" help:"Only what this role owes."`
	Status    []string `sep:"none" enum:"scheduled,due_soon,done_on_time,done_late,missed,waived,unknown" placeholder:"STATUS" help:"scheduled, due_soon, done_on_time, done_late, missed, waived or unknown; may be given again."`
	DueWithin string   `placeholder:"14d" help:"Only what is not done and due within so many days, or was due before."`
	By        string   `enum:",owner" default:"" placeholder:"owner" help:"owner: say who owes what, clauses without a date included."`
}

// Help is what --help adds.
func (obligationList) Help() string {
	return "Where a duty stands follows from what is recorded and from the time; holdpoint sweep writes it down. Unknown is not compliant: nothing says whether it was done, or by when it was to be."
}

// dutyOne is the JSON of a duty. Due and variance_days are null where they cannot
// be told; a variance of 0 or less is in time.
type dutyOne struct {
	ID       string `json:"id"`
	Rule     string `json:"rule"`
	Clause   text   `json:"clause"`
	Subject  string `json:"subject"`
	Owner    string `json:"owner"`
	Due      text   `json:"due"`
	Hardness string `json:"hardness"`
	Status   string `json:"status"`
	Variance *int64 `json:"variance_days"`
}

func dutyOf(d obligation.Duty, now int64) dutyOne {
	st := d.At(now)
	return dutyOne{
		d.ID, d.Rule, text(d.Clause), d.About(), d.Owner, text(d.Now.Day), string(d.Hardness), string(st.Status), st.VarianceDays,
	}
}

func (c obligationList) Run(s *session) error {
	_, m, err := s.moment()
	if err != nil {
		return err
	}
	all, err := c.chosen(m)
	if err != nil {
		return err
	}
	if c.By == "owner" {
		return s.owners(m, c.Owner, all)
	}
	if s.JSON {
		return s.print(all)
	}
	if len(all) == 0 {
		s.note("there are no such duties")
		return nil
	}
	s.sayDuties(all)
	return nil
}

// chosen lists the duties that the flags ask for, what is late first.
func (c obligationList) chosen(m app.Moment) ([]dutyOne, error) {
	within := -1
	if c.DueWithin != "" {
		n, err := withinFlag(c.DueWithin)
		if err != nil {
			return nil, err
		}
		within = n
	}
	all := []dutyOne{}
	for _, d := range m.View.State.Obligation.All() {
		d = m.View.State.AsDecided(d, m.Now)
		one := dutyOf(d, m.Now)
		switch {
		case c.Owner != "" && c.Owner != d.Owner,
			len(c.Status) > 0 && !slices.Contains(c.Status, one.Status),
			within >= 0 && !d.DueWithin(within, m.Now):
			continue
		}
		all = append(all, one)
	}
	order := map[string]int{}
	for i, st := range obligation.Statuses() {
		order[string(st)] = i
	}
	slices.SortStableFunc(all, func(a, b dutyOne) int { return order[a.Status] - order[b.Status] })
	return all, nil
}

func (s *session) sayDuties(all []dutyOne) {
	rows := [][]string{{"DUTY", "RULE", "ABOUT", "OWED BY", "DUE", "STATUS", "DAYS LATE"}}
	for _, d := range all {
		rows = append(rows, []string{d.ID, d.Rule, d.Subject, d.Owner, or(string(d.Due), "no date"), statusWords(d.Status), lateWords(d.Variance)})
	}
	s.grid(rows)
}

func statusWords(status string) string { return strings.ReplaceAll(status, "_", " ") }

// lateWords says by how many days, with those in hand as a negative number.
func lateWords(v *int64) string {
	if v == nil {
		return "-"
	}
	return strconv.FormatInt(*v, 10)
}

// owes is the JSON of what a role owes: the clauses of the policy in force, and the
// duties.
type owes struct {
	Owner   string     `json:"owner"`
	Title   text       `json:"title"`
	Holders []string   `json:"holders"`
	Clauses []owedText `json:"clauses"`
	Duties  []dutyOne  `json:"duties"`
}

type owedText struct {
	ID       string `json:"id"`
	Summary  string `json:"summary"`
	Modality string `json:"modality"`
}

// owners says who owes what: every role that owns a clause or a duty.
func (s *session) owners(m app.Moment, only string, duties []dutyOne) error {
	p, _ := m.View.State.Policy.InForce(m.Now)
	all := []owes{}
	for _, role := range owningRoles(p.Pack, duties) {
		if only != "" && only != role {
			continue
		}
		r, _ := p.Pack.Role(role)
		o := owes{Owner: role, Title: text(r.Title), Holders: append([]string{}, m.View.State.Access.HoldersAt(role, m.Now)...), Clauses: []owedText{}, Duties: []dutyOne{}}
		for _, c := range p.Pack.Clauses {
			if c.Owner == role {
				o.Clauses = append(o.Clauses, owedText{c.ID, c.Summary, string(c.Modality)})
			}
		}
		for _, d := range duties {
			if d.Owner == role {
				o.Duties = append(o.Duties, d)
			}
		}
		all = append(all, o)
	}
	if s.JSON {
		return s.print(all)
	}
	for i, o := range all {
		if i > 0 {
			s.say("")
		}
		s.sayOwes(o)
	}
	return nil
}

// owningRoles lists the roles of the policy that own anything, in its order, and
// then those of former versions.
func owningRoles(p policy.Pack, duties []dutyOne) []string {
	owns := map[string]bool{}
	for _, c := range p.Clauses {
		owns[c.Owner] = true
	}
	var others []string
	for _, d := range duties {
		if _, ok := p.Role(d.Owner); !ok && !owns[d.Owner] {
			others = append(others, d.Owner)
		}
		owns[d.Owner] = true
	}
	var all []string
	for _, r := range p.Roles {
		if owns[r.ID] {
			all = append(all, r.ID)
		}
	}
	return append(all, others...)
}

func (s *session) sayOwes(o owes) {
	s.say("%s (%s): %s", o.Owner, or(string(o.Title), "a role of a former version"), or(strings.Join(o.Holders, ", "), "nobody holds this role"))
	var ids []string
	for _, c := range o.Clauses {
		ids = append(ids, c.ID)
	}
	s.wrapped("  clauses: ", or(strings.Join(ids, ", "), "none"))
	for _, d := range o.Duties {
		s.say("  %s %s, about %s: %s%s", d.ID, d.Rule, d.Subject, statusWords(d.Status), dueText(d))
	}
}

func dueText(d dutyOne) string {
	if d.Due == "" {
		return ""
	}
	return ", due on " + string(d.Due)
}
