// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package evallog

import (
	"maps"
	"slices"
	"strconv"

	"github.com/holdpoint/holdpoint/internal/stats"
)

func decimalInt(n int) string { return strconv.Itoa(n) }

// evalSettings are the members of EvalConfig that bound elicitation.
var evalSettings = []string{
	"limit", "sample_id", "sample_shuffle", "epochs", "epochs_reducer", "approval",
	"fail_on_error", "continue_on_fail", "retry_on_error", "score_on_error",
	"message_limit", "max_messages", "token_limit", "token_limit_type", "turn_limit",
	"time_limit", "working_limit", "cost_limit",
}

// transportSettings are the members of GenerateConfig that do not change what
// is drawn out of a model; headers may also hold secrets.
var transportSettings = []string{
	"max_connections", "adaptive_connections", "max_retries", "timeout",
	"attempt_timeout", "batch", "extra_headers",
}

func evalSetting(name string) bool     { return slices.Contains(evalSettings, name) }
func generateSetting(name string) bool { return !slices.Contains(transportSettings, name) }

// settings reads a config object into the settings at launch.
func (h *head) settings(s *scanner, keep func(string) bool) error {
	pairs, err := s.pairs(keep)
	for _, p := range pairs {
		h.launch[p.Name] = p.Value
	}
	return err
}

func (h *head) evalConfig(s *scanner) error {
	return s.maybe(func() error {
		return s.each(func(name string) (err error) {
			switch name {
			case "limit":
				err = h.limit(s)
			case "sample_id":
				v, there, berr := s.brief()
				h.keep(name, v, there)
				h.sampleIDSet, err = there, berr
			case "epochs":
				h.run.Epochs, err = h.epochs(s)
				h.keep(name, decimalInt(h.run.Epochs), true)
			case "epochs_reducer":
				h.run.Reducers, err = s.texts()
			default:
				err = h.evalSetting(s, name)
			}
			return err
		})
	})
}

func (h *head) evalSetting(s *scanner, name string) error {
	if !evalSetting(name) {
		return s.skip()
	}
	v, there, err := s.brief()
	if name == "max_messages" { // the older name
		name = "message_limit"
	}
	h.keep(name, v, there)
	return err
}

func (h *head) keep(name, value string, there bool) {
	if there {
		h.launch[name] = value
	}
}

func (h *head) epochs(s *scanner) (int, error) {
	n, err := s.count()
	if err == nil && n > maxEpochs {
		err = s.bad("the log claims %d epochs", n)
	}
	return max(n, 1), err
}

// limit is a count or a pair [from, to).
func (h *head) limit(s *scanner) error {
	c, err := s.peek()
	if err != nil {
		return s.cut(err)
	}
	if c != '[' {
		if null, err := s.null(); null || err != nil {
			return err
		}
		h.limitSet = true
		h.limitItems, err = s.count()
		h.keep("limit", decimalInt(h.limitItems), true)
		return err
	}
	var ends []int
	err = s.array(func() error {
		n, err := s.count()
		if len(ends) > 1 {
			return s.bad("a limit has more than two ends")
		}
		ends = append(ends, n)
		return err
	})
	h.limitSet, h.limitItems = true, -1
	if len(ends) == 2 && ends[1] >= ends[0] {
		h.limitItems = ends[1] - ends[0]
		h.keep("limit", "["+decimalInt(ends[0])+","+decimalInt(ends[1])+"]", true)
	}
	return err
}

// configUpdate reads one change that an operator made to the running
// evaluation. What only changes concurrency is kept for the record and has no
// effect on the settings.
func (h *head) configUpdate(s *scanner) error {
	var edits []Edit
	var by Edit
	err := s.each(func(name string) (err error) {
		switch name {
		case "provenance":
			_, err = s.provenance(&by)
		case "changes":
			err = s.list(func() error {
				e, err := h.configChange(s)
				edits = append(edits, e)
				return err
			})
		default:
			err = s.skip()
		}
		return err
	})
	for _, e := range edits {
		e.At, e.Author, e.Reason = by.At, by.Author, by.Reason
		h.edit(e)
	}
	return err
}

