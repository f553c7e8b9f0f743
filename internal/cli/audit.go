// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/signoff"
)

type auditCmd struct {
	Sample auditSample `cmd:"" help:"Draw decisions at random, as they were signed."`
}

type auditSample struct {
	N    int    `name:"n" default:"25" placeholder:"N" help:"How many (default: 25)."`
	Seed string `required:"" placeholder:"TEXT" help:"Any text; the same journal and seed give the same decisions."`
	Out  string `short:"o" placeholder:"DIR" help:"A new folder for the decision files and a manifest."`
}

// Help is what --help adds.
func (auditSample) Help() string {
	return app.SampleRule + " What a source reports as decided was signed by nobody here and is not drawn. Let the auditor choose the seed " +
		"once both sides have the journal's head (holdpoint ledger head), so that neither can choose the sample. --at ENTRY draws from the " +
		"journal as it was."
}

// sampleJSON is the JSON of a sample. The manifest of -o says the same.
type sampleJSON struct {
	Origin     string        `json:"origin"`
	Size       int64         `json:"size"`
	Root       string        `json:"root"`
	Seed       string        `json:"seed"`
	Rule       string        `json:"rule"`
	Asked      int           `json:"asked"`
	Population int           `json:"population"`
	Reported   int           `json:"reported_not_drawn"`
	Decisions  []sampledJSON `json:"decisions"`
	Verify     []string      `json:"verify"`
	Clock      string        `json:"clock"`
}

type sampledJSON struct {
	ID     string `json:"id"`
	Kind   string `json:"kind"`
	Title  string `json:"title"`
	Status string `json:"status"`
	Code   string `json:"code"`
	Digest string `json:"digest"`
	// File is the decision file's text; its bytes in UTF-8 have the digest.
	File       string         `json:"file"`
	Path       text           `json:"path"`
	Question   string         `json:"question"`
	Signatures []shownAnswer  `json:"signatures"`
	Dissents   []shownAnswer  `json:"dissents"`
	Deliveries []shownReceipt `json:"deliveries"`
}

func (c auditSample) Run(s *session) error {
	_, m, err := s.moment()
	if err != nil {
		return err
	}
	sample, err := app.Draw(m, c.N, c.Seed)
	if err != nil {
		return err
	}
	out := c.shown(m, sample)
	if c.Out != "" {
		if err := c.write(sample, out); err != nil {
			return err
		}
	}
	if s.JSON {
		return s.print(out)
	}
	c.print(s, out)
	return nil
}

func (c auditSample) shown(m app.Moment, sample app.Sample) sampleJSON {
	out := sampleJSON{Origin: sample.Origin, Size: sample.Size, Root: sample.Root, Seed: sample.Seed, Rule: app.SampleRule, Asked: sample.Asked,
		Population: sample.Population, Reported: sample.Reported, Verify: c.verify(), Clock: clockOf(m)}
	for _, d := range sample.Drawn {
		f := d.Decision.File
		one := sampledJSON{ID: f.ID, Kind: string(f.Kind), Title: f.Title, Status: statusOf(m.View.State, d.Decision), Code: d.Decision.Code(),
			Digest: d.Decision.Digest, File: string(d.Bytes), Question: d.Decision.Question,
			Signatures: answersOf(d.Status.Slots), Dissents: answersOf(d.Status.Dissents), Deliveries: receiptsOf(d.Status.Deliveries)}
		if c.Out != "" {
			one.Path = text(filepath.Join(c.Out, f.ID+".json"))
		}
		out.Decisions = append(out.Decisions, one)
	}
	return out
}

func receiptsOf(all []signoff.Receipt) []shownReceipt {
	out := []shownReceipt{}
	for _, r := range all {
		out = append(out, shownReceipt{r.Role, string(r.When), some(r.DeliveredSeq), text(r.Person), some(r.Seq), instant(r.At)})
	}
	return out
}

// verify says how somebody checks a sample.
func (c auditSample) verify() []string {
	files := "each file has its digest: holdpoint decision show ID --file | sha256sum"
	if c.Out != "" {
		files = "each file has its digest: cd " + c.Out + " && sha256sum -c manifest"
	}
	return []string{
		files,
		"each digest was signed: holdpoint ledger show ENTRY gives the signature, which is over the question, the digest, the role and the person",
		"every signature at once, offline: holdpoint ledger export DIR, then holdpoint verify ledger DIR --key KEY --replay",
		"the sample is the one that the seed gives: draw it again from that copy's head with the rule above",
	}
}

