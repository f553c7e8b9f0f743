// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package access

import (
	"crypto/ed25519"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/proof"
)

// world applies what verbs draft, as the writer does.
type world struct {
	State
	reg     entry.Registry
	entries []entry.Entry
}

func newWorld() *world { return &world{reg: entry.NewRegistry(Types()...)} }

type failer interface {
	Helper()
	Fatal(args ...any)
}

func (w *world) act(actor string) entry.Act {
	n := int64(len(w.entries))
	return entry.Act{Actor: actor, Seq: n + 1, Now: 1000 * (n + 1)}
}

// take applies the drafts of one act of the operator.
func (w *world) take(t failer, drafts []entry.Draft, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range drafts {
		a, salt := w.act(Operator), make([]byte, proof.SaltSize)
		e := entry.Entry{Salt: salt, Body: d.Body, Header: proof.Header{
			Seq: a.Seq, RecordedAt: a.Now, Type: d.Type, V: d.V, Actor: a.Actor, Body: proof.Commit(salt, d.Body),
		}}
		if err := w.reg.Check(e); err != nil {
			t.Fatal(err)
		}
		if err := w.Apply(e); err != nil {
			t.Fatal(err)
		}
		w.entries = append(w.entries, e)
	}
}

func (w *world) add(t failer, id string, kind Kind) {
	t.Helper()
	d, err := w.AddPerson(NewPerson{ID: id, Kind: kind}, w.act(Operator))
	w.take(t, d, err)
}

func (w *world) grant(t failer, person, role string) {
	t.Helper()
	d, err := w.GrantRole(RoleChange{Person: person, Role: role, Reason: "appointed"}, see, w.act(Operator))
	w.take(t, d, err)
}

func (w *world) end(t failer, person, role string) {
	t.Helper()
	d, err := w.EndRole(RoleChange{Person: person, Role: role, Reason: "left office"}, w.act(Operator))
	w.take(t, d, err)
}

func (w *world) register(t failer, person, public string) string {
	t.Helper()
	d, err := w.RegisterKey(NewKey{Person: person, Public: public}, w.act(Operator))
	w.take(t, d, err)
	k, err := ParseKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return k.ID
}

func (w *world) revoke(t failer, key string) {
	t.Helper()
	d, err := w.RevokeKey(KeyRevocation{Key: key, Reason: "device lost"}, w.act(Operator))
	w.take(t, d, err)
}

var see = See{Roles: []string{"board", "ceo", "rso"}}

// seededKey is a key pair that is the same in every run.
func seededKey(n byte) (ed25519.PrivateKey, string) {
	seed := make([]byte, ed25519.SeedSize)
	seed[0] = n
	private := ed25519.NewKeyFromSeed(seed)
	return private, Ed25519Text(private.Public().(ed25519.PublicKey))
}

// refused checks that an error is a fault of a kind, says what is wrong, and
// says what to do unless the sentence is enough.
func refused(t *testing.T, err error, kind fault.Kind, words string) {
	t.Helper()
	if fault.KindOf(err) != kind || err == nil || !strings.Contains(err.Error(), words) {
		t.Errorf("got %q (%s), want %s and %q", err, fault.KindOf(err), kind, words)
	}
}

// a.1: roles are held by name, by people and bodies.
func TestRoles(t *testing.T) {
	w := newWorld()
	w.add(t, "p-1", Human)
	w.add(t, "p-10", Human)
	w.add(t, "the-board", Body)
	w.grant(t, "p-1", "rso")
	w.grant(t, "p-10", "ceo")
	w.grant(t, "p-10", "rso")
	w.grant(t, "the-board", "board")

	if d := cmp.Diff([]string{"rso"}, w.Roles("p-1")); d != "" {
		t.Error("p-10 must not leak into p-1: ", d)
	}
	if d := cmp.Diff([]string{"p-1", "p-10"}, w.Holders("rso")); d != "" {
		t.Error(d)
	}
	g, ok := w.Grant("p-10", "rso")
	if d := cmp.Diff(Grant{Person: "p-10", Role: "rso", Seq: 6, At: 6000, Grade: grade.Attested}, g); d != "" || !ok {
		t.Error(d)
	}
	w.end(t, "p-10", "rso")
	if w.HoldsRole("p-10", "rso") || !slices.Equal(w.Holders("rso"), []string{"p-1"}) {
		t.Error("an ended role is still held")
	}
	w.grant(t, "p-10", "rso")
	if !w.HoldsRole("p-10", "rso") {
		t.Error("an ended role cannot be held again")
	}
	if got := w.People(); len(got) != 3 || got[2] != (Person{ID: "the-board", Kind: Body, Seq: 3, Grade: grade.Attested}) {
		t.Errorf("people: %v", got)
	}
}

