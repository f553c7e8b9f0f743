// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package audit_test

import (
	"bytes"
	"encoding/hex"
	"io"
	"iter"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/audit"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/journal"
	"github.com/holdpoint/holdpoint/proof"
)

// forger writes exports as somebody could who has the journal's key and bends
// what it says.
type forger struct {
	t        testing.TB
	rows     []journal.Row
	blobs    []string
	from     string
	withhold func(journal.Row) bool
}

func forge(t testing.TB, l *lab) *forger {
	t.Helper()
	dir := l.export(app.ExportOptions{})
	f := &forger{t: t, from: dir, withhold: func(journal.Row) bool { return false }}
	for raw := range bytes.Lines(get(t, dir, "entries.jsonl")) {
		var line struct {
			Body   jsontext.Value `json:"body"`
			Header jsontext.Value `json:"header"`
			Salt   string         `json:"salt"`
		}
		if err := json.Unmarshal(raw, &line); err != nil {
			t.Fatal(err)
		}
		salt, err := hex.DecodeString(line.Salt)
		if err != nil {
			t.Fatal(err)
		}
		f.rows = append(f.rows, journal.Row{Header: bytes.Clone(line.Header), Salt: salt, Body: bytes.Clone(line.Body)})
	}
	for _, name := range files(t, dir) {
		if digest, ok := strings.CutPrefix(name, "blobs/"); ok {
			f.blobs = append(f.blobs, digest)
		}
	}
	return f
}

// find gives the last row of a type.
func (f *forger) find(typ string) int {
	f.t.Helper()
	for i := len(f.rows) - 1; i >= 0; i-- {
		if bytes.Contains(f.rows[i].Header, []byte(`"type":"`+typ+`"`)) {
			return i
		}
	}
	f.t.Fatalf("no entry of type %s", typ)
	return -1
}

// edit puts another body into a row, with the commitment that goes with it.
func (f *forger) edit(i int, old, new string) {
	f.t.Helper()
	body := bytes.ReplaceAll(f.rows[i].Body, []byte(old), []byte(new))
	if bytes.Equal(body, f.rows[i].Body) {
		f.t.Fatalf("entry %d does not say %s: %s", i, old, f.rows[i].Body)
	}
	f.set(i, body, func(*proof.Header) {})
}

func (f *forger) set(i int, body []byte, change func(*proof.Header)) {
	f.t.Helper()
	h, err := proof.ParseHeader(f.rows[i].Header)
	if err != nil {
		f.t.Fatal(err)
	}
	h.Body = proof.Commit(f.rows[i].Salt, body)
	change(&h)
	header, err := h.Encode()
	if err != nil {
		f.t.Fatal(err)
	}
	f.rows[i] = journal.Row{Seq: int64(i), Header: header, Salt: f.rows[i].Salt, Body: body}
}

// again appends a copy of a row at the end, a moment later.
func (f *forger) again(i int, edit func(body string) string) {
	f.t.Helper()
	last, err := proof.ParseHeader(f.rows[len(f.rows)-1].Header)
	if err != nil {
		f.t.Fatal(err)
	}
	f.rows = append(f.rows, f.rows[i])
	f.set(len(f.rows)-1, []byte(edit(string(f.rows[i].Body))), func(h *proof.Header) {
		h.Seq, h.RecordedAt = int64(len(f.rows)-1), last.RecordedAt+1
	})
}

