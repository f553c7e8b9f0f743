// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package access

import (
	"strings"

	"github.com/holdpoint/holdpoint/internal/cow"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/grade"
)

// Person is somebody, or something, that can act.
type Person struct {
	ID   string
	Kind Kind
	// Seq is the entry that added the person.
	Seq   int64
	Grade grade.Grade
}

// Grant is a role that a person or body holds now.
type Grant struct {
	Person string
	Role   string
	// Seq is the entry that granted the role, At its time in milliseconds
	// since 1970, UTC.
	Seq   int64
	At    int64
	Grade grade.Grade
}

// Person gives the person of an id. The operator is not a person.
func (s State) Person(id string) (Person, bool) { return s.people.Get(id) }

// People lists everybody by id.
func (s State) People() []Person {
	var all []Person
	for p := range s.people.Values() {
		all = append(all, p)
	}
	return all
}

// Grant gives the grant by which a person holds a role now.
func (s State) Grant(person, role string) (Grant, bool) {
	return s.grants.Get(cow.PairKey(person, role))
}

// HoldsRole tells whether a person holds a role until that is ended; who only
// acts in it is told by [State.HoldsRoleAt].
func (s State) HoldsRole(person, role string) bool { return s.grants.Has(cow.PairKey(person, role)) }

// Roles lists the ids of the roles that a person holds now, sorted.
func (s State) Roles(person string) []string {
	var roles []string
	for g := range under(s.grants, person) {
		roles = append(roles, g.Role)
	}
	return roles
}

// Holders lists the ids of those who hold a role now, sorted.
func (s State) Holders(role string) []string {
	var people []string
	for p := range under(s.holders, role) {
		people = append(people, p)
	}
	return people
}

// Key gives the key of a fingerprint, revoked or not.
func (s State) Key(id string) (Key, bool) { return s.keys.Get(id) }

// Keys lists every key that a person ever had, by fingerprint.
func (s State) Keys(person string) []Key {
	var keys []Key
	for id := range under(s.owned, person) {
		if k, ok := s.keys.Get(id); ok {
			keys = append(keys, k)
		}
	}
	return keys
}

// ActiveKeys lists the keys of a person that are not revoked, by fingerprint.
func (s State) ActiveKeys(person string) []Key {
	var active []Key
	for _, k := range s.Keys(person) {
		if !k.Revoked() {
			active = append(active, k)
		}
	}
	return active
}

// ReadKey decodes an access.key_registered entry, for who verifies a signature
// without a state. That the key was not revoked since is not known from it.
func ReadKey(e entry.Entry) (Key, error) {
	d, _, err := keyRegistered.Decode(e)
	if err != nil {
		return Key{}, err
	}
	return Key{ID: d.Key, Person: d.Person, Algorithm: d.Algorithm, Public: d.Public, Seq: e.Seq}, nil
}

// under goes through the values whose key begins with the id and a zero byte.
func under[V any](m cow.Map[string, V], id string) func(func(V) bool) {
	prefix := cow.PairKey(id, "")
	return func(yield func(V) bool) {
		for k, v := range m.From(prefix) {
			if !strings.HasPrefix(k, prefix) || !yield(v) {
				return
			}
		}
	}
}
