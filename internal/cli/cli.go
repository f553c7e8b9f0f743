// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package cli is the command line of Holdpoint: "holdpoint NOUN VERB".
//
// [Run] is the whole program but for the process around it: it takes the
// arguments and the streams, and gives the exit code. Each noun has a file of
// its own, with a struct for each verb that holds its flags and a method
// Run(*session) error. A noun becomes known by one line in [commands].
//
// The contract with scripts:
//
//   - Standard output is the result, standard error is talk. With --json the
//     result is exactly one JSON document with a stable set of members: numbers
//     are JSON numbers, times are RFC 3339 in UTC, what is absent is null.
//   - Errors are "error: WHERE: WHAT" lines on standard error, each with a "hint:"
//     line that says what to do next. With --json, a command that has no result
//     prints {"error":{"kind","message","where","hint"},"exit"} as its document.
//   - Exit codes: 0 done, or clear; 3 held; 4 nothing wrong was found but not
//     everything could be checked; 2 the command line is wrong; 1 any other
//     failure, and then nothing was changed.
//   - In a workspace with a simulated clock every output says so.
//
// The package decides nothing: rules live in the areas, and what changes the
// world goes through package app.
package cli

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// Exit codes.
const (
	exitDone      = 0
	exitFailure   = 1
	exitUsage     = 2
	exitHeld      = 3
	exitUnchecked = 4
)

const description = "Holds every training run, weight release and deployment whose safeguards are not shown to be in force.\n\n" +
	"Start with: holdpoint judge LOG --rule-out 0.2 (needs nothing but an evaluation log), or: holdpoint init."

// commands are the nouns. A new one is one line here and a file of its own.
type commands struct {
	options

	Init        initCmd        `cmd:"" group:"work" help:"Make a workspace in a folder."`
	Status      statusCmd      `cmd:"" group:"work" help:"Say where things stand in the workspace."`
	Desk        deskCmd        `cmd:"" group:"work" help:"Say what waits for somebody's signature, receipt, answer or act, and by when."`
	Demo        demoCmd        `cmd:"" group:"work" help:"Build the demonstration: the public record and a fictional lab; says what to try next."`
	Judge       judgeCmd       `cmd:"" group:"work" help:"Judge one evaluation log against a line; needs no workspace."`
	Plan        planCmd        `cmd:"" group:"work" help:"Say how many items an evaluation needs to rule a line out; needs no workspace."`
	Policy      policyCmd      `cmd:"" help:"Policies as data: check, read, compare and adopt packs."`
	Person      personCmd      `cmd:"" help:"People, bodies and automations, and the roles they hold."`
	Office      officeCmd      `cmd:"" help:"Offices: who holds each, vacancies, acting holders, and who owes what."`
	Key         keyCmd         `cmd:"" help:"The public keys that people sign with."`
	Token       tokenCmd       `cmd:"" help:"Service tokens: what programs come in by."`
	Identity    identityCmd    `cmd:"" help:"Which subject of a sign-in provider a person is."`
	Session     sessionCmd     `cmd:"" help:"Login sessions of browsers: list, sign out."`
	Model       modelCmd       `cmd:"" help:"Models: snapshots, compute, lineage, use, and what is due."`
	Evidence    evidenceCmd    `cmd:"" help:"Evaluation logs, reported figures and statements."`
	Assessment  assessmentCmd  `cmd:"" help:"Assess models against thresholds: specs, findings, what is covered and what is missing."`
	Safeguard   safeguardCmd   `cmd:"" help:"Safeguards: evidence for criteria, reports, how a standard stands."`
	Review      reviewCmd      `cmd:"" help:"Comments, critiques, challenges and feedback, and their answers."`
	Decision    decisionCmd    `cmd:"" help:"What people decide: proposals, signatures, deliveries."`
	Obligation  obligationCmd  `cmd:"" help:"The dated duties of the policy: what is due, what is late, and who owes what."`
	Sweep       sweepCmd       `cmd:"" help:"Write down what dates have done: duties missed, and the findings that follow."`
	Exception   exceptionCmd   `cmd:"" help:"Everything that stands for a while and is not what the policy has by itself, by when it ends."`
	Baseline    baselineCmd    `cmd:"" help:"What was decided before this journal: taken over with its sources, for a while, and marked."`
	Restrict    restrictCmd    `cmd:"" name:"restriction" help:"What is done about what is live and held: restrictions, and who must answer by when."`
	Hold        holdCmd        `cmd:"" help:"Stop something at once; lifting it takes the policy's signers."`
	Finding     findingCmd     `cmd:"" help:"Findings of noncompliance: what was missed, how bad it is, what was done and learned."`
	Incident    incidentCmd    `cmd:"" help:"Incidents, jailbreaks and near misses: when, how fast they were mended, what was learned."`
	Gate        gateCmd        `cmd:"" help:"Ask whether something is held or clear, and why."`
	Clearance   clearanceCmd   `cmd:"" help:"Signed answers that are clear: issue, renew, revoke, list."`
	Breakglass  breakglassCmd  `cmd:"" help:"Let what was cleared last go on for a few hours, as one person; pages and is a finding by itself."`
	Enforcement enforcementCmd `cmd:"" help:"The places that ask before something runs: register, heartbeat, observe, retire, list."`
	Notice      noticeCmd      `cmd:"" help:"What roles are told, and who has read it."`
	Ledger      ledgerCmd      `cmd:"" help:"The journal itself: head, entries, copies, erasure."`
	Access      accessCmd      `cmd:"" help:"Who could do what in a period, and what was done by way of exception."`
	Audit       auditCmd       `cmd:"" help:"What an auditor asks for: decisions at random, as signed."`
	Migrate     migrateCmd     `cmd:"" help:"Move a workspace between its folder and servers: SQLite or PostgreSQL, a folder of blobs or a bucket."`
	Verify      verifyCmd      `cmd:"" help:"Check a clearance or a copy of the journal offline, without trusting anybody."`
	Serve       serveCmd       `cmd:"" group:"work" help:"Serve the workspace: pages for people, an interface for programs."`
	Config      configCmd      `cmd:"" group:"work" help:"Print everything that can be set about a server, with comments."`
	Version     versionCmd     `cmd:"" group:"work" help:"Print the release of this program."`
}

