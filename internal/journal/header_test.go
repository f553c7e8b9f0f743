// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package journal_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/journal"
	"github.com/holdpoint/holdpoint/proof"
)

// Whatever the short way takes, the long way takes too, and reads the same.
func FuzzHeader(f *testing.F) {
	const digest = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
	for _, s := range []string{
		`{"actor":"p1","body":"` + digest + `","recorded_at":1700000000000,"seq":0,"type":"a.b","v":1}`,
		`{"actor":"é","body":"` + digest + `","recorded_at":9007199254740991,"seq":12,"type":"a.b","v":1}`,
		`{"actor":"p\\u0031","body":"` + digest + `","recorded_at":1,"seq":0,"type":"a.b","v":1}`,
		`{"actor":"p1","body":"` + digest + `","recorded_at":01,"seq":0,"type":"a.b","v":1}`,
		`{"actor":"p1","body":"` + digest + `","recorded_at":1,"seq":0,"type":"a.b","v":0}`,
		`{"actor":"p1","body":"` + digest + `","recorded_at":1,"seq":0,"type":"a.b","v":1} `,
		`{"actor":"p1","body":"ab","recorded_at":1,"seq":0,"type":"a.b","v":1}`,
		`{"actor":"p1"`, "",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		want, wantErr := proof.ParseHeader(b)
		got, err := journal.ParseHeader(b)
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%v, want %v", err, wantErr)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
	})
}

// The short way is taken for the headers that the writer makes.
func TestTheUsualHeaderGoesTheShortWay(t *testing.T) {
	h := proof.Header{Actor: "operator", Body: proof.Commit(nil, nil), RecordedAt: 1700000000000, Seq: 1234567, Type: "model.registered", V: 1}
	raw, err := h.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, ok := journal.QuickHeader(string(raw))
	if !ok || got != h {
		t.Errorf("%v, %v", got, ok)
	}
}
