// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package decision_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/review"
	"github.com/holdpoint/holdpoint/internal/signoff"
	"github.com/holdpoint/holdpoint/internal/threshold"
	"github.com/holdpoint/holdpoint/internal/world"
)

// Given a record, when "ruled out" is proposed, then it is refused with the
// reason while the record does not support it (CAP-11).
func TestRuledOutNeedsSupport(t *testing.T) {
	tests := map[string]struct {
		given func(h *history, assessed, finding string)
		ask   string
		words string
	}{
		"CAP-11 supported":               {func(*history, string, string) {}, "AUTO-CKPT=ruled_out", ""},
		"CAP-11 nothing recorded":        {func(*history, string, string) {}, "CBRN-3=ruled_out", "the assessment lacks threat map"},
		"CAP-11 the finding is gone":     {func(h *history, _, f string) { h.withdraw(f) }, "AUTO-CKPT=ruled_out", "needs 1 and there are 0"},
		"CAP-11 a finding is unanswered": {func(h *history, a, _ string) { h.spec("hard"); h.find(a, "hard", "20") }, "AUTO-CKPT=ruled_out", "is inconclusive"},
		"CAP-11 a finding rules it in":   {func(h *history, a, _ string) { h.spec("hard"); h.find(a, "hard", "40") }, "AUTO-CKPT=ruled_out", "supports rule-in"},
		"CAP-19 treated as crossed":      {func(*history, string, string) {}, "CBRN-3=not_ruled_out_treated_as_crossed", ""},
		"crossed":                        {func(*history, string, string) {}, "CBRN-3=crossed", ""},
		"DEC-10 voluntarily":             {func(*history, string, string) {}, "CBRN-3=voluntarily_treated_as_crossed", ""},
		"THR-4 reached, whatever is shown": {func(h *history, a, _ string) { h.spec("hard"); h.find(a, "hard", "20") },
			"AUTO-CKPT=checkpoint_reached", ""},
		"POL-8 watched": {func(*history, string, string) {}, "CYBER=watch", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h, a, f := shown(t)
			tt.given(h, a, f)
			_, err := h.tryPropose(input(tt.ask))
			if tt.words == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			refused(t, err, fault.Conflict, tt.words)
		})
	}
}

