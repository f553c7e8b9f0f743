// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package decision

import (
	"fmt"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/enforcement"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/evidence"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/review"
	"github.com/holdpoint/holdpoint/internal/safeguard"
	"github.com/holdpoint/holdpoint/internal/signoff"
)

// Schema is the schema of decision files.
const Schema = "holdpoint/decision/v1"

// See is the lower states that a decision is made from.
type See struct {
	Access     access.State
	Policy     policy.State
	Signoff    signoff.State
	Model      model.State
	Evidence   evidence.State
	Assessment assessment.State
	Safeguard  safeguard.State
	Review     review.State
	// Enforcement is the points that a decision may let observe.
	Enforcement enforcement.State
	// Rules is the journal's rules number.
	Rules int
	// Now is milliseconds since 1970: the moment of a proposal, or of the last
	// entry where what is said of one that waits is asked.
	Now int64
}

func (s See) assess(p policy.Pack) assessment.See {
	return assessment.See{Policy: p, Model: s.Model, Evidence: s.Evidence, Rules: s.Rules}
}

// ProposeIn is what somebody wants decided. What the decision rests on, and what
// it leaves open, is gathered by Propose and not by its author.
type ProposeIn struct {
	Kind           policy.DecisionKind
	Title          string
	Model          string
	Assessment     string
	Determinations []Determination
	// Report is the Safeguards Report to approve.
	Report string
	// Hold is the hold to lift.
	Hold          string
	Interim       *Interim
	Restriction   *Restriction
	Baseline      *Baseline
	Exemption     *Exemption
	Ruling        *Ruling
	HighStakes    bool
	Precautionary bool
	Provisional   bool
	ReviewBy      deadline.Day
	Conditions    []Condition
	LapsesOn      []Lapse
	Alternatives  string
}

// Propose writes a decision file and puts the question to the policy's signers.
// "Ruled out" is refused while the record does not support it; "not ruled out"
// is never refused (CAP-11, CAP-19).
func (s State) Propose(in ProposeIn, see See, act entry.Act) ([]entry.Draft, error) {
	inForce, ok := see.Policy.InForce(act.Now)
	if !ok {
		return nil, fault.Conflictf("no policy is in force, so nothing can be decided under it").
			Hinted("adopt one first: holdpoint policy adopt")
	}
	by, ok := inForce.Pack.Decision(in.Kind)
	if !ok {
		return nil, fault.Invalidf("%s does not say who decides %q", inForce.Ref(), in.Kind)
	}
	f := File{
		Schema: Schema, ID: act.ID("decision", 0), Kind: in.Kind, Title: in.Title,
		Policy: Policy{Ref: inForce.Ref(), Digest: inForce.Digest}, Model: in.Model, Assessment: in.Assessment, Hold: in.Hold,
		Interim: in.Interim, Restriction: in.Restriction, Baseline: in.Baseline, Exemption: in.Exemption, Ruling: in.Ruling,
		HighStakes: in.HighStakes, Precautionary: in.Precautionary, Provisional: in.Provisional, ReviewBy: in.ReviewBy,
		Conditions: in.Conditions, LapsesOn: in.LapsesOn, Alternatives: in.Alternatives, AsOf: act.Seq, Grade: grade.Recomputed,
	}
	see.Now = act.Now
	if err := s.fill(&f, in, see, inForce.Pack); err != nil {
		return nil, err
	}
	return s.ask(f, by, see, act)
}

func (s State) fill(f *File, in ProposeIn, see See, p policy.Pack) error {
	if err := checkCommon(in); err != nil {
		return err
	}
	switch in.Kind {
	case policy.DecideDetermination:
		return s.fillDetermination(f, in, see, p)
	case policy.DecideSafeguards:
		return fillSafeguards(f, in, see)
	case policy.DecideLiftHold:
		if in.Hold == "" {
			return fault.Invalidf("a decision to lift a hold names the hold")
		}
		f.Grade = grade.Attested
		return nil
	case policy.DecideInterim:
		return s.fillInterim(f, in, see, p)
	case policy.DecideRestriction:
		return s.fillRestriction(f, in, see, p)
	case policy.DecideBaseline:
		return s.fillBaseline(f, in, see, p)
	case policy.DecideException:
		return s.fillExemption(f, in, see, p)
	case policy.DecideInterpret:
		return fillRuling(f, in, p)
	}
	return fault.Invalidf("this release cannot carry out a decision of kind %q", in.Kind).
		Hinted("it carries out determination, safeguards, lift_hold, interim, restriction, baseline, exemption and interpretation")
}

