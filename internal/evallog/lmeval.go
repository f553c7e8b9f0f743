// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package evallog

import (
	"cmp"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/stats"
)

// lmTasks bounds the tasks and groups of one results file.
const lmTasks = 10_000

// A lmFile is a results file of lm-evaluation-harness as it is being read for
// one task.
type lmFile struct {
	h          *head
	task       string
	modern     bool // keys are metric,filter
	values     []lmValue
	original   int // documents of the dataset; -1 when not said
	effective  int // documents that were run; -1 when not said
	limited    bool
	subtasks   int
	means      map[string]bool // metrics whose aggregation is known to be the mean
	modelArgs  string
	modelName  string
	harnessRev string
}

type lmValue struct {
	key string
	v   mark
}

// Tasks lists the tasks of a log that holds several, sorted; groups are left
// out. For other formats it gives the one task.
func Tasks(name string, r io.ReaderAt, size int64, opt Options) (names []string, err error) {
	defer fault.Wrap(&err, "%s", name)
	src := source{name, r, size, opt, true}
	src.opt.Limits = src.opt.Limits.orDefault()
	kind, err := src.detect()
	if err != nil {
		return nil, err
	}
	if kind == FormatLMEval {
		return src.lmTasks()
	}
	run, err := read(src)
	return []string{run.Task}, err
}

// lmTasks lists the tasks that are no groups.
func (src source) lmTasks() ([]string, error) {
	var tasks, groups []string
	s := newScanner(skipBOM(src.stream()), src.opt.Limits)
	err := s.each(func(name string) error {
		into := &tasks
		switch name {
		case "results":
		case "groups":
			into = &groups
		case "group_subtasks":
			return s.maybe(func() error {
				return s.each(func(group string) error {
					n, err := s.length()
					if n > 0 {
						groups = append(groups, plain(group))
					}
					return err
				})
			})
		default:
			return s.skip()
		}
		return s.maybe(func() error {
			return s.each(func(task string) error {
				if *into = append(*into, plain(task)); len(*into) > lmTasks {
					return s.bad("the file has more than %d tasks", lmTasks)
				}
				return s.skip()
			})
		})
	})
	slices.Sort(tasks)
	slices.Sort(groups)
	isGroup := func(t string) bool {
		_, found := slices.BinarySearch(groups, t)
		return found
	}
	return slices.DeleteFunc(slices.Compact(tasks), isGroup), err
}

// length consumes a list and gives its length; anything else has length 0.
func (s *scanner) length() (int, error) {
	c, err := s.peek()
	if err != nil {
		return 0, s.cut(err)
	}
	if c != '[' {
		return 0, s.skip()
	}
	n := 0
	err = s.array(func() error {
		n++
		return s.skip()
	})
	return n, err
}

func (src source) readLMEval() (Run, error) {
	task, err := src.lmTask()
	if err != nil {
		return Run{}, err
	}
	l := &lmFile{h: newHead(FormatLMEval), task: task, original: -1, effective: -1, means: map[string]bool{}}
	s := newScanner(skipBOM(src.stream()), src.opt.Limits)
	if err := s.each(func(name string) error { return l.member(s, name) }); err != nil {
		return Run{}, err
	}
	if err := s.finish(); err != nil {
		return Run{}, err
	}
	if len(l.values) == 0 {
		return Run{}, fault.Invalidf("the file has no figures for the task %q", task)
	}
	l.claims()
	f := newFold(src.opt.Limits)
	if l.modern && !src.headerOnly {
		if err := src.lmSamples(l, f); err != nil {
			return Run{}, err
		}
	}
	l.h.repeats = s.repeats
	return l.assemble(f.samples(), src)
}

func (src source) lmTask() (string, error) {
	if src.opt.Task != "" {
		return src.opt.Task, nil
	}
	tasks, err := src.lmTasks()
	if err != nil {
		return "", err
	}
	if len(tasks) == 1 {
		return tasks[0], nil
	}
	shown := tasks[:min(len(tasks), 10)]
	return "", fault.Invalidf("the file holds %d tasks, and which one to read was not said", len(tasks)).
		Hinted("name one of them: %s", clipText(strings.Join(shown, ", "), 500))
}