// export writes and signs it all.
func (f *forger) export() string {
	f.t.Helper()
	var tree journal.Tree
	for _, r := range f.rows {
		tree = tree.Append(proof.Leaf(r.Header))
	}
	root, err := tree.Root(tree.Size())
	if err != nil {
		f.t.Fatal(err)
	}
	key := labKey(f.t)
	cp, err := proof.Checkpoint{Origin: labOrigin, Size: tree.Size(), Root: root}.Sign(key)
	if err != nil {
		f.t.Fatal(err)
	}
	dir := filepath.Join(f.t.TempDir(), "forged")
	err = audit.Export(dir, audit.Source{
		Key: key, Checkpoint: cp, Size: tree.Size(), Withhold: f.withhold, Blobs: f.blobs,
		Rows: iter.Seq2[journal.Row, error](func(yield func(journal.Row, error) bool) {
			for _, r := range f.rows {
				if !yield(r, nil) {
					return
				}
			}
		}),
		Blob: func(digest string) (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(get(f.t, f.from, "blobs/"+digest))), nil
		},
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return dir
}

func TestForgerIsFaithfulUntilItForges(t *testing.T) {
	l := newLab(t)
	if rep := l.verify(forge(t, l).export()); !rep.OK() {
		t.Fatalf("faults %q, not checked %q", rep.Faults, rep.NotChecked)
	}
}

// Whoever has the key can sign anything; recomputing finds it all the same.
func TestForgedFindingIsDifferent(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	for name, c := range map[string][2]string{
		"a better bound":       {`"upper":"0.2`, `"upper":"0.1`},
		"another zone":         {`"zone":"below_rule_out"`, `"zone":"middle"`},
		"another sum of items": {`"items":12`, `"items":13`},
	} {
		t.Run(name, func(t *testing.T) {
			f := forge(t, l)
			at := f.find("assessment.found")
			f.edit(at, c[0], c[1])
			rep := l.verify(f.export())
			if rep.Replay.Findings.Different != 1 || rep.Replay.Findings.Equal != 1 {
				t.Errorf("findings: %+v, faults %q", rep.Replay.Findings, rep.Faults)
			}
			wantFault(t, rep, "entries.jsonl: entry", "finding")
		})
	}
}

func TestForgedClearanceIsDifferent(t *testing.T) {
	l := newLab(t)
	l.do(app.PlaceHold(gate.PlaceIn{Model: labModel, Reason: "something was seen"}))
	f := forge(t, l)
	at := f.find("gate.clearance_issued")
	h, err := proof.ParseHeader(f.rows[len(f.rows)-1].Header)
	if err != nil {
		t.Fatal(err)
	}
	// The old statement under a new moment: the gate would say held.
	f.again(at, func(body string) string { return body })
	rep := l.verify(f.export())
	if rep.Replay.Clearances != (audit.Tally{Equal: 1, Different: 1}) {
		t.Errorf("clearances: %+v", rep.Replay.Clearances)
	}
	wantFault(t, rep, "clearance", "entry "+itoa(h.Seq+1))
}

// A signature that somebody else made, an approval that nobody decided, and a
// decision that takes effect before it is signed.
func TestForgedActsOfPeople(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	for name, c := range map[string]struct {
		harm func(f *forger)
		says []string
	}{
		"a signature under another name": {func(f *forger) {
			f.edit(f.find("signoff.signed"), `"person":"p-chief"`, `"person":"p-officer"`)
		}, []string{"entry", "p-officer"}},
		"a changed note": {func(f *forger) {
			f.edit(f.find("signoff.signed"), `"answer":"approve"`, `"answer":"dissent"`)
		}, []string{"entry", "signature"}},
		"another decision file than was signed": {func(f *forger) {
			f.edit(f.find("decision.proposed"), "far below", "so so")
		}, []string{"entry", "decision file has the digest"}},
		"an approval for more than was decided": {func(f *forger) {
			f.edit(f.find("safeguard.approved"), `"facet":"security"`, `"facet":"deployment"`)
		}, []string{"entry", "decided"}},
		"an approval with another decision": {func(f *forger) {
			f.edit(f.find("safeguard.approved"), `"decision":"`, `"decision":"x`)
		}, []string{"entry", "no decision"}},
		"an approval repeated after the fact": {func(f *forger) {
			f.again(f.find("decision.took_effect"), func(body string) string { return body })
		}, []string{"took effect without"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := forge(t, l)
			c.harm(f)
			wantFault(t, l.verify(f.export()), c.says...)
		})
	}
}

// A fact whose body is gone is a fault even where its loss is signed for.
func TestErasedFactIsAFault(t *testing.T) {
	l := newLab(t)
	f := forge(t, l)
	at := f.find("gate.clearance_issued")
	f.rows[at].Body, f.rows[at].Salt = nil, nil
	wantFault(t, l.verify(f.export()), "entry "+itoa(int64(at)), "no entry says that it was erased")
}

func itoa(n int64) string {
	b, _ := json.Marshal(n)
	return string(b)
}
