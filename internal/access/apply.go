// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package access

import (
	"github.com/holdpoint/holdpoint/internal/cow"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
)

// PersonAdded is the data of access.person_added.
type PersonAdded struct {
	Person string `json:"person"`
	Kind   Kind   `json:"kind"`
}

// RoleGranted is the data of access.role_granted.
type RoleGranted struct {
	Person string `json:"person"`
	Role   string `json:"role"`
	Reason string `json:"reason"`
}

// RoleEnded is the data of access.role_ended.
type RoleEnded struct {
	Person string `json:"person"`
	Role   string `json:"role"`
	Reason string `json:"reason"`
}

// KeyRegistered is the data of access.key_registered. Key is the fingerprint
// and Public the one spelling of the public key, both as [ParseKey] makes them.
type KeyRegistered struct {
	Person    string    `json:"person"`
	Key       string    `json:"key"`
	Algorithm Algorithm `json:"algorithm"`
	Public    string    `json:"public"`
}

// KeyRevoked is the data of access.key_revoked.
type KeyRevoked struct {
	Key    string `json:"key"`
	Reason string `json:"reason"`
}

var (
	personAdded   = entry.Define[PersonAdded]("access.person_added", 1, entry.Fact)
	roleGranted   = entry.Define[RoleGranted]("access.role_granted", 1, entry.Fact)
	roleEnded     = entry.Define[RoleEnded]("access.role_ended", 1, entry.Fact)
	keyRegistered = entry.Define[KeyRegistered]("access.key_registered", 1, entry.Fact)
	keyRevoked    = entry.Define[KeyRevoked]("access.key_revoked", 1, entry.Fact)
)

// Types lists every kind of entry of this area.
func Types() []entry.Type {
	return []entry.Type{
		personAdded.Type(), roleGranted.Type(), roleEnded.Type(), keyRegistered.Type(), keyRevoked.Type(),
		officeVacated.Type(), officeAssigned.Type(), actingGranted.Type(),
	}
}

// Fork gives a state with the same content that changes on its own. Constant
// time.
func (s State) Fork() State {
	return State{
		people: s.people.Fork(), grants: s.grants.Fork(), holders: s.holders.Fork(),
		keys: s.keys.Fork(), owned: s.owned.Fork(),
		acting: s.acting.Fork(), vacancies: s.vacancies.Fork(), ended: s.ended.Fork(),
	}
}

// Apply folds one entry of this area into the state.
func (s *State) Apply(e entry.Entry) error {
	switch e.Type {
	case personAdded.Name():
		return s.applyPersonAdded(e)
	case roleGranted.Name():
		return s.applyRoleGranted(e)
	case roleEnded.Name():
		return s.applyRoleEnded(e)
	case keyRegistered.Name():
		return s.applyKeyRegistered(e)
	case keyRevoked.Name():
		return s.applyKeyRevoked(e)
	case officeVacated.Name():
		return s.applyOfficeVacated(e)
	case officeAssigned.Name():
		return s.applyOfficeAssigned(e)
	case actingGranted.Name():
		return s.applyActingGranted(e)
	}
	return fault.New(fault.Internal, "entry %d: access does not know the type %q", e.Seq, e.Type)
}

func (s *State) applyPersonAdded(e entry.Entry) error {
	d, how, err := personAdded.Decode(e)
	if err != nil {
		return err
	}
	s.people.Set(d.Person, Person{ID: d.Person, Kind: d.Kind, Seq: e.Seq, Grade: how.GradeOr(grade.Attested)})
	return nil
}

func (s *State) applyRoleGranted(e entry.Entry) error {
	d, how, err := roleGranted.Decode(e)
	if err != nil {
		return err
	}
	s.hold(Grant{Person: d.Person, Role: d.Role, Seq: e.Seq, At: e.RecordedAt, Grade: how.GradeOr(grade.Attested)})
	return nil
}

func (s *State) applyRoleEnded(e entry.Entry) error {
	d, _, err := roleEnded.Decode(e)
	if err != nil {
		return err
	}
	s.end(d.Person, d.Role, e)
	return nil
}

func (s *State) applyKeyRegistered(e entry.Entry) error {
	key, err := ReadKey(e)
	if err != nil {
		return err
	}
	s.keys.Set(key.ID, key)
	s.owned.Set(cow.PairKey(key.Person, key.ID), key.ID)
	return nil
}

func (s *State) applyKeyRevoked(e entry.Entry) error {
	d, _, err := keyRevoked.Decode(e)
	if err != nil {
		return err
	}
	key, ok := s.keys.Get(d.Key)
	if !ok {
		return fault.Corruptf("entry %d revokes the key %q, which no entry registered", e.Seq, d.Key)
	}
	key.RevokedSeq = e.Seq
	s.keys.Set(d.Key, key)
	return nil
}
