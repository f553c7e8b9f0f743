// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/safeguard"
)

type safeguardInterim struct {
	Propose interimPropose `cmd:"" help:"Propose measures that stand in for a standard for a while."`
	List    interimList    `cmd:"" help:"List interim measures, with what stands and until when."`
	Show    interimShow    `cmd:"" help:"Show one: its measures, where it stands, and why it ended."`
}

type interimPropose struct {
	Standard    string   `required:"" placeholder:"S" help:"The standard that is not in force, such as ASL-3."`
	Facet       string   `required:"" enum:"deployment,security,affirmative_case" help:"deployment, security or affirmative_case."`
	Model       []string `required:"" placeholder:"M" help:"A model that they are for; may be given again."`
	Environment []string `aliases:"env" placeholder:"E" help:"An environment that they are for; every one if none is given."`
	Measure     []string `required:"" sep:"none" placeholder:"KIND=TEXT" help:"What is done; may be given again."`
	Equivalence string   `required:"" placeholder:"TEXT" help:"Why that gives the assurance of the standard."`
	Document    string   `placeholder:"FILE" help:"The document that argues it in full; it is named by its digest."`
	Expires     string   `required:"" placeholder:"DAY" help:"The last day on which they stand."`
	Disturbance string   `placeholder:"TEXT" help:"Why, among measures that are safe, these disturb those who rely on the model least."`
	Follows     string   `placeholder:"ID" help:"The interim measures that these take the place of."`
	Stronger    string   `placeholder:"TEXT" help:"In what these are stronger than those that they follow."`
	Title       string   `placeholder:"TEXT" help:"One sentence that says what is asked."`
}

// Help is what --help adds.
func (interimPropose) Help() string {
	kinds := make([]string, 0, len(decision.Measures()))
	for _, k := range decision.Measures() {
		kinds = append(kinds, string(k))
	}
	return fmt.Sprintf(`Kinds of measure are %s. They stand for %d months at most and are not prolonged: what takes their place says in what it is stronger. Sign with holdpoint decision sign. For example:

  holdpoint safeguard interim propose --standard ASL-3 --facet security --model aster-2 \
    --measure 'isolated_network=the weights stay on one network that serves nothing else' \
    --equivalence 'nobody outside that network reaches the weights' --expires 2026-03-31`, strings.Join(kinds, ", "), decision.StandInMonths)
}

func (c interimPropose) Run(s *session) error {
	m := decision.Interim{
		Standard: c.Standard, Facet: policy.FacetKind(c.Facet), Models: c.Model, Environments: c.Environment, Equivalence: c.Equivalence,
		Disturbance: c.Disturbance, Expires: deadline.Day(c.Expires), Follows: c.Follows, Stronger: c.Stronger,
	}
	for _, text := range c.Measure {
		kind, words, ok := strings.Cut(text, "=")
		if !ok || kind == "" || strings.TrimSpace(words) == "" {
			return fault.Usagef("--measure %q does not say KIND=TEXT", text).Hinted("for example --measure 'limit_access=only to people who were vetted'")
		}
		m.Measures = append(m.Measures, decision.Measure{Kind: decision.MeasureKind(kind), Text: strings.TrimSpace(words)})
	}
	doc, err := s.document(c.Document)
	if err != nil {
		return err
	}
	if doc != nil && doc.Digest == "" {
		return fault.Usagef("--document %s is no file here, and only a file has a digest to sign", clipped(c.Document))
	}
	m.Document = doc
	title := or(c.Title, fmt.Sprintf("Shall interim measures stand in for %s %s until %s?", c.Standard, c.Facet, c.Expires))
	return s.propose(decision.ProposeIn{Kind: policy.DecideInterim, Title: title, Interim: &m})
}

