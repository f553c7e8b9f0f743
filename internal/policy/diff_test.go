// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/policy"
)

func sentences(list []policy.Change) string {
	var b strings.Builder
	for _, c := range list {
		fmt.Fprintf(&b, "%s\t%s\t%s\t%s\n", c.Kind, c.Element, c.Clause, c.Sentence)
	}
	return b.String()
}

func count(list []policy.Change, kind policy.ChangeKind) int {
	n := 0
	for _, c := range list {
		if c.Kind == kind {
			n++
		}
	}
	return n
}

// From 2.0 to 2.1 one promise is dropped, one threshold and one duty are new;
// from 2.1 to 2.2 insiders leave the scope of ASL-3 security (POL-4).
func TestShippedDiff(t *testing.T) {
	for _, c := range []struct {
		from, to              string
		loosening, tightening int
		names                 []string
	}{
		{"2.0", "2.1", 1, 2, []string{"loosening\tNEXT-LEVEL", "tightening\tCBRN-4", "tightening\tTHRESHOLD-REVIEW"}},
		{"2.1", "2.2", 1, 0, []string{"loosening\tASL-3-SECURITY\t4.2\tASL-3 security need no longer hold against: sophisticated insiders; state-compromised insiders."}},
		{"2.0", "2.2", 2, 2, []string{"loosening\tNEXT-LEVEL", "loosening\tASL-3-SECURITY"}},
		{"2.2", "2.1", 0, 1, []string{"tightening\tASL-3-SECURITY"}},
		{"2.2", "2.2", 0, 0, nil},
	} {
		changes := policy.Diff(shipped(t, c.from), shipped(t, c.to))
		text := sentences(changes)
		if count(changes, policy.Loosening) != c.loosening || count(changes, policy.Tightening) != c.tightening {
			t.Errorf("%s to %s:\n%s", c.from, c.to, text)
		}
		for _, n := range c.names {
			if !strings.Contains(text, n) {
				t.Errorf("%s to %s lacks %q:\n%s", c.from, c.to, n, text)
			}
		}
		if c.from < c.to {
			golden(t, "diff-"+c.from+"-"+c.to+".golden", text)
		}
	}
}

