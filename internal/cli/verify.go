// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/audit"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/proof"
)

type verifyCmd struct {
	Clearance verifyClearance `cmd:"" help:"Check a clearance offline. Exit 0 valid, 1 hold."`
	Ledger    verifyLedger    `cmd:"" help:"Check an export offline. Exit 0 all is well, 4 something was not checked, 1 a fault."`
}

type verifyClearance struct {
	File        string   `arg:"" help:"The clearance."`
	Key         []string `required:"" sep:"none" placeholder:"KEY" help:"A journal's public key that you trust: a .vkey file or its text; may be given again."`
	Digest      string   `xor:"weights" placeholder:"SHA256" help:"The digest of the weights about to be used."`
	Weights     string   `xor:"weights" placeholder:"PATH" help:"The weights themselves, a file or a folder; they are digested as holdpoint model snapshot does."`
	Revocations string   `placeholder:"FILE" help:"The journal's signed revocation list; a stale one means hold."`
	MinGrade    string   `placeholder:"G" enum:",attested,reported,recomputed" default:"" help:"The lowest grade that is good enough: attested, reported or recomputed."`
}

// Help is what --help adds.
func (verifyClearance) Help() string {
	return "Needs no workspace and no network. What is not asked for, such as the weights, is named as not checked. --at TIME judges " +
		"for another moment than now; a clearance from a simulated clock is judged for its own moment, and says so."
}

func (c verifyClearance) Run(s *session) error {
	ask, err := c.ask(s)
	if err != nil {
		return err
	}
	file, err := readSmall(c.File)
	if err != nil {
		return err
	}
	rep, err := proof.CheckClearance(file, ask)
	if err != nil {
		return c.hold(s, err)
	}
	if s.JSON {
		return s.print(checkedOf(true, rep, ""))
	}
	p := rep.Statement.Predicate
	s.say("VALID: %s of %s/%s in %s (%s)", printable(p.Action), printable(p.Model), printable(p.Snapshot), printable(p.Environment), printable(p.ID))
	for _, one := range rep.Checks {
		s.wrapped("  "+checkWord(one.Status)+one.Name+": ", one.Text)
	}
	if p.Clock == "simulated" {
		s.say("  ! clock: simulated, so this is from a made-up history")
	}
	return nil
}

func checkWord(status string) string {
	if status == "ok" {
		return "✓ ok           "
	}
	return "- not checked  "
}

// hold says that whatever else holds, the answer is hold.
func (c verifyClearance) hold(s *session, err error) error {
	if s.JSON {
		if e := s.print(checkedOf(false, proof.Report{}, err.Error())); e != nil {
			return e
		}
	}
	return fault.Invalidf("hold: %w", err).At("%s", c.File).Hinted("do not go on; ask for a new clearance where it comes from")
}

// checkedClearance is the JSON of a checked clearance.
type checkedClearance struct {
	Valid     bool            `json:"valid"`
	Error     text            `json:"error"`
	ID        text            `json:"id"`
	Model     text            `json:"model"`
	Snapshot  text            `json:"snapshot"`
	Action    text            `json:"action"`
	Env       text            `json:"environment"`
	Grade     text            `json:"grade"`
	Policy    *proof.Policy   `json:"policy"`
	Journal   *proof.Position `json:"journal"`
	NotBefore text            `json:"not_before"`
	Expires   text            `json:"expires"`
	At        text            `json:"at"`
	Clock     text            `json:"clock"`
	Checks    []proof.Check   `json:"checks"`
}

func checkedOf(valid bool, rep proof.Report, problem string) checkedClearance {
	p := rep.Statement.Predicate
	out := checkedClearance{Valid: valid, Error: text(problem), Checks: rep.Checks}
	if !valid {
		return out
	}
	out.ID, out.Model, out.Snapshot, out.Action, out.Env = text(p.ID), text(p.Model), text(p.Snapshot), text(p.Action), text(p.Environment)
	out.Grade, out.Policy, out.Journal = text(p.Grade), &p.Policy, &p.Journal
	out.NotBefore, out.Expires, out.Clock = text(p.NotBefore), text(p.Expires), text(p.Clock)
	out.At = text(instant(rep.At.UnixMilli()).String())
	return out
}

func (c verifyClearance) ask(s *session) (proof.Ask, error) {
	ask := proof.Ask{Digest: strings.ToLower(c.Digest), MinGrade: c.MinGrade, Now: time.Now()}
	for _, k := range c.Key {
		key, err := readKey(k)
		if err != nil {
			return ask, err
		}
		ask.Keys = append(ask.Keys, key)
	}
	if s.At != "" {
		ms, err := app.ParseTime(s.At)
		if err != nil {
			return ask, err
		}
		ask.At = time.UnixMilli(ms).UTC()
	}
	if c.Revocations != "" {
		list, err := readSmall(c.Revocations)
		if err != nil {
			return ask, err
		}
		ask.Revocations = append([]byte{}, list...)
	}
	if c.Weights == "" {
		return ask, nil
	}
	files, err := app.WeightFiles(s.ctx, c.Weights)
	if err != nil {
		return ask, err
	}
	ask.Digest, err = model.ManifestDigest(files)
	return ask, err
}

