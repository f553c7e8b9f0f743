// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package audit

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/journal"
	"github.com/holdpoint/holdpoint/internal/world"
	"github.com/holdpoint/holdpoint/proof"
)

// Options says what to verify.
type Options struct {
	// Key is the journal's key as the verifier trusts it.
	Key proof.VerifyKey
	// Registry knows the entry types of this release.
	Registry entry.Registry
	// Since are signed checkpoints that the verifier kept; the export must
	// continue each of them.
	Since [][]byte
	// Replay recomputes findings and clearances.
	Replay bool
}

// Report is what an export turned out to be.
type Report struct {
	Origin string `json:"origin"`
	Size   int64  `json:"size"`
	Root   string `json:"root"`
	// Clock is wall, or simulated for a made-up history.
	Clock string `json:"clock"`
	Rules int64  `json:"rules"`
	// Faults say what is wrong and where; none means nothing is.
	Faults []string `json:"faults"`
	// NotChecked says what could not be checked and why.
	NotChecked []string `json:"not_checked"`
	// Withheld and Erased count entries shown without their body.
	Withheld   int64 `json:"withheld"`
	Erased     int64 `json:"erased"`
	Signatures int   `json:"signatures"`
	// Since counts the older checkpoints that the export continues.
	Since  int     `json:"since"`
	Replay *Replay `json:"replay,omitzero"`
}

// Replay counts recomputed results.
type Replay struct {
	Findings   Tally `json:"findings"`
	Clearances Tally `json:"clearances"`
}

// Tally counts results that were equal, different, or not checked.
type Tally struct {
	Equal      int `json:"equal"`
	Different  int `json:"different"`
	NotChecked int `json:"not_checked"`
}

// OK tells that everything was checked and holds.
func (r Report) OK() bool { return len(r.Faults) == 0 && len(r.NotChecked) == 0 }

// maxFaults bounds a report on an export that is wrong throughout.
const maxFaults = 100

func (v *verifier) fault(where, format string, args ...any) {
	if len(v.rep.Faults) < maxFaults {
		v.rep.Faults = append(v.rep.Faults, where+": "+fmt.Sprintf(format, args...))
	}
}

func (v *verifier) notChecked(format string, args ...any) {
	v.rep.NotChecked = append(v.rep.NotChecked, fmt.Sprintf(format, args...))
}

// verifier goes through one export.
type verifier struct {
	dir string
	o   Options
	rep Report

	tree  journal.Tree
	world world.World
	last  int64
	// blind tells why the world cannot be followed any more; "" while it can.
	blind string
	// bare are entries shown without a body because they were erased, until
	// the entry that erased them is met.
	bare map[int64]bool
	cp   proof.Checkpoint
}

// Verify checks an export. The error is for what prevents looking at all; what
// is wrong with the export is in the report.
func Verify(dir string, o Options) (Report, error) {
	v := &verifier{dir: dir, o: o, bare: map[int64]bool{}, rep: Report{Origin: o.Key.Name(), Faults: []string{}, NotChecked: []string{}}}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return v.rep, fmt.Errorf("%s is not a folder that can be read", dir)
	}
	v.files()
	v.checkpoint()
	v.entries()
	v.root()
	v.since()
	if o.Replay && v.rep.Replay == nil {
		v.rep.Replay = &Replay{}
	}
	return v.rep, nil
}

// files holds the folder against the manifest.
func (v *verifier) files() {
	msg, err := v.read(manifestFile)
	if err != nil {
		v.fault(manifestFile, "cannot be read: %v", reason(err))
		return
	}
	m, err := openManifest(msg, v.o.Key)
	if err != nil {
		v.fault(manifestFile, "%v", err)
		return
	}
	if m.Origin != v.o.Key.Name() {
		v.fault(manifestFile, "lists an export of %q, the key is that of %q", m.Origin, v.o.Key.Name())
	}
	v.rep.Size = m.Size
	want := map[string]listed{}
	for _, f := range m.Files {
		want[f.Path] = f
	}
	v.walk(want)
	for _, f := range m.Files {
		if _, missing := want[f.Path]; missing {
			v.fault(f.Path, "the manifest lists this file and it is not there")
		}
	}
}

// open opens a plain file of the export. It looks before it opens: a link could
// lead elsewhere, and opening a pipe would wait for a writer.
func (v *verifier) open(name string) (*os.File, error) {
	path := filepath.Join(v.dir, filepath.FromSlash(name))
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is not a plain file")
	}
	return os.Open(path)
}

