// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package policy

// word is a string from a closed list; the reader, the schema and the
// documentation all take the list from here.
type word interface{ words() []string }

// Basis says on whose authority an element stands.
type Basis string

// The policy says so (text), we read it so and a recorded ruling overrides us
// (reading), or it is ours and stricter than the policy (house).
const (
	Text    Basis = "text"
	Reading Basis = "reading"
	House   Basis = "house"
)

func (Basis) words() []string { return []string{"text", "reading", "house"} }

// RoleKind tells a single person's role from a body such as a board.
type RoleKind string

// The two kinds of role.
const (
	Person RoleKind = "person"
	Body   RoleKind = "body"
)

func (RoleKind) words() []string { return []string{"person", "body"} }

// KeyKind is a kind of key that people sign with.
type KeyKind string

// The three kinds of key.
const (
	KeyEd25519 KeyKind = "ed25519"
	KeySSH     KeyKind = "ssh"
	KeyPasskey KeyKind = "passkey"
)

func (KeyKind) words() []string { return []string{"ed25519", "ssh", "passkey"} }

// Duty is what a role may be asked to do in Holdpoint; a grant of rights
// follows duties, never titles.
type Duty string

// The closed catalogue of duties.
const (
	Administer  Duty = "administer"
	Assess      Duty = "assess"
	Safeguard   Duty = "safeguard"
	Decide      Duty = "decide"
	Propose     Duty = "propose"
	Acknowledge Duty = "acknowledge"
	Review      Duty = "review"
	PlaceHold   Duty = "hold"
	Record      Duty = "record"
)

func (Duty) words() []string {
	return []string{"administer", "assess", "safeguard", "decide", "propose", "acknowledge", "review", "hold", "record"}
}

// DomainStatus says how a risk domain is treated.
type DomainStatus string

// A tracked domain has thresholds that gate; research and watch have none.
const (
	Tracked  DomainStatus = "tracked"
	Research DomainStatus = "research"
	Watched  DomainStatus = "watch"
)

func (DomainStatus) words() []string { return []string{"tracked", "research", "watch"} }

// FacetKind is the side of a standard that a threshold can demand by itself.
type FacetKind string

// The facets of a standard.
const (
	Deployment      FacetKind = "deployment"
	Security        FacetKind = "security"
	AffirmativeCase FacetKind = "affirmative_case"
)

func (FacetKind) words() []string { return []string{"deployment", "security", "affirmative_case"} }

// ThresholdKind says what reaching a threshold means.
type ThresholdKind string

// Capability and usage thresholds gate through their effects. Staying below a
// checkpoint rules out what it names. An alert warns ahead of a threshold. A
// watched one has a duty to assess and no gate.
const (
	Capability ThresholdKind = "capability"
	Usage      ThresholdKind = "usage"
	Checkpoint ThresholdKind = "checkpoint"
	Alert      ThresholdKind = "alert"
	Watch      ThresholdKind = "watch"
)

func (ThresholdKind) words() []string {
	return []string{"capability", "usage", "checkpoint", "alert", "watch"}
}

// Wording says how a threshold's words relate to those of the one it succeeds.
type Wording string

// Same words; part of the former (one limb of a split); higher, so that more
// capability is needed to reach it (a loosening); lower (a tightening).
const (
	SameWords   Wording = "same"
	PartOf      Wording = "part"
	HigherWords Wording = "higher"
	LowerWords  Wording = "lower"
)

func (Wording) words() []string { return []string{"same", "part", "higher", "lower"} }

// TransitionKind says what a new threshold means for models already judged.
type TransitionKind string

// The transitions, from the mildest to the hardest.
const (
	TransitionCarried       TransitionKind = "carried"
	TransitionAssessBy      TransitionKind = "assess_by"
	TransitionHoldNewStarts TransitionKind = "hold_new_starts"
	TransitionHold          TransitionKind = "hold"
)

func (TransitionKind) words() []string {
	return []string{"carried", "assess_by", "hold_new_starts", "hold"}
}

// OnUndefined says what a demanded standard without criteria does. There is
// one answer: an undefined safeguard holds (POL-7).
type OnUndefined string

// UndefinedHolds is the only value of OnUndefined.
const UndefinedHolds OnUndefined = "hold"

func (OnUndefined) words() []string { return []string{"hold"} }

// ActionClass groups actions by what they do with a model.
type ActionClass string

// The classes of action.
const (
	Train  ActionClass = "train"
	Store  ActionClass = "store"
	Deploy ActionClass = "deploy"
)

func (ActionClass) words() []string { return []string{"train", "store", "deploy"} }

// TriggerKind names what makes a new assessment due.
type TriggerKind string

