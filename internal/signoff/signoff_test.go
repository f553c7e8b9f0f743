// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package signoff

import (
	"bytes"
	"crypto/ed25519"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/proof"
)

// world applies what verbs draft, as the writer does, and checks every entry
// of this area again as a verifier would.
type world struct {
	access  access.State
	state   State
	reg     entry.Registry
	entries []entry.Entry
	keys    map[string]ed25519.PrivateKey
}

type failer interface {
	Helper()
	Fatal(args ...any)
}

var people = []string{"p-ceo", "p-rso", "p-board", "p-staff", "the-trust", "bot"}

var roleOf = map[string]string{"p-ceo": "ceo", "p-rso": "rso", "p-board": "board", "the-trust": "trust"}

// newWorld has everybody with one key each: entries 1 to 16.
func newWorld(t failer) *world {
	t.Helper()
	w := &world{
		reg:  entry.NewRegistry(append(access.Types(), Types()...)...),
		keys: map[string]ed25519.PrivateKey{},
	}
	kinds := map[string]access.Kind{"the-trust": access.Body, "bot": access.Automation}
	for i, id := range people {
		kind, ok := kinds[id]
		if !ok {
			kind = access.Human
		}
		d, err := w.access.AddPerson(access.NewPerson{ID: id, Kind: kind}, w.act())
		w.take(t, d, err)
		if role, ok := roleOf[id]; ok {
			w.grant(t, id, role)
		}
		w.keys[id] = private(byte(i + 1))
		d, err = w.access.RegisterKey(access.NewKey{Person: id, Public: public(w.keys[id])}, w.act())
		w.take(t, d, err)
	}
	return w
}

func private(n byte) ed25519.PrivateKey {
	seed := make([]byte, ed25519.SeedSize)
	seed[0] = n
	return ed25519.NewKeyFromSeed(seed)
}

func public(k ed25519.PrivateKey) string {
	return access.Ed25519Text(k.Public().(ed25519.PublicKey))
}

func (w *world) grant(t failer, person, role string) {
	t.Helper()
	see := access.See{Roles: []string{"ceo", "rso", "board", "trust"}}
	d, err := w.access.GrantRole(access.RoleChange{Person: person, Role: role, Reason: "appointed"}, see, w.act())
	w.take(t, d, err)
}

func (w *world) see() See { return See{Access: w.access} }

func (w *world) act() entry.Act {
	n := int64(len(w.entries))
	return entry.Act{Actor: access.Operator, Seq: n + 1, Now: 1000 * (n + 1)}
}

func (w *world) take(t failer, drafts []entry.Draft, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range drafts {
		a, salt := w.act(), make([]byte, proof.SaltSize)
		e := entry.Entry{Salt: salt, Body: d.Body, Header: proof.Header{
			Seq: a.Seq, RecordedAt: a.Now, Type: d.Type, V: d.V, Actor: a.Actor, Body: proof.Commit(salt, d.Body),
		}}
		if err := w.reg.Check(e); err != nil {
			t.Fatal(err)
		}
		apply := w.access.Apply
		if strings.HasPrefix(e.Type, "signoff.") {
			if err := w.state.Check(e, w.see()); err != nil {
				t.Fatal(err)
			}
			apply = w.state.Apply
		}
		if err := apply(e); err != nil {
			t.Fatal(err)
		}
		w.entries = append(w.entries, e)
	}
}

const (
	digestA = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
	digestB = "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
)

// DEC-2, DEC-3: two signers, two recipients before effect.
func asking(digest string) Asking {
	return Asking{
		About: entry.Ref{Kind: "decision", ID: "decision-7", Digest: digest},
		Roles: []string{"ceo", "rso"}, Distinct: true,
		Deliver: []Delivery{{Role: "board", When: Before}, {Role: "trust", When: Before}},
	}
}

func (w *world) ask(t failer, in Asking) string {
	t.Helper()
	act := w.act()
	d, err := w.state.Ask(in, act)
	w.take(t, d, err)
	return act.ID("question", 0)
}

