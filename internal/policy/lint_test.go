// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package policy_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/packs"
)

func TestMinimalPackIsClean(t *testing.T) {
	if list := policy.Lint("aster.yaml", []byte(minimal(t)), nil); len(list) > 0 {
		t.Fatal(messages(list))
	}
}

// Every problem is named with its exact line and column.
func TestLintNamesThePlace(t *testing.T) {
	for _, c := range []struct {
		name     string
		old, new string
		want     string
	}{
		{"unknown key", "publisher: Aster Lab", "publisher: Aster Lab\npublishd: 2026-01-01", `aster.yaml:8:1: unknown key "publishd" in the pack`},
		{"unknown key in an element", "title: Biology,", "title: Biology, colour: red,", `aster.yaml:15:31: unknown key "colour" in an item of domains`},
		{"missing key", "title: Biology, ", "", `aster.yaml:15:5: an item of domains lacks "title"`},
		{"wrong type", "roles:\n", "roles: none\nx_roles:\n", `aster.yaml:10:8: roles must be a list, not "none"`},
		{"version as a number", `version: "1.0"`, "version: 1.0", "aster.yaml:5:10: text is needed here, and YAML reads 1.0 as the number 1.0"},
		{"number as text", "months: 6,", `months: "6",`, `aster.yaml:71:43: a whole number is needed here, not "6"`},
		{"octal number", "months: 6,", "months: 012,", "aster.yaml:71:43: a whole number is needed here, not the number 012"},
		{"bad truth value", "distinct: true", "distinct: yes", `aster.yaml:82:15: true or false is needed here, not "yes"`},
		{"bad day", "published: 2026-01-01", "published: 2026-02-30", `aster.yaml:8:12: "2026-02-30" is not a day of the calendar`},
		{"order of days", "effective: 2026-02-01", "effective: 2025-02-01", "aster.yaml:9:12: in force from 2025-02-01, but published on 2026-01-01"},
		{"no months", "{id: S1-RE, months: 12,", "{id: S1-RE, months: 0,", "aster.yaml:38:41: a re-approval period of no time"},
		{"ratio as a number", `ratio: "4"`, "ratio: 4", "aster.yaml:70:54: 4 is not a decimal in quotes"},
		{"unknown word", "kind: body,", "kind: crowd,", `aster.yaml:13:41: "crowd" is not a value this key may have`},
		{"missing id", "{id: bio, ", "{", `aster.yaml:15:5: an item of domains lacks "id"`},
		{"id used twice", "{id: council,", "{id: chief,", `aster.yaml:13:10: the id "chief" is already that of a role (aster.yaml:11:10)`},
		{"dangling role", "signers: [chief, officer]", "signers: [chief, nobody]", `aster.yaml:81:22: no role has the id "nobody"`},
		{"wrong sort", "signers: [chief, officer]", "signers: [chief, store]", `aster.yaml:81:22: "store" is the id of another sort of thing (action); the id of a role is needed here`},
		{"dangling standard", "standard: S1, actions: [store]", "standard: S9, actions: [store]", `aster.yaml:41:43: no standard has the id "S9"`},
		{"missing facet", "{id: BASE, facet: security,", "{id: BASE, facet: deployment,", "aster.yaml:41:23: the standard S1 has no facet deployment"},
		{"undefined standard unsaid", "    on_undefined: hold\n", "", "aster.yaml:63:7: BIO-3 demands a standard without criteria and does not say what that does"},
		{"unknown predicate", "is: office_filled", "is: office_full", `aster.yaml:88:44: no predicate is called "office_full"`},
		{"missing parameter", "{is: office_filled, with: [{name: role, value: chief}]}", "{is: office_filled}", `aster.yaml:88:39: office_filled needs the parameter "role"`},
		{"no not", "{is: office_filled, with: [{name: role, value: chief}]}", "{not: {is: office_filled}}", `aster.yaml:88:40: unknown key "not" in require`},
		{"empty condition", "{is: office_filled, with: [{name: role, value: chief}]}", "{all: []}", "aster.yaml:88:39: a condition is one of all, any and is, and not empty"},
		{"text without clause", `{id: bio, title: Biology, status: tracked, clause: "1",`, "{id: bio, title: Biology, status: tracked,", "aster.yaml:15:5: an item of domains stands on the policy (basis text) but names no clause"},
		{"unknown clause", `status: tracked, clause: "1",`, `status: tracked, clause: "9",`, `aster.yaml:15:56: no clause has the id "9"`},
		{"clause names no element", "coverage: encoded}", "coverage: encoded, where: [GONE]}", `aster.yaml:96:95: clause 1 says it is encoded in "GONE", which does not exist`},
		{"clause covered by nothing", "coverage: judgement, why: Nobody can measure it}", "coverage: encoded}", "aster.yaml:97:76: clause 2 counts as encoded, but no element carries it"},
		{"clause not encoded yet cited", "coverage: encoded}", "coverage: not_encoded, why: Later}", "aster.yaml:96:78: clause 1 counts as not encoded, but 31 elements carry it"},
		{"circle", "    on_undefined: hold\n", "    on_undefined: hold\n    implies: [{threshold: BIO-1, basis: house}]\n", "aster.yaml:43:9: BIO-1 would rule itself out: BIO-1 -> BIO-3 -> BIO-1"},
		{"circle of actors", "{id: thieves, title: Thieves,", "{id: thieves, title: Thieves, within: good-thieves,", "aster.yaml:17:43: the actor thieves lies within itself: thieves -> good-thieves -> thieves"},
		{"trigger without parameter", "months: 6, ", "", "aster.yaml:71:5: a trigger of kind months_since needs months"},
		{"target that holds", "hardness: must, warn: [30, 7], on_breach: finding", "hardness: target, warn: [30, 7], on_breach: hold", "aster.yaml:90:177: a missed target cannot hold anything"},
		{"watch with effects", "    kind: capability\n    level: 3", "    kind: watch\n    level: 3", "BIO-3 is a watch, which has no gate and so no effects"},
		{"capability without effects", "    effects:\n      - {id: BIO-3-E, facet: security, standard: S2, actions: [store, ship], clause: \"1\", basis: text}\n", "", "BIO-3 is a capability threshold that demands nothing"},
		{"checkpoint that rules out nothing", "rules_out: [{threshold: BIO-1, clause: \"1\", basis: text}], ", "", "CKPT is a checkpoint with 0 thresholds under rules_out"},
		{"carried by nothing", "    on_undefined: hold\n", "    on_undefined: hold\n    transition: {kind: assess_by}\n", "a transition of kind assess_by with the day \"\""},
		{"defined without facets", "rank: 2, defined: false", "rank: 2, defined: true", "S2 says defined: true but has 0 facets"},
		{"actor in and out", "actors_out: [states]", "actors_out: [thieves]", "the actor \"thieves\" is both in and out of scope"},
		{"trigger with a stray parameter", "months: 6,", "months: 6, role: chief,", "a trigger of kind months_since has no role"},
		{"clearance of no time", "environment: vault, clearance_max_hours: 24", "environment: vault, clearance_max_hours: 0", "a clearance for store could never be valid"},
		{"unknown parameter", "[{name: role, value: chief}]", "[{name: role, value: chief}, {name: age, value: \"3\"}]", "office_filled has no parameter \"age\", or has it already"},
		{"parameter of the wrong sort", "{is: office_filled, with: [{name: role, value: chief}]}", "{is: review_current, with: [{name: kind, value: audit}, {name: months, value: soon}]}", "\"soon\" is not a number of months"},
		{"decision never made", "{is: office_filled, with: [{name: role, value: chief}]}", "{is: decision_in_force, with: [{name: kind, value: interim}]}", "this pack decides nothing of the kind \"interim\""},
		{"criterion that is none", "{is: office_filled, with: [{name: role, value: chief}]}", "{is: criterion_shown, with: [{name: criterion, value: S9-A}]}", "no criterion has the id \"S9-A\""},
		{"months without count", "within: {unit: months, count: 12}", "within: {unit: months}", "O allows a number of months without saying how many"},
		{"promptly with count", "within: {unit: months, count: 12}", "within: {unit: promptly, count: 12}", "\"promptly\" takes no count"},
		{"range backwards", "within: {unit: months, count: 12}", "within: {unit: months, count: 12, earliest: 13}", "a range that begins at 13 and ends at 12"},
		{"warnings out of order", "warn: [30, 7]", "warn: [7, 30]", "warnings are not in falling order"},
		{"redaction without reasons", "reasons: [legal], ", "", "RED is a rule of redaction with 0 reasons"},
		{"notice to nobody", "to: [council], ", "", "NOTE is a notice to nobody"},
		{"nobody signs", "signers: [chief, officer]", "signers: []", "D-DET can be decided by nobody"},
		{"judgement without why", ", why: Nobody can measure it", "", "clause 2 is judgement without a reason"},
		{"bad pack id", "id: aster", "id: Aster", "\"Aster\" cannot be the id of a policy"},
		{"bad version", "version: \"1.0\"", "version: \"v1\"", "\"v1\" is not a version"},
		{"bad supersedes", "title: Aster policy", "title: Aster policy\nsupersedes: before", "\"before\" does not name a version of a policy"},
		{"bad element id", "id: bio, ", "id: b/o, ", "\"b/o\" cannot be an id"},
		{"schema of another release", "schema: holdpoint/policy/v1", "schema: holdpoint/policy/v2", `aster.yaml:3:9: schema "holdpoint/policy/v2" is not one this release reads`},
		{"second document", "clauses:\n", "---\nclauses:\n", "aster.yaml:95:1: a second YAML document starts here"},
		{"key twice", "publisher: Aster Lab", "publisher: Aster Lab\nid: other", `aster.yaml:8:1: key "id" is there twice; the first is on line 4`},
		{"merge key", "{id: bio, title", "{<<: {a: b}, id: bio, title", "aster.yaml:15:6: merge keys (<<) are not allowed"},
		{"alias", "publisher: Aster Lab", "publisher: *x", "aster.yaml:1:1: not readable as YAML: yaml: unknown anchor 'x' referenced"},
		{"anchor", "publisher: Aster Lab", "publisher: &x Aster Lab", "aster.yaml:7:12: anchors (&x) are not allowed"},
		{"custom tag", "publisher: Aster Lab", "publisher: !lab Aster", "aster.yaml:7:12: explicit tags (!lab) are not allowed"},
		{"hidden character", "publisher: Aster Lab", "publisher: \"Aster\\u200bLab\"", "aster.yaml:7:12: the value has characters that do not show"},
		{"broken YAML", "roles:\n", "roles: [\n", "aster.yaml:10:1: not readable as YAML: yaml: line 10: did not find expected node content"},
	} {
		t.Run(c.name, func(t *testing.T) {
			list := policy.Lint("aster.yaml", []byte(edit(t, minimal(t), c.old, c.new)), nil)
			if len(list) == 0 {
				t.Fatal("no problem found")
			}
			if !strings.Contains(list.Error(), c.want) {
				t.Errorf("want %s\ngot  %s", c.want, messages(list))
			}
			for _, f := range list {
				if f.Hint == "" || f.Where == "" || f.Kind != fault.Invalid {
					t.Errorf("no hint, place or kind: %#v", f)
				}
			}
		})
	}
}

