// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package model

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/stats"
)

// problems collects what is wrong with an input, so that a person hears all of
// it at once.
type problems struct{ fault.List }

func (p *problems) add(f *fault.Error) { p.List = append(p.List, f) }

func (p *problems) name(what, s string) {
	if !nameForm.MatchString(s) {
		p.add(fault.Invalidf("%q cannot be the name of a %s", s, what).
			Hinted("use up to 80 of a-z, 0-9, point, dash and underscore, starting with a letter or digit"))
	}
}

func (p *problems) optionalName(what, s string) {
	if s != "" {
		p.name(what, s)
	}
}

func (p *problems) word(what, s string, words []string) {
	if !slices.Contains(words, s) {
		p.add(fault.Invalidf("%q is not a %s we know", s, what).Hinted("use one of: %s", strings.Join(words, ", ")))
	}
}

func (p *problems) optionalDay(what, s string) {
	if s == "" {
		return
	}
	if _, err := deadline.ParseDay(s); err != nil {
		p.add(fault.Invalidf("%s: %w", what, err).Hinted("write it as 2025-05-22"))
	}
}

func (p *problems) text(what, s string, most int) {
	if len(s) > most {
		p.add(fault.Invalidf("the %s has %d bytes; the limit is %d", what, len(s), most).
			Hinted("keep the long text in a document and name that"))
	}
	if !utf8.ValidString(s) || strings.ContainsFunc(s, hidden) {
		p.add(fault.Invalidf("the %s has characters that do not show", what).Hinted("keep to printable text"))
	}
}

func hidden(r rune) bool { return unicode.IsControl(r) && r != '\n' }

func (p *problems) reason(s string) {
	if strings.TrimSpace(s) == "" {
		p.add(fault.Invalidf("a reason is needed").Hinted("say in a sentence what this rests on"))
	}
	p.text("reason", s, maxReason)
}

// positive accepts "" where the number may be unknown.
func (p *problems) positive(what string, d stats.Decimal, required bool) bool {
	switch {
	case d == "" && !required:
		return false
	case !d.Valid() || d.Cmp("0") <= 0:
		p.add(fault.Invalidf("the %s %q is not a positive number", what, string(d)).
			Hinted("write it in digits without exponent, such as 126000000000000000000"))
		return false
	}
	return true
}

// environment takes the ids that policy packs give to environments.
func (p *problems) environment(s string) {
	if !environmentForm.MatchString(s) {
		p.add(fault.Invalidf("%q cannot be an environment", s).Hinted("use one that the policy names, such as production"))
	}
}

// provenance asks a source of whatever claims to be reported.
func (p *problems) provenance(how entry.Provenance) {
	p.text("note", how.Note, maxReason)
	if how.Grade != nil && *how.Grade == grade.Reported && len(how.Source) == 0 {
		p.add(fault.Invalidf("what is reported needs a source").Hinted("name the document and the section that say so"))
	}
}

// weights fills in the digest from the files and checks that they agree.
func (p *problems) weights(data *SnapshotRegistered) {
	if data.Weights != "" && !digestForm.MatchString(data.Weights) {
		p.add(fault.Invalidf("%q is not a SHA-256 digest", data.Weights).Hinted("write 64 lower-case hexadecimal digits"))
		return
	}
	if len(data.Files) == 0 {
		return
	}
	digest, err := ManifestDigest(data.Files)
	if err != nil {
		p.add(fault.Invalidf("the list of files: %w", err))
		return
	}
	if data.Weights != "" && data.Weights != digest {
		p.add(fault.Invalidf("the files have the digest %s, not %s", digest, data.Weights).
			Hinted("leave the digest out, or check that these are the files"))
	}
	data.Weights, data.Files = digest, sorted(data.Files)
}
