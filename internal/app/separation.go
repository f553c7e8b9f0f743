// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"maps"
	"slices"

	"github.com/holdpoint/holdpoint/internal/policy"
)

// Relation is how somebody stands to what they act on.
type Relation string

// The relations. What each means for a verb is said in its row.
const (
	// Own is work of the actor's own.
	Own Relation = "own"
	// Assigned is what the policy or somebody gave to the actor to do.
	Assigned Relation = "assigned"
	// Other is neither.
	Other Relation = "other"
)

// Separation is one row of the table of who may do what: the duty that a role of
// the actor must have, and which relations to the thing are refused, by the id of
// the rule. Duty "" is for everybody who is known.
//
// The first halves of the rules stand here, in app: SOD-VERB (a verb that no row
// has is nobody's), SOD-KNOWN (who is not in the journal may nothing), SOD-POLICY
// (no policy in force gives a duty), SOD-DUTY (no role of the actor has it). The
// rest stand with the noun whose they are; Home names the room, and the fault
// there says the id.
type Separation struct {
	Verb string
	Duty policy.Duty
	// Means says what own and assigned are, for people.
	Means   string
	Refused []SeparationRule
}

// SeparationRule refuses a relation.
type SeparationRule struct {
	Relation Relation
	ID       string
	// Home is the room below internal where the rule stands.
	Home string
	// Unless is a duty whose holders the rule does not refuse.
	Unless policy.Duty
}

// refusing makes the rules of one row.
func refusing(id, home string, all ...Relation) []SeparationRule {
	var rules []SeparationRule
	for _, r := range all {
		rules = append(rules, SeparationRule{Relation: r, ID: id, Home: home})
	}
	return rules
}

// related lists the verbs whose right hangs on more than a duty.
func related() map[string]Separation {
	appoint := slices.Concat(refusing("SOD-SELF", "access", Own), refusing("SOD-APPOINTER", "access", Other))
	sign := slices.Concat(refusing("SOD-TWO-ROLES", "access", Own), refusing("SOD-ROLE", "signoff", Other))
	commands := []SeparationRule{{Relation: Other, ID: "SOD-COMMAND", Home: "app", Unless: policy.Record}}
	return map[string]Separation{
		"access.register_key":   {Means: "own: the actor's key", Refused: refusing("SOD-OWNER", "access", Assigned, Other)},
		"access.revoke_key":     {Means: "own: the actor's key", Refused: refusing("SOD-OWNER", "access", Assigned, Other)},
		"assessment.approve":    {Means: "own: under a spec that the actor wrote", Refused: refusing("SOD-POSTHOC", "assessment", Own)},
		"breakglass.break":      {Means: "assigned: the policy names a role of the actor", Refused: refusing("SOD-BREAK", "gate", Own, Other)},
		"decision.sign":         {Means: "own: the actor signed it in another role; assigned: the actor holds the role", Refused: sign},
		"decision.dissent":      {Means: "own: the actor signed it in another role; assigned: the actor holds the role", Refused: sign},
		"enforcement.heartbeat": {Means: "assigned: the actor holds the role that owns the point", Refused: refusing("SOD-POINT", "enforcement", Own, Other)},
		"finding.rate":          {Means: "own: the actor rated it as material, and it is lowered", Refused: refusing("SOD-LOWER", "finding", Own)},
		"finding.resolve":       {Means: "own: the actor broke the glass that it is about", Refused: refusing("SOD-GLASS", "app", Own)},
		"finding.verify":        {Means: "own: the actor resolved it", Refused: refusing("SOD-VERIFY", "finding", Own)},
		"incident.update":       {Means: "assigned: the actor commands it", Refused: commands},
		"incident.close":        {Means: "assigned: the actor commands it", Refused: commands},
		"notice.acknowledge":    {Means: "assigned: it is for a role of the actor", Refused: refusing("SOD-NOTICE", "notice", Own, Other)},
		"obligation.complete":   {Means: "assigned: a role of the actor owes it", Refused: refusing("SOD-OWED", "obligation", Own, Other)},
		"obligation.note":       {Means: "assigned: a role of the actor owes it", Refused: refusing("SOD-OWED", "obligation", Own, Other)},
		"office.act":            {Means: "own: the actor is who is named; assigned: the actor appoints to the role", Refused: appoint},
		"office.assign":         {Means: "own: the actor is who is named; assigned: the actor appoints to the role", Refused: appoint},
		"office.vacate":         {Means: "own: the actor's office; assigned: the actor appoints to it", Refused: refusing("SOD-VACATE", "access", Other)},
		"restriction.verify":    {Means: "own: the actor carried it out", Refused: refusing("SOD-CARRIED", "restriction", Own)},
		"review.answer":         {Means: "own: the actor submitted it", Refused: refusing("SOD-ANSWER", "review", Own)},
		"review.withdraw":       {Means: "own: the actor submitted it", Refused: refusing("SOD-WITHDRAW", "review", Assigned, Other)},
	}
}

// Separations is the whole table, by verb.
func Separations() []Separation {
	rows := related()
	var all []Separation
	for _, verb := range slices.Sorted(maps.Keys(rights())) {
		row := rows[verb]
		row.Verb, row.Duty = verb, rights()[verb]
		all = append(all, row)
	}
	return all
}

// refuses gives the id of the rule of this row by which somebody with these duties
// is refused in a relation; "" where none does.
func (s Separation) refuses(duties []policy.Duty, to Relation) string {
	if s.Duty != "" && !slices.Contains(duties, s.Duty) {
		return "SOD-DUTY"
	}
	for _, r := range s.Refused {
		if r.Relation == to && (r.Unless == "" || !slices.Contains(duties, r.Unless)) {
			return r.ID
		}
	}
	return ""
}
