// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package threshold

import (
	"fmt"
	"strings"

	"github.com/holdpoint/holdpoint/internal/stats"
)

// arms judges published means with a spread, under every reading of it.
func (j *judgement) arms(a Arms) {
	used := []Arm{a.Treatment}
	switch j.spec.Statistic {
	case RatioOfMeans:
		used = append(used, a.Control)
	case Mean:
	default:
		j.cannotSay("A %s is not computed from arms.", j.spec.Statistic)
		return
	}
	kinds := readingsOf(a.SpreadKind)
	if problem := armsProblem(used); problem != "" || kinds == nil {
		if kinds == nil {
			problem = fmt.Sprintf("%q does not say what the spread is.", string(a.SpreadKind))
		}
		j.cannotSay("%s", problem)
		return
	}
	face, err := faceOf(used)
	if err != nil {
		j.cannotSay("There is no estimate: %s.", err.Error())
		return
	}
	j.result.Estimate = face
	j.armFacts(a, used)
	var found []armReading
	for _, kind := range kinds {
		found = append(found, j.read(kind, used, face)...)
	}
	j.concludeArms(found)
}

// armReading is a reading with its interval; without one, has is false and the
// reading rests on the figure alone.
type armReading struct {
	Reading
	interval stats.Interval
	has      bool
	placed   placement
}

func readingsOf(kind stats.SpreadKind) []stats.SpreadKind {
	switch kind {
	case SpreadNotStated:
		return []stats.SpreadKind{stats.SpreadSD, stats.SpreadCI95, stats.SpreadSE}
	case stats.SpreadSD, stats.SpreadCI95, stats.SpreadSE:
		return []stats.SpreadKind{kind}
	}
	return nil
}

func armsProblem(used []Arm) string {
	for _, arm := range used {
		switch {
		case arm.Mean == "" || !isLine(arm.Mean):
			return fmt.Sprintf("%q is not the mean of an arm.", string(arm.Mean))
		case arm.Spread == "" || !isLine(arm.Spread) || arm.Spread.Cmp("0") <= 0:
			return fmt.Sprintf("A spread of %q says nothing.", string(arm.Spread))
		case arm.N < 0 || arm.N > maxPlannedItems || arm.AssumedN < 0 || arm.AssumedN > maxPlannedItems:
			return "The n of an arm is not a number of observations."
		}
	}
	return ""
}

// faceOf gives the figure itself: the treatment mean, or the ratio.
func faceOf(used []Arm) (stats.Decimal, error) {
	if len(used) == 1 {
		return used[0].Mean, nil
	}
	// The spread plays no part in the ratio; any kind that needs no n will do.
	treatment, err := stats.Summary(used[0].Mean, used[0].Spread, stats.SpreadSE, 0)
	if err != nil {
		return "", err
	}
	control, err := stats.Summary(used[1].Mean, used[1].Spread, stats.SpreadSE, 0)
	if err != nil {
		return "", err
	}
	return stats.Ratio(treatment, control)
}

// armFacts notes what is not published about the arms.
func (j *judgement) armFacts(a Arms, used []Arm) {
	for _, arm := range used {
		j.result.N += arm.N
		if arm.N < 2 {
			j.unsupported = "The n of an arm is not published, so no reading of the spread can support anything."
		}
		if arm.N == 0 && arm.AssumedN > 0 {
			j.warn(stats.Warning{Code: "assumed_n", Text: fmt.Sprintf(
				"n per arm is not published; %d is assumed where the spread is read as a standard deviation.", arm.AssumedN)})
		}
	}
	if a.SpreadKind == SpreadNotStated {
		j.warn(stats.Warning{Code: "spread_not_stated", Text: "Nothing says what the spread is; it is read as a standard deviation, a 95 % interval and a standard error."})
	}
	if j.spec.Statistic == RatioOfMeans {
		j.warn(stats.Warning{Code: "normal_quantiles", Text: "Bounds of a ratio use normal quantiles, which are too narrow for small arms."})
	}
}

// read gives the readings of one kind of spread.
func (j *judgement) read(kind stats.SpreadKind, used []Arm, face stats.Decimal) []armReading {
	estimates := make([]stats.Estimate, len(used))
	for i, arm := range used {
		n := arm.N
		if kind == stats.SpreadSD && n == 0 {
			n = arm.AssumedN
		}
		est, err := stats.Summary(arm.Mean, arm.Spread, kind, n)
		if err != nil {
			return []armReading{j.faceReading(kind, "", face)}
		}
		estimates[i] = est
	}
	c := j.spec.confidence()
	if len(used) == 1 {
		in, err := estimates[0].Bounds(c)
		return []armReading{j.reading(kind, in, err, face)}
	}
	delta, err := stats.RatioDelta(estimates[0], estimates[1], c)
	first := j.reading(kind, delta, err, face)
	fieller, warnings, err := stats.RatioFieller(estimates[0], estimates[1], c)
	j.warn(warnings...)
	return []armReading{first, j.reading(kind, fieller, err, face)}
}

func (j *judgement) reading(kind stats.SpreadKind, in stats.Interval, err error, face stats.Decimal) armReading {
	if err != nil {
		return j.faceReading(kind, in.Kind, face)
	}
	p := j.spec.place(in)
	return armReading{Reading{kind, in.Kind, in.Lower, in.Upper, p.zone, p.verdict}, in, true, p}
}

func (j *judgement) faceReading(kind stats.SpreadKind, method string, face stats.Decimal) armReading {
	p := j.spec.placeFace(face)
	return armReading{Reading{Name: kind, Method: method, Zone: p.zone, Verdict: p.verdict}, stats.Interval{}, false, p}
}

func (j *judgement) concludeArms(found []armReading) {
	placed := make([]placement, len(found))
	cover := found[0].interval
	for i, r := range found {
		placed[i] = r.placed
		j.result.Readings = append(j.result.Readings, r.Reading)
		if i > 0 && r.has {
			cover = hull(cover, r.interval, stats.KindWidest)
		}
	}
	for _, r := range found {
		if !r.has {
			// A reading without bounds leaves the whole without them.
			cover.Lower, cover.Upper = "", ""
		}
	}
	cover.Level, cover.Sides = stats.Decimal("1").Sub(j.spec.alpha()), 1
	if len(found) > 1 {
		cover.Kind = stats.KindWidest
	}
	j.conclude(cover, placed, disagreementOf(found))
}

func disagreementOf(found []armReading) string {
	parts := make([]string, len(found))
	for i, r := range found {
		parts[i] = strings.TrimSpace("%s as " + string(r.Name) + " " + r.Method)
	}
	return "The verdict depends on how the spread is read: " + strings.Join(parts, ", ") + "."
}