// All problems come at once, in the order of the file.
func TestLintReportsEverything(t *testing.T) {
	src := edit(t, minimal(t), "status: tracked", "status: tracking", "months: 6,", "month: 6,", "distinct: true", "distinct: maybe")
	var places []string
	for _, f := range policy.Lint("aster.yaml", []byte(src), nil) {
		places = append(places, f.Where)
	}
	want := []string{"aster.yaml:15:39", "aster.yaml:71:35", "aster.yaml:82:15"}
	if diff := cmp.Diff(want, places); diff != "" {
		t.Error(diff)
	}
}

// Two thresholds cannot each be the heir of the other.
func TestCircleOfHeirs(t *testing.T) {
	src := edit(t, minimal(t),
		"statement: Does it all.", "statement: Does it all.\n    succeeds: [{threshold: BIO-1, words: same, basis: house}]",
		"statement: Helps much.", "statement: Helps much.\n    succeeds: [{threshold: BIO-3, words: same, basis: house}]")
	list := policy.Lint("aster.yaml", []byte(src), nil)
	if len(list) != 1 || list[0].Error() != "aster.yaml:43:9: BIO-1 would succeed itself: BIO-1 -> BIO-3 -> BIO-1" {
		t.Error(messages(list))
	}
}

// An alias bomb is refused at the first alias, whatever it would grow to.
func TestAliasBomb(t *testing.T) {
	var b strings.Builder
	b.WriteString("schema: holdpoint/policy/v1\na0: &a0 [x, x]\n")
	for i := 1; i < 40; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [*a%d, *a%d]\n", i, i, i-1, i-1)
	}
	list := policy.Lint("bomb.yaml", []byte(b.String()), nil)
	if len(list) == 0 || !strings.Contains(list.Error(), "bomb.yaml:3:10: aliases (*a0) are not allowed") {
		t.Fatalf("got %s", messages(list))
	}
}

