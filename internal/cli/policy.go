// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/packs"
)

type policyCmd struct {
	Lint      policyLint      `cmd:"" help:"Check the files of policy packs and list every problem."`
	List      policyList      `cmd:"" help:"List the policies that ship, and those adopted in the workspace."`
	Show      policyShow      `cmd:"" help:"Show what a policy asks for."`
	Diff      policyDiff      `cmd:"" help:"Name what a later version loosens and tightens."`
	Coverage  policyCoverage  `cmd:"" help:"List every clause and where it went."`
	Interpret policyInterpret `cmd:"" help:"Ask or rule how an unclear clause is read, and list what waits for a ruling."`
	Adopt     policyAdopt     `cmd:"" help:"Take up a version of a policy."`
}

// adopted gives the versions of the workspace at hand; none where there is no
// workspace, since packs can be read anywhere.
func (s *session) adopted() (policy.State, *app.Moment, error) {
	_, m, err := s.moment()
	if fault.KindOf(err) == fault.NotFound && s.Dir == "" {
		return policy.State{}, nil, nil
	}
	if err != nil {
		return policy.State{}, nil, err
	}
	return m.View.State.Policy, &m, nil
}

// pack finds a policy by what was typed; "" is the one in force.
func (s *session) pack(ref string) (policy.Pack, error) {
	state, m, err := s.adopted()
	if err != nil {
		return policy.Pack{}, err
	}
	if ref != "" && s.reader != nil {
		return app.FindPolicy(ref, state) // who asks from far away names no file of ours
	}
	if ref != "" {
		return app.LoadPolicy(ref, state)
	}
	if m != nil {
		if p, ok := state.InForce(m.Now); ok {
			return p.Pack, nil
		}
	}
	return policy.Pack{}, fault.Usagef("no policy is in force here, so one must be named").
		Hinted("name a file or one that ships, such as anthropic-rsp@2.2; holdpoint policy list shows them")
}

type policyLint struct {
	Files []string `arg:"" name:"file" help:"Policy packs in YAML."`
}

// problem is one thing that is wrong with a pack, in JSON.
type problem struct {
	Where   text   `json:"where"`
	Problem string `json:"problem"`
	Hint    text   `json:"hint"`
}

func (c policyLint) Run(s *session) error {
	type checked struct {
		File     string    `json:"file"`
		Problems []problem `json:"problems"`
	}
	all := []checked{}
	var found fault.List
	for _, file := range c.Files {
		list, err := app.LintPack(file)
		if err != nil {
			return err
		}
		one := checked{file, []problem{}}
		for _, f := range list {
			one.Problems = append(one.Problems, problem{text(f.Where), f.Message, text(f.Hint)})
		}
		all, found = append(all, one), append(found, list...)
		if !s.JSON && len(list) == 0 {
			s.say("%s: no problems", file)
		}
	}
	if s.JSON {
		if err := s.print(struct {
			Files []checked `json:"files"`
		}{all}); err != nil {
			return err
		}
	}
	return found.Err()
}

type policyList struct{}

// listed is a policy that ships or was adopted, in JSON.
type listed struct {
	ID        string  `json:"id"`
	Version   string  `json:"version"`
	Digest    string  `json:"digest"`
	Title     string  `json:"title"`
	Effective string  `json:"effective"`
	Ships     bool    `json:"ships"`
	Adopted   bool    `json:"adopted"`
	AdoptedAt instant `json:"adopted_at"`
	InForce   bool    `json:"in_force"`
}

func (policyList) Run(s *session) error {
	state, m, err := s.adopted()
	if err != nil {
		return err
	}
	all, err := listAll(state, m)
	if err != nil {
		return err
	}
	if s.JSON {
		return s.print(struct {
			Policies []listed `json:"policies"`
		}{all})
	}
	rows := [][]string{{"POLICY", "EFFECTIVE", "HERE", "TITLE"}}
	for _, l := range all {
		rows = append(rows, []string{l.ID + "@" + l.Version, l.Effective, l.here(), l.Title})
	}
	s.grid(rows)
	return nil
}

