// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package policy

// Schema is the one value of a pack's "schema" member that this package reads.
const Schema = "holdpoint/policy/v1"

// Date is a calendar day as YYYY-MM-DD. It stays text: a time zone would have
// to be made up.
type Date string

// Decimal is a non-negative decimal written without exponent or trailing
// zeros, such as "4" or "1.5"; a pack holds no floating-point numbers.
type Decimal string

// Pack is one version of one policy, with overlays already resolved. Every id
// is unique in the whole pack, clauses included.
type Pack struct {
	Schema      string        `json:"schema" pack:"required" doc:"Always holdpoint/policy/v1."`
	ID          string        `json:"id" pack:"required" doc:"Name of the policy; its versions share it."`
	Version     string        `json:"version" pack:"required" doc:"Version in quotes, such as \"2.0\"."`
	Title       string        `json:"title" pack:"required" doc:"Title as people know it."`
	Publisher   string        `json:"publisher" pack:"required" doc:"Who publishes the policy."`
	Published   Date          `json:"published" pack:"required" doc:"Day of publication."`
	Effective   Date          `json:"effective" pack:"required" doc:"First day in force; not before publication."`
	Supersedes  string        `json:"supersedes,omitempty" doc:"The version this one follows, as id@version."`
	Note        string        `json:"note,omitempty" doc:"What a reader should know about this pack."`
	Roles       []Role        `json:"roles" pack:"required" doc:"Roles and bodies that hold duties."`
	Domains     []Domain      `json:"domains" pack:"required" doc:"Domains of risk."`
	Actors      []Actor       `json:"actors,omitempty" doc:"Kinds of actor that thresholds and standards speak of."`
	Standards   []Standard    `json:"standards" pack:"required" doc:"Sets of safeguards, in ranks."`
	Baseline    []Baseline    `json:"baseline,omitempty" doc:"Standards every model needs, whatever it can do."`
	Thresholds  []Threshold   `json:"thresholds" pack:"required" doc:"Lines of capability or use."`
	Actions     []Action      `json:"actions" pack:"required" doc:"What a gate can be asked about."`
	Triggers    []Trigger     `json:"triggers,omitempty" doc:"What makes a new assessment due."`
	Assessment  Assessment    `json:"assessment" pack:"required" doc:"What an assessment must contain."`
	Decisions   []Decision    `json:"decisions" pack:"required" doc:"Who decides what, by signing."`
	Gates       []Gate        `json:"gates,omitempty" doc:"Conditions on top of the built-in ones."`
	Obligations []Obligation  `json:"obligations,omitempty" doc:"Dated duties."`
	Disclosure  []Publication `json:"disclosure,omitempty" doc:"Rules of publication, redaction, notice and retention."`
	Response    *Response     `json:"response,omitempty" doc:"Who must answer, and how soon, when something live is held."`
	BreakGlass  *BreakGlass   `json:"break_glass,omitempty" doc:"Who may go on for a few hours on a lapsed clearance; without it nobody may."`
	Defaults    Defaults      `json:"defaults" pack:"required" doc:"What holds where nothing is said."`
	Clauses     []Clause      `json:"clauses" pack:"required" doc:"Every clause of the policy, in our words."`
}

// Element is what every part of a pack carries. A house element may have no
// clause; every other names one.
type Element struct {
	ID     string `json:"id" pack:"required" doc:"Stable id, unique in the pack."`
	Clause string `json:"clause,omitempty" doc:"The clause this stands on; only a house element may have none."`
	Basis  Basis  `json:"basis" pack:"required" doc:"text: the policy says so; reading: our interpretation; house: ours, stricter."`
}

// Role is a role or body of the lab, or one outside that it answers to.
type Role struct {
	Element
	Title       string   `json:"title" pack:"required" doc:"Title of the role."`
	Kind        RoleKind `json:"kind" pack:"required" doc:"A person's role or a body."`
	Office      bool     `json:"office,omitempty" doc:"An office that must never be empty; succession is recorded."`
	AppointedBy string   `json:"appointed_by,omitempty" doc:"The role that may name an acting holder."`
	External    bool     `json:"external,omitempty" doc:"Stands outside the lab."`
	Duties      []Duty   `json:"duties,omitempty" doc:"What holders may be asked to do."`
	Keys        *KeyRule `json:"keys,omitempty" doc:"Which keys its holders sign with; any if not said."`
}

