// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package world_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/restriction"
	"github.com/holdpoint/holdpoint/internal/review"
	"github.com/holdpoint/holdpoint/internal/world"
)

func challenge() review.Submission {
	return review.Submission{About: entry.Ref{Kind: "decision", ID: "decision-1"}, Kind: review.Comment, Side: review.Internal, Role: "alignment", Text: "as I see it"}
}

// refusedEntry holds that an entry, with one text in the place of another, is
// found not to follow from a world.
func refusedEntry(t *testing.T, w world.World, e entry.Entry, old string, new ...string) {
	t.Helper()
	if len(new) > 0 {
		body := bytes.ReplaceAll(e.Body, []byte(old), []byte(new[0]))
		if bytes.Equal(body, e.Body) {
			t.Fatalf("%s does not say %s: %s", e.Type, old, e.Body)
		}
		e.Body = body
	}
	if err := w.Check(e); err == nil {
		t.Errorf("%s passes: %s", e.Type, e.Body)
	}
}

func (l *lab) tryExecute(in restriction.Executed) error {
	l.t.Helper()
	_, err := l.try(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Restriction.Execute(in, w.RestrictionSee(), act)
	})
	return err
}

func (l *lab) tryVerify(id string) error {
	l.t.Helper()
	_, err := l.try(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Restriction.Verify(restriction.Verified{Restriction: id, Statement: "seen"}, w.RestrictionSee(), act)
	})
	return err
}

// ordered decides a restriction and gives its id.
func (l *lab) ordered(r decision.Restriction) restriction.Order {
	l.t.Helper()
	id, _ := l.decide(restrict(r))
	all := l.w.Restriction.Orders()
	if len(all) == 0 || all[len(all)-1].Decision != id {
		l.t.Fatalf("%s ordered nothing", id)
	}
	return all[len(all)-1]
}

// INT-5: a withdrawal names a replacement that is itself clear, holds what it
// withdraws, and takes it out of use when it is carried out.
func TestWithdrawWithReplacement(t *testing.T) {
	l := held(t)
	_, err := l.tryPropose(restrict(decision.Restriction{Kind: decision.WithdrawModel, Replacement: "old"}))
	refused(t, err, fault.Conflict, "old cannot replace m") // its safeguards failed too

	l = newLab(t)
	l.deploy("m", "production")
	l.determine("m", "CBRN-3=crossed")
	o := l.ordered(decision.Restriction{Kind: decision.WithdrawModel, Replacement: "old"})
	h, err := l.w.Gate.Hold(o.Hold)
	if err != nil || h.Covers("train") || !h.Covers("external_deploy") || !h.Covers("internal_deploy") || !strings.Contains(h.Reason, o.Decision) {
		t.Errorf("%+v, %v", h, err)
	}
	l.as("p-one", func() {
		got := l.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
			return w.Restriction.Execute(restriction.Executed{Restriction: o.ID, Statement: "taken down"}, w.RestrictionSee(), act)
		})
		wrote(t, got, "restriction.executed model.withdrawn")
	})
	// The signers lift the hold, and the restriction goes with it; the standard
	// is still not met, so it cannot come back (INT-5).
	_, got := l.decide(decision.ProposeIn{Kind: policy.DecideLiftHold, Title: "Shall it be lifted?", Hold: o.Hold})
	wrote(t, got, "signoff.signed decision.took_effect gate.hold_lifted restriction.lifted")
	if v := gate.Evaluate(l.w.Facts(), gate.Ask{Model: "m", Action: "external_deploy"}, l.now); v.Outcome != gate.Held {
		t.Error("a lifted hold does not meet the standard")
	}
}

// What would be withdrawn stays decided and without effect when its replacement
// is held by the time of the last signature.
func TestReplacementHeldMeanwhile(t *testing.T) {
	l := newLab(t)
	l.deploy("m", "production")
	id, err := l.tryPropose(restrict(decision.Restriction{Kind: decision.WithdrawModel, Replacement: "old"}))
	if err != nil {
		t.Fatal(err)
	}
	l.sign(id, "rso")
	l.hold("old")
	wrote(t, l.sign(id, "ceo"), "signoff.signed")
}

