// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package evidence

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/stats"
	"github.com/holdpoint/holdpoint/internal/threshold"
)

const (
	maxText  = 8000
	maxSize  = 1 << 53
	maxN     = 10_000_000
	maxTries = 10_000
	// largest keeps figures within what bounds and lines can be compared with.
	largest = stats.Decimal("1000000000000000")
)

var (
	nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,79}$`)
	// notPublishedForm is that of ids such as N8.
	notPublishedForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$`)

	digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// problems collects what is wrong with an input, so that a person hears all of
// it at once.
type problems struct{ fault.List }

func (p *problems) add(f *fault.Error) { p.List = append(p.List, f) }

func (p *problems) bad(hint, format string, args ...any) {
	p.add(fault.Invalidf(format, args...).Hinted("%s", hint))
}

func (p *problems) name(what, s string) {
	if !nameForm.MatchString(s) {
		p.bad("use up to 80 of a-z, 0-9, point, dash and underscore, starting with a letter or digit",
			"%q cannot be the name of a %s", s, what)
	}
}

func (p *problems) digest(what, s string) {
	if !digestForm.MatchString(s) {
		p.bad("write 64 lower-case hexadecimal digits", "%q is not the SHA-256 digest of the %s", s, what)
	}
}

func (p *problems) text(what, s string) {
	if len(s) > maxText {
		p.bad("keep the long text in a document and name that", "the %s has %d bytes; the limit is %d", what, len(s), maxText)
	}
	if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }) {
		p.bad("keep to printable text", "the %s has characters that do not show", what)
	}
}

func (p *problems) needed(what, s string) {
	if strings.TrimSpace(s) == "" {
		p.bad("say it in a sentence", "the %s is empty", what)
	}
	p.text(what, s)
}

func (p *problems) number(what string, d stats.Decimal) bool {
	if !d.Valid() || d.Cmp(largest) > 0 || d.Cmp("-"+largest) < 0 {
		p.bad("write it with digits and a point, without exponent", "the %s %q is not a number we can compare", what, string(d))
		return false
	}
	return true
}

func (p *problems) whole(what string, n, least, most int) bool {
	if n < least || n > most {
		p.bad("give the number that the source states, or leave it out where it states none",
			"%s is %d and must be from %d to %d", what, n, least, most)
		return false
	}
	return true
}

func (p *problems) word(what, s string, words ...string) {
	if !slices.Contains(words, s) {
		p.bad("use one of: "+strings.Join(words, ", "), "%q is not a %s we know", s, what)
	}
}

// provenance asks a source of whatever claims to be reported.
func (p *problems) provenance(how entry.Provenance) {
	p.asides(how)
	if how.Grade != nil && *how.Grade == grade.Reported && len(how.Source) == 0 {
		p.bad("name the document and the section that say so", "what is reported needs a source")
	}
}

// sourced asks for a source and for a grade from low to high.
func (p *problems) sourced(how entry.Provenance, low, high grade.Grade) {
	if how.Grade == nil {
		p.bad("say reported or attested", "nothing says how well this is known")
	} else if *how.Grade < low || *how.Grade > high {
		p.bad("say reported for a figure or document, attested for a published statement",
			"what a document says cannot have the grade %s", how.Grade.String())
	}
	if len(how.Source) == 0 {
		p.bad("name the document and the section that say so", "nothing says where this comes from")
	}
	p.asides(how)
}

// asides checks the texts of a provenance.
func (p *problems) asides(how entry.Provenance) {
	for _, s := range how.Source {
		p.needed("document of a source", s.Document)
		p.text("section of a source", s.Section)
	}
	for _, id := range how.NotPublished {
		if !notPublishedForm.MatchString(id) {
			p.bad("name the item of the list of what is not published, such as N8", "%q cannot be the id of what is not published", id)
		}
	}
	p.text("note", how.Note)
}

func (p *problems) result(r ResultReported) {
	p.name("evaluation", r.Evaluation)
	p.word("kind of result", string(r.Kind), kinds...)
	p.statistic(r)
	p.text("published reading", r.PublishedReading)
	p.text("notes", r.Notes)
	p.trial(r)
	forms := r.figures()
	if len(forms) != 1 {
		p.bad("give exactly one of count, point, arms, survey and judgement", "the result has %d figures", len(forms))
		return
	}
	if allowed := figuresOf(r.Kind); allowed != nil && !slices.Contains(allowed, forms[0]) {
		p.bad("use one of: "+strings.Join(allowed, ", "), "a result of the kind %s has no %s", r.Kind, forms[0])
	}
	p.figure(r)
}

var kinds = []string{string(Score), string(Uplift), string(SurveyKind), string(ExpertReport), string(ExternalFinding), string(Qualitative)}