func TestLimits(t *testing.T) {
	for name, src := range map[string]string{
		"bytes": "schema: " + strings.Repeat("x", 1<<20),
		"depth": "schema: " + strings.Repeat("[", 60) + strings.Repeat("]", 60),
		"nodes": "schema: [" + strings.Repeat("a,", 200_000) + "a]",
		"empty": "",
		"list":  "- a",
	} {
		if list := policy.Lint(name, []byte(src), nil); len(list) == 0 {
			t.Errorf("%s: accepted", name)
		}
	}
}

const overlayHead = `schema: holdpoint/policy/v1
extends: aster@1.0
version: "1.1"
published: 2026-03-01
effective: 2026-03-01
`

func loader(t testing.TB, files map[string]string) policy.Loader {
	files["aster@1.0"] = minimal(t)
	return func(id, version string) ([]byte, error) {
		src, ok := files[id+"@"+version]
		if !ok {
			return nil, errors.New("no such pack")
		}
		return []byte(src), nil
	}
}

func TestOverlay(t *testing.T) {
	src := overlayHead + `remove: [S1-B, G]
set:
  - {id: T-M, months: 3}
add:
  roles:
    - {id: board, title: Board, kind: body, clause: "1", basis: text}
`
	p, err := policy.ParseWith("over.yaml", []byte(src), loader(t, map[string]string{}))
	if err != nil {
		t.Fatal(err)
	}
	f, _ := p.Standard("S1", policy.Security)
	_, board := p.Role("board")
	if len(f.Criteria) != 1 || len(p.Gates) != 0 || p.Triggers[1].Months != 3 || !board {
		t.Errorf("not merged: %+v", p)
	}
	if p.Ref() != "aster@1.1" || p.Supersedes != "aster@1.0" || p.Title != "Aster policy" {
		t.Errorf("head: %s supersedes %s", p.Ref(), p.Supersedes)
	}
}

