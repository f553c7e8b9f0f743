// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package evallog

import (
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// lmSamples reads the rows of the chosen task from the file that stands beside
// the results, if there is one.
func (src source) lmSamples(l *lmFile, f *fold) (err error) {
	if src.opt.Companion == nil {
		return nil
	}
	name := lmSamplesName(src.name, l.task)
	r, size, err := src.opt.Companion(name)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	defer fault.Wrap(&err, "%s", name)
	if err != nil {
		return err
	}
	if size > src.opt.Limits.MaxFile {
		return fault.Invalidf("the file has %d bytes and the limit is %d", size, src.opt.Limits.MaxFile)
	}
	rows := src
	rows.r, rows.size = r, size
	s := newScanner(skipBOM(rows.stream()), src.opt.Limits)
	reader := newLMReader(s, l)
	for {
		if _, err := s.peek(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := reader.row(f); err != nil {
			return err
		}
	}
}

// lmSamplesName: samples_TASK_TIME.jsonl stands beside results_TIME.json.
func lmSamplesName(results, task string) string {
	base := strings.TrimSuffix(path.Base(strings.ReplaceAll(results, `\`, "/")), ".json")
	stamp := strings.TrimPrefix(base, "results")
	task = strings.NewReplacer("/", "_", `\`, "_").Replace(task)
	return "samples_" + task + stamp + ".jsonl"
}

// A lmReader decodes rows of a samples file. A document has one row per
// filter; the rows are brought together.
type lmReader struct {
	*sampleReader
	known map[string]bool // metrics the results speak of
}

func newLMReader(s *scanner, l *lmFile) *lmReader {
	r := &lmReader{newSampleReader(s), map[string]bool{}}
	for _, c := range l.h.claims {
		metric, _, _ := strings.Cut(c.name, ",")
		r.known[metric] = true
	}
	return r
}

func (r *lmReader) row(f *fold) error {
	r.s.stop = r.s.offset() + r.s.lim.MaxSampleBytes
	r.out, r.seen = sample{epoch: 1, full: true}, 0
	filter := "none"
	err := r.s.object(func(n []byte) (err error) {
		switch name := string(n); {
		case name == "doc_id":
			r.note(seenID)
			r.out.item, err = r.s.sampleID()
		case name == "filter":
			r.note(seenFilter)
			filter, err = r.s.words(200)
		case r.known[name]:
			r.named(0, name)
			err = r.part(name)
		default:
			err = r.s.skip()
		}
		return err
	})
	if err != nil {
		return err
	}
	if r.out.item == "" {
		return r.s.bad("a row has no doc_id")
	}
	for i := range r.out.scores {
		r.out.scores[i].metric += "," + filter
	}
	return f.merge(r.out)
}

// merge adds the scores of another row of the same document.
func (f *fold) merge(s sample) error {
	i, ok := f.at[sampleKey{s.item, s.epoch}]
	if !ok {
		return f.add(s)
	}
	if len(f.order[i].scores)+len(s.scores) > scoresInSample {
		return fault.Invalidf("document %s has more than %d scores", clipText(s.item, 80), scoresInSample)
	}
	old := &f.order[i]
	old.repeated = old.repeated || s.repeated
	for _, sc := range s.scores {
		at := slices.IndexFunc(old.scores, func(o score) bool { return o.metric == sc.metric })
		old.twice = old.twice || at >= 0 && old.scores[at] != sc
	}
	old.scores = append(old.scores, s.scores...)
	return nil
}
