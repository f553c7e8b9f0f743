// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"reflect"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// Act is a row of the table of acts: a verb with the type of its arguments. Who
// has only bytes, such as a face that listens, acts through it.
type Act struct {
	// Verb is "noun.verb", as in the table of rights.
	Verb string
	// In is the type of the arguments. A member that has no name in JSON of its
	// own is called as its field, in any spelling of case and underscores.
	In reflect.Type

	do func(ctx context.Context, a *App, who Who, args []byte) (Done, error)
}

// Do reads the arguments and acts. A member that the arguments do not have is
// refused: what somebody meant would silently not be done.
func (x Act) Do(ctx context.Context, a *App, who Who, args []byte) (Done, error) {
	return x.do(ctx, a, who, args)
}

// Acts lists every act, in the order of the verbs. Clearances are issued by
// [App.Issue] and [App.Renew], which give a file.
func Acts() []Act {
	all := slices.Concat(peopleActs(), modelActs(), assessmentActs(), safeguardActs(), decisionActs(), gateActs(), dutyActs())
	slices.SortFunc(all, func(x, y Act) int { return strings.Compare(x.Verb, y.Verb) })
	return all
}

// FindAct finds an act by its verb.
func FindAct(verb string) (Act, error) {
	all := Acts()
	i := slices.IndexFunc(all, func(x Act) bool { return x.Verb == verb })
	if i < 0 {
		return Act{}, fault.NotFoundf("there is no act %.80q", verb).Hinted("the document of the interface lists them, as noun.verb")
	}
	return all[i], nil
}

// act makes a row of a function that makes an intent.
func act[In any](verb string, intent func(In) Intent) Act {
	return tried(verb, func(in In) (Intent, error) { return intent(in), nil })
}

// tried makes a row where arguments may make no intent.
func tried[In any](verb string, intent func(In) (Intent, error)) Act {
	return prepared(verb, func(ctx context.Context, a *App, who Who, in In) (Done, error) {
		made, err := intent(in)
		if err != nil {
			return Done{}, err
		}
		return a.Do(ctx, who, made)
	})
}

// prepared makes a row where something is read before the act.
func prepared[In any](verb string, do func(context.Context, *App, Who, In) (Done, error)) Act {
	return Act{Verb: verb, In: reflect.TypeFor[In](), do: func(ctx context.Context, a *App, who Who, args []byte) (Done, error) {
		var in In
		if err := readArgs(verb, args, &in); err != nil {
			return Done{}, err
		}
		return do(ctx, a, who, in)
	}}
}

func readArgs(verb string, args []byte, in any) error {
	err := json.Unmarshal(args, in, json.RejectUnknownMembers(true), json.MatchCaseInsensitiveNames(true))
	if err == nil {
		return nil
	}
	if s, ok := semantic(err); ok {
		err = s
	}
	return fault.Invalidf("the arguments of %s cannot be read: %w", verb, err).
		Hinted("the document of the interface says which members there are")
}

// semantic leaves the names of Go's types out of what a reader is told.
func semantic(err error) (error, bool) {
	s, ok := err.(*json.SemanticError)
	if !ok {
		return nil, false
	}
	where := string(s.JSONPointer)
	if where == "" {
		where = "/"
	}
	if s.Err != nil {
		return fault.Invalidf("%v at %s", s.Err, where), true
	}
	return fault.Invalidf("a JSON %s does not belong at %s", s.JSONKind, where), true
}
