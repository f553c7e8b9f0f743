// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package access knows who there is: people, bodies and automations by opaque
// id, the roles and offices they hold, and the public keys they sign with.
//
// Names, addresses and anything else that says who a person is stand in the
// erasable directory and never here: entries of this area are facts, which are
// kept for ever. For the same reason the comment of an SSH key, which is often
// an address, is dropped, and the reason of a grant must not name anybody.
//
// The contract:
//
//   - Role ids come from the policy in force; this package does not know packs,
//     so a verb that names a role is given the allowed ids in [See].
//   - A public key belongs to at most one person, once. A revoked key cannot
//     come back, not even to the same person. The same holds of the credential id
//     of a passkey, whose registration must have been made for this person.
//   - The actor "operator" is the owner of the installation. It may change
//     everything here, is not a person, holds no role and cannot sign.
//   - An automation holds no role: people determine, the machine holds.
//   - Who acts in a role for a time holds it until that day is over, by date
//     alone: whoever asks for somebody to sign or to be let in asks with the time
//     ([State.HoldsRoleAt]). Nobody names themselves, and nothing renews itself.
//
// The package signs nothing, keeps no private key and authenticates nobody; it
// says whether a signature was made by a registered key ([VerifySignature]).
package access

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/holdpoint/holdpoint/internal/cow"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// Operator is the reserved actor id of the owner of the installation.
const Operator = "operator"

// MaxReason is the largest reason in bytes.
const MaxReason = 2000

// Kind tells what sort of actor an id stands for.
type Kind string

const (
	// Human is one human being.
	Human Kind = "person"
	// Body is a group with one voice, such as a board.
	Body Kind = "body"
	// Automation is a program; it can act but holds no role and cannot sign.
	Automation Kind = "automation"
)

// State is who there is, as rules and lists need it. The zero value is empty.
type State struct {
	people cow.Map[string, Person]
	// grants is keyed by person and role, holders by role and person: both
	// questions are asked, and each is one ordered scan.
	grants  cow.Map[string, Grant]
	holders cow.Map[string, string]
	keys    cow.Map[string, Key]
	// owned is keyed by person and key.
	owned cow.Map[string, string]
	// acting, vacancies and ended are keyed by role: the last acting grant that
	// nothing ended, the recorded vacancy that nobody filled, the last end.
	acting    cow.Map[string, Acting]
	vacancies cow.Map[string, vacancy]
	ended     cow.Map[string, ended]
}

// See is what the verbs read from elsewhere.
type See struct {
	// Roles lists the role ids of the policy in force; nil when no policy has
	// been adopted yet.
	Roles []string
	// Seats says of each role what the policy in force says; nil without one.
	Seats []Seat
}

// NewPerson is the input of [State.AddPerson].
type NewPerson struct {
	ID   string
	Kind Kind
	How  entry.Provenance
}

// AddPerson adds a person, body or automation under an id that nobody had.
func (s State) AddPerson(in NewPerson, act entry.Act) ([]entry.Draft, error) {
	if err := onlyOperator(act, "add a person"); err != nil {
		return nil, err
	}
	if err := CheckID("person", in.ID); err != nil {
		return nil, err
	}
	if in.ID == Operator {
		return nil, fault.Invalidf("%q is the owner of the installation and cannot be a person", Operator).
			Hinted("choose another id; the owner signs nothing, so give yourself an id as a person")
	}
	if in.Kind != Human && in.Kind != Body && in.Kind != Automation {
		return nil, fault.Invalidf("%q is not a kind of person", in.Kind).Hinted("use person, body or automation")
	}
	if p, ok := s.people.Get(in.ID); ok {
		return nil, fault.Conflictf("the id %q is taken since entry %d", in.ID, p.Seq).Hinted("choose another id; ids are never used again")
	}
	return personAdded.Drafts(PersonAdded{Person: in.ID, Kind: in.Kind}, in.How)
}

// RoleChange is the input of [State.GrantRole] and [State.EndRole].
type RoleChange struct {
	Person string
	Role   string
	// Reason is one sentence without names; it is kept for ever.
	Reason string
	How    entry.Provenance
}

// GrantRole gives a role of the policy in force to a person or body.
func (s State) GrantRole(in RoleChange, see See, act entry.Act) ([]entry.Draft, error) {
	p, err := s.roleSubject(in, act, "grant a role")
	if err != nil {
		return nil, err
	}
	if err := knownRole(in.Role, see.Roles); err != nil {
		return nil, err
	}
	if p.Kind == Automation {
		return nil, fault.Forbiddenf("%q is an automation, and an automation holds no role", p.ID).
			Hinted("grant %q to the person who answers for it", in.Role)
	}
	if g, ok := s.Grant(in.Person, in.Role); ok {
		return nil, fault.Conflictf("%q holds the role %q since entry %d", in.Person, in.Role, g.Seq)
	}
	return roleGranted.Drafts(RoleGranted{Person: in.Person, Role: in.Role, Reason: in.Reason}, in.How)
}

// EndRole ends a role that somebody holds. The role need not be in the policy
// in force any more. What was signed in the role stays signed.
func (s State) EndRole(in RoleChange, act entry.Act) ([]entry.Draft, error) {
	if _, err := s.roleSubject(in, act, "end a role"); err != nil {
		return nil, err
	}
	if !s.HoldsRole(in.Person, in.Role) {
		return nil, fault.Conflictf("%q does not hold the role %q", in.Person, in.Role).
			Hinted("roles held: %s", orNone(s.Roles(in.Person)))
	}
	return roleEnded.Drafts(RoleEnded{Person: in.Person, Role: in.Role, Reason: in.Reason}, in.How)
}

