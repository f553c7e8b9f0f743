// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package assessment

import (
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/stats"
	"github.com/holdpoint/holdpoint/internal/threshold"
)

// Kind is the kind of an assessment.
type Kind string

// The kinds of assessment. A voluntary one tests below every trigger (CAP-20).
const (
	Preliminary   Kind = "preliminary"
	Comprehensive Kind = "comprehensive"
	FollowUp      Kind = "follow_up"
	Voluntary     Kind = "voluntary"
	OffCycle      Kind = "off_cycle"
)

func kinds() []Kind { return []Kind{Preliminary, Comprehensive, FollowUp, Voluntary, OffCycle} }

// Trigger is why an assessment was opened: a kind of trigger of the policy, or
// "not_published", and a sentence. For discretion the detail says who and why
// (MOD-4).
type Trigger struct {
	Kind   string `json:"kind"`
	Detail string `json:"detail,omitzero"`
}

// Opened is the data of assessment.opened. Policy is the version in force at
// opening, as id@version (POL-2). Target is a day, "" for none.
type Opened struct {
	Model      string   `json:"model"`
	Kind       Kind     `json:"kind"`
	Trigger    Trigger  `json:"trigger"`
	Policy     string   `json:"policy"`
	Thresholds []string `json:"thresholds,omitempty"`
	Snapshots  []string `json:"snapshots,omitempty"`
	Target     string   `json:"target,omitzero"`
}

// Limb is what made a model notably more capable, or not (CAP-1).
type Limb string

// The limbs of the preliminary assessment.
const (
	LimbCompute    Limb = "effective_compute"
	LimbMonths     Limb = "six_months"
	LimbDiscretion Limb = "discretion"
	LimbNone       Limb = "none"
)

func limbs() []Limb { return []Limb{LimbCompute, LimbMonths, LimbDiscretion, LimbNone} }

// PreliminaryConcluded is the data of assessment.preliminary_concluded.
type PreliminaryConcluded struct {
	Assessment string `json:"assessment"`
	Limb       Limb   `json:"limb"`
	Notably    bool   `json:"notably_more_capable"`
	Reason     string `json:"reason"`
}

// Lifecycle says what an evaluation can still tell. Only active and near
// saturation carry weight.
type Lifecycle string

// The lifecycle of an evaluation.
const (
	Active         Lifecycle = "active"
	NearSaturation Lifecycle = "near_saturation"
	Saturated      Lifecycle = "saturated"
	Retired        Lifecycle = "retired"
)

func lifecycles() []Lifecycle { return []Lifecycle{Active, NearSaturation, Saturated, Retired} }

// Registration says how we know when a spec was registered.
type Registration string

// A spec is registered here, by the entry itself; or a source says that it was
// registered beforehand; or no source says when.
const (
	RegisteredHere      Registration = "here"
	RegisteredPublished Registration = "published"
	RegistrationUnsaid  Registration = "not_published"
)

func registrations() []Registration {
	return []Registration{RegisteredHere, RegisteredPublished, RegistrationUnsaid}
}

// SpecRegistered is the data of assessment.spec_registered. Assessment is "" for
// a standing spec. Validity says why a result is due to capability and not to
// the design of the test (CAP-3), "" when nobody says. Change says, from version
// 2 on, what changed and why (CAP-5).
type SpecRegistered struct {
	ID          string         `json:"spec"`
	Version     int            `json:"version"`
	Assessment  string         `json:"assessment,omitzero"`
	Evaluation  string         `json:"evaluation"`
	Threshold   string         `json:"threshold"`
	Bottlenecks []string       `json:"bottlenecks,omitempty"`
	LoadBearing bool           `json:"load_bearing,omitzero"`
	Lifecycle   Lifecycle      `json:"lifecycle"`
	Rule        threshold.Spec `json:"rule"`
	Validity    string         `json:"validity,omitzero"`
	Registered  Registration   `json:"registered"`
	Author      string         `json:"author"`
	Change      string         `json:"change,omitzero"`
}

// Bottleneck is a capability that the harm cannot do without.
type Bottleneck struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// ThreatMapped is the data of assessment.threat_mapped. Completeness argues that
// no pathway is missing; "" is not published or not argued.
type ThreatMapped struct {
	Assessment   string       `json:"assessment"`
	Threshold    string       `json:"threshold"`
	Bottlenecks  []Bottleneck `json:"bottlenecks,omitempty"`
	Completeness string       `json:"completeness,omitzero"`
}

// Use says whether a technique of elicitation was used.
type Use string

// Used; not applicable, which needs a reason; not done; or no source says.
const (
	Used          Use = "used"
	NotApplicable Use = "not_applicable"
	NotDone       Use = "not_done"
	NotPublished  Use = "not_published"
)

func uses() []Use { return []Use{Used, NotApplicable, NotDone, NotPublished} }

// Technique is one item of an elicitation record (CAP-7).
type Technique struct {
	Technique string `json:"technique"`
	Use       Use    `json:"status"`
	Reason    string `json:"reason,omitzero"`
}

