// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package evallog

import (
	"archive/zip"
	"slices"
	"strconv"
	"strings"
)

// maxRepeats bounds how many repeated names are listed.
const maxRepeats = 5

// repeats are the members that an object of a header has twice. JSON readers
// differ on which of the two counts; here it is the last.
type repeats struct {
	n     int
	names []string
}

func (r *repeats) add(name string) {
	r.n++
	if name = strconv.QuoteToASCII(clipText(name, 40)); len(r.names) < maxRepeats && !slices.Contains(r.names, name) {
		r.names = append(r.names, name)
	}
}

func (r repeats) and(o repeats) repeats {
	return repeats{r.n + o.n, append(slices.Clone(r.names), o.names...)}
}

func (r repeats) list() string {
	if r.n > len(r.names) {
		return strings.Join(r.names, ", ") + " (" + plural(r.n, "time", "times") + " in all)"
	}
	return strings.Join(r.names, ", ")
}

// once is the set of members that a sample has shown so far.
type once uint16

const (
	seenID once = 1 << iota
	seenEpoch
	seenScores
	seenScore
	seenError
	seenLimit
	seenInvalidation
	seenErrorRetries
	seenFallbacks
	seenRetries
	seenFilter
)

// again notes a member and tells whether it was there before.
func (o *once) again(member once) bool {
	before := *o&member != 0
	*o |= member
	return before
}

// A span is where the numbers of one scorer stand among those of its sample.
type span struct {
	scorer   string
	from, to int
}

// mostSpans bounds the scorers of a sample that are compared with each other.
const mostSpans = 100

// replace drops what a scorer said earlier in the same sample.
func (r *sampleReader) replace(scorer string) {
	at := slices.IndexFunc(r.spans, func(s span) bool { return s.scorer == scorer })
	if at < 0 {
		return
	}
	r.out.repeated = true
	old := r.spans[at]
	r.out.scores = slices.Delete(r.out.scores, old.from, old.to)
	r.spans = slices.Delete(r.spans, at, at+1)
	for i := at; i < len(r.spans); i++ {
		r.spans[i].from -= old.to - old.from
		r.spans[i].to -= old.to - old.from
	}
}

// named notes a part that a score has twice.
func (r *sampleReader) named(from int, metric string) {
	part := r.out.scores[from:]
	if len(part) <= mostSpans && slices.ContainsFunc(part, func(s score) bool { return s.metric == metric }) {
		r.out.repeated = true
	}
}

// over gives s, which takes the place of old, what is to be said of the two.
func (f *fold) over(old, s sample) sample {
	s.twice, s.disputed = s.twice || old.twice, s.disputed || old.disputed
	switch {
	case old.full != s.full:
		s.disputed = s.disputed || f.finalSummaries && s.full && contradicts(old, s)
	case s.full || f.finalSummaries:
		// In a journal a row that comes again is a sample that ran again.
		s.twice = s.twice || !same(old, s)
	}
	return s
}

// same compares all that is kept of two samples.
func same(a, b sample) bool {
	return slices.Equal(a.scores, b.scores) && slices.Equal(a.edits, b.edits) &&
		a.errored == b.errored && a.limit == b.limit && a.invalid == b.invalid &&
		a.retried == b.retried && a.fallback == b.fallback
}

// contradicts tells whether a summary says anything of its sample that the
// sample does not.
func contradicts(summary, full sample) bool {
	if summary.errored != full.errored || summary.limit != full.limit {
		return true
	}
	for i, a := range summary.scores {
		if i >= len(full.scores) || full.scores[i].metric != a.metric {
			i = slices.IndexFunc(full.scores, func(b score) bool { return b.metric == a.metric })
		}
		if i < 0 || full.scores[i].mark.value != a.mark.value {
			return true
		}
	}
	return len(summary.scores) > 0 && len(summary.scores) < len(full.scores)
}

// shadow notes a member that a later one of the same name hides, if the two are
// not the same bytes.
func (a *archive) shadow(hidden, kept *zip.File) {
	if hidden.CRC32 == kept.CRC32 && hidden.UncompressedSize64 == kept.UncompressedSize64 {
		return
	}
	switch {
	case isSample(kept.Name):
		a.hides[kept.Name] = true
	case kept.Name == headerMember || kept.Name == summariesMember:
		a.repeats.add(kept.Name)
	}
}

// warnContradictions says where the log contradicts itself.
func (h *head) warnContradictions(w *warnList, t sampleTally) {
	w.add(h.repeats.n > 0, "duplicate_member", "The log says twice what it should say once, and the last one counts: %s.", h.repeats.list())
	w.add(t.repeated > 0, "duplicate_member", "%s a member more than once, and the last one counts.", plural(t.repeated, "sample has", "samples have"))
	w.add(t.twice > 0, "duplicate_sample", "%s in the log more than once with different content, and the last one counts.", plural(t.twice, "sample is", "samples are"))
	w.add(t.disputed > 0, "summary_disagrees", "%s another score, error or limit in the log's summaries; the samples themselves count.", plural(t.disputed, "sample has", "samples have"))
}

// warnReducer says that the log takes the epochs of an item together in another
// way than is done here.
func (h *head) warnReducer(w *warnList) {
	used := slices.Clone(h.run.Reducers)
	if len(used) == 0 {
		for _, c := range h.claims {
			if c.claim.Reducer != "" {
				used = append(used, c.claim.Reducer)
			}
		}
	}
	slices.Sort(used)
	used = slices.Compact(used)
	w.add(h.run.Epochs > 1 && len(used) > 0 && !slices.Contains(used, "mean"), "reducer",
		"The log reduces the %d epochs of an item by %s; a mean here is over the epochs as they are.", h.run.Epochs, clipText(strings.Join(used, ", "), 200))
}
