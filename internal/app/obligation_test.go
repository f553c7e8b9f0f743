// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/finding"
	"github.com/holdpoint/holdpoint/internal/journal"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/obligation"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/world"
	"github.com/holdpoint/holdpoint/packs"
)

// The days of these tests: what was deployed on the first is to be told within
// 30 days, and is late on the last.
const (
	deployedOn = int64(1_767_600_000_000) // 2026-01-05T08:00:00Z
	lateOn     = deployedOn + 40*86_400_000
)

// owing makes a workspace with a simulated clock in which n models were deployed,
// each with a duty, and withdrawn: what is live and held would owe an answer too.
func owing(t testing.TB, n int) (*app.App, string) {
	t.Helper()
	ctx := context.Background()
	dir := filepath.Join(t.TempDir(), "w")
	a, err := app.Init(ctx, dir, app.Genesis{Clock: journal.Simulated, At: deployedOn})
	if err != nil {
		t.Fatal(err)
	}
	p, err := policy.LoadRef("anthropic-rsp@2.2", packs.Source)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Do(ctx, app.Who{Actor: app.Operator}, app.AdoptPolicy(policy.AdoptIn{Pack: p})); err != nil {
		t.Fatal(err)
	}
	const each = 1000
	for from := 0; from < n; from += each {
		if _, err := a.Do(ctx, app.Who{Actor: app.Operator}, deploying(from, min(n, from+each))); err != nil {
			t.Fatal(err)
		}
	}
	return a, dir
}

func deploying(from, to int) app.Intent {
	return app.Intent{Verb: "model.deploy", Input: from, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		var all []entry.Draft
		for i := from; i < to; i++ {
			id := fmt.Sprintf("m%d", i)
			drafts, err := w.Model.Register(model.NewModel{Registered: model.Registered{Model: id}}, act)
			if err != nil {
				return nil, err
			}
			then, err := w.Pretend(drafts, act)
			if err != nil {
				return nil, err
			}
			where := model.NewDeployment{Deployed: model.Deployed{Model: id, Environment: "production"}}
			more, err := then.Model.Deploy(where, act)
			if err != nil {
				return nil, err
			}
			if then, err = then.Pretend(more, act); err != nil {
				return nil, err
			}
			gone, err := then.Model.Withdraw(where, act)
			if err != nil {
				return nil, err
			}
			all = slices.Concat(all, drafts, more, gone)
		}
		return all, nil
	}}
}

func newPerson(id string) access.NewPerson { return access.NewPerson{ID: id, Kind: access.Human} }

func granted(id, role string) access.RoleChange {
	return access.RoleChange{Person: id, Role: role, Reason: "appointed"}
}

func exempting(duty string, until deadline.Day) decision.ProposeIn {
	return decision.ProposeIn{Kind: policy.DecideException, Title: "t", Exemption: &decision.Exemption{Duty: duty, Reason: "ill", Until: until}}
}

