// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package policy_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/holdpoint/holdpoint/internal/policy"
)

// examples gives the whole packs among the YAML of the author's guide.
func examples(t *testing.T) (guide string, whole []string) {
	t.Helper()
	src, err := os.ReadFile("../../docs/policy-packs.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range strings.Split(string(src), "```yaml\n")[1:] {
		block, _, _ := strings.Cut(part, "```")
		if strings.Contains(block, "schema: "+policy.Schema) {
			whole = append(whole, block)
		}
	}
	return string(src), whole
}

// The guide's packs are packs, its overlay applies to its first pack, and its
// table of predicates is the catalogue.
func TestGuide(t *testing.T) {
	guide, whole := examples(t)
	if len(whole) != 2 {
		t.Fatalf("%d packs in the guide, want 2", len(whole))
	}
	base, err := policy.Parse("guide", []byte(whole[0]))
	if err != nil {
		t.Fatal(err)
	}
	next, err := policy.ParseWith("guide overlay", []byte(whole[1]), func(id, version string) ([]byte, error) {
		if id+"@"+version != base.Ref() {
			return nil, errors.New("not the guide's")
		}
		return []byte(whole[0]), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if f, _ := next.Standard("S2", policy.Security); len(f.Criteria) != 1 || f.Reapproval.Months != 6 {
		t.Errorf("overlay: %+v", f)
	}
	for _, p := range policy.Catalogue() {
		var names []string
		for _, s := range p.Params {
			names = append(names, "`"+s.Name+"`")
		}
		row := fmt.Sprintf("| `%s` | %s", p.Name, strings.Join(names, ", "))
		if !strings.Contains(guide, row) {
			t.Errorf("the guide's table lacks %s", row)
		}
	}
}
