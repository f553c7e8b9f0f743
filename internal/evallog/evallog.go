// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package evallog turns evaluation logs into one [Run] model, one file per
// format: Inspect (.eval and .json) and lm-evaluation-harness (0.4 and the old
// layout).
//
// The format is found from the bytes, never from the name. Aggregates in a log
// are claims: the package recomputes them from the samples and warns where
// they disagree. A value that is no number is unscored and never wrong; what
// weakens a run is a warning on it. Transcripts are passed over without being
// held, and nothing of them reaches a Run or a [Table].
//
// Logs are untrusted. Memory stays within the [Limits] whatever a log declares
// about itself; a log that breaks one, or is no log at all, is a fault and
// gives no Run.
//
// The package decides nothing about thresholds, keeps no files and reads no
// clock. Results somebody typed in (reported results) are not its matter.
package evallog

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// Options of a reading. The zero value reads with [DefaultLimits].
type Options struct {
	// Limits bound what a log may take; a zero field has its default.
	Limits Limits
	// Context stops a long reading when it is done; nil never does.
	Context context.Context
	// Companion opens a file that stands beside the log, such as the samples
	// file of an lm-eval run, and gives its length in bytes. A fault of kind
	// NotFound means that there is none. nil: nothing stands beside the log.
	Companion func(name string) (io.ReaderAt, int64, error)
	// Task picks one task of a log that holds several (lm-eval).
	Task string
}

// Limits bound one reading.
type Limits struct {
	MaxFile        int64 // bytes of the log as stored
	MaxMembers     int64 // members of a zip; also bounds the bytes of its directory, at 512 each
	MaxMember      int64 // decompressed bytes of one zip member
	MaxTotal       int64 // decompressed bytes of all members read
	MaxRatio       int64 // decompressed bytes per stored byte of a member, beyond its first 64 MiB
	MaxWindow      int64 // bytes of a zstd window
	MaxSamples     int   // items x epochs
	MaxSampleBytes int64 // JSON bytes of one sample
	MaxRows        int   // rows of the score table
	MaxDepth       int   // nesting of JSON
	MaxText        int   // bytes of one text that is kept or compared, such as a setting
}

// DefaultLimits leave room for the largest logs on record (2 GB files, a
// single sample of 4 GB) and stop what is larger by a factor.
func DefaultLimits() Limits {
	return Limits{
		MaxFile:        64 << 30,
		MaxMembers:     500_000,
		MaxMember:      8 << 30,
		MaxTotal:       64 << 30,
		MaxRatio:       1_000,
		MaxWindow:      32 << 20,
		MaxSamples:     1_000_000,
		MaxSampleBytes: 8 << 30,
		MaxRows:        2_000_000,
		MaxDepth:       1_000,
		MaxText:        4 << 20,
	}
}

func (l Limits) orDefault() Limits {
	d := DefaultLimits()
	for _, f := range []struct{ have, def *int64 }{
		{&l.MaxFile, &d.MaxFile}, {&l.MaxMembers, &d.MaxMembers}, {&l.MaxMember, &d.MaxMember},
		{&l.MaxTotal, &d.MaxTotal}, {&l.MaxRatio, &d.MaxRatio}, {&l.MaxWindow, &d.MaxWindow},
		{&l.MaxSampleBytes, &d.MaxSampleBytes},
	} {
		if *f.have <= 0 {
			*f.have = *f.def
		}
	}
	for _, f := range []struct{ have, def *int }{
		{&l.MaxSamples, &d.MaxSamples}, {&l.MaxRows, &d.MaxRows},
		{&l.MaxDepth, &d.MaxDepth}, {&l.MaxText, &d.MaxText},
	} {
		if *f.have <= 0 {
			*f.have = *f.def
		}
	}
	return l
}

// Read reads a whole log of size bytes. The name serves messages, and finding
// what stands beside the log; nothing else is taken from it. Errors are
// faults: Invalid (not a log, or beyond a limit), Corrupt (truncated, failed
// checksum), Unsupported (a newer version or another format).
func Read(name string, r io.ReaderAt, size int64, opt Options) (Run, error) {
	return read(source{name, r, size, opt, false})
}

// ReadHeader reads what can be had at once: for a zip the header and the
// summaries, for a JSON log everything before its samples. The Run is marked
// HeaderOnly. It is for showing at intake, not for a verdict.
func ReadHeader(name string, r io.ReaderAt, size int64, opt Options) (Run, error) {
	return read(source{name, r, size, opt, true})
}

// A source is one log to read.
type source struct {
	name       string
	r          io.ReaderAt
	size       int64
	opt        Options
	headerOnly bool
}