func TestAddPersonRefuses(t *testing.T) {
	w := newWorld()
	w.add(t, "p-1", Human)
	cases := []struct {
		name, actor string
		in          NewPerson
		kind        fault.Kind
		words       string
	}{
		{"not the operator", "p-1", NewPerson{ID: "p-2", Kind: Human}, fault.Forbidden, "may not add a person"},
		{"the operator's id", Operator, NewPerson{ID: Operator, Kind: Human}, fault.Invalid, "cannot be a person"},
		{"taken", Operator, NewPerson{ID: "p-1", Kind: Human}, fault.Conflict, "taken since entry 1"},
		{"no kind", Operator, NewPerson{ID: "p-2"}, fault.Invalid, "not a kind of person"},
		{"empty", Operator, NewPerson{Kind: Human}, fault.Invalid, "not an id"},
		{"a name", Operator, NewPerson{ID: "Ada Lovelace", Kind: Human}, fault.Invalid, "not an id"},
		{"a hidden line", Operator, NewPerson{ID: "p-2\n", Kind: Human}, fault.Invalid, "not an id"},
		{"too long", Operator, NewPerson{ID: strings.Repeat("p", 81), Kind: Human}, fault.Invalid, "not an id"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := w.AddPerson(c.in, w.act(c.actor))
			refused(t, err, c.kind, c.words)
		})
	}
}

func TestGrantRoleRefuses(t *testing.T) {
	w := newWorld()
	w.add(t, "p-1", Human)
	w.add(t, "bot", Automation)
	w.grant(t, "p-1", "rso")
	grant := func(person, role string) RoleChange {
		return RoleChange{Person: person, Role: role, Reason: "appointed"}
	}
	cases := []struct {
		name, actor string
		in          RoleChange
		see         See
		kind        fault.Kind
		words       string
	}{
		{"no policy yet", Operator, grant("p-1", "ceo"), See{}, fault.Conflict, "no policy is in force"},
		{"role of no policy", Operator, grant("p-1", "king"), see, fault.NotFound, `no role "king"`},
		{"nobody", Operator, grant("p-2", "ceo"), see, fault.NotFound, `no person "p-2"`},
		{"the operator", Operator, grant(Operator, "ceo"), see, fault.Forbidden, "holds no role"},
		{"automation", Operator, grant("bot", "ceo"), see, fault.Forbidden, "automation"},
		{"by oneself", "p-1", grant("p-1", "ceo"), see, fault.Forbidden, "may not grant a role"},
		{"held", Operator, grant("p-1", "rso"), see, fault.Conflict, "since entry 3"},
		{"no reason", Operator, RoleChange{Person: "p-1", Role: "ceo", Reason: " "}, see, fault.Invalid, "reason is missing"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := w.GrantRole(c.in, c.see, w.act(c.actor))
			refused(t, err, c.kind, c.words)
		})
	}
	_, err := w.EndRole(grant("p-1", "ceo"), w.act(Operator))
	refused(t, err, fault.Conflict, "does not hold")
	if hint := fault.HintOf(err); hint != "roles held: rso" {
		t.Errorf("hint %q", hint)
	}
}

func TestKeysHaveOneOwnerOnce(t *testing.T) {
	w := newWorld()
	w.add(t, "p-1", Human)
	w.add(t, "p-2", Human)
	private, public := seededKey(1)
	id := w.register(t, "p-1", public)

	register := func(person, actor, text string) error {
		_, err := w.RegisterKey(NewKey{Person: person, Public: text}, w.act(actor))
		return err
	}
	refused(t, register("p-2", Operator, public), fault.Conflict, `belongs to "p-1"`)
	refused(t, register("p-2", Operator, sshLine(t, private)+" other spelling"), fault.Conflict, `belongs to "p-1"`)
	refused(t, register("p-1", Operator, public), fault.Conflict, "since entry 3")
	_, other := seededKey(2)
	refused(t, register("p-2", "p-1", other), fault.Forbidden, "may not register")
	refused(t, register("p-3", Operator, other), fault.NotFound, "no person")
	refused(t, register(Operator, Operator, other), fault.Forbidden, "has no key")
	if err := register("p-2", "p-2", other); err != nil {
		t.Errorf("a person registers a key of their own: %v", err)
	}

	if got := w.ActiveKeys("p-1"); len(got) != 1 || got[0].ID != id || got[0].Public != public {
		t.Errorf("active keys: %v", got)
	}
	_, err := w.RevokeKey(KeyRevocation{Key: id, Reason: "spite"}, w.act("p-2"))
	refused(t, err, fault.Forbidden, "may not revoke")
	_, err = w.RevokeKey(KeyRevocation{Key: "SHA256:no", Reason: "lost"}, w.act(Operator))
	refused(t, err, fault.NotFound, "no key")
	_, err = w.RevokeKey(KeyRevocation{Key: id}, w.act("p-1"))
	refused(t, err, fault.Invalid, "reason is missing")

	w.revoke(t, id)
	if k, ok := w.Key(id); !ok || !k.Revoked() || k.RevokedSeq != 4 || len(w.ActiveKeys("p-1")) != 0 || len(w.Keys("p-1")) != 1 {
		t.Errorf("after revocation: %v", k)
	}
	refused(t, register("p-1", Operator, public), fault.Conflict, "cannot come back")
	refused(t, register("p-2", Operator, public), fault.Conflict, "cannot come back")
	_, err = w.RevokeKey(KeyRevocation{Key: id, Reason: "again"}, w.act(Operator))
	refused(t, err, fault.Conflict, "already")
}

