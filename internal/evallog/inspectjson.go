// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package evallog

import "errors"

// readInspectJSON reads an Inspect log in one JSON object, as a stream: each
// sample is folded as it passes.
func (src source) readInspectJSON() (Run, error) {
	h := newHead(FormatInspectJSON)
	h.run.HeaderOnly = src.headerOnly
	s := newScanner(skipBOM(src.stream()), src.opt.Limits)
	f := newFold(src.opt.Limits)
	err := s.each(func(name string) error {
		if name != "samples" {
			return h.member(s, name)
		}
		if src.headerOnly && h.seenEval && h.seenVersion {
			return errDecided
		}
		if src.headerOnly {
			return s.skip()
		}
		f = newFold(src.opt.Limits) // of a repeated name the last one counts
		return readSampleList(s, f, true)
	})
	if err == nil {
		err = s.finish()
	}
	if err != nil && !errors.Is(err, errDecided) {
		return Run{}, err
	}
	h.repeats = s.repeats
	return h.assemble(f.samples(), src.opt.Limits)
}

// readSampleList folds a list of samples or of summaries.
func readSampleList(s *scanner, f *fold, full bool) error {
	r := newSampleReader(s)
	defer func() { s.stop = 0 }()
	return s.list(func() error {
		s.stop = s.offset() + s.lim.MaxSampleBytes
		one, err := r.read()
		if err != nil {
			return err
		}
		one.full = full
		return f.add(one)
	})
}
