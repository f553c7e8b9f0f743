// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"encoding/json"
	"path/filepath"
	"testing"
)

// POL-5: an unclear clause is asked about, ruled on by the policy's signer, and
// stays to be clarified until a version says it in other words.
func TestInterpretations(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "lab")
	key := filepath.Join(t.TempDir(), "officer.key")
	lab := func(args ...string) string {
		t.Helper()
		out, code := typing(t, append([]string{"--dir", dir}, args...)...)
		if code != 0 {
			t.Fatal(args, code, out)
		}
		return out
	}
	if _, code := typing(t, "init", dir, "--policy", "anthropic-rsp@2.0"); code != 0 {
		t.Fatal("init")
	}
	lab("person", "add", "p-officer", "--role", "rso")
	lab("key", "new", "p-officer", "-o", key)
	lab("policy", "interpret", "3.1", "--question", "From which day does half a year count?")

	type register struct {
		Questions []struct{ Kind, About string }
		Rulings   []struct {
			Decision, Status, Clause string
			ClarifiedBy              *string `json:"clarified_by"`
		}
	}
	read := func() (r register) {
		if err := json.Unmarshal([]byte(lab("policy", "interpret", "--json")), &r); err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := read(); len(r.Questions) != 1 || r.Questions[0].About != "3.1" || len(r.Rulings) != 0 {
		t.Errorf("%+v", r)
	}
	lab("policy", "interpret", "5", "--question", "Which thresholds are the next?", "--ruling", "Those of the same domain.", "--clarify")
	r := read()
	if len(r.Rulings) != 1 || r.Rulings[0].Status != "proposed" {
		t.Fatalf("%+v", r)
	}
	lab("decision", "sign", r.Rulings[0].Decision, "--role", "rso", "--key", key)
	if r := read(); r.Rulings[0].Status != "in_effect" || r.Rulings[0].ClarifiedBy != nil {
		t.Errorf("signed: %+v", r)
	}
	lab("policy", "adopt", "anthropic-rsp@2.1", "--accept-loosening", "for the test")
	if r := read(); r.Rulings[0].ClarifiedBy == nil || *r.Rulings[0].ClarifiedBy != "anthropic-rsp@2.1" {
		t.Errorf("2.1 says clause 5 in other words: %+v", r)
	}
	for _, bad := range [][]string{
		{"policy", "interpret", "99", "--question", "x y"}, {"policy", "interpret", "3.1"},
		{"policy", "interpret", "99", "--question", "x", "--ruling", "y"}, {"policy", "interpret", "--question", "x"},
	} {
		if _, code := typing(t, append([]string{"--dir", dir}, bad...)...); code == 0 {
			t.Errorf("%v was taken", bad)
		}
	}
}