// KeyRule is what a role's keys must be. What is not said is not asked.
type KeyRule struct {
	Kinds    []KeyKind `json:"kinds,omitempty" doc:"Allowed kinds of key; none means any."`
	Hardware bool      `json:"hardware,omitempty" doc:"Not copied to other devices: a passkey that is not backup-eligible, or an SSH key of the sk- types."`
	Attested bool      `json:"attested,omitempty" doc:"A passkey whose maker's certificate signed its registration."`
	AAGUIDs  []string  `json:"aaguids,omitempty" doc:"With attested: allowed makes of authenticators, such as 2fc0579f-8113-47ea-b116-bb5a8db9202a."`
	Roots    []string  `json:"roots,omitempty" doc:"With attested: certificates (base64 of DER) of which one must have signed the maker's; without them any will do."`
}

// Domain is a domain of risk.
type Domain struct {
	Element
	Title  string       `json:"title" pack:"required" doc:"Title of the domain."`
	Status DomainStatus `json:"status" pack:"required" doc:"Tracked domains gate; research and watch do not."`
}

// Actor is a kind of actor. One that lies within another is covered wherever
// the wider one is.
type Actor struct {
	Element
	Title  string `json:"title" pack:"required" doc:"Who is meant, in our words."`
	Within string `json:"within,omitempty" doc:"The wider kind of actor that includes this one."`
}

// Standard is a set of safeguards. An undefined standard is named by the
// policy without criteria; demanding it holds.
type Standard struct {
	Element
	Title   string  `json:"title" pack:"required" doc:"Title of the standard."`
	Rank    int     `json:"rank,omitempty" doc:"Order among standards; 0 means it has no place in the order."`
	Defined bool    `json:"defined" pack:"required" doc:"Whether criteria are published."`
	Facets  []Facet `json:"facets,omitempty" doc:"The sides of the standard; none when undefined."`
}

// Facet is one side of a standard, with its criteria and the actors it is
// meant to hold against.
type Facet struct {
	Element
	Facet      FacetKind   `json:"facet" pack:"required" doc:"Which side this is."`
	Statement  string      `json:"statement" pack:"required" doc:"What it must achieve, in our words."`
	Criteria   []Criterion `json:"criteria" pack:"required" doc:"What must be shown."`
	ActorsIn   []string    `json:"actors_in,omitempty" doc:"Actors in scope."`
	ActorsOut  []string    `json:"actors_out,omitempty" doc:"Actors out of scope."`
	Reapproval *Reapproval `json:"reapproval,omitempty" doc:"How long an approval lasts."`
}

// Criterion is one thing a standard asks for; parts name what belongs to it.
type Criterion struct {
	Element
	Title     string   `json:"title" pack:"required" doc:"Short title."`
	Statement string   `json:"statement" pack:"required" doc:"What must be shown, in our words."`
	Parts     []string `json:"parts,omitempty" doc:"Parts that the evidence must speak to."`
}

// Reapproval is the period after which an approval must be renewed.
type Reapproval struct {
	Element
	Months  int         `json:"months" pack:"required" doc:"Calendar months from the approval."`
	OnLapse LapseEffect `json:"on_lapse" pack:"required" doc:"What a missed renewal does."`
}

// Baseline demands a standard of every model.
type Baseline struct {
	Element
	Facet    FacetKind `json:"facet" pack:"required" doc:"Which facet."`
	Standard string    `json:"standard" pack:"required" doc:"Which standard."`
	Actions  []string  `json:"actions" pack:"required" doc:"For which actions."`
}

