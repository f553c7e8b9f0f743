// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package evallog

import (
	"archive/zip"
	"bytes"
	"testing"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// tight keeps a fuzzed log small.
var tight = Limits{MaxMember: 1 << 20, MaxTotal: 4 << 20, MaxWindow: 1 << 20, MaxSamples: 1000, MaxRows: 10_000, MaxDepth: 50, MaxText: 1 << 16}

// checkRead holds for any bytes: a fault without a run, or a run whose table
// has its one encoding and whose counts agree.
func checkRead(t *testing.T, b []byte) {
	r, err := readBytes(b, Options{Limits: tight})
	if err != nil {
		if k := fault.KindOf(err); k == fault.Internal || r.Format != "" {
			t.Fatalf("kind %q, run %+v: %v", k, r, err)
		}
		return
	}
	roundTrip(t, r.Table)
	c := r.Counts
	if c.Completed+c.Errored != c.Present || c.Scored > c.Present || r.Table.Planned < c.Present {
		t.Fatalf("counts %+v", c)
	}
	again, err := readBytes(b, Options{Limits: tight})
	if err != nil || !bytes.Equal(again.Table.Encode(), r.Table.Encode()) || codes(again) != codes(r) {
		t.Fatal("the same bytes gave two runs", err)
	}
}

func FuzzReadEval(f *testing.F) {
	f.Add(pack(f, zip.Store, quiz("", oneSample("1", 1, `"C"`, ""), oneSample(`"a/b"`, 2, "NaN", ""))...))
	f.Add(pack(f, zip.Deflate, start(), journal(1, `{"id":1,"epoch":1}`)))
	f.Add(pack(f, zstdMethod, quiz("", oneSample("1", 1, "0.5", ""))...))
	f.Fuzz(checkRead)
}

func FuzzReadJSON(f *testing.F) {
	f.Add([]byte(`{"version":2,"status":"success",` + evalBlock("") + `,"plan":{"steps":[]},"results":{"total_samples":1,"scores":[]},"samples":[{"id":"x","epoch":1,"scores":{"m":{"value":{"a":null,"b":-Infinity}}}}]}`))
	f.Add([]byte(`{"version":2,"eval":{"config":{"limit":[1,2],"epochs":3}},"samples":[{"id":1,"score":{"value":"\ud800"}}]}`))
	f.Add([]byte(lmResults))
	f.Fuzz(checkRead)
}

// FuzzReadMembers puts arbitrary JSON where a zip's checksum would stop it.
func FuzzReadMembers(f *testing.F) {
	f.Add(header(1, "1", "").body, oneSample("1", 1, `"C"`, "").body, `[{"id":1,"epoch":1}]`)
	f.Add(`{"version":2,"status":"error","eval":null}`, `{"id":"a","scores":{"x":{"value":[1]}}}`, `null`)
	f.Fuzz(func(t *testing.T, head, sample, summaries string) {
		checkRead(t, pack(t, zip.Store, member{"samples/1_epoch_1.json", sample}, member{summariesMember, summaries}, member{headerMember, head}))
	})
}

func FuzzParseTable(f *testing.F) {
	f.Add([]byte(golden))
	f.Add(Table{Version: 1, Epochs: 1}.Encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		table, err := ParseTable(b)
		if err != nil {
			if fault.KindOf(err) == fault.Internal {
				t.Fatal(err)
			}
			return
		}
		if !bytes.Equal(table.Encode(), b) {
			t.Fatal("a table that was accepted encodes otherwise")
		}
	})
}