// Each rule of the diff, one change at a time: exactly one line, of the kind
// expected, and of the opposite kind when read backwards.
func TestDiffRules(t *testing.T) {
	const (
		up   = policy.Tightening
		down = policy.Loosening
		flat = policy.Neutral
	)
	for _, c := range []struct {
		name     string
		old, new string
		kind     policy.ChangeKind
		back     policy.ChangeKind
	}{
		{"months since", "kind: months_since, months: 6", "kind: months_since, months: 9", down, up},
		{"compute ratio", `ratio: "4"`, `ratio: "10"`, down, up},
		{"compute ratio below", `ratio: "4"`, `ratio: "2.5"`, up, down},
		{"trigger gone", "  - {id: T-EC, kind: effective_compute_ratio, ratio: \"4\", starts: comprehensive, clause: \"1\", basis: text}\n", "", down, up},
		{"criterion gone", "          - {id: S1-B, title: Guards, statement: Guards walk., clause: \"1\", basis: text}\n", "", down, up},
		{"criterion part", "parts: [front, back]", "parts: [front]", down, up},
		{"criterion in other words", "Doors are locked.", "Doors are mostly locked.", down, down},
		{"threshold in other words", "Helps much.", "Helps very much.", down, down},
		{"actor out of scope", "actors_out: [states]", "actors_out: [states, good-thieves]", down, up},
		{"narrower actor is covered", "actors_in: [thieves]", "actors_in: [thieves, good-thieves]", "", ""},
		{"re-approval later", "months: 12, on_lapse: lapsed", "months: 18, on_lapse: lapsed", down, up},
		{"re-approval lapse", "on_lapse: lapsed", "on_lapse: finding", down, up},
		{"effect on fewer actions", "standard: S1, actions: [store, ship]", "standard: S1, actions: [store]", down, up},
		{"effect of another standard", "    implies: [{threshold: BIO-3, basis: house}]\n    effects:\n      - {id: BIO-1-E, facet: security, standard: S1,", "    implies: [{threshold: BIO-3, basis: house}]\n    on_undefined: hold\n    effects:\n      - {id: BIO-1-E, facet: security, standard: S2,", up, down},
		{"a new way to rule out", "    implies: [{threshold: BIO-3, basis: house}]\n", "", up, down},
		{"signer gone", "signers: [chief, officer]", "signers: [chief]", down, up},
		{"one person may sign twice", "distinct: true", "distinct: false", down, up},
		{"delivery later", "{to: council, when: before}", "{to: council, when: promptly_after}", down, up},
		{"delivery gone", "    deliveries: [{to: council, when: before}]\n", "", down, up},
		{"feedback gone", "    feedback: [{kind: internal, when: before, stakes: high_stakes}]\n", "", down, up},
		{"deadline later", "within: {unit: months, count: 12}", "within: {unit: months, count: 13}", down, up},
		{"deadline in other units", "within: {unit: months, count: 12}", "within: {unit: calendar_days, count: 300}", up, down},
		{"deadline that cannot be compared", "within: {unit: months, count: 12}", "within: {unit: calendar_days, count: 350}", down, down},
		{"softer", "hardness: must", "hardness: target", down, up},
		{"breach", "on_breach: finding", "on_breach: hold", up, down},
		{"duty gone", "obligations:\n  - {id: O, title: Yearly look, statement: Look once a year., owner: officer, starts: last_done, within: {unit: months, count: 12}, hardness: must, warn: [30, 7], on_breach: finding, clause: \"1\", basis: text}\n", "", down, up},
		{"warnings", "warn: [30, 7]", "warn: [14]", flat, flat},
		{"condition grows", "require: {is: office_filled, with: [{name: role, value: chief}]}", "require: {all: [{is: third_party_documented}, {is: office_filled, with: [{name: role, value: chief}]}]}", up, down},
		{"condition becomes a choice", "require: {is: office_filled, with: [{name: role, value: chief}]}", "require: {any: [{is: third_party_documented}, {is: office_filled, with: [{name: role, value: chief}]}]}", down, down},
		{"contents", "contents: [threat_map, evaluations]", "contents: [evaluations]", down, up},
		{"evaluations suffice", "contents: [threat_map, evaluations],", "contents: [threat_map, evaluations], supporting_evaluations: 1,", down, up},
		{"elicitation", "    - {id: EL, technique: cot, statement: Thinks first., clause: \"1\", basis: text}\n", "    - {id: EL, technique: cot, statement: Thinks first., clause: \"1\", basis: text}\n    - {id: EL2, technique: tools, statement: Has tools., clause: \"1\", basis: text}\n", up, down},
		{"preregistration", "mode: record", "mode: require", up, down},
		{"reason to redact", "reasons: [legal]", "reasons: [legal, shame]", down, up},
		{"content of a notice", "contents: [summary]", "contents: [summary, report]", up, down},
		{"clearance lasts longer", "environment: vault, clearance_max_hours: 24", "environment: vault, clearance_max_hours: 48", down, up},
		{"floor", "floor: reported", "floor: attested", down, up},
		{"baseline", "standard: S1, actions: [store]", "standard: S1, actions: [store, ship]", up, down},
		{"office", "kind: person, office: true,", "kind: person,", down, up},
		{"standard gets criteria", "  - {id: S2, title: Second, rank: 2, defined: false, clause: \"1\", basis: text}\n", "  - id: S2\n    title: Second\n    rank: 2\n    defined: true\n    clause: \"1\"\n    basis: text\n    facets:\n      - {id: S2-SEC, facet: security, statement: Safer., criteria: [{id: S2-A, title: Walls, statement: Walls stand., clause: \"1\", basis: text}], clause: \"1\", basis: text}\n", flat, up},
		{"rank", "title: First\n    rank: 1", "title: First\n    rank: 3", down, down},
		{"no renewal", "        reapproval: {id: S1-RE, months: 12, on_lapse: lapsed, clause: \"1\", basis: reading}\n", "", down, up},
		{"role is new", "  - {id: council,", "  - {id: pool, title: Pool, kind: body, clause: \"1\", basis: text}\n  - {id: council,", flat, flat},
		{"duties of a role", "duties: [acknowledge]", "duties: [acknowledge, review]", flat, flat},
		{"clock start", "starts: last_done", "starts: quarter_end", down, down},
		{"once only", "starts: last_done, ", "starts: last_done, recurring: true, ", up, down},
		{"checkpoint becomes a threshold of its own", "kind: checkpoint, statement: Gets halfway., rules_out: [{threshold: BIO-1, clause: \"1\", basis: text}],", "kind: alert, statement: Gets halfway.,", "mixed", "mixed"},
		{"title", "title: Aster policy", "title: Aster rules", flat, flat},
		{"clause text", "summary: Everything", "summary: All of it", flat, flat},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, b := parse(t, minimal(t)), parse(t, edit(t, minimal(t), c.old, c.new))
			only(t, policy.Diff(a, b), c.kind)
			only(t, policy.Diff(b, a), c.back)
			if diff := policy.Diff(b, b); len(diff) > 0 {
				t.Errorf("differs from itself: %v", diff)
			}
		})
	}
}