// interimOne is the JSON of interim measures.
type interimOne struct {
	ID           string                     `json:"id"`
	Standard     string                     `json:"standard"`
	Facet        string                     `json:"facet"`
	Models       []string                   `json:"models"`
	Environments []string                   `json:"environments"`
	Measures     []safeguard.InterimMeasure `json:"measures"`
	Expires      string                     `json:"expires"`
	DaysLeft     int                        `json:"days_left"`
	Stands       bool                       `json:"stands"`
	// Why says why it does not stand.
	Why      text   `json:"why"`
	Ended    text   `json:"ended"`
	EndedSeq *int64 `json:"ended_seq"`
	Follows  text   `json:"follows"`
	Decision string `json:"decision"`
	Grade    string `json:"grade"`
	Seq      int64  `json:"seq"`
}

func interimOf(m app.Moment, one safeguard.Interim) interimOne {
	w := m.View.State
	out := interimOne{
		ID: one.ID, Standard: one.Standard, Facet: one.Facet, Models: one.Models, Environments: one.Environments, Measures: one.Measures,
		Expires: string(one.Expires), DaysLeft: daysLeft(one.Expires, m.Now), Ended: text(one.Ended), EndedSeq: some(one.EndedSeq),
		Follows: text(one.Follows), Decision: one.Decision, Grade: one.Grade.String(), Seq: one.Seq, Why: text(w.Safeguard.Over(one, m.Now)),
	}
	if out.Why == "" {
		for _, p := range w.Decision.Problems(one.Decision, w.DecisionBasis(), m.Now) {
			out.Why = text(p.Reason)
		}
	}
	out.Stands = out.Why == ""
	return out
}

// daysLeft counts the days until a last day, today not counted; 0 when it is
// over.
func daysLeft(last deadline.Day, now int64) int { return max(0, deadline.DayOf(now).DaysUntil(last)) }

// sentence says in a line where the measures stand, or why they do not.
func (o interimOne) sentence() string {
	if !o.Stands {
		return fmt.Sprintf("%s stands in for it no longer: %s", o.ID, o.Why)
	}
	return fmt.Sprintf("%s stands in for it until %s for %s in %s (%s)", o.ID, o.Expires, strings.Join(o.Models, ", "),
		or(strings.Join(o.Environments, ", "), "every environment"), o.Decision)
}

type interimList struct{}

func (interimList) Run(s *session) error {
	_, m, err := s.moment()
	if err != nil {
		return err
	}
	all := []interimOne{}
	for _, one := range m.View.State.Safeguard.Interims() {
		all = append(all, interimOf(m, one))
	}
	if s.JSON {
		return s.print(struct {
			Interim []interimOne `json:"interim"`
			Clock   string       `json:"clock"`
		}{all, clockOf(m)})
	}
	if len(all) == 0 {
		s.note("no interim measures were ever approved: holdpoint safeguard interim propose")
		return nil
	}
	rows := [][]string{{"INTERIM", "STANDS IN FOR", "MODELS", "UNTIL", "STATE", "DECISION"}}
	for _, o := range all {
		state := fmt.Sprintf("stands, %s left", plural(o.DaysLeft, "day", "days"))
		if !o.Stands {
			state = or(string(o.Ended), "does not count") + ": " + oneLine(string(o.Why))
		}
		rows = append(rows, []string{o.ID, o.Standard + " " + o.Facet, strings.Join(o.Models, ", "), o.Expires, state, o.Decision})
	}
	s.grid(rows)
	return nil
}

type interimShow struct {
	ID string `arg:"" help:"The interim measures, such as interim-40."`
}

func (c interimShow) Run(s *session) error {
	_, m, err := s.moment()
	if err != nil {
		return err
	}
	one, err := m.View.State.Safeguard.Interim(c.ID)
	if err != nil {
		return err
	}
	out := interimOf(m, one)
	if s.JSON {
		return s.print(struct {
			interimOne
			Clock string `json:"clock"`
		}{out, clockOf(m)})
	}
	s.say("%s, for %s %s, %s", out.ID, out.Standard, out.Facet, out.Grade)
	s.wrapped("  ", out.sentence())
	for _, one := range out.Measures {
		s.wrapped("  - ", words(one.Kind)+": "+one.Text)
	}
	if out.Follows != "" {
		s.say("  follows %s", out.Follows)
	}
	s.say("Its argument: holdpoint decision show %s", out.Decision)
	return nil
}
