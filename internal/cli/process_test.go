// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// run starts a process of this program and gives what it says.
func run(args ...string) (string, error) {
	out, err := exec.Command("holdpoint", args...).CombinedOutput()
	return string(out), err
}

// Processes that write at once take turns: nobody is refused, and nobody takes a
// neighbour's entries for a database that went back.
func TestManyProcesses(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "lab")
	if out, err := run("init", dir, "--policy", "2.2"); err != nil {
		t.Fatal(out, err)
	}
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if out, err := run("model", "add", fmt.Sprintf("m%d", i), "--dir", dir); err != nil {
				t.Error(out, err)
			}
		})
		wg.Go(func() {
			if out, err := run("status", "--dir", dir); err != nil || strings.Contains(out, "note:") {
				t.Error(out, err)
			}
		})
	}
	wg.Wait()
	out, err := run("ledger", "head", "--dir", dir)
	if err != nil || !strings.Contains(out, "\n23\n") {
		t.Error(out, err)
	}
}

// Making a workspace is killed at whatever step it has come to, and taken up
// again.
func TestInitIsTakenUpAgain(t *testing.T) {
	for i := range 16 {
		dir := filepath.Join(t.TempDir(), "lab")
		first := exec.Command("holdpoint", "init", dir)
		if err := first.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(i) * 3 * time.Millisecond)
		_ = first.Process.Kill()
		_ = first.Wait()
		if out, err := run("init", dir); err != nil && !strings.Contains(out, "there is a workspace already") {
			t.Errorf("killed after %d ms: %s%v", 3*i, out, err)
		}
		if out, err := run("model", "add", "m1", "--dir", dir); err != nil {
			t.Errorf("killed after %d ms: %s%v", 3*i, out, err)
		}
	}
}
