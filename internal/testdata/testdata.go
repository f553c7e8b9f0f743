// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package testdata finds the real evaluation data that tests run on.
//
// The data has licences of its own and is not part of this repository. A test
// that needs it asks [Path]; where the data is not there the test is skipped
// loudly, and where HOLDPOINT_REQUIRE contains "data" (as in CI) the skip is a
// failure. Only tests import this package.
package testdata

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Path gives the path of a file or folder below the data folder. The folder is
// HOLDPOINT_TESTDATA, or else "shared/data" beside the checkout.
func Path(t testing.TB, elem ...string) string {
	t.Helper()
	root, ok := root()
	if ok {
		path := filepath.Join(append([]string{root}, elem...)...)
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	msg := "evaluation data not found: set HOLDPOINT_TESTDATA to the folder that holds " + filepath.Join(elem...)
	if Required("data") {
		t.Fatal(msg)
	}
	t.Skip(msg)
	return ""
}

// Required tells whether HOLDPOINT_REQUIRE names a thing that tests must not
// skip, such as "data".
func Required(what string) bool {
	for part := range strings.SplitSeq(os.Getenv("HOLDPOINT_REQUIRE"), ",") {
		if part == what {
			return true
		}
	}
	return false
}

func root() (string, bool) {
	if dir := os.Getenv("HOLDPOINT_TESTDATA"); dir != "" {
		return dir, true
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", false
	}
	for dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(filepath.Dir(dir), "shared", "data"), true
		}
		dir = filepath.Dir(dir)
	}
	return "", false
}