// What no record could make right is refused for what it is.
func TestProposalsThatMeanNothing(t *testing.T) {
	tests := map[string]struct {
		edit  func(*decision.ProposeIn)
		kind  fault.Kind
		words string
	}{
		"no title":              {func(in *decision.ProposeIn) { in.Title = "" }, fault.Invalid, "needs a title"},
		"no threshold":          {func(in *decision.ProposeIn) { in.Determinations = nil }, fault.Invalid, "at least one threshold"},
		"a threshold twice":     {func(in *decision.ProposeIn) { *in = input("CBRN-3=crossed", "CBRN-3=ruled_out") }, fault.Invalid, "determined twice"},
		"unknown threshold":     {func(in *decision.ProposeIn) { *in = input("MOON=crossed") }, fault.NotFound, `no threshold "MOON"`},
		"unknown outcome":       {func(in *decision.ProposeIn) { *in = input("CBRN-3=fine") }, fault.Invalid, "is not an outcome"},
		"watch of a capability": {func(in *decision.ProposeIn) { *in = input("CBRN-3=watch") }, fault.Invalid, "cannot be determined as watch"},
		"watched and crossed":   {func(in *decision.ProposeIn) { *in = input("CYBER=crossed") }, fault.Invalid, "cannot be determined as crossed"},
		"checkpoint crossed":    {func(in *decision.ProposeIn) { *in = input("AUTO-CKPT=crossed") }, fault.Invalid, "is a checkpoint"},
		"capability reached":    {func(in *decision.ProposeIn) { *in = input("CBRN-3=checkpoint_reached") }, fault.Invalid, "cannot be determined as"},
		"no reason":             {func(in *decision.ProposeIn) { in.Determinations[0].Reason = "" }, fault.Invalid, "says why"},
		"unknown model":         {func(in *decision.ProposeIn) { in.Model = "n" }, fault.NotFound, `no model "n"`},
		"unknown assessment":    {func(in *decision.ProposeIn) { in.Assessment = "assessment-1" }, fault.NotFound, "no assessment"},
		"DEC-6 no review day":   {func(in *decision.ProposeIn) { in.Provisional = true }, fault.Invalid, "needs a day by which it is reviewed"},
		"two conditions of a name": {func(in *decision.ProposeIn) {
			in.Conditions = []decision.Condition{{ID: "cap", Text: "a"}, {ID: "cap", Text: "b"}}
		}, fault.Invalid, `condition "cap"`},
		"a lapse named as a condition": {func(in *decision.ProposeIn) {
			in.Conditions, in.LapsesOn = []decision.Condition{{ID: "cap", Text: "a"}}, []decision.Lapse{{ID: "cap", Text: "b"}}
		}, fault.Invalid, `lapse condition "cap"`},
		"no such report":  {func(in *decision.ProposeIn) { in.Kind, in.Report = "safeguards", "report-1" }, fault.NotFound, "no Safeguards Report"},
		"no hold":         {func(in *decision.ProposeIn) { in.Kind = "lift_hold" }, fault.Invalid, "names the hold"},
		"not carried out": {func(in *decision.ProposeIn) { in.Kind = "policy_change" }, fault.Invalid, "cannot carry out"},
		"nobody decides":  {func(in *decision.ProposeIn) { in.Kind = "moon" }, fault.Invalid, "does not say who decides"},
	}
	h, _, _ := shown(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			in := input("CBRN-3=crossed")
			tt.edit(&in)
			_, err := h.tryPropose(in)
			refused(t, err, tt.kind, tt.words)
		})
	}
	var empty world.World
	_, err := empty.Decision.Propose(input("CBRN-3=crossed"), empty.DecisionSee(), entry.Act{})
	refused(t, err, fault.Conflict, "no policy is in force")
}

// The author of a file does not choose what it rests on: everything recorded is
// pinned, and what is unanswered stands under NotShown, also when it was said
// about an assessment that the author does not name (DEC-5).
func TestFileGathersWhatItRestsOn(t *testing.T) {
	h, a, f := shown(t)
	critique := h.submit("assessment", a, func(in *review.Submission) { external(in); in.Kind = review.Critique })
	d := h.decision(h.propose(input("AUTO-CKPT=ruled_out")))
	var pins []string
	for _, p := range d.File.Pins {
		pins = append(pins, p.Ref.Kind+" "+p.Ref.ID+" "+p.Grade.String()+" "+p.Text)
	}
	snap, _ := h.w.Model.Snapshot("m", "free")
	want := []string{
		"snapshot " + snap.ID() + " recomputed ",
		"finding " + f + " reported swe: supports rule out",
		"review " + critique + " recomputed external critique by expert, not an endorsement",
	}
	if diff := cmp.Diff(want, pins); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"no finding is about the snapshot free", critique + " (critique) is unanswered"}, d.File.NotShown); diff != "" {
		t.Error(diff)
	}
	if d.File.Grade != grade.Reported || d.File.AsOf != d.Seq || d.File.Policy.Ref != "anthropic-rsp@2.2" || d.File.Policy.Digest == "" {
		t.Errorf("grade %s, as of %d, policy %+v", d.File.Grade, d.File.AsOf, d.File.Policy)
	}
	h.answer(critique)
	if d := h.decision(h.propose(input("AUTO-CKPT=ruled_out"))); len(d.File.NotShown) != 1 {
		t.Errorf("answered, and not shown: %q", d.File.NotShown)
	}
}

// A file that rests against its own outcome says so: not ruled out, with what
// coverage lacks.
func TestFileSaysWhatIsMissing(t *testing.T) {
	h, _, _ := shown(t)
	d := h.decision(h.propose(input("CBRN-3=not_ruled_out_treated_as_crossed")))
	says(t, strings.Join(d.File.NotShown, "\n"), "CBRN-3: the assessment lacks threat map", "CBRN-3: elicitation gap: cot")
}

