// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package decision

import (
	"fmt"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/deadline"
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
	Policy     policy.State
	Signoff    signoff.State
	Model      model.State
	Evidence   evidence.State
	Assessment assessment.State
	Safeguard  safeguard.State
	Review     review.State
	// Rules is the journal's rules number.
	Rules int
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
		HighStakes: in.HighStakes, Precautionary: in.Precautionary, Provisional: in.Provisional, ReviewBy: in.ReviewBy,
		Conditions: in.Conditions, LapsesOn: in.LapsesOn, Alternatives: in.Alternatives, AsOf: act.Seq, Grade: grade.Recomputed,
	}
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
	}
	return fault.Invalidf("this release cannot carry out a decision of kind %q", in.Kind).
		Hinted("it carries out determination, safeguards and lift_hold")
}

func checkCommon(in ProposeIn) error {
	var l fault.List
	if in.Title == "" {
		l = append(l, fault.Invalidf("a decision needs a title: one sentence that says what is asked"))
	}
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

func (s State) fillDetermination(f *File, in ProposeIn, see See, p policy.Pack) error {
	if _, ok := see.Model.Model(in.Model); !ok {
		return fault.NotFoundf("no model %q is registered", in.Model)
	}
	if len(in.Determinations) == 0 {
		return fault.Invalidf("a determination names at least one threshold and its outcome")
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
	f.pinReviews(see, in.Assessment)
	return nil
}

// fillOne checks one determination and pins what it rests on.
func (s State) fillOne(f *File, det Determination, see See, p policy.Pack) *fault.Error {
	t, ok := p.Threshold(det.Threshold)
	if !ok {
		return fault.NotFoundf("%s has no threshold %q", p.Ref(), det.Threshold)
	}
	if !slices.Contains(Outcomes(), det.Outcome) {
		return fault.Invalidf("%s: %q is not an outcome", t.ID, det.Outcome).Hinted("outcomes are %v", Outcomes())
	}
	if err := fits(t, det.Outcome); err != nil {
		return err
	}
	if det.Reason == "" {
		return fault.Invalidf("%s: a determination says why", t.ID)
	}
	if err := s.forward(f, t, det); err != nil {
		return err
	}
	c := see.Assessment.Coverage(f.Model, t.ID, see.assess(p))
	f.pinFindings(t.ID, see)
	f.NotShown = append(f.NotShown, notShown(t.ID, c)...)
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
// that takes a new one.
func (s State) forward(f *File, t policy.Threshold, det Determination) *fault.Error {
	last, was, ok := s.Latest(f.Model, t.ID)
	if !ok || det.Outcome != RuledOut || was.Outcome == RuledOut {
		return nil
	}
	if f.Assessment == "" || f.Assessment == last.File.Assessment {
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
			continue
		}
		f.Pins = append(f.Pins, Pin{Ref: entry.Ref{Kind: "finding", ID: v.ID}, Seq: v.Seq, Grade: v.Grade, Text: summary(v)})
		f.Grade = min(f.Grade, v.Grade)
	}
}

func (f *File) pinReviews(see See, assessment string) {
	for _, r := range see.Review.On(entry.Ref{Kind: "assessment", ID: assessment}) {
		f.Pins = append(f.Pins, Pin{Ref: entry.Ref{Kind: "review", ID: r.ID}, Seq: r.Seq, Grade: grade.Recomputed, Text: reviewText(r)})
		if r.Open() {
			f.NotShown = append(f.NotShown, fmt.Sprintf("%s (%s) is unanswered", r.ID, r.Kind))
		}
	}
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
	for _, v := range see.Review.On(entry.Ref{Kind: "report", ID: r.ID}) {
		f.Pins = append(f.Pins, Pin{Ref: entry.Ref{Kind: "review", ID: v.ID}, Seq: v.Seq, Grade: grade.Recomputed, Text: reviewText(v)})
		if v.Open() {
			f.NotShown = append(f.NotShown, fmt.Sprintf("%s (%s) is unanswered", v.ID, v.Kind))
		}
	}
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
	d, err := proposed.Draft(ProposedV1{File: f, Digest: digest, Question: act.ID("question", 1)})
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

// Open lists the decisions that are proposed and not in effect.
func (s State) Open() []Decision {
	var open []Decision
	for id := range s.open.All() {
		if d, ok := s.decisions.Get(id); ok {
			open = append(open, d)
		}
	}
	return open
}

// Missing lists what a proposed decision still waits for; none means that it
// can take effect.
func (s State) Missing(d Decision, see See) []string {
	if d.Status != Proposed {
		return []string{fmt.Sprintf("%s is %s", d.File.ID, d.Status)}
	}
	st, err := see.Signoff.Status(d.Question)
	if err != nil {
		return []string{err.Error()}
	}
	if st.Refused || st.VoidedSeq != 0 {
		return []string{"the question was refused or voided; propose a new decision"}
	}
	var missing []string
	for _, role := range st.Wanted() {
		missing = append(missing, "the signature of "+role)
	}
	for _, r := range st.Deliveries {
		if r.When != signoff.After && r.Seq == 0 {
			missing = append(missing, "the acknowledgement of "+r.Role)
		}
	}
	return append(missing, s.missingFeedback(d, see)...)
}

// Ready tells whether a proposed decision can take effect.
func (s State) Ready(d Decision, see See) bool { return len(s.Missing(d, see)) == 0 }

// missingFeedback lists the feedback that the policy wants before the decision
// and that nobody gave, and the blocking reviews that nobody answered (DEC-4,
// DEC-5).
func (s State) missingFeedback(d Decision, see See) []string {
	p, err := see.Policy.Find(d.File.Policy.Ref)
	if err != nil {
		return []string{err.Error()}
	}
	by, _ := p.Pack.Decision(d.File.Kind)
	reviews := s.reviews(d, see)
	var missing []string
	for _, want := range by.Feedback {
		if want.When != policy.Before || !applies(want.Stakes, d.File.HighStakes) {
			continue
		}
		if !slices.ContainsFunc(reviews, func(r review.Review) bool { return string(r.Side) == string(want.Kind) }) {
			missing = append(missing, string(want.Kind)+" feedback on the decision, or on what it rests on")
		}
	}
	for _, r := range reviews {
		if r.Blocking && r.Open() {
			missing = append(missing, "an answer to the blocking "+r.ID)
		}
	}
	return missing
}

func applies(s policy.Stakes, high bool) bool {
	return s == policy.AllStakes || (s == policy.HighStakes) == high
}

// reviews lists what was said about the decision and about what it rests on.
func (s State) reviews(d Decision, see See) []review.Review {
	rs := see.Review.On(entry.Ref{Kind: "decision", ID: d.File.ID})
	if d.File.Assessment != "" {
		rs = append(rs, see.Review.On(entry.Ref{Kind: "assessment", ID: d.File.Assessment})...)
	}
	if d.File.Safeguards != nil {
		rs = append(rs, see.Review.On(entry.Ref{Kind: "report", ID: d.File.Safeguards.Report})...)
	}
	return rs
}

// TakeEffect puts a decision into effect. Callers have asked Ready.
func (s State) TakeEffect(id string) ([]entry.Draft, error) {
	return tookEffect.Drafts(TookEffectV1{Decision: id})
}

// ReapproveBy gives the last day on which an approval of the standard holds, by
// the policy's re-approval period counted from the day of now; "" without one.
func ReapproveBy(p policy.Pack, s Safeguards, now int64) deadline.Day {
	f, ok := p.Standard(s.Standard, s.Facet)
	if !ok || f.Reapproval == nil {
		return ""
	}
	return deadline.DayOf(now).AddMonths(f.Reapproval.Months)
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
	f.Schema, f.ID, f.AsOf = Schema, act.ID("decision", 0), act.Seq
	f.Policy, f.Grade = Policy{Ref: inForce.Ref(), Digest: inForce.Digest}, *how.Grade
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

// Attest records a person's word about a condition or a lapse event.
func (s State) Attest(in AttestedV1, _ entry.Act) ([]entry.Draft, error) {
	d, err := s.Decision(in.Decision)
	if err != nil {
		return nil, err
	}
	known := slices.ContainsFunc(d.File.Conditions, func(c Condition) bool { return c.ID == in.Condition }) ||
		slices.ContainsFunc(d.File.LapsesOn, func(l Lapse) bool { return l.ID == in.Condition })
	if !known {
		return nil, fault.NotFoundf("%s has no condition %q", in.Decision, in.Condition)
	}
	if in.Note == "" {
		return nil, fault.Invalidf("an attestation says in a sentence what it rests on")
	}
	return attested.Drafts(in)
}

// Reverse makes a decision void because a later decision in effect says so
// (DEC-7).
func (s State) Reverse(id, by, reason string) ([]entry.Draft, error) {
	if _, err := s.Decision(id); err != nil {
		return nil, err
	}
	later, err := s.Decision(by)
	if err != nil {
		return nil, err
	}
	if later.Status != InEffect || by == id {
		return nil, fault.Conflictf("%s is not another decision in effect", by).Hinted("a decision is reversed by a new decision only")
	}
	return voided.Drafts(VoidedV1{Decision: id, By: by, Reason: reason})
}

// Void takes a proposal back.
func (s State) Void(id, reason string) ([]entry.Draft, error) {
	if _, err := s.Decision(id); err != nil {
		return nil, err
	}
	return voided.Drafts(VoidedV1{Decision: id, Reason: reason})
}

// changed tells whether what a pin names is no longer what was signed.
func (b Basis) changed(p Pin) (why string, seq int64, ok bool) {
	if p.Ref.Kind != "finding" {
		return "", 0, false
	}
	f, found := b.Assessment.Finding(p.Ref.ID)
	if !found {
		return "lost", p.Seq, true
	}
	if f.IsWithdrawn() {
		return "withdrawn", f.Withdrawn.Seq, true
	}
	why, seq = assessment.See{Evidence: b.Evidence}.Stale(f)
	return why, seq, why != ""
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