func TestOverlayFaults(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"no such base", strings.Replace(overlayHead, "aster@1.0", "aster@9.0", 1), "over.yaml:2:10: the base aster@9.0 cannot be loaded: no such pack"},
		{"not a reference", strings.Replace(overlayHead, "aster@1.0", "aster", 1), `over.yaml:2:10: "aster" does not name a version of a policy`},
		{"circle", strings.Replace(overlayHead, "aster@1.0", "ring@1.0", 1), "packs extend each other in a circle: ring@1.0 -> ring@2.0 -> ring@1.0"},
		{"remove what is not there", overlayHead + "remove: [GONE]\n", `over.yaml:6:10: nothing in the base has the id "GONE"`},
		{"set what is not there", overlayHead + "set: [{id: GONE}]\n", `over.yaml:6:12: nothing in the base has the id "GONE"`},
		{"unknown key", overlayHead + "roles: []\n", `over.yaml:6:1: unknown key "roles" in an overlay`},
		{"unknown list", overlayHead + "add: {rolls: [{id: x}]}\n", `over.yaml:6:7: unknown key "rolls" in the pack`},
		{"no version", strings.Replace(overlayHead, "version: \"1.1\"\n", "", 1), `over.yaml:1:1: an overlay states its own "version"`},
		{"dangling after remove", overlayHead + "remove: [council]\n", `aster@1.0:84:23: no role has the id "council"`},
		{"base in error", strings.Replace(overlayHead, "aster@1.0", "bad@1.0", 1), "bad@1.0:2:1: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			load := loader(t, map[string]string{
				"ring@1.0": strings.Replace(overlayHead, "aster@1.0", "ring@2.0", 1),
				"ring@2.0": strings.Replace(overlayHead, "aster@1.0", "ring@1.0", 1),
				"bad@1.0":  "schema: holdpoint/policy/v1\n<<: {}\n",
			})
			list := policy.Lint("over.yaml", []byte(c.src), load)
			if !strings.Contains(list.Error(), c.want) {
				t.Errorf("want %s\ngot  %s", c.want, messages(list))
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(minimal(f)))
	f.Add([]byte(overlayHead + "remove: [G]\n"))
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("schema: holdpoint/policy/v1\nthresholds: [{id: 1}]"))
	if src, err := packs.Source("anthropic-rsp", "2.2"); err == nil {
		f.Add(src)
	}
	load := loader(f, map[string]string{})
	f.Fuzz(func(t *testing.T, src []byte) {
		p, err := policy.ParseWith("fuzz.yaml", src, load)
		if err != nil {
			return
		}
		q, err := policy.ParseCanonical(p.Canonical())
		if err != nil {
			t.Fatalf("what was read cannot be read back: %v", err)
		}
		if diff := cmp.Diff(p, q); diff != "" {
			t.Fatal(diff)
		}
		if changes := policy.Diff(p, q); len(changes) > 0 {
			t.Fatalf("differs from itself: %v", changes)
		}
	})
}