func checkCommon(in ProposeIn) error {
	var l fault.List
	if in.Title == "" {
		l = append(l, fault.Invalidf("a decision needs a title: one sentence that says what is asked"))
	}
	l = append(l, ofItsKind(in)...)
	if in.Provisional && in.ReviewBy == "" {
		l = append(l, fault.Invalidf("a provisional decision needs a day by which it is reviewed (DEC-6)"))
	}
	seen := map[string]bool{}
	for _, c := range in.Conditions {
		if c.ID == "" || c.Text == "" || seen[c.ID] {
			l = append(l, fault.Invalidf("condition %q: each needs an id of its own and a text", c.ID))
		}
		seen[c.ID] = true
	}
	for _, c := range in.LapsesOn {
		if c.ID == "" || c.Text == "" || seen[c.ID] {
			l = append(l, fault.Invalidf("lapse condition %q: each needs an id of its own and a text", c.ID))
		}
		seen[c.ID] = true
	}
	return l.Err()
}

// ofItsKind refuses content that belongs to a decision of another kind: it would
// be signed and never carried out.
func ofItsKind(in ProposeIn) fault.List {
	var l fault.List
	for _, part := range []struct {
		there bool
		kind  policy.DecisionKind
	}{
		{in.Interim != nil, policy.DecideInterim}, {in.Restriction != nil, policy.DecideRestriction}, {in.Baseline != nil, policy.DecideBaseline},
		{in.Exemption != nil, policy.DecideException}, {in.Ruling != nil, policy.DecideInterpret},
	} {
		if part.there && in.Kind != part.kind {
			l = append(l, fault.Invalidf("a decision of kind %q cannot decide what one of kind %s does", in.Kind, part.kind))
		}
	}
	return l
}

func (s State) fillDetermination(f *File, in ProposeIn, see See, p policy.Pack) error {
	if _, ok := see.Model.Model(in.Model); !ok {
		return fault.NotFoundf("no model %q is registered", in.Model)
	}
	if err := once(in.Determinations); err != nil {
		return err
	}
	if a, ok := see.Assessment.Assessment(in.Assessment); in.Assessment != "" && (!ok || a.Model != in.Model) {
		return fault.NotFoundf("%s has no assessment %q", in.Model, in.Assessment).Hinted("holdpoint assessment list shows them")
	}
	for _, snap := range see.Model.Snapshots(in.Model) {
		f.Snapshots = append(f.Snapshots, snap.Snapshot)
		if snap.Weights != "" {
			f.Pins = append(f.Pins, Pin{Ref: entry.Ref{Kind: "snapshot", ID: snap.ID(), Digest: snap.Weights}, Seq: snap.Seq, Grade: grade.Recomputed})
		}
	}
	var refused fault.List
	for _, det := range in.Determinations {
		if err := s.fillOne(f, det, see, p); err != nil {
			refused = append(refused, err)
		}
	}
	if err := refused.Err(); err != nil {
		return err
	}
	f.Determinations = in.Determinations
	f.untested(see)
	f.pinReviews(see)
	f.conditional()
	return nil
}

// once refuses a file that answers nothing, or the same threshold twice.
func once(dets []Determination) *fault.Error {
	if len(dets) == 0 {
		return fault.Invalidf("a determination names at least one threshold and its outcome")
	}
	for i, d := range dets {
		if slices.ContainsFunc(dets[:i], func(e Determination) bool { return e.Threshold == d.Threshold }) {
			return fault.Invalidf("%s is determined twice in one decision", d.Threshold)
		}
	}
	return nil
}

// fillOne checks one determination and pins what it rests on.
func (s State) fillOne(f *File, det Determination, see See, p policy.Pack) *fault.Error {
	t, ok := p.Threshold(det.Threshold)
	if !ok {
		return fault.NotFoundf("%s has no threshold %q", p.Ref(), det.Threshold)
	}
	if !slices.Contains(Outcomes(), det.Outcome) {
		return fault.Invalidf("%s: %q is not an outcome", t.ID, det.Outcome).Hinted("outcomes are %s", strings.ReplaceAll(strings.Trim(fmt.Sprint(Outcomes()), "[]"), " ", ", "))
	}
	if err := fits(t, det.Outcome); err != nil {
		return err
	}
	if det.Reason == "" {
		return fault.Invalidf("%s: a determination says why", t.ID)
	}
	if err := s.forward(f, t, det, see); err != nil {
		return err
	}
	c := see.Assessment.Coverage(f.Model, t.ID, see.assess(p))
	f.pinFindings(t.ID, see)
	f.NotShown = append(f.NotShown, notShown(t.ID, c)...)
	if det.Outcome == RuledOut {
		// Coverage also rests on maps, forecasts and arguments, which are no
		// findings and may be less well known.
		f.Grade = min(f.Grade, c.Grade)
	}
	if det.Outcome == RuledOut && !c.Supported {
		return fault.Conflictf("%s cannot be determined as ruled out: %s", t.ID, join(c.Reasons)).
			Hinted("answer or complete what is missing, or determine %s as %s, which is never refused", t.ID, TreatedAsCrossed)
	}
	return nil
}

