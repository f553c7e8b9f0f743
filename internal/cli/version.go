// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"runtime/debug"
)

// versionCmd prints the release.
type versionCmd struct{}

func (versionCmd) Run(s *session) error {
	release := "development build"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		release = info.Main.Version
	}
	if s.JSON {
		return s.print(struct {
			Version string `json:"version"`
		}{release})
	}
	s.say("holdpoint %s", release)
	return nil
}
