// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package world

import (
	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/signoff"
)

// SignoffSee gives what a signature is checked against at now: who there is, and
// which keys the policy then in force lets the roles sign with.
func (w World) SignoffSee(now int64) signoff.See {
	see := signoff.See{Access: w.Access}
	p, _ := w.Policy.InForce(now)
	for _, r := range p.Pack.Roles {
		if r.Keys == nil {
			continue
		}
		rule := access.KeyRule{
			Role: r.ID, Hardware: r.Keys.Hardware, Attested: r.Keys.Attested, AAGUIDs: r.Keys.AAGUIDs, Roots: r.Keys.RootsDER(),
		}
		for _, k := range r.Keys.Kinds {
			rule.Kinds = append(rule.Kinds, access.Algorithm(k))
		}
		see.Keys = append(see.Keys, rule)
	}
	return see
}
