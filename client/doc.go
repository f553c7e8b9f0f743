// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package client talks to a Holdpoint server over its JSON interface, /api/v1.
//
//	c, err := client.New("https://holdpoint.example", os.Getenv("HOLDPOINT_TOKEN"), nil)
//	v, err := c.Check(ctx, client.Ask{Model: "tiny", Action: "external_deploy"})
//	if err != nil || !v.Clear() {
//		return // held: an error is never clear
//	}
//
// Acts are called as the server calls them, noun.verb, with arguments that become
// JSON; reads are answered as the command line answers them with --json. The
// server's document, /api/v1/openapi.json, lists both.
//
// An error of the server is a [Problem] in the chain of a fault, whose kind is
// the one that the server said; a server that is not reached is a fault of kind
// Unavailable. Nothing is tried twice: an act that has a key of its own may be
// sent again safely.
//
// The package believes the server. Whoever need not believes signatures: see
// [Client.Checkpoint], [Client.Proof] and package proof.
package client
