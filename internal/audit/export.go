// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package audit

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/journal"
	"github.com/holdpoint/holdpoint/proof"
)

// Source is what an export is made of.
type Source struct {
	Key        proof.SigningKey
	Checkpoint []byte
	Size       int64
	Rows       iter.Seq2[journal.Row, error]
	// Withhold tells whether a row's body is left out of the copy.
	Withhold func(journal.Row) bool
	// Blobs lists digests to copy; Blob opens one.
	Blobs []string
	Blob  func(digest string) (io.ReadCloser, error)
}

// Export writes an export into a folder that must be new or empty.
func Export(dir string, src Source) (err error) {
	defer fault.Wrap(&err, "export to %s", dir)
	if err := emptyFolder(dir); err != nil {
		return err
	}
	w := writer{dir: dir}
	w.file(checkpointFile, func(out io.Writer) error { _, err := out.Write(src.Checkpoint); return err })
	w.file(entriesFile, func(out io.Writer) error { return writeRows(out, src) })
	for _, digest := range slices.Compact(slices.Sorted(slices.Values(src.Blobs))) {
		w.file(blobFolder+"/"+digest, func(out io.Writer) error { return copyBlob(out, src, digest) })
	}
	if w.err != nil {
		return w.err
	}
	slices.SortFunc(w.files, func(a, b listed) int { return strings.Compare(a.Path, b.Path) })
	m := manifest{Origin: src.Key.Name(), Size: src.Size, Files: w.files}
	signed, err := src.Key.SignNote(m.text())
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, manifestFile), signed, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, keyFile), []byte(src.Key.VerifyKey().String()+"\n"), 0o644)
}

func emptyFolder(dir string) error {
	names, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return os.MkdirAll(dir, 0o755)
	}
	if err != nil {
		return fault.New(fault.Unavailable, "the folder cannot be read: %w", err)
	}
	if len(names) > 0 {
		return fault.Conflictf("the folder is not empty").Hinted("an export covers every file of its folder; name a new one")
	}
	return nil
}

func writeRows(out io.Writer, src Source) error {
	for row, err := range src.Rows {
		if err != nil {
			return err
		}
		if _, err := out.Write(encodeRow(row, row.Body != nil && src.Withhold(row))); err != nil {
			return err
		}
	}
	return nil
}

func copyBlob(out io.Writer, src Source, digest string) error {
	in, err := src.Blob(digest)
	if err != nil {
		return err
	}
	defer in.Close()
	_, err = io.Copy(out, in)
	return err
}

// writer writes files and keeps what the manifest says of them; after an error
// it does nothing more.
type writer struct {
	dir   string
	files []listed
	err   error
}

func (w *writer) file(name string, content func(io.Writer) error) {
	if w.err != nil {
		return
	}
	path := filepath.Join(w.dir, filepath.FromSlash(name))
	if w.err = os.MkdirAll(filepath.Dir(path), 0o755); w.err != nil {
		return
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		w.err = err
		return
	}
	sum := sha256.New()
	size := new(counter)
	buf := bufio.NewWriter(f)
	err = content(io.MultiWriter(buf, sum, size))
	w.err = errors.Join(err, buf.Flush(), f.Sync(), f.Close())
	w.files = append(w.files, listed{SHA256: hex.EncodeToString(sum.Sum(nil)), Size: int64(*size), Path: name})
}

type counter int64

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }
