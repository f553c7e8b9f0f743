// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package audit writes a journal out for others, and checks such an export
// without workspace, network or trust in whoever made it.
//
// An export is a folder:
//
//	manifest          a signed note that lists every other file with its SHA-256
//	                  and size, except *.vkey files
//	checkpoint        the journal's signed checkpoint
//	entries.jsonl     one canonical JSON line for each entry, in order
//	blobs/SHA256      the score tables that findings were computed from
//	holdpoint.vkey    a copy of the public key; trust the copy you got elsewhere
//
// A line of entries.jsonl shows an entry whole (body, header, salt), without its
// body (header and "withheld"), or erased (header and "erased"). The root is
// the same in each case.
//
// [Verify] checks every byte: the manifest's and checkpoint's signatures, each
// file against the manifest, each entry's spelling, order, type and commitment,
// the root, the fold of the world, and every signature people made. With Replay
// it recomputes every finding and every clearance from what was known then, and
// says of each: equal, different, or not checked and why. Not checked is never
// counted as equal.
package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/holdpoint/holdpoint/internal/journal"
	"github.com/holdpoint/holdpoint/proof"
)

// Names of the files of an export.
const (
	manifestFile   = "manifest"
	checkpointFile = "checkpoint"
	entriesFile    = "entries.jsonl"
	blobFolder     = "blobs"
	keyFile        = "holdpoint.vkey"
	keySuffix      = ".vkey"
)

const manifestHeading = "holdpoint export v1"

// listed is a file of an export as the manifest names it.
type listed struct {
	SHA256 string
	Size   int64
	Path   string
}

// manifest lists the files of an export.
type manifest struct {
	Origin string
	Size   int64
	Files  []listed
}

func (m manifest) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n%d\n", manifestHeading, m.Origin, m.Size)
	for _, f := range m.Files {
		fmt.Fprintf(&b, "%s %d %s\n", f.SHA256, f.Size, f.Path)
	}
	return b.String()
}

func openManifest(msg []byte, key proof.VerifyKey) (manifest, error) {
	text, err := key.OpenNote(msg)
	if err != nil {
		return manifest{}, err
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) < 3 || lines[0] != manifestHeading {
		return manifest{}, fmt.Errorf("the heading %q is missing", manifestHeading)
	}
	size, err := strconv.ParseInt(lines[2], 10, 64)
	if err != nil {
		return manifest{}, fmt.Errorf("%q is not a size", lines[2])
	}
	m := manifest{Origin: lines[1], Size: size}
	for _, line := range lines[3:] {
		f, err := parseListed(line)
		if err != nil {
			return manifest{}, err
		}
		m.Files = append(m.Files, f)
	}
	sorted := slices.IsSortedFunc(m.Files, func(a, b listed) int { return strings.Compare(a.Path, b.Path) })
	if !sorted || m.text() != text {
		return manifest{}, fmt.Errorf("the manifest is not in its one spelling")
	}
	return m, nil
}

func parseListed(line string) (listed, error) {
	parts := strings.SplitN(line, " ", 3)
	if len(parts) != 3 {
		return listed{}, fmt.Errorf("%q is not a line of a manifest", line)
	}
	if _, err := proof.ParseHex(parts[0], sha256.Size); err != nil {
		return listed{}, err
	}
	size, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || size < 0 {
		return listed{}, fmt.Errorf("%q is not a size", parts[1])
	}
	return listed{SHA256: parts[0], Size: size, Path: parts[2]}, nil
}

// line is an entry as entries.jsonl shows it.
type line struct {
	Body     jsontext.Value `json:"body,omitzero"`
	Erased   bool           `json:"erased,omitzero"`
	Header   jsontext.Value `json:"header"`
	Salt     string         `json:"salt,omitzero"`
	Withheld bool           `json:"withheld,omitzero"`
}

// encode spells the line. Header and body are canonical JSON already, so their
// bytes stand in it as they are, and its members are in canonical order.
func (l line) encode() []byte {
	b := make([]byte, 0, len(l.Body)+len(l.Header)+96)
	b = append(b, '{')
	if l.Body != nil {
		b = append(append(append(b, `"body":`...), l.Body...), ',')
	}
	if l.Erased {
		b = append(b, `"erased":true,`...)
	}
	b = append(append(b, `"header":`...), l.Header...)
	if l.Body != nil {
		b = append(append(append(b, `,"salt":"`...), l.Salt...), '"')
	}
	if l.Withheld {
		b = append(b, `,"withheld":true`...)
	}
	return append(b, '}')
}

// encodeRow spells a stored row as a line.
func encodeRow(row journal.Row, withhold bool) []byte {
	l := line{Header: row.Header, Erased: row.Body == nil, Withheld: row.Body != nil && withhold}
	if row.Body != nil && !withhold {
		l.Body, l.Salt = row.Body, hex.EncodeToString(row.Salt)
	}
	return append(l.encode(), '\n')
}

// decodeLine reads a line in its one spelling.
func decodeLine(raw []byte) (journal.Row, line, error) {
	var l line
	if err := json.Unmarshal(raw, &l, json.RejectUnknownMembers(true)); err != nil {
		return journal.Row{}, l, err
	}
	row := journal.Row{Header: l.Header}
	shown := l.Body != nil
	if states := count(shown, l.Erased, l.Withheld); states != 1 {
		return row, l, fmt.Errorf("an entry is shown whole, withheld or erased, and only one of them")
	}
	if shown {
		salt, err := proof.ParseHex(l.Salt, proof.SaltSize)
		if err != nil {
			return row, l, fmt.Errorf("salt: %w", err)
		}
		row.Salt, row.Body = salt, l.Body
	} else if l.Salt != "" {
		return row, l, fmt.Errorf("a salt without its body")
	}
	// Header and body are held against their own one spelling elsewhere; what
	// stands around them is held against ours here.
	if !bytes.Equal(l.encode(), raw) {
		return row, l, fmt.Errorf("the line is not in its one spelling")
	}
	return row, l, nil
}

func count(flags ...bool) int {
	n := 0
	for _, f := range flags {
		if f {
			n++
		}
	}
	return n
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