func (l *lmFile) member(s *scanner, name string) (err error) {
	r := &l.h.run
	switch name {
	case "results":
		err = l.forTask(s, func() error { return l.results(s) })
	case "group_subtasks":
		err = l.forTask(s, func() error { l.subtasks, err = s.length(); return err })
	case "configs":
		err = l.forTask(s, func() error { return l.taskConfig(s) })
	case "versions":
		err = l.forTask(s, func() error { r.TaskVersion, err = s.words(100); return err })
	case "n-shot":
		err = l.forTask(s, func() error { return l.setting(s, "num_fewshot") })
	case "n-samples":
		err = l.forTask(s, func() error { return l.counts(s) })
	case "higher_is_better":
		err = l.forTask(s, func() error { r.HigherIsBetter, err = s.pairs(nil); return err })
	case "task_hashes":
		err = l.forTask(s, func() error { r.TaskID, err = s.words(200); return err })
	case "config":
		err = l.runConfig(s)
	case "git_hash":
		l.harnessRev, err = s.words(200)
	case "lm_eval_version":
		r.Harness.Version, err = s.words(100)
	case "model_name":
		l.modelName, err = s.words(1000)
	case "date":
		err = l.date(s)
	case "system_instruction", "chat_template", "fewshot_as_multiturn", "max_length":
		err = l.setting(s, name)
	case "transformers_version":
		var v string
		v, err = s.words(100)
		r.Packages = append(r.Packages, Pair{"transformers", v})
	default:
		err = s.skip()
	}
	return err
}

// forTask walks an object by task and reads the chosen one.
func (l *lmFile) forTask(s *scanner, read func() error) error {
	return s.maybe(func() error {
		return s.each(func(task string) error {
			if plain(task) != l.task {
				return s.skip()
			}
			return read()
		})
	})
}

func (l *lmFile) setting(s *scanner, name string) error {
	v, there, err := s.brief()
	l.h.keep(name, v, there)
	return err
}

func (l *lmFile) results(s *scanner) error {
	l.values = nil
	return s.each(func(key string) error {
		c, err := s.peek()
		if err != nil {
			return s.cut(err)
		}
		if key == "alias" || key == "name" || key == "sample_len" || strings.Contains(key, "sample_count") || c == '{' || c == '[' {
			return s.skip()
		}
		v, err := s.value()
		if len(l.values) > maxPairs {
			return s.bad("a task has more than %d figures", maxPairs)
		}
		l.values = append(l.values, lmValue{clipText(key, longestMetric), toMark(v)})
		l.modern = l.modern || strings.Contains(key, ",")
		return err
	})
}

func (l *lmFile) counts(s *scanner) error {
	return s.maybe(func() error {
		return s.each(func(name string) (err error) {
			switch name {
			case "original":
				l.original, err = s.count()
			case "effective":
				l.effective, err = s.count()
			default:
				err = s.skip()
			}
			return err
		})
	})
}

// taskSettings are the members of a task's config that bound elicitation.
var taskSettings = []string{
	"description", "doc_to_text", "fewshot_delimiter", "fewshot_split", "generation_kwargs",
	"num_fewshot", "output_type", "repeats", "target_delimiter", "test_split", "filter_list",
}

func (l *lmFile) taskConfig(s *scanner) error {
	return s.each(func(name string) (err error) {
		switch {
		case name == "metric_list":
			err = s.list(func() error { return l.metricEntry(s) })
		case name == "dataset_path":
			l.h.run.Dataset.Name, err = s.words(1000)
		case slices.Contains(taskSettings, name):
			err = l.setting(s, name)
		default:
			err = s.skip()
		}
		return err
	})
}

func (l *lmFile) metricEntry(s *scanner) error {
	metric, how := "", ""
	err := s.each(func(name string) (err error) {
		switch name {
		case "metric":
			metric, err = s.words(longestMetric)
		case "aggregation":
			how, err = s.words(100)
		default:
			err = s.skip()
		}
		return err
	})
	if how == "mean" {
		l.means[metric] = true
	}
	return err
}