func (v *verifier) read(name string) ([]byte, error) {
	f, err := v.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

func reason(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	return err
}

// walk compares every file there is and strikes it from want.
func (v *verifier) walk(want map[string]listed) {
	err := filepath.WalkDir(v.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(v.dir, path)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(rel)
		f, ok := want[name]
		switch {
		case d.IsDir() && name != "." && name != blobFolder:
			v.fault(name, "no such folder belongs to an export")
			return nil
		case d.IsDir(), name == manifestFile && d.Type().IsRegular():
			return nil
		case !d.Type().IsRegular():
			delete(want, name)
			v.fault(name, "is not a plain file")
			return nil
		}
		delete(want, name)
		if ok {
			v.compare(f)
		} else if !strings.HasSuffix(name, keySuffix) {
			v.fault(name, "the manifest does not list this file")
		}
		return nil
	})
	if err != nil {
		v.fault(v.dir, "cannot be read: %v", reason(err))
	}
}

func (v *verifier) compare(f listed) {
	in, err := v.open(f.Path)
	if err != nil {
		v.fault(f.Path, "cannot be read: %v", reason(err))
		return
	}
	defer in.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, in)
	switch {
	case err != nil:
		v.fault(f.Path, "cannot be read: %v", reason(err))
	case n != f.Size:
		v.fault(f.Path, "has %d bytes, the manifest says %d", n, f.Size)
	case hex.EncodeToString(sum.Sum(nil)) != f.SHA256:
		v.fault(f.Path, "is not the file that the manifest lists: its content was changed")
	}
}

func (v *verifier) checkpoint() {
	msg, err := v.read(checkpointFile)
	if err != nil {
		v.fault(checkpointFile, "cannot be read: %v", reason(err))
		return
	}
	if v.cp, err = proof.OpenCheckpoint(msg, v.o.Key); err != nil {
		v.fault(checkpointFile, "%v", err)
		return
	}
	if v.rep.Size != v.cp.Size {
		v.fault(checkpointFile, "commits to %d entries, the manifest to %d", v.cp.Size, v.rep.Size)
	}
	v.rep.Size, v.rep.Root = v.cp.Size, v.cp.Root.String()
}

// maxLine is the longest line: a body, its header and what stands between.
const maxLine = entry.MaxBody + 64<<10

func (v *verifier) entries() {
	f, err := v.open(entriesFile)
	if err != nil {
		v.fault(entriesFile, "cannot be read: %v", reason(err))
		return
	}
	defer f.Close()
	lines := bufio.NewReaderSize(f, 1<<20)
	for seq := int64(0); ; seq++ {
		raw, err := readLine(lines)
		if errors.Is(err, io.EOF) {
			v.finish(seq)
			return
		}
		if err != nil {
			v.fault(at(seq), "%v", err)
			return
		}
		if !v.entry(seq, raw) {
			return
		}
	}
}

func at(seq int64) string { return fmt.Sprintf("%s: entry %d", entriesFile, seq) }

func readLine(r *bufio.Reader) ([]byte, error) {
	var whole []byte
	for {
		part, err := r.ReadSlice('\n')
		whole = append(whole, part...)
		if len(whole) > maxLine {
			return nil, fmt.Errorf("the line is longer than an entry can be")
		}
		switch {
		case err == nil:
			return whole[:len(whole)-1], nil
		case errors.Is(err, io.EOF) && len(whole) > 0:
			return nil, fmt.Errorf("the last line does not end in a newline: it was cut")
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		}
	}
}

// entry checks one line and folds it. It gives false when what follows cannot
// be understood any more.
func (v *verifier) entry(seq int64, raw []byte) bool {
	row, l, err := decodeLine(raw)
	if err != nil {
		v.fault(at(seq), "%v", err)
		return false
	}
	h, err := proof.ParseHeader(row.Header)
	if err != nil {
		v.fault(at(seq), "%v", err)
		return false
	}
	if h.Seq != seq {
		v.fault(at(seq), "the entry here says it is entry %d: one was removed, added or moved", h.Seq)
		return false
	}
	if h.RecordedAt < v.last {
		v.fault(at(seq), "was recorded before the entry before it")
	}
	v.last = h.RecordedAt
	v.tree = v.tree.Append(proof.Leaf(row.Header))
	e := entry.Entry{Header: h, Salt: row.Salt, Body: row.Body}
	if err := v.o.Registry.Check(e); err != nil {
		v.fault(at(seq), "%v", err)
		v.blind = "an entry before is at fault"
		return true
	}
	v.shown(e, l)
	v.meaning(e)
	return true
}

