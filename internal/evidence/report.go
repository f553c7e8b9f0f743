// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package evidence

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/stats"
)

// ResultsSchema is the first line of a file of reported results.
const ResultsSchema = "holdpoint/results/v1"

// ParseReport reads reported results that a person wrote in YAML. The package
// comment has an example. Keys at the top (model, source, grade, happened) hold
// for every result that does not say otherwise; the grade of a result without
// one is reported. Every result needs a source with document and section.
//
// The format is strict: unknown keys, aliases and a second document are
// refused, numbers are digits with a point, and every problem of the file is
// found in one pass, as a fault.List with name:line:column. Results come in the
// order of the file; with any problem there are none.
func ParseReport(name string, src []byte) ([]ReportedResult, error) {
	r := &reportReader{yamlReader: yamlReader{name: name}}
	root := r.document(src)
	if root == nil {
		return nil, r.faults.Err()
	}
	results := r.file(root)
	if len(results) == 0 && len(r.faults) == 0 {
		r.at(root, "add a result", "the file holds no results")
	}
	if err := r.faults.Err(); err != nil {
		return nil, err
	}
	return results, nil
}

type reportReader struct{ yamlReader }

func (r *reportReader) file(root *yaml.Node) []ReportedResult {
	var schema string
	var common ReportedResult
	var nodes []*yaml.Node
	reported := grade.Reported
	common.How.Grade = &reported
	fields := append(r.provenance(&common.How),
		field{"schema", true, into(&r.yamlReader, &schema)},
		field{"model", false, into(&r.yamlReader, &common.Model)},
		field{"results", true, func(n *yaml.Node) {
			r.list(n, "results", func(c *yaml.Node) { nodes = append(nodes, c) })
		}})
	r.mapping(root, "a results file", fields...)
	if schema != ResultsSchema {
		r.at(root, "write schema: "+ResultsSchema, "the schema %q is not one we know", schema)
	}
	var results []ReportedResult
	for _, n := range nodes {
		one := common
		r.result(n, &one)
		results = append(results, one)
	}
	return results
}

func (r *reportReader) result(n *yaml.Node, out *ReportedResult) {
	y, d := &r.yamlReader, &out.ResultReported
	fields := append(r.provenance(&out.How),
		field{"model", false, into(y, &d.Model)},
		field{"snapshot", false, into(y, &d.Snapshot)},
		field{"evaluation", true, into(y, &d.Evaluation)},
		field{"kind", true, into(y, &d.Kind)},
		field{"statistic", false, into(y, &d.Statistic)},
		field{"k", false, r.whole(&d.K)},
		field{"count", false, func(n *yaml.Node) { d.Count = r.count(n) }},
		field{"point", false, func(n *yaml.Node) { d.Point = r.point(n) }},
		field{"arms", false, func(n *yaml.Node) { d.Arms = r.arms(n) }},
		field{"survey", false, func(n *yaml.Node) { d.Survey = r.survey(n) }},
		field{"judgement", false, func(n *yaml.Node) { d.Judgement = r.judgement(n) }},
		field{"trial", false, func(n *yaml.Node) { d.Trial = r.trial(n) }},
		field{"published_reading", false, into(y, &d.PublishedReading)},
		field{"notes", false, into(y, &d.Notes)})
	before := len(r.faults)
	if !r.mapping(n, "a result", fields...) || len(r.faults) > before {
		// A member that could not be read would be reported a second time as one
		// that is wrong.
		return
	}
	r.complete(n, *out)
}

// complete checks what is about the result as a whole.
func (r *reportReader) complete(n *yaml.Node, out ReportedResult) {
	var p problems
	p.name("model", out.Model)
	if out.Snapshot != "" {
		p.name("snapshot", out.Snapshot)
	}
	p.result(out.ResultReported)
	p.sourced(out.How, grade.Attested, grade.Reported)
	for _, f := range p.List {
		r.faults = append(r.faults, f.At("%s", r.said(n)))
	}
}

func (r *reportReader) provenance(how *entry.Provenance) []field {
	y := &r.yamlReader
	return []field{
		{"source", false, func(n *yaml.Node) { how.Source = r.sources(n) }},
		{"grade", false, func(n *yaml.Node) { how.Grade = r.grade(n, how.Grade) }},
		{"happened", false, func(n *yaml.Node) { how.Happened = r.happened(n) }},
		{"not_published", false, func(n *yaml.Node) { how.NotPublished = r.texts(n, "not_published") }},
		{"note", false, into(y, &how.Note)},
	}
}