// Threshold is a line of capability or use (THR-1..5).
type Threshold struct {
	Element
	Title       string        `json:"title" pack:"required" doc:"Short title."`
	Domain      string        `json:"domain" pack:"required" doc:"Domain of risk."`
	Kind        ThresholdKind `json:"kind" pack:"required" doc:"What reaching it means."`
	Statement   string        `json:"statement" pack:"required" doc:"The line, in our words."`
	Baseline    string        `json:"baseline,omitempty" doc:"What it is compared with, such as the tools of a year."`
	Actors      []string      `json:"actors,omitempty" doc:"Whose ability counts."`
	Level       int           `json:"level,omitempty" doc:"Order within the domain; levels may skip; 0 has no place in the order."`
	Effects     []Effect      `json:"effects,omitempty" doc:"Which standard of which facet it demands, and for which actions."`
	OnUndefined OnUndefined   `json:"on_undefined,omitempty" doc:"What a demanded standard without criteria does."`
	Succeeds    []Succession  `json:"succeeds,omitempty" doc:"Thresholds of the former version that this one continues."`
	Implies     []Link        `json:"implies,omitempty" doc:"Thresholds that are ruled out when this one is."`
	RulesOut    []Link        `json:"rules_out,omitempty" doc:"Checkpoint only: thresholds ruled out while below it."`
	Transition  *Transition   `json:"transition,omitempty" doc:"What it means for models judged before it existed."`
	OnReach     []string      `json:"on_reach,omitempty" doc:"Obligations that start when it is reached."`
}

// Effect is one demand of a threshold.
type Effect struct {
	Element
	Facet    FacetKind `json:"facet" pack:"required" doc:"Which facet."`
	Standard string    `json:"standard" pack:"required" doc:"Which standard."`
	Actions  []string  `json:"actions" pack:"required" doc:"For which actions."`
}

// Succession ties a threshold to one of the former version.
type Succession struct {
	Threshold string  `json:"threshold" pack:"required" doc:"Id in the former version."`
	Words     Wording `json:"words" pack:"required" doc:"How the words relate."`
	Clause    string  `json:"clause,omitempty" doc:"Clause, where there is one."`
	Basis     Basis   `json:"basis" pack:"required" doc:"On whose authority a determination is carried."`
}

// Link ties a threshold to another of the same version.
type Link struct {
	Threshold string `json:"threshold" pack:"required" doc:"Id in this version."`
	Clause    string `json:"clause,omitempty" doc:"Clause, where there is one."`
	Basis     Basis  `json:"basis" pack:"required" doc:"On whose authority."`
}

// Transition says what a threshold means for models judged before it existed.
type Transition struct {
	Kind TransitionKind `json:"kind" pack:"required" doc:"carried, assess_by, hold_new_starts or hold."`
	By   Date           `json:"by,omitempty" doc:"assess_by only: the last day."`
}

// Action is something a gate can be asked about.
type Action struct {
	Element
	Title             string      `json:"title" pack:"required" doc:"What is done."`
	Class             ActionClass `json:"class" pack:"required" doc:"train, store or deploy."`
	Environment       string      `json:"environment" pack:"required" doc:"Environment meant when none is named."`
	ClearanceMaxHours int         `json:"clearance_max_hours" pack:"required" doc:"Longest life of a clearance, in hours."`
}

// Trigger makes an assessment due. Which of the parameters is needed depends
// on the kind.
type Trigger struct {
	Element
	Kind   TriggerKind `json:"kind" pack:"required" doc:"What is watched."`
	Ratio  Decimal     `json:"ratio,omitempty" doc:"effective_compute_ratio: fires at this multiple, itself included."`
	Months int         `json:"months,omitempty" doc:"months_since: calendar months since the last comprehensive assessment."`
	Role   string      `json:"role,omitempty" doc:"discretion: whose."`
	Action string      `json:"action,omitempty" doc:"before_action: which."`
	Starts CycleKind   `json:"starts" pack:"required" doc:"The assessment it starts."`
}

// Assessment is what an assessment must contain.
type Assessment struct {
	Requirements    []AssessmentRequirement `json:"requirements" pack:"required" doc:"What each kind of threshold needs."`
	Elicitation     []ElicitationItem       `json:"elicitation,omitempty" doc:"The checklist of elicitation."`
	Preregistration PreregistrationRule     `json:"preregistration" pack:"required" doc:"Whether a spec must stand before the run."`
}

