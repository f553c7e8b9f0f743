// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// office is a role and how it is held, for JSON.
type office struct {
	Role        string     `json:"role"`
	Title       string     `json:"title"`
	Kind        string     `json:"kind"`
	Office      bool       `json:"office"`
	AppointedBy text       `json:"appointed_by"`
	Holders     []holder   `json:"holders"`
	Acting      *actingNow `json:"acting"`
	Filled      bool       `json:"filled"`
	Vacant      bool       `json:"vacant"`
	EmptySince  text       `json:"empty_since"`
	NeverFilled bool       `json:"never_filled"`
	Entries     []int64    `json:"entries"`
	Signs       []string   `json:"signs"`
}

type holder struct {
	Person string  `json:"person"`
	Name   text    `json:"name"`
	Seq    int64   `json:"seq"`
	Since  instant `json:"since"`
}

type actingNow struct {
	holder
	Until string `json:"until"`
	Over  bool   `json:"over"`
}

// officesOf lists the roles inside the lab under a pack.
func (s *session) officesOf(a *app.App, m app.Moment, p policy.Pack) []office {
	all := []office{}
	for _, r := range p.Roles {
		if !r.External {
			all = append(all, s.officeOf(a, m, p, r))
		}
	}
	return all
}

func (s *session) officeOf(a *app.App, m app.Moment, p policy.Pack, r policy.Role) office {
	o := m.View.State.Access.Office(r.ID, m.Now)
	out := office{
		Role: r.ID, Title: r.Title, Kind: string(r.Kind), Office: r.Office, AppointedBy: text(r.AppointedBy), Filled: o.Filled,
		Vacant: o.Vacant, NeverFilled: !o.Filled && o.Since == 0 && !o.Vacant, Entries: o.Entries, Signs: signsFor(p, r.ID),
	}
	for _, person := range o.Holders {
		g, _ := m.View.State.Access.Grant(person, r.ID)
		out.Holders = append(out.Holders, holder{person, s.nameOf(a, person), g.Seq, instant(g.At)})
	}
	if act := o.Acting; act.Seq != 0 {
		out.Acting = &actingNow{holder{act.Person, s.nameOf(a, act.Person), act.Seq, instant(act.At)}, string(act.Until), act.Over(m.Now)}
	}
	if o.Since != 0 {
		out.EmptySince = text(deadline.DayOf(o.Since))
	}
	return out
}

// nameOf is what somebody is called, or nothing.
func (s *session) nameOf(a *app.App, person string) text {
	if name := a.Name(s.ctx, person); name != person {
		return text(name)
	}
	return ""
}

func (h holder) words() string {
	if h.Name == "" {
		return h.Person
	}
	return fmt.Sprintf("%s (%s)", h.Person, h.Name)
}

// held says who holds the role.
func (o office) held() string {
	var all []string
	for _, h := range o.Holders {
		all = append(all, h.words())
	}
	if o.Acting != nil && !o.Acting.Over {
		all = append(all, o.Acting.words()+", acting until "+o.Acting.Until)
	}
	return strings.Join(all, "; ")
}

// standing says how the role is held.
func (o office) standing() string {
	switch {
	case o.Filled && len(o.Holders) == 0:
		return "filled for a time"
	case o.Filled:
		return "filled"
	case o.NeverFilled:
		return "never filled"
	case o.Vacant && o.Acting != nil:
		return fmt.Sprintf("vacant since %s: %s acted until %s", o.EmptySince, o.Acting.words(), o.Acting.Until)
	case o.Vacant:
		return "vacant since " + string(o.EmptySince)
	}
	return "empty since " + string(o.EmptySince)
}

type officeList struct{}

func (officeList) Run(s *session) error {
	a, m, p, err := s.inForce()
	if err != nil {
		return err
	}
	all := s.officesOf(a, m, p)
	if s.JSON {
		return s.print(struct {
			Policy  string   `json:"policy"`
			Offices []office `json:"offices"`
			Clock   string   `json:"clock"`
		}{p.Ref(), all, clockOf(m)})
	}
	rows := [][]string{{"ROLE", "", "HELD BY", "STANDING", "NAMED BY"}}
	for _, o := range all {
		kind := "role"
		if o.Office {
			kind = "office"
		}
		rows = append(rows, []string{o.Role, kind, or(o.held(), "-"), o.standing(), or(string(o.AppointedBy), "owner")})
	}
	s.grid(rows)
	s.vacancies(all)
	return nil
}

// vacancies says what a vacant office means and what to do.
func (s *session) vacancies(all []office) {
	for _, o := range all {
		if !o.Office || !o.Vacant {
			continue
		}
		s.say("")
		line := "The office of " + o.Role + " is vacant (" + entriesList(o.Entries) + ")"
		if len(o.Signs) > 0 {
			line += ", so what rests on its signature is held"
		}
		s.wrapped("", fmt.Sprintf("%s. %s ends that: holdpoint office assign %s PERSON --reason TEXT, or for a time holdpoint office act %s PERSON --until DAY --reason TEXT",
			line, naming(o), o.Role, o.Role))
	}
}

