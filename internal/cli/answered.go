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
func doubts(w evidence.State, id string) []string {
	var out []string
	d, _ := w.Run(id)
	if other := otherModel(d.Model, d.Run.Model); d.Run.Model != "" && other != "" {
		out = append(out, fmt.Sprintf("the log says it was answered by %s, and it counts for %s here", d.Run.Model, d.Model))
	}
	for _, r := range w.For(d.Model).Runs {
		if r.ID == id {
			continue
		}
		switch {
		case r.Table.SHA256 == d.Table.SHA256:
			out = append(out, "the same scores were imported before as "+r.ID)
		case d.Run.EvalID != "" && r.Run.EvalID == d.Run.EvalID:
			out = append(out, "a log of the same run was imported before as "+r.ID)
		}
	}
	return out
}
