// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

//go:build unix && !solaris && !aix

package journal

import (
	"os"
	"syscall"
)

// lockFile waits for its turn with a file until it is closed: readers together,
// a writer alone. Where the file system has no locks it goes on without.
func lockFile(f *os.File, alone bool) {
	how := syscall.LOCK_SH
	if alone {
		how = syscall.LOCK_EX
	}
	for syscall.Flock(int(f.Fd()), how) == syscall.EINTR {
	}
}
