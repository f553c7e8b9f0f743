// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package evallog

import (
	"cmp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/holdpoint/holdpoint/internal/fault"
)

const (
	headerMember    = "header.json"
	startMember     = "_journal/start.json"
	summariesMember = "summaries.json"
	summariesFolder = "_journal/summaries/"
	updatesFolder   = "_journal/config_updates/"
	samplesFolder   = "samples/"
)

// readInspectEval reads an Inspect log in a zip. Without a header the log is
// in progress, or its run crashed: then the journal stands in for it and the
// status is started.
func (src source) readInspectEval() (Run, error) {
	a, err := openArchive(src)
	if err != nil {
		return Run{}, err
	}
	h := newHead(FormatInspectEval)
	h.run.HeaderOnly = src.headerOnly
	s := newScanner(nil, src.opt.Limits)
	if err := a.readHead(s, h); err != nil {
		return Run{}, err
	}
	f := newFold(src.opt.Limits)
	if err := a.readSummaries(s, f); err != nil {
		return Run{}, err
	}
	if !src.headerOnly {
		if err := a.readSamples(f); err != nil {
			return Run{}, err
		}
	}
	h.repeats = a.repeats.and(s.repeats)
	return h.assemble(f.samples(), src.opt.Limits)
}

func (a *archive) has(name string) bool { return a.members[name] != nil }

func (a *archive) readHead(s *scanner, h *head) error {
	object := func(name string) error {
		return a.scan(s, name, func() error {
			return s.each(func(n string) error { return h.member(s, n) })
		})
	}
	if a.has(headerMember) {
		return object(headerMember)
	}
	if !a.has(startMember) {
		return fault.Invalidf("this zip is not an Inspect log: it has neither %s nor %s", headerMember, startMember)
	}
	if err := object(startMember); err != nil {
		return err
	}
	h.run.Status = StatusStarted
	for _, name := range a.numbered(updatesFolder) {
		if err := a.scan(s, name, func() error { return h.configUpdate(s) }); err != nil {
			return err
		}
	}
	return nil
}

// readSummaries folds the summaries: the final ones, or those of the journal
// in the order they were written.
func (a *archive) readSummaries(s *scanner, f *fold) error {
	names := []string{summariesMember}
	if f.finalSummaries = a.has(summariesMember); !f.finalSummaries {
		names = a.numbered(summariesFolder)
	}
	for _, name := range names {
		err := a.scan(s, name, func() error { return readSampleList(s, f, false) })
		if err != nil {
			return err
		}
	}
	return nil
}

// numbered lists folder/1.json, folder/2.json, ... by number.
func (a *archive) numbered(folder string) []string {
	number := func(name string) int {
		n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(name, folder), ".json"))
		if err != nil {
			return -1
		}
		return n
	}
	var names []string
	for _, name := range a.order {
		if strings.HasPrefix(name, folder) && number(name) >= 0 {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(x, y string) int { return cmp.Compare(number(x), number(y)) })
	return names
}

// isSample tells whether a member holds one sample: samples/ID_epoch_N.json,
// or in the chunked shape samples/ID_epoch_N/sample.json, whose other members
// are transcript. Ids may hold slashes, so the epoch is looked for from the
// right, and who the sample is stands inside.
func isSample(name string) bool {
	rest, ok := strings.CutPrefix(name, samplesFolder)
	if !ok {
		return false
	}
	if shell, ok := strings.CutSuffix(rest, "/sample.json"); ok && endsInEpoch(shell) {
		return true
	}
	rest, ok = strings.CutSuffix(rest, ".json")
	return ok && endsInEpoch(rest)
}

func endsInEpoch(s string) bool {
	i := strings.LastIndex(s, "_epoch_")
	if i < 0 {
		return false
	}
	n := s[i+len("_epoch_"):]
	return n != "" && digits([]byte(n)) == len(n)
}

// readSamples makes the full pass, on a few processors at once; the result is
// folded in the order of the directory, so it does not depend on them.
func (a *archive) readSamples(f *fold) error {
	var names []string
	for _, name := range a.order {
		if isSample(name) {
			names = append(names, name)
		}
	}
	if len(names) > f.lim.MaxSamples {
		return errTooManySamples
	}
	p := &pass{a: a, names: names, out: make([]sample, len(names)), errs: make([]error, len(names))}
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), 4, len(names)) {
		wg.Go(p.work)
	}
	wg.Wait()
	for i, err := range p.errs {
		if err != nil {
			return err
		}
		if p.failed.Load() {
			continue
		}
		p.out[i].twice = a.hides[names[i]]
		if err := f.add(p.out[i]); err != nil {
			return err
		}
	}
	return nil
}

// A pass is one reading of all samples, shared by its workers.
type pass struct {
	a      *archive
	names  []string
	out    []sample
	errs   []error
	next   atomic.Int64
	failed atomic.Bool
}

func (p *pass) work() {
	r := newSampleReader(newScanner(nil, p.a.src.opt.Limits))
	for !p.failed.Load() {
		i := int(p.next.Add(1)) - 1
		if i >= len(p.names) {
			return
		}
		p.errs[i] = p.a.scan(r.s, p.names[i], func() (err error) {
			p.out[i], err = r.readFull(p.a.src.opt.Limits.MaxSampleBytes)
			return err
		})
		if p.errs[i] != nil {
			p.failed.Store(true)
		}
	}
}
