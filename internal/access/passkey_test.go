// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package access_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/access/passkeytest"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/proof"
)

// people is a history of two people and their keys.
type people struct {
	t     *testing.T
	state access.State
	seq   int64
	last  entry.Entry
	// before is the state that last was recorded on.
	before access.State
}

func newPeople(t *testing.T) *people {
	p := &people{t: t}
	for _, id := range []string{"p-1", "p-2"} {
		p.take(p.state.AddPerson(access.NewPerson{ID: id, Kind: access.Human}, p.act()))
	}
	return p
}

func (p *people) act() entry.Act { return entry.Act{Actor: access.Operator, Seq: p.seq, Now: p.seq} }

func (p *people) take(drafts []entry.Draft, err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
	for _, d := range drafts {
		p.before = p.state.Fork()
		p.last = entry.Entry{Body: d.Body, Header: proof.Header{Seq: p.seq, RecordedAt: p.seq, Actor: access.Operator, Type: d.Type, V: d.V}}
		if err := p.state.Apply(p.last); err != nil {
			p.t.Fatal(err)
		}
		p.seq++
	}
}

func (p *people) register(person, public string) error {
	drafts, err := p.state.RegisterKey(access.NewKey{Person: person, Public: public}, p.act())
	if err == nil {
		p.take(drafts, nil)
	}
	return err
}

func refusal(t *testing.T, err error, kind fault.Kind, words string) {
	t.Helper()
	if fault.KindOf(err) != kind || !strings.Contains(err.Error(), words) {
		t.Errorf("%v, want %v with %q", err, kind, words)
	}
}

// A passkey has one owner, by its key and by its credential id, whatever else is
// said in its registration.
func TestPasskeyHasOneOwner(t *testing.T) {
	p := newPeople(t)
	k := passkeytest.New("one")
	if err := p.register("p-1", k.Public("p-1")); err != nil {
		t.Fatal(err)
	}
	refusal(t, p.register("p-1", k.Public("p-1")), fault.Conflict, "is registered to")
	refusal(t, p.register("p-2", k.Public("p-2")), fault.Conflict, "belongs to")
	refusal(t, p.register("p-2", passkeytest.New("two").Public("p-1")), fault.Forbidden, `not registered for "p-2"`)

	k.Counter, k.Format = 9, "self" // another registration of the same key
	refusal(t, p.register("p-2", k.Public("p-2")), fault.Conflict, "belongs to")
	same := passkeytest.New("three")
	same.Credential = k.Credential
	refusal(t, p.register("p-2", same.Public("p-2")), fault.Conflict, "belongs to")

	id := p.state.Keys("p-1")[0].ID
	p.take(p.state.RevokeKey(access.KeyRevocation{Key: id, Reason: "lost"}, p.act()))
	refusal(t, p.register("p-1", k.Public("p-1")), fault.Conflict, "cannot come back")
	refusal(t, p.register("p-1", same.Public("p-1")), fault.Conflict, "cannot come back")
}

// An entry that registers what could not have been registered is found.
func TestCheckFindsFalseRegistrations(t *testing.T) {
	p := newPeople(t)
	if err := p.register("p-1", passkeytest.New("one").Public("p-1")); err != nil {
		t.Fatal(err)
	}
	if err := p.before.Check(p.last, access.See{}); err != nil {
		t.Error(err)
	}
	forged := p.last
	forged.Body = []byte(strings.Replace(string(p.last.Body), `"p-1"`, `"p-2"`, 1))
	if err := p.before.Check(forged, access.See{}); err == nil || !strings.Contains(err.Error(), "could not have been recorded") {
		t.Errorf("a passkey given to another person: %v", err)
	}
	if err := p.state.Check(p.last, access.See{}); err == nil {
		t.Error("a key that is registered twice was not found")
	}
}

