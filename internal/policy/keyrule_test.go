// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package policy_test

import (
	"encoding/base64"
	"os"
	"strings"
	"testing"

	"github.com/holdpoint/holdpoint/internal/access/passkeytest"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// withKeys gives the small pack with a rule about the first role's keys.
func withKeys(t *testing.T, rule string) (policy.Pack, error) {
	t.Helper()
	src, err := os.ReadFile("testdata/minimal.yaml")
	if err != nil {
		t.Fatal(err)
	}
	at := strings.Index(string(src), "roles:")
	from := at + strings.Index(string(src[at:]), "title:")
	text := string(src[:from]) + rule + string(src[from:])
	return policy.Parse("pack", []byte(text))
}

func root() string { return base64.StdEncoding.EncodeToString(passkeytest.Root()) }

const make1 = "2fc0579f-8113-47ea-b116-bb5a8db9202a"

func TestKeyRulesRefused(t *testing.T) {
	if _, err := withKeys(t, ""); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ rule, words string }{
		{"{}", "asks for nothing"},
		{"{kinds: [passkey, passkey]}", "listed twice"},
		{"{kinds: [gpg]}", "gpg"},
		{"{kinds: [ed25519], hardware: true}", "cannot be hardware"},
		{"{kinds: [passkey, ssh], attested: true}", "only a passkey can be attested"},
		{"{aaguids: [" + make1 + "]}", "whatever the browser says"},
		{"{attested: true, aaguids: [yubikey]}", "is not an AAGUID"},
		{"{attested: true, aaguids: [" + make1 + ", " + make1 + "]}", "listed twice"},
		{"{attested: true, roots: [AAAA]}", "is not a certificate"},
		{"{hardwares: true}", "hardware"},
	} {
		if _, err := withKeys(t, "keys: "+c.rule+", "); err == nil || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%s: %v, want %q", c.rule, err, c.words)
		}
	}
	for _, rule := range []string{"{kinds: [ed25519]}", "{hardware: true}", "{kinds: [passkey], hardware: true, attested: true, aaguids: [" + make1 + "], roots: [" + root() + "]}"} {
		p, err := withKeys(t, "keys: "+rule+", ")
		if err != nil {
			t.Errorf("%s: %v", rule, err)
			continue
		}
		if again, err := policy.ParseCanonical(p.Canonical()); err != nil || again.Digest() != p.Digest() {
			t.Errorf("%s does not read back: %v", rule, err)
		}
	}
}

// Asking less of a role's keys is a loosening, asking more a tightening.
func TestDiffOfKeyRules(t *testing.T) {
	strict := "{kinds: [passkey], hardware: true, attested: true, aaguids: [" + make1 + "], roots: [" + root() + "]}"
	for _, c := range []struct{ name, from, to, loose, tight string }{
		{"dropped", strict, "", "hardware: no; attests: no; kinds of key only: any; makes of authenticator only: any; root certificates only: any", ""},
		{"brought", "", strict, "", "hardware: yes; attests: yes; kinds of key only: passkey; makes of authenticator only: " + make1 + "; root certificates only: "},
		{"one kind more", "{kinds: [passkey]}", "{kinds: [passkey, ssh]}", "may also sign with these kinds of key: ssh", ""},
		{"one kind less", "{kinds: [passkey, ssh]}", "{kinds: [passkey]}", "", "no longer signs with these kinds of key: ssh"},
		{"another kind", "{kinds: [ssh]}", "{kinds: [passkey]}", "may also sign with these kinds of key: passkey", "no longer signs with these kinds of key: ssh"},
		{"the same", strict, strict, "", ""},
	} {
		var packs [2]policy.Pack
		for i, rule := range []string{c.from, c.to} {
			if rule != "" {
				rule = "keys: " + rule + ", "
			}
			var err error
			if packs[i], err = withKeys(t, rule); err != nil {
				t.Fatal(err)
			}
		}
		said := map[policy.ChangeKind]string{}
		for _, change := range policy.Diff(packs[0], packs[1]) {
			said[change.Kind] += change.Sentence
		}
		for kind, want := range map[policy.ChangeKind]string{policy.Loosening: c.loose, policy.Tightening: c.tight} {
			if want == "" && said[kind] != "" {
				t.Errorf("%s: %s %q", c.name, kind, said[kind])
			}
			for _, words := range strings.Split(want, "; ") {
				if !strings.Contains(said[kind], words) {
					t.Errorf("%s: %s %q, want %q", c.name, kind, said[kind], words)
				}
			}
		}
		if said[policy.Neutral] != "" {
			t.Errorf("%s: %q", c.name, said[policy.Neutral])
		}
	}
}
