// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package evallog

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/stats"
)

// golden is version 1 of the table for ever.
const golden = `{"version":1,"format":"inspect-eval","task":"quiz","status":"success","planned":3,"epochs":2,"subset":false,"aggregate_only":false,"rows":[` +
	`{"item":"\"1\"","epoch":1,"metric":"match","value":"1","label":"C","state":"scored","edited":false},` +
	`{"item":"1","epoch":1,"metric":"match","value":"0.5","label":"","state":"limited","edited":true},` +
	`{"item":"1","epoch":2,"metric":"match","value":"","label":"maybe","state":"unscored","edited":false}]}`

func goldenTable() Table {
	return Table{
		Version: 1, Format: FormatInspectEval, Task: "quiz", Status: StatusSuccess, Planned: 3, Epochs: 2,
		Rows: []Row{
			{Item: "1", Epoch: 2, Metric: "match", Label: "maybe", State: Unscored},
			{Item: "1", Epoch: 1, Metric: "match", Value: "0.5", State: Limited, Edited: true},
			{Item: `"1"`, Epoch: 1, Metric: "match", Value: "1", Label: "C", State: Scored},
		},
	}
}

func TestTableGolden(t *testing.T) {
	in := goldenTable()
	if d := cmp.Diff(golden, string(in.Encode())); d != "" {
		t.Error(d)
	}
	if in.Rows[0].Epoch != 2 {
		t.Error("encoding changed the order of the caller's rows")
	}
	out, err := ParseTable([]byte(golden))
	if err != nil || out.Rows[0].Item != `"1"` || len(out.Rows) != 3 {
		t.Error(out, err)
	}
}

func TestTableRefuses(t *testing.T) {
	swap := func(old, new string) string {
		if !strings.Contains(golden, old) {
			t.Fatalf("%q is not in the table", old)
		}
		return strings.Replace(golden, old, new, 1)
	}
	for name, text := range map[string]string{
		"space":           swap(`"version":1`, `"version": 1`),
		"unknown member":  swap(`"version":1`, `"version":1,"x":1`),
		"repeated member": swap(`"version":1`, `"version":1,"version":1`),
		"capitals":        swap(`"version"`, `"Version"`),
		"missing member":  swap(`"planned":3,`, ``),
		"order of names":  swap(`"planned":3,"epochs":2`, `"epochs":2,"planned":3`),
		"escape":          swap(`"quiz"`, `"\u0071uiz"`),
		"bad UTF-8":       swap(`quiz`, "qu\xffiz"),
		"rows are null":   `{"version":1,"format":"x","task":"","status":"","planned":0,"epochs":1,"subset":false,"aggregate_only":false,"rows":null}`,
		"long decimal":    swap(`"0.5"`, `"0.50"`),
		"exponent":        swap(`"0.5"`, `"5e-1"`),
		"unknown state":   swap(`"limited"`, `"lost"`),
		"scored, empty":   swap(`"value":"1"`, `"value":""`),
		"unscored, value": swap(`"value":"","label":"maybe"`, `"value":"1","label":"maybe"`),
		"epoch 0":         swap(`"epoch":1`, `"epoch":0`),
		"same row":        swap(`"epoch":2`, `"epoch":1`),
		"unsorted":        swap(`"item":"1","epoch":1`, `"item":"1","epoch":3`),
		"trailing":        golden + "\n",
		"two":             golden + golden,
		"no item":         swap(`"item":"1"`, `"item":""`),
		"negative":        swap(`"planned":3`, `"planned":-3`),
		"float":           swap(`"planned":3`, `"planned":3.0`),
		"empty":           "",
	} {
		if _, err := ParseTable([]byte(text)); fault.KindOf(err) != fault.Corrupt {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ParseTable([]byte(swap(`"version":1`, `"version":2`))); fault.KindOf(err) != fault.Unsupported {
		t.Error(err)
	}
}

// Any change of one byte is refused or gives another table.
func TestTableEveryByte(t *testing.T) {
	want := goldenTable().Encode()
	for i := range want {
		for _, flip := range []byte{1, 0x20, 0x80} {
			b := bytes.Clone(want)
			b[i] ^= flip
			if out, err := ParseTable(b); err == nil && bytes.Equal(out.Encode(), want) {
				t.Fatalf("byte %d changed by %#x is not seen", i, flip)
			}
		}
	}
}

func TestTableRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := Table{Version: 1, Task: rapid.String().Draw(t, "task"), Epochs: rapid.IntRange(1, 9).Draw(t, "epochs"), Planned: rapid.IntRange(0, 99).Draw(t, "planned")}
		seen := map[[2]string]bool{}
		for range rapid.IntRange(0, 8).Draw(t, "rows") {
			item, _ := spell(rapid.String().Draw(t, "item"))
			metric := rapid.StringN(1, 5, -1).Draw(t, "metric")
			if seen[[2]string{item, metric}] {
				continue
			}
			seen[[2]string{item, metric}] = true
			value := stats.MustFloat(rapid.Float64Range(-1e6, 1e6).Draw(t, "value"))
			table.Rows = append(table.Rows, Row{Item: item, Epoch: 1, Metric: metric, Value: value, Label: rapid.String().Draw(t, "label"), State: Scored})
		}
		b := table.Encode()
		out, err := ParseTable(b)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(out.Encode(), b) {
			t.Fatal("another encoding after a round trip")
		}
	})
}
