// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package incident keeps incidents, jailbreaks and near misses: when each
// occurred, was detected, known, determined and reported, how fast it was
// identified and remedied, and what was learned.
//
// The five times of an incident are five facts, since different duties run from
// different ones; none is made up from another, and one that nobody stated is
// unknown. A time that was stated is corrected with a reason only. A jailbreak
// is closed when it was identified and remedied and a re-test passed; nothing is
// closed without a post-mortem.
//
// Sharing information, reporting an incident to others and responding to it are
// three things. This package keeps the response. That a report was submitted is
// one of the times; the package sends nothing.
//
// The package places no hold and reopens no approval: what is done in the same
// act is done by the areas whose nouns those are, and only named here.
package incident

import (
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/model"
)

// Kind is what sort of thing happened.
type Kind string

// The kinds. A near miss is what could have been an incident and was not.
const (
	General   Kind = "incident"
	Jailbreak Kind = "jailbreak"
	NearMiss  Kind = "near_miss"
)

// Kinds lists every kind.
func Kinds() []Kind { return []Kind{General, Jailbreak, NearMiss} }

// Declared is the data of incident.declared.
type Declared struct {
	Kind  Kind   `json:"kind"`
	Title string `json:"title"`
	// Commander is the person who leads the response, "" until one is named.
	Commander string   `json:"commander,omitzero"`
	Models    []string `json:"models,omitempty"`
	// Deployments says in words where it happened.
	Deployments []string `json:"deployments,omitempty"`
	Times
	Severity string `json:"severity,omitzero"`
	// Universality says how widely a jailbreak works.
	Universality string `json:"universality,omitzero"`
	// InternalUse tells that it happened in the developer's own use of a model.
	InternalUse bool `json:"internal_use,omitzero"`
	// TargetHours is within how many hours of being identified it is to be
	// remedied; 0 where no target was set.
	TargetHours int64 `json:"target_hours,omitzero"`
	// Holds are the holds placed in the same act, and Reopened the standards
	// whose failure was recorded in it, such as ASL-3/deployment.
	Holds    []string `json:"holds,omitempty"`
	Reopened []string `json:"reopened,omitempty"`
}

// See is what the verbs read from elsewhere.
type See struct {
	Access access.State
	Model  model.State
}

// Declare declares an incident; its id is act.ID("incident", n) of its draft.
func (s State) Declare(in Declared, how entry.Provenance, see See, act entry.Act) ([]entry.Draft, error) {
	if !slices.Contains(Kinds(), in.Kind) {
		return nil, fault.Invalidf("%q is not a kind of incident", in.Kind).Hinted("use incident, jailbreak or near_miss")
	}
	if err := said("the title", in.Title); err != nil {
		return nil, err
	}
	if len(in.Title) > maxTitle {
		return nil, fault.Invalidf("a title of %d bytes is no title", len(in.Title)).Hinted("say it in a sentence of at most %d bytes", maxTitle)
	}
	if in.Universality != "" && in.Kind != Jailbreak {
		return nil, fault.Invalidf("universality is said of a jailbreak, and this is of the kind %s", in.Kind)
	}
	if in.TargetHours < 0 {
		return nil, fault.Invalidf("a target of %d hours cannot be met", in.TargetHours)
	}
	if err := checkCommander(in.Commander, see); err != nil {
		return nil, err
	}
	for _, m := range in.Models {
		if _, ok := see.Model.Model(m); !ok {
			return nil, fault.NotFoundf("no model %q is registered", m).Hinted("holdpoint model list shows them all")
		}
	}
	if err := (Clock{Times: in.Times}).check(act.Now); err != nil {
		return nil, err
	}
	return declared.Drafts(in, how)
}

func checkCommander(person string, see See) error {
	if person == "" {
		return nil
	}
	if p, ok := see.Access.Person(person); !ok || p.Kind != access.Human {
		return fault.NotFoundf("%q is no person who is known here, and a person leads the response", person).
			Hinted("holdpoint person list shows who there is")
	}
	return nil
}

// maxTitle is the largest title in bytes: it becomes the reason of the holds that
// are placed in the same act.
const maxTitle = 1000

// MaxText is the largest text in bytes.
const MaxText = 10_000

// said refuses a text that says nothing, or too much.
func said(what, text string) error {
	switch {
	case strings.TrimSpace(text) == "":
		return fault.Invalidf("%s is missing", what).Hinted("say it in a sentence")
	case len(text) > MaxText:
		return fault.Invalidf("%s has %d bytes and at most %d are kept", what, len(text), MaxText).Hinted("say it in a few sentences, and name the document that says more")
	}
	return nil
}