// INT-6 and the two-person rule: another named person verifies, and no program,
// body or owner of the workspace carries out or verifies anything.
func TestTwoNamedPeople(t *testing.T) {
	l := held(t)
	o := l.ordered(decision.Restriction{Kind: decision.RestrictAccess})
	execute := restriction.Executed{Restriction: o.ID, Statement: "only the trusted few are left"}
	l.as("p-two", func() { refused(t, l.tryVerify(o.ID), fault.Conflict, "nobody has carried") })
	for _, actor := range []string{"operator", "b-board", "a-bot", "nobody"} {
		l.as(actor, func() { refused(t, l.tryExecute(execute), fault.Forbidden, "not a named person") })
	}
	l.as("p-one", func() {
		if err := l.tryExecute(execute); err != nil {
			t.Fatal(err)
		}
		refused(t, l.tryExecute(execute), fault.Conflict, "already")
		refused(t, l.tryVerify(o.ID), fault.Forbidden, "cannot also verify")
	})
	for _, actor := range []string{"operator", "b-board", "a-bot"} {
		l.as(actor, func() { refused(t, l.tryVerify(o.ID), fault.Forbidden, "not a named person") })
	}
	l.as("p-two", func() {
		if err := l.tryVerify(o.ID); err != nil {
			t.Fatal(err)
		}
		refused(t, l.tryVerify(o.ID), fault.Conflict, "already")
	})
	for _, e := range l.entries {
		if e.Type == "restriction.verified" || e.Type == "restriction.executed" {
			forged := e
			forged.Actor = map[string]string{"restriction.verified": "p-one", "restriction.executed": "a-bot"}[e.Type]
			refusedEntry(t, before(l, e), forged, "")
		}
	}
}

// INT-6: every copy is listed, and every one certified.
func TestDeletionCoversEveryCopy(t *testing.T) {
	l := held(t)
	l.snapshot("m", "early", strings.Repeat("cd", 32))
	early := decision.Copy{Snapshot: "early", SHA256: strings.Repeat("cd", 32), Location: "vault-1"}
	rc := decision.Copy{Snapshot: "rc", SHA256: weights(), Location: "vault-2"}
	elsewhere, wrong := rc, rc
	elsewhere.Location, wrong.SHA256, wrong.Location = "bucket", strings.Repeat("ef", 32), "bucket"
	for name, c := range map[string]struct {
		copies []decision.Copy
		words  string
	}{
		"none":          {nil, "lists every copy"},
		"one missing":   {[]decision.Copy{rc}, "no copy of m/early is listed"},
		"wrong digest":  {[]decision.Copy{rc, early, wrong}, "has the digest"},
		"one place":     {[]decision.Copy{rc, early, rc}, "two copies are said to lie"},
		"no such thing": {[]decision.Copy{rc, early, {Snapshot: "x", SHA256: weights(), Location: "y"}}, "not among those to delete"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := l.tryPropose(restrict(decision.Restriction{Kind: decision.DeleteWeights, Copies: c.copies}))
			refused(t, err, fault.Invalid, c.words)
		})
	}
	o := l.ordered(decision.Restriction{Kind: decision.DeleteWeights, Copies: []decision.Copy{rc, early, elsewhere}})
	certificate := func(location string) restriction.Certificate {
		return restriction.Certificate{Location: location, Document: entry.Ref{Kind: "document", ID: "c.pdf", Digest: strings.Repeat("01", 32)}}
	}
	bare := certificate("bucket")
	bare.Document.Digest = ""
	all := []restriction.Certificate{certificate("vault-1"), certificate("vault-2"), certificate("bucket")}
	l.as("p-one", func() {
		for words, some := range map[string][]restriction.Certificate{
			"no certificate for the copy of rc at \"bucket\"": all[:2],
			"decided on no copy":                              append(all[:3:3], certificate("attic")),
			"certified twice":                                 append(all[:3:3], certificate("vault-1")),
			"not named by its SHA-256":                        append(all[:2:2], bare),
		} {
			refused(t, l.tryExecute(restriction.Executed{Restriction: o.ID, Statement: "wiped", Certificates: some}), fault.Invalid, words)
		}
		if err := l.tryExecute(restriction.Executed{Restriction: o.ID, Statement: "wiped", Certificates: all}); err != nil {
			t.Error(err)
		}
	})
	if v := gate.Evaluate(l.w.Facts(), gate.Ask{Model: "m", Action: "store_weights"}, l.now); v.Outcome != gate.Held {
		t.Error("deleted weights may be kept")
	}
}

