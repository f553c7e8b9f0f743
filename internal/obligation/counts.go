// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package obligation

import "github.com/holdpoint/holdpoint/internal/deadline"

// Counts tells of a decision whether it still counts: it was not reversed, it is
// not challenged, its conditions are met.
type Counts func(decision string) bool

// Without gives the duty as it stands without the relief of decisions that do not
// count any more. The date is the first one then: an extension that was given
// before another does not come back by itself. A nil counts leaves it as recorded.
func (d Duty) Without(counts Counts) Duty {
	if counts == nil {
		return d
	}
	if d.Waiver != nil && !counts(d.Waiver.Decision) {
		d.Waiver = nil
	}
	if d.Extended != nil && !counts(d.Extended.Decision) {
		d.Extended, d.Now = nil, deadline.Due{Day: d.Due, Last: d.Last}
	}
	return d
}

// Relieved tells whether a waiver or an extension of the duty was recorded.
func (d Duty) Relieved() bool { return d.Waiver != nil || d.Extended != nil }
