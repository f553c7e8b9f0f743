// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/stats"
	"github.com/holdpoint/holdpoint/internal/threshold"
	"github.com/holdpoint/holdpoint/internal/world"
)

// foundOne is the JSON of a finding or written judgement. What a judgement does
// not have is null.
type foundOne struct {
	ID            string    `json:"id"`
	Assessment    string    `json:"assessment"`
	Model         string    `json:"model"`
	Threshold     string    `json:"threshold"`
	Verdict       string    `json:"verdict"`
	Zone          text      `json:"zone"`
	N             known     `json:"n"`
	Successes     number    `json:"successes"`
	Estimate      number    `json:"estimate"`
	Lower         number    `json:"lower"`
	Upper         number    `json:"upper"`
	Margin        number    `json:"margin"`
	Spec          text      `json:"spec"`
	SpecVersion   known     `json:"spec_version"`
	Evidence      text      `json:"evidence"`
	Metric        text      `json:"metric"`
	PostHoc       bool      `json:"post_hoc"`
	TimingUnknown bool      `json:"timing_unknown"`
	Why           text      `json:"why"`
	OldVerdict    text      `json:"old_rule_verdict"`
	Gaps          []string  `json:"gaps"`
	Reasons       []string  `json:"reasons"`
	Warnings      []warning `json:"warnings"`
	By            text      `json:"by"`
	Text          text      `json:"text"`
	Bottleneck    text      `json:"bottleneck"`
	Answer        text      `json:"answer"`
	ReliedOn      text      `json:"relied_on_reason"`
	ApprovedBy    text      `json:"approved_by"`
	Withdrawn     bool      `json:"withdrawn"`
	Grade         string    `json:"grade"`
	Seq           int64     `json:"seq"`
}

func findingOf(f assessment.Finding) foundOne {
	out := foundOne{
		ID: f.ID, Assessment: f.Assessment, Model: f.Model, Threshold: f.Threshold, ApprovedBy: text(f.ApprovedBy),
		Withdrawn: f.IsWithdrawn(), Grade: f.Grade.String(), Seq: f.Seq, Warnings: []warning{},
	}
	if f.Answer != nil {
		out.Answer, out.ReliedOn = text(f.Answer.Answer), text(f.Answer.ReliedOn)
	}
	if j := f.Judged; j != nil {
		out.Verdict, out.By, out.Text, out.Bottleneck = string(j.Direction), text(j.By), text(j.Text), text(j.Bottleneck)
		if j.Evidence != nil {
			out.Evidence = text(j.Evidence.ID)
		}
	}
	if f.Found != nil {
		out.found(*f.Found)
	}
	return out
}

func (out *foundOne) found(d assessment.Found) {
	r := d.Result
	out.Verdict, out.Zone, out.N, out.Reasons = string(r.Verdict), text(zoneOf(r.Zone)), known(r.N), r.Reasons
	out.Successes, out.Estimate, out.Lower, out.Upper, out.Margin = number(r.Successes), number(r.Estimate), number(r.Lower), number(r.Upper), number(r.Margin)
	out.Spec, out.SpecVersion, out.Evidence, out.Metric = text(d.Spec), known(d.Version), text(d.Evidence.ID), text(d.Metric)
	out.PostHoc, out.TimingUnknown, out.Why, out.Gaps = d.PostHoc, d.TimingUnknown, text(d.Why), d.Gaps
	out.Warnings = warningsOf(append(append([]stats.Warning{}, r.Warnings...), d.Warnings...))
	if d.Old != nil {
		out.OldVerdict = text(d.Old.Result.Verdict)
	}
}

