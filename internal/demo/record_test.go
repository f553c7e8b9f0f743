// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"os"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/holdpoint/holdpoint/internal/app"
)

// recordBuilt makes the record in a folder of the test.
func recordBuilt(t *testing.T) *app.App {
	t.Helper()
	a, err := BuildRecord(t.Context(), t.TempDir()+"/record")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

func TestScratch(t *testing.T) {
	a := recordBuilt(t)
	v, _ := a.View(t.Context())
	t.Log(v.Size)
	for _, m := range []string{sonnet37, sonnet4, opus4} {
		for _, th := range []string{"CBRN", "AIRD", "CBRN-3", "CBRN-4", "AIRD-4", "AUTO-CKPT", "CYBER"} {
			for _, f := range v.State.Assessment.Findings(m, th) {
				if f.Found == nil {
					t.Log(m, th, "judged", f.Judged.Direction)
					continue
				}
				r := f.Found.Result
				t.Log(m, th, f.Found.Spec, r.Verdict, r.Estimate, r.Lower, r.Upper, r.Reasons)
				for _, x := range r.Readings {
					t.Log("      ", x)
				}
			}
		}
	}
}

func TestScratchStory(t *testing.T) {
	a := recordBuilt(t)
	s, err := Record(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	s.Text(os.Stdout)
	b, _ := json.Marshal(s, jsontext.Multiline(true))
	os.WriteFile("/tmp/record.json", b, 0o644)
}
