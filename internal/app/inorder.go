// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/world"
	"github.com/holdpoint/holdpoint/proof"
)

// rule decides one part of an act on the world as the parts before it left it.
type rule = func(world.World, entry.Act) ([]entry.Draft, error)

// inOrder makes one rule of several: all of them are written, or none.
func inOrder(rules ...rule) rule {
	return func(w world.World, act entry.Act) ([]entry.Draft, error) {
		var all []entry.Draft
		for _, r := range rules {
			drafts, err := r(w, act)
			if err != nil {
				return nil, err
			}
			all = append(all, drafts...)
			if w, err = pretend(w, drafts, act); err != nil {
				return nil, err
			}
			act.Seq += int64(len(drafts))
		}
		return all, nil
	}
}

// pretend gives the world as it will be when the drafts are entries. The writer
// gives them salts and commitments that no fold reads.
func pretend(w world.World, drafts []entry.Draft, act entry.Act) (world.World, error) {
	w = w.Fork()
	for i, d := range drafts {
		e := entry.Entry{
			Header: proof.Header{Seq: act.Seq + int64(i), RecordedAt: act.Now, Type: d.Type, V: d.V, Actor: act.Actor},
			Body:   d.Body,
		}
		if d.Class == entry.Private {
			e.Body = nil
		}
		var err error
		if w, err = w.Apply(e); err != nil {
			return w, err
		}
	}
	return w, nil
}
