// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/decision"
)

type evidenceImpact struct {
	ID string `arg:"" help:"A run, result, finding, judgement, safeguard evidence, report, approval or decision, such as run-12."`
}

// Help is what --help adds.
func (evidenceImpact) Help() string {
	return "What would be without it is worked out on a copy of the world: nothing is recorded, and it is no verdict."
}

// hangingOne is the JSON of a thing that hangs on another.
type hangingOne struct {
	ID     string `json:"id"`
	Seq    int64  `json:"seq"`
	Model  text   `json:"model"`
	Text   text   `json:"text"`
	Counts bool   `json:"counts"`
	State  string `json:"state"`
}

// hangingsOne is the JSON of everything that hangs on a thing.
type hangingsOne struct {
	Findings   []hangingOne `json:"findings"`
	Reports    []hangingOne `json:"reports"`
	Decisions  []hangingOne `json:"decisions"`
	Approvals  []hangingOne `json:"approvals"`
	Clearances []hangingOne `json:"clearances"`
}

func hangingsOf(h app.Hangings) hangingsOne {
	list := func(all []app.Hanging) []hangingOne {
		out := []hangingOne{}
		for _, x := range all {
			out = append(out, hangingOne{x.ID, x.Seq, text(x.Model), text(x.Text), x.Counts, x.State})
		}
		return out
	}
	return hangingsOne{list(h.Findings), list(h.Reports), list(h.Decisions), list(h.Approvals), list(h.Clearances)}
}

// impactOne is the JSON of an impact. Supposed is null where what would be cannot
// be told, and why_not says why.
type impactOne struct {
	ID     string `json:"id"`
	Kind   string `json:"kind"`
	Text   text   `json:"text"`
	Stands bool   `json:"stands"`
	State  string `json:"state"`
	hangingsOne
	Supposed *supposedOne `json:"supposed"`
	WhyNot   text         `json:"why_not"`
	Clock    string       `json:"clock"`
}

// supposedOne is what would be if the thing were withdrawn.
type supposedOne struct {
	Lost      []string    `json:"would_not_count"`
	Verdicts  []changeOne `json:"verdicts"`
	Questions int         `json:"questions"`
	Unasked   int         `json:"unasked"`
}

type changeOne struct {
	Model       string   `json:"model"`
	Snapshot    text     `json:"snapshot"`
	Action      string   `json:"action"`
	Environment string   `json:"environment"`
	Now         string   `json:"now"`
	Then        string   `json:"then"`
	Because     []string `json:"because"`
}

func (c evidenceImpact) Run(s *session) error {
	_, m, err := s.moment()
	if err != nil {
		return err
	}
	i, err := app.ImpactOf(m.View.State, c.ID, m.Now)
	if err != nil {
		return err
	}
	if s.JSON {
		return s.print(impactOf(i, clockOf(m)))
	}
	s.impact(i)
	return nil
}

func impactOf(i app.Impact, clock string) impactOne {
	one := impactOne{ID: i.ID, Kind: i.Kind, Text: text(i.Text), Stands: i.Stands, State: i.State, hangingsOne: hangingsOf(i.Hangings), WhyNot: text(i.If.WhyNot), Clock: clock}
	if !i.If.Asked {
		return one
	}
	one.Supposed = &supposedOne{Lost: append([]string{}, i.If.Lost...), Verdicts: []changeOne{}, Questions: i.If.Questions, Unasked: i.If.Unasked}
	for _, v := range i.If.Verdicts {
		one.Supposed.Verdicts = append(one.Supposed.Verdicts, changeOne{
			v.Ask.Model, text(v.Ask.Snapshot), v.Ask.Action, v.Ask.Environment, v.Now.String(), v.Then.String(), append([]string{}, v.Because...),
		})
	}
	return one
}

func (s *session) impact(i app.Impact) {
	s.say("%s, %s: %s", i.ID, or(oneLine(i.Text), words(i.Kind)), i.State)
	if i.Empty() {
		s.say("Nothing hangs on it.")
	} else {
		s.hangings(i.Hangings)
	}
	s.supposition(i.ID, i.If)
}

// hangings prints what hangs on a thing, a row each.
func (s *session) hangings(h app.Hangings) {
	rows := [][]string{{"WHAT HANGS ON IT", "ABOUT", "COUNTS", "STATE"}}
	for _, list := range [][]app.Hanging{h.Findings, h.Reports, h.Decisions, h.Approvals, h.Clearances} {
		for _, x := range list {
			rows = append(rows, []string{x.ID, clipped(oneLine(x.Text)), map[bool]string{true: "yes", false: "no"}[x.Counts], oneLine(strings.ReplaceAll(x.State, string(decision.InEffect), "in effect"))})
		}
	}
	s.grid(rows)
}

func (s *session) supposition(id string, i app.Supposition) {
	s.say("")
	if !i.Asked {
		s.wrapped("What would be without it cannot be told: ", i.WhyNot)
		return
	}
	s.wrapped("If "+id+" were withdrawn (supposed; nothing is recorded): ", or(strings.Join(i.Lost, ", "), "nothing that counts now")+" would not count any more.")
	for _, v := range i.Verdicts {
		s.say("  %s of %s in %s: %s now, %s then", v.Ask.Action, subjectText(v.Ask), v.Ask.Environment, v.Now, v.Then)
		for _, why := range v.Because {
			s.wrapped("    - ", why)
		}
	}
	if len(i.Verdicts) == 0 {
		s.say("  The gate would answer the same to each of the %s that were asked.", plural(i.Questions, "question", "questions"))
	}
	if i.Unasked > 0 {
		s.say("  %s were not asked, there are too many.", plural(i.Unasked, "question", "questions"))
	}
}

type evidenceStale struct{}

// staleOne is the JSON of a thing that does not stand any more.
type staleOne struct {
	ID   string `json:"id"`
	Seq  int64  `json:"seq"`
	What string `json:"what"`
	Text text   `json:"text"`
	hangingsOne
}

func (evidenceStale) Run(s *session) error {
	_, m, err := s.moment()
	if err != nil {
		return err
	}
	all := app.StaleThings(m.View.State, m.Now)
	if s.JSON {
		out := []staleOne{}
		for _, x := range all {
			out = append(out, staleOne{x.ID, x.Seq, x.What, text(x.Text), hangingsOf(x.Hangings)})
		}
		return s.print(struct {
			Stale []staleOne `json:"stale"`
			Clock string     `json:"clock"`
		}{out, clockOf(m)})
	}
	if len(all) == 0 {
		s.note("nothing was restated, withdrawn or lost")
		return nil
	}
	for i, x := range all {
		if i > 0 {
			s.say("")
		}
		s.wrapped(x.ID+", ", x.Text+": "+x.What+" (entry "+seqText(x.Seq)+")")
		if x.Empty() {
			s.say("  nothing hangs on it")
			continue
		}
		s.hangings(x.Hangings)
	}
	return nil
}
