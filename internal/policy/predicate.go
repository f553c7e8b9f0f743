// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package policy

// Predicate describes a named condition that packs may use. All predicates
// are three-valued and monotone: losing a fact, adding a challenge or letting
// a date pass never turns one to met.
type Predicate struct {
	Name    string
	Meaning string
	Params  []ParamSpec
}

// ParamSpec describes a parameter; all parameters are required.
type ParamSpec struct {
	Name    string
	Refers  Reference
	Meaning string
}

// Reference says what a parameter's value must name.
type Reference string

// What a parameter's value may be.
const (
	RefText      Reference = "text"
	RefRole      Reference = "role"
	RefDecision  Reference = "decision kind"
	RefCriterion Reference = "criterion"
	RefMonths    Reference = "months"
)

// Catalogue lists every predicate that a pack may name, in order of name. A
// framework that needs another gets a new Go function, not a language.
func Catalogue() []Predicate {
	return []Predicate{
		{"contract_reviewed", "The partner's contract was reviewed by the role and found to carry the same safeguards.",
			[]ParamSpec{{"role", RefRole, "who reviews"}}},
		{"criterion_shown", "The criterion has accepted evidence that is still current.",
			[]ParamSpec{{"criterion", RefCriterion, "which criterion"}}},
		{"decision_in_force", "A decision of the kind about this model is in force.",
			[]ParamSpec{{"kind", RefDecision, "which kind"}}},
		{"notice_acknowledged", "The role acknowledged the notice about this model.",
			[]ParamSpec{{"to", RefRole, "who acknowledges"}}},
		{"office_filled", "The office has a holder or an acting holder today.",
			[]ParamSpec{{"role", RefRole, "which office"}}},
		{"published", "A document of the kind about this model was published.",
			[]ParamSpec{{"kind", RefText, "kind of document"}}},
		{"red_team_passed", "A statement says that a red-team engagement on this way of access passed; statements have no age.",
			[]ParamSpec{{"modality", RefText, "way of access, such as fine_tuning"}}},
		{"review_current", "A review of the kind ended no longer ago than the months given.",
			[]ParamSpec{{"kind", RefText, "kind of review"}, {"months", RefMonths, "calendar months"}}},
		{"third_party_documented", "The third party's environment is documented for every criterion that applies.", nil},
	}
}

func predicate(name string) (Predicate, bool) {
	for _, p := range Catalogue() {
		if p.Name == name {
			return p, true
		}
	}
	return Predicate{}, false
}
