// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package policy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/policy"
)

// all gives every problem of a pack as text, and holds each to a reason, a
// place and a hint.
func all(t *testing.T, src string, load policy.Loader) []string {
	t.Helper()
	if _, err := policy.ParseWith("aster.yaml", []byte(src), load); err == nil {
		t.Error("the pack was accepted")
	}
	var out []string
	for _, f := range policy.Lint("aster.yaml", []byte(src), load) {
		if f.Hint == "" || strings.Count(f.Where, ":") != 2 {
			t.Errorf("no hint or place: %#v", f)
		}
		out = append(out, f.Error())
	}
	return out
}

// One problem hides no other, of whatever sort.
func TestLintReportsEverySortAtOnce(t *testing.T) {
	src := edit(t, minimal(t),
		"publisher: Aster Lab", "publisher: &lab Aster Lab\ncolour: red",
		"title: Aster policy", "title: Aster policy\nsupersedes: aster@1.0",
		"title: Biology,", "title: *lab, shade: {<<: *lab},",
		"office: true,", "office: true, appointed_by: officer,",
		"id: officer, title: Officer, kind: person,", "id: officer, title: !x Officer, kind: person, appointed_by: chief,",
		"{id: council, ", "{id: council, appointed_by: council, ",
		"{id: thieves, title: Thieves,", "{id: thieves, title: Thieves, within: good-thieves,",
		"signers: [chief, officer]", "signers: [chief, nobody]",
		"    on_undefined: hold\n", "    on_undefined: hold\n    implies: [{threshold: BIO-1, basis: house}]\n",
		"months: 6,", `months: "6",`, "warn: [30, 7]", "warn: [7, 30]")
	want := []string{
		"aster.yaml:7:13: aster@1.0 supersedes itself",
		"aster.yaml:8:12: anchors (&lab) are not allowed",
		`aster.yaml:9:1: unknown key "colour" in the pack`,
		"aster.yaml:13:73: the role chief is appointed by itself: chief -> officer -> chief",
		"aster.yaml:14:26: explicit tags (!x) are not allowed",
		"aster.yaml:15:33: the role council is appointed by itself: council -> council",
		"aster.yaml:17:22: aliases (*lab) are not allowed",
		`aster.yaml:17:28: unknown key "shade" in an item of domains`,
		"aster.yaml:17:36: merge keys (<<) are not allowed",
		"aster.yaml:17:40: aliases (*lab) are not allowed",
		"aster.yaml:19:43: the actor thieves lies within itself: thieves -> good-thieves -> thieves",
		"aster.yaml:45:9: BIO-1 would rule itself out: BIO-1 -> BIO-3 -> BIO-1",
		`aster.yaml:74:43: a whole number is needed here, not "6"`,
		`aster.yaml:84:22: no role has the id "nobody"`,
		"aster.yaml:93:159: warnings are not in falling order",
	}
	if d := cmp.Diff(want, all(t, src, nil)); d != "" {
		t.Error(d)
	}
}