func (l listed) here() string {
	switch {
	case l.InForce:
		return "in force"
	case l.Adopted:
		return "adopted"
	}
	return "-"
}

func listAll(state policy.State, m *app.Moment) ([]listed, error) {
	all := []listed{}
	at := map[string]int{}
	for _, info := range packs.List() {
		p, err := policy.LoadRef(info.Ref(), packs.Source)
		if err != nil {
			return nil, err
		}
		at[p.Ref()] = len(all)
		all = append(all, listed{ID: p.ID, Version: p.Version, Digest: p.Digest(), Title: p.Title, Effective: string(p.Effective), Ships: true})
	}
	for _, a := range state.Versions() {
		i, ok := at[a.Ref()]
		if !ok {
			i = len(all)
			all = append(all, listed{ID: a.Pack.ID, Version: a.Pack.Version, Title: a.Pack.Title, Effective: string(a.Pack.Effective)})
		}
		all[i].Ships = all[i].Ships && all[i].Digest == a.Digest
		all[i].Digest, all[i].Adopted, all[i].AdoptedAt = a.Digest, true, instant(a.AdoptedAt)
		if p, ok := state.InForce(m.Now); ok && p.Ref() == a.Ref() {
			all[i].InForce = true
		}
	}
	return all, nil
}

type policyShow struct {
	Ref string `arg:"" optional:"" help:"id@version, a version of a policy that ships, or a file; the one in force if not given."`
}

func (c policyShow) Run(s *session) error {
	p, err := s.pack(c.Ref)
	if err != nil {
		return err
	}
	if s.JSON {
		return s.print(struct {
			Digest string      `json:"digest"`
			Pack   policy.Pack `json:"pack"`
		}{p.Digest(), p})
	}
	s.say("%s (%s), by %s", p.Title, p.Ref(), p.Publisher)
	s.say("published %s, effective %s", p.Published, p.Effective)
	s.say("digest %s", p.Digest())
	s.thresholds(p)
	s.rules(p)
	return nil
}

func (s *session) thresholds(p policy.Pack) {
	s.say("")
	rows := [][]string{{"THRESHOLD", "KIND", "LEVEL", "TITLE"}}
	for _, t := range p.Thresholds {
		level := "-"
		if t.Level > 0 {
			level = fmt.Sprint(t.Level)
		}
		rows = append(rows, []string{t.ID, string(t.Kind), level, t.Title})
	}
	s.grid(rows)
	s.say("")
	rows = [][]string{{"STANDARD", "CRITERIA", "TITLE"}}
	for _, st := range p.Standards {
		n := 0
		for _, f := range st.Facets {
			n += len(f.Criteria)
		}
		criteria := fmt.Sprint(n)
		if !st.Defined {
			criteria = "none published"
		}
		rows = append(rows, []string{st.ID, criteria, st.Title})
	}
	s.grid(rows)
}

