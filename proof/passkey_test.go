// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package proof_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/holdpoint/holdpoint/internal/access/passkeytest"
	"github.com/holdpoint/holdpoint/proof"
)

var message = []byte(`{"answer":"approve"}`)

func register(t testing.TB, k *passkeytest.Key) proof.Passkey {
	t.Helper()
	object, client := k.Register([]byte("a challenge"))
	p, err := proof.NewPasskey(k.RP, []string{passkeytest.Origin}, object, client)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func says(t *testing.T, name string, err error, words string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), words) {
		t.Errorf("%s: %v, want %q", name, err, words)
	}
}

// What was signed is verified, for both kinds of key and from the text alone;
// counters do not matter.
func TestVerifyAssertion(t *testing.T) {
	for _, ed := range []bool{false, true} {
		k := passkeytest.New("one")
		k.Ed25519 = ed
		p, err := proof.ParsePasskey(register(t, k).Text())
		if err != nil || string(p.Challenge) != "a challenge" {
			t.Fatalf("%+v, %v", p, err)
		}
		k.Counter = 7
		a, err := proof.ParseAssertion(string(k.Sign(message)))
		if err != nil {
			t.Fatal(err)
		}
		k.Counter = 3 // a counter that went back is no defence and no fault
		for _, a := range []proof.Assertion{a, k.Assert(proof.PasskeyChallenge(message))} {
			if err := proof.VerifyAssertion(p, message, a); err != nil {
				t.Error(err)
			}
		}
		if a.Counter() != 8 {
			t.Errorf("counter %d", a.Counter())
		}
	}
}

func TestVerifyAssertionRefuses(t *testing.T) {
	other := passkeytest.New("other")
	for _, c := range []struct {
		name   string
		change func(*passkeytest.Key)
		words  string
	}{
		{"other origin", func(k *passkeytest.Key) { k.Origin = "https://evil.example" }, "the browser was on"},
		{"origin below", func(k *passkeytest.Key) { k.Origin = "https://sub.holdpoint.example" }, "the browser was on"},
		{"inside another page", func(k *passkeytest.Key) { k.Cross = true }, "of another origin"},
		{"other relying party", func(k *passkeytest.Key) { k.RP = "example" }, "not asked by"},
		{"nobody there", func(k *passkeytest.Key) { k.Flags &^= passkeytest.Present }, "present"},
		{"user not verified", func(k *passkeytest.Key) { k.Flags &^= passkeytest.Verified }, "did not verify"},
		{"became a synced key", func(k *passkeytest.Key) { k.Flags |= passkeytest.Eligible }, "said otherwise"},
		{"copied, but cannot be", func(k *passkeytest.Key) { k.Flags |= passkeytest.Copied }, "copied that cannot be"},
		{"other credential", func(k *passkeytest.Key) { k.Credential = other.Credential }, "another credential"},
		{"other key", func(k *passkeytest.Key) { k.Ed25519 = true }, "does not hold"},
	} {
		k := passkeytest.New("one")
		p := register(t, k)
		c.change(k)
		says(t, c.name, proof.VerifyAssertion(p, message, k.Assert(proof.PasskeyChallenge(message))), c.words)
	}
	k := passkeytest.New("one")
	p := register(t, k)
	good := k.Assert(proof.PasskeyChallenge(message))
	says(t, "other statement", proof.VerifyAssertion(p, []byte("x"), good), "another statement")
	says(t, "the bare hash", proof.VerifyAssertion(p, message, k.Assert(message)), "another statement")
	object, client := k.Register(proof.PasskeyChallenge(message))
	registered := good
	registered.ClientData = client
	says(t, "a registration", proof.VerifyAssertion(p, message, registered), "of the type")
	if !bytes.Contains(object, []byte("none")) {
		t.Error("the object is not of the format none")
	}
}

// No byte of an assertion can change unnoticed.
func TestEveryByteOfAnAssertionCounts(t *testing.T) {
	k := passkeytest.New("one")
	p := register(t, k)
	good := k.Sign(message)
	for i := range good {
		bad := slices.Clone(good)
		bad[i] ^= 1
		a, err := proof.ParseAssertion(string(bad))
		if err == nil && proof.VerifyAssertion(p, message, a) == nil {
			t.Fatalf("byte %d was changed and the signature holds", i)
		}
	}
}