func (s State) roleSubject(in RoleChange, act entry.Act, what string) (Person, error) {
	if err := onlyOperator(act, what); err != nil {
		return Person{}, err
	}
	if err := CheckReason(in.Reason); err != nil {
		return Person{}, err
	}
	return s.known(in.Person)
}

// NewKey is the input of [State.RegisterKey].
type NewKey struct {
	Person string
	// Public is a public key as [ParseKey] reads it.
	Public string
	How    entry.Provenance
}

// RegisterKey registers a public key to a person. The operator may do it for
// anybody, a person for themselves.
func (s State) RegisterKey(in NewKey, act entry.Act) ([]entry.Draft, error) {
	if _, err := s.known(in.Person); err != nil {
		return nil, err
	}
	if err := operatorOr(in.Person, act, "register a key of "+in.Person); err != nil {
		return nil, err
	}
	key, err := ParseKey(in.Public)
	if err != nil {
		return nil, err
	}
	if have, ok := s.keys.Get(key.ID); ok {
		return nil, takenKey(have, in.Person)
	}
	if key.Algorithm == Passkey {
		if err := s.checkRegistration(key, in.Person); err != nil {
			return nil, err
		}
	}
	return keyRegistered.Drafts(KeyRegistered{
		Person: in.Person, Key: key.ID, Algorithm: key.Algorithm, Public: key.Public,
	}, in.How)
}

func takenKey(have Key, person string) error {
	switch {
	case have.Revoked():
		return fault.Conflictf("the key %s was revoked by entry %d and cannot come back", have.ID, have.RevokedSeq).
			Hinted("make a new key pair")
	case have.Person == person:
		return fault.Conflictf("the key %s is registered to %q since entry %d", have.ID, person, have.Seq)
	}
	return fault.Conflictf("the key %s belongs to %q since entry %d; a key has one owner", have.ID, have.Person, have.Seq).
		Hinted("make a key pair of your own")
}

// KeyRevocation is the input of [State.RevokeKey].
type KeyRevocation struct {
	Key string
	// Reason is one sentence without names; it is kept for ever.
	Reason string
	How    entry.Provenance
}

// RevokeKey ends a key for good. The operator may do it for anybody, a person
// for themselves. Signatures made before stay valid.
func (s State) RevokeKey(in KeyRevocation, act entry.Act) ([]entry.Draft, error) {
	key, ok := s.keys.Get(in.Key)
	if !ok {
		return nil, fault.NotFoundf("there is no key %q", in.Key).
			Hinted("name it by its fingerprint, SHA256:..., as ssh-keygen -l prints it")
	}
	if err := operatorOr(key.Person, act, "revoke a key of "+key.Person); err != nil {
		return nil, err
	}
	if err := CheckReason(in.Reason); err != nil {
		return nil, err
	}
	if key.Revoked() {
		return nil, fault.Conflictf("the key %s was revoked by entry %d already", key.ID, key.RevokedSeq)
	}
	return keyRevoked.Drafts(KeyRevoked{Key: in.Key, Reason: in.Reason}, in.How)
}

func (s State) known(id string) (Person, error) {
	if id == Operator {
		return Person{}, fault.Forbiddenf("%q is the owner of the installation: it holds no role and has no key", Operator).
			Hinted("add yourself as a person and use that id")
	}
	p, ok := s.people.Get(id)
	if !ok {
		return Person{}, fault.NotFoundf("there is no person %q", id).Hinted("add the person first")
	}
	return p, nil
}

func onlyOperator(act entry.Act, what string) error {
	if act.Actor != Operator {
		return fault.Forbiddenf("%q may not %s (rule SOD-OWNER)", act.Actor, what).Hinted("ask the owner of this installation")
	}
	return nil
}

func operatorOr(person string, act entry.Act, what string) error {
	if act.Actor == person {
		return nil
	}
	return onlyOperator(act, what)
}

func knownRole(role string, allowed []string) error {
	if allowed == nil {
		return fault.Conflictf("no policy is in force, so there are no roles yet").
			Hinted("adopt a policy first; it names the roles")
	}
	for _, r := range allowed {
		if r == role {
			return nil
		}
	}
	return fault.NotFoundf("the policy in force has no role %q", role).Hinted("roles: %s", orNone(allowed))
}

func orNone(words []string) string {
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, ", ")
}

var idForm = regexp.MustCompile("^[a-z0-9][a-z0-9._-]{0,79}$")

// CheckID tells whether an id that a user chose has the one form of such ids:
// 1 to 80 of a-z, 0-9, dot, underscore and hyphen, beginning with a letter or
// digit. The noun is used in the sentence only.
func CheckID(noun, id string) error {
	if idForm.MatchString(id) {
		return nil
	}
	return fault.Invalidf("%.80q is not an id of a %s", id, noun).
		Hinted("use 1 to 80 of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit")
}

// CheckReason tells whether a text can stand as the reason of an act: not
// blank, UTF-8, at most [MaxReason] bytes.
func CheckReason(reason string) error {
	switch {
	case strings.TrimSpace(reason) == "":
		return fault.Invalidf("a reason is missing").Hinted("say in one sentence why, without naming anybody")
	case len(reason) > MaxReason:
		return fault.Invalidf("a reason of %d bytes is over the limit of %d", len(reason), MaxReason).Hinted("say it in one sentence")
	case !utf8.ValidString(reason):
		return fault.Invalidf("the reason is not UTF-8 text")
	}
	return nil
}
