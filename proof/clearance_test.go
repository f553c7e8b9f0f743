// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package proof

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

var (
	issuedAt  = time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC)
	expiresAt = issuedAt.Add(72 * time.Hour)
	weights   = strings.Repeat("ab", 32)
)

type hashes []tlog.Hash

func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, n := range indexes {
		out[i] = h[n]
	}
	return out, nil
}

// sealed makes a journal of 7 entries of which the sixth is a clearance, and
// gives the clearance file.
func sealed(t testing.TB, key SigningKey, edit func(*Statement)) []byte {
	t.Helper()
	const seq = 5
	s := Statement{
		Type: StatementType, PredicateType: PredicateType,
		Subject: []Subject{{Name: "m/rc1", Digest: Digest{weights}}},
		Predicate: Predicate{
			ID: "clearance-5", Model: "m", Snapshot: "rc1", Action: "external_deploy", Environment: "production",
			Verdict: "clear", Grade: "reported", Policy: Policy{"p", "1", weights}, Rules: 1,
			Conditions: []Condition{}, Journal: Position{key.Name(), seq}, Clock: "wall",
			NotBefore: issuedAt.Format(time.RFC3339), Expires: expiresAt.Format(time.RFC3339),
		},
	}
	if edit != nil {
		edit(&s)
	}
	payload, err := Canonical(s)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(payload)
	body := fmt.Appendf(nil, `{"data":{"statement":"%s"}}`, hex.EncodeToString(sum[:]))
	salt := bytes.Repeat([]byte{9}, SaltSize)
	var tree hashes
	var header []byte
	for i := range int64(7) {
		h := Header{Seq: i, RecordedAt: issuedAt.UnixMilli(), Type: "test.other", V: 1, Actor: "a", Body: Commit(salt, body)}
		if i == seq {
			h.Type = ClearanceType
		}
		b, err := h.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if i == seq {
			header = b
		}
		more, err := tlog.StoredHashes(i, b, tree)
		if err != nil {
			t.Fatal(err)
		}
		tree = append(tree, more...)
	}
	root, err := tlog.TreeHash(7, tree)
	if err != nil {
		t.Fatal(err)
	}
	path, err := tlog.ProveRecord(7, seq, tree)
	if err != nil {
		t.Fatal(err)
	}
	cp, err := Checkpoint{Origin: key.Name(), Size: 7, Root: root}.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	incl := Inclusion{
		Body: base64.StdEncoding.EncodeToString(body), Header: base64.StdEncoding.EncodeToString(header),
		Salt: hex.EncodeToString(salt), Checkpoint: string(cp),
	}
	for _, h := range path {
		incl.Hashes = append(incl.Hashes, h.String())
	}
	file, err := SealClearance(key, payload, incl)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func list(t testing.TB, key SigningKey, size int64, issued time.Time, ids ...string) []byte {
	t.Helper()
	b, err := Revocations{Origin: key.Name(), Size: size, Issued: issued.Format(time.RFC3339),
		NextUpdate: issued.Add(24 * time.Hour).Format(time.RFC3339), IDs: ids}.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestClearanceChecks(t *testing.T) {
	key := testKey(t)
	other, err := NewSigningKey("holdpoint.example/other", bytes.Repeat([]byte{8}, 32))
	if err != nil {
		t.Fatal(err)
	}
	now := issuedAt.Add(time.Hour)
	good := sealed(t, key, nil)
	ask := func(edit func(*Ask)) Ask {
		a := Ask{Keys: []VerifyKey{key.VerifyKey()}, Now: now}
		edit(&a)
		return a
	}
	cases := []struct {
		name string
		file []byte
		ask  Ask
		fail string // "" when it must hold
	}{
		{"plain", good, ask(func(a *Ask) {}), ""},
		{"everything asked", good, ask(func(a *Ask) {
			a.Digest, a.MinGrade, a.Revocations = weights, "reported", list(t, key, 7, now)
		}), ""},
		{"first moment", good, ask(func(a *Ask) { a.At = issuedAt }), ""},
		{"too early", good, ask(func(a *Ask) { a.At = issuedAt.Add(-1) }), "not valid before"},
		{"expired on the dot", good, ask(func(a *Ask) { a.At = expiresAt }), "expired"},
		{"other weights", good, ask(func(a *Ask) { a.Digest = strings.Repeat("cd", 32) }), "other weights"},
		{"unknown key", good, ask(func(a *Ask) { a.Keys = []VerifyKey{other.VerifyKey()} }), "unknown key"},
		{"no key", good, ask(func(a *Ask) { a.Keys = nil }), "unknown key"},
		{"grade", good, ask(func(a *Ask) { a.MinGrade = "recomputed" }), "at least recomputed"},
		{"revoked", good, ask(func(a *Ask) { a.Revocations = list(t, key, 7, now, "clearance-5") }), "was revoked"},
		{"stale list", good, ask(func(a *Ask) { a.Revocations = list(t, key, 7, now.Add(-25*time.Hour)) }), "stale"},
		{"list from before", good, ask(func(a *Ask) { a.Revocations = list(t, key, 5, now) }), "stale"},
		{"list of another", good, ask(func(a *Ask) { a.Revocations = list(t, other, 7, now) }), "not signed by"},
		{"held", sealed(t, key, func(s *Statement) { s.Predicate.Verdict = "held" }), ask(func(a *Ask) {}), "not clear"},
		{"other place", sealed(t, key, func(s *Statement) { s.Predicate.Journal.Seq = 4 }), ask(func(a *Ask) {}), "names entry 4"},
		{"simulated, old", sealed(t, key, func(s *Statement) { s.Predicate.Clock = "simulated" }),
			ask(func(a *Ask) { a.Now = expiresAt.AddDate(1, 0, 0) }), ""},
		{"simulated, asked", sealed(t, key, func(s *Statement) { s.Predicate.Clock = "simulated" }),
			ask(func(a *Ask) { a.At = expiresAt }), "expired"},
		{"cut", good[:len(good)-1], ask(func(a *Ask) {}), "cut or changed"},
	}
	for _, c := range cases {
		_, err := CheckClearance(c.file, c.ask)
		if c.fail == "" && err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if c.fail != "" && (err == nil || !strings.Contains(err.Error(), c.fail)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.fail)
		}
	}
}

// What was not asked for is named, never passed over.
func TestClearanceNamesWhatWasNotChecked(t *testing.T) {
	key := testKey(t)
	rep, err := CheckClearance(sealed(t, key, nil), Ask{Keys: []VerifyKey{key.VerifyKey()}, Now: issuedAt})
	if err != nil {
		t.Fatal(err)
	}
	open := map[string]bool{}
	for _, c := range rep.Checks {
		if c.Status == "not_checked" {
			open[c.Name] = true
		}
	}
	for _, name := range []string{"weights", "revocation", "grade"} {
		if !open[name] {
			t.Errorf("%s was not asked for and is not named", name)
		}
	}
}

// Any changed bit of a clearance file is found.
func TestClearanceEveryBitMatters(t *testing.T) {
	key := testKey(t)
	file := sealed(t, key, nil)
	ask := Ask{Keys: []VerifyKey{key.VerifyKey()}, Now: issuedAt}
	for i := range file {
		bad := bytes.Clone(file)
		bad[i] ^= 1 << (i % 8)
		if _, err := CheckClearance(bad, ask); err == nil {
			t.Fatalf("byte %d changed and accepted: %s", i, bad[max(0, i-20):min(len(bad), i+20)])
		}
	}
}

func TestRevocationsEveryBitMatters(t *testing.T) {
	key := testKey(t)
	file := list(t, key, 7, issuedAt, "clearance-3", "clearance-5")
	for i := range file {
		bad := bytes.Clone(file)
		bad[i] ^= 1 << (i % 8)
		if _, err := OpenRevocations(bad, key.VerifyKey()); err == nil {
			t.Fatalf("byte %d changed and accepted", i)
		}
	}
}

func FuzzCheckClearance(f *testing.F) {
	key := testKey(f)
	f.Add(sealed(f, key, nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		rep, err := CheckClearance(b, Ask{Keys: []VerifyKey{key.VerifyKey()}, Now: issuedAt})
		if err == nil && rep.Statement.Predicate.Verdict != "clear" {
			t.Fatal("accepted what is not clear")
		}
	})
}

func BenchmarkCheckClearance(b *testing.B) {
	key := testKey(b)
	file := sealed(b, key, nil)
	ask := Ask{Keys: []VerifyKey{key.VerifyKey()}, Now: issuedAt, Digest: weights}
	for b.Loop() {
		if _, err := CheckClearance(file, ask); err != nil {
			b.Fatal(err)
		}
	}
}