// signing makes a complete act of a person in a role, signed with their key.
func (w *world) signing(t failer, question, person string, answer Answer) Signing {
	t.Helper()
	return w.sealed(t, Signing{Question: question, Person: person, Role: roleOf[person], Answer: answer})
}

func (w *world) sealed(t failer, in Signing) Signing {
	t.Helper()
	k := w.keys[in.Person]
	parsed, err := access.ParseKey(public(k))
	if err != nil {
		t.Fatal(err)
	}
	b, err := w.state.Statement(in)
	if err != nil {
		t.Fatal(err)
	}
	in.Key = parsed.ID
	in.Signature = string(access.Ed25519Signature(ed25519.Sign(k, b)))
	return in
}

func (w *world) sign(t failer, question, person string, answer Answer) {
	t.Helper()
	d, err := w.state.Sign(w.signing(t, question, person, answer), w.see(), w.act())
	w.take(t, d, err)
}

func (w *world) deliver(t failer, question, role string) {
	t.Helper()
	d, err := w.state.Deliver(Delivering{Question: question, Role: role}, w.act())
	w.take(t, d, err)
}

func (w *world) acknowledge(t failer, question, person string) {
	t.Helper()
	d, err := w.state.Acknowledge(w.signing(t, question, person, Acknowledge), w.see(), w.act())
	w.take(t, d, err)
}

func (w *world) status(t failer, question string) Status {
	t.Helper()
	st, err := w.state.Status(question)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func refused(t *testing.T, err error, kind fault.Kind, words string) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind || !strings.Contains(err.Error(), words) {
		t.Errorf("got %q (%s), want %s and %q", err, fault.KindOf(err), kind, words)
	}
}

// DEC-2, DEC-3: two people sign, recipients acknowledge, then it is ready.
func TestFromQuestionToEffect(t *testing.T) {
	w := newWorld(t)
	q := w.ask(t, asking(digestA))
	steps := []struct {
		name            string
		do              func()
		approved, ready bool
		wanted, unread  int
	}{
		{"asked", func() {}, false, false, 2, 2},
		{"ceo", func() { w.sign(t, q, "p-ceo", Approve) }, false, false, 1, 2},
		{"rso", func() { w.sign(t, q, "p-rso", Approve) }, true, false, 0, 2},
		{"to the board", func() { w.deliver(t, q, "board") }, true, false, 0, 2},
		{"board has it", func() { w.acknowledge(t, q, "p-board") }, true, false, 0, 1},
		{"to the trust", func() { w.deliver(t, q, "trust") }, true, false, 0, 1},
		{"trust has it", func() { w.acknowledge(t, q, "the-trust") }, true, true, 0, 0},
	}
	for _, s := range steps {
		s.do()
		st := w.status(t, q)
		if st.Approved != s.approved || st.ReadyForEffect != s.ready || len(st.Wanted()) != s.wanted || len(st.Unacknowledged()) != s.unread {
			t.Errorf("%s: %+v", s.name, st)
		}
		if waits := len(w.state.Waiting()) == 1; waits == s.ready {
			t.Errorf("%s: waiting %v", s.name, waits)
		}
	}
	st := w.status(t, q)
	want := Answered{Role: "rso", Person: "p-rso", Key: w.signing(t, q, "p-rso", Approve).Key, Answer: Approve, Seq: 19, At: 19000}
	if d := cmp.Diff(want, st.Slots[1]); d != "" {
		t.Error(d)
	}
	if r := st.Deliveries[1]; r.By != access.Operator || r.Person != "the-trust" || r.DeliveredSeq != 22 || r.Seq != 23 || r.At != 23000 {
		t.Errorf("receipt: %+v", r)
	}
	st.Slots[0].Answer = Disapprove
	if w.status(t, q).Refused {
		t.Error("a reader changed the state")
	}
}

// A delivery that comes after effect does not keep it waiting (v3 packs).
func TestDeliveryAfterEffect(t *testing.T) {
	w := newWorld(t)
	in := asking(digestA)
	in.Deliver = []Delivery{{Role: "board", When: After}}
	q := w.ask(t, in)
	w.sign(t, q, "p-ceo", Approve)
	w.sign(t, q, "p-rso", Approve)
	if st := w.status(t, q); !st.ReadyForEffect || len(st.Unacknowledged()) != 1 {
		t.Errorf("%+v", st)
	}
}

