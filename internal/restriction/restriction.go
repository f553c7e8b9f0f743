// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package restriction keeps what follows when something live is held: response
// duties, and restrictions that people decide, carry out and verify.
//
// Closing a gate switches nothing off. What is in use and held opens a response:
// who answers, within which hours. It ends by one recorded act: an interim
// measure, a restriction, a withdrawal, or a new decision that clears the gate.
// [Live] says what is in use and which action it stands for.
//
// A restriction follows from a decision of the policy's signers. The weightier
// kinds place a hold, so that the gate sees them. One named person carries it
// out, another verifies it. Nobody needs any of this to stop something: a hold
// and a withdrawal are acts of their own.
//
// The package asks no gate and decides nothing: package world evaluates, and
// hands over what it found.
package restriction

import (
	"github.com/holdpoint/holdpoint/internal/cow"
)

// State is what there is, as rules and lists need it. The zero value is empty.
type State struct {
	responses cow.Map[string, Response]
	// last holds the id of the newest response by what it is about.
	last cow.Map[string, string]
	// open holds the ids of those that are not answered.
	open   cow.Map[string, bool]
	orders cow.Map[string, Order]
}
