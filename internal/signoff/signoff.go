// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package signoff puts a question to people and keeps their signed answers.
//
// A question is over one (kind, id, digest). It has slots, each to be answered
// by one holder of a role; rules about who is told, before the thing takes
// effect or after; and room for dissent by anybody. This package knows nothing
// of what is being decided: it answers who signed what, and whether that is
// enough.
//
// The contract:
//
//   - A signature is over the canonical bytes of [Statement], which name the
//     question, the digest, the role, the person and the answer. It is checked
//     before it is recorded, and anybody can check it again ([State.Check]) or make
//     it: ssh-keygen -Y sign -n holdpoint.
//   - The signature is the authority: whoever carries it to the journal may be
//     somebody else, such as the owner of the installation.
//   - Where the policy in force when somebody signs says which keys a role signs
//     with, a signature by any other key is refused. What was signed before stays.
//   - A slot is answered once, by a human being who holds the role at that
//     moment, also for a time. A later end of the role or revocation of the key
//     does not undo what was signed before.
//   - Where the question asks for distinct people, nobody acts in two of its
//     roles, recipients included.
//   - All slots must approve. One dissent in a slot refuses the question for
//     good; to try again, ask about another digest, or void it with a reason.
//   - What is delivered is the approved thing, so delivery comes after the last
//     signature, and only the recipient's own signature acknowledges it.
//   - When what was asked about changes, the question is voided and opens
//     nothing from then on.
package signoff

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/cow"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/proof"
)

// MaxNote is the largest note in bytes.
const MaxNote = 10_000

// State is every question and how it stands. The zero value is empty.
type State struct {
	questions cow.Map[string, question]
	// about is keyed by kind, id and seq, so that the questions about one
	// thing are one ordered scan.
	about cow.Map[string, string]
}

// See is what the verbs read from elsewhere.
type See struct {
	Access access.State
	// Keys are the policy's rules about keys, at most one for each role.
	Keys []access.KeyRule
}

// Asking is the input of [State.Ask].
type Asking struct {
	// About is what is asked about; its digest is required.
	About entry.Ref
	// Roles must each approve; each is one slot.
	Roles []string
	// Distinct asks that nobody acts in two roles of the question.
	Distinct bool
	// Deliver lists who must be told, and when.
	Deliver []Delivery
}

// Ask puts a question. It is named question-<seq of the draft>. A thing has one
// undecided question at a time, and one question for each digest.
func (s State) Ask(in Asking, _ entry.Act) ([]entry.Draft, error) {
	d := Asked{About: in.About, Distinct: in.Distinct, Deliver: in.Deliver}
	for _, r := range in.Roles {
		d.Slots = append(d.Slots, Slot{Role: r})
	}
	if err := s.checkAsk(d); err != nil {
		return nil, err
	}
	return asked.Drafts(d)
}

func (s State) checkAsk(d Asked) error {
	if err := checkRef(d.About); err != nil {
		return err
	}
	if err := checkParts(d); err != nil {
		return err
	}
	for _, q := range s.questionsAbout(d.About) {
		if q.voided != 0 {
			continue
		}
		if q.asked.About.Digest == d.About.Digest {
			return fault.Conflictf("%s %s with this digest is the subject of %s already", d.About.Kind, d.About.ID, q.id).
				Hinted("use %s, or void it with a reason and ask again", q.id)
		}
		if st := q.status(); !st.Approved && !st.Refused {
			return fault.Conflictf("%s about %s %s is undecided and is over another digest, %s", q.id, d.About.Kind, d.About.ID, q.asked.About.Digest).
				Hinted("void %s first: what it asked about has changed", q.id)
		}
	}
	return nil
}

func checkRef(r entry.Ref) error {
	for _, part := range []string{r.Kind, r.ID} {
		if part == "" || len(part) > 200 || strings.ContainsFunc(part, func(c rune) bool { return c <= ' ' || c == 0x7f || c == utf8.RuneError }) {
			return fault.Invalidf("a question is about a thing with a kind and an id, not %.40q, %.40q", r.Kind, r.ID)
		}
	}
	if _, err := proof.ParseHex(r.Digest, 32); err != nil {
		return fault.Invalidf("the digest of %s %s is missing or malformed: %w", r.Kind, r.ID, err).
			Hinted("give the SHA-256 of exactly what the signers are shown")
	}
	return nil
}

