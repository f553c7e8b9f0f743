// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdpoint/holdpoint/internal/access/passkeytest"
	"github.com/holdpoint/holdpoint/proof"
)

// A browser on another machine registers a passkey and signs with it; files carry
// its answers. The lists say what the key is, and the decision what its signature
// does not prove.
func TestPasskeyByFiles(t *testing.T) {
	b := newBench(t)
	soft := passkeytest.New("officer")
	soft.Flags |= passkeytest.Eligible
	var options struct {
		Challenge string
		RP        struct{ ID string }
	}
	b.read(&options, "key", "request", "p-officer", "--rp-id", passkeytest.RP)
	if options.RP.ID != passkeytest.RP {
		t.Errorf("options for %q", options.RP.ID)
	}
	registration := b.file("registration.json", soft.RegisterJSON(unurl(t, options.Challenge)))
	b.refuses("key", "register", "p-chief", registration)
	b.refuses("key", "register", "p-officer", registration, "--rp-id", "other.example")
	b.lab("key", "register", "p-officer", registration)
	b.refuses("key", "register", "p-officer", registration)

	var keys struct {
		Keys []struct {
			ID      string
			Passkey *struct {
				RPID        string `json:"rp_id"`
				AAGUID      string
				Attestation string
				Synced      bool
			}
		}
	}
	b.read(&keys, "key", "list")
	id := ""
	for _, k := range keys.Keys {
		if p := k.Passkey; p != nil {
			id = k.ID
			if p.RPID != passkeytest.RP || p.Attestation != "none" || !p.Synced {
				t.Errorf("the list says %+v", *p)
			}
		}
	}
	for _, out := range []string{b.lab("key", "list"), b.lab("key", "show", id)} {
		if !strings.Contains(out, "holdpoint.example, not attested, synced, or may be") {
			t.Errorf("does not say what the passkey is: %s", out)
		}
	}
	b.signByFile(soft)
}

func (b *bench) signByFile(k *passkeytest.Key) {
	b.t.Helper()
	b.lab("policy", "interpret", "3.1", "--question", "From which day?", "--ruling", "From the first.")
	var register struct {
		Rulings []struct{ Decision string }
	}
	b.read(&register, "policy", "interpret")
	id := register.Rulings[0].Decision
	statement := b.lab("decision", "statement", id, "--role", "rso", "--answer", "approve")
	var options struct{ Challenge string }
	b.read(&options, "decision", "statement", id, "--role", "rso", "--answer", "approve", "--rp-id", passkeytest.RP)
	challenge := unurl(b.t, options.Challenge)
	if string(challenge) != string(proof.PasskeyChallenge([]byte(statement))) {
		b.t.Errorf("the challenge is not that of the statement %s", statement)
	}
	elsewhere := *k
	elsewhere.Origin = "https://evil.example"
	b.refuses("decision", "sign", id, "--role", "rso", "--signature", b.file("evil.json", elsewhere.AssertJSON(challenge)))
	b.refuses("decision", "sign", id, "--role", "rso", "--signature", b.file("stranger.json", passkeytest.New("stranger").AssertJSON(challenge)))
	b.lab("decision", "sign", id, "--role", "rso", "--signature", b.file("answer.json", k.AssertJSON(challenge)))
	out := strings.Join(strings.Fields(b.lab("decision", "show", id)), " ")
	for _, words := range []string{"with a passkey on holdpoint.example, not attested, synced", "It does not show that the person saw this text: compare the code", "code "} {
		if !strings.Contains(out, words) {
			b.t.Errorf("does not say %q: %s", words, out)
		}
	}
}

// file writes a file as somebody carries it here.
func (b *bench) file(name string, content []byte) string {
	b.t.Helper()
	path := filepath.Join(b.keys, name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		b.t.Fatal(err)
	}
	return path
}

func unurl(t *testing.T, s string) []byte {
	t.Helper()
	b, err := proof.ParseBase64URL(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
