// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package policy holds scaling policies as data: what a policy pack may say,
// how it is read, and what follows from it.
//
// A pack is one YAML file with "schema: holdpoint/policy/v1". [Parse] reads it
// and reports every problem at once, with line and column. A [Pack] is plain
// Go data without maps: [Pack.Canonical] gives its one encoding,
// [Pack.Digest] names it, and [ParseCanonical] reads nothing else. The methods
// of Pack answer what a gate asks: which standards a threshold demands for an
// action, what comes after it, what rules it out, and what is carried over
// from an earlier version. [Diff] says which changes between two packs loosen
// and which tighten, and [Coverage] says for every clause where it went.
//
// The package does no I/O: packs are bytes handed in, and an overlay's base
// comes from a [Loader]. It decides nothing about a model; it never fills in
// what a pack leaves out, and a standard without published criteria stays
// undefined.
package policy
