// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package model

import (
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
)

// Deployment is where a model is, or was, in use.
type Deployment struct {
	Deployed
	Live bool
	// Seq is the entry that put it there or took it away last.
	Seq   int64
	Grade grade.Grade
}

// NewDeployment is the input of [State.Deploy] and [State.Withdraw].
type NewDeployment struct {
	Deployed
	How entry.Provenance
}

// Deploy records that a model is in use somewhere. It says what is, not that it
// was allowed.
func (s State) Deploy(in NewDeployment, _ entry.Act) ([]entry.Draft, error) {
	have, err := s.deployment(in)
	if err != nil {
		return nil, err
	}
	if have.Live {
		return nil, fault.Conflictf("entry %d already says that %s is deployed there", have.Seq, in.Model).
			Hinted("nothing needs to be done")
	}
	return deployed.Drafts(in.Deployed, in.How)
}

// Withdraw records that a model is no longer in use where it was.
func (s State) Withdraw(in NewDeployment, _ entry.Act) ([]entry.Draft, error) {
	have, err := s.deployment(in)
	if err != nil {
		return nil, err
	}
	if !have.Live {
		return nil, fault.Conflictf("nothing says that %s is deployed there", in.Model).
			Hinted("name snapshot, environment, surface and audience as the deployment did")
	}
	return withdrawn.Drafts(in.Deployed, in.How)
}

func (s State) deployment(in NewDeployment) (Deployment, error) {
	var p problems
	p.environment(in.Environment)
	p.optionalName("surface", in.Surface)
	p.optionalName("audience", in.Audience)
	p.provenance(in.How)
	if err := p.Err(); err != nil {
		return Deployment{}, err
	}
	if err := s.knownSnapshot(in.Model, in.Snapshot); err != nil {
		return Deployment{}, err
	}
	have, _ := s.deployments.Get(in.key())
	return have, nil
}

// Deployments lists where a model is in use, and where it was.
func (s State) Deployments(model string) []Deployment { return of(s.deployments, model) }

// Live lists what is in use, of every model.
func (s State) Live() []Deployment {
	var all []Deployment
	for d := range s.live.Values() {
		all = append(all, d)
	}
	return all
}

// AnyLive tells whether anything is in use.
func (s State) AnyLive() bool { return s.live.Len() > 0 }