// finding prints one for people.
func (s *session) finding(f assessment.Finding, w world.World) {
	out := findingOf(f)
	s.say("%s on %s of %s: %s (entry %d, %s)", f.ID, f.Threshold, f.Model, strings.ReplaceAll(out.Verdict, "_", " "), f.Seq, f.Grade)
	if f.Found != nil {
		s.wrapped("  ", fmt.Sprintf("%s under %s version %d: %s%s", out.Evidence, out.Spec, out.SpecVersion, boundsText(f.Found.Result), answeredBy(w, *f.Found)))
	}
	if out.Text != "" {
		s.wrapped("  "+string(out.By)+": ", string(out.Text))
	}
	for _, r := range out.Reasons {
		s.wrapped("  because ", rounded(r))
	}
	if out.Why != "" {
		s.wrapped("  ", string(out.Why))
	}
	if len(out.Gaps) > 0 {
		s.wrapped("  gaps of elicitation: ", strings.Join(out.Gaps, ", "))
	}
	for _, one := range out.Warnings {
		s.wrapped("  warning: ", rounded(singular(one.Text)))
	}
	switch {
	case out.Withdrawn:
		s.wrapped("  withdrawn: ", f.Reason)
	case out.Answer != "":
		s.wrapped("  answer: ", string(out.Answer))
	}
}

func boundsText(r threshold.Result) string {
	if r.Estimate == "" {
		return "no figure"
	}
	line := fmt.Sprintf("%s, bounds %s to %s, %s", rounded(string(r.Estimate)), or(rounded(string(r.Lower)), "unknown"), or(rounded(string(r.Upper)), "unknown"), strings.ReplaceAll(zoneOf(r.Zone), "_", " "))
	if r.N > 0 {
		line += fmt.Sprintf(", n = %d", r.N)
	}
	if r.Margin != "" {
		line += ", margin " + rounded(string(r.Margin))
	}
	return line
}

type assessmentShow struct {
	ID string `arg:"" help:"An assessment, finding or judgement."`
}

// shownAssessment is the JSON of an assessment.
type shownAssessment struct {
	listedAssessment
	Target     text             `json:"target"`
	Snapshots  []string         `json:"snapshots"`
	Conclusion *concluded       `json:"conclusion"`
	Coverage   []shownThreshold `json:"coverage"`
	Findings   []foundOne       `json:"findings"`
	Clock      string           `json:"clock"`
}

type concluded struct {
	Limb    string `json:"limb"`
	Notably bool   `json:"notably_more_capable"`
	Reason  string `json:"reason"`
}

// shownThreshold says what is recorded on one threshold, and what is not.
type shownThreshold struct {
	Threshold   string            `json:"threshold"`
	Status      string            `json:"status"`
	Supported   bool              `json:"supported"`
	Grade       string            `json:"grade"`
	Reasons     []string          `json:"reasons"`
	Notes       []string          `json:"notes"`
	Missing     []string          `json:"missing"`
	Unanswered  []string          `json:"unanswered"`
	Gaps        []string          `json:"gaps"`
	Bottlenecks []shownBottleneck `json:"bottlenecks"`
	Specs       []string          `json:"specs"`
	// recorded tells whether any part or finding is there.
	recorded bool
}

type shownBottleneck struct {
	ID      string  `json:"id"`
	Text    string  `json:"text"`
	Covered bool    `json:"covered"`
	Reason  text    `json:"reason"`
	By      []int64 `json:"by"`
}

func (c assessmentShow) Run(s *session) error {
	_, m, err := s.moment()
	if err != nil {
		return err
	}
	w := m.View.State
	if f, ok := w.Assessment.Finding(c.ID); ok {
		if s.JSON {
			return s.print(findingOf(f))
		}
		s.finding(f, w)
		return nil
	}
	a, ok := w.Assessment.Assessment(c.ID)
	if !ok {
		return fault.NotFoundf("there is no assessment or finding %q", c.ID).Hinted("holdpoint assessment list shows the assessments")
	}
	out, found, err := assessmentOf(m, a)
	if err != nil {
		return err
	}
	if s.JSON {
		return s.print(out)
	}
	s.assessment(m, out, found)
	return nil
}

