// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package fault is Holdpoint's error: a kind for machines, a sentence for
// people, and a hint that says what to do next.
//
// A fault is made at the point of knowledge, where somebody can still say what
// was wrong and where; callers above add context with [Wrap] and change
// nothing else. An error that is not a fault is an internal one: its text is
// for logs, and a person sees "Internal error".
//
// The package does not log, does not print and knows no domain words.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Kind tells a machine what sort of refusal this is. Faces map kinds to exit
// codes and HTTP statuses in one place.
type Kind string

const (
	// Invalid: the input is wrong; sending it again unchanged cannot help.
	Invalid Kind = "invalid"
	// Usage: the command line or request is not one we know.
	Usage Kind = "usage"
	// NotFound: what was named does not exist here.
	NotFound Kind = "not_found"
	// Conflict: the world is not in the state the act needs.
	Conflict Kind = "conflict"
	// Forbidden: this actor may not do this.
	Forbidden Kind = "forbidden"
	// Corrupt: stored or received bytes do not check out.
	Corrupt Kind = "corrupt"
	// Unsupported: a newer release or another build is needed.
	Unsupported Kind = "unsupported"
	// Unavailable: trying again later can help.
	Unavailable Kind = "unavailable"
	// Internal: our own mistake; the cause is for the log.
	Internal Kind = "internal"
)

// Error is a fault. Message is one sentence for a person, without a final
// stop; Where names a position (file:line:column, an entry, a member); Hint
// says what to do next. Where and Hint may be empty.
type Error struct {
	Kind    Kind
	Message string
	Where   string
	Hint    string
	cause   error
}

// New makes a fault of a kind with a formatted sentence. A %w verb keeps the
// cause in the chain.
func New(kind Kind, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Kind: kind, Message: err.Error(), cause: errors.Unwrap(err)}
}

// Invalidf, NotFoundf and the others below are New with the kind spelled out.
func Invalidf(format string, args ...any) *Error   { return New(Invalid, format, args...) }
func Usagef(format string, args ...any) *Error     { return New(Usage, format, args...) }
func NotFoundf(format string, args ...any) *Error  { return New(NotFound, format, args...) }
func Conflictf(format string, args ...any) *Error  { return New(Conflict, format, args...) }
func Forbiddenf(format string, args ...any) *Error { return New(Forbidden, format, args...) }
func Corruptf(format string, args ...any) *Error   { return New(Corrupt, format, args...) }
func Unsupportedf(format string, args ...any) *Error {
	return New(Unsupported, format, args...)
}

// At returns a copy of the fault with its position.
func (e *Error) At(format string, args ...any) *Error {
	c := *e
	c.Where = fmt.Sprintf(format, args...)
	return &c
}

// Hinted returns a copy of the fault that says what to do next.
func (e *Error) Hinted(format string, args ...any) *Error {
	c := *e
	c.Hint = fmt.Sprintf(format, args...)
	return &c
}

// Error is "where: message". The hint is not part of it: faces print it on a
// line of its own.
func (e *Error) Error() string {
	if e.Where == "" {
		return e.Message
	}
	return e.Where + ": " + e.Message
}

// Unwrap gives the cause, if one was kept.
func (e *Error) Unwrap() error { return e.cause }

// Wrap adds context in front of *errp when it holds an error; it is meant to
// be deferred as a function's first line:
//
//	defer fault.Wrap(&err, "import %s", name)
//
// The kind, position and hint of a fault stay reachable.
func Wrap(errp *error, format string, args ...any) {
	if *errp != nil {
		*errp = fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), *errp)
	}
}

// KindOf gives the kind of the first fault in err's chain, Internal when there
// is none, and "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	if f, ok := errors.AsType[*Error](err); ok {
		return f.Kind
	}
	return Internal
}

// HintOf gives the hint of the first fault in err's chain that has one.
func HintOf(err error) string {
	for err != nil {
		f, ok := errors.AsType[*Error](err)
		if !ok {
			return ""
		}
		if f.Hint != "" {
			return f.Hint
		}
		err = f.cause
	}
	return ""
}

// List is several faults found in one pass, such as all problems of a file.
type List []*Error

// Error lists every fault, one on a line.
func (l List) Error() string {
	lines := make([]string, len(l))
	for i, e := range l {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.Is and errors.As look at each fault.
func (l List) Unwrap() []error {
	errs := make([]error, len(l))
	for i, e := range l {
		errs[i] = e
	}
	return errs
}

// Err gives the list as an error, or nil when it is empty.
func (l List) Err() error {
	if len(l) == 0 {
		return nil
	}
	return l
}