func TestNewPasskeyRefuses(t *testing.T) {
	for _, c := range []struct {
		name    string
		rp      string
		origins []string
		change  func(*passkeytest.Key)
		words   string
	}{
		{"an address", "127.0.0.1", []string{"https://127.0.0.1"}, nil, "not the id"},
		{"upper case", "Holdpoint.example", []string{passkeytest.Origin}, nil, "not the id"},
		{"no origin", passkeytest.RP, nil, nil, "0 origins"},
		{"plain http", passkeytest.RP, []string{"http://holdpoint.example"}, nil, "not https"},
		{"a path", passkeytest.RP, []string{"https://holdpoint.example/"}, nil, "not an origin"},
		{"elsewhere", passkeytest.RP, []string{"https://evilholdpoint.example"}, nil, "is not on"},
		{"not the page", passkeytest.RP, []string{"https://a.holdpoint.example"}, nil, "the browser was on"},
		{"other relying party", "example", []string{passkeytest.Origin}, nil, "not asked by"},
		{"user not verified", passkeytest.RP, []string{passkeytest.Origin}, func(k *passkeytest.Key) { k.Flags = passkeytest.Present }, "did not verify"},
		{"inside another page", passkeytest.RP, []string{passkeytest.Origin}, func(k *passkeytest.Key) { k.Cross = true }, "of another origin"},
		{"no credential id", passkeytest.RP, []string{passkeytest.Origin}, func(k *passkeytest.Key) { k.Credential = nil }, "credential id"},
	} {
		k := passkeytest.New("one")
		if c.change != nil {
			c.change(k)
		}
		object, client := k.Register([]byte("c"))
		_, err := proof.NewPasskey(c.rp, c.origins, object, client)
		says(t, c.name, err, c.words)
	}
	k := passkeytest.New("one")
	_, client := k.Register([]byte("c"))
	_, err := proof.NewPasskey(passkeytest.RP, []string{passkeytest.Origin}, []byte{0xa0}, client)
	says(t, "an empty object", err, "not one of fmt")
	p384 := []byte{0xa5, 0x01, 0x02, 0x03, 0x38, 0x22, 0x20, 0x02}
	_, err = proof.NewPasskey(passkeytest.RP, []string{passkeytest.Origin}, p384, client)
	says(t, "cut off", err, "ends too early")
}

func TestAttestation(t *testing.T) {
	for _, c := range []struct {
		format string
		kind   proof.AttestationKind
		under  bool
	}{{"none", proof.NoAttestation, false}, {"self", proof.SelfAttestation, false}, {"certified", proof.Certified, true}} {
		k := passkeytest.New("one")
		k.Format, k.AAGUID = c.format, [16]byte{0x2f, 0xc0, 15: 9}
		p := register(t, k)
		a, err := p.Attestation()
		if err != nil || a.Kind != c.kind || a.Under([][]byte{passkeytest.Root()}) != c.under {
			t.Errorf("%s: %+v, %v", c.format, a, err)
		}
		if p.Make() != "2fc00000-0000-0000-0000-000000000009" {
			t.Errorf("make %s", p.Make())
		}
		if a.Under([][]byte{[]byte("not a certificate")}) {
			t.Errorf("%s: leads to a root that is none", c.format)
		}
	}
}

// The certificate is of one make and cannot attest another.
func TestAttestationOfAnotherMake(t *testing.T) {
	k := passkeytest.New("one")
	k.Format = "certified"
	object, client := k.Register([]byte("c"))
	at := bytes.Index(object, k.Credential) - 18 // the AAGUID stands before the id and its length
	object[at] ^= 1
	p, err := proof.NewPasskey(k.RP, []string{k.Origin}, object, client)
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Attestation()
	says(t, "another make", err, "another make")
}

func FuzzParsePasskey(f *testing.F) {
	for _, format := range []string{"none", "self", "certified"} {
		k := passkeytest.New("one")
		k.Format = format
		object, client := k.Register([]byte("c"))
		f.Add(object, client)
	}
	f.Fuzz(func(t *testing.T, object, client []byte) {
		p, err := proof.NewPasskey(passkeytest.RP, []string{passkeytest.Origin}, object, client)
		if err != nil {
			return
		}
		again, err := proof.ParsePasskey(p.Text())
		if err != nil || again.Text() != p.Text() || !bytes.Equal(again.Credential, p.Credential) {
			t.Fatalf("its text does not read back: %v", err)
		}
		p.Attestation()
	})
}

func FuzzParseAssertion(f *testing.F) {
	k := passkeytest.New("one")
	p := register(f, k)
	f.Add(string(k.Sign(message)))
	f.Fuzz(func(t *testing.T, text string) {
		a, err := proof.ParseAssertion(text)
		if err != nil {
			return
		}
		if a.Text() != text {
			t.Fatal("a second spelling was read")
		}
		if proof.VerifyAssertion(p, []byte("another message"), a) == nil {
			t.Fatal("a signature nobody made")
		}
	})
}