// DEC-2: two distinct people sign, each in a role that they hold.
func TestTwoPeopleSign(t *testing.T) {
	h, _, _ := shown(t)
	h.grant("ceo", "rso")
	id := h.propose(input("AUTO-CKPT=ruled_out"))
	says(t, h.missing(id), "the signature of rso; the signature of ceo")
	refused(t, h.trySign(id, "rso", "ceo", signoff.Approve), fault.Forbidden, "does not hold")
	refused(t, h.trySign(id, "board", "board", signoff.Approve), fault.Invalid, "no signature by the role")
	h.sign(id, "ceo")
	if err := h.trySign(id, "ceo", "rso", signoff.Approve); err == nil {
		t.Error("one person signed in two roles")
	}
	h.sign(id, "rso")
	if d := h.decision(id); d.Status != decision.Proposed {
		t.Errorf("%s before the board has it", d.Status)
	}
	if got, ok := h.w.Decision.OfQuestion(h.decision(id).Question); !ok || got.File.ID != id {
		t.Errorf("the question belongs to %+v", got)
	}
	if _, ok := h.w.Decision.OfQuestion("question-1"); ok {
		t.Error("a question of nobody belongs to a decision")
	}
}

// DEC-3: it takes effect with the last of the board's and the trust's receipts,
// not with the sending.
func TestEffectAfterAcknowledgement(t *testing.T) {
	h, _, _ := shown(t)
	id := h.propose(input("AUTO-CKPT=ruled_out"))
	h.sign(id, "rso")
	h.sign(id, "ceo")
	for _, role := range []string{"board", "trust"} {
		h.deliver(id, role)
		says(t, h.missing(id), "the acknowledgement of "+role)
		says(t, h.problems(id, h.now), "is proposed and not in effect")
		if h.decision(id).Status != decision.Proposed || len(h.w.Decision.Open()) != 1 {
			t.Fatalf("in effect before %s acknowledged", role)
		}
		h.acknowledge(id, role)
	}
	d := h.decision(id)
	last := slices.IndexFunc(h.entries, func(e entry.Entry) bool { return e.Type == "decision.took_effect" })
	if d.Status != decision.InEffect || d.EffectSeq != int64(last) || d.EffectAt != h.now || len(h.w.Decision.Open()) != 0 {
		t.Errorf("%s since entry %d", d.Status, d.EffectSeq)
	}
	says(t, h.problems(id, h.now))
	says(t, h.missing(id), "is in_effect")
}

// DEC-4: high stakes want internal and external feedback before; otherwise it
// may come after. A withdrawn review is no feedback.
func TestHighStakesNeedFeedback(t *testing.T) {
	h, a, _ := shown(t)
	in := input("AUTO-CKPT=ruled_out")
	in.HighStakes = true
	id := h.carry(h.propose(in))
	says(t, h.missing(id), "internal feedback", "external feedback")
	inside := h.submit("decision", id, nil)
	says(t, h.missing(id), "external feedback")
	h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Review.Withdraw(review.Withdrawing{Review: inside}, act)
	})
	says(t, h.missing(id), "internal feedback", "external feedback")
	h.submit("assessment", a, external)
	if got := h.decision(id).Status; got != decision.Proposed {
		t.Fatalf("%s without internal feedback", got)
	}
	h.submit("decision", id, nil)
	if got := h.decision(id).Status; got != decision.InEffect {
		t.Errorf("%s: %s", got, h.missing(id))
	}
}

