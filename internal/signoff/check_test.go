// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package signoff

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/proof"
)

func rawEntry(t *testing.T, w *world, d entry.Draft, err error) entry.Entry {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	a := w.act()
	return entry.Entry{Body: d.Body, Header: proof.Header{Seq: a.Seq, RecordedAt: a.Now, Type: d.Type, V: d.V, Actor: a.Actor}}
}

// A journal whose maker did not ask the verbs is found out.
func TestCheckFindsWhatVerbsWouldRefuse(t *testing.T) {
	w := newWorld(t)
	q := w.ask(t, asking(digestA))
	good := w.signing(t, q, "p-rso", Approve)
	record := func(in Signing) Signed {
		return Signed{Question: in.Question, Role: in.Role, Person: in.Person, Key: in.Key, Answer: in.Answer, Note: in.Note, Signature: in.Signature}
	}
	forged := record(good)
	forged.Answer = Disapprove
	d, err := signed.Draft(forged)
	refused(t, w.state.Check(rawEntry(t, w, d, err), w.see()), fault.Invalid, `entry 18 (signoff.signed): the signature says "approve"`)

	d, err = signed.Draft(record(w.sealed(t, Signing{Question: q, Person: "p-staff", Role: "rso", Answer: Approve})))
	refused(t, w.state.Check(rawEntry(t, w, d, err), w.see()), fault.Forbidden, "does not hold")

	d, err = delivered.Draft(Delivered{Question: q, Role: "board", By: "p-board"})
	refused(t, w.state.Check(rawEntry(t, w, d, err), w.see()), fault.Corrupt, "recorded by")

	d, err = asked.Draft(Asked{About: entry.Ref{Kind: "decision", ID: "x"}, Slots: []Slot{{Role: "ceo"}}})
	refused(t, w.state.Check(rawEntry(t, w, d, err), w.see()), fault.Invalid, "digest")

	unknown := entry.Entry{Header: proof.Header{Seq: 18, Type: "signoff.unheard_of", V: 1}}
	refused(t, w.state.Check(unknown, w.see()), fault.Internal, "does not know")
	refused(t, w.state.Apply(unknown), fault.Internal, "does not know")
	for _, typ := range Types() {
		bare := entry.Entry{Header: proof.Header{Type: typ.Name, V: typ.V}}
		refused(t, w.state.Apply(bare), fault.Corrupt, "not in this copy")
		refused(t, w.state.Check(bare, w.see()), fault.Corrupt, "not in this copy")
	}
}

// Two slots that one person signed do not approve a question that asks for two
// people, even where the journal says so.
func TestStatusDoesNotTrustTheJournal(t *testing.T) {
	w := newWorld(t)
	q := w.ask(t, asking(digestA))
	for _, role := range []string{"ceo", "rso"} {
		d, err := signed.Draft(Signed{Question: q, Role: role, Person: "p-ceo", Key: "k", Answer: Approve, Signature: "s"})
		e := rawEntry(t, w, d, err)
		if err := w.state.Apply(e); err != nil {
			t.Fatal(err)
		}
		w.entries = append(w.entries, e)
	}
	if w.status(t, q).Approved {
		t.Error("approved by one person twice")
	}
	d, err := signed.Draft(Signed{Question: q, Role: "king", Person: "p-ceo", Key: "k", Answer: Approve, Signature: "s"})
	refused(t, w.state.Apply(rawEntry(t, w, d, err)), fault.Corrupt, "does not ask for")
	d, err = voided.Draft(Voided{Question: "question-1", Reason: "r"})
	refused(t, w.state.Apply(rawEntry(t, w, d, err)), fault.Corrupt, "no entry asked")
}

// Every kind of signature is over the digest that was asked about, and over no
// other.
func TestSignaturesBindTheDigest(t *testing.T) {
	w := newWorld(t)
	q := w.ask(t, asking(digestA))
	w.sign(t, q, "p-ceo", Approve)
	w.sign(t, q, "p-rso", Approve)
	w.deliver(t, q, "board")
	w.acknowledge(t, q, "p-board")
	in := w.sealed(t, Signing{Question: q, Person: "p-staff", Answer: Disapprove, Note: "no"})
	d, err := w.state.Dissent(in, w.see(), w.act())
	w.take(t, d, err)
	checked := 0
	for _, e := range w.entries {
		st, key, sig, ok := statedIn(t, e)
		if !ok {
			continue
		}
		checked++
		st.Question, st.About = q, asking(digestA).About
		if err := verify(st, mustKey(t, w, key), sig); err != nil {
			t.Errorf("%s: %v", e.Type, err)
		}
		st.About.Digest = digestB
		refused(t, verify(st, mustKey(t, w, key), sig), fault.Invalid, "not made with the key")
	}
	if checked != 4 {
		t.Errorf("%d signatures, want 4", checked)
	}
}