// What only follows from a problem is not reported beside it.
func TestLintLeavesOutWhatFollows(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"list misspelt", "roles:\n", "rolls:\n", `unknown key "rolls" in the pack|the pack lacks "roles"`},
		{"optional list misspelt", "actors:\n", "actor:\n", `unknown key "actor" in the pack`},
		{"list split by a slip", "  - {id: officer,", "rolls:\n  - {id: officer,", `unknown key "rolls" in the pack`},
		{"id missing", "{id: council, ", "{", `an item of roles lacks "id"`},
		{"id as an alias", "id: bio, ", "id: *x, ", "aliases (*x) are not allowed"},
		{"element as an alias", "  - {id: store, ", "  - *x\n  - {id: stored, ", "aliases (*x) are not allowed"},
		{"clauses as an alias", "clauses:\n", "clauses: *x\nclause:\n", `aliases (*x) are not allowed|unknown key "clause" in the pack`},
		{"facets misspelt", "    facets:\n", "    facet:\n", `unknown key "facet" in an item of standards`},
		{"effects in the wrong form", "    effects:\n      - {id: BIO-3-E,", "    effects: none\n    x:\n      - {id: BIO-3-E,", `effects must be a list, not "none"|unknown key "x" in an item of thresholds`},
		{"no not", "{is: office_filled, with: [{name: role, value: chief}]}", "{not: {is: office_filled}}", `unknown key "not" in require`},
		{"kind misspelt", "kind: determination", "kind: determine", `"determine" is not a value this key may have`},
		{"merged keys", "title: Biology, ", "<<: {}, ", "merge keys (<<) are not allowed"},
		{"clause as a number", `- {id: "2", `, "- {id: 2, ", "text is needed here, and YAML reads 2 as the number 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			src := edit(t, minimal(t), "title: Aster policy", "title: &x Aster policy", c.old, c.new)
			want := append([]string{"anchors (&x) are not allowed"}, strings.Split(c.want, "|")...)
			var got []string
			for _, f := range policy.Lint("aster.yaml", []byte(src), nil) {
				got = append(got, f.Message)
			}
			slices.Sort(want)
			slices.Sort(got)
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// The problems of an overlay do not hide those of the pack it makes.
func TestOverlayReportsEverySortAtOnce(t *testing.T) {
	src := overlayHead + "x: 1\nremove: [GONE, council]\nset: [{id: T-M, months: 0.5}]\n"
	want := []string{
		`aster.yaml:6:1: unknown key "x" in an overlay`,
		`aster.yaml:7:10: nothing in the base has the id "GONE"`,
		"aster.yaml:8:25: a whole number is needed here, not the number 0.5",
		`aster@1.0:84:23: no role has the id "council"`,
		`aster@1.0:93:68: no role has the id "council"`,
	}
	if d := cmp.Diff(want, all(t, src, loader(t, map[string]string{}))); d != "" {
		t.Error(d)
	}
	same := strings.Replace(overlayHead, `"1.1"`, `"1.0"`, 1)
	if got := all(t, same, loader(t, map[string]string{})); len(got) != 1 || got[0] != "aster.yaml:2:10: aster@1.0 supersedes itself" {
		t.Error(got)
	}
	misplaced := overlayHead + "roles: []\nremove: [council]\n"
	if got := all(t, misplaced, loader(t, map[string]string{})); len(got) != 1 {
		t.Error(got)
	}
}

// Aliases are reported up to a number and never followed.
func TestAliasesAreBounded(t *testing.T) {
	src := edit(t, minimal(t), "publisher: Aster Lab", "publisher: &lab Aster Lab\nx: ["+strings.Repeat("*lab, ", 5000)+"]", "signers: [chief, officer]", "signers: [chief, nobody]")
	got := all(t, src, nil)
	if len(got) != 53 || !strings.Contains(got[len(got)-2], "more aliases") || !strings.Contains(got[len(got)-1], `"nobody"`) {
		t.Errorf("%d problems: %s", len(got), strings.Join(got, "\n"))
	}
}

// A file of nothing but problems is read in no time and listed up to a number.
func TestProblemsAreBounded(t *testing.T) {
	src := "schema: holdpoint/policy/v1\nthresholds: [" + strings.Repeat("{},", 20000) + "{}]\n"
	list := policy.Lint("aster.yaml", []byte(src), nil)
	if len(list) != 2001 || !strings.Contains(list.Error(), "more problems than the 2000") {
		t.Errorf("%d problems", len(list))
	}
}

// Circles that have nothing to do with one another are each reported, a long
// chain takes no time, and a pack of circles is reported up to a number.
func TestManyCircles(t *testing.T) {
	var chain, pairs strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&chain, "  - {id: a%d, within: a%d}\n", i, i+1)
	}
	for i := range 50 {
		fmt.Fprintf(&pairs, "  - {id: a%d, within: a%d}\n", i, i^1)
	}
	for _, c := range []struct {
		name, actors string
		want         int
	}{{"chain", chain.String(), 0}, {"pairs", pairs.String(), 20}} {
		src := edit(t, minimal(t), "actors:\n", "actors:\n"+c.actors)
		if n := strings.Count(policy.Lint("aster.yaml", []byte(src), nil).Error(), "lies within itself"); n != c.want {
			t.Errorf("%s: %d circles, want %d", c.name, n, c.want)
		}
	}
}
