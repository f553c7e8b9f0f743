// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package blob keeps bytes by their SHA-256 digest, in a folder or in a bucket
// of an object store that speaks the protocol of S3.
//
// [Store.Put] is durable before it returns, so an entry that names a digest can
// be written next. [Store.Get] checks the digest while it reads: wrong bytes end
// in a fault, never in a shorter or silently changed content.
//
// The layout of a [Folder] is DIR/ab/cdef...: the first two hexadecimal digits name a
// subfolder. Files are readable by their owner only. A digest is the only name
// there is, and it is 64 lower-case hexadecimal digits, so no name can lead out
// of the folder.
//
// What a Put that was killed left behind is removed by the next [OpenFolder], once it
// is older than an hour: a younger file may be another process at work.
//
// The package keeps no classification, deletes no blob, and does not know who
// names one.
package blob

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// Store keeps blobs. Several processes may share what lies behind it.
type Store interface {
	// Put stores what r gives, at most max bytes, and returns its digest and size
	// once it is durable. More than max bytes are refused and nothing is kept. The
	// same bytes again are the same blob.
	Put(ctx context.Context, r io.Reader, max int64) (digest string, size int64, err error)
	// Get opens a blob and tells its size. Reading to the end either gives io.EOF
	// and the bytes were right, or a fault of kind Corrupt. A blob that is not
	// here is a fault of kind NotFound.
	Get(ctx context.Context, digest string) (io.ReadCloser, int64, error)
	// Has tells whether the blob is here, without reading it. Only Get tells
	// whether its bytes are right.
	Has(ctx context.Context, digest string) (bool, error)
	// List goes through the digests of all blobs in order. What is not a blob is
	// passed over.
	List(ctx context.Context) iter.Seq2[string, error]
}

// Folder is the [Store] in a folder.
type Folder struct{ dir string }

// temporaryPrefix begins the names of files that are being put.
const temporaryPrefix = "put-"

// abandonedAfter is how long after its last write a temporary file is taken
// for one that nobody writes any more.
const abandonedAfter = time.Hour

// OpenFolder gives the store in dir and makes the folder when it is not there.
func OpenFolder(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fault.New(fault.Unavailable, "the blob folder cannot be made: %w", err)
	}
	s := &Folder{dir: dir}
	s.sweep(time.Now().Add(-abandonedAfter))
	return s, nil
}

// sweep removes temporary files last written before a time. What cannot be
// removed only takes room, so it keeps nobody from opening the store.
func (s *Folder) sweep(before time.Time) {
	files, err := os.ReadDir(s.dir)
	if err != nil {
		return
	}
	for _, f := range files {
		if !f.Type().IsRegular() || !strings.HasPrefix(f.Name(), temporaryPrefix) {
			continue
		}
		if info, err := f.Info(); err == nil && info.ModTime().Before(before) {
			os.Remove(filepath.Join(s.dir, f.Name()))
		}
	}
}

// Put implements [Store].
func (s *Folder) Put(ctx context.Context, r io.Reader, max int64) (digest string, size int64, err error) {
	f, err := s.temporary()
	if err != nil {
		return "", 0, err
	}
	defer func() {
		f.Close()
		// After the rename the name is gone and this does nothing.
		os.Remove(f.Name())
	}()
	sum := sha256.New()
	size, err = io.Copy(io.MultiWriter(f, sum), io.LimitReader(&patient{ctx, r}, max+1))
	if err != nil {
		return "", 0, err
	}
	if size > max {
		return "", 0, fault.Invalidf("the content is larger than the limit of %d bytes", max)
	}
	digest = hex.EncodeToString(sum.Sum(nil))
	if err := s.keep(ctx, f, digest, size); err != nil {
		return "", 0, fault.New(fault.Unavailable, "blob %s could not be made durable: %w", digest, err)
	}
	return digest, size, nil
}

// temporary makes a file beside the blobs, on the same file system.
func (s *Folder) temporary() (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(s.dir, temporaryPrefix+rand.Text()), os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fault.New(fault.Unavailable, "the blob folder cannot be written: %w", err)
	}
	return f, nil
}