// sources reads one source or a list of them.
func (r *reportReader) sources(n *yaml.Node) []entry.Source {
	nodes := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		nodes = n.Content
	}
	var all []entry.Source
	for _, c := range nodes {
		var s entry.Source
		r.mapping(c, "a source",
			field{"document", true, into(&r.yamlReader, &s.Document)},
			field{"section", true, into(&r.yamlReader, &s.Section)})
		all = append(all, s)
	}
	return all
}

func (r *reportReader) grade(n *yaml.Node, otherwise *grade.Grade) *grade.Grade {
	s, ok := r.scalar(n)
	if !ok {
		return otherwise
	}
	g, err := grade.Parse(s)
	if err != nil {
		r.at(n, "use reported or attested", "%w", err)
		return otherwise
	}
	return &g
}

// happened reads a day (2025-02-24) or a month (2025-02) and its basis.
func (r *reportReader) happened(n *yaml.Node) *entry.Happened {
	var on string
	h := entry.Happened{Precision: "day", Basis: "publication"}
	ok := r.mapping(n, "happened",
		field{"on", true, into(&r.yamlReader, &on)},
		field{"basis", false, into(&r.yamlReader, &h.Basis)})
	if !ok || on == "" {
		return nil
	}
	if bases := []string{"observed", "stated", "publication", "not_published"}; !slices.Contains(bases, h.Basis) {
		r.at(n, "use observed, stated, publication or not_published", "%q is not a basis of a date", h.Basis)
	}
	whole := on
	if len(on) == len("2025-02") {
		h.Precision, whole = "month", on+"-01"
	}
	day, err := deadline.ParseDay(whole)
	if err != nil {
		r.at(n, "write 2025-02-24, or 2025-02 for a month", "%q is not a date", on)
		return nil
	}
	h.At = day.Start()
	return &h
}

func (r *reportReader) texts(n *yaml.Node, what string) []string {
	var all []string
	r.list(n, what, func(c *yaml.Node) {
		if s, ok := r.scalar(c); ok {
			all = append(all, s)
		}
	})
	return all
}

// decimal reads digits as they were written: 0.50 is 0.5, 5e-1 is refused.
func (r *reportReader) decimal(to *stats.Decimal) func(*yaml.Node) {
	return func(n *yaml.Node) {
		s, ok := r.scalar(n)
		if !ok {
			return
		}
		d, err := stats.ParseDecimal(s)
		if err != nil {
			r.at(n, "write it with digits and a point, such as 0.05", "%q is not a decimal number", s)
			return
		}
		*to = d
	}
}

func (r *reportReader) count(n *yaml.Node) *Count {
	c := &Count{}
	r.mapping(n, "count", field{"successes", true, r.decimal(&c.Successes)}, field{"n", true, r.whole(&c.N)},
		field{"attempts", false, r.whole(&c.Attempts)})
	return c
}

func (r *reportReader) point(n *yaml.Node) *Point {
	p := &Point{}
	r.mapping(n, "point", field{"value", true, r.decimal(&p.Value)})
	return p
}

func (r *reportReader) arms(n *yaml.Node) *Arms {
	a := &Arms{}
	r.mapping(n, "arms",
		field{"treatment", true, func(n *yaml.Node) { a.Treatment = r.arm(n) }},
		field{"control", false, func(n *yaml.Node) { control := r.arm(n); a.Control = &control }},
		field{"spread_kind", true, into(&r.yamlReader, &a.SpreadKind)})
	return a
}

func (r *reportReader) arm(n *yaml.Node) Arm {
	var a Arm
	r.mapping(n, "an arm", field{"mean", true, r.decimal(&a.Mean)}, field{"spread", false, r.decimal(&a.Spread)},
		field{"n", false, r.whole(&a.N)}, field{"assumed_n", false, r.whole(&a.AssumedN)})
	return a
}

func (r *reportReader) survey(n *yaml.Node) *Survey {
	s := &Survey{}
	r.mapping(n, "survey", field{"question", true, into(&r.yamlReader, &s.Question)},
		field{"yes", true, r.whole(&s.Yes)}, field{"n", true, r.whole(&s.N)}, field{"median", false, r.decimal(&s.Median)})
	return s
}

func (r *reportReader) judgement(n *yaml.Node) *Judgement {
	j := &Judgement{}
	r.mapping(n, "judgement", field{"text", true, into(&r.yamlReader, &j.Text)},
		field{"direction", true, into(&r.yamlReader, &j.Direction)})
	return j
}

func (r *reportReader) trial(n *yaml.Node) *Trial {
	t := &Trial{}
	r.mapping(n, "trial", field{"duration", false, into(&r.yamlReader, &t.Duration)},
		field{"rubric", false, into(&r.yamlReader, &t.Rubric)},
		field{"critical_failures", false, r.decimal(&t.CriticalFailures)},
		field{"critical_of", false, r.whole(&t.CriticalOf)})
	return t
}
