// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package world_test

import (
	"crypto/ed25519"
	"slices"
	"strings"
	"testing"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/finding"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/restriction"
	"github.com/holdpoint/holdpoint/internal/safeguard"
	"github.com/holdpoint/holdpoint/internal/signoff"
	"github.com/holdpoint/holdpoint/internal/world"
	"github.com/holdpoint/holdpoint/packs"
	"github.com/holdpoint/holdpoint/proof"
)

// begun is when every history of these tests begins.
const begun = deadline.Day("2025-06-02")

const hour = int64(3_600_000)

// lab is a journal in memory. Every entry that follows by itself is checked, as a
// verifier would, before it is folded.
type lab struct {
	t       testing.TB
	w       world.World
	entries []entry.Entry
	now     int64
	actor   string
}

type deciding func(w world.World, act entry.Act) ([]entry.Draft, error)

// try carries an act out with what follows from it, and gives the entries.
func (l *lab) try(decide deciding) ([]entry.Entry, error) {
	l.t.Helper()
	l.now++
	act := entry.Act{Actor: l.actor, Seq: l.w.Seq, Now: l.now}
	drafts, err := decide(l.w, act)
	if err != nil {
		return nil, err
	}
	if drafts, err = l.w.React(drafts, act); err != nil {
		return nil, err
	}
	from := len(l.entries)
	for _, d := range drafts {
		l.take(entry.Entry{Header: proof.Header{Seq: l.w.Seq, RecordedAt: act.Now, Type: d.Type, V: d.V, Actor: act.Actor}, Body: d.Body})
	}
	return l.entries[from:], nil
}

func (l *lab) take(e entry.Entry) {
	l.t.Helper()
	if err := l.w.Check(e); err != nil {
		l.t.Fatalf("what was just written does not check: %s %s: %v", e.Type, e.Body, err)
	}
	var err error
	if l.w, err = l.w.Fork().Apply(e); err != nil {
		l.t.Fatalf("%s: %v", e.Type, err)
	}
	l.entries = append(l.entries, e)
}

func (l *lab) do(decide deciding) []entry.Entry {
	l.t.Helper()
	got, err := l.try(decide)
	if err != nil {
		l.t.Fatal(err)
	}
	return got
}

// as lets a person act.
func (l *lab) as(actor string, act func()) {
	was := l.actor
	l.actor = actor
	act()
	l.actor = was
}

func officers() []string { return []string{"rso", "ceo"} }

// others are named people without an office, a body and a program.
func others() map[string]access.Kind {
	return map[string]access.Kind{"p-one": access.Human, "p-two": access.Human, "b-board": access.Body, "a-bot": access.Automation}
}

func newLab(t testing.TB) *lab {
	t.Helper()
	l := &lab{t: t, now: begun.Start(), actor: access.Operator}
	l.adopt(entry.Provenance{})
	l.staff()
	l.approve("ASL-2", policy.Deployment)
	l.approve("ASL-2", policy.Security)
	for _, name := range []string{"m", "old"} {
		l.model(name)
		l.determine(name, "CBRN-3=ruled_out", "AUTO-CKPT=ruled_out")
	}
	return l
}

func (l *lab) adopt(how entry.Provenance) {
	l.t.Helper()
	p, err := policy.LoadRef("anthropic-rsp@2.2", packs.Source)
	if err != nil {
		l.t.Fatal(err)
	}
	l.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Policy.Adopt(policy.AdoptIn{Pack: p, Accept: "for the test", How: how}, act)
	})
}

func (l *lab) staff() {
	l.t.Helper()
	for i, id := range officers() {
		l.person(id, access.Human)
		l.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
			return w.Access.GrantRole(access.RoleChange{Person: id, Role: id, Reason: "appointed"}, access.See{Roles: officers()}, act)
		})
		l.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
			return w.Access.RegisterKey(access.NewKey{Person: id, Public: access.Ed25519Text(private(i).Public().(ed25519.PublicKey))}, act)
		})
	}
	for id, kind := range others() {
		l.person(id, kind)
	}
}

func (l *lab) person(id string, kind access.Kind) {
	l.t.Helper()
	l.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Access.AddPerson(access.NewPerson{ID: id, Kind: kind}, act)
	})
}

func private(n int) ed25519.PrivateKey {
	seed := make([]byte, ed25519.SeedSize)
	seed[0] = byte(n + 1)
	return ed25519.NewKeyFromSeed(seed)
}

// weights is the digest of every snapshot of these tests.
func weights() string { return strings.Repeat("ab", 32) }

func (l *lab) model(name string) {
	l.t.Helper()
	l.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Model.Register(model.NewModel{Registered: model.Registered{Model: name}}, act)
	})
	l.snapshot(name, "rc", weights())
}

func (l *lab) snapshot(name, snapshot, digest string) {
	l.t.Helper()
	l.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Model.AddSnapshot(model.NewSnapshot{SnapshotRegistered: model.SnapshotRegistered{
			Model: name, Snapshot: snapshot, Kind: model.ReleaseCandidate, Safety: model.MechanismsOn, Weights: digest,
		}}, act)
	})
}

func attested() entry.Provenance {
	return entry.Graded(grade.Attested, entry.Source{Document: "TEST"})
}

