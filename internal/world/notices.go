// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package world

import "github.com/holdpoint/holdpoint/internal/entry"

// notices tells whoever must be told at once of what the drafts record.
func (w World) notices(drafts []entry.Draft, _ entry.Act) ([]entry.Draft, error) {
	return drafts, nil
}
