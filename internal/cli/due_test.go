// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

// "Which trigger fires next?" is answered from a training plan, and asking leaves
// no entry.
func TestModelDueByAPlan(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	if _, code := typing(t, "demo", "--once", "--dir", dir); code != 0 {
		t.Fatal("demo")
	}
	lab := filepath.Join(dir, "drill")
	before, _ := typing(t, "ledger", "head", "--dir", lab)
	ask := func(plan ...string) (string, int) {
		args := []string{"model", "due", "aster-2", "--dir", lab}
		for _, p := range plan {
			args = append(args, "--plan", p)
		}
		return typing(t, args...)
	}
	if out, code := ask("2e21@2026-08-01", "6e21@2026-08-31"); code != 0 || !strings.Contains(out, "By this plan T-COMPUTE fires next, on 2026-08-1") {
		t.Errorf("%d\n%s", code, out)
	}
	if out, code := ask("2e21@2026-08-01", "2.1e21@2026-12-31"); code != 0 || !strings.Contains(out, "By this plan T-MONTHS fires next, on 2026-09-05") {
		t.Errorf("%d\n%s", code, out)
	}
	for _, bad := range []string{"2e21", "much@2026-08-01", "2e21@soon", "@2026-08-01"} {
		if _, code := ask(bad); code != 2 {
			t.Errorf("%s: exit %d", bad, code)
		}
	}
	if _, code := typing(t, "model", "due", "--dir", lab, "--plan", "2e21@2026-08-01"); code != 2 {
		t.Error("a plan of no model was taken")
	}
	if after, _ := typing(t, "ledger", "head", "--dir", lab); after != before {
		t.Error("asking left an entry")
	}
	out, _ := typing(t, "model", "due", "aster-2", "--dir", lab, "--json", "--plan", "9e21@2026-08-02")
	var got struct {
		Due []struct {
			Trigger string
			Planned *string `json:"planned_on"`
		}
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	for _, d := range got.Due {
		if d.Trigger == "T-COMPUTE" && (d.Planned == nil || *d.Planned != "2026-08-02") {
			t.Errorf("%+v", d)
		}
	}
}