// approve reports that a standard's facet was approved for every model.
func (l *lab) approve(standard string, facet policy.FacetKind) []entry.Entry {
	l.t.Helper()
	return l.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		s := &decision.Safeguards{Standard: standard, Facet: facet}
		drafts, err := w.Decision.Report(decision.File{Kind: policy.DecideSafeguards, Title: "approved", Safeguards: s}, attested(), w.DecisionSee(), act)
		if err != nil {
			return nil, err
		}
		p, _ := w.Policy.InForce(act.Now)
		more, err := w.Safeguard.Approve(safeguard.ApproveInput{
			Standard: standard, Facet: string(facet), Decision: act.ID("decision", 0),
			ReapproveBy: decision.ReapproveBy(p.Pack, *s, act.Now), How: attested(),
		}, entry.Act{Actor: act.Actor, Seq: act.Seq + 1, Now: act.Now})
		return append(drafts, more...), err
	})
}

// determine reports determinations, "threshold=outcome" each.
func (l *lab) determine(name string, outcomes ...string) []entry.Entry {
	l.t.Helper()
	var dets []decision.Determination
	for _, o := range outcomes {
		threshold, outcome, _ := strings.Cut(o, "=")
		dets = append(dets, decision.Determination{Threshold: threshold, Outcome: decision.Outcome(outcome), Reason: "said so"})
	}
	return l.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		f := decision.File{Kind: policy.DecideDetermination, Title: "determined", Model: name, Determinations: dets}
		return w.Decision.Report(f, attested(), w.DecisionSee(), act)
	})
}

func deployed(name, environment string) model.NewDeployment {
	return model.NewDeployment{Deployed: model.Deployed{Model: name, Snapshot: "rc", Environment: environment}}
}

func (l *lab) deploy(name, environment string) []entry.Entry {
	l.t.Helper()
	return l.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Model.Deploy(deployed(name, environment), act)
	})
}

func (l *lab) withdraw(name, environment string) []entry.Entry {
	l.t.Helper()
	return l.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Model.Withdraw(deployed(name, environment), act)
	})
}

// fail records that a safeguard of every model failed in practice.
func (l *lab) fail() []entry.Entry {
	l.t.Helper()
	return l.do(func(w world.World, _ entry.Act) ([]entry.Draft, error) {
		return w.Safeguard.RecordFailure(safeguard.FailureInput{Standard: "ASL-2", Facet: "deployment", Reason: "broken"})
	})
}

func (l *lab) hold(name string) []entry.Entry {
	l.t.Helper()
	return l.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Gate.Place(gate.PlaceIn{Model: name, Reason: "a doubt"}, w.Facts(), act)
	})
}

func (l *lab) sweep() []entry.Entry {
	l.t.Helper()
	return l.do(func(w world.World, act entry.Act) ([]entry.Draft, error) { return w.Sweep(act) })
}

func (l *lab) tryPropose(in decision.ProposeIn) (string, error) {
	l.t.Helper()
	got, err := l.try(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		drafts, err := w.Decision.Propose(in, w.DecisionSee(), act)
		if err == nil && in.Restriction != nil {
			err = w.CheckRestriction(*in.Restriction, act.Now)
		}
		return drafts, err
	})
	if err != nil {
		return "", err
	}
	return entry.ID("decision", got[0].Seq), nil
}

// decide proposes and lets both officers sign; it gives the decision and what
// the last signature brought about.
func (l *lab) decide(in decision.ProposeIn) (string, []entry.Entry) {
	l.t.Helper()
	id, err := l.tryPropose(in)
	if err != nil {
		l.t.Fatal(err)
	}
	l.sign(id, "rso")
	return id, l.sign(id, "ceo")
}

func (l *lab) sign(id, person string) []entry.Entry {
	l.t.Helper()
	d, err := l.w.Decision.Decision(id)
	if err != nil {
		l.t.Fatal(err)
	}
	in := signoff.Signing{Question: d.Question, Person: person, Role: person, Answer: signoff.Approve, Key: l.w.Access.ActiveKeys(person)[0].ID}
	b, err := l.w.Signoff.Statement(in)
	if err != nil {
		l.t.Fatal(err)
	}
	in.Signature = string(access.Ed25519Signature(ed25519.Sign(private(slices.Index(officers(), person)), b)))
	return l.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Signoff.Sign(in, signoff.See{Access: w.Access}, act)
	})
}

func restrict(r decision.Restriction) decision.ProposeIn {
	r.Model, r.Reason = "m", "it may not go on as it is"
	return decision.ProposeIn{Kind: policy.DecideRestriction, Title: "Shall m be restricted?", Restriction: &r}
}

// response gives the only response.
func (l *lab) response() restriction.Response {
	l.t.Helper()
	all := l.w.Restriction.Responses()
	if len(all) != 1 {
		l.t.Fatalf("%d responses: %+v", len(all), all)
	}
	return all[0]
}

func types(es []entry.Entry) string {
	var all []string
	for _, e := range es {
		all = append(all, e.Type)
	}
	return strings.Join(all, " ")
}

// ofDuty tells of an entry about a dated duty, which has tests of its own.
func ofDuty(e entry.Entry) bool {
	if strings.HasPrefix(e.Type, "obligation.") {
		return true
	}
	d, err := finding.DecodeOpened(e)
	return err == nil && d.About.Kind == "duty"
}

func wrote(t testing.TB, got []entry.Entry, want string) {
	t.Helper()
	if got := types(slices.DeleteFunc(slices.Clone(got), ofDuty)); got != want {
		t.Errorf("wrote %q, want %q", got, want)
	}
}

func refused(t testing.TB, err error, kind fault.Kind, words string) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind || !strings.Contains(err.Error(), words) {
		t.Errorf("got %v (%s), want %s and %q", err, fault.KindOf(err), kind, words)
	}
}