// DEC-5: a blocking review of the decision, or of the assessment behind it, is
// answered before anything takes effect; one that comes later suspends it.
func TestBlockingReviewIsAnswered(t *testing.T) {
	for _, on := range []string{"decision", "assessment"} {
		t.Run(on, func(t *testing.T) {
			h, a, _ := shown(t)
			id := h.propose(input("AUTO-CKPT=ruled_out"))
			about := map[string]string{"decision": id, "assessment": a}[on]
			challenge := h.submit(on, about, blocking)
			h.carry(id)
			says(t, h.missing(id), "an answer to the blocking "+challenge)
			h.answer(challenge)
			if got := h.decision(id).Status; got != decision.InEffect {
				t.Fatalf("%s: %s", got, h.missing(id))
			}
			later := h.submit("decision", id, blocking)
			says(t, h.problems(id, h.now), "cannot_tell: a blocking challenge of "+id+" is unanswered")
			h.answer(later)
			says(t, h.problems(id, h.now))
		})
	}
}

// DEC-6: a provisional decision counts to the end of its review day.
func TestReviewDay(t *testing.T) {
	h, _, _ := shown(t)
	in := input("AUTO-CKPT=ruled_out")
	in.Provisional, in.Precautionary, in.ReviewBy = true, true, "2025-09-01"
	id := h.carry(h.propose(in))
	if f := h.decision(id).File; !f.Provisional || !f.Precautionary {
		t.Errorf("%+v", f)
	}
	says(t, h.problems(id, in.ReviewBy.End()-1))
	says(t, h.problems(id, in.ReviewBy.End()), "cannot_tell: "+id+" was to be reviewed by 2025-09-01")
}

// DEC-7: dissent of a signer refuses; dissent from outside is kept beside a
// decision that takes effect all the same.
func TestDissentIsRecorded(t *testing.T) {
	h, _, _ := shown(t)
	in := input("AUTO-CKPT=ruled_out")
	in.Alternatives = "to wait for another assessment"
	id := h.propose(in)
	h.sign(id, "rso")
	if err := h.trySign(id, "ceo", "ceo", signoff.Disapprove); err != nil {
		t.Fatal(err)
	}
	says(t, h.missing(id), "refused or voided")

	id = h.propose(in)
	signing := h.sealed(signoff.Signing{Question: h.decision(id).Question, Person: "trust", Answer: signoff.Disapprove, Note: "thin"})
	h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Signoff.Dissent(signing, signoff.See{Access: w.Access}, act)
	})
	h.carry(id)
	d := h.decision(id)
	st, err := h.w.Signoff.Status(d.Question)
	if err != nil || len(st.Dissents) != 1 || d.Status != decision.InEffect || d.File.Alternatives != in.Alternatives {
		t.Errorf("%v, %+v, %s", err, st.Dissents, d.Status)
	}
}

// DEC-7: only a later decision in effect reverses one in effect, and only a
// proposal is taken back.
func TestReversal(t *testing.T) {
	h, _, _ := shown(t)
	first := h.carry(h.propose(input("AUTO-CKPT=ruled_out")))
	second := h.propose(input("AUTO-CKPT=checkpoint_reached"))
	refused(t, h.tryReverse(first, second), fault.Conflict, "not a later decision in effect")
	refused(t, h.tryReverse(first, "decision-1"), fault.NotFound, "no decision")
	refused(t, h.tryReverse(second, first), fault.Conflict, "only a decision in effect can be reversed")
	refused(t, h.tryVoid(first), fault.Conflict, "only a proposal can be taken back")
	h.carry(second)
	refused(t, h.tryReverse(second, first), fault.Conflict, "not a later decision in effect")
	refused(t, h.tryReverse(first, first), fault.Conflict, "not a later decision in effect")
	if err := h.tryReverse(first, second); err != nil {
		t.Fatal(err)
	}
	says(t, h.problems(first, h.now), "not_met: "+first+" is void: it was wrong")
	refused(t, h.tryReverse(first, second), fault.Conflict, "is void")

	third := h.propose(input("CBRN-3=crossed"))
	if err := h.tryVoid(third); err != nil {
		t.Fatal(err)
	}
	if d := h.decision(third); d.Status != decision.Void || d.Reason != "asked too early" || len(h.w.Decision.Open()) != 0 {
		t.Errorf("%+v", d)
	}
	refused(t, h.tryVoid(third), fault.Conflict, "is void")
}

