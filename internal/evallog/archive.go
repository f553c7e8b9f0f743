// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package evallog

import (
	"archive/zip"
	"errors"
	"io"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// zstdMethod is zstd in a zip (APPNOTE 6.3.8), Inspect's default since 0.3.206.
const zstdMethod = 93

// An archive is a zip that is not trusted: only its central directory counts
// (a header edit leaves the old one in the file), the last member of a name
// wins, and what comes out of it is counted.
type archive struct {
	src     source
	members map[string]*zip.File
	order   []string        // names of the members kept, in the order of their last appearance
	hides   map[string]bool // samples' members that differ from an earlier one of their name
	repeats repeats         // other members that do
	out     atomic.Int64
}

func openArchive(src source) (*archive, error) {
	// The directory is read into memory as a whole, so the bytes read for it
	// are bounded rather than believed.
	bounded := &budgetReader{r: src.r, left: src.opt.Limits.MaxMembers*512 + 1<<20}
	z, err := zip.NewReader(bounded, src.size)
	if err != nil {
		return nil, archiveFault(err)
	}
	bounded.done = true
	if int64(len(z.File)) > src.opt.Limits.MaxMembers {
		return nil, fault.Invalidf("the zip has %d members and the limit is %d", len(z.File), src.opt.Limits.MaxMembers)
	}
	z.RegisterDecompressor(zip.Deflate, inflater())
	z.RegisterDecompressor(zstdMethod, zstd.ZipDecompressor(
		zstd.WithDecoderMaxWindow(uint64(src.opt.Limits.MaxWindow)), zstd.WithDecoderLowmem(true)))
	a := &archive{src: src, members: make(map[string]*zip.File, len(z.File)), hides: map[string]bool{}}
	return a, a.index(z.File)
}

func (a *archive) index(files []*zip.File) error {
	last := make(map[string]int, len(files))
	for i, f := range files {
		if err := checkName(f.Name); err != nil {
			return err
		}
		last[f.Name] = i
	}
	for i, f := range files {
		if last[f.Name] != i {
			a.shadow(f, files[last[f.Name]])
		}
		if last[f.Name] == i && !strings.HasSuffix(f.Name, "/") {
			a.members[f.Name] = f
			a.order = append(a.order, f.Name)
		}
	}
	return nil
}

// checkName refuses names that would leave a folder. Members are never written
// anywhere, so such a name is only ever an attack on somebody else; sample ids
// may hold slashes, colons and dots otherwise.
func checkName(name string) error {
	bad := strings.HasPrefix(name, "/") || strings.ContainsRune(name, 0) || len(name) > longestID+100
	for part := range strings.FieldsFuncSeq(name, func(r rune) bool { return r == '/' || r == '\\' }) {
		bad = bad || part == ".."
	}
	if bad {
		return fault.Invalidf("the zip has a member whose name is a path out of it").At("%s", clipText(name, 80))
	}
	return nil
}

// open gives a member's decompressed bytes, counted against the limits.
func (a *archive) open(name string) (io.ReadCloser, error) {
	f, ok := a.members[name]
	if !ok {
		return nil, fault.NotFoundf("the zip has no member %s", clipText(name, 80))
	}
	if f.Flags&1 != 0 {
		return nil, fault.Unsupportedf("the member is encrypted").At("%s", clipText(name, 80))
	}
	rc, err := f.Open()
	if err != nil {
		return nil, memberFault(name, err)
	}
	return &memberReader{a: a, f: f, rc: rc, name: name}, nil
}

// scan reads a member as JSON with the given scanner.
func (a *archive) scan(s *scanner, name string, read func() error) error {
	rc, err := a.open(name)
	if err != nil {
		return err
	}
	defer rc.Close()
	s.reset(rc)
	if err := read(); err != nil {
		return inMember(name, err)
	}
	return inMember(name, s.finish())
}

func inMember(name string, err error) error {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		if f.Where != "" {
			return f.At("%s, %s", clipText(name, 80), f.Where)
		}
		return f.At("%s", clipText(name, 80))
	}
	return err
}

type memberReader struct {
	a    *archive
	f    *zip.File
	rc   io.ReadCloser
	name string
	n    int64
}

const ratioFree = 64 << 20

func (m *memberReader) Read(p []byte) (int, error) {
	if err := m.a.src.ctxErr(); err != nil {
		return 0, err
	}
	n, err := m.rc.Read(p)
	m.n += int64(n)
	lim := m.a.src.opt.Limits
	switch total := m.a.out.Add(int64(n)); {
	case m.n > lim.MaxMember:
		return 0, fault.Invalidf("the member is longer than %d bytes", lim.MaxMember)
	case total > lim.MaxTotal || total-ratioFree > m.a.src.size*lim.MaxRatio:
		return 0, fault.Invalidf("the zip expands to more than it may: %d bytes from %d so far", total, m.a.src.size)
	case (m.n-ratioFree)/lim.MaxRatio > int64(m.f.CompressedSize64&(1<<62-1)):
		return 0, fault.Invalidf("the member expands more than %d times", lim.MaxRatio)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = memberFault(m.name, err)
	}
	return n, err
}

func (m *memberReader) Close() error { return m.rc.Close() }

func archiveFault(err error) error {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f
	}
	return fault.Corruptf("the zip is cut off or damaged: %w", err).
		Hinted("fetch the log again; if the evaluation is still running, wait until it has finished")
}

func memberFault(name string, err error) error {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f
	}
	switch {
	case errors.Is(err, zip.ErrAlgorithm):
		return fault.Unsupportedf("the member is compressed in a way this release does not know").At("%s", clipText(name, 80))
	case errors.Is(err, zstd.ErrWindowSizeExceeded), errors.Is(err, zstd.ErrDecoderSizeExceeded):
		return fault.Invalidf("the member asks for more memory to decompress than is allowed").At("%s", clipText(name, 80))
	case errors.Is(err, zip.ErrChecksum):
		return fault.Corruptf("the member does not have the checksum it states").At("%s", clipText(name, 80))
	}
	return fault.Corruptf("the member cannot be decompressed: %w", err).At("%s", clipText(name, 80))
}

// budgetReader bounds how many bytes are read before done is set.
type budgetReader struct {
	r    io.ReaderAt
	left int64
	done bool
}

func (b *budgetReader) ReadAt(p []byte, off int64) (int, error) {
	if !b.done {
		if b.left -= int64(len(p)); b.left < 0 {
			return 0, fault.Invalidf("the zip's directory is longer than allowed")
		}
	}
	return b.r.ReadAt(p, off)
}

// inflater is deflate with readers that are used again.
func inflater() zip.Decompressor {
	pool := &sync.Pool{}
	return func(r io.Reader) io.ReadCloser {
		fr, ok := pool.Get().(io.ReadCloser)
		if !ok {
			fr = flate.NewReader(r)
		} else if err := fr.(flate.Resetter).Reset(r, nil); err != nil {
			fr = flate.NewReader(r)
		}
		return &pooledFlate{fr, pool}
	}
}

type pooledFlate struct {
	io.ReadCloser
	pool *sync.Pool
}

func (p *pooledFlate) Close() error {
	if p.ReadCloser == nil {
		return nil
	}
	err := p.ReadCloser.Close()
	p.pool.Put(p.ReadCloser)
	p.ReadCloser = nil
	return err
}
