// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"slices"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/packs"
)

// KnownPolicies lists, as id@version, the versions that were adopted and then
// those that ship besides.
func KnownPolicies(adopted policy.State) []string {
	var all []string
	for _, a := range adopted.Versions() {
		all = append(all, a.Ref())
	}
	for _, info := range packs.List() {
		if !slices.Contains(all, info.Ref()) {
			all = append(all, info.Ref())
		}
	}
	return all
}

// KnownPolicy gives one of [KnownPolicies] and nothing else: unlike
// [LoadPolicy] it opens no file, so that the name may come from anybody.
func KnownPolicy(ref string, adopted policy.State) (policy.Pack, error) {
	if !slices.Contains(KnownPolicies(adopted), ref) {
		return policy.Pack{}, fault.NotFoundf("there is no policy %q here", ref).Hinted("choose one of those that ship or were adopted")
	}
	if a, err := adopted.Find(ref); err == nil {
		return a.Pack, nil
	}
	return policy.LoadRef(ref, packs.Source)
}
