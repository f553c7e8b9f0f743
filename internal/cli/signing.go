// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"strings"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/signoff"
	"github.com/holdpoint/holdpoint/internal/world"
)

// signer are the flags by which a person signs: with the file of their key, or
// with a signature that was made elsewhere.
type signer struct {
	Key       string `xor:"how" required:"" placeholder:"FILE" help:"The signer's private key, as holdpoint key new wrote it."`
	Signature string `xor:"how" required:"" placeholder:"FILE" help:"A signature made elsewhere over the bytes of decision statement: ssh-keygen -Y sign -n holdpoint -f KEY FILE; or what a browser answered for a passkey (JSON)."`
	Digest    string `placeholder:"SHA256" help:"The digest that the signer believes to sign; another one is refused."`
}

// sign completes an act with key, person and signature. The person is --as, or
// whoever owns the key.
func (k signer) sign(s *session, w world.World, in signoff.Signing) (signoff.Signing, error) {
	in.Digest = strings.ToLower(k.Digest)
	if k.Signature != "" {
		return k.made(s, w, in)
	}
	private, err := app.ReadPersonKey(k.Key)
	if err != nil {
		return in, err
	}
	public, err := access.ParseKey(private.Public())
	if err != nil {
		return in, err
	}
	if in, err = s.signedBy(w, in, public.ID); err != nil {
		return in, err
	}
	text, err := w.Signoff.Statement(in)
	if err != nil {
		return in, err
	}
	in.Signature = string(private.Sign(text))
	return in, nil
}

// made takes a signature that was made elsewhere: an armored SSH signature names
// its key itself, and so does what a browser answered for a passkey; the bare
// base64 of an ed25519 signature needs --as.
func (k signer) made(s *session, w world.World, in signoff.Signing) (signoff.Signing, error) {
	b, err := readSmall(k.Signature)
	if err != nil {
		return in, err
	}
	in.Signature = string(b)
	if sig, err := sshsig.Unarmor(b); err == nil {
		return s.signedBy(w, in, ssh.FingerprintSHA256(sig.PublicKey))
	}
	if app.IsAssertion(b) {
		return s.asserted(w, in, b)
	}
	in.Signature = strings.TrimSpace(in.Signature)
	keys := w.Access.ActiveKeys(s.As)
	if s.As == app.Operator || len(keys) != 1 {
		return in, fault.Usagef("this signature does not say whose it is").At("%s", k.Signature).
			Hinted("name the signer with --as PERSON, who must have exactly one key; an SSH signature names its key itself")
	}
	return s.signedBy(w, in, keys[0].ID)
}

// signedBy names the key and the person of an act.
func (s *session) signedBy(w world.World, in signoff.Signing, fingerprint string) (signoff.Signing, error) {
	in.Key = fingerprint
	if s.As != app.Operator {
		in.Person = s.As
		return in, nil
	}
	owned, ok := w.Access.Key(fingerprint)
	if !ok {
		return in, fault.NotFoundf("the key %s is registered to nobody", fingerprint).
			Hinted("register the public key first: holdpoint key register PERSON FILE.pub")
	}
	in.Person = owned.Person
	return in, nil
}

// signerOf names who is to sign in a role, for a statement that is printed: --as,
// or the one holder of the role at the time of the last entry.
func (s *session) signerOf(w world.World, role string) (string, error) {
	if s.As != app.Operator {
		return s.As, nil
	}
	holders := w.Access.HoldersAt(role, w.Time)
	if len(holders) != 1 {
		return "", fault.Usagef("say who signs: --as PERSON").Hinted("holders of the role %q: %s", role, or(strings.Join(holders, ", "), "none"))
	}
	return holders[0], nil
}
