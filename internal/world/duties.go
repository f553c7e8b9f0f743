// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package world

import (
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/obligation"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// duties begins and ends the duties that the drafts start or do: first what is
// done, in an entry each (after its finding, where it was late and no sweep had
// come by), then what begins, in one.
func (w World) duties(drafts []entry.Draft, act entry.Act) ([]entry.Draft, error) {
	if !slices.ContainsFunc(drafts, moves) {
		return drafts, nil
	}
	then, err := w.Pretend(drafts, act)
	if err != nil {
		return nil, err
	}
	c := clock{w: then, act: act}
	for i, d := range drafts {
		if err := c.read(d, act.Seq+int64(i)); err != nil {
			return nil, err
		}
	}
	return c.move(drafts)
}

// move adds what follows for duties.
func (c *clock) move(drafts []entry.Draft) ([]entry.Draft, error) {
	add := func(more []entry.Draft, err error) error {
		if err != nil || len(more) == 0 {
			return err
		}
		if c.w, err = c.w.Pretend(more, after(c.act, drafts)); err != nil {
			return err
		}
		drafts = append(drafts, more...)
		return nil
	}
	for _, deed := range c.deeds {
		if err := add(c.w.miss(c.w.Obligation.LateBy(deed, c.w.counts(c.act.Now)), after(c.act, drafts))); err != nil {
			return nil, err
		}
		if err := add(c.w.Obligation.Do(deed)); err != nil {
			return nil, err
		}
	}
	for _, b := range c.begun {
		if err := add(c.w.Obligation.Open(b.events, b.under, after(c.act, drafts))); err != nil {
			return nil, err
		}
	}
	return drafts, nil
}

// clock reads from an act which clocks start and stop. Its world is the one after
// the act.
type clock struct {
	w     World
	act   entry.Act
	deeds []obligation.Deed
	begun []begun
}

// begun are the events that start clocks under one version of the policy.
type begun struct {
	under  policy.Adopted
	events []obligation.Event
}

// starts adds an event under a version.
func (c *clock) starts(under policy.Adopted, evs ...obligation.Event) {
	for i := range c.begun {
		if c.begun[i].under.Seq == under.Seq {
			c.begun[i].events = append(c.begun[i].events, evs...)
			return
		}
	}
	c.begun = append(c.begun, begun{under, evs})
}

// starting adds an event under the version in force; without one there are no
// duties.
func (c *clock) starting(evs ...obligation.Event) {
	if p, ok := c.w.Policy.InForce(c.act.Now); ok {
		c.starts(p, evs...)
	}
}

// told is what the clocks read of an entry, whatever else it says.
type told struct {
	Data struct {
		Assessment  string `json:"assessment"`
		Decision    string `json:"decision"`
		Standard    string `json:"standard"`
		Facet       string `json:"facet"`
		Model       string `json:"model"`
		Environment string `json:"environment"`
		Finding     string `json:"finding"`
		Rating      string `json:"rating"`
		Role        string `json:"role"`
		Duty        string `json:"duty"`
	} `json:"data"`
	entry.Provenance
}

// reader gives what reads a type of entry that moves clocks, nil for the others.
func reader(typ string) func(*clock, told, fact) {
	switch typ {
	case "policy.adopted":
		return (*clock).adopted
	case "assessment.opened":
		return (*clock).assessmentOpened
	case "assessment.closed":
		return (*clock).assessmentClosed
	case safeguardApproved:
		return (*clock).approved
	case "decision.took_effect", "decision.reported":
		return (*clock).decided
	case "model.deployed":
		return (*clock).deployed
	case "finding.rated":
		return (*clock).rated
	case "access.office_vacated":
		return (*clock).vacated
	case "access.office_assigned", "access.acting_granted", "access.role_granted":
		return (*clock).filled
	case obligation.CompletedType:
		return (*clock).completed
	}
	return nil
}

func moves(d entry.Draft) bool { return reader(d.Type) != nil }

func (c *clock) read(d entry.Draft, seq int64) error {
	read := reader(d.Type)
	if read == nil {
		return nil
	}
	var t told
	if err := json.Unmarshal(d.Body, &t); err != nil {
		return err
	}
	read(c, t, c.fact(t.Provenance, seq))
	return nil
}
