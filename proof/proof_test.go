// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package proof

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

func testKey(t testing.TB) SigningKey {
	t.Helper()
	key, err := NewSigningKey("holdpoint.example/test", bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestHeaderHasOneSpelling(t *testing.T) {
	h := Header{Seq: 4, RecordedAt: 1732060800000, Type: "model.registered", V: 1, Actor: "operator",
		Body: Commit(make([]byte, SaltSize), []byte(`{"data":{}}`))}
	b, err := h.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseHeader(b)
	if err != nil || got != h {
		t.Fatalf("ParseHeader = %+v, %v", got, err)
	}
	bad := []string{
		strings.Replace(string(b), `"seq":4`, `"seq": 4`, 1),
		strings.Replace(string(b), `"seq":4`, `"seq":4.0`, 1),
		strings.Replace(string(b), `"seq":4`, `"seq":-1`, 1),
		strings.Replace(string(b), `"seq"`, `"Seq"`, 1),
		strings.Replace(string(b), `"v":1`, `"v":1,"w":2`, 1),
		strings.Replace(string(b), `"v":1`, `"v":1,"v":1`, 1),
		strings.Replace(string(b), h.Body, strings.ToUpper(h.Body), 1),
		string(b) + "\n", string(b[:len(b)-1]), "",
	}
	for _, s := range bad {
		if _, err := ParseHeader([]byte(s)); err == nil {
			t.Errorf("accepted %s", s)
		}
	}
}

// The header's encoder written by hand agrees with the canonical one.
func TestHeaderEncodesCanonically(t *testing.T) {
	for _, text := range []string{"plain", "with \"quotes\" and \\ slashes/", "tab\tnewline\n", "\u2028 <&> \u00e9 \U0001F600", "\x00\x1f\x7f"} {
		h := Header{Actor: text, Body: text, Type: text, Seq: MaxInt, RecordedAt: 1, V: 7}
		got, err := h.Encode()
		if err != nil {
			t.Fatal(err)
		}
		want, err := Canonical(h)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if _, err := (Header{Actor: "\xff"}).Encode(); err == nil {
		t.Error("bad UTF-8 was encoded")
	}
}

func TestCanonicalRefusesWhatJSONLoses(t *testing.T) {
	for _, s := range []string{`9007199254740993`, `9007199254740992`, `1e400`, `1.5`, `-0`, `1E2`, `01`} {
		if err := CheckCanonical([]byte(`{"a":` + s + `}`)); err == nil {
			t.Errorf("accepted %s", s)
		}
	}
	if err := CheckCanonical([]byte(`{"a":9007199254740991,"b":-9007199254740991}`)); err != nil {
		t.Error(err)
	}
}

func TestCheckpointEveryByteMatters(t *testing.T) {
	key := testKey(t)
	msg, err := Checkpoint{Origin: key.Name(), Size: 12, Root: tlog.RecordHash([]byte("x"))}.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenCheckpoint(msg, key.VerifyKey()); err != nil {
		t.Fatal(err)
	}
	for i := range msg {
		for bit := range 8 {
			bad := bytes.Clone(msg)
			bad[i] ^= 1 << bit
			if _, err := OpenCheckpoint(bad, key.VerifyKey()); err == nil {
				t.Fatalf("byte %d bit %d changed and accepted:\n%s", i, bit, bad)
			}
		}
	}
	if _, err := OpenCheckpoint(append(bytes.Clone(msg), '\n'), key.VerifyKey()); err == nil {
		t.Error("accepted a trailing newline")
	}
}

func TestKeysRoundTrip(t *testing.T) {
	for seed := range 64 {
		key, err := NewSigningKey("holdpoint.example/k", bytes.Repeat([]byte{byte(seed)}, 32))
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseSigningKey(key.String())
		if err != nil || again.String() != key.String() {
			t.Fatalf("seed %d: %v", seed, err)
		}
		vkey, err := ParseVerifyKey(key.VerifyKey().String() + "\n")
		if err != nil || vkey.String() != key.VerifyKey().String() {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if !vkey.Verify([]byte("m"), again.Sign([]byte("m"))) {
			t.Fatalf("seed %d: signature does not verify", seed)
		}
	}
}

func TestConsistencyFindsForks(t *testing.T) {
	a := Checkpoint{Origin: "o", Size: 3, Root: tlog.RecordHash([]byte("a"))}
	b := Checkpoint{Origin: "o", Size: 3, Root: tlog.RecordHash([]byte("b"))}
	if CheckConsistency(a, b, nil) == nil {
		t.Error("two roots of one size accepted")
	}
	if CheckConsistency(a, Checkpoint{Origin: "o", Size: 2}, nil) == nil {
		t.Error("a shrunken journal accepted")
	}
	if CheckConsistency(a, Checkpoint{Origin: "p", Size: 4}, nil) == nil {
		t.Error("another origin accepted")
	}
}

func FuzzParseHeader(f *testing.F) {
	f.Add([]byte(`{"actor":"a","body":"","recorded_at":0,"seq":0,"type":"t","v":1}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := ParseHeader(b)
		if err != nil {
			return
		}
		again, err := h.Encode()
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("%s parsed but encodes as %s (%v)", b, again, err)
		}
	})
}

// A wrong file given as a key may hold a secret, so no error repeats it.
func TestParseVerifyKeyNeverEchoes(t *testing.T) {
	key, err := NewSigningKey("holdpoint.example/k", bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	for _, input := range []string{
		key.String()[len("PRIVATE+KEY+"):], "hush-hush-hush", "name+12345678+aHVzaGh1c2hodXNo", key.VerifyKey().String() + "quiet",
	} {
		_, err := ParseVerifyKey(input)
		if err == nil {
			t.Fatalf("accepted %q", input)
		}
		for i := 0; i+6 <= len(input); i++ {
			if strings.Contains(err.Error(), input[i:i+6]) {
				t.Fatalf("the error %q repeats %q", err, input[i:i+6])
			}
		}
	}
	if _, err := ParseVerifyKey(key.String()); !strings.Contains(err.Error(), "holdpoint.vkey, is meant") {
		t.Errorf("a secret key: %v", err)
	}
}
