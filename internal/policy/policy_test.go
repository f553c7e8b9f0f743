// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package policy_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/packs"
)

var update = flag.Bool("update", false, "write golden files anew")

// golden compares text with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", name, diff)
	}
}

func shipped(t testing.TB, version string) policy.Pack {
	t.Helper()
	p, err := policy.LoadRef("anthropic-rsp@"+version, packs.Source)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func minimal(t testing.TB) string {
	t.Helper()
	src, err := os.ReadFile("testdata/minimal.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(src)
}

// edit replaces text that must be there, so that a test cannot pass by
// changing nothing.
func edit(t testing.TB, src string, oldnew ...string) string {
	t.Helper()
	for i := 0; i < len(oldnew); i += 2 {
		if strings.Count(src, oldnew[i]) != 1 {
			t.Fatalf("%q is there %d times, not once", oldnew[i], strings.Count(src, oldnew[i]))
		}
		src = strings.Replace(src, oldnew[i], oldnew[i+1], 1)
	}
	return src
}

func parse(t testing.TB, src string) policy.Pack {
	t.Helper()
	p, err := policy.Parse("aster.yaml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// messages writes faults as people see them.
func messages(list fault.List) string {
	var b strings.Builder
	for _, f := range list {
		b.WriteString(f.Error() + "\n\t" + f.Hint + "\n")
	}
	return b.String()
}