func assessmentOf(m app.Moment, a assessment.Assessment) (shownAssessment, []assessment.Finding, error) {
	w := m.View.State
	out := shownAssessment{listedAssessment: listedOf(a), Target: text(a.Target), Snapshots: a.Snapshots, Coverage: []shownThreshold{}, Findings: []foundOne{}, Clock: clockOf(m)}
	if p := a.Conclusion; p != nil {
		out.Conclusion = &concluded{string(p.Limb), p.Notably, p.Reason}
	}
	see, err := w.AssessmentSee(m.Now)
	if err != nil {
		return out, nil, err
	}
	var found []assessment.Finding
	for _, id := range a.Thresholds {
		one := coverageOf(id, w.Assessment.Coverage(a.Model, id, see))
		for _, sp := range w.Assessment.Specs(id) {
			if sp.Assessment == "" || sp.Assessment == a.ID {
				one.Specs = append(one.Specs, sp.ID)
			}
		}
		out.Coverage = append(out.Coverage, one)
		for _, f := range w.Assessment.Findings(a.Model, id) {
			if f.Assessment == a.ID {
				found = append(found, f)
				out.Findings = append(out.Findings, findingOf(f))
			}
		}
	}
	return out, found, nil
}

func coverageOf(id string, c assessment.Coverage) shownThreshold {
	out := shownThreshold{
		Threshold: id, Status: string(c.Status), Supported: c.Supported, Grade: c.Grade.String(), Reasons: c.Reasons, Notes: c.Notes, Missing: c.Missing,
		recorded: len(c.Entries) > 0,
	}
	for _, o := range c.Unanswered {
		out.Unanswered = append(out.Unanswered, o.ID+": "+o.Reason)
	}
	for _, g := range c.Gaps {
		out.Gaps = append(out.Gaps, g.String())
	}
	for _, b := range c.Bottlenecks {
		out.Bottlenecks = append(out.Bottlenecks, shownBottleneck{b.ID, b.Text, b.Covered, text(b.Reason), append([]int64{}, b.By...)})
	}
	return out
}

func (s *session) assessment(m app.Moment, out shownAssessment, found []assessment.Finding) {
	s.say("%s: %s of %s under %s, %s", out.ID, strings.ReplaceAll(out.Kind, "_", " "), out.Model, out.Policy, out.Status)
	s.say("opened on %s (entry %d)", printable(strings.TrimSpace(out.Trigger+" "+string(out.Detail))), out.Seq)
	if p := out.Conclusion; p != nil {
		s.wrapped("preliminary: ", fmt.Sprintf("notably more capable: %v (%s), %s", p.Notably, p.Limb, p.Reason))
	}
	for _, alike := range grouped(out.Coverage) {
		s.coverage(alike)
	}
	gaps := map[string]string{}
	for _, f := range found {
		s.say("")
		if f.Found != nil { // the same gaps are told once for each threshold
			f.Found = sparing(*f.Found, gaps)
		}
		s.finding(f, m.View.State)
	}
}

// sparing gives what was found without the gaps that were told of its threshold
// before.
func sparing(d assessment.Found, told map[string]string) *assessment.Found {
	all := strings.Join(d.Gaps, ", ")
	if told[d.Threshold] == all {
		d.Gaps = nil
	}
	told[d.Threshold] = all
	return &d
}

// grouped puts thresholds together of which the record says the same.
func grouped(all []shownThreshold) [][]shownThreshold {
	var groups [][]shownThreshold
	for _, t := range all {
		i := slices.IndexFunc(groups, func(g []shownThreshold) bool { return said(g[0]) == said(t) })
		if i < 0 {
			groups = append(groups, []shownThreshold{t})
			continue
		}
		groups[i] = append(groups[i], t)
	}
	return groups
}

// said is what is printed of a threshold besides its id.
func said(t shownThreshold) string {
	return fmt.Sprint(t.Supported, t.Reasons, t.Bottlenecks, t.Gaps, t.Notes)
}

