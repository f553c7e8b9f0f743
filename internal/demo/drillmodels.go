// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"fmt"
	"math/big"
	"math/rand/v2"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/stats"
)

// Compute steps of public scaling suites: training operations are 6ND, N the
// nominal parameters and D the tokens, a step being 2,097,152 tokens (Biderman
// et al. 2023, Pythia). The pairs below give 3.41 and 6.25 times aster-1.
const (
	tokensPerStep = 2_097_152
	smallModel    = 160_000_000
	largeModel    = 1_000_000_000
	earlyStep     = 78_000
	lastStep      = 143_000
)

// trained gives 6ND with five in a hundred to each side.
func trained(parameters, step int64) model.ComputeEstimated {
	flop := big.NewInt(6)
	for _, f := range []int64{parameters, step, tokensPerStep} {
		flop.Mul(flop, big.NewInt(f))
	}
	share := func(hundredths int64) stats.Decimal {
		return stats.Round(new(big.Rat).Mul(new(big.Rat).SetInt(flop), big.NewRat(hundredths, 100)))
	}
	return model.ComputeEstimated{
		Value: share(100), Low: share(95), High: share(105), Unit: model.FLOP,
		Method: fmt.Sprintf("6ND as in public scaling suites: %d parameters, step %d of %d tokens; 5%% to each side (simulated)", parameters, step, tokensPerStep),
	}
}

func (d *drill) compute(name, snapshot string, e model.ComputeEstimated) {
	e.Model, e.Snapshot = name, snapshot
	d.act("p-red-team", app.EstimateCompute(model.NewEstimate{ComputeEstimated: e}))
}

// snapshot makes a small file that stands for weights and registers it.
func (d *drill) snapshot(name, snapshot string, kind model.SnapshotKind, takenOn string) {
	safety := model.MechanismsOn
	if kind == model.HelpfulOnly || kind == model.Early {
		safety = model.MechanismsOff
	}
	path := d.file(weightsFile(name, snapshot), weights(name, snapshot))
	if d.err != nil {
		return
	}
	files, err := app.WeightFiles(d.ctx, path)
	d.fail(err)
	d.act("p-red-team", app.AddSnapshot(model.NewSnapshot{SnapshotRegistered: model.SnapshotRegistered{
		Model: name, Snapshot: snapshot, Kind: kind, Safety: safety, Files: files, TakenOn: takenOn,
	}}))
}

func weightsFile(name, snapshot string) string { return "weights/" + name + "-" + snapshot + ".bin" }

// weights gives the bytes that stand for a snapshot's weights.
func weights(name, snapshot string) []byte {
	b := make([]byte, 4096)
	rand.NewChaCha8([32]byte(seedOf("weights of " + name + "/" + snapshot))).Read(b)
	return append([]byte("simulated weights of "+name+"/"+snapshot+"\n"), b...)
}

func (d *drill) register(name, title string) {
	d.act("p-red-team", app.RegisterModel(model.NewModel{Registered: model.Registered{
		Model: name, Family: "aster", Developer: "Aster Lab (fictional)", Title: title,
	}}))
}

// trigger asks whether the trigger of effective compute has fired, and wants an
// answer.
func (d *drill) trigger(name string, want model.Outcome) string {
	if d.err != nil {
		return ""
	}
	m, err := d.app.Moment(d.ctx, "")
	d.fail(err)
	rows, err := app.Due(m, name)
	d.fail(err)
	for _, r := range rows {
		if r.Kind != policy.EffectiveComputeRatio {
			continue
		}
		if r.Outcome != want {
			d.fail(fault.New(fault.Internal, "the compute trigger of %s is %s and was to be %s: %s", name, r.Outcome, want, r.Sentence))
		}
		return r.Sentence
	}
	d.fail(fault.New(fault.Internal, "the policy has no trigger of effective compute"))
	return ""
}

// first is the model before: assessed in full, so that there is something to
// compare with.
func (d *drill) first() {
	d.on("2026-01-14T09:00:00Z")
	d.register("aster-1", "Aster 1")
	d.snapshot("aster-1", "helpful-only", model.HelpfulOnly, "2026-01-12")
	d.snapshot("aster-1", "final", model.Production, "2026-01-12")
	d.compute("aster-1", "", trained(smallModel, lastStep))
	d.ask("aster-1", "external_deploy", gate.Held)
	d.assessFirst()
	d.ask("aster-1", "external_deploy", gate.Clear)
	d.tell(markClear, "clear: deploy aster-1, assessed in full and ruled out by two signatures")
	d.act("p-trust-safety", app.DeployModel(model.NewDeployment{Deployed: model.Deployed{
		Model: "aster-1", Snapshot: "final", Environment: "production", Surface: "api", Audience: "customers",
	}}))
}

// second trains the next model past the line at which it must be assessed.
func (d *drill) second() {
	d.on("2026-01-26T09:00:00Z")
	d.register("aster-2", "Aster 2")
	v := d.verdict(gate.Ask{Model: "aster-2", Action: "train", ComparableTo: "aster-1"})
	if d.err == nil && v.Outcome != gate.Clear {
		d.fail(fault.New(fault.Internal, "training aster-2 is held: %v", heldBecause(v)))
	}
	d.tell(markClear, "clear: train aster-2, as a model comparable to aster-1")
	d.on("2026-02-02T09:00:00Z")
	d.snapshot("aster-2", "early", model.Early, "2026-02-01")
	d.compute("aster-2", "early", trained(largeModel, earlyStep))
	d.trigger("aster-2", model.NotFired)
	d.tell(markAct, "aster-2 at 3.4x the compute of aster-1: under the 4x trigger, no assessment is due")
	d.on("2026-02-10T09:00:00Z")
	d.done("PUBLISH-SUMMARIES", "2026-02-10", "The summary of aster-1 stands on the public page.")
	d.on("2026-02-16T09:00:00Z")
	d.snapshot("aster-2", "helpful-only", model.HelpfulOnly, "2026-02-15")
	d.snapshot("aster-2", "rc1", model.ReleaseCandidate, "2026-02-16")
	d.compute("aster-2", "", trained(largeModel, lastStep))
	d.trigger("aster-2", model.Fired)
	d.tell(markAct, "aster-2 at 6.3x: the trigger fires, a comprehensive assessment is due")
	d.ask("aster-2", "external_deploy", gate.Held)
	d.tell(markHeld, "held: deploy aster-2: no threshold is shown to be ruled out")
}
