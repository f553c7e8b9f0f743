// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package gate

import "github.com/holdpoint/holdpoint/internal/entry"

// SupposeLifted gives drafts by which every hold would be lifted by a decision,
// for a question about a world that is not. They are never recorded.
func (s State) SupposeLifted(decision string) ([]entry.Draft, error) {
	var drafts []entry.Draft
	for _, h := range s.Holds() {
		d, err := holdLifted.Draft(HoldLiftedV1{Hold: h.ID, Decision: decision})
		if err != nil {
			return nil, err
		}
		drafts = append(drafts, d)
	}
	return drafts, nil
}