// untouched tells whether nothing at all is recorded on a threshold.
func untouched(t shownThreshold) bool {
	return !t.Supported && len(t.Unanswered) == 0 && len(t.Bottlenecks) == 0 && len(t.Specs) == 0 && len(t.Notes) == 0 && !t.recorded
}

func (s *session) coverage(alike []shownThreshold) {
	var ids []string
	for _, t := range alike {
		ids = append(ids, t.Threshold)
	}
	t := alike[0]
	if untouched(t) {
		s.say("")
		s.wrapped("Nothing recorded yet for ", strings.Join(ids, ", "))
		for _, r := range t.Reasons {
			s.wrapped("  - ", shortReason(r))
		}
		return
	}
	word := "✗ not shown to be below"
	if t.Supported {
		word = "✓ the record supports rule-out"
	}
	s.say("\n%s: %s", strings.Join(ids, ", "), word)
	for _, r := range t.Reasons {
		s.wrapped("  - ", rounded(r))
	}
	for _, b := range t.Bottlenecks {
		s.wrapped("  bottleneck ", bottleneckText(b))
	}
	if len(t.Gaps) > 0 && !gapsSaid(t) {
		s.wrapped("  gaps of elicitation: ", strings.Join(t.Gaps, ", "))
	}
	for _, n := range t.Notes {
		s.wrapped("  note: ", rounded(n))
	}
}

// gapsSaid tells whether a reason names every gap already.
func gapsSaid(t shownThreshold) bool {
	return slices.ContainsFunc(t.Reasons, func(r string) bool { return strings.HasSuffix(r, strings.Join(t.Gaps, ", ")) })
}

// shortReason leaves out the techniques that are missing: where nothing is
// recorded that is the whole checklist.
func shortReason(r string) string {
	if head, _, ok := strings.Cut(r, "explained: "); ok && strings.HasPrefix(r, "elicitation is neither done") {
		return head + "explained"
	}
	return r
}

func bottleneckText(b shownBottleneck) string {
	if b.Covered {
		return b.ID + " is covered " + entriesText(b.By)
	}
	return b.ID + " is not covered: " + or(string(b.Reason), b.Text)
}

type assessmentList struct {
	Model string `placeholder:"M" help:"Only those of this model."`
}

// listedAssessment is the JSON of an assessment in a list.
type listedAssessment struct {
	ID         string   `json:"id"`
	Model      string   `json:"model"`
	Kind       string   `json:"kind"`
	Trigger    string   `json:"trigger"`
	Detail     text     `json:"trigger_detail"`
	Policy     string   `json:"policy"`
	Thresholds []string `json:"thresholds"`
	Status     string   `json:"status"`
	Seq        int64    `json:"seq"`
}

func listedOf(a assessment.Assessment) listedAssessment {
	out := listedAssessment{
		ID: a.ID, Model: a.Model, Kind: string(a.Kind), Trigger: a.Trigger.Kind, Detail: text(a.Trigger.Detail), Policy: a.Policy,
		Thresholds: append([]string{}, a.Thresholds...), Status: "open", Seq: a.Seq,
	}
	if !a.Open() {
		out.Status = string(a.Outcome)
	}
	return out
}

func (c assessmentList) Run(s *session) error {
	_, m, err := s.moment()
	if err != nil {
		return err
	}
	all := []listedAssessment{}
	for _, a := range m.View.State.Assessment.Assessments(c.Model) {
		all = append(all, listedOf(a))
	}
	if s.JSON {
		return s.print(struct {
			Assessments []listedAssessment `json:"assessments"`
			Clock       string             `json:"clock"`
		}{all, clockOf(m)})
	}
	if len(all) == 0 {
		s.note("no assessment was opened")
		return nil
	}
	rows := [][]string{{"ASSESSMENT", "MODEL", "KIND", "STATUS", "THRESHOLDS"}}
	for _, a := range all {
		rows = append(rows, []string{a.ID, a.Model, a.Kind, a.Status, or(strings.Join(a.Thresholds, ", "), "-")})
	}
	s.grid(rows)
	return nil
}
