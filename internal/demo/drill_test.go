// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"fmt"
	"path/filepath"
	"testing"
)

func TestTell(t *testing.T) {
	a, story, err := BuildDrill(t.Context(), filepath.Join(t.TempDir(), "drill"))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	fmt.Println(story.Text())
	fmt.Println(story.Checkpoint)
}
