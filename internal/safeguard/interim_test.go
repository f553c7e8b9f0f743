// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package safeguard

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/proof"
)

// saturday is the last day of the interim measures of these tests.
const saturday = deadline.Day("2025-06-07")

func (w *world) measures(edit func(*InterimApproved)) Interim {
	w.t.Helper()
	in := InterimApproved{
		Decision: "decision-1", Standard: "ASL-3", Facet: "deployment", Models: []string{"opus"}, Environments: []string{"production"},
		Measures: []InterimMeasure{{Kind: "limit_access", Text: "to those who were vetted"}}, Expires: string(saturday),
	}
	if edit != nil {
		edit(&in)
	}
	m, err := w.State.Interim(entry.ID("interim", w.do(w.State.ApproveInterim(in, entry.Graded(grade.Attested), w.act()))))
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}

func (w *world) stands(model, env string, floor grade.Grade, now int64) bool {
	return len(w.State.InterimAt(Ask{"ASL-3", "deployment", model, env, floor}, now)) > 0
}

// over writes down what has ended, and gives how the measures ended.
func (w *world) over(id string) (how, by string) {
	w.t.Helper()
	w.do(w.State.Endings(w.now))
	m, err := w.State.Interim(id)
	if err != nil {
		w.t.Fatal(err)
	}
	return m.Ended, m.EndedBy
}

func (w *world) fail(standard string) {
	w.t.Helper()
	w.do(w.State.RecordFailure(FailureInput{Standard: standard, Facet: "deployment", Reason: "a jailbreak"}))
}

// INT-4: interim measures stand in their scope until their last day is over, on a
// weekend like on any day.
func TestInterimMeasuresStandInTheirScope(t *testing.T) {
	w := newWorld(t)
	w.measures(nil)
	for name, c := range map[string]struct {
		model, env string
		floor      grade.Grade
		now        int64
		want       bool
	}{
		"as approved":               {"opus", "production", grade.Attested, w.now, true},
		"another model":             {"haiku", "production", grade.Attested, w.now, false},
		"another environment":       {"opus", "internal", grade.Attested, w.now, false},
		"below the floor":           {"opus", "production", grade.Reported, w.now, false},
		"to the end of its day":     {"opus", "production", grade.Attested, saturday.End() - 1, true},
		"when it is over, a Sunday": {"opus", "production", grade.Attested, saturday.End(), false},
	} {
		if got := w.stands(c.model, c.env, c.floor, c.now); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	w.measures(func(in *InterimApproved) { in.Models, in.Environments = []string{"haiku"}, nil })
	if !w.stands("haiku", "anywhere", grade.Attested, w.now) {
		t.Error("no environment named is every environment")
	}
}

// Given interim measures, when something ends them, then they do not stand, also
// before anybody writes it down, and it is written once.
func TestWhatEndsInterimMeasures(t *testing.T) {
	tests := map[string]struct {
		when    func(w *world, m Interim)
		how, by string
	}{
		"nothing":                        {func(*world, Interim) {}, "", ""},
		"its last day":                   {func(w *world, _ Interim) { w.now = saturday.End() }, Expired, ""},
		"a failure":                      {func(w *world, _ Interim) { w.fail("ASL-3") }, Failed, ""},
		"a failure of another standard":  {func(w *world, _ Interim) { w.fail("ASL-2") }, "", ""},
		"the standard":                   {func(w *world, _ Interim) { w.approve(w.report("opus"), "2026-05-22") }, Replaced, "decision-1"},
		"the standard for another model": {func(w *world, _ Interim) { w.approve(w.report("haiku"), "2026-05-22") }, "", ""},
		"the standard, withdrawn": {func(w *world, _ Interim) {
			w.approve(w.report("haiku"), "2026-05-22")
			w.do(w.State.Withdraw(WithdrawInput{Standard: "ASL-3", Facet: "deployment", Reason: "wrong", By: "rso"}))
		}, Failed, ""},
		"a stronger one": {func(w *world, m Interim) {
			w.measures(func(in *InterimApproved) {
				in.Follows, in.Decision, in.Environments = m.ID, "decision-9", []string{"internal"}
			})
		}, Followed, "decision-9"},
		"a failure, then a day": {func(w *world, _ Interim) { w.fail("ASL-3"); w.now = saturday.End() }, Expired, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := ready(t)
			m := w.measures(nil)
			tt.when(w, m)
			if stands := w.stands("opus", "production", grade.Attested, w.now); stands != (tt.how == "") {
				t.Errorf("stands: %v", stands)
			}
			if how, by := w.over(m.ID); how != tt.how || by != tt.by {
				t.Errorf("ended %q by %q, want %q by %q", how, by, tt.how, tt.by)
			}
			if again, err := w.State.Endings(w.now); err != nil || len(again) != 0 {
				t.Errorf("written twice: %v, %v", again, err)
			}
		})
	}
}