// THR-8: a later determination stands beside the earlier one and counts; from
// crossed there is a way back only over an assessment opened afterwards.
func TestNewestDeterminationCounts(t *testing.T) {
	h, a, _ := shown(t)
	ruledOut := input("AUTO-CKPT=ruled_out")
	ruledOut.Assessment = a
	first := h.carry(h.propose(ruledOut))
	if d, det, ok := h.w.Decision.Latest("m", "AUTO-CKPT"); !ok || d.File.ID != first || det.Outcome != decision.RuledOut {
		t.Fatalf("%s %s %v", d.File.ID, det.Outcome, ok)
	}
	late := h.propose(ruledOut)
	second := h.carry(h.propose(input("AUTO-CKPT=checkpoint_reached", "CBRN-3=crossed")))
	if d, det, ok := h.w.Decision.Latest("m", "AUTO-CKPT"); !ok || d.File.ID != second || det.Outcome != decision.CheckpointReached {
		t.Fatalf("%s %s %v", d.File.ID, det.Outcome, ok)
	}
	if h.decision(first).Status != decision.InEffect || len(h.w.Decision.All()) != 3 {
		t.Error("the earlier one is gone")
	}
	h.carry(late)
	says(t, h.missing(late), "a new proposal: "+second+" determined AUTO-CKPT as checkpoint_reached meanwhile")

	for _, named := range []string{"", a} {
		ruledOut.Assessment = named
		_, err := h.tryPropose(ruledOut)
		refused(t, err, fault.Conflict, "needs a new assessment")
	}
	ruledOut.Assessment = h.open("AUTO-CKPT")
	third := h.carry(h.propose(ruledOut))
	if d, _, _ := h.w.Decision.Latest("m", "AUTO-CKPT"); d.File.ID != third {
		t.Errorf("%s counts", d.File.ID)
	}
	if d, _, _ := h.w.Decision.Latest("m", "CBRN-3"); d.File.ID != second {
		t.Errorf("%s counts for CBRN-3", d.File.ID)
	}
	for _, ask := range [][2]string{{"m", "CYBER"}, {"m2", "CBRN-3"}, {"m", "CBRN"}} {
		if d, _, ok := h.w.Decision.Latest(ask[0], ask[1]); ok {
			t.Errorf("%v was determined by %s", ask, d.File.ID)
		}
	}
}

// A void answer does not bring back the one before it.
func TestVoidHidesWhatItHid(t *testing.T) {
	h, a, _ := shown(t)
	h.carry(h.propose(input("AUTO-CKPT=ruled_out")))
	second := h.carry(h.propose(input("AUTO-CKPT=ruled_out")))
	in := input("CBRN-3=crossed")
	in.Assessment = a
	third := h.carry(h.propose(in))
	if err := h.tryReverse(second, third); err != nil {
		t.Fatal(err)
	}
	if d, _, _ := h.w.Decision.Latest("m", "AUTO-CKPT"); d.File.ID != second || d.Status != decision.Void {
		t.Errorf("%s (%s) counts", d.File.ID, d.Status)
	}
}

// CAP-11 to the end: what speaks against "ruled out" after the signatures and
// before the effect stops it.
func TestEvidenceOvertakesAProposal(t *testing.T) {
	h, a, _ := shown(t)
	id := h.propose(input("AUTO-CKPT=ruled_out"))
	h.spec("hard")
	h.carry(id)
	if h.decision(id).Status != decision.InEffect {
		t.Fatal(h.missing(id))
	}
	id = h.propose(input("AUTO-CKPT=ruled_out"))
	finding := h.find(a, "hard", "20")
	h.carry(id)
	says(t, h.missing(id), "support for ruling out AUTO-CKPT", "is inconclusive")
	h.withdraw(finding)
	says(t, h.missing(id))
}

