// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package world

import "github.com/holdpoint/holdpoint/internal/entry"

// Sweep gives the entries that write down what dates have done by act.Now: duties
// missed, offices whose acting holder's time is over, interim measures that have
// ended, live things that are held by now, responses not given in time, and
// enforcement points that fell silent. What is written down already is not
// written again, so two sweepers write once; nothing it writes makes a verdict
// better, and none is better without it.
func (w World) Sweep(act entry.Act) ([]entry.Draft, error) {
	var drafts []entry.Draft
	then := w
	for _, step := range []func(World, entry.Act) ([]entry.Draft, error){
		World.sweepOffices, World.sweepInterim, World.sweepDuties, w.responsesSince(), World.sweepEnforcement,
	} {
		at := after(act, drafts)
		more, err := step(then, at)
		if err != nil {
			return nil, err
		}
		if then, err = then.Pretend(more, at); err != nil {
			return nil, err
		}
		drafts = append(drafts, more...)
	}
	return drafts, nil
}