func read(src source) (run Run, err error) {
	defer fault.Wrap(&err, "%s", src.name)
	src.opt.Limits = src.opt.Limits.orDefault()
	kind, err := src.detect()
	if err != nil {
		return Run{}, err
	}
	switch kind {
	case FormatInspectEval:
		return src.readInspectEval()
	case FormatInspectJSON:
		return src.readInspectJSON()
	default:
		return src.readLMEval()
	}
}

func (src source) ctxErr() error {
	if src.opt.Context == nil {
		return nil
	}
	if err := src.opt.Context.Err(); err != nil {
		return fault.New(fault.Unavailable, "reading was stopped: %w", err)
	}
	return nil
}

// stream gives the log's bytes from the start.
func (src source) stream() io.Reader {
	return &stoppable{io.NewSectionReader(src.r, 0, src.size), src.ctxErr}
}

// stoppable asks between reads whether to go on.
type stoppable struct {
	r    io.Reader
	stop func() error
}

func (s *stoppable) Read(p []byte) (int, error) {
	if err := s.stop(); err != nil {
		return 0, err
	}
	return s.r.Read(p)
}

// detect finds the format from the bytes.
func (src source) detect() (string, error) {
	if src.size <= 0 {
		return "", fault.Invalidf("the file is empty")
	}
	if src.size > src.opt.Limits.MaxFile {
		return "", fault.Invalidf("the file has %d bytes and the limit is %d", src.size, src.opt.Limits.MaxFile)
	}
	start := make([]byte, min(512, src.size))
	if _, err := src.r.ReadAt(start, 0); err != nil && !errors.Is(err, io.EOF) {
		return "", fault.Corruptf("the file cannot be read: %w", err)
	}
	if bytes.HasPrefix(start, []byte("PK\x03\x04")) || bytes.HasPrefix(start, []byte("PK\x05\x06")) {
		return FormatInspectEval, nil
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(start, []byte("\xEF\xBB\xBF")), " \t\r\n")
	switch {
	case len(text) > 0 && text[0] == '{':
		return src.detectObject()
	case len(text) > 0 && text[0] == '[':
		return "", notALog("it is a JSON list")
	}
	return "", notALog("it begins with " + strconv.QuoteToASCII(string(start[:min(8, len(start))])))
}

func notALog(why string) error {
	return fault.Invalidf("this is not an evaluation log: %s", why).
		Hinted("logs that can be read: Inspect .eval and .json, lm-evaluation-harness results_*.json")
}

// errDecided ends a look at an object once its format is known.
var errDecided = errors.New("decided")

// detectObject looks at the names of the first members of a JSON object.
func (src source) detectObject() (string, error) {
	s := newScanner(skipBOM(src.stream()), src.opt.Limits)
	var names []string
	kind := ""
	err := s.each(func(name string) error {
		names = append(names, clipText(name, 40))
		if kind = objectKind(names); kind != "" || len(names) > 1000 {
			return errDecided
		}
		return s.skip()
	})
	switch {
	case err != nil && !errors.Is(err, errDecided):
		return "", err
	case strings.HasPrefix(kind, "!"):
		return "", fault.Unsupportedf("this is %s, which this release does not read", kind[1:])
	case kind == "":
		return "", notALog("it is a JSON object with the members " + strings.Join(names[:min(8, len(names))], ", "))
	}
	return kind, nil
}

// objectKind names the format that has these members, "!" and a description
// for one that is known and not read, "" while it is open.
func objectKind(names []string) string {
	has := map[string]bool{}
	for _, n := range names {
		has[n] = true
	}
	switch {
	case has["eval"] && (has["version"] || has["plan"] || has["status"]):
		return FormatInspectJSON
	case has["entry_type"]:
		return "!a garak report"
	case has["evalId"]:
		return "!a promptfoo export"
	case has["schema_version"] && has["evaluation_results"]:
		return "!an Every Eval Ever record"
	case has["doc_id"] && has["resps"]:
		return "!a samples file of lm-evaluation-harness (give its results_*.json instead)"
	case has["results"] && (has["versions"] || has["configs"] || has["config"] || has["n-shot"] || has["lm_eval_version"]):
		return FormatLMEval
	}
	return ""
}

// skipBOM passes over a byte order mark.
func skipBOM(r io.Reader) io.Reader {
	var b [3]byte
	n, err := io.ReadFull(r, b[:])
	if err == nil && string(b[:]) == "\xEF\xBB\xBF" {
		return r
	}
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return io.MultiReader(bytes.NewReader(b[:n]), &failing{err})
	}
	return io.MultiReader(bytes.NewReader(b[:n]), r)
}

type failing struct{ err error }

func (f *failing) Read([]byte) (int, error) { return 0, f.err }
