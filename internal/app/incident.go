// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/incident"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/safeguard"
	"github.com/holdpoint/holdpoint/internal/world"
)

// Declaring is an incident with what is stopped in the same act.
type Declaring struct {
	incident.Declared
	// Stop are the holds to place. A reason is given to those without one.
	Stop []gate.PlaceIn
	// Reopen are the standards whose failure in practice is recorded.
	Reopen []FacetOf
	How    entry.Provenance
}

// FacetOf names a standard's facet.
type FacetOf struct{ Standard, Facet string }

// DeclareIncident declares an incident, places holds and reopens standards, all
// or none. Lifting the holds and approving the standards again stays with the
// policy's signers.
func DeclareIncident(in Declaring) Intent {
	return Intent{Verb: "incident.declare", Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return inOrder(in.parts(act)...)(w, act)
	}}
}

// parts are the rules of the act in their order, which gives the holds their ids.
func (in Declaring) parts(act entry.Act) []rule {
	d := in.Declared
	why := act.ID("incident", 0) + ": " + d.Title
	var more []rule
	for i, hold := range in.Stop {
		d.Holds = append(d.Holds, act.ID("hold", 1+i))
		if hold.Reason == "" {
			hold.Reason = why
		}
		more = append(more, func(w world.World, act entry.Act) ([]entry.Draft, error) {
			if err := authorise(w, holdVerb, act); err != nil {
				return nil, err
			}
			return w.Gate.Place(hold, w.Facts(), act)
		})
	}
	for _, f := range in.Reopen {
		d.Reopened = append(d.Reopened, f.Standard+"/"+f.Facet)
		more = append(more, func(w world.World, act entry.Act) ([]entry.Draft, error) {
			if _, err := criteria(w, f.Standard, f.Facet, act.Now); err != nil {
				return nil, err
			}
			return w.Safeguard.RecordFailure(safeguard.FailureInput{Standard: f.Standard, Facet: f.Facet, Reason: why})
		})
	}
	declare := func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Incident.Declare(d, in.How, w.IncidentSee(), act)
	}
	return append([]rule{declare}, more...)
}

// UpdateIncident records what became known of an incident.
func UpdateIncident(in incident.Updated) Intent {
	return Intent{Verb: "incident.update", Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		if err := mayRespond(w, "incident.update", in.Incident, act); err != nil {
			return nil, err
		}
		return w.Incident.Update(in, w.IncidentSee(), act)
	}}
}

// CloseIncident closes an incident with its post-mortem.
func CloseIncident(in incident.Closed) Intent {
	return Intent{Verb: "incident.close", Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		if err := mayRespond(w, "incident.close", in.Incident, act); err != nil {
			return nil, err
		}
		return w.Incident.Close(in)
	}}
}

// mayRespond lets the commander of the incident act, whatever their roles, and
// everybody whose role records.
func mayRespond(w world.World, verb, id string, act entry.Act) error {
	v, err := w.Incident.Find(id)
	if err != nil || act.Actor == Operator || v.Commander == act.Actor {
		return err
	}
	if err := hasDuty(w, verb, policy.Record, act); err != nil {
		return fault.Forbiddenf("%q does not command %s (rule SOD-COMMAND): %w", act.Actor, id, err).Hinted("holdpoint incident show %s says who does", id)
	}
	return nil
}
