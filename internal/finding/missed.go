// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package finding

import "github.com/holdpoint/holdpoint/internal/entry"

// Missed reads an entry by which the machine opened a finding about a response
// that was not given in time; ok is false for any other entry.
func Missed(e entry.Entry) (_ Opened, ok bool) {
	if e.Type != opened.Name() {
		return Opened{}, false
	}
	d, _, err := opened.Decode(e)
	return d, err == nil && d.FoundBy == ByMachine && d.About.Kind == "response"
}