// statedIn reads from an entry what was signed but for the question.
func statedIn(t *testing.T, e entry.Entry) (st Stated, key, sig string, ok bool) {
	t.Helper()
	var err error
	switch e.Type {
	case signed.Name():
		var d Signed
		d, _, err = signed.Decode(e)
		st, key, sig = Stated{Role: d.Role, Person: d.Person, Answer: d.Answer, Note: d.Note}, d.Key, d.Signature
	case dissented.Name():
		var d Dissented
		d, _, err = dissented.Decode(e)
		st, key, sig = Stated{Person: d.Person, Answer: Disapprove, Note: d.Note}, d.Key, d.Signature
	case acknowledged.Name():
		var d Acknowledged
		d, _, err = acknowledged.Decode(e)
		st, key, sig = Stated{Role: d.Role, Person: d.Person, Answer: Acknowledge}, d.Key, d.Signature
	}
	if err != nil {
		t.Fatal(err)
	}
	return st, key, sig, key != ""
}

// Whatever people try in whatever order: replay equals live, what verbs accept
// passes the check, a fork leaves its origin alone, dissent and voiding never
// raise anything, and approval takes two people.
func TestProperties(t *testing.T) {
	base := newWorld(t)
	rapid.Check(t, func(t *rapid.T) {
		w := *base
		w.access, w.state, w.entries = base.access.Fork(), base.state.Fork(), append([]entry.Entry(nil), base.entries...)
		w.keys = maps.Clone(base.keys)
		w.grant(t, "p-ceo", "rso")
		q := w.ask(t, asking(digestA))
		origin, kept := w.state, w.status(t, q)
		w.state = w.state.Fork()
		for range rapid.IntRange(0, 40).Draw(t, "acts") {
			before := w.status(t, q)
			verb := w.attempt(t, q)
			after := w.status(t, q)
			if (verb == "dissent" || verb == "void") && (after.Approved && !before.Approved || after.ReadyForEffect && !before.ReadyForEffect) {
				t.Fatalf("%s raised the status", verb)
			}
			if before.Refused && !after.Refused {
				t.Fatal("a refusal was undone")
			}
			if after.Approved && after.Slots[0].Person == after.Slots[1].Person {
				t.Fatal("approved by one person")
			}
		}
		var replayed State
		for _, e := range w.entries {
			if strings.HasPrefix(e.Type, "signoff.") {
				if err := replayed.Apply(e); err != nil {
					t.Fatal(err)
				}
			}
		}
		if d := cmp.Diff(w.state.About("decision", "decision-7"), replayed.About("decision", "decision-7")); d != "" {
			t.Fatal(d)
		}
		if st, err := origin.Status(q); err != nil || !cmp.Equal(st, kept) {
			t.Fatal("the fork changed its origin")
		}
	})
}

// attempt tries one drawn act and says which verb it was.
func (w *world) attempt(t *rapid.T, q string) string {
	verb := rapid.SampledFrom([]string{"sign", "sign", "sign", "dissent", "deliver", "acknowledge", "void"}).Draw(t, "verb")
	if w.status(t, q).VoidedSeq != 0 {
		return "none"
	}
	// Mostly what makes sense, so that questions come to their end.
	odd := rapid.SampledFrom([]bool{false, false, false, false, true}).Draw(t, "odd")
	fitting := map[string][]string{"sign": {"p-ceo", "p-rso"}, "dissent": {"p-staff"}, "deliver": {"p-board", "the-trust"}}
	fitting["acknowledge"], fitting["void"] = fitting["deliver"], fitting["sign"]
	in := Signing{Question: q, Person: rapid.SampledFrom(fitting[verb]).Draw(t, "person"), Answer: Approve}
	in.Role = roleOf[in.Person]
	if verb == "acknowledge" {
		in.Answer = Acknowledge
	}
	if odd {
		in.Person = rapid.SampledFrom(people).Draw(t, "somebody")
		in.Role = rapid.SampledFrom([]string{"ceo", "rso", "board", "trust", ""}).Draw(t, "role")
		in.Answer = rapid.SampledFrom([]Answer{Approve, Disapprove, Acknowledge}).Draw(t, "answer")
	}
	if verb == "dissent" {
		in.Role, in.Answer = "", Disapprove
	}
	in = w.sealed(t, in)
	var d []entry.Draft
	var err error
	switch verb {
	case "sign":
		d, err = w.state.Sign(in, w.see(), w.act())
	case "dissent":
		d, err = w.state.Dissent(in, w.see(), w.act())
	case "deliver":
		d, err = w.state.Deliver(Delivering{Question: q, Role: in.Role}, w.act())
	case "acknowledge":
		d, err = w.state.Acknowledge(in, w.see(), w.act())
	case "void":
		if rapid.SampledFrom([]bool{false, false, false, false, true}).Draw(t, "really") {
			d, err = w.state.Void(Voiding{Question: q, Reason: "changed"}, w.act())
		}
	}
	if err == nil {
		w.take(t, d, nil)
	}
	return verb
}

func TestUnknownQuestion(t *testing.T) {
	var s State
	_, err := s.Status("question-1")
	refused(t, err, fault.NotFound, "no question")
	_, err = s.Asked("question-1")
	refused(t, err, fault.NotFound, "no question")
	_, err = s.Deliver(Delivering{Question: "question-1", Role: "board"}, entry.Act{Actor: access.Operator})
	refused(t, err, fault.NotFound, "no question")
}
