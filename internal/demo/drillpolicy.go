// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package demo

import "github.com/holdpoint/holdpoint/packs"

// ownVersion is the lab's own stricter version of its policy, as what changed.
const ownVersion = `schema: holdpoint/policy/v1
extends: anthropic-rsp@2.2
version: "2.2.1"
title: Responsible Scaling Policy, as Aster Lab (fictional) keeps it
publisher: Aster Lab (fictional)
published: 2026-07-27
effective: 2026-07-28
note: Stricter than what it extends in two places; made up for the drill.
set:
  - {id: REASSESS, warn: [60, 30, 14, 7, 3]}
  - {id: PREREG, mode: require}
`

// ownPack gives the lab's own version, and the packs that ship.
func ownPack(id, version string) ([]byte, error) {
	if id == "anthropic-rsp" && version == "2.2.1" {
		return []byte(ownVersion), nil
	}
	return packs.Source(id, version)
}
