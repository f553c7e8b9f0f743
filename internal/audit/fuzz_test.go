// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package audit

import (
	"bytes"
	"testing"

	"github.com/holdpoint/holdpoint/proof"
)

// A line that is read is the one spelling of what it says: writing the row again
// gives the same bytes.
func FuzzLine(f *testing.F) {
	header := `{"actor":"a","body":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","recorded_at":1,"seq":0,"type":"t.x","v":1}`
	f.Add([]byte(`{"body":{"data":{}},"header":` + header + `,"salt":"000102030405060708090a0b0c0d0e0f"}`))
	f.Add([]byte(`{"header":` + header + `,"withheld":true}`))
	f.Add([]byte(`{"erased":true,"header":` + header + `}`))
	f.Add([]byte(`{"erased":true,"header":{},"withheld":true}`))
	f.Add([]byte(`{"body":null,"header":{},"salt":""}`))
	f.Add([]byte(`{"body":{"data":{}},"erased":false,"header":` + header + `,"salt":"000102030405060708090a0b0c0d0e0f"}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		_, l, err := decodeLine(raw)
		if err != nil {
			return
		}
		if again := l.encode(); !bytes.Equal(again, raw) {
			t.Errorf("%s is written again as %s", raw, again)
		}
	})
}

// A manifest that is read is in its one spelling.
func FuzzManifest(f *testing.F) {
	key, err := proof.NewSigningKey("fuzz.example", make([]byte, 32))
	if err != nil {
		f.Fatal(err)
	}
	sum := "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	f.Add("holdpoint export v1\nfuzz.example\n3\n" + sum + " 10 checkpoint\n" + sum + " 0 entries.jsonl\n")
	f.Add("holdpoint export v1\nfuzz.example\n03\n")
	f.Add("holdpoint export v1\nfuzz.example\n3\n" + sum + " 10 b\n" + sum + " 10 a\n")
	f.Add("something else\n")
	f.Fuzz(func(t *testing.T, text string) {
		signed, err := key.SignNote(text)
		if err != nil {
			return
		}
		m, err := openManifest(signed, key.VerifyKey())
		if err == nil && m.text() != text {
			t.Errorf("%q is read as %q", text, m.text())
		}
	})
}
