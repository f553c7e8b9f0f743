// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package packs holds the policy packs that ship with Holdpoint, as YAML, and
// the JSON Schema that describes the format.
//
// It hands out bytes and knows nothing about them: package policy reads them,
// through policy.LoadRef(ref, packs.Source). It imports nothing of Holdpoint.
package packs

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed *.yaml policy.schema.json
var files embed.FS

// Info names a pack that ships. File is the name to use in messages.
type Info struct {
	ID      string `json:"id"`
	Version string `json:"version"`
	File    string `json:"file"`
}

// Ref is the pack's name as id@version.
func (i Info) Ref() string { return i.ID + "@" + i.Version }

// List gives every pack that ships, by id and then from the oldest version.
func List() []Info {
	return []Info{
		info("anthropic-rsp", "2.0"),
		info("anthropic-rsp", "2.1"),
		info("anthropic-rsp", "2.2"),
	}
}

func info(id, version string) Info {
	return Info{ID: id, Version: version, File: id + "-" + version + ".yaml"}
}

// Source gives the YAML of a pack that ships; it has the shape of a
// policy.Loader. The error of an unknown one lists what there is.
func Source(id, version string) ([]byte, error) {
	var have []string
	for _, i := range List() {
		if i.ID == id && i.Version == version {
			return files.ReadFile(i.File)
		}
		have = append(have, i.Ref())
	}
	return nil, fmt.Errorf("no pack %s@%s ships with this release; there are %s", id, version, strings.Join(have, ", "))
}

// Schema gives the JSON Schema (2020-12) of the pack format, for editors.
func Schema() ([]byte, error) {
	return files.ReadFile("policy.schema.json")
}
