// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/evidence"
	"github.com/holdpoint/holdpoint/internal/world"
)

// answeredBy says which model a log names, where that is not plainly the one
// that is judged.
func answeredBy(w world.World, d assessment.Found) string {
	r, ok := w.Evidence.Run(d.Evidence.ID)
	if !ok {
		return ""
	}
	return otherModel(d.Model, r.Run.Model)
}

func otherModel(model, named string) string {
	switch {
	case named == "":
		return "; the log does not say which model answered"
	case strings.Contains(letters(named), letters(model)):
		return ""
	}
	return "; answered by " + named
}

// letters leaves of a name what its spellings share.
func letters(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// doubts says what is odd about a run that was just taken: that its log names
// another model, or that the same scores are here already.
func doubts(w world.World, id string) []string {
	var out []string
	d, _ := w.Evidence.Run(id)
	if other := otherModel(d.Model, d.Run.Model); d.Run.Model != "" && other != "" {
		out = append(out, fmt.Sprintf("the log says it was answered by %s, and it counts for %s here", d.Run.Model, d.Model))
	}
	for _, m := range w.Model.Models() {
		for _, r := range w.Evidence.For(m.Model).Runs {
			if r.Seq < d.Seq {
				out = append(out, again(r, d)...)
			}
		}
	}
	return out
}

// again says that an earlier run is the same one.
func again(former, d evidence.Run) []string {
	switch {
	case former.Table.SHA256 == d.Table.SHA256:
		return []string{fmt.Sprintf("the same scores were imported before as %s of %s", former.ID, former.Model)}
	case d.Run.EvalID != "" && former.Run.EvalID == d.Run.EvalID:
		return []string{fmt.Sprintf("a log of the same run was imported before as %s of %s", former.ID, former.Model)}
	}
	return nil
}
