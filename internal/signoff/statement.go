// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package signoff

import (
	"encoding/base32"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/proof"
)

// Schema names the form of the statement that is signed.
const Schema = "holdpoint/signoff/v1"

// Answer is what a signature says.
type Answer string

const (
	// Approve says yes in a slot.
	Approve Answer = "approve"
	// Disapprove says no: in a slot it refuses, outside it is kept and shown.
	Disapprove Answer = "dissent"
	// Acknowledge says that the recipient has received what was delivered.
	Acknowledge Answer = "acknowledge"
)

// Stated is what a signature states.
type Stated struct {
	Question string
	About    entry.Ref
	// Role is empty for a dissent from outside the slots.
	Role   string
	Person string
	Answer Answer
	Note   string
}

// statement is the signed JSON. All nine members are always there.
type statement struct {
	Schema   string `json:"schema"`
	Question string `json:"question"`
	Kind     string `json:"kind"`
	ID       string `json:"id"`
	Digest   string `json:"digest"`
	Role     string `json:"role"`
	Person   string `json:"person"`
	Answer   Answer `json:"answer"`
	Note     string `json:"note"`
}

// Statement gives the bytes that are signed: canonical JSON (RFC 8785, so
// members in alphabetical order, no spaces, no line end) with the members
//
//	answer    "approve", "dissent" or "acknowledge"
//	digest    SHA-256 of what was shown, 64 digits of lower-case hexadecimal
//	id, kind  what is asked about
//	note      the signer's words, "" for none
//	person    the signer's id
//	question  "question-<number>"
//	role      the role acted in, "" for a dissent from outside the slots
//	schema    "holdpoint/signoff/v1"
//
// An ed25519 key signs the bytes themselves (RFC 8032). With an SSH key, put
// exactly these bytes into a file: ssh-keygen -Y sign -f KEY -n holdpoint FILE.
func Statement(s Stated) ([]byte, error) {
	b, err := proof.Canonical(statement{
		Schema: Schema, Question: s.Question, Kind: s.About.Kind, ID: s.About.ID, Digest: s.About.Digest,
		Role: s.Role, Person: s.Person, Answer: s.Answer, Note: s.Note,
	})
	if err != nil {
		return nil, fault.Invalidf("the statement cannot be written: %w", err).Hinted("use UTF-8 text")
	}
	return b, nil
}

// Statement gives the bytes that the person has to sign for an act on a
// question; the answer must be filled in for every kind of act. It asks neither
// for a key nor for a signature, and not whether the act would be accepted.
func (s State) Statement(in Signing) ([]byte, error) {
	q, err := s.open(in.Question)
	if err != nil {
		return nil, err
	}
	return Statement(q.stated(in))
}

func (q question) stated(in Signing) Stated {
	return Stated{
		Question: q.id, About: q.asked.About, Role: in.Role, Person: in.Person, Answer: in.Answer, Note: in.Note,
	}
}

func verify(st Stated, key access.Key, signature string) error {
	b, err := Statement(st)
	if err != nil {
		return err
	}
	return access.VerifySignature(key, b, []byte(signature))
}

// Code is a short form of a digest for reading aloud and for comparing by eye,
// such as "K7QF-2M9C": the first 40 bits in Crockford's base32, which has no I,
// L, O and U. It is not security: two things with the same code can be made on
// purpose within minutes. Of a malformed digest it is "".
func Code(digest string) string {
	raw, err := proof.ParseHex(digest, 32)
	if err != nil {
		return ""
	}
	s := base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").EncodeToString(raw[:5])
	return s[:4] + "-" + s[4:]
}