// Conditions: nobody's word is "cannot tell", a no is "not met", and a word with
// a last day holds to its end. Lapses: a day acts by itself, an event by a word.
func TestConditionsAndLapses(t *testing.T) {
	h, _, _ := shown(t)
	in := input("AUTO-CKPT=ruled_out")
	in.Conditions = []decision.Condition{{ID: "cap", Text: "at most a thousand users"}}
	in.LapsesOn = []decision.Lapse{{ID: "year", Text: "a year later", Day: "2026-06-02"}, {ID: "tool", Text: "it gets a browser"}}
	id := h.carry(h.propose(in))
	says(t, h.problems(id, h.now), `cannot_tell: nobody attested that the condition "cap"`)
	refused(t, h.tryAttest(decision.AttestedV1{Decision: id, Condition: "other", Met: true, Note: "n"}), fault.NotFound, "no condition")
	refused(t, h.tryAttest(decision.AttestedV1{Decision: id, Condition: "cap", Met: true}), fault.Invalid, "what it rests on")
	refused(t, h.tryAttest(decision.AttestedV1{Decision: "decision-1", Condition: "cap", Met: true, Note: "n"}), fault.NotFound, "no decision")

	h.attest(decision.AttestedV1{Decision: id, Condition: "cap", Met: true, Until: "2025-07-01", Note: "counted"})
	says(t, h.problems(id, h.now))
	until := h.decision(id).Attested[0].Until
	says(t, h.problems(id, until.End()-1))
	says(t, h.problems(id, until.End()), "cannot_tell", "attested until 2025-07-01 only")
	h.attest(decision.AttestedV1{Decision: id, Condition: "cap", Note: "counted again"})
	says(t, h.problems(id, h.now), `not_met: the condition "cap"`)
	h.attest(decision.AttestedV1{Decision: id, Condition: "cap", Met: true, Note: "and again"})

	h.attest(decision.AttestedV1{Decision: id, Condition: "tool", Note: "it has none"})
	says(t, h.problems(id, in.LapsesOn[0].Day.End()-1))
	says(t, h.problems(id, in.LapsesOn[0].Day.End()), "not_met: "+id+" lapsed after 2026-06-02: a year later")
	h.attest(decision.AttestedV1{Decision: id, Condition: "tool", Met: true, Note: "since today"})
	says(t, h.problems(id, h.now), "not_met: "+id+" lapsed: it gets a browser")
	if n := len(h.decision(id).Attested); n != 2 {
		t.Errorf("%d attestations count, of two conditions", n)
	}
}

// CAP-21: a pin that is withdrawn or restated later suspends the decision.
func TestPinsThatChanged(t *testing.T) {
	tests := map[string]func(h *history, finding string){
		"withdrawn": func(h *history, finding string) { h.withdraw(finding) },
		"restated": func(h *history, finding string) {
			f, _ := h.w.Assessment.Finding(finding)
			h.restate(f.Found.Evidence.ID, h.result("3"))
		},
	}
	for word, change := range tests {
		t.Run(word, func(t *testing.T) {
			h, _, finding := shown(t)
			id := h.carry(h.propose(input("AUTO-CKPT=ruled_out")))
			says(t, h.problems(id, h.now))
			change(h, finding)
			says(t, h.problems(id, h.now), "cannot_tell: "+id+" rests on "+finding, word)
		})
	}
	says(t, begin(t).problems("decision-1", 0), "cannot_tell: decision-1 is not there")
}

// What is not relied on may go without touching a decision: a snapshot added, a
// finding under another threshold.
func TestOtherChangesDoNotTouchADecision(t *testing.T) {
	h, a, _ := shown(t)
	id := h.carry(h.propose(input("AUTO-CKPT=ruled_out")))
	h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Model.AddSnapshot(model.NewSnapshot{SnapshotRegistered: model.SnapshotRegistered{
			Model: "m", Snapshot: "rc2", Kind: model.ReleaseCandidate, Safety: model.MechanismsOn,
		}}, act)
	})
	h.do(func(w world.World, _ entry.Act) ([]entry.Draft, error) {
		return w.Assessment.RecordJudgement(assessment.JudgementInput{
			Assessment: a, Threshold: "CBRN-3", Direction: threshold.SupportsRuleIn, Text: "it helped", By: "expert",
		})
	})
	says(t, h.problems(id, h.now))
}
