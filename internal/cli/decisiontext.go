// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/safeguard"
	"github.com/holdpoint/holdpoint/internal/threshold"
)

// decisionText prints a decision the way a decider reads it: enough to sign or
// to refuse, without another command.
type decisionText struct {
	*session
	m   app.Moment
	d   decision.Decision
	out shownDecision
}

func (t decisionText) print() {
	f := t.d.File
	t.say("%s: %s", f.ID, printable(or(f.Title, string(f.Kind))))
	t.say("%s, under %s, rests on %s facts, as of entry %d%s", words(t.out.Status), f.Policy.Ref, f.Grade, f.AsOf-1, made(t.m))
	if t.d.Digest != "" {
		t.say("code %s, digest %s", t.d.Code(), t.d.Digest)
	}
	if t.d.Reason != "" {
		t.wrapped("because: ", t.d.Reason)
	}
	t.section("Asked", t.asked())
	t.section("Which also rules out", t.follows())
	t.section("Only as long as", t.bounds())
	t.section("What the safeguards are shown by", t.criteria())
	t.section("Rests on", t.pins())
	left := f.NotShown
	if len(left) == 0 {
		left = []string{"nothing"}
	}
	t.section("Not shown, left open", left)
	t.section("People", t.people())
	t.limits()
	t.section("Does not count now", t.out.Problems)
	t.next(t.m.View.State, t.d)
}

func (t decisionText) section(title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	t.say("\n%s:", title)
	for _, l := range lines {
		t.wrapped("  - ", l)
	}
}

// pack is the version of the policy that the decision is made under.
func (t decisionText) pack() policy.Pack {
	p, _ := t.m.View.State.Policy.Find(t.d.File.Policy.Ref)
	return p.Pack
}

// named gives a threshold by its title and id.
func named(p policy.Pack, id string) string {
	if th, ok := p.Threshold(id); ok && th.Title != "" {
		return th.Title + " (" + id + ")"
	}
	return id
}

func (t decisionText) asked() []string {
	f := t.d.File
	var lines []string
	for _, det := range f.Determinations {
		lines = append(lines, fmt.Sprintf("%s of %s: %s, because %s", named(t.pack(), det.Threshold), strings.Join(f.Models(), ", "), words(string(det.Outcome)), det.Reason))
	}
	lines = append(lines, interimAsked(f.Interim)...)
	lines = append(lines, baselineAsked(f.Baseline)...)
	if g := f.Safeguards; g != nil {
		lines = append(lines, fmt.Sprintf("%s %s is in force for %s in %s, by %s", g.Standard, words(string(g.Facet)), or(strings.Join(g.Models, ", "), "every model"),
			or(strings.Join(g.Environments, ", "), "every environment"), or(g.Report, "no report")))
		for _, l := range g.Limitations {
			lines = append(lines, "named limitation: "+l)
		}
	}
	if f.Hold != "" {
		lines = append(lines, t.lifted())
	}
	if r := f.Restriction; r != nil {
		lines = append(lines, restrictedText(*r)...)
	}
	return lines
}

func interimAsked(m *decision.Interim) []string {
	if m == nil {
		return nil
	}
	lines := []string{fmt.Sprintf("instead of %s %s, for %s in %s, until %s:", m.Standard, words(string(m.Facet)), strings.Join(m.Models, ", "),
		or(strings.Join(m.Environments, ", "), "every environment"), m.Expires)}
	for _, one := range m.Measures {
		lines = append(lines, words(string(one.Kind))+": "+one.Text)
	}
	lines = append(lines, "which is as good because "+m.Equivalence)
	if m.Follows != "" {
		lines = append(lines, fmt.Sprintf("it follows %s and is stronger: %s", m.Follows, m.Stronger))
	}
	if m.Disturbance != "" {
		lines = append(lines, "why this disturbs least: "+m.Disturbance)
	}
	return lines
}

func baselineAsked(b *decision.Baseline) []string {
	if b == nil {
		return nil
	}
	var lines, sources []string
	for _, std := range b.Standards {
		lines = append(lines, fmt.Sprintf("%s %s counts as approved for %s", std.Standard, words(string(std.Facet)), strings.Join(b.Models, ", ")))
		for _, l := range std.Limitations {
			lines = append(lines, "named limitation: "+l)
		}
	}
	for _, s := range b.Sources {
		sources = append(sources, strings.TrimSpace(s.Document+" "+s.Section))
	}
	return append(lines,
		fmt.Sprintf("for %s in %s only, until %s", strings.Join(b.Actions, ", "), strings.Join(b.Environments, ", "), b.Expires),
		fmt.Sprintf("decided by %s, before this journal, as %s say", b.DecidedOn, strings.Join(sources, "; ")),
		"needed because "+b.Reason)
}

