// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package packs

import (
	"encoding/json"
	"io/fs"
	"strings"
	"testing"
)

// Every embedded pack is listed, every listed pack is there, and each begins
// with the two lines of its licence.
func TestListMatchesFiles(t *testing.T) {
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if len(names) != len(List()) {
		t.Errorf("%d files, %d listed", len(names), len(List()))
	}
	for _, i := range List() {
		src, err := Source(i.ID, i.Version)
		if err != nil {
			t.Errorf("%s: %v", i.Ref(), err)
			continue
		}
		if !strings.HasPrefix(string(src), "# SPDX-FileCopyrightText:") {
			t.Errorf("%s has no licence lines", i.File)
		}
	}
}

func TestUnknownPack(t *testing.T) {
	_, err := Source("anthropic-rsp", "0.9")
	if err == nil || !strings.Contains(err.Error(), "anthropic-rsp@2.2") {
		t.Errorf("the error does not say what there is: %v", err)
	}
}

func TestSchemaIsJSON(t *testing.T) {
	src, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	if !json.Valid(src) {
		t.Error("not JSON")
	}
}
