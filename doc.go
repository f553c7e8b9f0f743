// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package holdpoint is the tour of the house. Read this first.
//
// # What it is for
//
// A Responsible Scaling Policy promises that no model is trained or deployed
// unless safeguards that keep its risk acceptable are in force. Holdpoint makes
// that promise a running system: it knows what the policy requires, gathers
// evidence from real evaluation logs, computes margins, collects critique and
// signatures, and holds every action that is not shown to be safe. Whoever has a
// copy of its journal can recompute every answer it gave.
//
// # One truth
//
// The only durable state is an append-only journal of typed entries, hashed into
// a Merkle tree whose root is signed (package internal/journal; the bytes that
// outsiders check are in proof). Everything else is a fold over it. An act
// works like this:
//
//	cli -> app.Do(who, intent)
//	         the journal's writer locks the head and hands the rule the world as it will be
//	         authorise -> decide -> react: drafts of entries, or a fault
//	         entries, head and signed checkpoint go into one transaction
//	         only then is the new world published and the answer released
//
// So a rule never sees a stale world, a refusal is as considered as an
// acceptance, and a killed process loses nothing that was acknowledged.
//
// # Unknown is never clear
//
// A condition is met, not met, or cannot be told (internal/rule). Only met opens
// anything. Every fact carries how well it is known (internal/grade): recomputed
// from bytes we hold, reported with its source, attested by a statement, or
// unknown. A verdict prints the lowest grade it rests on.
//
// # The floors
//
// Imports go downwards only; house_test.go holds the plan and fails on an arrow
// that is not in it.
//
//	words     internal/fault      an error: a kind for machines, a sentence for people, a hint
//	          internal/grade      how well a fact is known
//	          proof               PUBLIC: header, leaf, checkpoint, clearance, checked without a server
//	          client              PUBLIC: calls a server's interface
//	ground    internal/entry      drafts, entries, the one codec, the registry of types
//	          internal/cow        copy-on-write ordered maps
//	          internal/journal    append, tail, checkpoints, proofs, on SQLite or PostgreSQL
//	          internal/directory  the erasable tables: names, act keys, who may come in
//	          internal/blob       bytes by digest, in a folder or an object store
//	engines   internal/stats      intervals, exact tests, means, ratios; warnings travel with results
//	(pure)    internal/evallog    evaluation logs of several formats as one Run
//	          internal/threshold  a spec and samples give a zone, a margin, a verdict, reasons
//	          internal/deadline   months, days, and when a day is over
//	          internal/rule       condition trees: met, not met, cannot tell
//	          internal/chart      SVG of intervals and spans, the same bytes each time
//	areas     internal/access      people, roles, offices, keys
//	(pure)    internal/signoff    questions, signatures, dissent, delivery
//	          internal/policy     packs, versions, adoption, semantic diff
//	          internal/review     comments, critiques, challenges
//	          internal/model      models, snapshots, digests, lineage, effective compute
//	          internal/evidence   imported runs and reported results, with provenance
//	          internal/assessment cycles, specs, findings, coverage
//	          internal/safeguard  criteria, evidence, reports, approvals, lapse
//	          internal/enforcement the places that ask before something runs
//	          internal/decision   determinations and decision files
//	          internal/gate       verdicts, holds, clearances
//	          internal/finding    findings of noncompliance: how bad, what was done, what was learned
//	          internal/restriction what follows held: response duties, restrictions
//	          internal/obligation duties, due dates, lateness
//	          internal/notice     the outbox: who must be told, who acknowledged
//	          internal/incident   incidents and jailbreaks, with their clocks
//	          internal/world      the areas together
//	packs     packs               the policies that ship, as YAML
//	wiring    internal/audit      exports, and their verification with replay
//	          internal/app        the workspace: authorise, decide, store, answer
//	          internal/session    who is behind a request: sign-in, sessions, tokens
//	story     internal/demo       the public record, and a fictional lab's drill
//	faces     internal/cli        what a person types
//	          internal/web        what a person sees: pages
//	          internal/api        what a program asks: /api/v1
//	door      internal/serve      the process that listens
//	          cmd/holdpoint       main
//	tests     internal/testdata   finds the real evaluation data; only tests import it, as
//	                              they alone do the ...test packages beside what they test
//
// # Where does a line belong?
//
// Find the noun, then the floor. A number or a probability: stats. Is a line
// crossed: threshold. Somebody's file format: evallog, in a file of its own. What
// a noun may do: its area, as a method
//
//	func (s State) Verb(in Input, see See, act entry.Act) ([]entry.Draft, error)
//
// that gives drafts or a fault and changes nothing. What an entry does to memory:
// the area's apply.go, which copies facts and computes nothing. What spans nouns:
// the lowest noun in the list that may see them all. What is typed or shown: the
// face's file of that noun.
//
// # The walk: one log to one cleared deployment
//
// cli/evidence reads a log's path and asks app, evallog turns bytes into a Run,
// blob keeps its score table, evidence.imported is appended. assessment pairs the
// run with the registered spec, threshold judges it with stats, assessment.found
// records interval, sums, method and warnings. People answer what does not
// support the conclusion, and review what was written. decision pins all of it in
// a file, signoff collects two signatures over the file's digest and the
// recipients' acknowledgements, and the decision takes effect. gate.Evaluate
// answers clear or held with every reason. A clearance is recorded, signed after
// the commit, and checked by proof on a machine that has never met this one.
//
// # What follows by itself
//
// package world reacts: in the transaction of an act it also writes what follows
// from it. A decision that is complete takes effect and brings about what it
// decides; a duty begins or is done (obligation); something live that is held now
// opens a response (restriction); the machine finds (finding) and tells (notice).
// A date needs nobody: every question compares it with now, and World.Sweep only
// writes down what already holds, so that no verdict is better without it. What
// the machine wrote is recomputed when a copy is verified (World.Check).
//
// # Time
//
// Engines and areas read no clock. A rule gets the moment from entry.Act, a
// question from its asker. Dates act by themselves: an approval past its
// re-approval day no longer counts, whether anybody wrote that down or not.
package holdpoint