func (t decisionText) lifted() string {
	h, err := t.m.View.State.Gate.Hold(t.d.File.Hold)
	if err != nil {
		return t.d.File.Hold + " is lifted"
	}
	return fmt.Sprintf("%s is lifted, which stops %s of %s since it was placed: %s", h.ID, stops(h.Actions), modelWords(h.Model), h.Reason)
}

// follows lists what ruling a threshold out rules out besides.
func (t decisionText) follows() []string {
	var lines []string
	p := t.pack()
	for _, det := range t.d.File.Determinations {
		if det.Outcome != decision.RuledOut {
			continue
		}
		for _, id := range alsoRuledOut(p, det.Threshold) {
			if !slices.ContainsFunc(t.d.File.Determinations, func(o decision.Determination) bool { return o.Threshold == id }) {
				lines = append(lines, named(p, id)+", which follows from "+det.Threshold)
			}
		}
	}
	return lines
}

func (t decisionText) bounds() []string {
	f := t.d.File
	var lines []string
	for _, c := range f.Conditions {
		lines = append(lines, c.Text+" ("+c.ID+")")
	}
	for _, l := range f.LapsesOn {
		line := "not yet: " + l.Text + " (" + l.ID + ")"
		if l.Day != "" {
			line = "until " + string(l.Day) + ": " + l.Text + " (" + l.ID + ")"
		}
		lines = append(lines, line)
	}
	if f.ReviewBy != "" {
		lines = append(lines, "reviewed by "+string(f.ReviewBy))
	}
	return lines
}

// criteria lists what a Safeguards Report shows for each criterion, and what
// risk it leaves.
func (t decisionText) criteria() []string {
	g := t.d.File.Safeguards
	if g == nil || g.Report == "" {
		return nil
	}
	r, ok := t.m.View.State.Safeguard.Report(g.Report)
	if !ok {
		return nil
	}
	var lines []string
	f, _ := t.pack().Standard(g.Standard, g.Facet)
	evidence := t.m.View.State.Safeguard.Evidence(g.Standard, string(g.Facet))
	for _, c := range f.Criteria {
		lines = append(lines, fmt.Sprintf("%s, %s: %s", c.ID, c.Title, shownBy(c.ID, r, evidence)))
	}
	return append(lines, "the risk that is left: "+t.residual(r.Seq))
}

func shownBy(criterion string, r safeguard.Report, evidence []safeguard.Evidence) string {
	var all []string
	for _, e := range evidence {
		if e.Criterion != criterion || !slices.Contains(r.Evidence, e.Seq) {
			continue
		}
		line := e.Statement + " (" + e.ID + ", " + e.Grade.String()
		if e.Document != nil {
			line += ", " + e.Document.ID
		}
		line += ")"
		if e.Limitation {
			line = "limitation: " + line
		}
		if e.Withdrawn != 0 {
			line += ", taken back since"
		}
		all = append(all, line)
	}
	return or(strings.Join(all, "; "), "nothing")
}

// residual reads the words of a report, which only its entry keeps.
func (t decisionText) residual(seq int64) string {
	e, err := t.open.Entry(t.ctx, seq)
	if err != nil || e.Body == nil {
		return "its words cannot be read here"
	}
	var body struct {
		Data struct {
			ResidualRisk string `json:"residual_risk"`
		} `json:"data"`
		ResidualRisk string `json:"residual_risk"`
	}
	if err := json.Unmarshal(e.Body, &body); err != nil {
		return "its words cannot be read here"
	}
	return or(or(body.Data.ResidualRisk, body.ResidualRisk), "not stated")
}

// pins says of each thing that a decision rests on what it found.
func (t decisionText) pins() []string {
	var lines []string
	for _, p := range t.d.File.Pins {
		if f, ok := t.m.View.State.Assessment.Finding(p.Ref.ID); ok {
			lines = append(lines, t.findingSentence(f))
			continue
		}
		line := fmt.Sprintf("%s (%s, entry %d)", p.Ref.ID, p.Grade, p.Seq)
		if p.Text != "" {
			line += ": " + p.Text
		}
		lines = append(lines, line)
	}
	return lines
}