func TestAskRefuses(t *testing.T) {
	w := newWorld(t)
	change := func(f func(*Asking)) Asking {
		in := asking(digestA)
		f(&in)
		return in
	}
	cases := []struct {
		name  string
		in    Asking
		words string
	}{
		{"no digest", asking(""), "missing or malformed"},
		{"upper case", asking(strings.ToUpper(digestA)), "missing or malformed"},
		{"short", asking(digestA[:62]), "missing or malformed"},
		{"no thing", change(func(in *Asking) { in.About.ID = "" }), "kind and an id"},
		{"hidden text", change(func(in *Asking) { in.About.ID = "a\x00b" }), "kind and an id"},
		{"no signer", change(func(in *Asking) { in.Roles = nil }), "without a signer"},
		{"signer twice", change(func(in *Asking) { in.Roles = []string{"ceo", "ceo"} }), "named twice"},
		{"signs and is told", change(func(in *Asking) { in.Deliver[0].Role = "ceo" }), "named twice"},
		{"a role that is none", change(func(in *Asking) { in.Roles[0] = "The CEO" }), "not an id"},
		{"some time", change(func(in *Asking) { in.Deliver[0].When = "soon" }), "no time"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := w.state.Ask(c.in, w.act())
			refused(t, err, fault.Invalid, c.words)
		})
	}
}

// A thing has one undecided question, and one for each digest.
func TestAskOnce(t *testing.T) {
	w := newWorld(t)
	q := w.ask(t, asking(digestA))
	_, err := w.state.Ask(asking(digestA), w.act())
	refused(t, err, fault.Conflict, "subject of "+q)
	_, err = w.state.Ask(asking(digestB), w.act())
	refused(t, err, fault.Conflict, q+" about decision decision-7 is undecided")

	near := asking(digestB)
	near.About.ID = "decision-70"
	w.ask(t, near)
	w.sign(t, q, "p-ceo", Disapprove)
	second := w.ask(t, asking(digestB))
	if all := w.state.About("decision", "decision-7"); len(all) != 2 || all[0].Question != q || all[1].Question != second {
		t.Errorf("about: %+v", all)
	}
	d, err := w.state.Void(Voiding{Question: second, Reason: "withdrawn"}, w.act())
	w.take(t, d, err)
	w.ask(t, asking(digestB))
}

func TestSignRefuses(t *testing.T) {
	w := newWorld(t)
	q := w.ask(t, asking(digestA))
	w.sign(t, q, "p-ceo", Approve)
	w.grant(t, "p-ceo", "rso")
	w.grant(t, "the-trust", "rso")
	rso := func(f func(*Signing)) Signing {
		in := w.signing(t, q, "p-rso", Approve)
		f(&in)
		return in
	}
	as := func(person string) Signing {
		return w.sealed(t, Signing{Question: q, Person: person, Role: "rso", Answer: Approve})
	}
	cases := []struct {
		name  string
		in    Signing
		kind  fault.Kind
		words string
	}{
		{"no question", rso(func(in *Signing) { in.Question = "question-1" }), fault.NotFound, "no question"},
		{"unknown role for it", rso(func(in *Signing) { in.Role = "board" }), fault.Invalid, `no signature by the role "board"`},
		{"no answer", rso(func(in *Signing) { in.Answer = "maybe" }), fault.Invalid, "not an answer"},
		{"acknowledging a slot", rso(func(in *Signing) { in.Answer = Acknowledge }), fault.Invalid, "not an answer"},
		{"signed already", w.signing(t, q, "p-ceo", Approve), fault.Conflict, "not replaced"},
		{"one person in two roles (DEC-2)", as("p-ceo"), fault.Forbidden, `acted as "ceo" and cannot also act as "rso"`},
		{"role not held", as("p-staff"), fault.Forbidden, `does not hold the role "rso"`},
		{"automation", as("bot"), fault.Forbidden, "cannot sign"},
		{"body", as("the-trust"), fault.Forbidden, `kind "body"`},
		{"operator", rso(func(in *Signing) { in.Person = access.Operator }), fault.Forbidden, "cannot sign"},
		{"nobody", rso(func(in *Signing) { in.Person = "p-9" }), fault.NotFound, "no person"},
		{"unknown key", rso(func(in *Signing) { in.Key = "SHA256:x" }), fault.NotFound, "no key"},
		{"somebody else's key", rso(func(in *Signing) { in.Key = as("p-staff").Key }), fault.Forbidden, `belongs to "p-staff"`},
		{"no signature", rso(func(in *Signing) { in.Signature = "" }), fault.Invalid, "base64 of 64 bytes"},
		{"somebody else's signature", rso(func(in *Signing) { in.Signature = as("p-staff").Signature }), fault.Invalid, "not made with the key"},
		{"another note", rso(func(in *Signing) { in.Note = "on condition" }), fault.Invalid, "not made with the key"},
		{"another answer", rso(func(in *Signing) { in.Answer = Disapprove }), fault.Invalid, `says "approve", not "dissent"`},
		{"a long note", rso(func(in *Signing) { in.Note = strings.Repeat("x", MaxNote+1) }), fault.Invalid, "over the limit"},
		{"a broken note", rso(func(in *Signing) { in.Note = "\xff" }), fault.Invalid, "UTF-8"},
		{"another digest said", rso(func(in *Signing) { in.Digest = digestB }), fault.Invalid, "over the digest " + digestB},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := w.state.Sign(c.in, w.see(), w.act())
			refused(t, err, c.kind, c.words)
		})
	}
	if _, err := w.state.Sign(rso(func(in *Signing) { in.Digest = digestA }), w.see(), w.act()); err != nil {
		t.Error("the right digest said: ", err)
	}
}