// write writes the files and the manifest into a folder that is new or empty.
func (c auditSample) write(sample app.Sample, out sampleJSON) error {
	if err := os.MkdirAll(c.Out, 0o755); err != nil {
		return fault.Usagef("the folder cannot be made: %w", err).At("%s", c.Out)
	}
	if there, err := os.ReadDir(c.Out); err != nil || len(there) > 0 {
		return fault.Conflictf("the folder is not empty, or cannot be read").At("%s", c.Out).Hinted("name a new folder with -o")
	}
	for _, d := range sample.Drawn {
		if err := os.WriteFile(filepath.Join(c.Out, d.Decision.File.ID+".json"), d.Bytes, 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(c.Out, "manifest"), []byte(manifestOf(out)), 0o644)
}

// manifestOf lists the files as sha256sum -c reads them; lines that begin with #
// are for people.
func manifestOf(out sampleJSON) string {
	var b strings.Builder
	line := func(format string, args ...any) {
		b.WriteString("# " + strings.ReplaceAll(printable(fmt.Sprintf(format, args...)), "\n", " ") + "\n")
	}
	line("holdpoint audit sample v1")
	line("journal %s, %d entries, root %s, clock %s", out.Origin, out.Size, out.Root, out.Clock)
	line("seed %s, %d asked for, %d drawn of %d; %d that sources report are not drawn", strconv.Quote(out.Seed), out.Asked, len(out.Decisions), out.Population, out.Reported)
	line("%s", out.Rule)
	for _, d := range out.Decisions {
		line("%s, %s, %s, %s", d.ID, d.Code, d.Status, d.Title)
		for _, a := range d.answers() {
			line("  %s", a)
		}
		fmt.Fprintf(&b, "%s  %s.json\n", d.Digest, d.ID)
	}
	return b.String()
}

func (c auditSample) print(s *session, out sampleJSON) {
	s.say("%d of %s that somebody signed, drawn with the seed %q from %s at entry %d.", len(out.Decisions),
		plural(out.Population, "decision", "decisions"), out.Seed, out.Origin, out.Size-1)
	s.say("Root %s", out.Root)
	if out.Reported > 0 {
		s.say("Not drawn: %d that sources report; nobody signed them here.", out.Reported)
	}
	for _, d := range out.Decisions {
		s.say("")
		s.say("%s  %s  %s  %s", d.ID, d.Code, words(d.Status), d.Title)
		s.say("  sha256 %s", d.Digest)
		for _, a := range d.answers() {
			s.say("  %s", a)
		}
		for _, r := range d.Deliveries {
			s.say("  delivery to %s (%s): %s", r.Role, words(r.When), receiptWords(r))
		}
		if d.Path != "" {
			s.say("  %s", d.Path)
		}
	}
	s.say("")
	s.say("To verify:")
	for _, line := range out.Verify {
		s.wrapped("  - ", line)
	}
}

// answers says every signed answer, in slots and from outside them.
func (d sampledJSON) answers() []string {
	var all []string
	for _, a := range d.Signatures {
		if a.Seq != nil {
			all = append(all, fmt.Sprintf("%s by %s as %s, entry %d, %s", a.Answer, a.Person, a.Role, *a.Seq, a.Time))
		}
	}
	for _, a := range d.Dissents {
		if a.Role == "" {
			all = append(all, fmt.Sprintf("dissent by %s, who was not asked to sign, entry %d, %s", a.Person, *a.Seq, a.Time))
		}
	}
	return all
}

func receiptWords(r shownReceipt) string {
	switch {
	case r.DeliveredSeq == nil:
		return "not delivered"
	case r.Seq == nil:
		return fmt.Sprintf("delivered with entry %d, not acknowledged", *r.DeliveredSeq)
	}
	return fmt.Sprintf("delivered with entry %d, acknowledged by %s with entry %d", *r.DeliveredSeq, r.Person, *r.Seq)
}
