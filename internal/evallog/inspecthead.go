// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package evallog

import (
	"github.com/holdpoint/holdpoint/internal/fault"
)

// inspectVersion is the log format version of every release of Inspect since
// October 2024. Builds on the way to 0.3.135 wrote the same layout as version 3,
// which no release took up; that number is read from those builds alone.
const (
	inspectVersion     = 2
	developmentVersion = 3
	developmentSeries  = "0.3.135.dev"
)

const maxEpochs = 1_000_000

// A head is everything of an Inspect log but its samples, as decoded, before
// the samples say whether it is right.
type head struct {
	run          Run
	seenVersion  bool
	seenEval     bool
	development  bool // the format version is developmentVersion
	hasResults   bool
	limitSet     bool
	limitItems   int // items asked for by the limit; -1 when it cannot be told
	sampleIDSet  bool
	sampleIDs    int // length of the list of ids; -1 when there is none
	total        int // results.total_samples; -1 when there is none
	completed    int
	invalidated  bool
	earlyStopped bool
	scorers      []string
	claims       []headClaim
	launch       map[string]string // settings by name at launch
	updates      []configChange
	asked        int // samples asked for by a limit or by ids; 0 when not said
	repeats      repeats
}

type headClaim struct {
	scorer, name string
	claim        Claim
}

type configChange struct {
	name, value string
	cleared     bool
}

func newHead(format string) *head {
	return &head{
		run:    Run{Format: format, Status: StatusStarted, Epochs: 1, Harness: Harness{Name: "inspect_ai"}},
		launch: map[string]string{}, sampleIDs: -1, total: -1,
	}
}

// member decodes one top-level member of a header, a start record or a JSON
// log; members it does not know are skipped.
func (h *head) member(s *scanner, name string) (err error) {
	switch name {
	case "version":
		err = h.version(s)
	case "status":
		h.run.Status, err = s.words(20)
	case "eval":
		h.seenEval = true
		err = s.each(func(n string) error { return h.evalMember(s, n) })
	case "plan":
		err = h.plan(s)
	case "results":
		err = h.results(s)
	case "stats":
		err = h.stats(s)
	case "error":
		h.run.Error, err = s.message()
	case "invalidated":
		var v string
		v, err = s.words(10)
		h.invalidated = v == "true"
	case "log_updates":
		err = h.logUpdates(s)
	case "config_updates":
		err = s.list(func() error { return h.configUpdate(s) })
	case "tags":
		h.run.Tags, err = s.texts()
	case "metadata":
		h.run.Metadata, err = s.pairs(nil)
	default:
		err = s.skip()
	}
	return err
}

func (h *head) version(s *scanner) error {
	n, err := s.count()
	if err != nil {
		return err
	}
	if n > developmentVersion {
		return tooNew(n)
	}
	h.seenVersion, h.development = true, n == developmentVersion
	h.run.FormatVersion = decimalInt(n)
	return nil
}

func tooNew(version int) error {
	return fault.Unsupportedf("this is an Inspect log of format version %d, and this release reads up to version %d", version, inspectVersion).
		Hinted("use a newer release of holdpoint")
}

func (h *head) evalMember(s *scanner, name string) (err error) {
	r := &h.run
	texts := map[string]*string{
		"eval_id": &r.EvalID, "run_id": &r.RunID, "created": &r.Created, "task": &r.Task,
		"task_id": &r.TaskID, "task_version": &r.TaskVersion, "model": &r.Model,
	}
	if p, ok := texts[name]; ok {
		*p, err = s.words(1000)
		return err
	}
	switch name {
	case "dataset":
		err = s.maybe(func() error { return s.each(func(n string) error { return h.dataset(s, n) }) })
	case "config":
		err = h.evalConfig(s)
	case "model_generate_config":
		err = h.settings(s, generateSetting)
	case "model_roles":
		err = h.modelRoles(s)
	case "task_args":
		r.Elicitation.TaskArgs, err = s.pairs(nil)
	case "revision":
		err = h.revision(s)
	case "packages":
		r.Packages, err = s.pairs(nil)
	case "tags":
		r.Tags, err = s.texts()
	case "metadata":
		r.Metadata, err = s.pairs(nil)
	case "scorers":
		err = h.evalScorers(s)
	default:
		err = s.skip()
	}
	return err
}