// A signature over what was asked about before says which digest it is over.
func TestSignatureOverAnotherDigest(t *testing.T) {
	w := newWorld(t)
	old := w.ask(t, asking(digestA))
	stale := w.signing(t, old, "p-ceo", Approve)
	d, err := w.state.Void(Voiding{Question: old, Reason: "the file was corrected"}, w.act())
	w.take(t, d, err)
	_, err = w.state.Sign(stale, w.see(), w.act())
	refused(t, err, fault.Conflict, "voided by entry 18")

	q := w.ask(t, asking(digestB))
	stale.Question = q
	_, err = w.state.Sign(stale, w.see(), w.act())
	refused(t, err, fault.Invalid, "over the digest "+digestA+" ("+old+"), but "+q+" is over "+digestB)
	if hint := fault.HintOf(err); !strings.Contains(hint, "sign that") {
		t.Errorf("hint %q", hint)
	}

	b, err := Statement(Stated{Question: q, About: asking(digestA).About, Role: "ceo", Person: "p-ceo", Answer: Approve})
	if err != nil {
		t.Fatal(err)
	}
	stale.Signature = string(access.Ed25519Signature(ed25519.Sign(w.keys["p-ceo"], b)))
	_, err = w.state.Sign(stale, w.see(), w.act())
	refused(t, err, fault.Invalid, "over the digest "+digestA)
}

// A later end of the role or revocation of the key undoes nothing that was
// signed before, and allows nothing after.
func TestWhatWasSignedStaysSigned(t *testing.T) {
	w := newWorld(t)
	q := w.ask(t, asking(digestA))
	late := w.signing(t, q, "p-rso", Approve)
	w.sign(t, q, "p-ceo", Approve)
	before := w.status(t, q)
	for _, id := range []string{"p-ceo", "p-rso"} {
		key := w.signing(t, q, id, Approve).Key
		d, err := w.access.RevokeKey(access.KeyRevocation{Key: key, Reason: "device lost"}, w.act())
		w.take(t, d, err)
	}
	d, err := w.access.EndRole(access.RoleChange{Person: "p-ceo", Role: "ceo", Reason: "left office"}, w.act())
	w.take(t, d, err)
	if d := cmp.Diff(before, w.status(t, q)); d != "" {
		t.Error(d)
	}
	_, err = w.state.Sign(late, w.see(), w.act())
	refused(t, err, fault.Forbidden, "revoked by entry 20")

	w.keys["p-rso"] = private(99)
	d, err = w.access.RegisterKey(access.NewKey{Person: "p-rso", Public: public(w.keys["p-rso"])}, w.act())
	w.take(t, d, err)
	w.sign(t, q, "p-rso", Approve)
	if !w.status(t, q).Approved {
		t.Error("not approved")
	}
}