// A failure that was known before does not speak against what was approved after
// it.
func TestInterimMeasuresAfterAFailureStand(t *testing.T) {
	w := newWorld(t)
	w.fail("ASL-3")
	w.measures(nil)
	if !w.stands("opus", "production", grade.Attested, w.now) {
		t.Error("it was answered by what was approved after it")
	}
}

// INT-4: where the standard is not in force when they expire, something stronger
// is due, and the entry says so; where it is, it does not.
func TestExpiryProposesSomethingStronger(t *testing.T) {
	for name, c := range map[string]struct {
		given func(w *world)
		want  string
	}{
		"not in force": {func(*world) {}, "is not in force for opus: a stronger restriction is proposed"},
		"in force":     {func(w *world) { w.approve(w.report(), "2026-05-22") }, "its last day was 2025-06-07"},
	} {
		w := ready(t)
		c.given(w) // approved before, and so nothing that replaces them
		m := w.measures(nil)
		w.now = saturday.End()
		w.over(m.ID)
		if m, _ = w.State.Interim(m.ID); !strings.HasSuffix(m.Reason, c.want) {
			t.Errorf("%s: %s", name, m.Reason)
		}
	}
}

func TestInterimMeasuresThatCannotBeCarriedOut(t *testing.T) {
	w := newWorld(t)
	_, err := w.State.ApproveInterim(InterimApproved{Follows: "interim-1", Expires: string(saturday)}, entry.Provenance{}, w.act())
	if fault.KindOf(err) != fault.NotFound {
		t.Errorf("follows nothing: %v", err)
	}
	w.now = saturday.End()
	if _, err = w.State.ApproveInterim(InterimApproved{Expires: string(saturday)}, entry.Provenance{}, w.act()); fault.KindOf(err) != fault.Conflict {
		t.Errorf("over already: %v", err)
	}
	d, err := interimEnded.Draft(InterimEnded{Interim: "interim-1", How: Expired, Reason: "r"})
	if err != nil {
		t.Fatal(err)
	}
	err = w.State.Apply(entry.Entry{Header: proof.Header{Type: d.Type, V: d.V}, Body: d.Body})
	if fault.KindOf(err) != fault.Corrupt {
		t.Errorf("ends what is not there: %v", err)
	}
}

// Property: a replay gives what was there live, a fork changes nothing, and no
// passing day and no entry against them lets interim measures stand again.
func TestInterimMeasuresNeverComeBack(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := ready(rt)
		m := w.measures(nil)
		before := w.State.Fork()
		over := false
		for range rapid.IntRange(1, 6).Draw(rt, "steps") {
			switch rapid.IntRange(0, 3).Draw(rt, "what") {
			case 0:
				w.now += int64(rapid.IntRange(1, 12).Draw(rt, "days")) * 86_400_000
			case 1:
				w.fail("ASL-3")
			case 2:
				w.do(w.State.Endings(w.now))
			case 3:
				seq := w.do(w.State.RecordEvidence(EvidenceInput{Standard: "ASL-3", Facet: "deployment", Criterion: "red_team", Statement: "x"}, two, w.act()))
				w.do(w.State.WithdrawEvidence(entry.ID("safeguard-evidence", seq), "lost", entry.Provenance{}))
			}
			stands := w.stands("opus", "production", grade.Attested, w.now)
			if over && stands {
				rt.Fatal("what was over stands again")
			}
			over = !stands
		}
		var again State
		for _, e := range w.entries {
			again = again.Fork()
			if err := again.Apply(e); err != nil {
				rt.Fatal(err)
			}
		}
		if d := cmp.Diff(w.State.Interims(), again.Interims()); d != "" {
			rt.Fatal(d)
		}
		if was, err := before.Interim(m.ID); err != nil || was.EndedSeq != 0 {
			rt.Fatalf("a fork was changed: %+v, %v", was, err)
		}
	})
}