func (h *head) configChange(s *scanner) (Edit, error) {
	var c configChange
	kind := ""
	err := s.each(func(name string) (err error) {
		switch name {
		case "config":
			kind, err = s.words(40)
		case "name":
			c.name, err = s.words(200)
		case "value":
			c.value, _, err = s.brief()
		case "cleared":
			var v string
			v, err = s.words(10)
			c.cleared = v == "true"
		default:
			err = s.skip()
		}
		return err
	})
	if kind != "concurrency" {
		if len(h.updates) >= maxPairs {
			return Edit{}, s.bad("the log has more than %d changes of settings", maxPairs)
		}
		h.updates = append(h.updates, c)
	}
	what := c.name + " = " + c.value
	if c.cleared {
		what = c.name + " as at launch"
	}
	return Edit{Kind: "config", What: what}, err
}

func (h *head) logUpdates(s *scanner) error {
	return s.list(func() error {
		e := Edit{Kind: "log"}
		err := s.each(func(name string) (err error) {
			if name == "provenance" {
				_, err = s.provenance(&e)
				return err
			}
			return s.skip()
		})
		h.edit(e)
		return err
	})
}

func (h *head) edit(e Edit) {
	if len(h.run.Edits) < MaxEdits {
		h.run.Edits = append(h.run.Edits, e)
	}
}

// effective gives the settings with the operator's changes folded in, in
// order; a cleared one returns to its value at launch.
func (h *head) effective() []Pair {
	now := maps.Clone(h.launch)
	for _, c := range h.updates {
		if !c.cleared {
			now[c.name] = c.value
		} else if v, ok := h.launch[c.name]; ok {
			now[c.name] = v
		} else {
			delete(now, c.name)
		}
	}
	return sortedPairs(now)
}

// results reads the results block, in its present form or the old one with a
// single scorer.
func (h *head) results(s *scanner) error {
	h.claims, h.hasResults = nil, false
	return s.maybe(func() error {
		h.hasResults = true
		var old evalScore
		err := s.each(func(name string) (err error) {
			switch name {
			case "total_samples":
				h.total, err = s.count()
			case "completed_samples":
				h.completed, err = s.count()
			case "early_stopping":
				err = s.maybe(func() error {
					h.earlyStopped = true
					return s.skip()
				})
			case "scores":
				err = s.list(func() error { return h.evalScore(s) })
			case "scorer":
				err = s.maybe(func() error {
					return s.each(func(n string) error { return old.member(s, n) })
				})
			case "metrics":
				err = old.member(s, name)
			default:
				err = s.skip()
			}
			return err
		})
		old.scorer = old.name
		return h.addClaims(s, old, err)
	})
}

// An evalScore is one entry of results.scores.
type evalScore struct {
	scorer, name, reducer string
	scored, unscored      int
	stderr                stats.Decimal
	metrics               []Claim
}

func (h *head) evalScore(s *scanner) error {
	var e evalScore
	err := s.each(func(name string) error { return e.member(s, name) })
	return h.addClaims(s, e, err)
}

func (h *head) addClaims(s *scanner, e evalScore, err error) error {
	if err != nil {
		return err
	}
	if len(h.claims)+len(e.metrics) > maxPairs {
		return s.bad("the results have more than %d metrics", maxPairs)
	}
	for _, c := range e.metrics {
		c.Reducer, c.Scored, c.Unscored, c.Stderr = e.reducer, e.scored, e.unscored, e.stderr
		h.claims = append(h.claims, headClaim{e.scorer, e.name, c})
	}
	return nil
}

func (e *evalScore) member(s *scanner, name string) (err error) {
	switch name {
	case "name":
		e.name, err = s.words(longestMetric)
	case "scorer":
		e.scorer, err = s.words(longestMetric)
	case "reducer":
		e.reducer, err = s.words(200)
	case "scored_samples":
		e.scored, err = s.count()
	case "unscored_samples":
		e.unscored, err = s.count()
	case "metrics":
		err = s.maybe(func() error {
			return s.each(func(n string) error { return e.metric(s, clipText(n, 200)) })
		})
	default:
		err = s.skip()
	}
	return err
}

func (e *evalScore) metric(s *scanner, name string) error {
	var value mark
	err := s.each(func(n string) (err error) {
		if n != "value" {
			return s.skip()
		}
		c, err := s.peek()
		if err != nil {
			return s.cut(err)
		}
		if c == '{' || c == '[' { // no number; the claim stays without one
			return s.skip()
		}
		v, err := s.value()
		value = toMark(v)
		return err
	})
	if name == "stderr" || name == "bootstrap_stderr" {
		e.stderr = value.value
		return err
	}
	if len(e.metrics) > maxPairs {
		return s.bad("the results have more than %d metrics", maxPairs)
	}
	e.metrics = append(e.metrics, Claim{Name: name, Value: value.value})
	return err
}