// findingSentence says one finding with all that speaks for and against it.
func (t decisionText) findingSentence(f assessment.Finding) string {
	var line string
	switch {
	case f.Found != nil:
		line = t.foundSentence(f)
	case f.Judged != nil:
		line = fmt.Sprintf("%s on %s: %s judges that it %s: %s", f.ID, f.Threshold, f.Judged.By, words(string(f.Judged.Direction)), f.Judged.Text)
	}
	supports := f.Found != nil && f.Found.Result.Verdict == threshold.SupportsRuleOut || f.Judged != nil && f.Judged.Direction == threshold.SupportsRuleOut
	switch {
	case f.IsWithdrawn():
		return line + "; withdrawn: " + f.Reason
	case f.Answer != nil:
		return line + "; answer: " + f.Answer.Answer
	case !supports:
		return line + "; nobody answered it"
	}
	return line
}

func (t decisionText) foundSentence(f assessment.Finding) string {
	d := f.Found
	w := t.m.View.State
	spec := specOf(w.Assessment, *d)
	line := fmt.Sprintf("%s on %s (%s): %s: %s", f.ID, f.Threshold, or(spec.Evaluation, d.Spec), words(string(d.Result.Verdict)), foundFigures(spec.Rule, d.Result))
	switch {
	case d.PostHoc:
		line += ", run before its rule was registered"
		if f.ApprovedBy != "" {
			line += " (relied on by approval of " + f.ApprovedBy + ")"
		}
	case d.TimingUnknown:
		line += ", and no source says whether its rule was registered before"
	}
	if d.Snapshot != "" {
		line += ", snapshot " + d.Snapshot
	}
	return line + answeredBy(w, *d)
}

// specOf gives the version of a spec that something was judged under.
func specOf(w assessment.State, d assessment.Found) assessment.Spec {
	for _, sp := range w.SpecVersions(d.Spec) {
		if sp.Version == d.Version {
			return sp
		}
	}
	return assessment.Spec{}
}

// foundFigures gives the estimate, the bound that matters and the line that it
// is held against.
func foundFigures(rule threshold.Spec, r threshold.Result) string {
	if r.Estimate == "" {
		return "no figure"
	}
	name, bound := "upper", r.Upper
	if rule.Direction == threshold.Above {
		name, bound = "lower", r.Lower
	}
	share := slices.Contains([]threshold.Statistic{threshold.Proportion, threshold.PassAtK, threshold.ShareAbove}, rule.Statistic)
	line := fmt.Sprintf("%s, %s bound %s", figureWords(string(r.Estimate), share), name, or(figureWords(string(bound), share), "unknown"))
	if rule.RuleOut != "" {
		line += ", rule-out line " + figureWords(string(rule.RuleOut), share)
	}
	if rule.RuleIn != "" {
		line += ", rule-in line " + figureWords(string(rule.RuleIn), share)
	}
	if r.N > 0 {
		line += fmt.Sprintf(", n = %d", r.N)
	}
	return line
}

func (t decisionText) people() []string {
	var lines []string
	for _, a := range t.out.Signatures {
		if a.Seq == nil {
			lines = append(lines, string(a.Role)+": not signed")
			continue
		}
		lines = append(lines, fmt.Sprintf("%s: %s by %s (entry %d)%s", a.Role, a.Answer, a.Person, *a.Seq, t.signedWith(a.Key)))
	}
	for _, a := range t.out.Dissents {
		if a.Role == "" && a.Seq != nil {
			lines = append(lines, fmt.Sprintf("dissent by %s (entry %d)%s", a.Person, *a.Seq, t.signedWith(a.Key)))
		}
	}
	for _, r := range t.out.Deliveries {
		switch {
		case r.Seq != nil:
			lines = append(lines, fmt.Sprintf("%s: received by %s (entry %d)", r.Role, r.Person, *r.Seq))
		case r.DeliveredSeq != nil:
			lines = append(lines, fmt.Sprintf("%s: delivered (entry %d), not acknowledged", r.Role, *r.DeliveredSeq))
		default:
			lines = append(lines, r.Role+": not delivered ("+r.When+" effect)")
		}
	}
	return lines
}