func (s *session) rules(p policy.Pack) {
	s.say("")
	rows := [][]string{{"ACTION", "CLASS", "ENVIRONMENT", "TITLE"}}
	for _, a := range p.Actions {
		rows = append(rows, []string{a.ID, string(a.Class), a.Environment, a.Title})
	}
	s.grid(rows)
	s.say("")
	rows = [][]string{{"ROLE", "KIND", "TITLE"}}
	does := [][]string{{"ROLE", "DUTIES", "SIGNS"}}
	for _, r := range p.Roles {
		rows = append(rows, []string{r.ID, string(r.Kind), r.Title})
		does = append(does, roleRow(p, r.ID))
	}
	s.grid(rows)
	s.say("")
	s.grid(does)
	s.say("")
	var kinds []string
	for _, t := range p.Triggers {
		if kind := string(t.Kind); !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	s.wrapped("Triggers of assessments: ", strings.Join(kinds, ", "))
	s.say("")
	s.say("%s, %s, %s, %s; the clauses: holdpoint policy coverage %s",
		plural(len(p.Triggers), "trigger", "triggers"), plural(len(p.Decisions), "kind of decision", "kinds of decision"),
		plural(len(p.Obligations), "obligation", "obligations"), plural(len(p.Clauses), "clause", "clauses"), p.Ref())
}

type policyDiff struct {
	Before string `arg:"" help:"The earlier version: id@version, a version of a policy that ships, or a file."`
	After  string `arg:"" help:"The later version."`
	All    bool   `help:"Also list changes that neither loosen nor tighten."`
}

func (c policyDiff) Run(s *session) error {
	before, err := s.pack(c.Before)
	if err != nil {
		return err
	}
	after, err := s.pack(c.After)
	if err != nil {
		return err
	}
	changes := policy.Diff(before, after)
	count := map[policy.ChangeKind]int{}
	for _, ch := range changes {
		count[ch.Kind]++
	}
	if s.JSON {
		if changes == nil {
			changes = []policy.Change{}
		}
		return s.print(struct {
			Before      policyRef       `json:"before"`
			After       policyRef       `json:"after"`
			Loosenings  int             `json:"loosenings"`
			Tightenings int             `json:"tightenings"`
			Changes     []policy.Change `json:"changes"`
		}{policyRefOf(before), policyRefOf(after), count[policy.Loosening], count[policy.Tightening], changes})
	}
	s.say("%s to %s: %s, %s, %s", before.Ref(), after.Ref(), plural(count[policy.Loosening], "loosening", "loosenings"),
		plural(count[policy.Tightening], "tightening", "tightenings"), plural(count[policy.Neutral], "other change", "other changes"))
	for _, ch := range changes {
		if ch.Kind == policy.Neutral && !c.All {
			continue
		}
		clause := ""
		if ch.Clause != "" {
			clause = " (clause " + ch.Clause + ")"
		}
		s.wrapped(fmt.Sprintf("%-10s  ", ch.Kind), ch.Element+": "+ch.Sentence+clause)
	}
	return nil
}

type policyCoverage struct {
	Ref string `arg:"" optional:"" help:"id@version, a version of a policy that ships, or a file; the one in force if not given."`
}

func (c policyCoverage) Run(s *session) error {
	p, err := s.pack(c.Ref)
	if err != nil {
		return err
	}
	clauses := policy.Coverage(p)
	count := map[policy.CoverageKind]int{}
	for _, cl := range clauses {
		count[cl.Coverage]++
	}
	if s.JSON {
		return s.print(struct {
			Policy     policyRef               `json:"policy"`
			Encoded    int                     `json:"encoded"`
			Duty       int                     `json:"duty"`
			Judgement  int                     `json:"judgement"`
			NotEncoded int                     `json:"not_encoded"`
			Clauses    []policy.ClauseCoverage `json:"clauses"`
		}{policyRefOf(p), count[policy.Encoded], count[policy.DutyOnly], count[policy.Judgement], count[policy.NotEncoded], clauses})
	}
	s.say("%s: %s; %d encoded, %d duties without a gate, %d left to judgement, %d not encoded", p.Ref(),
		plural(len(clauses), "clause", "clauses"), count[policy.Encoded], count[policy.DutyOnly], count[policy.Judgement], count[policy.NotEncoded])
	for _, cl := range clauses {
		s.say("")
		s.wrapped(cl.Clause+"  ", fmt.Sprintf("%s, %s, owed by %s: %s", words(string(cl.Coverage)), cl.Modality, cl.Owner, cl.Summary))
		for i, where := range cl.Where {
			label := "      "
			if i == 0 {
				label = "  in: "
			}
			s.say("%s%s", label, where)
		}
		if cl.Why != "" {
			s.wrapped("  why: ", cl.Why)
		}
	}
	return nil
}

type policyAdopt struct {
	Ref             string   `arg:"" help:"id@version of one that ships, its version alone, or a file."`
	AcceptLoosening string   `placeholder:"REASON" help:"Why what the new version loosens is accepted; needed when it loosens anything."`
	DryRun          bool     `help:"Only show what each model would keep or lose."`
	Reported        reported `embed:""`
}

func (c policyAdopt) Run(s *session) error {
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	a, m, err := s.moment()
	if err != nil {
		return err
	}
	p, err := app.LoadPolicy(c.Ref, m.View.State.Policy)
	if err != nil {
		return err
	}
	if c.DryRun {
		return s.preview(a, p)
	}
	done, err := s.act(app.AdoptPolicy(policy.AdoptIn{Pack: p, Accept: c.AcceptLoosening, How: how}))
	if err != nil {
		return loosened(err, p)
	}
	return s.done(p.Ref(), done, p.Ref()+" is adopted and in force from "+string(p.Effective))
}

// loosened adds the way to see all that a refused adoption would loosen.
func loosened(err error, p policy.Pack) error {
	var f *fault.Error
	if errors.As(err, &f) && f.Kind == fault.Conflict && f.Hint != "" {
		return f.Hinted("%s; holdpoint policy adopt %s --dry-run shows what it changes", f.Hint, p.Ref())
	}
	return err
}

// effect is what an adoption does to one model and action, in JSON.
type effect struct {
	Model   string    `json:"model"`
	Action  string    `json:"action"`
	Before  string    `json:"before"`
	After   string    `json:"after"`
	Carried []carried `json:"carried"`
	Because []string  `json:"because"`
}

type carried struct {
	Threshold string `json:"threshold"`
	From      string `json:"from"`
	Under     string `json:"under"`
	Rule      string `json:"rule"`
}

func (s *session) preview(a *app.App, p policy.Pack) error {
	effects, m, err := a.PreviewAdoption(s.ctx, p)
	if err != nil {
		return err
	}
	changes := changesFrom(m, p)
	all := []effect{}
	for _, e := range effects {
		one := effect{e.Model, e.Action, e.Before.String(), e.After.String(), []carried{}, e.Because}
		for _, c := range e.Carried {
			one.Carried = append(one.Carried, carried{c.Threshold, c.From, c.Under, c.Rule})
		}
		all = append(all, one)
	}
	if s.JSON {
		return s.print(struct {
			Policy  policyRef       `json:"policy"`
			AsOf    instant         `json:"as_of"`
			Clock   string          `json:"clock"`
			Changes []policy.Change `json:"changes"`
			Effects []effect        `json:"effects"`
		}{policyRefOf(p), instant(m.Now), clockOf(m), changes, all})
	}
	s.say("Nothing is written. If %s were in force on %s:", p.Ref(), instant(m.Now))
	for _, ch := range changes {
		if ch.Kind != policy.Neutral {
			s.wrapped(fmt.Sprintf("  %-10s  ", ch.Kind), ch.Sentence)
		}
	}
	s.effects(all)
	return nil
}

// changesFrom compares a candidate with the version adopted last.
func changesFrom(m app.Moment, p policy.Pack) []policy.Change {
	versions := m.View.State.Policy.Versions()
	if len(versions) == 0 {
		return []policy.Change{}
	}
	return append([]policy.Change{}, policy.Diff(versions[len(versions)-1].Pack, p)...)
}

func (s *session) effects(all []effect) {
	if len(all) == 0 {
		s.say("  There are no models yet.")
		return
	}
	s.say("")
	rows := [][]string{{"MODEL", "ACTION", "NOW", "THEN", ""}}
	for _, e := range all {
		note := ""
		if e.Before != e.After {
			note = "changes"
		}
		if len(e.Because) > 0 && e.Before != e.After {
			note += ": " + e.Because[0]
		}
		rows = append(rows, []string{e.Model, e.Action, e.Before, e.After, note})
	}
	s.grid(rows)
	seen := map[string]bool{}
	for _, e := range all {
		for _, c := range e.Carried {
			line := fmt.Sprintf("%s: %s is carried from %s of %s (%s)", e.Model, c.Threshold, c.From, c.Under, c.Rule)
			if !seen[line] {
				seen[line] = true
				s.say("%s", line)
			}
		}
	}
}