func late(t testing.TB, a *app.App) (missed, findings int) {
	t.Helper()
	v, err := a.View(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range v.State.Obligation.All() {
		if d.Breach != nil {
			missed++
		}
	}
	seen := map[string]bool{}
	for _, f := range v.State.Finding.All() {
		if seen[f.Duty] {
			t.Errorf("%s became two findings", f.Duty)
		}
		seen[f.Duty] = true
	}
	return missed, len(seen)
}

// Two sweepers at once, in handles of their own, write what one would.
func TestTwoSweepers(t *testing.T) {
	a, dir := owing(t, 1200)
	defer a.Close()
	b, err := app.Open(context.Background(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	var wg sync.WaitGroup
	for _, who := range []*app.App{a, b, a, b} {
		wg.Go(func() {
			if _, err := who.Sweep(context.Background(), app.Who{Actor: app.Operator, At: lateOn}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if missed, findings := late(t, b); missed != 1200 || findings != 1200 {
		t.Errorf("%d missed, %d findings", missed, findings)
	}
	if acts, err := a.Sweep(context.Background(), app.Who{Actor: app.Operator}); err != nil || len(acts) != 0 {
		t.Errorf("the next writes %d acts, %v", len(acts), err)
	}
}

// A sweep that is stopped half-way has written whole acts, and the next goes on,
// also in another process.
func TestASweepGoesOn(t *testing.T) {
	a, dir := owing(t, 1200)
	ctx, stop := context.WithCancel(context.Background())
	if _, err := a.Do(ctx, app.Who{Actor: app.Operator, At: lateOn}, app.OneSweep()); err != nil {
		t.Fatal(err)
	}
	stop()
	if acts, err := a.Sweep(ctx, app.Who{Actor: app.Operator}); err == nil || len(acts) != 0 {
		t.Errorf("a stopped sweep went on: %d acts, %v", len(acts), err)
	}
	a.Close()
	b, err := app.Open(context.Background(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if missed, findings := late(t, b); missed != findings || missed < 500 || missed >= 1200 {
		t.Fatalf("half-way: %d missed, %d findings", missed, findings)
	}
	if _, err := b.Sweep(context.Background(), app.Who{Actor: app.Operator, Key: "nightly"}); err != nil {
		t.Fatal(err)
	}
	if missed, findings := late(t, b); missed != 1200 || findings != 1200 {
		t.Errorf("%d missed, %d findings", missed, findings)
	}
	if _, err := b.Sweep(context.Background(), app.Who{Actor: app.Operator, Key: "nightly"}); err != nil {
		t.Errorf("the same sweep sent again: %v", err)
	}
}

// Clocks that jump forwards make things late, and what was written down stays;
// a journal's clock does not go back.
func TestAClockThatJumps(t *testing.T) {
	a, _ := owing(t, 1)
	defer a.Close()
	ctx := context.Background()
	if _, err := a.Sweep(ctx, app.Who{Actor: app.Operator, At: lateOn}); err != nil {
		t.Fatal(err)
	}
	before, _ := a.View(ctx)
	if _, err := a.Sweep(ctx, app.Who{Actor: app.Operator, At: deployedOn + 1000}); err == nil {
		t.Error("an act before the last entry was taken")
	}
	after, err := a.View(ctx)
	if err != nil || after.Size != before.Size {
		t.Error("something was written", err)
	}
	if _, findings := late(t, a); findings != 1 {
		t.Errorf("%d findings", findings)
	}
}

// Only a holder of the role that owes a duty, or the owner of the workspace, says
// that it was done, and nobody exempts from what is not there.
func TestWhoCompletes(t *testing.T) {
	a, _ := owing(t, 1)
	defer a.Close()
	ctx := context.Background()
	if _, err := a.Do(ctx, app.Who{Actor: app.Operator}, app.AddPerson(newPerson("p-1"), granted("p-1", "security"))); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Do(ctx, app.Who{Actor: app.Operator}, app.AddPerson(newPerson("p-2"), granted("p-2", "rsp-team"))); err != nil {
		t.Fatal(err)
	}
	v, _ := a.View(ctx)
	var id string
	for _, d := range v.State.Obligation.All() {
		if d.Rule == "PUBLISH-SUMMARIES" {
			id = d.ID
		}
	}
	in := app.CompleteDuty(obligation.Completing{Duty: id, On: "2026-01-05", Note: "the summaries are public"})
	if _, err := a.Do(ctx, app.Who{Actor: "p-1"}, in); fault.KindOf(err) != fault.Forbidden {
		t.Error(err)
	}
	if _, err := a.Do(ctx, app.Who{Actor: "p-2"}, in); err != nil {
		t.Error(err)
	}
	for duty, words := range map[string]string{"duty-1.1": "no duty", id: "was done"} {
		_, err := a.Do(ctx, app.Who{Actor: app.Operator}, app.Propose(exempting(duty, "2026-03-01")))
		if err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v", duty, err)
		}
	}
}

// A material finding that the machine opened is told to the board: duties follow
// from duties.
func TestALateDutyCanBeMaterial(t *testing.T) {
	a, _ := owing(t, 1)
	defer a.Close()
	ctx := context.Background()
	if _, err := a.Sweep(ctx, app.Who{Actor: app.Operator, At: lateOn}); err != nil {
		t.Fatal(err)
	}
	v, _ := a.View(ctx)
	id := v.State.Finding.All()[0].ID
	done, err := a.Do(ctx, app.Who{Actor: app.Operator}, app.RateFinding(finding.Rated{Finding: id, Rating: finding.Material, Argument: "nobody was told"}))
	if err != nil || len(done.Entries) != 2 || done.Entries[1].Type != obligation.OpenedType {
		t.Fatal(err, done.Entries)
	}
}

// BenchmarkSweep is deciding what to write down of 10,000 duties, and telling
// where they stand.
func BenchmarkSweep(b *testing.B) {
	a, _ := owing(b, 10_000)
	defer a.Close()
	v, err := a.View(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	act := entry.Act{Actor: app.Operator, Seq: v.Size}
	for name, now := range map[string]int64{"none late": deployedOn + 86_400_000, "500 of all late": lateOn} {
		act.Now = now
		b.Run("deciding, "+name, func(b *testing.B) {
			for b.Loop() {
				if _, err := v.State.Sweep(act); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("where 10,000 stand", func(b *testing.B) {
		for b.Loop() {
			for _, d := range v.State.Obligation.Undone() {
				d.At(lateOn)
			}
		}
	})
}

// BenchmarkSweepAllLate writes down that all of 10,000 dates have passed, with
// 10,000 findings, in as many acts as it takes.
func BenchmarkSweepAllLate(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		a, _ := owing(b, 10_000)
		b.StartTimer()
		if _, err := a.Sweep(context.Background(), app.Who{Actor: app.Operator, At: lateOn}); err != nil {
			b.Fatal(err)
		}
		a.Close()
	}
}