// The kinds of trigger, with the parameter each needs.
const (
	EffectiveComputeRatio TriggerKind = "effective_compute_ratio" // ratio
	MonthsSince           TriggerKind = "months_since"            // months
	Discretion            TriggerKind = "discretion"              // role
	BeforeAction          TriggerKind = "before_action"           // action
	ContractSigned        TriggerKind = "contract"
	SeriousIncident       TriggerKind = "incident"
	StandardRaised        TriggerKind = "standard_raised"
)

func (TriggerKind) words() []string {
	return []string{"effective_compute_ratio", "months_since", "discretion", "before_action", "contract", "incident", "standard_raised"}
}

// CycleKind is what a trigger starts.
type CycleKind string

// The kinds of assessment cycle.
const (
	Preliminary   CycleKind = "preliminary"
	Comprehensive CycleKind = "comprehensive"
	FollowUp      CycleKind = "follow_up"
	OffCycle      CycleKind = "off_cycle"
)

func (CycleKind) words() []string {
	return []string{"preliminary", "comprehensive", "follow_up", "off_cycle"}
}

// Content is a part that an assessment must have.
type Content string

// The parts of an assessment.
const (
	ThreatMap        Content = "threat_map"
	Completeness     Content = "completeness"
	Evaluations      Content = "evaluations"
	Elicitation      Content = "elicitation"
	Forecasts        Content = "forecasts"
	Validity         Content = "validity"
	LowRefusal       Content = "low_refusal_snapshot"
	ExternalFindings Content = "external_findings"
	Margin           Content = "margin"
)

func (Content) words() []string {
	return []string{"threat_map", "completeness", "evaluations", "elicitation", "forecasts", "validity", "low_refusal_snapshot", "external_findings", "margin"}
}

// Technique is an item of the elicitation checklist.
type Technique string

// The elicitation techniques (CAP-7).
const (
	ChainOfThought  Technique = "cot"
	BestOfN         Technique = "best_of_n"
	Tools           Technique = "tools"
	Scaffolding     Technique = "scaffolding"
	FewShot         Technique = "few_shot"
	FineTuning      Technique = "fine_tuning"
	RefusalFree     Technique = "refusal_free"
	ExpertPrompting Technique = "expert_prompting"
)

func (Technique) words() []string {
	return []string{"cot", "best_of_n", "tools", "scaffolding", "few_shot", "fine_tuning", "refusal_free", "expert_prompting"}
}

// Preregistration says whether a spec must stand before the run.
type Preregistration string

// Record shows a late spec as post hoc; require also refuses it as coverage.
const (
	PreregRecord  Preregistration = "record"
	PreregRequire Preregistration = "require"
)

func (Preregistration) words() []string { return []string{"record", "require"} }

// DecisionKind names a question that people answer by signing.
type DecisionKind string

// The kinds of decision.
const (
	DecideDetermination DecisionKind = "determination"
	DecideSafeguards    DecisionKind = "safeguards"
	DecideInterim       DecisionKind = "interim"
	DecideLiftHold      DecisionKind = "lift_hold"
	DecideRestriction   DecisionKind = "restriction"
	DecidePolicyChange  DecisionKind = "policy_change"
	DecideCompetitor    DecisionKind = "competitor_clause"
	DecideInterpret     DecisionKind = "interpretation"
	DecideException     DecisionKind = "exemption"
	DecideBaseline      DecisionKind = "baseline"
)

func (DecisionKind) words() []string {
	return []string{"determination", "safeguards", "interim", "lift_hold", "restriction", "policy_change", "competitor_clause", "interpretation", "exemption", "baseline"}
}

// When orders an act relative to the moment a decision takes effect.
type When string

// Before the decision takes effect, promptly after it, or merely after it.
const (
	Before        When = "before"
	PromptlyAfter When = "promptly_after"
	After         When = "after"
)

func (When) words() []string { return []string{"before", "promptly_after", "after"} }

// FeedbackKind says whose feedback is meant.
type FeedbackKind string

// Feedback from inside and from outside.
const (
	InternalFeedback FeedbackKind = "internal"
	ExternalFeedback FeedbackKind = "external"
)

func (FeedbackKind) words() []string { return []string{"internal", "external"} }

// Stakes says for which decisions a feedback rule holds.
type Stakes string

// Every decision, only the high-stakes ones, or only the others.
const (
	AllStakes   Stakes = "all"
	HighStakes  Stakes = "high_stakes"
	OtherStakes Stakes = "other"
)

func (Stakes) words() []string { return []string{"all", "high_stakes", "other"} }

// ClockStart is the fact that starts an obligation's clock.
type ClockStart string

