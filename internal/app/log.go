// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/holdpoint/holdpoint/internal/evallog"
	"github.com/holdpoint/holdpoint/internal/evidence"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// Log is an evaluation log on disk. It needs no workspace.
type Log struct {
	path string
	file *os.File
	size int64
}

// OpenLog opens a log. Only a regular file is one: a pipe cannot be read twice,
// and a device has no end.
func OpenLog(path string) (*Log, error) {
	f, size, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	return &Log{path: path, file: f, size: size}, nil
}

// openRegular looks before it opens: opening a pipe would wait for a writer.
func openRegular(path string) (*os.File, int64, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, 0, fault.NotFoundf("there is no such file").At("%s", path)
	case err != nil:
		return nil, 0, unreadable(path, err)
	case info.IsDir():
		return nil, 0, fault.Invalidf("this is a folder, not a file").At("%s", path).Hinted("name a file in it")
	case !info.Mode().IsRegular():
		return nil, 0, fault.Invalidf("this is not a regular file").At("%s", path).Hinted("copy its content to a file first")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, unreadable(path, err)
	}
	return f, info.Size(), nil
}

// ReadLine reads a small file that holds one line, such as a key or a token.
func ReadLine(path string) (string, error) {
	f, size, err := openRegular(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, 4096))
	if err != nil || size > 4096 {
		return "", unreadable(path, errors.Join(err, errors.New("it must be a line")))
	}
	return strings.TrimSpace(string(b)), nil
}

func unreadable(path string, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return fault.New(fault.Unavailable, "the file cannot be read: %w", err).At("%s", path).
		Hinted("check that it is there and that you may read it")
}

// Close lets go of the file.
func (l *Log) Close() error { return l.file.Close() }

// Name is the file's name without its folder.
func (l *Log) Name() string { return filepath.Base(l.path) }

// Bytes reads the log from its beginning.
func (l *Log) Bytes() io.Reader { return io.NewSectionReader(l.file, 0, l.size) }

// Read reads the run of the log. A task must be named when the log holds
// several. What stands beside the file, such as the samples of an lm-eval run,
// is read too.
func (l *Log) Read(ctx context.Context, task string) (evallog.Run, error) {
	beside := companions{dir: filepath.Dir(l.path)}
	defer beside.close()
	opt := evallog.Options{Context: ctx, Companion: beside.open, Task: task}
	run, err := evallog.Read(l.Name(), l.file, l.size, opt)
	if task != "" || fault.KindOf(err) != fault.Invalid {
		return run, err
	}
	if tasks := l.Tasks(); len(tasks) > 1 {
		return run, fault.Usagef("the log holds %d tasks, so one must be named", len(tasks)).
			Hinted("name one with --task: %s", strings.Join(tasks, ", "))
	}
	return run, err
}

// Tasks lists the tasks of a log that can be read; none where it cannot.
func (l *Log) Tasks() []string {
	tasks, err := evallog.Tasks(l.Name(), l.file, l.size, evallog.Options{})
	if err != nil {
		return nil
	}
	return tasks
}

// Digest hashes the whole file as stored.
func (l *Log) Digest(ctx context.Context) (evidence.LogFile, error) {
	sum, n, err := digestReader(ctx, l.Bytes())
	if err != nil {
		return evidence.LogFile{}, unreadable(l.path, err)
	}
	if n != l.size {
		return evidence.LogFile{}, fault.Conflictf("the file changed while it was read").At("%s", l.path).Hinted("try again when nobody writes to it")
	}
	return evidence.LogFile{Name: l.Name(), SHA256: sum, Size: n}, nil
}

func digestReader(ctx context.Context, r io.Reader) (string, int64, error) {
	h := sha256.New()
	n, err := io.Copy(h, stoppable{ctx, r})
	return hex.EncodeToString(h.Sum(nil)), n, err
}

// stoppable ends a long reading when the context is done.
type stoppable struct {
	ctx context.Context
	r   io.Reader
}

func (s stoppable) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(p)
}

// companions opens files that stand beside a log, and nothing outside of that
// folder: their names are made from what the log says.
type companions struct {
	dir   string
	files []*os.File
}

func (c *companions) open(name string) (io.ReaderAt, int64, error) {
	if name != filepath.Base(name) || !filepath.IsLocal(name) {
		return nil, 0, fault.NotFoundf("%q is not the name of a file beside the log", name)
	}
	f, size, err := openRegular(filepath.Join(c.dir, name))
	if err != nil {
		return nil, 0, err
	}
	c.files = append(c.files, f)
	return f, size, nil
}

func (c *companions) close() {
	for _, f := range c.files {
		f.Close()
	}
}