func TestShapesOfRestrictions(t *testing.T) {
	l := held(t)
	for name, c := range map[string]struct {
		r     decision.Restriction
		kind  fault.Kind
		words string
	}{
		"no kind":          {decision.Restriction{Kind: "explode"}, fault.Invalid, "not a kind"},
		"no replacement":   {decision.Restriction{Kind: decision.WithdrawModel}, fault.Invalid, "names the model that takes over"},
		"itself":           {decision.Restriction{Kind: decision.WithdrawModel, Replacement: "m"}, fault.Invalid, "replace itself"},
		"unknown":          {decision.Restriction{Kind: decision.WithdrawModel, Replacement: "x"}, fault.NotFound, "no model"},
		"no criteria":      {decision.Restriction{Kind: decision.PauseTraining, Notice: "wait"}, fault.Invalid, "before it goes on"},
		"no notice":        {decision.Restriction{Kind: decision.PauseTraining, Resume: []string{"a"}}, fault.Invalid, "are told"},
		"no such snapshot": {decision.Restriction{Kind: decision.LockWeights, Snapshots: []string{"x"}}, fault.NotFound, "no snapshot"},
		"another kind's":   {decision.Restriction{Kind: decision.LockWeights, Replacement: "old"}, fault.Invalid, "belongs to"},
		"no such response": {decision.Restriction{Kind: decision.LockWeights, Response: "response-0"}, fault.NotFound, "no response"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := l.tryPropose(restrict(c.r))
			refused(t, err, c.kind, c.words)
		})
	}
}

// INT-7, INT-8, INT-9: a pause holds training and nothing else; locked weights
// hold everything; those that want a post-mortem are lifted with one only.
func TestKindsHoldAndLift(t *testing.T) {
	l := held(t)
	pause := l.ordered(decision.Restriction{Kind: decision.PauseTraining, Resume: []string{"ASL-3 is in force"}, Notice: "nothing ships in May"})
	h, _ := l.w.Gate.Hold(pause.Hold)
	if !h.Covers("continue_training") || !h.Covers("train") || h.Covers("external_deploy") {
		t.Errorf("%+v", h)
	}
	if !l.response().IsOpen() {
		t.Error("a pause of training answers for no deployment")
	}
	lock := l.ordered(decision.Restriction{Kind: decision.LockWeights})
	h, _ = l.w.Gate.Hold(lock.Hold)
	if !h.Covers("train") || !h.Covers("store_weights") || l.response().IsOpen() {
		t.Errorf("%+v", h)
	}
	lift := func(in restriction.Lifted) error {
		_, err := l.try(func(w world.World, act entry.Act) ([]entry.Draft, error) {
			return w.Restriction.Lift(in, w.RestrictionSee(), act)
		})
		return err
	}
	refused(t, lift(restriction.Lifted{Restriction: lock.ID, Reason: "safe"}), fault.Conflict, "stands as long as")
	_, got := l.decide(decision.ProposeIn{Kind: policy.DecideLiftHold, Title: "Shall it be lifted?", Hold: lock.Hold})
	wrote(t, got, "signoff.signed decision.took_effect gate.hold_lifted")
	refused(t, lift(restriction.Lifted{Restriction: lock.ID, Reason: "safe"}), fault.Invalid, "post-mortem")
	if err := lift(restriction.Lifted{Restriction: lock.ID, Reason: "safe", PostMortem: "look sooner"}); err != nil {
		t.Error(err)
	}
	refused(t, lift(restriction.Lifted{Restriction: lock.ID, Reason: "safe", PostMortem: "look sooner"}), fault.Conflict, "was lifted")
}

// An order that no decision made, or without its hold, is found.
func TestForgedOrdersAreFound(t *testing.T) {
	l := held(t)
	l.ordered(decision.Restriction{Kind: decision.LockWeights})
	for _, e := range l.entries {
		if e.Type != "restriction.ordered" {
			continue
		}
		was := before(l, e)
		refusedEntry(t, was, e, "lock_weights", "limit_access")
		refusedEntry(t, was, e, `"hold":"hold-`, `"hold":"hold-1`)
		refusedEntry(t, l.w, e, "") // carried out already
		bare := before(l, l.entries[e.Seq-2])
		refusedEntry(t, bare, e, "")
		return
	}
	t.Error("nothing was ordered")
}
