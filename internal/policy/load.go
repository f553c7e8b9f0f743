// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"strings"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// LoadRef loads the pack named id@version through a loader, overlays resolved
// through the same loader, and makes sure that the pack is what it was asked
// for as.
func LoadRef(ref string, load Loader) (Pack, error) {
	id, version, ok := strings.Cut(ref, "@")
	if !ok || id == "" || version == "" {
		return Pack{}, fault.Usagef("%q does not name a policy", ref).
			Hinted("write id@version, such as anthropic-rsp@2.2")
	}
	src, err := load(id, version)
	if err != nil {
		return Pack{}, fault.NotFoundf("policy %s: %w", ref, err).
			Hinted("see which packs there are with: holdpoint policy list")
	}
	p, err := ParseWith(ref, src, load)
	if err != nil {
		return Pack{}, err
	}
	if p.Ref() != ref {
		return Pack{}, fault.Corruptf("the pack found as %s calls itself %s", ref, p.Ref()).
			Hinted("keep packs under their own id and version")
	}
	return p, nil
}