func only(t *testing.T, got []policy.Change, want policy.ChangeKind) {
	t.Helper()
	if want == "mixed" {
		if len(got) == 0 {
			t.Error("want changes, got none")
		}
		return
	}
	if want == "" {
		if len(got) > 0 {
			t.Errorf("want no change, got\n%s", sentences(got))
		}
		return
	}
	if len(got) != 1 || got[0].Kind != want {
		t.Errorf("want one %s, got\n%s", want, sentences(got))
		return
	}
	if s := got[0].Sentence; !strings.HasSuffix(s, ".") || strings.HasSuffix(s, "..") || got[0].Element == "" {
		t.Errorf("not a sentence about an element: %+v", got[0])
	}
}

// The declared relation of words decides; a split is one line.
func TestDiffSuccession(t *testing.T) {
	a := parse(t, minimal(t))
	for words, kind := range map[string]policy.ChangeKind{
		"higher": policy.Loosening, "lower": policy.Tightening, "part": policy.Loosening,
	} {
		b := parse(t, edit(t, minimal(t), "statement: Does it all.", "statement: Does other things.\n    succeeds: [{threshold: BIO-3, words: "+words+", basis: house}]"))
		only(t, policy.Diff(a, b), kind)
	}
	same := parse(t, edit(t, minimal(t), "statement: Does it all.", "statement: Does it all of it.\n    succeeds: [{threshold: BIO-3, words: same, basis: house}]"))
	if got := policy.Diff(a, same); len(got) > 0 {
		t.Errorf("the same words: %s", sentences(got))
	}
	split := edit(t, minimal(t), "implies: [{threshold: BIO-3, basis: house}]", "implies: [{threshold: BIO-3, basis: house}, {threshold: BIO-4, basis: house}]",
		"statement: Does it all.", "statement: Does half.\n    succeeds: [{threshold: BIO-3, words: part, basis: house}]",
		"  - {id: CKPT,", `  - id: BIO-4
    title: Other half
    domain: bio
    kind: capability
    level: 4
    statement: Does the other half.
    succeeds: [{threshold: BIO-3, words: part, basis: house}]
    clause: "1"
    basis: text
    effects:
      - {id: BIO-4-E, facet: security, standard: S1, actions: [store, ship], clause: "1", basis: text}
  - {id: CKPT,`)
	got := policy.Diff(a, parse(t, split))
	only(t, got, policy.Loosening)
	if diff := cmp.Diff("The threshold BIO-3 is split into BIO-3 and BIO-4: BIO-4 demands S1 security instead of S2.", got[0].Sentence); diff != "" {
		t.Error(diff)
	}
}