// The facts that can start a clock.
const (
	StartTrigger      ClockStart = "trigger_reached"
	StartAssessment   ClockStart = "last_comprehensive"
	StartApproval     ClockStart = "safeguards_approved"
	StartDecision     ClockStart = "decision_made"
	StartLast         ClockStart = "last_done"
	StartUpgrade      ClockStart = "standard_raised"
	StartDeployment   ClockStart = "deployed"
	StartNoncompl     ClockStart = "noncompliance_substantiated"
	StartQuarterEnd   ClockStart = "quarter_end"
	StartPublication  ClockStart = "published"
	StartVacancy      ClockStart = "office_vacant"
	StartNeedsMore    ClockStart = "standard_above_baseline_required"
	StartTrainingNext ClockStart = "training_needs_standard"
	StartReached      ClockStart = "checkpoint_reached"
)

func (ClockStart) words() []string {
	return []string{
		"trigger_reached", "last_comprehensive", "safeguards_approved", "decision_made", "last_done",
		"standard_raised", "deployed", "noncompliance_substantiated", "quarter_end", "published",
		"office_vacant", "standard_above_baseline_required", "training_needs_standard", "checkpoint_reached",
	}
}

// Unit is the unit of a duration. Promptly and before_effect have no count:
// the first has no figure in the policy, the second ends when the thing takes
// effect.
type Unit string

// The units of a duration.
const (
	Months       Unit = "months"
	CalendarDays Unit = "calendar_days"
	BusinessDays Unit = "business_days"
	Hours        Unit = "hours"
	Promptly     Unit = "promptly"
	BeforeEffect Unit = "before_effect"
)

func (Unit) words() []string {
	return []string{"months", "calendar_days", "business_days", "hours", "promptly", "before_effect"}
}

// Hardness says what missing a date means.
type Hardness string

// A must that is missed is a breach; a target asks for a note; an anticipated
// date is only shown.
const (
	Must        Hardness = "must"
	Target      Hardness = "target"
	Anticipated Hardness = "anticipated"
)

func (Hardness) words() []string { return []string{"anticipated", "target", "must"} }

// Breach is what a missed date does, from the mildest to the hardest.
type Breach string

// The effects of a breach.
const (
	BreachNote          Breach = "note"
	BreachFinding       Breach = "finding"
	BreachHoldNewStarts Breach = "hold_new_starts"
	BreachHold          Breach = "hold"
)

func (Breach) words() []string { return []string{"note", "finding", "hold_new_starts", "hold"} }

// LapseEffect is what becomes of an approval that was not renewed in time.
type LapseEffect string

// LapseLapsed takes the standard out of force (SAF-6); LapseFinding only
// writes a finding.
const (
	LapseFinding LapseEffect = "finding"
	LapseLapsed  LapseEffect = "lapsed"
)

func (LapseEffect) words() []string { return []string{"finding", "lapsed"} }

// RuleKind tells the kinds of publication rule apart.
type RuleKind string

// Publishing to all, redacting what is published, telling somebody named,
// keeping.
const (
	RulePublication RuleKind = "publication"
	RuleRedaction   RuleKind = "redaction"
	RuleNotice      RuleKind = "notice"
	RuleRetention   RuleKind = "retention"
)

func (RuleKind) words() []string { return []string{"publication", "redaction", "notice", "retention"} }

// Modality is the force of a clause.
type Modality string

// The forces of a clause.
const (
	ClauseMust   Modality = "must"
	ClauseShould Modality = "should"
	ClauseMay    Modality = "may"
	ClauseAspire Modality = "aspire"
)

func (Modality) words() []string { return []string{"must", "should", "may", "aspire"} }

// CoverageKind says where a clause went.
type CoverageKind string

// Encoded in elements that a gate or a clock reads; a duty recorded without a
// gate; left to judgement; or not encoded, with the reason.
const (
	Encoded    CoverageKind = "encoded"
	DutyOnly   CoverageKind = "duty"
	Judgement  CoverageKind = "judgement"
	NotEncoded CoverageKind = "not_encoded"
)

func (CoverageKind) words() []string { return []string{"encoded", "duty", "judgement", "not_encoded"} }

// Unshown says how a threshold that was not shown to be far off is treated.
type Unshown string

// TreatAsCrossed is the only value: what is not shown counts as crossed.
const TreatAsCrossed Unshown = "treat_as_crossed"

func (Unshown) words() []string { return []string{"treat_as_crossed"} }

// MissingFact says what a missing fact does to a gate.
type MissingFact string

// MissingHolds is the only value: a missing fact holds (GAT-3).
const MissingHolds MissingFact = "hold"

func (MissingFact) words() []string { return []string{"hold"} }

// Floor is the lowest grade of fact that meets a condition.
type Floor string

// The grades, as in package grade, from the lowest that can be a floor.
const (
	FloorAttested   Floor = "attested"
	FloorReported   Floor = "reported"
	FloorRecomputed Floor = "recomputed"
)

func (Floor) words() []string { return []string{"attested", "reported", "recomputed"} }
