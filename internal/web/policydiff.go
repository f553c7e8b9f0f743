// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/url"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// diffView compares two versions.
type diffView struct {
	from, to string
	refs     []string
	changes  list
	counts   map[policy.ChangeKind]int
	compared bool
}

func policyDiffPage(r *request) (answer, error) {
	state := r.moment.View.State.Policy
	v := diffView{from: r.URL.Query().Get("from"), to: r.URL.Query().Get("to"), refs: app.KnownPolicies(state), counts: map[policy.ChangeKind]int{}}
	if v.from != "" && v.to != "" {
		before, err := app.KnownPolicy(v.from, state)
		if err != nil {
			return answer{}, err
		}
		after, err := app.KnownPolicy(v.to, state)
		if err != nil {
			return answer{}, err
		}
		changes := policy.Diff(before, after)
		for _, c := range changes {
			v.counts[c.Kind]++
		}
		v.compared, v.changes = true, changeList("Changes from "+v.from+" to "+v.to, changes).shown(r)
		if a, ok := v.changes.taken(); ok {
			return a, nil
		}
	}
	return answer{title: "What changed in the policy", question: "What does a later version loosen, and what does it tighten?", here: "/policy", body: policyDiffBody(r, v), wide: true}, nil
}

func changeList(caption string, all []policy.Change) list {
	l := list{
		id: "changes", caption: caption, empty: "They ask for the same.",
		columns: []column{{id: "kind", title: "Which way"}, {id: "element", title: "What"}, {id: "change", title: "Change"}, {id: "clause", title: "Clause"}},
	}
	for _, c := range all {
		way := text("neither")
		switch c.Kind {
		case policy.Loosening:
			way = marked(loosens, "")
		case policy.Tightening:
			way = marked(tightens, "")
		}
		l.rows = append(l.rows, row{alarm: c.Kind == policy.Loosening, cells: []cell{way, text(c.Element), text(c.Sentence), text(c.Clause)}})
	}
	return l
}

// maxPreviewed is how many models a preview on a page asks about at most.
const maxPreviewed = 60

// previewView is what adopting a version would change.
type previewView struct {
	ref     string
	at      int64
	changes list
	effects list
	tooMany bool
}

func policyPreviewPage(r *request) (answer, error) {
	w := r.moment.View.State
	v := previewView{ref: r.URL.Query().Get("of"), tooMany: len(w.Model.Models()) > maxPreviewed}
	p, err := app.KnownPolicy(v.ref, w.Policy)
	if err != nil {
		return answer{}, err
	}
	if !v.tooMany {
		if err := v.ask(r, p); err != nil {
			return answer{}, err
		}
	}
	var changes []policy.Change
	if versions := w.Policy.Versions(); len(versions) > 0 {
		changes = policy.Diff(versions[len(versions)-1].Pack, p)
	}
	v.effects, v.changes = v.effects.shown(r), changeList("Changes to the version adopted last", changes).shown(r)
	for _, l := range []list{v.effects, v.changes} {
		if a, ok := l.taken(); ok {
			return a, nil
		}
	}
	return answer{title: "If " + v.ref + " were adopted", question: "What would each model keep or lose?", here: "/policy", body: policyPreviewBody(r, v), wide: true}, nil
}

func (v *previewView) ask(r *request, p policy.Pack) error {
	v.effects = list{
		id: "effects", caption: "What the gate would answer", empty: "There are no models yet.",
		columns: []column{{id: "model", title: "Model"}, {id: "action", title: "Action"}, {id: "now", title: "Now"}, {id: "then", title: "Then"}, {id: "why", title: "Why"}},
	}
	effects, m, err := r.site.App.PreviewAdoption(r.Context(), p)
	if err != nil {
		return err
	}
	v.at = m.Now
	for _, e := range effects {
		why, changed := "", e.Before != e.After
		if changed && len(e.Because) > 0 {
			why = plainly(e.Because[0])
		}
		v.effects.rows = append(v.effects.rows, row{alarm: changed, cells: []cell{
			link(e.Model, "/models/"+url.PathEscape(e.Model)), text(words(e.Action)), marked(markOfOutcome(e.Before), ""), marked(markOfOutcome(e.After), ""), text(why)}})
	}
	return nil
}
