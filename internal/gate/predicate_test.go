// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package gate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/evidence"
	"github.com/holdpoint/holdpoint/internal/gate"
	condition "github.com/holdpoint/holdpoint/internal/rule"
	"github.com/holdpoint/holdpoint/internal/safeguard"
	"github.com/holdpoint/holdpoint/internal/signoff"
	"github.com/holdpoint/holdpoint/internal/world"
	"github.com/holdpoint/holdpoint/proof"
)

// asking is a cleared history under a version that asks for one more thing
// before the model is deployed.
func asking(t *testing.T, is, name, value string) *history {
	h := cleared(t)
	h.adoptEdited("  - id: CBRN-4\n    transition: {kind: hold_new_starts}\nadd:\n  gates:\n    - {id: GATE-T, actions: [external_deploy], " +
		"require: {is: " + is + ", with: [{name: " + name + ", value: " + value + "}]}, clause: \"4.2\", basis: text}\n")
	return h
}

// extra gives the condition that the version adds.
func (h *history) extra() condition.Result {
	h.t.Helper()
	for _, c := range h.ask("m", "external_deploy").Conditions {
		if c.ID == "gate:GATE-T" {
			return c
		}
	}
	h.t.Fatal("the condition is not asked")
	return condition.Result{}
}

func (h *history) says(status condition.Status, words string) {
	h.t.Helper()
	if got := h.extra(); got.Status != status || !strings.Contains(got.Reason, words) {
		h.t.Errorf("%s: %s, want %s: %s", got.Status, got.Reason, status, words)
	}
}

// determined is a determination in effect, with its question.
func (h *history) determined() decision.Decision {
	h.t.Helper()
	id := h.propose(decision.ProposeIn{Model: "m", Determinations: one("CBRN-3", decision.Crossed), ReviewBy: "2025-09-01"})
	h.effect(id)
	d, err := h.w.Decision.Decision(id)
	if err != nil {
		h.t.Fatal(err)
	}
	return d
}

// take folds an entry whose signatures other packages check.
func take[T any](h *history, typ string, data T) {
	h.t.Helper()
	h.do(func(world.World, entry.Act) ([]entry.Draft, error) {
		return entry.Define[T](typ, 1, entry.Fact).Drafts(data)
	})
}

func (h *history) deliver(d decision.Decision, role string) {
	h.t.Helper()
	take(h, "signoff.delivered", signoff.Delivered{Question: d.Question, Role: role, By: "operator"})
}

func (h *history) acknowledge(d decision.Decision, role string) {
	h.t.Helper()
	take(h, "signoff.acknowledged", signoff.Acknowledged{Question: d.Question, Role: role, Person: "b"})
}

// DEC-3: what counts is the newest decision that the role is to hear of, and
// only as long as that one counts.
func TestNoticeAcknowledged(t *testing.T) {
	h := asking(t, "notice_acknowledged", "to", "board")
	h.says(condition.CannotTell, "nothing recorded says that board acknowledged")
	first := h.determined()
	h.says(condition.CannotTell, "board has not acknowledged "+first.File.ID)
	h.deliver(first, "board")
	h.says(condition.CannotTell, "board has not acknowledged "+first.File.ID)
	h.acknowledge(first, "trust")
	h.says(condition.CannotTell, "board has not acknowledged "+first.File.ID)
	h.acknowledge(first, "board")
	h.says(condition.Met, "board acknowledged "+first.File.ID)

	// A proposal is no decision yet; a newer one in effect hides the older.
	second := h.propose(decision.ProposeIn{Model: "m", Determinations: one("CBRN-3", decision.Crossed)})
	h.says(condition.Met, "board acknowledged "+first.File.ID)
	h.effect(second)
	h.says(condition.CannotTell, "board has not acknowledged "+second)
}

func TestNoticeOfWhatDoesNotCount(t *testing.T) {
	h := asking(t, "notice_acknowledged", "to", "board")
	d := h.determined()
	h.deliver(d, "board")
	h.acknowledge(d, "board")
	h.says(condition.Met, "acknowledged")
	h.challenge("decision", d.File.ID)
	h.says(condition.CannotTell, "what board acknowledged does not count")

	late := asking(t, "notice_acknowledged", "to", "board")
	d = late.determined()
	late.deliver(d, "board")
	late.acknowledge(d, "board")
	late.now = deadline.Day("2025-09-02").Start()
	late.says(condition.CannotTell, "was to be reviewed by 2025-09-01")
}