// shown keeps account of bodies that are not shown.
func (v *verifier) shown(e entry.Entry, l line) {
	switch {
	case l.Withheld:
		v.rep.Withheld++
	case l.Erased:
		v.rep.Erased++
		v.bare[e.Seq] = true
	}
}

// meaning folds the entry and checks what people signed with it.
func (v *verifier) meaning(e entry.Entry) {
	if err := v.own(e); err != nil {
		v.fault(at(e.Seq), "%v", err)
	}
	t, err := v.o.Registry.Find(e.Header)
	if err != nil {
		return
	}
	if e.Body == nil && t.Class == entry.Fact && v.blind == "" {
		v.blind = fmt.Sprintf("the body of entry %d (%s) is not in this copy", e.Seq, e.Type)
		v.notChecked("entries from %d on were not followed: %s", e.Seq, v.blind)
	}
	if v.blind != "" {
		v.skip(e)
		return
	}
	v.signatures(e)
	if v.o.Replay {
		v.replay(e)
	}
	bare := e
	if t.Class == entry.Private {
		bare.Salt, bare.Body = nil, nil
	}
	next, err := v.world.Apply(bare)
	if err != nil {
		v.fault(at(e.Seq), "does not follow from the entries before it: %v", err)
		v.blind = fmt.Sprintf("entry %d is at fault", e.Seq)
		return
	}
	v.world = next
}

// own reads the journal's entries about itself.
func (v *verifier) own(e entry.Entry) error {
	switch {
	case e.Seq == 0 && e.Type != journal.BegunKind.Name():
		return fmt.Errorf("the first entry is %s and not the beginning of a journal", e.Type)
	case e.Seq > 0 && e.Type == journal.BegunKind.Name():
		return fmt.Errorf("a journal begins once")
	case e.Body == nil:
		return nil
	}
	switch e.Type {
	case journal.BegunKind.Name():
		return v.begun(e)
	case journal.ErasedKind.Name():
		return v.erased(e)
	case journal.RulesAdoptedKind.Name():
		d, _, err := journal.RulesAdoptedKind.Decode(e)
		v.rep.Rules = d.Rules
		return err
	}
	return nil
}

func (v *verifier) begun(e entry.Entry) error {
	b, _, err := journal.BegunKind.Decode(e)
	if err != nil {
		return err
	}
	v.rep.Clock, v.rep.Rules = string(b.Clock), b.Rules
	if b.Origin != v.o.Key.Name() {
		return fmt.Errorf("the journal calls itself %q, the key is that of %q", b.Origin, v.o.Key.Name())
	}
	if b.Clock != journal.Wall && b.Clock != journal.Simulated {
		return fmt.Errorf("unknown clock %q", b.Clock)
	}
	return nil
}

func (v *verifier) erased(e entry.Entry) error {
	d, _, err := journal.ErasedKind.Decode(e)
	if err != nil {
		return err
	}
	for _, seq := range d.Seqs {
		delete(v.bare, seq)
	}
	return nil
}

// finish looks at what can be told only at the end.
func (v *verifier) finish(n int64) {
	if n != v.rep.Size || n == 0 {
		v.fault(entriesFile, "holds %d entries, the checkpoint commits to %d", n, v.rep.Size)
	}
	for _, seq := range slices.Sorted(mapKeys(v.bare)) {
		v.fault(at(seq), "has no body, and no entry says that it was erased")
	}
	if v.rep.Withheld > 0 {
		v.notChecked("the bodies of %d entries are withheld from this copy", v.rep.Withheld)
	}
}

func mapKeys(m map[int64]bool) func(func(int64) bool) {
	return func(yield func(int64) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func (v *verifier) root() {
	if v.tree.Size() != v.cp.Size {
		return // said already
	}
	root, err := v.tree.Root(v.cp.Size)
	if err != nil || root != v.cp.Root {
		v.fault(entriesFile, "the entries have another root than the signed checkpoint: an entry was changed")
	}
}

// since holds older checkpoints against the same entries.
func (v *verifier) since() {
	for i, msg := range v.o.Since {
		where := fmt.Sprintf("checkpoint %d given with --since", i+1)
		old, err := proof.OpenCheckpoint(msg, v.o.Key)
		if err != nil {
			v.fault(where, "%v", err)
			continue
		}
		if old.Size > v.tree.Size() {
			v.fault(where, "it saw %d entries, the export has %d: entries were cut from the end", old.Size, v.tree.Size())
			continue
		}
		root, err := v.tree.Root(old.Size)
		if err != nil || root != old.Root {
			v.fault(where, "the first %d entries are not those it saw: the journal was rewritten", old.Size)
			continue
		}
		v.rep.Since++
	}
}