// readKey takes a journal's public key: its text, or a file that holds it.
func readKey(k string) (proof.VerifyKey, error) {
	key, err := proof.ParseVerifyKey(k)
	if err == nil {
		return key, nil
	}
	if strings.Contains(k, "PRIVATE") || strings.Contains(k, "person-key") {
		return key, fault.Usagef("--key holds a secret key, which nobody else may see; the public one, holdpoint.vkey, is meant")
	}
	const hint = "give the holdpoint.vkey that you got from somebody you trust, or its text"
	b, err := readSmall(k)
	if fault.KindOf(err) == fault.NotFound {
		return proof.VerifyKey{}, fault.NotFoundf("this is neither a public key nor a file").At("%s", clipped(k)).Hinted(hint)
	}
	if err != nil {
		return proof.VerifyKey{}, err
	}
	if key, err = proof.ParseVerifyKey(string(b)); err != nil {
		return key, fault.Invalidf("%w", err).At("%s", k).Hinted(hint)
	}
	return key, nil
}

// maxSmall bounds a clearance, a list, a checkpoint or a key in bytes.
const maxSmall = 64 << 20

func readSmall(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.NotFoundf("there is no such file").At("%s", path).Hinted(fileHint)
	case err != nil:
		return nil, fault.New(fault.Unavailable, "the file cannot be read: %w", err).At("%s", path)
	case !info.Mode().IsRegular():
		return nil, fault.Invalidf("this is not a regular file").At("%s", path)
	case info.Size() > maxSmall:
		return nil, fault.Invalidf("the file is far too large for what it should hold").At("%s", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.New(fault.Unavailable, "the file cannot be read: %w", err).At("%s", path)
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxSmall))
}

type verifyLedger struct {
	Folder string   `arg:"" name:"dir" help:"The export."`
	Key    string   `required:"" placeholder:"KEY" help:"The journal's public key as you trust it: a .vkey file or its text. The copy in the export proves nothing."`
	Since  []string `sep:"none" placeholder:"CHECKPOINT" help:"A signed checkpoint that you kept: the export must continue it; may be given again."`
	Replay bool     `help:"Recompute every finding and clearance: equal, different, or not checked."`
}

// Help is what --help adds.
func (verifyLedger) Help() string {
	return "Checks every byte but those of *.vkey files: signatures, every entry, the root, what follows from what, and every signature " +
		"that people made. Exit 0 only if everything was checked and holds, 4 if nothing is wrong but something could not be " +
		"checked, 1 on any fault; each fault says where. Needs no workspace and no network."
}

func (c verifyLedger) Run(s *session) error {
	key, err := readKey(c.Key)
	if err != nil {
		return err
	}
	o := audit.Options{Key: key, Registry: app.Registry(), Replay: c.Replay}
	for _, path := range c.Since {
		msg, err := readSmall(path)
		if err != nil {
			return err
		}
		o.Since = append(o.Since, msg)
	}
	if other := signedByOther(c.Folder, key); other != "" && !s.JSON {
		s.wrapped("✗ fault: checkpoint: ", "this copy is signed by "+other+" and not by the key that was given, "+key.ID()+
			": it is of another journal, or not what it claims to be")
		return outcome(exitFailure)
	}
	rep, err := audit.Verify(c.Folder, o)
	if err != nil {
		return fault.NotFoundf("%w", err).Hinted("name the folder that holdpoint ledger export wrote")
	}
	if s.JSON {
		err = s.print(ledgerReport{OK: rep.OK(), Report: rep})
	} else {
		s.audited(rep)
	}
	switch {
	case err != nil:
		return err
	case len(rep.Faults) > 0:
		return outcome(exitFailure)
	case !rep.OK():
		return outcome(exitUnchecked)
	}
	return nil
}

// signedByOther names the keys that a copy says to be signed by, where the
// trusted one is none of them; every other fault would only follow from that.
func signedByOther(folder string, key proof.VerifyKey) string {
	msg, err := readSmall(filepath.Join(folder, "checkpoint"))
	if err != nil {
		return ""
	}
	var unknown *note.UnverifiedNoteError
	if _, err := note.Open(msg, note.VerifierList()); !errors.As(err, &unknown) {
		return ""
	}
	var names []string
	for _, sig := range unknown.Note.UnverifiedSigs {
		id := fmt.Sprintf("%s+%08x", sig.Name, sig.Hash)
		if id == key.ID() {
			return ""
		}
		names = append(names, id)
	}
	return strings.Join(names, ", ")
}

// ledgerReport is the JSON of a checked export.
type ledgerReport struct {
	OK bool `json:"ok"`
	audit.Report
}

func (s *session) audited(rep audit.Report) {
	for _, f := range rep.Faults {
		s.wrapped("✗ fault: ", f)
	}
	for _, n := range rep.NotChecked {
		s.wrapped("- not checked: ", n)
	}
	word := "OK: everything was checked and holds"
	if len(rep.Faults) > 0 {
		word = plural(len(rep.Faults), "FAULT", "FAULTS") + ": do not rely on this copy"
	} else if !rep.OK() {
		word = "NOT ALL CHECKED: nothing wrong was found"
	}
	s.say("%s", word)
	s.say("%s of %s, root %s, %s clock, rules %d", plural(int(rep.Size), "entry", "entries"), printable(rep.Origin), or(rep.Root, "unknown"), or(printable(rep.Clock), "unknown"), rep.Rules)
	s.say("%s of people checked, %d withheld, %d erased, continues %s", plural(rep.Signatures, "signed act", "signed acts"),
		rep.Withheld, rep.Erased, plural(rep.Since, "kept checkpoint", "kept checkpoints"))
	if r := rep.Replay; r != nil {
		s.say("findings: %s", tally(r.Findings))
		s.say("clearances: %s", tally(r.Clearances))
	} else {
		s.note("results were not recomputed; --replay does that")
	}
	if rep.Clock == "simulated" {
		s.say("The clock is simulated: this is a made-up history.")
	}
}

func tally(t audit.Tally) string {
	return plural(t.Equal, "equal", "equal") + ", " + plural(t.Different, "different", "different") + ", " + plural(t.NotChecked, "not checked", "not checked")
}