// An entry from a document keeps its grade and source.
func TestReportedGrant(t *testing.T) {
	w := newWorld()
	w.add(t, "p-1", Human)
	how := entry.Graded(grade.Reported, entry.Source{Document: "S1", Section: "2"})
	d, err := w.GrantRole(RoleChange{Person: "p-1", Role: "rso", Reason: "as published", How: how}, see, w.act(Operator))
	w.take(t, d, err)
	if g, _ := w.Grant("p-1", "rso"); g.Grade != grade.Reported {
		t.Errorf("grade %s", g.Grade)
	}
}

func TestApplyRefuses(t *testing.T) {
	var s State
	if err := s.Apply(entry.Entry{Header: proof.Header{Type: "access.unheard_of", V: 1}}); fault.KindOf(err) != fault.Internal {
		t.Errorf("unknown type: %v", err)
	}
	d, err := keyRevoked.Draft(KeyRevoked{Key: "SHA256:x", Reason: "r"})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Apply(entry.Entry{Header: proof.Header{Type: d.Type, V: d.V}, Body: d.Body})
	refused(t, err, fault.Corrupt, "no entry registered")
	for _, typ := range Types() {
		if err := s.Apply(entry.Entry{Header: proof.Header{Type: typ.Name, V: typ.V}}); fault.KindOf(err) != fault.Corrupt {
			t.Errorf("%s without its body: %v", typ.Name, err)
		}
	}
}

// a.1, DEC-2: separation of duty.
func TestSeparation(t *testing.T) {
	ceo, rso := InRole{"ceo", "p-1"}, InRole{"rso", "p-2"}
	if err := Distinct([]InRole{ceo, rso, ceo}); err != nil {
		t.Error(err)
	}
	refused(t, Distinct([]InRole{ceo, {"rso", "p-1"}}), fault.Forbidden, `cannot also act as "rso"`)
}

type snapshot struct {
	People  []Person
	Roles   [][]string
	Holders [][]string
	Keys    [][]Key
}

func snap(s State) snapshot {
	out := snapshot{People: s.People()}
	for _, p := range out.People {
		out.Roles, out.Keys = append(out.Roles, s.Roles(p.ID)), append(out.Keys, s.Keys(p.ID))
	}
	for _, r := range see.Roles {
		out.Holders = append(out.Holders, s.Holders(r))
	}
	return out
}

// Whatever is asked in whatever order: replay equals live, an earlier fork is
// untouched, both indexes of roles agree, and no key has two owners.
func TestReplayEqualsLive(t *testing.T) {
	ids := []string{"a", "a-", "b", "bot"}
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld()
		for _, id := range ids[:3] {
			w.add(t, id, Human)
		}
		w.add(t, "bot", Automation)
		before := snap(w.State)
		forked := w.State
		w.State = w.Fork()
		for range rapid.IntRange(0, 25).Draw(t, "acts") {
			person := rapid.SampledFrom(ids).Draw(t, "person")
			role := rapid.SampledFrom(see.Roles).Draw(t, "role")
			_, public := seededKey(rapid.ByteRange(0, 3).Draw(t, "key"))
			key, err := ParseKey(public)
			if err != nil {
				t.Fatal(err)
			}
			act := w.act(Operator)
			drafts, err := []entry.Draft(nil), error(nil)
			switch rapid.IntRange(0, 3).Draw(t, "verb") {
			case 0:
				drafts, err = w.GrantRole(RoleChange{Person: person, Role: role, Reason: "r"}, see, act)
			case 1:
				drafts, err = w.EndRole(RoleChange{Person: person, Role: role, Reason: "r"}, act)
			case 2:
				drafts, err = w.RegisterKey(NewKey{Person: person, Public: public}, act)
			case 3:
				drafts, err = w.RevokeKey(KeyRevocation{Key: key.ID, Reason: "r"}, act)
			}
			if err == nil {
				w.take(t, drafts, nil)
			}
		}
		var replayed State
		for _, e := range w.entries {
			if err := replayed.Apply(e); err != nil {
				t.Fatal(err)
			}
		}
		if d := cmp.Diff(snap(w.State), snap(replayed)); d != "" {
			t.Fatal(d)
		}
		if d := cmp.Diff(before, snap(forked)); d != "" {
			t.Fatal("the fork changed its origin: ", d)
		}
		seen := map[string]bool{}
		for _, p := range w.People() {
			for _, r := range w.Roles(p.ID) {
				if !slices.Contains(w.Holders(r), p.ID) {
					t.Fatalf("%s holds %s in one index only", p.ID, r)
				}
			}
			for _, k := range w.Keys(p.ID) {
				if seen[k.ID] {
					t.Fatalf("the key %s has two owners", k.ID)
				}
				seen[k.ID] = true
			}
		}
		if len(w.Roles("bot")) > 0 {
			t.Fatal("an automation holds a role")
		}
	})
}