func (s *Folder) keep(ctx context.Context, f *os.File, digest string, size int64) error {
	path := s.path(digest)
	shard := filepath.Dir(path)
	if s.whole(ctx, digest, size) {
		// Whoever put it may still be on the way to its last sync.
		return errors.Join(syncDir(shard), syncDir(s.dir))
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := os.MkdirAll(shard, 0o700); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return errors.Join(syncDir(shard), syncDir(s.dir))
}

// whole tells whether the blob is there with all its bytes right; one that is
// damaged is replaced by a new Put.
func (s *Folder) whole(ctx context.Context, digest string, size int64) bool {
	r, have, err := s.Get(ctx, digest)
	if err != nil || have != size {
		return false
	}
	defer r.Close()
	_, err = io.Copy(io.Discard, r)
	return err == nil
}

// Get implements [Store].
func (s *Folder) Get(_ context.Context, digest string) (io.ReadCloser, int64, error) {
	if err := Check(digest); err != nil {
		return nil, 0, err
	}
	f, err := os.Open(s.path(digest))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, fault.NotFoundf("blob %s is not here", digest)
	}
	if err != nil {
		return nil, 0, fault.New(fault.Unavailable, "blob %s cannot be opened: %w", digest, err)
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		f.Close()
		return nil, 0, fault.Corruptf("blob %s is not a plain file", digest)
	}
	return &checked{f: f, sum: sha256.New(), digest: digest}, info.Size(), nil
}

// Has implements [Store].
func (s *Folder) Has(_ context.Context, digest string) (bool, error) {
	if err := Check(digest); err != nil {
		return false, err
	}
	info, err := os.Lstat(s.path(digest))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fault.New(fault.Unavailable, "blob %s cannot be looked up: %w", digest, err)
	}
	return info.Mode().IsRegular(), nil
}

// List implements [Store].
func (s *Folder) List(context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		shards, err := os.ReadDir(s.dir)
		if err != nil {
			yield("", fault.New(fault.Unavailable, "the blob folder cannot be listed: %w", err))
			return
		}
		for _, shard := range shards {
			if shard.IsDir() && len(shard.Name()) == 2 && !s.listShard(shard.Name(), yield) {
				return
			}
		}
	}
}

func (s *Folder) listShard(name string, yield func(string, error) bool) bool {
	files, err := os.ReadDir(filepath.Join(s.dir, name))
	if err != nil {
		return yield("", fault.New(fault.Unavailable, "the blob folder cannot be listed: %w", err))
	}
	for _, f := range files {
		digest := name + f.Name()
		if Check(digest) == nil && f.Type().IsRegular() && !yield(digest, nil) {
			return false
		}
	}
	return true
}

func (s *Folder) path(digest string) string { return filepath.Join(s.dir, digest[:2], digest[2:]) }

// Check tells whether a text is a digest in its one spelling: 64 lower-case
// hexadecimal digits.
func Check(digest string) error {
	if len(digest) != 2*sha256.Size || strings.Trim(digest, "0123456789abcdef") != "" {
		return fault.Invalidf("%.80q is not a digest", digest).Hinted("a digest is 64 lower-case hexadecimal digits of a SHA-256")
	}
	return nil
}

// checked reads a blob and compares its digest at the end.
type checked struct {
	f      io.ReadCloser
	sum    hash.Hash
	digest string
}

func (c *checked) Read(p []byte) (int, error) {
	n, err := c.f.Read(p)
	c.sum.Write(p[:n])
	if errors.Is(err, io.EOF) && hex.EncodeToString(c.sum.Sum(nil)) != c.digest {
		return n, fault.Corruptf("blob %s has other bytes than its name says", c.digest).
			Hinted("put the original bytes back; until then what rests on them cannot be told")
	}
	return n, err
}

func (c *checked) Close() error { return c.f.Close() }

// patient reads until its context ends.
type patient struct {
	ctx context.Context
	r   io.Reader
}

func (p *patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.r.Read(b)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