// fits refuses an outcome that a kind of threshold cannot have.
func fits(t policy.Threshold, o Outcome) *fault.Error {
	watch := t.Kind == policy.Watch
	switch {
	case watch != (o == Watched):
		return fault.Invalidf("%s is a threshold of kind %s and cannot be determined as %s", t.ID, t.Kind, o)
	case o == CheckpointReached && t.Kind != policy.Checkpoint, o == AlertReached && t.Kind != policy.Alert:
		return fault.Invalidf("%s is a threshold of kind %s and cannot be determined as %s", t.ID, t.Kind, o)
	case o.Demands() && t.Kind == policy.Checkpoint:
		return fault.Invalidf("%s is a checkpoint: it is reached or ruled out", t.ID)
	}
	return nil
}

// forward refuses to go back from crossed to ruled out within one assessment:
// that takes one that was opened after the answer which it takes back.
func (s State) forward(f *File, t policy.Threshold, det Determination, see See) *fault.Error {
	last, was, ok := s.Latest(f.Model, t.ID)
	if !ok || det.Outcome != RuledOut || was.Outcome == RuledOut {
		return nil
	}
	if a, ok := see.Assessment.Assessment(f.Assessment); !ok || a.Seq < last.EffectSeq {
		return fault.Conflictf("%s was determined as %s by %s; ruling it out needs a new assessment", t.ID, was.Outcome, last.File.ID).
			Hinted("open an assessment and name it in the decision")
	}
	return nil
}

// pinFindings pins every finding and judgement on the model and threshold, also
// those that speak against the conclusion.
func (f *File) pinFindings(threshold string, see See) {
	for _, v := range see.Assessment.Findings(f.Model, threshold) {
		if v.IsWithdrawn() {
			f.withdrawn(v)
			continue
		}
		f.Pins = append(f.Pins, Pin{Ref: entry.Ref{Kind: "finding", ID: v.ID}, Seq: v.Seq, Grade: v.Grade, Text: summary(v)})
		f.Grade = min(f.Grade, v.Grade)
	}
}

// withdrawn shows a finding that was taken back and did not support the
// conclusion: whoever signs should know that it was there.
func (f *File) withdrawn(v assessment.Finding) {
	if text := summary(v); !strings.HasSuffix(text, "supports rule out") {
		f.NotShown = append(f.NotShown, fmt.Sprintf("%s was withdrawn: %s (%s)", v.ID, text, v.Reason))
	}
}

// untested lists snapshots that no finding on these thresholds is about.
func (f *File) untested(see See) {
	tested := map[string]bool{}
	for _, det := range f.Determinations {
		for _, v := range see.Assessment.Findings(f.Model, det.Threshold) {
			if v.Found != nil && !v.IsWithdrawn() {
				tested[v.Found.Snapshot] = true
			}
		}
	}
	for _, name := range f.Snapshots {
		if !tested[name] {
			f.NotShown = append(f.NotShown, fmt.Sprintf("no finding is about the snapshot %s", name))
		}
	}
}

// pinReviews pins what was said about the assessments that the file rests on,
// whether or not its author names them.
func (f *File) pinReviews(see See) {
	for _, id := range f.assessments(see) {
		f.pinReviewsOf(entry.Ref{Kind: "assessment", ID: id}, see)
	}
}

func (f *File) pinReviewsOf(ref entry.Ref, see See) {
	for _, r := range see.Review.On(ref) {
		f.Pins = append(f.Pins, Pin{Ref: entry.Ref{Kind: "review", ID: r.ID}, Seq: r.Seq, Grade: grade.Recomputed, Text: reviewText(r)})
		if r.Open() {
			f.NotShown = append(f.NotShown, fmt.Sprintf("%s (%s) is unanswered", r.ID, r.Kind))
		}
	}
}

// assessments lists the one that the file names and those that the findings it
// pins were made in, in that order.
func (f *File) assessments(see See) []string {
	var ids []string
	add := func(id string) {
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	add(f.Assessment)
	for _, p := range f.Pins {
		if v, ok := see.Assessment.Finding(p.Ref.ID); ok && p.Ref.Kind == "finding" {
			add(v.Assessment)
		}
	}
	return ids
}

func fillSafeguards(f *File, in ProposeIn, see See) error {
	r, ok := see.Safeguard.Report(in.Report)
	if !ok {
		return fault.NotFoundf("there is no Safeguards Report %q", in.Report).Hinted("holdpoint safeguard report prepares one")
	}
	f.Safeguards = &Safeguards{
		Standard: r.Standard, Facet: policy.FacetKind(r.Facet), Report: r.ID,
		Models: r.Models, Environments: r.Environments, Limitations: r.Limitations,
	}
	f.Pins = append(f.Pins, Pin{Ref: entry.Ref{Kind: "report", ID: r.ID, Digest: r.Digest}, Seq: r.Seq, Grade: r.Grade})
	f.Grade = min(f.Grade, r.Grade)
	f.pinReviewsOf(entry.Ref{Kind: "report", ID: r.ID}, see)
	return nil
}

// ask records the file and puts its digest to the signers.
func (s State) ask(f File, by policy.Decision, see See, act entry.Act) ([]entry.Draft, error) {
	digest, err := f.Digest()
	if err != nil {
		return nil, err
	}
	in := signoff.Asking{
		About: entry.Ref{Kind: "decision", ID: f.ID, Digest: digest}, Roles: by.Signers, Distinct: by.Distinct,
	}
	for _, d := range by.Deliveries {
		in.Deliver = append(in.Deliver, signoff.Delivery{Role: d.To, When: when(d.When)})
	}
	question, err := see.Signoff.Ask(in, act)
	if err != nil {
		return nil, err
	}
	kind := proposed
	if f.later() {
		kind = proposedV2
	}
	d, err := kind.Draft(ProposedV1{File: f, Digest: digest, Question: act.ID("question", 1)})
	if err != nil {
		return nil, err
	}
	return append([]entry.Draft{d}, question...), nil
}

func when(w policy.When) signoff.When {
	if w == policy.Before {
		return signoff.Before
	}
	return signoff.After
}

// Report records what a source says was decided. It takes effect at once, marked
// as attested at most; nobody's signature is part of it.
func (s State) Report(f File, how entry.Provenance, see See, act entry.Act) ([]entry.Draft, error) {
	inForce, ok := see.Policy.InForce(act.Now)
	if !ok {
		return nil, fault.Conflictf("no policy is in force, so nothing can be reported as decided under it")
	}
	if len(how.Source) == 0 || how.Grade == nil || *how.Grade > grade.Attested {
		return nil, fault.Invalidf("a reported decision names its source and is attested")
	}
	if f.later() {
		return nil, fault.Invalidf("a source can report determinations and approvals, and nothing else that was decided")
	}
	f.Schema, f.ID, f.AsOf = Schema, act.ID("decision", 0), act.Seq
	f.Policy, f.Grade = Policy{Ref: inForce.Ref(), Digest: inForce.Digest}, *how.Grade
	if f.Kind == policy.DecideDetermination {
		if err := once(f.Determinations); err != nil {
			return nil, err
		}
	}
	if f.Kind == policy.DecideSafeguards && f.Safeguards == nil {
		return nil, fault.Invalidf("a reported approval names the standard and its facet")
	}
	if how.Happened != nil && how.Happened.At > act.Now {
		return nil, fault.Invalidf("a decision cannot be reported before it is made")
	}
	for _, det := range f.Determinations {
		t, ok := inForce.Pack.Threshold(det.Threshold)
		if !ok {
			return nil, fault.NotFoundf("%s has no threshold %q", inForce.Ref(), det.Threshold)
		}
		if err := fits(t, det.Outcome); err != nil {
			return nil, err
		}
	}
	return reported.Drafts(ReportedV1{File: f}, how)
}

// reviewText says in a line who said what sort of thing, with the label that
// must stand wherever a reviewer is named.
func reviewText(r review.Review) string {
	text := fmt.Sprintf("%s %s by %s", r.Side, r.Kind, r.Role)
	if label := r.Label(); label != "" {
		text += ", " + label
	}
	return text
}

// summary says in a line what a finding or judgement found.
func summary(v assessment.Finding) string {
	if v.Judged != nil {
		return fmt.Sprintf("judgement by %s: %s", v.Judged.By, strings.ReplaceAll(string(v.Judged.Direction), "_", " "))
	}
	return fmt.Sprintf("%s: %s", v.Found.Spec, strings.ReplaceAll(string(v.Found.Result.Verdict), "_", " "))
}

func notShown(threshold string, c assessment.Coverage) []string {
	var out []string
	for _, r := range c.Reasons {
		out = append(out, threshold+": "+r)
	}
	for _, g := range c.Gaps {
		out = append(out, threshold+": elicitation gap: "+g.String())
	}
	return out
}

func join(list []string) string {
	if len(list) == 0 {
		return "the record does not support it"
	}
	return strings.Join(list, "; ")
}
