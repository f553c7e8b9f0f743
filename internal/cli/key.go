// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"os"
	"strings"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/fault"
)

type keyCmd struct {
	New      keyNew      `cmd:"" help:"Make a private key for a person and register its public half."`
	Register keyRegister `cmd:"" help:"Register a public key that a person has, such as an SSH key or a passkey."`
	Request  keyRequest  `cmd:"" help:"Print what a page needs to make a passkey for a person."`
	Revoke   keyRevoke   `cmd:"" help:"End a key for good; signatures made before stay valid."`
	List     keyList     `cmd:"" help:"List every key and whose it is."`
	Show     keyShow     `cmd:"" help:"Show one key; of a passkey also where it is used and what its maker attests."`
}

type keyNew struct {
	Person   string   `arg:"" help:"Whose key it is."`
	Out      string   `short:"o" placeholder:"FILE" help:"The new file, readable by its owner only; PERSON.key if not given."`
	Reported reported `embed:""`
}

// Run writes the file before the act, so that no public key is registered whose
// private half nobody has; a refused act takes the file away again.
func (c keyNew) Run(s *session) error {
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	if err := access.CheckID("person", c.Person); err != nil {
		return err
	}
	file := or(c.Out, c.Person+".key")
	if _, err := s.workspace(); err != nil {
		return err
	}
	k, err := app.NewPersonKey(nil)
	if err != nil {
		return err
	}
	if err := k.Write(file); err != nil {
		return fault.New(fault.Conflict, "%w", err).Hinted("choose a new file with -o; a key that is there is never replaced")
	}
	done, err := s.act(app.RegisterKey(access.NewKey{Person: c.Person, Public: k.Public(), How: how}))
	if err != nil {
		os.Remove(file)
		return err
	}
	public, err := access.ParseKey(k.Public())
	if err != nil {
		return err
	}
	if !s.JSON {
		s.note("%s holds the private key: give it to the person and keep no copy", file)
	}
	return s.done(public.ID, done, "the key "+public.ID+" of "+c.Person+" is registered")
}

type keyRegister struct {
	Person   string `arg:"" help:"Whose key it is."`
	Public   string `arg:"" name:"public-key" help:"The key (ed25519:BASE64, or a line of authorized_keys), or a file that holds it or a browser's registration of a passkey (JSON)."`
	party    `embed:""`
	Reported reported `embed:""`
}

func (c keyRegister) Run(s *session) error {
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	public, err := app.ReadPublicKey(c.Public)
	if err != nil {
		return err
	}
	if strings.HasPrefix(public, "{") {
		if public, err = app.ReadPasskey(app.RelyingParty{ID: c.RPID, Origins: c.Origin}, []byte(public)); err != nil {
			return err
		}
	}
	k, err := access.ParseKey(public)
	if err != nil {
		return err
	}
	done, err := s.act(app.RegisterKey(access.NewKey{Person: c.Person, Public: k.Public, How: how}))
	if err != nil {
		return err
	}
	return s.done(k.ID, done, "the key "+k.ID+" of "+c.Person+" is registered")
}

type keyRevoke struct {
	ID       string   `arg:"" help:"The fingerprint, SHA256:..."`
	Reason   string   `required:"" placeholder:"TEXT" help:"Why, in a sentence without names."`
	Reported reported `embed:""`
}

func (c keyRevoke) Run(s *session) error {
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	done, err := s.act(app.RevokeKey(access.KeyRevocation{Key: c.ID, Reason: c.Reason, How: how}))
	if err != nil {
		return err
	}
	return s.done(c.ID, done, "the key "+c.ID+" is revoked for good")
}

type keyList struct{}

// key is a public key in JSON.
type key struct {
	ID         string `json:"id"`
	Person     string `json:"person"`
	Algorithm  string `json:"algorithm"`
	Public     string `json:"public"`
	Seq        int64  `json:"seq"`
	RevokedSeq *int64 `json:"revoked_seq"`
	// Passkey is there for a passkey only.
	Passkey *passkey `json:"passkey,omitzero"`
}

func keysOf(w access.State, person string) []key {
	all := []key{}
	for _, k := range w.Keys(person) {
		all = append(all, keyOf(k))
	}
	return all
}

func keyOf(k access.Key) key {
	one := key{ID: k.ID, Person: k.Person, Algorithm: string(k.Algorithm), Public: k.Public, Seq: k.Seq, Passkey: passkeyOf(k)}
	if k.Revoked() {
		one.RevokedSeq = &k.RevokedSeq
	}
	return one
}

func revoked(k key) string {
	if k.RevokedSeq == nil {
		return ""
	}
	return ", revoked by entry " + seqText(*k.RevokedSeq)
}

func (keyList) Run(s *session) error {
	_, m, err := s.moment()
	if err != nil {
		return err
	}
	w := m.View.State.Access
	all := []key{}
	for _, p := range w.People() {
		all = append(all, keysOf(w, p.ID)...)
	}
	if s.JSON {
		return s.print(struct {
			Keys  []key  `json:"keys"`
			Clock string `json:"clock"`
		}{all, clockOf(m)})
	}
	if len(all) == 0 {
		s.note("no key is registered yet: holdpoint key new PERSON")
		return nil
	}
	rows := [][]string{{"PERSON", "KEY", "ALGORITHM", "STATE"}}
	for _, k := range all {
		st := "valid"
		if k.RevokedSeq != nil {
			st = "revoked by entry " + seqText(*k.RevokedSeq)
		}
		if k.Passkey != nil {
			st += "; " + k.Passkey.sentence()
		}
		rows = append(rows, []string{k.Person, k.ID, k.Algorithm, st})
	}
	s.grid(rows)
	return nil
}