// options may be given to every command.
type options struct {
	Dir    string `group:"every" placeholder:"DIR" env:"HOLDPOINT_DIR" help:"The workspace; the current folder if not given."`
	JSON   bool   `group:"every" name:"json" help:"Print one JSON document instead of text."`
	As     string `group:"every" placeholder:"PERSON" default:"operator" help:"Who acts (default: operator, the owner of the workspace)."`
	At     string `group:"every" placeholder:"TIME" help:"A moment: 2025-05-22T14:00:00Z, 2025-05-22, or for questions the number of an entry."`
	Server string `group:"every" placeholder:"URL" env:"HOLDPOINT_SERVER" help:"A server, instead of a folder. Its journal is copied and checked here; HOLDPOINT_TOKEN says who you are."`
	Token  string `group:"every" name:"token-file" placeholder:"FILE" help:"The file of the token for the server, instead of HOLDPOINT_TOKEN."`
	VKey   string `group:"every" name:"server-key" placeholder:"FILE" help:"The public key of the server's journal, known from elsewhere; else the first one seen is trusted."`
	ActKey string `group:"every" placeholder:"KEY" help:"Makes an act happen once, however often it is sent with the same key."`
}

// grammar is what may be typed.
func grammar(root *commands, out, errOut io.Writer, exit func(int)) (*kong.Kong, error) {
	return kong.New(root, settings(out, errOut, exit)...)
}

// settings say how a grammar is read and shown.
func settings(out, errOut io.Writer, exit func(int)) []kong.Option {
	return []kong.Option{
		kong.Name("holdpoint"), kong.Description(description), kong.Writers(out, errOut), kong.Exit(exit),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true, FlagsLast: true, WrapUpperBound: 100}),
		kong.ExplicitGroups([]kong.Group{
			{Key: "work", Title: "First steps:"}, {Key: "known", Title: "How it is known:"}, {Key: "every", Title: "For every command:"},
		}),
	}
}

// Run carries out one command line and gives the exit code. Without a listener,
// nothing can be served.
func Run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer, l Listener) int {
	s := &session{ctx: ctx, in: in, out: out, errOut: errOut, listener: l}
	var root commands
	shown := false
	parser, err := grammar(&root, out, errOut, func(int) { shown = true })
	if err != nil {
		return s.fail(err)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	if err := emptyFlag(args); err != nil {
		s.JSON = wantsJSON(args)
		return s.fail(err)
	}
	parsed, err := parser.Parse(args)
	if shown {
		return exitDone // help was asked for and printed
	}
	if err != nil {
		s.JSON = wantsJSON(args)
		return s.fail(misuse(err))
	}
	s.options = root.options
	if err := s.hereOnly(parsed.Command()); err != nil {
		return s.fail(err)
	}
	defer s.close()
	if err := parsed.Run(s); err != nil {
		return s.fail(err)
	}
	return exitDone
}

// emptyFlag refuses a flag that is there and has no value, as --digest "$UNSET"
// leaves it: what was asked for would silently not be checked.
func emptyFlag(args []string) error {
	for i, arg := range args {
		if arg == "--" {
			return nil
		}
		name, value, joined := strings.Cut(arg, "=")
		if !strings.HasPrefix(name, "--") || name == "--dir" {
			continue // no folder is the current one
		}
		if (joined && value == "") || (!joined && i+1 < len(args) && args[i+1] == "") {
			return fault.Usagef("%s was given no value", name).Hinted("say what it is; leave %s out only where nothing is to be said by it", name)
		}
	}
	return nil
}

// wantsJSON looks for --json in a command line that could not be read.
func wantsJSON(args []string) bool {
	for _, arg := range args {
		switch arg {
		case "--":
			return false
		case "--json", "--json=true":
			return true
		}
	}
	return false
}

// misuse says where to read about the command that was mistyped.
func misuse(err error) error {
	var p *kong.ParseError
	words := []string{"holdpoint"}
	if errors.As(err, &p) && p.Context != nil {
		for _, step := range p.Context.Path {
			if step.Command != nil {
				words = append(words, step.Command.Name)
			}
		}
	}
	return fault.Usagef("%s", plainUsage(err.Error())).Hinted("read %s --help", strings.Join(words, " "))
}

// plainUsage says in our words what the parser of the command line says.
func plainUsage(text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\n", " "), `must be one of "",`, "must be one of ")
	for _, p := range [][2]string{{"missing flags: ", "these flags are required: "}, {"missing flag: ", "this flag is required: "}} {
		text = strings.Replace(text, p[0], p[1], 1)
	}
	return text
}