// DEC-7: dissent in a slot refuses; dissent from outside is kept and shown.
func TestDissent(t *testing.T) {
	w := newWorld(t)
	q := w.ask(t, asking(digestA))
	dissent := func(person string) ([]entry.Draft, error) {
		in := w.sealed(t, Signing{Question: q, Person: person, Answer: Disapprove, Note: "the margin is thin"})
		return w.state.Dissent(in, w.see(), w.act())
	}
	_, err := dissent("p-rso")
	refused(t, err, fault.Conflict, "yet to answer")
	_, err = dissent("bot")
	refused(t, err, fault.Forbidden, "cannot sign")
	_, err = w.state.Dissent(w.signing(t, q, "p-board", Disapprove), w.see(), w.act())
	refused(t, err, fault.Invalid, "in no role")
	d, err := dissent("p-staff")
	w.take(t, d, err)
	_, err = dissent("p-staff")
	refused(t, err, fault.Conflict, "already")

	w.sign(t, q, "p-ceo", Approve)
	_, err = dissent("p-ceo")
	refused(t, err, fault.Conflict, `answered `+q)
	if st := w.status(t, q); st.Refused || len(st.Dissents) != 1 || st.Dissents[0].Person != "p-staff" {
		t.Errorf("%+v", st)
	}
	w.sign(t, q, "p-rso", Disapprove)
	st := w.status(t, q)
	if !st.Refused || st.Approved || len(st.Dissents) != 2 || st.Dissents[1].Role != "rso" || len(w.state.Waiting()) != 0 {
		t.Errorf("%+v", st)
	}
	_, err = w.state.Deliver(Delivering{Question: q, Role: "board"}, w.act())
	refused(t, err, fault.Conflict, "not approved")
}

// DEC-3: the receipt is the recipient's own signed act, after the delivery.
func TestDeliveryRefuses(t *testing.T) {
	w := newWorld(t)
	q := w.ask(t, asking(digestA))
	deliver := func(role string) error {
		_, err := w.state.Deliver(Delivering{Question: q, Role: role}, w.act())
		return err
	}
	acknowledge := func(in Signing) error {
		_, err := w.state.Acknowledge(in, w.see(), w.act())
		return err
	}
	refused(t, deliver("board"), fault.Conflict, "not approved")
	refused(t, deliver("press"), fault.Invalid, `no delivery to the role "press"`)
	w.sign(t, q, "p-ceo", Approve)
	w.sign(t, q, "p-rso", Approve)
	refused(t, acknowledge(w.signing(t, q, "p-board", Acknowledge)), fault.Conflict, "not been delivered")
	w.deliver(t, q, "board")
	refused(t, deliver("board"), fault.Conflict, "already")

	w.grant(t, "p-ceo", "board")
	as := func(person string) Signing {
		return w.sealed(t, Signing{Question: q, Person: person, Role: "board", Answer: Acknowledge})
	}
	refused(t, acknowledge(as("p-ceo")), fault.Forbidden, `acted as "ceo"`)
	refused(t, acknowledge(as("p-staff")), fault.Forbidden, "does not hold")
	refused(t, acknowledge(w.signing(t, q, "p-board", Approve)), fault.Invalid, `says "approve", not "acknowledge"`)
	noted := as("p-board")
	noted.Note = "thanks"
	refused(t, acknowledge(noted), fault.Invalid, "no note")
	w.acknowledge(t, q, "p-board")
	refused(t, acknowledge(as("p-board")), fault.Conflict, "already")
}