func checkParts(d Asked) error {
	if len(d.Slots) == 0 {
		return fault.Invalidf("a question without a signer decides nothing").Hinted("name at least one role that must approve")
	}
	var roles []string
	for _, slot := range d.Slots {
		roles = append(roles, slot.Role)
	}
	for _, to := range d.Deliver {
		if to.When != Before && to.When != After {
			return fault.Invalidf("delivery to %q is %q, which is no time", to.Role, to.When).Hinted("use before or after")
		}
		roles = append(roles, to.Role)
	}
	for i, r := range roles {
		if err := access.CheckID("role", r); err != nil {
			return err
		}
		if slices.Contains(roles[:i], r) {
			return fault.Invalidf("the role %q is named twice", r).
				Hinted("a role signs once or is told once; who signs need not be told")
		}
	}
	return nil
}

// Signing is one signed act on a question: the input of [State.Sign],
// [State.Dissent] and [State.Acknowledge].
type Signing struct {
	Question string
	// Role is the role acted in; empty for a dissent from outside the slots.
	Role   string
	Person string
	// Key is the fingerprint of the key that signed.
	Key    string
	Answer Answer
	// Note is part of what is signed. It is kept for ever.
	Note string
	// Digest is what the signer believes to sign, where they said so; empty
	// otherwise.
	Digest string
	// Signature is over the bytes of [State.Statement], as
	// [access.VerifySignature] reads it.
	Signature string
}

// Sign records a signed approval or dissent in a slot.
func (s State) Sign(in Signing, see See, act entry.Act) ([]entry.Draft, error) {
	if err := s.checkSign(in, see, act.Now); err != nil {
		return nil, err
	}
	return signed.Drafts(Signed{
		Question: in.Question, Role: in.Role, Person: in.Person, Key: in.Key,
		Answer: in.Answer, Note: in.Note, Signature: in.Signature,
	})
}

func (s State) checkSign(in Signing, see See, now int64) error {
	q, err := s.open(in.Question)
	if err != nil {
		return err
	}
	slot := q.slot(in.Role)
	if slot < 0 {
		return fault.Invalidf("%s has no signature by the role %q to give", q.id, in.Role).
			Hinted("roles that sign: %s; anybody else may record a dissent", strings.Join(q.signers(), ", "))
	}
	if in.Answer != Approve && in.Answer != Disapprove {
		return fault.Invalidf("%q is not an answer", in.Answer).Hinted("use approve or dissent")
	}
	if a := q.answers[slot]; a.Seq != 0 {
		return fault.Conflictf("%q answered %s as %q with entry %d; a signature is not replaced", a.Person, q.id, in.Role, a.Seq)
	}
	if err := q.actor(in, see, now, access.Human); err != nil {
		return err
	}
	return s.checkSignature(q, in, see)
}

// Dissent records the signed dissent of somebody outside the slots. It changes
// no outcome; it is shown with the question for ever.
func (s State) Dissent(in Signing, see See, act entry.Act) ([]entry.Draft, error) {
	in.Answer = Disapprove
	if err := s.checkDissent(in, see, act.Now); err != nil {
		return nil, err
	}
	return dissented.Drafts(Dissented{
		Question: in.Question, Person: in.Person, Note: in.Note, Key: in.Key, Signature: in.Signature,
	})
}

func (s State) checkDissent(in Signing, see See, now int64) error {
	q, err := s.open(in.Question)
	if err != nil {
		return err
	}
	if in.Role != "" {
		return fault.Invalidf("a dissent from outside the slots is in no role, not in %q", in.Role).
			Hinted("leave the role out, or sign with the answer dissent")
	}
	for i, a := range q.answers {
		if a.Person == in.Person {
			return fault.Conflictf("%q answered %s as %q with entry %d", in.Person, q.id, a.Role, a.Seq)
		}
		if role := q.asked.Slots[i].Role; a.Seq == 0 && see.Access.HoldsRoleAt(in.Person, role, now) {
			return fault.Conflictf("%q holds the role %q, which has yet to answer %s", in.Person, role, q.id).
				Hinted("sign as %q with the answer dissent, which refuses the question", role)
		}
	}
	for _, d := range q.dissents {
		if d.Person == in.Person {
			return fault.Conflictf("%q dissented from %s with entry %d already", in.Person, q.id, d.Seq)
		}
	}
	return s.checkSignature(q, in, see)
}

