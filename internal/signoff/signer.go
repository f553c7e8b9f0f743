// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package signoff

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// actor checks that the person is of an allowed kind, holds the role at now and
// acts in no other role of a question that asks for distinct people.
func (q question) actor(in Signing, see See, now int64, kinds ...access.Kind) error {
	if err := known(in.Person, see); err != nil {
		return err
	}
	p, _ := see.Access.Person(in.Person)
	if !slices.Contains(kinds, p.Kind) {
		return fault.Forbiddenf("%q is of the kind %q and cannot %s %s", in.Person, p.Kind, in.Answer, q.id).
			Hinted("a human being who holds the role %q must sign", in.Role)
	}
	if !see.Access.HoldsRoleAt(in.Person, in.Role, now) {
		return notHeld(in, see.Access, now)
	}
	if !q.asked.Distinct {
		return nil
	}
	return access.Distinct(append(q.acted(), access.InRole{Role: in.Role, Person: in.Person}))
}

func notHeld(in Signing, people access.State, now int64) error {
	holders := orNone(people.HoldersAt(in.Role, now))
	if a := people.Office(in.Role, now).Acting; a.Seq != 0 && a.Person == in.Person {
		return fault.Forbiddenf("%q acted as %q until %s, and that day is over (rule SOD-ROLE)", in.Person, in.Role, a.Until).
			Hinted("holders: %s; an acting holder is named anew with: holdpoint office act", holders)
	}
	return fault.Forbiddenf("%q does not hold the role %q (rule SOD-ROLE)", in.Person, in.Role).Hinted("holders: %s", holders)
}

func known(person string, see See) error {
	if person == access.Operator {
		return fault.Forbiddenf("%q is the owner of the installation and cannot sign", person).
			Hinted("sign as the person that you are")
	}
	p, ok := see.Access.Person(person)
	if !ok {
		return fault.NotFoundf("there is no person %q", person)
	}
	if p.Kind == access.Automation {
		return fault.Forbiddenf("%q is an automation, and an automation cannot sign", person)
	}
	return nil
}

// checkSignature checks the key and the signature over the statement.
func (s State) checkSignature(q question, in Signing, see See) error {
	if err := known(in.Person, see); err != nil {
		return err
	}
	if err := checkNote(in.Note); err != nil {
		return err
	}
	key, err := signingKey(in, see)
	if err != nil {
		return err
	}
	if in.Digest != "" && in.Digest != q.asked.About.Digest {
		return otherDigest(q, in.Digest)
	}
	st := q.stated(in)
	if err := verify(st, key, in.Signature); err != nil {
		return s.explain(q, st, key, in.Signature, err)
	}
	return nil
}

func checkNote(note string) error {
	if len(note) > MaxNote {
		return fault.Invalidf("a note of %d bytes is over the limit of %d", len(note), MaxNote).
			Hinted("put long text into a review")
	}
	if !utf8.ValidString(note) {
		return fault.Invalidf("the note is not UTF-8 text")
	}
	return nil
}

func signingKey(in Signing, see See) (access.Key, error) {
	key, ok := see.Access.Key(in.Key)
	switch {
	case !ok:
		return key, fault.NotFoundf("there is no key %q", in.Key).Hinted("register the public key of %q first", in.Person)
	case key.Person != in.Person:
		return key, fault.Forbiddenf("the key %s belongs to %q, not to %q", key.ID, key.Person, in.Person).
			Hinted("sign with a key of your own")
	case key.Revoked():
		return key, fault.Forbiddenf("the key %s was revoked by entry %d", key.ID, key.RevokedSeq).
			Hinted("register a new key and sign with it")
	}
	return key, see.CheckKey(in.Role, key)
}

// CheckKey tells whether the policy lets a role sign with the key. Outside the
// slots nobody acts in a role, so no rule speaks of the role "".
func (s See) CheckKey(role string, key access.Key) error {
	for _, rule := range s.Keys {
		if role != "" && rule.Role == role {
			return rule.Check(key)
		}
	}
	return nil
}

// explain looks for what the signature was made over instead, among what could
// have been confused: the other questions about the same thing (the newest
// ones), its digest as they have it, and the other answers.
func (s State) explain(q question, st Stated, key access.Key, signature string, cause error) error {
	others := s.questionsAbout(q.asked.About)
	for _, other := range others[max(0, len(others)-8):] {
		moved, mixed := st, st
		moved.Question, moved.About = other.id, other.asked.About
		mixed.About = other.asked.About
		if other.id != q.id && (verify(moved, key, signature) == nil || verify(mixed, key, signature) == nil) {
			return otherDigest(q, fmt.Sprintf("%s (%s)", other.asked.About.Digest, other.id))
		}
	}
	for _, answer := range []Answer{Approve, Disapprove, Acknowledge} {
		meant := st
		meant.Answer = answer
		if verify(meant, key, signature) == nil {
			return fault.Invalidf("the signature says %q, not %q", answer, st.Answer).Hinted("sign the statement that you mean")
		}
	}
	return cause
}

func otherDigest(q question, digest string) error {
	return fault.Invalidf("the signature is over the digest %s, but %s is over %s", digest, q.id, q.asked.About.Digest).
		Hinted("read what %s shows now and sign that", q.id)
}

func orNone(words []string) string {
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, ", ")
}