func (l *lmFile) runConfig(s *scanner) error {
	return s.maybe(func() error {
		return s.each(func(name string) (err error) {
			switch name {
			case "model_args":
				l.modelArgs, _, err = s.brief()
			case "model_sha":
				var v string
				v, err = s.words(100)
				l.h.keep("model_sha", v, v != "")
			case "limit":
				v, there, berr := s.brief()
				l.limited, err = there, berr
				l.h.keep("limit", v, there)
			case "num_fewshot", "gen_kwargs", "description_dict", "model", "model_revision", "random_seed", "fewshot_seed":
				err = l.setting(s, name)
			default:
				err = s.skip()
			}
			return err
		})
	})
}

// date is in seconds since 1970, with a fraction.
func (l *lmFile) date(s *scanner) error {
	t, err := s.words(100)
	x, perr := strconv.ParseFloat(t, 64)
	if perr == nil && x > 0 && x < 1e11 {
		whole, frac := math.Modf(x)
		l.h.run.Created = time.Unix(int64(whole), int64(frac*1e6)*1000).UTC().Format(time.RFC3339)
	}
	return err
}

// claims pairs each figure with its standard error: metric_stderr,filter in
// 0.4, metric_stderr before.
func (l *lmFile) claims() {
	for _, v := range l.values {
		metric, filter, _ := strings.Cut(v.key, ",")
		if strings.HasSuffix(metric, "_stderr") {
			continue
		}
		errKey := metric + "_stderr"
		if filter != "" {
			errKey += "," + filter
		}
		c := Claim{Name: "value", Value: v.v.value, Scored: max(l.effective, 0)}
		if l.means[metric] {
			c.Name = "mean"
		}
		for _, e := range l.values {
			if e.key == errKey {
				c.Stderr = e.v.value
			}
		}
		l.h.claims = append(l.h.claims, headClaim{name: v.key, claim: c})
	}
}

func (l *lmFile) assemble(samples []sample, src source) (Run, error) {
	h, r := l.h, &l.h.run
	l.identity()
	r.HeaderOnly = src.headerOnly
	t := tally(samples)
	r.Counts = t.counts
	h.total = l.effective
	r.Counts.Planned = max(l.effective, len(samples), 0)
	if l.limited || l.effective >= 0 && l.effective < l.original {
		r.Subset, r.SubsetReason = true, "a limit on the number of documents was set"
	}
	rows, err := buildRows(samples, t.metrics, src.opt.Limits)
	if err != nil {
		return Run{}, err
	}
	r.AggregateOnly = len(rows) == 0 && !src.headerOnly
	r.Table = Table{
		Version: TableVersion, Format: r.Format, Task: r.Task, Status: r.Status, Planned: r.Counts.Planned,
		Epochs: 1, Subset: r.Subset, AggregateOnly: r.AggregateOnly, Rows: rows,
	}
	h.metrics(t.metrics)
	r.Warnings = l.warnings(t)
	return *r, nil
}

// identity fills in what the run is, which the two layouts say differently.
func (l *lmFile) identity() {
	r := &l.h.run
	if !l.modern {
		r.Format = FormatLMEvalOld
	}
	r.Harness.Name, r.Task, r.Status = "lm_eval", l.task, StatusSuccess
	r.Revision.Commit = l.harnessRev
	r.Dataset.Samples = max(l.original, 0)
	r.Model = l.modelName
	for arg := range strings.SplitSeq(l.modelArgs, ",") {
		if name, value, _ := strings.Cut(arg, "="); r.Model == "" && (name == "pretrained" || name == "model") {
			r.Model = value
		}
	}
	r.Model = cmp.Or(r.Model, l.h.launch["model"])
	r.Elicitation.Config = l.h.effective()
}

func (l *lmFile) warnings(t sampleTally) []stats.Warning {
	var w warnList
	r := &l.h.run
	w.add(r.Subset, "subset", "Only a subset of the dataset was run: %s.", r.SubsetReason)
	w.add(l.subtasks > 0, "group", "%s is a group of %s; the standard error of such a row is often wrong.", r.Task, plural(l.subtasks, "task", "tasks"))
	w.add(r.AggregateOnly && l.effective < 0, "no_count", "The file does not say how many documents stand behind its figures.")
	w.add(r.AggregateOnly, "aggregate_only", "The log states figures but holds no samples, so nothing can be recomputed.")
	if t.counts.Present > 0 {
		l.h.warnSamples(&w, t)
		l.h.warnValues(&w, t)
	}
	l.h.warnContradictions(&w, t)
	l.h.warnClaims(&w, t)
	return w.sorted()
}
