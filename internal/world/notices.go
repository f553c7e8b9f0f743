// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package world

import (
	"cmp"
	"fmt"

	"github.com/holdpoint/holdpoint/internal/enforcement"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/finding"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/notice"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// notices tells whoever must be told at once of what the drafts record: a broken
// glass, and a canary that passed. Each becomes a finding by itself, and pages
// the role that the policy names (GAT-6).
func (w World) notices(drafts []entry.Draft, act entry.Act) ([]entry.Draft, error) {
	all := drafts
	for i, d := range drafts {
		if d.Type != gate.GlassBrokenType && d.Type != enforcement.HeartbeatType {
			continue
		}
		then, err := w.Pretend(drafts[:i+1], act)
		if err != nil {
			return nil, err
		}
		more, err := then.aftermath(d.Type, act.Seq+int64(i), act.Now)
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return all, nil
}

// aftermath is what the machine writes after an entry at seq: a finding and a
// notice, or nothing. The receiver has the entry folded.
func (w World) aftermath(typ string, seq, now int64) ([]entry.Draft, error) {
	if typ == gate.GlassBrokenType {
		b, err := w.Gate.BrokenGlass(entry.ID("glass", seq))
		if err != nil {
			return nil, err
		}
		return w.glassBroken(b, now)
	}
	for _, p := range w.Enforcement.Points() {
		if p.PassedSeq == seq {
			return w.canaryPassed(p, now)
		}
	}
	return nil, nil
}

func (w World) glassBroken(b gate.BrokenGlass, now int64) ([]entry.Draft, error) {
	rule, ref := w.breakGlass(now), entry.Ref{Kind: kindGlass, ID: b.ID}
	what := fmt.Sprintf("the glass was broken for %s of %s/%s in %s, for %d hours, on %s", b.Action, b.Model, b.Snapshot, b.Environment, b.Hours, b.Clearance)
	return w.tell(finding.Opened{
		Category: finding.BrokenGlass, Statement: what + ": " + b.Reason, Policy: w.policyRef(now), Clause: rule.Clause,
		Owner: rule.Page, About: ref, FoundBy: finding.ByMachine,
	}, notice.Queued{
		To: rule.Page, About: ref, Text: what + ": " + b.Reason, Policy: w.policyRef(now), Clause: rule.Clause,
		Basis: string(rule.Basis), Urgent: true,
	})
}

func (w World) canaryPassed(p enforcement.Point, now int64) ([]entry.Draft, error) {
	rule := w.breakGlass(now)
	what := fmt.Sprintf("the canary of the enforcement point %s (%s) passed, as entry %d reports: it lets through what must always be held", p.Point, p, p.PassedSeq)
	return w.tell(finding.Opened{
		Category: finding.Canary, Statement: what, Policy: w.policyRef(now), Owner: p.Owner, About: pointRef(p), FoundBy: finding.ByMachine,
	}, notice.Queued{
		To: rule.Page, About: pointRef(p), Text: what, Policy: w.policyRef(now), Basis: string(policy.House), Urgent: true,
	})
}

func (w World) tell(f finding.Opened, n notice.Queued) ([]entry.Draft, error) {
	opened, err := w.Finding.Open(f, entry.Provenance{})
	if err != nil {
		return nil, err
	}
	queued, err := w.Notice.Queue(n)
	return append(opened, queued...), err
}

// pagedByDefault is the role that is told where the policy names none.
const pagedByDefault = "rso"

// breakGlass is the policy's rule on breaking the glass, with whom to page in
// any case.
func (w World) breakGlass(now int64) policy.BreakGlass {
	rule := policy.BreakGlass{Element: policy.Element{Basis: policy.House}}
	if p, ok := w.Policy.InForce(now); ok && p.Pack.BreakGlass != nil {
		rule = *p.Pack.BreakGlass
	}
	rule.Page = cmp.Or(rule.Page, pagedByDefault)
	return rule
}
