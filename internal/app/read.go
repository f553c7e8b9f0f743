// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

// Read is a read of the command line that may be asked from far away: what it is
// called, and what it takes. Two faces speak of it, and neither knows the other.
type Read struct {
	// Path is "noun/verb", or one word.
	Path   string
	Help   string
	Params []Param
}

// Param is a parameter of a read.
type Param struct {
	Name     string
	Help     string
	Required bool
	// Many tells that it may be given again.
	Many bool
	// Type is string, integer or boolean; Enum lists the values, if they are few.
	Type string
	Enum []string
}

// Question is one read as somebody asks it.
type Question struct {
	Path   string
	Params map[string][]string
	// Reader is who asks, and what they may see.
	Reader *Reader
}