// A sourced statement stands in where no decision is to be told here.
func TestNoticeThatASourceTells(t *testing.T) {
	h := asking(t, "notice_acknowledged", "to", "board")
	h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		in := evidence.StatementReported{Topic: "notice", About: entry.Ref{Kind: "model", ID: "m"}, Text: "told", Tags: []string{"notice_acknowledged.board"}}
		return w.Evidence.Declare(evidence.NewStatement{StatementReported: in, How: attestedAt("1")}, evidence.See{}, act)
	})
	h.says(condition.Met, "board acknowledged the notice")
	d := h.determined()
	h.says(condition.CannotTell, "board has not acknowledged "+d.File.ID)
}

// attestedAt is attested, with the place in its source.
func attestedAt(section string) entry.Provenance {
	how := attested()
	how.Source[0].Section = section
	return how
}

func (h *history) evidence(edit func(*safeguard.EvidenceInput)) string {
	h.t.Helper()
	in := safeguard.EvidenceInput{Standard: "ASL-2", Facet: "deployment", Criterion: "ASL2-D1", Statement: "it is done", How: attestedAt("1")}
	edit(&in)
	seq := h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Safeguard.RecordEvidence(in, safeguard.See{Criteria: []safeguard.Criterion{{ID: "ASL2-D1"}, {ID: "ASL2-D2"}}}, act)
	})
	return entry.ID("safeguard-evidence", seq)
}

// SAF-5: evidence shows a criterion once an approval that is in force accepts it.
func TestCriterionShown(t *testing.T) {
	const nothing = "no evidence for the criterion ASL2-D1"
	h := asking(t, "criterion_shown", "criterion", "ASL2-D1")
	h.says(condition.CannotTell, nothing)
	h.evidence(func(in *safeguard.EvidenceInput) { in.Criterion = "ASL2-D2" })
	h.says(condition.CannotTell, nothing)
	h.evidence(func(in *safeguard.EvidenceInput) { in.Limitation = true })
	h.says(condition.CannotTell, nothing)
	id := h.evidence(func(*safeguard.EvidenceInput) {})
	h.says(condition.Met, "the criterion ASL2-D1 has evidence: it is done")
	h.do(func(w world.World, _ entry.Act) ([]entry.Draft, error) {
		return w.Safeguard.WithdrawEvidence(id, "it was of another model", entry.Provenance{})
	})
	h.says(condition.CannotTell, nothing)
}

// While the standing is not in force nobody has accepted the evidence.
func TestCriterionNeedsTheStandingInForce(t *testing.T) {
	for _, fall := range map[string]func(*history){
		"withdrawn": func(h *history) {
			h.do(func(w world.World, _ entry.Act) ([]entry.Draft, error) {
				return w.Safeguard.Withdraw(safeguard.WithdrawInput{Standard: "ASL-2", Facet: "deployment", Reason: "gone", By: "security"})
			})
		},
		"reopened": func(h *history) {
			h.do(func(w world.World, _ entry.Act) ([]entry.Draft, error) {
				return w.Safeguard.RecordFailure(safeguard.FailureInput{Standard: "ASL-2", Facet: "deployment", Reason: "broken"})
			})
		},
	} {
		h := asking(t, "criterion_shown", "criterion", "ASL2-D1")
		h.evidence(func(*safeguard.EvidenceInput) {})
		h.says(condition.Met, "has evidence")
		fall(h)
		h.says(condition.CannotTell, "no evidence for the criterion ASL2-D1")
	}
}

// A clearance remembers the entries that its conditions rest on, and takes no
// sentence for one.
func TestClearanceRemembersWhatItRestsOn(t *testing.T) {
	h := cleared(t)
	seq, err := h.issue(issueIn())
	if err != nil {
		t.Fatal(err)
	}
	c, err := h.w.Gate.Clearance(entry.ID("clearance", seq))
	if err != nil {
		t.Fatal(err)
	}
	before := fold(h.entries[:seq])
	if want := proofs(gate.Evaluate(before.Facts(), c.Ask, h.now)); !slices.Equal(c.Rests, want) || len(want) == 0 {
		t.Errorf("rests on %v, want %v", c.Rests, want)
	}
	take(h, proof.ClearanceType, gate.ClearanceIssuedV1{Payload: `{"conditions":[{"reason":"he said \"entries\":[7]","entries":[3,1]},{"entries":[]}]}`, Model: "m"})
	last := h.w.Gate.Clearances()
	if got := last[len(last)-1].Rests; len(got) != 2 || got[0] != 1 || got[1] != 3 {
		t.Errorf("rests on %v", got)
	}
}
