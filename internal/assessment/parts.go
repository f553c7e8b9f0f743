// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package assessment

import (
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/cow"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/stats"
)

// MapInput records a threat-model map.
type MapInput struct {
	ThreatMapped
	How entry.Provenance
}

// MapThreats records the threat-model map of a threshold: the bottlenecks that
// must be covered, and the argument that no pathway is missing. The newest map
// of a model and threshold counts.
func (s State) MapThreats(in MapInput) ([]entry.Draft, error) {
	if _, err := s.openOn(in.Assessment, in.Threshold); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, b := range in.Bottlenecks {
		if !wellNamed(b.ID) || seen[b.ID] {
			return nil, fault.Invalidf("%q is not the id of a bottleneck, or is there twice", b.ID).
				Hinted("use a-z, 0-9, point, underscore and hyphen, and each id once")
		}
		if strings.TrimSpace(b.Text) == "" {
			return nil, fault.Invalidf("the bottleneck %s is not described", b.ID)
		}
		seen[b.ID] = true
	}
	return threatMapped.Drafts(in.ThreatMapped, in.How)
}

// ElicitationInput records which techniques of elicitation were used.
type ElicitationInput struct {
	ElicitationRecorded
	How entry.Provenance
}

// RecordElicitation records the checklist of CAP-7, or a part of it. Not
// applicable needs a reason. What was not done, or is not published, is a gap.
func (s State) RecordElicitation(in ElicitationInput) ([]entry.Draft, error) {
	if _, err := s.openOn(in.Assessment, in.Threshold); err != nil {
		return nil, err
	}
	if len(in.Items) == 0 {
		return nil, fault.Invalidf("an elicitation record lists at least one technique")
	}
	seen := map[string]bool{}
	for _, t := range in.Items {
		switch {
		case !wellNamed(t.Technique) || seen[t.Technique]:
			return nil, fault.Invalidf("%q is not the name of a technique, or is there twice", t.Technique)
		case !slices.Contains(uses(), t.Use):
			return nil, fault.Invalidf("the technique %s cannot be %q", t.Technique, t.Use).Hinted("use one of: %s", list(uses()))
		case t.Use == NotApplicable && strings.TrimSpace(t.Reason) == "":
			return nil, fault.Invalidf("the technique %s is not applicable for a reason, which is missing", t.Technique)
		}
		seen[t.Technique] = true
	}
	return elicitationRecorded.Drafts(in.ElicitationRecorded, in.How)
}

// ForecastInput records a forecast.
type ForecastInput struct {
	ForecastRecorded
	How entry.Provenance
}

// RecordForecast records what is expected by the next round of testing. The
// thing created is forecast-SEQ.
func (s State) RecordForecast(in ForecastInput) ([]entry.Draft, error) {
	if _, err := s.openOn(in.Assessment, in.Threshold); err != nil {
		return nil, err
	}
	if strings.TrimSpace(in.Statement) == "" || strings.TrimSpace(in.Horizon) == "" {
		return nil, fault.Invalidf("a forecast says what is expected and until when")
	}
	p := in.Probability
	if p != "" && (!p.Valid() || p.Cmp("0") < 0 || p.Cmp(stats.Decimal("1")) > 0) {
		return nil, fault.Invalidf("a probability lies between 0 and 1, and %q does not", string(p)).
			Hinted("leave it out where the forecast gives none")
	}
	return forecastRecorded.Drafts(in.ForecastRecorded, in.How)
}

// ArgumentInput records a part of an assessment that is a text.
type ArgumentInput struct {
	PartArgued
	How entry.Provenance
}

// arguable are the parts that a text can fulfil.
func arguable() []policy.Content {
	return []policy.Content{policy.Margin, policy.LowRefusal, policy.ExternalFindings}
}

// ArguePart records the argument for the margin, what came of external findings
// or why there are none (CAP-17), or why no low-refusal snapshot was tested
// (MOD-1).
func (s State) ArguePart(in ArgumentInput) ([]entry.Draft, error) {
	if _, err := s.openOn(in.Assessment, in.Threshold); err != nil {
		return nil, err
	}
	if !slices.Contains(arguable(), in.Part) {
		return nil, fault.Invalidf("%q is not a part that a text fulfils", in.Part).Hinted("use one of: %s", list(arguable()))
	}
	if strings.TrimSpace(in.Text) == "" {
		return nil, fault.Invalidf("the argument for %s says nothing", in.Part)
	}
	return partArgued.Drafts(in.PartArgued, in.How)
}

// ThreatMap gives the newest threat-model map of a model and threshold.
func (s State) ThreatMap(model, threshold string) (ThreatMap, bool) {
	return s.maps.Get(cow.PairKey(model, threshold))
}

// Elicitation lists the techniques recorded for a model and threshold.
func (s State) Elicitation(model, threshold string) []Elicitation {
	return within(s.elicitation, cow.PairKey(model, threshold))
}

// Forecasts lists the forecasts for a model and threshold.
func (s State) Forecasts(model, threshold string) []Forecast {
	return within(s.forecasts, cow.PairKey(model, threshold))
}

// Argument gives the newest text for a part of the assessment of a model and
// threshold.
func (s State) Argument(model, threshold string, part policy.Content) (Argument, bool) {
	return s.arguments.Get(cow.PairKey(cow.PairKey(model, threshold), string(part)))
}

// Gap is a technique of elicitation that was not used, or of which nobody says
// so. Explained tells whether a reason is recorded. Entry is 0 and Recorded
// false where there is no record of it at all.
type Gap struct {
	Technique string
	Use       Use
	Reason    string
	Recorded  bool
	Entry     int64
}

// Explained tells whether the gap has its reason in writing.
func (g Gap) Explained() bool { return g.Recorded && strings.TrimSpace(g.Reason) != "" }

// String is the gap in a few words.
func (g Gap) String() string {
	if !g.Recorded {
		return g.Technique + " (not recorded)"
	}
	return g.Technique + " (" + strings.ReplaceAll(string(g.Use), "_", " ") + ")"
}

// Gaps lists the elicitation gaps of a model and threshold against the policy's
// checklist (CAP-7), in the order of the checklist, other techniques after it.
// A record below the floor is no record.
func (s State) Gaps(model, threshold string, see See) []Gap {
	have := map[string]Elicitation{}
	var extra []string
	for _, e := range s.Elicitation(model, threshold) {
		if e.Use != NotDone && e.Use != NotPublished && !see.counts(e.Known) {
			continue
		}
		have[e.Technique.Technique] = e
		extra = append(extra, e.Technique.Technique)
	}
	var gaps []Gap
	for _, name := range checklist(see.Policy, extra) {
		e, ok := have[name]
		if !ok {
			gaps = append(gaps, Gap{Technique: name, Use: NotDone})
		} else if e.Use == NotDone || e.Use == NotPublished {
			gaps = append(gaps, Gap{Technique: name, Use: e.Use, Reason: e.Reason, Recorded: true, Entry: e.Seq})
		}
	}
	return gaps
}

func checklist(p policy.Pack, extra []string) []string {
	var names []string
	for _, item := range p.Assessment.Elicitation {
		names = append(names, string(item.Technique))
	}
	for _, name := range extra {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