func (h *head) dataset(s *scanner, name string) (err error) {
	d := &h.run.Dataset
	switch name {
	case "name":
		d.Name, err = s.words(1000)
	case "location":
		d.Location, err = s.words(1000)
	case "samples":
		d.Samples, err = s.count()
	case "shuffled":
		var v string
		v, err = s.words(10)
		d.Shuffled = v == "true"
	case "sample_ids":
		err = s.maybe(func() error {
			h.sampleIDs = 0
			return s.array(func() error {
				h.sampleIDs++
				return s.skip()
			})
		})
	default:
		err = s.skip()
	}
	return err
}

func (h *head) evalScorers(s *scanner) error {
	h.scorers = nil
	return s.list(func() error {
		return s.each(func(n string) error {
			if n != "name" {
				return s.skip()
			}
			name, err := s.words(longestMetric)
			h.scorers = append(h.scorers, name)
			return err
		})
	})
}

func (h *head) revision(s *scanner) error {
	return s.maybe(func() error {
		return s.each(func(n string) (err error) {
			switch n {
			case "commit":
				h.run.Revision.Commit, err = s.words(200)
			case "origin":
				h.run.Revision.Origin, err = s.words(1000)
			case "dirty":
				var v string
				v, err = s.words(10)
				h.run.Revision.Dirty = v == "true"
			default:
				err = s.skip()
			}
			return err
		})
	})
}

func (h *head) modelRoles(s *scanner) error {
	h.run.ModelRoles, h.run.Elicitation.Roles = nil, nil
	return s.maybe(func() error {
		return s.each(func(n string) error {
			return h.modelRole(s, clipText(n, 200))
		})
	})
}

func (h *head) modelRole(s *scanner, role string) error {
	return s.each(func(name string) (err error) {
		switch name {
		case "model":
			var m string
			m, err = s.words(1000)
			h.run.ModelRoles = append(h.run.ModelRoles, Pair{role, m})
		case "config":
			var cfg []Pair
			cfg, err = s.pairs(generateSetting)
			for _, p := range cfg {
				h.run.Elicitation.Roles = append(h.run.Elicitation.Roles, Pair{role + "." + p.Name, p.Value})
			}
		default:
			err = s.skip()
		}
		return err
	})
}

func (h *head) plan(s *scanner) error {
	h.run.Elicitation.Solvers = nil
	return s.maybe(func() error {
		return s.each(func(n string) error {
			switch n {
			case "steps":
				return s.list(func() error { return h.step(s) })
			case "finish":
				return s.maybe(func() error { return h.step(s) })
			case "config":
				return h.settings(s, generateSetting)
			default:
				return s.skip()
			}
		})
	})
}

func (h *head) step(s *scanner) error {
	var st Step
	err := s.each(func(n string) (err error) {
		switch n {
		case "solver":
			st.Solver, err = s.words(1000)
		case "params":
			st.Params, err = s.params()
		default:
			err = s.skip()
		}
		return err
	})
	if len(h.run.Elicitation.Solvers) >= maxPairs {
		return s.bad("the plan has more than %d steps", maxPairs)
	}
	h.run.Elicitation.Solvers = append(h.run.Elicitation.Solvers, st)
	return err
}

func (h *head) stats(s *scanner) error {
	return s.maybe(func() error {
		return s.each(func(n string) (err error) {
			switch n {
			case "started_at":
				h.run.StartedAt, err = s.words(100)
			case "completed_at":
				h.run.CompletedAt, err = s.words(100)
			default:
				err = s.skip()
			}
			return err
		})
	})
}