// figuresOf says which figures a kind may have, nil for a kind we do not know.
func figuresOf(k Kind) []string {
	switch k {
	case Score:
		return []string{"count", "point", "arms"}
	case Uplift:
		return []string{"arms", "point"}
	case SurveyKind:
		return []string{"survey"}
	case ExpertReport, ExternalFinding:
		return []string{"judgement", "count", "point", "arms"}
	case Qualitative:
		return []string{"judgement"}
	}
	return nil
}

// figures names the forms that are set.
func (r ResultReported) figures() []string {
	var names []string
	add := func(name string, set bool) {
		if set {
			names = append(names, name)
		}
	}
	add("count", r.Count != nil)
	add("point", r.Point != nil)
	add("arms", r.Arms != nil)
	add("survey", r.Survey != nil)
	add("judgement", r.Judgement != nil)
	return names
}

var statistics = []string{
	"", string(threshold.Proportion), string(threshold.Mean), string(threshold.RatioOfMeans), string(threshold.PassAtK),
	string(threshold.MaxOfK), string(threshold.ShareAbove), string(threshold.Count), string(threshold.Median), string(threshold.Point),
}

func (p *problems) statistic(r ResultReported) {
	p.word("statistic", string(r.Statistic), statistics...)
	if r.Statistic == threshold.PassAtK || r.Statistic == threshold.MaxOfK {
		p.whole("k", r.K, 0, maxTries)
	} else if r.K != 0 {
		p.bad("leave k out, or name the statistic", "a k of %d belongs to %s or %s", r.K, threshold.PassAtK, threshold.MaxOfK)
	}
}

func (p *problems) trial(r ResultReported) {
	if r.Trial == nil {
		return
	}
	if r.Kind != Uplift {
		p.bad("leave it out", "only an uplift result says how a trial was run")
	}
	p.text("duration of the trial", r.Trial.Duration)
	p.text("rubric of the trial", r.Trial.Rubric)
	p.whole("the number of critical steps", r.Trial.CriticalOf, 0, maxTries)
	if r.Trial.CriticalFailures != "" {
		p.number("mean number of critical failures", r.Trial.CriticalFailures)
	}
}

func (p *problems) figure(r ResultReported) {
	switch {
	case r.Count != nil:
		p.count(*r.Count)
	case r.Point != nil:
		p.number("figure", r.Point.Value)
	case r.Arms != nil:
		p.arms(*r.Arms)
	case r.Survey != nil:
		p.survey(*r.Survey)
	case r.Judgement != nil:
		p.needed("text of the judgement", r.Judgement.Text)
		p.word("direction of a judgement", string(r.Judgement.Direction),
			string(SupportsRuleOut), string(Inconclusive), string(SupportsRuleIn), string(NoLean))
	}
}

func (p *problems) count(c Count) {
	p.whole("the number of attempts", c.Attempts, 0, maxTries)
	if !p.whole("n", c.N, 1, maxN) || !p.number("number of successes", c.Successes) {
		return
	}
	if c.Successes.Cmp("0") < 0 || c.Successes.Cmp(stats.FromInt(int64(c.N))) > 0 {
		p.bad("check both against the source", "%s successes among %d items cannot be", c.Successes, c.N)
	}
}

func (p *problems) arms(a Arms) {
	p.word("kind of spread", string(a.SpreadKind),
		string(stats.SpreadSD), string(stats.SpreadSE), string(stats.SpreadCI95), string(threshold.SpreadNotStated))
	p.arm("treatment", a.Treatment, a.SpreadKind)
	if a.Control != nil {
		p.arm("control", *a.Control, a.SpreadKind)
	}
}

func (p *problems) arm(name string, a Arm, kind stats.SpreadKind) {
	p.number("mean of the "+name+" arm", a.Mean)
	p.whole("n of the "+name+" arm", a.N, 0, maxN)
	p.whole("the assumed n of the "+name+" arm", a.AssumedN, 0, maxN)
	if a.N > 0 && a.AssumedN > 0 {
		p.bad("leave the assumed n out", "n of the %s arm is published, so none is assumed", name)
	}
	if a.Spread == "" && kind == threshold.SpreadNotStated {
		return
	}
	if p.number("spread of the "+name+" arm", a.Spread) && a.Spread.Cmp("0") < 0 {
		p.bad("check it against the source", "the spread %s of the %s arm is below 0", a.Spread, name)
	}
}

func (p *problems) survey(s Survey) {
	p.needed("question of the survey", s.Question)
	if p.whole("n of the survey", s.N, 1, maxN) {
		p.whole("the number of people who said yes", s.Yes, 0, s.N)
	}
	if s.Median != "" {
		p.number("median", s.Median)
	}
}