func TestPasskeySignature(t *testing.T) {
	k := passkeytest.New("one")
	key, err := access.ParseKey(k.Public("p-1"))
	if err != nil || key.Algorithm != access.Passkey || !strings.HasPrefix(key.ID, "SHA256:") {
		t.Fatalf("%+v, %v", key, err)
	}
	message := []byte("the statement")
	sig := k.Sign(message)
	if err := access.VerifySignature(key, message, sig); err != nil {
		t.Fatal(err)
	}
	refusal(t, access.VerifySignature(key, []byte("another"), sig), fault.Invalid, "another statement")
	refusal(t, access.VerifySignature(key, message, []byte("AAAA")), fault.Invalid, "does not begin with")
	refusal(t, access.VerifySignature(key, message, append(slices.Clone(sig), '\n')), fault.Invalid, "base64url")
	k.Origin = "https://evil.example"
	refusal(t, access.VerifySignature(key, message, k.Sign(message)), fault.Invalid, "the browser was on")
	key.ID = "SHA256:other"
	refusal(t, access.VerifySignature(key, message, sig), fault.Corrupt, "fingerprint")
}

func TestKeyRule(t *testing.T) {
	make1 := [16]byte{1}
	certified := passkeytest.New("certified")
	certified.Format, certified.AAGUID = "certified", make1
	synced := passkeytest.New("synced")
	synced.Flags |= passkeytest.Eligible | passkeytest.Copied
	plain := passkeytest.New("plain")
	parse := func(text string) access.Key {
		k, err := access.ParseKey(text)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	ed := parse("ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")
	hw, soft, dev := parse(certified.Public("p-1")), parse(synced.Public("p-1")), parse(plain.Public("p-1"))
	aaguid := "01000000-0000-0000-0000-000000000000"
	for _, c := range []struct {
		name  string
		rule  access.KeyRule
		key   access.Key
		words string
	}{
		{"nothing asked", access.KeyRule{}, ed, ""},
		{"kind", access.KeyRule{Kinds: []access.Algorithm{access.Passkey}}, ed, "keys.kinds"},
		{"kind allowed", access.KeyRule{Kinds: []access.Algorithm{access.SSH, access.Ed25519}}, ed, ""},
		{"hardware", access.KeyRule{Hardware: true}, ed, "keys.hardware"},
		{"hardware, synced", access.KeyRule{Hardware: true}, soft, "keys.hardware"},
		{"hardware, held", access.KeyRule{Hardware: true}, dev, ""},
		{"attested", access.KeyRule{Attested: true}, dev, "keys.attested"},
		{"attested, no passkey", access.KeyRule{Attested: true}, ed, "keys.attested"},
		{"attested, shown", access.KeyRule{Attested: true}, hw, ""},
		{"make", access.KeyRule{Attested: true, AAGUIDs: []string{"02000000-0000-0000-0000-000000000000"}}, hw, "keys.aaguids"},
		{"make, allowed", access.KeyRule{Attested: true, AAGUIDs: []string{aaguid}}, hw, ""},
		{"make alone asks for its proof", access.KeyRule{AAGUIDs: []string{aaguid}}, dev, "keys.attested"},
		{"root", access.KeyRule{Roots: [][]byte{[]byte("other")}}, hw, "keys.roots"},
		{"all", access.KeyRule{Kinds: []access.Algorithm{access.Passkey}, Hardware: true, Attested: true, AAGUIDs: []string{aaguid}, Roots: [][]byte{passkeytest.Root()}}, hw, ""},
	} {
		c.rule.Role = "rso"
		err := c.rule.Check(c.key)
		if c.words == "" && err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if c.words != "" {
			refusal(t, err, fault.Forbidden, c.words)
			var f *fault.Error
			if !errors.As(err, &f) || !strings.Contains(f.Error(), `"rso"`) {
				t.Errorf("%s: does not name the role: %v", c.name, err)
			}
		}
	}
}

func FuzzParsePasskeyKey(f *testing.F) {
	k := passkeytest.New("one")
	f.Add(k.Public("p-1"))
	k.Ed25519, k.Format = true, "self"
	f.Add(k.Public("p-1"))
	f.Fuzz(func(t *testing.T, text string) {
		key, err := access.ParseKey("webauthn:" + strings.TrimPrefix(text, "webauthn:"))
		if err != nil {
			return
		}
		again, err := access.ParseKey(key.Public)
		if err != nil || again != key {
			t.Fatalf("%+v does not read back as itself: %+v, %v", key, again, err)
		}
	})
}