// AssessmentRequirement lists what the assessment of some kinds of threshold
// must have. SupportingEvaluations above zero is how many supporting
// evaluations are enough by themselves.
type AssessmentRequirement struct {
	Element
	Kinds                 []ThresholdKind `json:"kinds" pack:"required" doc:"For these kinds of threshold."`
	Contents              []Content       `json:"contents" pack:"required" doc:"Parts that must be there."`
	SupportingEvaluations int             `json:"supporting_evaluations,omitempty" doc:"So many supporting evaluations suffice without a threat map."`
}

// ElicitationItem is one technique that must be used, or its absence
// explained.
type ElicitationItem struct {
	Element
	Technique Technique `json:"technique" pack:"required" doc:"Which technique."`
	Statement string    `json:"statement" pack:"required" doc:"What counts, in our words."`
}

// PreregistrationRule says whether a spec must stand before the run (CAP-4).
type PreregistrationRule struct {
	Element
	Mode Preregistration `json:"mode" pack:"required" doc:"record or require."`
}

// Decision says who answers a kind of question, and what must happen around
// it.
type Decision struct {
	Element
	Kind       DecisionKind `json:"kind" pack:"required" doc:"Which question."`
	Signers    []string     `json:"signers" pack:"required" doc:"Roles that must all sign."`
	Distinct   bool         `json:"distinct,omitempty" doc:"Each signature by another person."`
	Ordered    bool         `json:"ordered,omitempty" doc:"Signed in the order given."`
	Consulted  []string     `json:"consulted,omitempty" doc:"Roles asked before, whose consent is not needed."`
	Feedback   []Feedback   `json:"feedback,omitempty" doc:"Feedback to be collected."`
	Deliveries []Delivery   `json:"deliveries,omitempty" doc:"Who must receive the file, and when."`
}

// Feedback is feedback that must be collected around a decision.
type Feedback struct {
	Kind   FeedbackKind `json:"kind" pack:"required" doc:"internal or external."`
	When   When         `json:"when" pack:"required" doc:"Before or after the decision."`
	Stakes Stakes       `json:"stakes" pack:"required" doc:"For which decisions."`
}

// Delivery is a receipt that a decision needs.
type Delivery struct {
	To   string `json:"to" pack:"required" doc:"Role that acknowledges."`
	When When   `json:"when" pack:"required" doc:"Before the decision takes effect, or promptly after."`
}

// Gate adds a condition to actions. It can only be ANDed to the built-in
// conditions; there is no way to say less.
type Gate struct {
	Element
	Actions []string  `json:"actions" pack:"required" doc:"For these actions."`
	Require Condition `json:"require" pack:"required" doc:"What must be met as well."`
}

// Condition is exactly one of: all, any, or a named predicate with its
// parameters. There is no not.
type Condition struct {
	All  []Condition `json:"all,omitempty" doc:"Every one must be met."`
	Any  []Condition `json:"any,omitempty" doc:"One must be met."`
	Is   string      `json:"is,omitempty" doc:"Name of a predicate of the catalogue."`
	With []Param     `json:"with,omitempty" doc:"Parameters of the predicate."`
}

// Param is one parameter of a predicate.
type Param struct {
	Name  string `json:"name" pack:"required" doc:"Name of the parameter."`
	Value string `json:"value" pack:"required" doc:"Its value."`
}

// Obligation is a dated duty as data.
type Obligation struct {
	Element
	Title     string     `json:"title" pack:"required" doc:"Short title."`
	Statement string     `json:"statement" pack:"required" doc:"What is owed, in our words."`
	Owner     string     `json:"owner" pack:"required" doc:"Role that owes it."`
	Starts    ClockStart `json:"starts" pack:"required" doc:"Fact that starts the clock."`
	Within    Duration   `json:"within" pack:"required" doc:"Time allowed."`
	Hardness  Hardness   `json:"hardness" pack:"required" doc:"must, target or anticipated."`
	Recurring bool       `json:"recurring,omitempty" doc:"Starts again when done."`
	Warn      []int      `json:"warn,omitempty" doc:"Days before the date at which to warn, longest first."`
	OnBreach  Breach     `json:"on_breach" pack:"required" doc:"What a missed date does."`
}

