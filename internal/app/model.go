// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/world"
)

// RegisterModel is the intent to name a model.
func RegisterModel(in model.NewModel) Intent {
	return ofModel("model.register", in, func(s model.State, act entry.Act) ([]entry.Draft, error) { return s.Register(in, act) })
}

// AddSnapshot is the intent to name one state of a model's weights.
func AddSnapshot(in model.NewSnapshot) Intent {
	return Intent{Verb: "model.snapshot", Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		if err := noCanary(w, in.SnapshotRegistered); err != nil {
			return nil, err
		}
		return w.Model.AddSnapshot(in, act)
	}}
}

// EstimateCompute is the intent to record an estimate of effective compute.
func EstimateCompute(in model.NewEstimate) Intent {
	return ofModel("model.compute", in, func(s model.State, act entry.Act) ([]entry.Draft, error) { return s.EstimateCompute(in, act) })
}

// DeriveModel is the intent to record what a model was made from.
func DeriveModel(in model.NewDerivation) Intent {
	return ofModel("model.derive", in, func(s model.State, act entry.Act) ([]entry.Draft, error) { return s.Derive(in, act) })
}

// ChangeConditions is the intent to record that a model is used in another way.
func ChangeConditions(in model.NewChange) Intent {
	return ofModel("model.conditions", in, func(s model.State, act entry.Act) ([]entry.Draft, error) { return s.ChangeConditions(in, act) })
}

// DeployModel is the intent to record that a model is in use somewhere.
func DeployModel(in model.NewDeployment) Intent {
	return ofModel("model.deploy", in, func(s model.State, act entry.Act) ([]entry.Draft, error) { return s.Deploy(in, act) })
}

// WithdrawModel is the intent to record that a model is no longer in use there.
func WithdrawModel(in model.NewDeployment) Intent {
	return ofModel("model.withdraw", in, func(s model.State, act entry.Act) ([]entry.Draft, error) { return s.Withdraw(in, act) })
}

func ofModel(verb string, input any, decide func(model.State, entry.Act) ([]entry.Draft, error)) Intent {
	return Intent{Verb: verb, Input: input, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return decide(w.Model, act)
	}}
}

// Due tells which triggers of the policy in force have fired for a model, and
// when the others will.
func Due(m Moment, modelID string) ([]assessment.Row, error) {
	w := m.View.State
	see, err := w.AssessmentSee(m.Now)
	if err != nil {
		return nil, err
	}
	return w.Assessment.Due(modelID, raised(w, modelID, see.Policy), see, m.Now), nil
}

// raised lists the determinations in effect that demand more of the model.
func raised(w world.World, modelID string, p policy.Pack) []assessment.Raised {
	var all []assessment.Raised
	for _, t := range p.Thresholds {
		d, found, ok := w.Decision.Latest(modelID, t.ID)
		if !ok || d.EffectAt == 0 || !found.Outcome.Demands() {
			continue
		}
		up := assessment.Raised{Threshold: t.ID, Day: deadline.DayOf(d.EffectAt), Seq: d.EffectSeq, Grade: d.File.Grade}
		for _, next := range p.Next(t.ID) {
			up.Next = append(up.Next, next.ID)
		}
		all = append(all, up)
	}
	return all
}

// WeightFiles hashes a model's weights: one file, or every file of a folder. A
// link in the folder is refused, since what it leads to may change unseen.
func WeightFiles(ctx context.Context, path string) ([]model.File, error) {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		f, err := weightFile(ctx, path, filepath.Base(path))
		if err != nil {
			return nil, err
		}
		return []model.File{f}, nil
	}
	var files []model.File
	err = filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return unreadable(name, err)
		case d.IsDir():
			return nil
		case !d.Type().IsRegular():
			return fault.Invalidf("this is not a regular file, so it has no digest that would stay").At("%s", name).
				Hinted("put the file itself there")
		}
		inside, err := filepath.Rel(path, name)
		if err != nil {
			return err
		}
		f, err := weightFile(ctx, name, filepath.ToSlash(inside))
		files = append(files, f)
		return err
	})
	if err == nil && len(files) == 0 {
		err = fault.Invalidf("the folder holds no files").At("%s", path).Hinted("name the folder of the weights, or one file")
	}
	return files, err
}

func weightFile(ctx context.Context, path, name string) (model.File, error) {
	f, _, err := openRegular(path)
	if err != nil {
		return model.File{}, err
	}
	defer f.Close()
	sum, n, err := digestReader(ctx, f)
	if err != nil {
		return model.File{}, unreadable(path, err)
	}
	return model.File{Path: name, SHA256: sum, Size: n}, nil
}
