// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"strings"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
)

// reported are the flags of an act that may be told by a document.
type reported struct {
	Source   []string `group:"known" placeholder:"DOC[:SECTION]" sep:"none" help:"The document that says so, and where in it; may be given again."`
	Grade    string   `group:"known" enum:",reported,attested" default:"" placeholder:"GRADE" help:"How well it is known: reported (a figure or document) or attested (a statement). With a source, reported if not given."`
	Happened string   `group:"known" placeholder:"DAY" help:"When it happened, which is not when it is recorded: 2025-02-24, or 2025-02."`
	Note     string   `group:"known" placeholder:"TEXT" help:"One sentence about this record itself."`
}

func (r reported) how() (entry.Provenance, error) {
	how := entry.Provenance{Note: r.Note}
	for _, s := range r.Source {
		how.Source = append(how.Source, sourceFlag(s))
	}
	word := r.Grade
	if word == "" && len(r.Source) > 0 {
		word = grade.Reported.String()
	}
	if word != "" {
		g, err := grade.Parse(word)
		if err != nil {
			return how, err
		}
		how.Grade = &g
	}
	var err error
	how.Happened, err = happenedFlag(r.Happened)
	return how, err
}

// sourceFlag reads DOC:SECTION; the colon of an address is not the one.
func sourceFlag(s string) entry.Source {
	from := 0
	if i := strings.Index(s, "://"); i >= 0 {
		from = i + len("://")
	}
	if i := strings.IndexByte(s[from:], ':'); i >= 0 {
		return entry.Source{Document: s[:from+i], Section: s[from+i+1:]}
	}
	return entry.Source{Document: s}
}

// happenedFlag reads a day, or a month.
func happenedFlag(s string) (*entry.Happened, error) {
	if s == "" {
		return nil, nil
	}
	h := &entry.Happened{Precision: "day", Basis: "stated"}
	day := s
	if len(s) == len("2025-02") {
		h.Precision, day = "month", s+"-01"
	}
	d, err := deadline.ParseDay(day)
	if err != nil {
		return nil, fault.Usagef("--happened %q is not a date", s).Hinted("write 2025-02-24, or 2025-02 for a month")
	}
	h.At = d.Start()
	return h, nil
}