// Principle 5: a voided question opens nothing, whatever was signed.
func TestVoid(t *testing.T) {
	w := newWorld(t)
	in := asking(digestA)
	in.Deliver = nil
	q := w.ask(t, in)
	w.sign(t, q, "p-ceo", Approve)
	w.sign(t, q, "p-rso", Approve)
	if !w.status(t, q).ReadyForEffect {
		t.Fatal("not ready")
	}
	_, err := w.state.Void(Voiding{Question: q}, w.act())
	refused(t, err, fault.Invalid, "reason")
	d, err := w.state.Void(Voiding{Question: q, Reason: "evidence restated"}, w.act())
	w.take(t, d, err)
	if st := w.status(t, q); st.Approved || st.ReadyForEffect || st.VoidedSeq != 20 || st.Slots[0].Answer != Approve {
		t.Errorf("%+v", st)
	}
	_, err = w.state.Void(Voiding{Question: q, Reason: "again"}, w.act())
	refused(t, err, fault.Conflict, "voided by entry 20")
	_, err = w.state.Statement(Signing{Question: q})
	refused(t, err, fault.Conflict, "voided")
}

// Where a policy does not ask for distinct people, one person may act twice.
func TestNotDistinct(t *testing.T) {
	w := newWorld(t)
	in := asking(digestA)
	in.Distinct = false
	q := w.ask(t, in)
	w.grant(t, "p-ceo", "rso")
	w.sign(t, q, "p-ceo", Approve)
	d, err := w.state.Sign(w.sealed(t, Signing{Question: q, Person: "p-ceo", Role: "rso", Answer: Approve}), w.see(), w.act())
	w.take(t, d, err)
	if !w.status(t, q).Approved {
		t.Error("not approved")
	}
}

// The signed bytes are for ever.
func TestStatementGolden(t *testing.T) {
	got, err := Statement(Stated{
		Question: "question-9", About: entry.Ref{Kind: "decision", ID: "decision-7", Digest: digestA},
		Role: "rso", Person: "p-1", Answer: Approve, Note: "\"é\"\n",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"answer":"approve","digest":"` + digestA + `","id":"decision-7","kind":"decision",` +
		`"note":"\"é\"\n","person":"p-1","question":"question-9","role":"rso","schema":"holdpoint/signoff/v1"}`
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Error(d)
	}
}

// An SSH key signs the same bytes.
func TestSignWithSSH(t *testing.T) {
	w := newWorld(t)
	q := w.ask(t, asking(digestA))
	signer, err := ssh.NewSignerFromKey(private(77))
	if err != nil {
		t.Fatal(err)
	}
	line := string(ssh.MarshalAuthorizedKey(signer.PublicKey()))
	d, err := w.access.RegisterKey(access.NewKey{Person: "p-rso", Public: line}, w.act())
	w.take(t, d, err)
	in := Signing{Question: q, Person: "p-rso", Role: "rso", Answer: Approve, Key: ssh.FingerprintSHA256(signer.PublicKey())}
	b, err := w.state.Statement(in)
	if err != nil {
		t.Fatal(err)
	}
	sig, err := sshsig.Sign(bytes.NewReader(b), signer, sshsig.HashSHA512, access.Namespace)
	if err != nil {
		t.Fatal(err)
	}
	in.Signature = string(sshsig.Armor(sig))
	d, err = w.state.Sign(in, w.see(), w.act())
	w.take(t, d, err)
	in.Answer = Disapprove
	other := Stated{Question: q, About: asking(digestA).About, Role: "rso", Person: "p-rso", Answer: Disapprove}
	refused(t, verify(other, mustKey(t, w, in.Key), in.Signature), fault.Invalid, "not made with the key")
}

func mustKey(t *testing.T, w *world, id string) access.Key {
	t.Helper()
	k, ok := w.access.Key(id)
	if !ok {
		t.Fatal("no key ", id)
	}
	return k
}

// Crockford's alphabet; 40 bits of 0x00 0x11 0x22 0x33 0x44 by hand: 00000
// 00000 01000 10010 00100 01100 11010 00100.
func TestCode(t *testing.T) {
	for digest, want := range map[string]string{
		digestA: "008J-4CT4", strings.Repeat("f", 64): "ZZZZ-ZZZZ", "": "", "xyz": "", digestA + "00": "",
	} {
		if got := Code(digest); got != want {
			t.Errorf("%s: %q, want %q", digest, got, want)
		}
	}
}
