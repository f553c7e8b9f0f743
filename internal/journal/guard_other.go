// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

//go:build !unix || solaris || aix

package journal

import "os"

// lockFile does nothing here: this system has no such locks in Go's own library.
func lockFile(*os.File, bool) {}