// Delivering is the input of [State.Deliver].
type Delivering struct {
	Question string
	Role     string
}

// Deliver records that the actor handed the approved thing to the holders of a
// role. It is our sending, not their receipt.
func (s State) Deliver(in Delivering, act entry.Act) ([]entry.Draft, error) {
	d := Delivered{Question: in.Question, Role: in.Role, By: act.Actor}
	if err := s.checkDeliver(d); err != nil {
		return nil, err
	}
	return delivered.Drafts(d)
}

func (s State) checkDeliver(d Delivered) error {
	q, err := s.open(d.Question)
	if err != nil {
		return err
	}
	to, err := q.recipient(d.Role)
	if err != nil {
		return err
	}
	if d.By == "" {
		return fault.Invalidf("somebody must deliver %s", q.id)
	}
	if st := q.status(); !st.Approved {
		return fault.Conflictf("%s is not approved, so there is nothing to deliver yet", q.id).
			Hinted("signatures wanted: %s", orNone(st.Wanted()))
	}
	if r := q.deliveries[to]; r.DeliveredSeq != 0 {
		return fault.Conflictf("%s was delivered to %q with entry %d already", q.id, d.Role, r.DeliveredSeq)
	}
	return nil
}

// Acknowledge records the receipt of a delivery, signed by a holder of the role
// it went to: a person, or a body with a key of its own.
func (s State) Acknowledge(in Signing, see See, act entry.Act) ([]entry.Draft, error) {
	in.Answer = Acknowledge
	if err := s.checkAcknowledge(in, see, act.Now); err != nil {
		return nil, err
	}
	return acknowledged.Drafts(Acknowledged{
		Question: in.Question, Role: in.Role, Person: in.Person, Key: in.Key, Signature: in.Signature,
	})
}

func (s State) checkAcknowledge(in Signing, see See, now int64) error {
	q, err := s.open(in.Question)
	if err != nil {
		return err
	}
	to, err := q.recipient(in.Role)
	if err != nil {
		return err
	}
	r := q.deliveries[to]
	if r.DeliveredSeq == 0 {
		return fault.Conflictf("%s has not been delivered to %q yet, so there is nothing to acknowledge", q.id, in.Role).
			Hinted("deliver it first")
	}
	if r.Seq != 0 {
		return fault.Conflictf("%q acknowledged %s as %q with entry %d already", r.Person, q.id, in.Role, r.Seq)
	}
	if in.Note != "" {
		return fault.Invalidf("an acknowledgement carries no note").Hinted("put the words into a review of the same thing")
	}
	if err := q.actor(in, see, now, access.Human, access.Body); err != nil {
		return err
	}
	return s.checkSignature(q, in, see)
}

// Voiding is the input of [State.Void].
type Voiding struct {
	Question string
	// Reason is one sentence without names; it is kept for ever.
	Reason string
}

// Void ends a question because what it asked about has changed or because it
// should not have been asked. What was signed stays readable and opens nothing.
func (s State) Void(in Voiding, _ entry.Act) ([]entry.Draft, error) {
	d := Voided(in)
	if err := s.checkVoid(d); err != nil {
		return nil, err
	}
	return voided.Drafts(d)
}

func (s State) checkVoid(d Voided) error {
	if _, err := s.open(d.Question); err != nil {
		return err
	}
	return access.CheckReason(d.Reason)
}

// open gives a question that can still be acted on.
func (s State) open(id string) (question, error) {
	q, ok := s.questions.Get(id)
	if !ok {
		return q, fault.NotFoundf("there is no question %q", id).Hinted("questions are named question-<number>")
	}
	if q.voided != 0 {
		return q, fault.Conflictf("%s was voided by entry %d; nothing can be signed on it any more", id, q.voided).
			Hinted("look for the question that replaced it")
	}
	return q, nil
}
