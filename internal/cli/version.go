// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"runtime/debug"
)

// versionCmd prints the release.
type versionCmd struct{}

func (versionCmd) Run(s *session) error {
	release := Release()
	if s.JSON {
		return s.print(struct {
			Version string `json:"version"`
		}{release})
	}
	s.say("holdpoint %s", release)
	return nil
}

// Release says which release this program is.
func Release() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "development build"
}
