// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"io"

	"github.com/alecthomas/kong"
)

// Verbs lists every command, as its words.
func Verbs() []string {
	parser, err := grammar(&commands{}, io.Discard, io.Discard, func(int) {})
	if err != nil {
		panic(err)
	}
	var all []string
	for _, n := range parser.Model.Leaves(true) {
		all = append(all, commandWords(n))
	}
	return all
}

func commandWords(n *kong.Node) string {
	if n.Parent == nil || n.Parent.Type == kong.ApplicationNode {
		return n.Name
	}
	return commandWords(n.Parent) + " " + n.Name
}