// Duration is a length of time. Earliest, where given, is the start of a
// range such as "every 6 to 12 months".
type Duration struct {
	Unit     Unit `json:"unit" pack:"required" doc:"Unit; promptly and before_effect take no count."`
	Count    int  `json:"count,omitempty" doc:"How many."`
	Earliest int  `json:"earliest,omitempty" doc:"Start of a range, in the same unit."`
	Days     int  `json:"days,omitzero" doc:"promptly only: after how many calendar days we read it as late; without it lateness cannot be told."`
}

// Response is the duty that follows when the gate closes on something live:
// nothing is switched off by itself, and somebody answers within so many hours.
type Response struct {
	Element
	Owner string `json:"owner" pack:"required" doc:"Role that answers."`
	Hours int    `json:"hours" pack:"required" doc:"Hours from the moment it was held."`
}

// BreakGlass says who may go on, for how long at most, on a clearance that has
// lapsed, and who is paged. It never widens what was cleared (GAT-6).
type BreakGlass struct {
	Element
	Roles    []string `json:"roles" pack:"required" doc:"Roles of which one person is enough."`
	MaxHours int      `json:"max_hours" pack:"required" doc:"Longest time, in hours."`
	Page     string   `json:"page" pack:"required" doc:"Role that is told at once."`
}

// TimeZone is where a day begins and ends. The rule stands in the pack, so that
// a due date never depends on a machine's own tables.
type TimeZone struct {
	Name string `json:"name" pack:"required" doc:"What people call it, such as America/Los_Angeles."`
	Rule string `json:"rule" pack:"required" doc:"The POSIX TZ rule, such as PST8PDT,M3.2.0,M11.1.0 (IEEE Std 1003.1, section 8.3)."`
}

// Publication is a rule of publication, redaction, notice or retention.
type Publication struct {
	Element
	Kind      RuleKind `json:"kind" pack:"required" doc:"publication, redaction, notice or retention."`
	Statement string   `json:"statement" pack:"required" doc:"The rule, in our words."`
	To        []string `json:"to,omitempty" doc:"Roles told; none means the public."`
	When      When     `json:"when" pack:"required" doc:"Relative to the act it accompanies."`
	Contents  []string `json:"contents,omitempty" doc:"What it must contain."`
	Reasons   []string `json:"reasons,omitempty" doc:"redaction: the only reasons allowed."`
}

// Defaults are what holds where nothing is said.
type Defaults struct {
	Unshown     Unshown     `json:"unshown" pack:"required" doc:"A threshold not shown to be far off."`
	MissingFact MissingFact `json:"missing_fact" pack:"required" doc:"A fact that is not there."`
	Environment string      `json:"environment" pack:"required" doc:"Environment meant when neither ask nor action names one."`
	Floor       Floor       `json:"floor" pack:"required" doc:"Lowest grade of fact that meets a condition."`
	TimeZone    *TimeZone   `json:"time_zone,omitempty" doc:"Where a day begins and ends; UTC if not given."`
	Holidays    []Date      `json:"holidays,omitempty" doc:"Days that are no business days, beside Saturdays and Sundays."`
}

// Clause is one clause of the policy, in our words, and where it went.
type Clause struct {
	ID       string       `json:"id" pack:"required" doc:"Reference in the policy's own numbering."`
	Summary  string       `json:"summary" pack:"required" doc:"What it says, in our words."`
	Modality Modality     `json:"modality" pack:"required" doc:"must, should, may or aspire."`
	Owner    string       `json:"owner" pack:"required" doc:"Role that owes it."`
	Coverage CoverageKind `json:"coverage" pack:"required" doc:"encoded, duty, judgement or not_encoded."`
	Where    []string     `json:"where,omitempty" doc:"Elements that carry it beside those that cite it."`
	Why      string       `json:"why,omitempty" doc:"Why it is judgement or not encoded."`
}
