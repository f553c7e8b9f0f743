// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package evallog

import (
	"strconv"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// A sample is what one EvalSample or EvalSampleSummary says, without anything
// that was asked or answered.
type sample struct {
	item     string // JSON spelling of the id
	epoch    int
	scores   []score
	errored  bool
	limit    string
	invalid  bool
	retried  bool
	fallback bool
	full     bool // from a full sample, which alone shows edits and invalidations
	edits    []Edit

	repeated bool // a member of it is there twice
	twice    bool // the log has another one of the same item and epoch, and it differs
	disputed bool // its summary says something else
}

// A score is one number of a sample. Scorers with named parts give several.
type score struct {
	metric string
	mark   mark
	edited bool
}

// oldScorer stands in for the scorer of logs whose samples hold a single
// `score`; it is also the placeholder Inspect itself uses when it migrates.
const oldScorer = "88F74D2C"

const (
	longestID      = 16 << 10
	longestMetric  = 1 << 10
	scoresInSample = 1000
)

// A sampleReader decodes samples one after another and keeps metric names.
type sampleReader struct {
	s     *scanner
	names map[string]string
	out   sample
	seen  once
	spans []span
}

func newSampleReader(s *scanner) *sampleReader {
	return &sampleReader{s: s, names: map[string]string{}}
}

func (r *sampleReader) read() (sample, error) {
	r.out, r.seen = sample{epoch: 1}, 0
	if err := r.s.object(r.member); err != nil {
		return sample{}, err
	}
	if r.out.item == "" {
		return sample{}, r.s.bad("a sample has no id")
	}
	if len(r.out.scores) > scoresInSample {
		return sample{}, r.s.bad("sample %s has more than %d scores", clipText(r.out.item, 80), scoresInSample)
	}
	for i := range r.out.edits {
		r.out.edits[i].Item, r.out.edits[i].Epoch = r.out.item, r.out.epoch
	}
	return r.out, nil
}

func (r *sampleReader) member(name []byte) (err error) {
	switch string(name) {
	case "id":
		r.note(seenID)
		r.out.item, err = r.s.sampleID()
	case "epoch":
		r.note(seenEpoch)
		r.out.epoch, err = r.epoch()
	case "scores":
		r.note(seenScores)
		err = r.scores()
	case "score":
		r.note(seenScore)
		r.out.scores = nil
		err = r.score(oldScorer)
	case "error":
		r.note(seenError)
		r.out.errored, err = r.present()
	case "limit":
		r.note(seenLimit)
		r.out.limit, err = r.limit()
	case "invalidation":
		r.note(seenInvalidation)
		err = r.invalidation()
	case "error_retries":
		r.note(seenErrorRetries)
		err = r.list(&r.out.retried)
	case "model_fallbacks":
		r.note(seenFallbacks)
		err = r.list(&r.out.fallback)
	case "retries":
		r.note(seenRetries)
		var n int
		n, err = r.s.count()
		r.out.retried = r.out.retried || n > 0
	default:
		err = r.s.skip()
	}
	return err
}

func (r *sampleReader) note(member once) {
	r.out.repeated = r.seen.again(member) || r.out.repeated
}

// sampleID gives an id in its JSON spelling. Ids are free text or integers, and
// "1" and 1 are different samples.
func (s *scanner) sampleID() (string, error) {
	v, err := s.value()
	if err != nil {
		return "", err
	}
	if len(v.text) > longestID {
		return "", s.bad("a sample id is longer than %d bytes", longestID)
	}
	switch v.kind {
	case scalarString:
		if id, ok := spell(v.text); ok {
			return id, nil
		}
		return "", s.bad("a sample id is not valid UTF-8")
	case scalarNumber:
		if n := digits(trimSign([]byte(v.text), "-")); n > 0 && n >= len(v.text)-1 && (v.text[0] == '-' || n == len(v.text)) {
			if v.text == "-0" {
				return "0", nil
			}
			return v.text, nil
		}
	}
	return "", s.bad("a sample id is neither a text nor an integer: %s", clipText(v.text, 40))
}

func (r *sampleReader) epoch() (int, error) {
	n, err := r.s.count()
	if err == nil && (n < 1 || n > maxEpochs) {
		err = r.s.bad("a sample has the epoch %d", n)
	}
	return n, err
}

// count reads a number of things: an integer from 0 to 2^53; null is 0.
func (s *scanner) count() (int, error) {
	v, err := s.value()
	if err != nil || v.kind == scalarNull {
		return 0, err
	}
	n, perr := strconv.ParseInt(v.text, 10, 64)
	if perr != nil {
		// Python writes counts that went through a division as 3.0.
		x, ferr := strconv.ParseFloat(v.text, 64)
		if n = int64(x); v.kind != scalarNumber || ferr != nil || x != float64(n) {
			return 0, s.bad("%s is not a count", strconv.QuoteToASCII(clipText(v.text, 40)))
		}
	}
	if v.kind != scalarNumber || n < 0 || n > 1<<53 {
		return 0, s.bad("%s is not a count", strconv.QuoteToASCII(clipText(v.text, 40)))
	}
	return int(n), nil
}

// present consumes a value and tells whether it was anything but null.
func (r *sampleReader) present() (bool, error) {
	if null, err := r.s.null(); null || err != nil {
		return false, err
	}
	return true, r.s.skip()
}

func (r *sampleReader) scores() error {
	r.out.scores, r.spans = nil, r.spans[:0]
	if null, err := r.s.null(); null || err != nil {
		return err
	}
	return r.s.object(func(name []byte) error {
		scorer, err := r.intern(name)
		if err != nil {
			return err
		}
		r.replace(scorer)
		from := len(r.out.scores)
		err = r.score(scorer)
		if len(r.spans) < mostSpans {
			r.spans = append(r.spans, span{scorer, from, len(r.out.scores)})
		}
		return err
	})
}

func (r *sampleReader) intern(name []byte) (string, error) {
	if s, ok := r.names[string(name)]; ok {
		return s, nil
	}
	if len(name) > longestMetric {
		return "", r.s.bad("a metric's name is longer than %d bytes", longestMetric)
	}
	s := plain(string(name))
	if s == "" {
		s = "score"
	}
	if len(r.names) < 10*scoresInSample {
		r.names[string(name)] = s
	}
	return s, nil
}

func (r *sampleReader) score(scorer string) error {
	if null, err := r.s.null(); null || err != nil {
		return err
	}
	from := len(r.out.scores)
	edited, value, history := false, false, false
	err := r.s.object(func(name []byte) (err error) {
		switch string(name) {
		case "value":
			r.out.repeated = r.out.repeated || value
			value = true
			r.out.scores = r.out.scores[:from]
			err = r.scoreValue(scorer)
		case "history":
			r.out.repeated = r.out.repeated || history
			history = true
			edited, err = r.history(scorer)
		default:
			err = r.s.skip()
		}
		return err
	})
	for i := from; i < len(r.out.scores); i++ {
		r.out.scores[i].edited = edited
	}
	return err
}

func (r *sampleReader) scoreValue(scorer string) error {
	c, err := r.s.peek()
	if err != nil {
		return r.s.cut(err)
	}
	switch c {
	case '{':
		from := len(r.out.scores)
		return r.s.object(func(key []byte) error {
			metric, err := r.intern(append([]byte(scorer+"/"), key...))
			if err != nil {
				return err
			}
			r.named(from, metric)
			return r.part(metric)
		})
	case '[':
		i := -1
		return r.s.array(func() error {
			i++
			return r.part(scorer + "/" + strconv.Itoa(i))
		})
	}
	return r.part(scorer)
}

func (r *sampleReader) part(metric string) error {
	if len(r.out.scores) > scoresInSample {
		return r.s.bad("a sample has more than %d scores", scoresInSample)
	}
	c, err := r.s.peek()
	if err != nil {
		return r.s.cut(err)
	}
	if c == '{' || c == '[' {
		r.out.scores = append(r.out.scores, score{metric: metric, mark: mark{why: structured}})
		return r.s.skip()
	}
	v, err := r.s.value()
	if err != nil {
		return err
	}
	r.out.scores = append(r.out.scores, score{metric: metric, mark: toMark(v)})
	return nil
}

// history tells whether a score was changed after the run: its first entry is
// the score as given, every further one a change.
func (r *sampleReader) history(scorer string) (bool, error) {
	if null, err := r.s.null(); null || err != nil {
		return false, err
	}
	entries := 0
	edited := false
	err := r.s.array(func() error {
		entries++
		e := Edit{Kind: "score", Metric: scorer}
		signed := false
		err := r.s.object(func(name []byte) (err error) {
			if string(name) == "provenance" {
				signed, err = r.s.provenance(&e)
				return err
			}
			return r.s.skip()
		})
		if entries > 1 || signed {
			edited = true
			if len(r.out.edits) < MaxEdits {
				r.out.edits = append(r.out.edits, e)
			}
		}
		return err
	})
	return edited, err
}

// provenance fills in who, when and why, and tells whether it was there.
func (s *scanner) provenance(e *Edit) (bool, error) {
	if null, err := s.null(); null || err != nil {
		return false, err
	}
	return true, s.object(func(name []byte) (err error) {
		switch string(name) {
		case "timestamp":
			e.At, err = s.words(100)
		case "author":
			e.Author, err = s.words(200)
		case "reason":
			e.Reason, err = s.words(1000)
		default:
			err = s.skip()
		}
		return err
	})
}

// words reads a plain value as a text of at most n bytes; null is "". A list
// or object gives "" too.
func (s *scanner) words(n int) (string, error) {
	c, err := s.peek()
	if err != nil {
		return "", s.cut(err)
	}
	if c == '{' || c == '[' {
		return "", s.skip()
	}
	v, err := s.value()
	if err != nil || v.kind == scalarNull {
		return "", err
	}
	return clipText(v.text, n), nil
}

func (r *sampleReader) limit() (string, error) {
	c, err := r.s.peek()
	if err != nil {
		return "", r.s.cut(err)
	}
	if c != '{' {
		return r.s.words(40)
	}
	kind := "unnamed"
	err = r.s.object(func(name []byte) (err error) {
		if string(name) == "type" {
			kind, err = r.s.words(40)
			return err
		}
		return r.s.skip()
	})
	return kind, err
}

func (r *sampleReader) invalidation() error {
	e := Edit{Kind: "invalidation"}
	there, err := r.s.provenance(&e)
	if there {
		r.out.invalid = true
		r.out.edits = append(r.out.edits, e)
	}
	return err
}

// list reads a list and sets what a list that is not empty says.
func (r *sampleReader) list(some *bool) error {
	if null, err := r.s.null(); null || err != nil {
		return err
	}
	n := 0
	err := r.s.array(func() error {
		n++
		return r.s.skip()
	})
	*some = *some || n > 0
	return err
}

// readFull reads one sample that must be the only value of its stream.
func (r *sampleReader) readFull(maxBytes int64) (sample, error) {
	r.s.stop = r.s.offset() + maxBytes
	out, err := r.read()
	out.full = true
	if err != nil {
		return sample{}, err
	}
	if err := r.s.finish(); err != nil {
		return sample{}, err
	}
	return out, nil
}

var errTooManySamples = fault.Invalidf("the log has more samples than allowed").
	Hinted("raise the limit of samples if the log can be trusted")