// ElicitationRecorded is the data of assessment.elicitation_recorded.
type ElicitationRecorded struct {
	Assessment string      `json:"assessment"`
	Threshold  string      `json:"threshold"`
	Items      []Technique `json:"items"`
}

// ForecastRecorded is the data of assessment.forecast_recorded. Probability is
// between 0 and 1, "" where the forecast gives none. Horizon says until when.
type ForecastRecorded struct {
	Assessment  string        `json:"assessment"`
	Threshold   string        `json:"threshold"`
	Statement   string        `json:"statement"`
	Probability stats.Decimal `json:"probability,omitzero"`
	Horizon     string        `json:"horizon"`
}

// PartArgued is the data of assessment.part_argued: a part of an assessment that
// is an argument and nothing more, such as the margin, or why no low-refusal
// snapshot was tested.
type PartArgued struct {
	Assessment string         `json:"assessment"`
	Threshold  string         `json:"threshold"`
	Part       policy.Content `json:"part"`
	Text       string         `json:"text"`
}

// OldRule is what the same evidence gives under the version of the spec that
// stood when the run began (CAP-5).
type OldRule struct {
	Version    int                  `json:"version"`
	Sufficient threshold.Sufficient `json:"sufficient"`
	Result     threshold.Result     `json:"result"`
}

// Found is the data of assessment.found: evidence judged under a spec, with
// what the judgement was computed from. Rules is the journal's rules number.
type Found struct {
	Assessment string               `json:"assessment"`
	Model      string               `json:"model"`
	Snapshot   string               `json:"snapshot,omitzero"`
	Threshold  string               `json:"threshold"`
	Spec       string               `json:"spec"`
	Version    int                  `json:"spec_version"`
	Evidence   entry.Ref            `json:"evidence"`
	Metric     string               `json:"metric,omitzero"`
	Sufficient threshold.Sufficient `json:"sufficient"`
	Result     threshold.Result     `json:"result"`
	Rules      int                  `json:"rules"`
	// PostHoc: the run began, or its result was known, before the spec was
	// registered. TimingUnknown: no source says which came first. Why says so in
	// a sentence.
	PostHoc       bool   `json:"post_hoc,omitzero"`
	TimingUnknown bool   `json:"timing_unknown,omitzero"`
	Why           string `json:"why,omitzero"`
	// Old is set when the spec was changed after the run began.
	Old *OldRule `json:"old_rule,omitzero"`
	// Gaps are the techniques of elicitation that were not used, not published
	// or not recorded when this was found.
	Gaps     []string        `json:"gaps,omitempty"`
	Warnings []stats.Warning `json:"warnings,omitempty"`
}

// Judged is the data of assessment.judged: a written expert judgement or
// argument on a bottleneck, or on the threshold as a whole where Bottleneck is
// "". By is a role.
type Judged struct {
	Assessment string            `json:"assessment"`
	Model      string            `json:"model"`
	Threshold  string            `json:"threshold"`
	Bottleneck string            `json:"bottleneck,omitzero"`
	Direction  threshold.Verdict `json:"direction"`
	Text       string            `json:"text"`
	By         string            `json:"by"`
	Evidence   *entry.Ref        `json:"evidence,omitzero"`
}

// Answered is the data of assessment.answered: the written answer to a finding
// or judgement that does not support the conclusion. ReliedOn says why a post
// hoc finding is relied on all the same.
type Answered struct {
	Finding  string `json:"finding"`
	Answer   string `json:"answer"`
	ReliedOn string `json:"relied_on_reason,omitzero"`
}

// Withdrawn is the data of assessment.withdrawn: the finding is invalid.
type Withdrawn struct {
	Finding string `json:"finding"`
	Reason  string `json:"reason"`
}

// PostHocApproved is the data of assessment.approved_post_hoc.
type PostHocApproved struct {
	Finding string `json:"finding"`
	By      string `json:"by"`
}

// Outcome is how an assessment ended.
type Outcome string

// Complete: every part that the policy asks for is there. AsPublished: a source
// says that it was done; what it does not publish is listed as missing.
// Below: a preliminary assessment found the model not notably more capable.
// Incomplete and Cancelled need a reason, and neither is an assessment that was
// done. What was found in an incomplete one stays evidence, since a test that was
// run was run; what was found in a cancelled one supports nothing.
const (
	Complete    Outcome = "complete"
	AsPublished Outcome = "as_published"
	Below       Outcome = "below"
	Incomplete  Outcome = "incomplete"
	Cancelled   Outcome = "cancelled"
)

// Missing names what an assessment lacks for one threshold.
type Missing struct {
	Threshold string   `json:"threshold"`
	Parts     []string `json:"parts"`
}

// Closed is the data of assessment.closed.
type Closed struct {
	Assessment string    `json:"assessment"`
	Outcome    Outcome   `json:"outcome"`
	Reason     string    `json:"reason,omitzero"`
	Missing    []Missing `json:"missing,omitempty"`
}
