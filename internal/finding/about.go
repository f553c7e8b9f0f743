// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package finding

import (
	"slices"

	"github.com/holdpoint/holdpoint/internal/entry"
)

// About lists the findings about a thing, oldest first.
func (s State) About(ref entry.Ref) []Finding {
	return slices.DeleteFunc(s.All(), func(f Finding) bool { return f.About != ref })
}

// DecodeOpened reads the entry that opens a finding.
func DecodeOpened(e entry.Entry) (Opened, error) {
	d, _, err := opened.Decode(e)
	return d, err
}