func naming(o office) string {
	if o.AppointedBy == "" {
		return "The owner of the workspace"
	}
	return "A holder of " + string(o.AppointedBy)
}

// entriesList names entries in a sentence.
func entriesList(seqs []int64) string {
	if len(seqs) == 1 {
		return "entry " + seqText(seqs[0])
	}
	var all []string
	for _, n := range seqs {
		all = append(all, seqText(n))
	}
	return "entries " + strings.Join(all, ", ")
}

// inForce gives the moment asked about and the policy in force at it.
func (s *session) inForce() (*app.App, app.Moment, policy.Pack, error) {
	a, m, err := s.moment()
	if err != nil {
		return nil, m, policy.Pack{}, err
	}
	p, ok := m.View.State.Policy.InForce(m.Now)
	if !ok {
		return nil, m, policy.Pack{}, fault.Conflictf("no policy is in force, so there are no roles yet").
			Hinted("adopt one: holdpoint policy adopt")
	}
	return a, m, p.Pack, nil
}

type officeOwes struct {
	Role string `arg:"" optional:"" help:"Only what this role owes."`
}

// owing is what a role owes, for JSON.
type owing struct {
	Role        string       `json:"role"`
	Title       string       `json:"title"`
	HeldBy      []string     `json:"held_by"`
	Standing    string       `json:"standing"`
	Clauses     []owedClause `json:"clauses"`
	Obligations []owedDuty   `json:"obligations"`
}

type owedClause struct {
	Clause   string `json:"clause"`
	Modality string `json:"modality"`
	Coverage string `json:"coverage"`
	Summary  string `json:"summary"`
}

type owedDuty struct {
	ID        string `json:"id"`
	Title     string `json:"title"`
	Statement string `json:"statement"`
	Within    string `json:"within"`
	Hardness  string `json:"hardness"`
	Clause    text   `json:"clause"`
}

func (c officeOwes) Run(s *session) error {
	a, m, p, err := s.inForce()
	if err != nil {
		return err
	}
	if _, ok := p.Role(c.Role); !ok && c.Role != "" {
		return fault.NotFoundf("%s has no role %q", p.Ref(), c.Role).Hinted("holdpoint office list shows the roles")
	}
	all := []owing{}
	for _, r := range p.Roles {
		o := owedBy(p, r, s.officeOf(a, m, p, r))
		if c.Role == r.ID || c.Role == "" && len(o.Clauses)+len(o.Obligations) > 0 {
			all = append(all, o)
		}
	}
	if s.JSON {
		return s.print(struct {
			Policy string  `json:"policy"`
			Owes   []owing `json:"owes"`
			Clock  string  `json:"clock"`
		}{p.Ref(), all, clockOf(m)})
	}
	for i, o := range all {
		if i > 0 {
			s.say("")
		}
		s.owes(o)
	}
	return nil
}

func owedBy(p policy.Pack, r policy.Role, held office) owing {
	o := owing{Role: r.ID, Title: r.Title, HeldBy: []string{}, Standing: held.standing(), Clauses: []owedClause{}, Obligations: []owedDuty{}}
	if held.held() != "" {
		o.HeldBy = strings.Split(held.held(), "; ")
	}
	for _, c := range p.Clauses {
		if c.Owner == r.ID {
			o.Clauses = append(o.Clauses, owedClause{c.ID, string(c.Modality), string(c.Coverage), c.Summary})
		}
	}
	for _, d := range p.Obligations {
		if d.Owner == r.ID {
			o.Obligations = append(o.Obligations, owedDuty{d.ID, d.Title, d.Statement, within(d.Within), string(d.Hardness), text(d.Clause)})
		}
	}
	return o
}

// within says how long there is.
func within(d policy.Duration) string {
	unit := words(string(d.Unit))
	switch {
	case d.Count == 0 && d.Days > 0:
		return fmt.Sprintf("%s (read as %s)", unit, plural(d.Days, "day", "days"))
	case d.Count == 0:
		return unit
	case d.Earliest > 0:
		return fmt.Sprintf("%d to %d %s", d.Earliest, d.Count, unit)
	}
	return plural(d.Count, strings.TrimSuffix(unit, "s"), unit)
}

func (s *session) owes(o owing) {
	s.say("%s, %s: %s", o.Role, o.Title, or(strings.Join(o.HeldBy, "; "), o.Standing))
	rows := [][]string{}
	for _, c := range o.Clauses {
		rows = append(rows, []string{"  clause " + c.Clause, c.Modality, clippedAt(c.Summary, 90)})
	}
	for _, d := range o.Obligations {
		rows = append(rows, []string{"  duty " + d.ID, d.Hardness, d.Title + ": " + d.Within})
	}
	if len(rows) == 0 {
		s.say("  owes nothing under this policy")
		return
	}
	s.grid(rows)
}

func clippedAt(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n-3]) + "..."
	}
	return text
}
