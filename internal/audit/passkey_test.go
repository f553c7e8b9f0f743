// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package audit_test

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/access/passkeytest"
	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/journal"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/safeguard"
	"github.com/holdpoint/holdpoint/internal/signoff"
	"github.com/holdpoint/holdpoint/packs"
	"github.com/holdpoint/holdpoint/proof"
)

// passkeyLab is a lab whose officer must sign with an attested security key and
// whose two officers have passkeys besides their other keys.
type passkeyLab struct {
	*lab
	officer, chief *passkeytest.Key
	decision       string
}

func newPasskeyLab(t testing.TB) passkeyLab {
	t.Helper()
	a, err := app.Init(context.Background(), t.TempDir(), app.Genesis{
		Origin: labOrigin, Clock: journal.Simulated, At: labStart, Seed: labSeed(), Salt: &salts{},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	l := passkeyLab{lab: &lab{t: t, app: a}, officer: passkeytest.New("officer"), chief: passkeytest.New("chief")}
	l.officer.Format, l.officer.AAGUID = "certified", [16]byte{7}
	l.chief.Ed25519, l.chief.Flags = true, l.chief.Flags|passkeytest.Eligible|passkeytest.Copied
	pack, err := policy.LoadRef("anthropic-rsp@2.2", packs.Source)
	if err != nil {
		t.Fatal(err)
	}
	pack.Roles = slices.Clone(pack.Roles)
	i := slices.IndexFunc(pack.Roles, func(r policy.Role) bool { return r.ID == "rso" })
	pack.Roles[i].Keys = &policy.KeyRule{
		Kinds: []policy.KeyKind{policy.KeyPasskey}, Hardware: true, Attested: true, AAGUIDs: []string{"07000000-0000-0000-0000-000000000000"},
		Roots: []string{base64.StdEncoding.EncodeToString(passkeytest.Root())},
	}
	l.do(app.AdoptPolicy(policy.AdoptIn{Pack: pack}))
	for _, who := range []struct {
		person, role string
		key          *passkeytest.Key
	}{{"p-officer", "rso", l.officer}, {"p-chief", "ceo", l.chief}} {
		l.do(app.AddPerson(access.NewPerson{ID: who.person, Kind: access.Human}, access.RoleChange{Person: who.person, Role: who.role, Reason: "the first holder"}))
		l.do(app.RegisterKey(access.NewKey{Person: who.person, Public: access.Ed25519Text(personKey(who.person).Public().(ed25519.PublicKey))}))
		l.register(who.person, who.key)
	}
	l.propose()
	return l
}

// register goes the way of a page: options, the browser's answer, the key.
func (l passkeyLab) register(person string, k *passkeytest.Key) {
	l.t.Helper()
	at := app.RelyingParty{ID: passkeytest.RP, Name: "Holdpoint", Origins: []string{passkeytest.Origin}}
	options, err := l.app.PasskeyRegistration(context.Background(), person, at)
	if err != nil {
		l.t.Fatal(err)
	}
	if want := map[string]string{"p-officer": "direct", "p-chief": "none"}[person]; options.Attestation != want {
		l.t.Errorf("%s is asked for attestation %s, want %s", person, options.Attestation, want)
	}
	public, err := app.ReadPasskey(at, k.RegisterJSON(unurl(l.t, options.Challenge)))
	if err != nil {
		l.t.Fatal(err)
	}
	l.do(app.RegisterKey(access.NewKey{Person: person, Public: public}))
}

func unurl(t testing.TB, s string) []byte {
	t.Helper()
	b, err := proof.ParseBase64URL(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (l *passkeyLab) propose() {
	l.t.Helper()
	view, _ := l.app.View(context.Background())
	p, _ := view.State.Policy.InForce(view.Time)
	f, _ := p.Pack.Standard("ASL-2", policy.Security)
	for _, c := range f.Criteria {
		l.do(app.RecordSafeguardEvidence(safeguard.EvidenceInput{
			Standard: "ASL-2", Facet: string(policy.Security), Criterion: c.ID, Statement: "shown in a made-up document",
		}))
	}
	report := l.do(app.PrepareReport(safeguard.ReportInput{Standard: "ASL-2", Facet: string(policy.Security), ResidualRisk: "small"})).ID("report", 0)
	done := l.do(app.Propose(decision.ProposeIn{Kind: policy.DecideSafeguards, Title: "Is ASL-2 security in force?", Report: report}))
	l.decision = done.ID("decision", 0)
}

// signing gives an act as the page makes it of what the browser answered.
func (l passkeyLab) signing(role, person, note string, k *passkeytest.Key) signoff.Signing {
	l.t.Helper()
	req, err := l.app.PasskeyRequest(context.Background(), app.PasskeyAsk{
		RP: passkeytest.RP, Decision: l.decision, Role: role, Person: person, Answer: signoff.Approve, Note: note,
	})
	if err != nil {
		l.t.Fatal(err)
	}
	view, _ := l.app.View(context.Background())
	d, _ := view.State.Decision.Decision(l.decision)
	if req.Code != d.Code() || req.Options.UserVerification != "required" || len(req.Options.AllowCredentials) != 1 {
		l.t.Errorf("asked for %+v, code %s", req.Options, req.Code)
	}
	in, err := app.WithAssertion(view.State.Access, req.Signing, k.AssertJSON(unurl(l.t, req.Options.Challenge)))
	if err != nil {
		l.t.Fatal(err)
	}
	return in
}

func (l passkeyLab) signAll() {
	l.t.Helper()
	l.do(app.Sign(l.signing("rso", "p-officer", "read and checked", l.officer)))
	l.do(app.Sign(l.signing("ceo", "p-chief", "", l.chief)))
	view, _ := l.app.View(context.Background())
	d, _ := view.State.Decision.Decision(l.decision)
	if st, err := view.State.Signoff.Status(d.Question); err != nil || !st.Approved {
		l.t.Fatalf("%s is %+v, %v", l.decision, st, err)
	}
}

// An outsider verifies a passkey-signed decision from an export alone.
func TestPasskeySignedDecisionVerifiesFromAnExport(t *testing.T) {
	l := newPasskeyLab(t)
	l.signAll()
	dir := l.export(app.ExportOptions{})
	rep := l.verify(dir)
	if !rep.OK() || rep.Signatures < 3 {
		t.Fatalf("faults %q, not checked %q, %d signatures", rep.Faults, rep.NotChecked, rep.Signatures)
	}
	// Any changed byte of the signature is found by the commitment already.
	entries := get(t, dir, "entries.jsonl")
	at := strings.Index(string(entries), `"signature":"webauthn:`) + 200
	entries[at] ^= 1
	put(t, dir, "entries.jsonl", entries)
	if rep := l.verify(dir); len(rep.Faults) == 0 {
		t.Error("a changed byte was not found")
	}
}

// Who has the journal's key and bends a passkey's signature is found out too.
func TestForgedPasskeySignatures(t *testing.T) {
	l := newPasskeyLab(t)
	l.signAll()
	view, _ := l.app.View(context.Background())
	d, _ := view.State.Decision.Decision(l.decision)
	stated := signoff.Signing{Question: d.Question, Role: "rso", Person: "p-officer", Answer: signoff.Approve, Note: "read and checked"}
	statement, err := view.State.Signoff.Statement(stated)
	if err != nil {
		t.Fatal(err)
	}
	ed := view.State.Access.ActiveKeys("p-officer")
	old := ed[slices.IndexFunc(ed, func(k access.Key) bool { return k.Algorithm == access.Ed25519 })]
	for _, c := range []struct {
		name   string
		change func(m map[string]string)
		fault  string
	}{
		{"a byte of the signature", func(m map[string]string) { m["signature"] = flip(t, m["signature"]) }, "does not hold"},
		{"another note", func(m map[string]string) { m["note"] = "something else" }, "another statement"},
		{"another origin", resigned(l.officer, statement, func(k *passkeytest.Key) { k.Origin = "https://evil.example" }), "the browser was on"},
		{"user not verified", resigned(l.officer, statement, func(k *passkeytest.Key) { k.Flags &^= passkeytest.Verified }), "did not verify"},
		{"another relying party", resigned(l.officer, statement, func(k *passkeytest.Key) { k.RP = "evil.example" }), "not asked by"},
		{"a key that the policy does not allow", func(m map[string]string) {
			m["key"], m["signature"] = old.ID, string(access.Ed25519Signature(ed25519.Sign(personKey("p-officer"), statement)))
		}, "keys.kinds"},
	} {
		f := forge(t, l.lab)
		f.rewrite(f.signedBy("p-officer"), c.change)
		rep := l.verify(f.export())
		if !slices.ContainsFunc(rep.Faults, func(s string) bool { return strings.Contains(s, c.fault) }) {
			t.Errorf("%s: faults %q, want %q", c.name, rep.Faults, c.fault)
		}
	}
}

// A passkey that is given to somebody else in a copy was not registered for them.
func TestForgedPasskeyRegistration(t *testing.T) {
	l := newPasskeyLab(t)
	l.signAll()
	f := forge(t, l.lab)
	f.edit(f.find("access.key_registered"), `"p-chief"`, `"p-officer"`)
	wantFault(t, l.verify(f.export()), "access.key_registered", "could not have been recorded", "not registered for")
}

func resigned(k *passkeytest.Key, statement []byte, change func(*passkeytest.Key)) func(map[string]string) {
	return func(m map[string]string) {
		other := *k
		change(&other)
		m["signature"] = string(other.Sign(statement))
	}
}

func flip(t testing.TB, text string) string {
	t.Helper()
	a, err := proof.ParseAssertion(text)
	if err != nil {
		t.Fatal(err)
	}
	a.Signature[len(a.Signature)-1] ^= 1
	return a.Text()
}

// signedBy gives the row in which a person signed.
func (f *forger) signedBy(person string) int {
	f.t.Helper()
	i := slices.IndexFunc(f.rows, func(r journal.Row) bool {
		return strings.Contains(string(r.Header), `"type":"signoff.signed"`) && strings.Contains(string(r.Body), `"person":"`+person+`"`)
	})
	if i < 0 {
		f.t.Fatalf("%s signed nothing", person)
	}
	return i
}

// rewrite changes members of a row's data, all of which are text.
func (f *forger) rewrite(i int, change func(map[string]string)) {
	f.t.Helper()
	var body struct {
		Data map[string]string `json:"data"`
	}
	if err := json.Unmarshal(f.rows[i].Body, &body); err != nil {
		f.t.Fatal(err)
	}
	change(body.Data)
	b, err := proof.Canonical(body)
	if err != nil {
		f.t.Fatal(err)
	}
	f.set(i, b, func(*proof.Header) {})
}

// The policy says which keys the officer signs with, and no other will do.
func TestSigningWithAnotherKeyThanThePolicyAllows(t *testing.T) {
	l := newPasskeyLab(t)
	view, _ := l.app.View(context.Background())
	d, _ := view.State.Decision.Decision(l.decision)
	in := signoff.Signing{Question: d.Question, Role: "rso", Person: "p-officer", Answer: signoff.Approve}
	text, err := view.State.Signoff.Statement(in)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range view.State.Access.ActiveKeys("p-officer") {
		if k.Algorithm == access.Ed25519 {
			in.Key = k.ID
		}
	}
	in.Signature = string(access.Ed25519Signature(ed25519.Sign(personKey("p-officer"), text)))
	_, err = l.app.Do(context.Background(), app.Who{Actor: app.Operator}, app.Sign(in))
	if fault.KindOf(err) != fault.Forbidden || !strings.Contains(err.Error(), "keys.kinds") {
		t.Errorf("an ed25519 key: %v", err)
	}
	// The chief's synced passkey would not do for the officer's role, and is not
	// offered either; nobody else's key is.
	soft := passkeytest.New("a synced one")
	soft.Flags |= passkeytest.Eligible
	l.do(app.RegisterKey(access.NewKey{Person: "p-officer", Public: soft.Public("p-officer")}))
	view, _ = l.app.View(context.Background())
	in, err = app.WithAssertion(view.State.Access, in, soft.AssertJSON(proof.PasskeyChallenge(text)))
	if err != nil {
		t.Fatal(err)
	}
	_, err = l.app.Do(context.Background(), app.Who{Actor: app.Operator}, app.Sign(in))
	if fault.KindOf(err) != fault.Forbidden || !strings.Contains(err.Error(), "keys.hardware") {
		t.Errorf("a synced passkey: %v", err)
	}
	if _, err = app.WithAssertion(view.State.Access, in, l.chief.AssertJSON(proof.PasskeyChallenge(text))); fault.KindOf(err) != fault.NotFound {
		t.Errorf("the chief's passkey: %v", err)
	}
	l.do(app.Sign(l.signing("rso", "p-officer", "", l.officer)))
}

// One human being with one security key cannot fill two slots by two accounts.
func TestOneKeyFillsOneSlot(t *testing.T) {
	l := newPasskeyLab(t)
	l.do(app.AddPerson(access.NewPerson{ID: "p-second", Kind: access.Human}, access.RoleChange{Person: "p-second", Role: "ceo", Reason: "a second account"}))
	_, err := l.app.Do(context.Background(), app.Who{Actor: app.Operator}, app.RegisterKey(access.NewKey{Person: "p-second", Public: l.officer.Public("p-second")}))
	if fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "belongs to") {
		t.Errorf("the same key for a second account: %v", err)
	}
}
