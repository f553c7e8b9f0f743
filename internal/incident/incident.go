// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package incident keeps incidents and jailbreaks: when it occurred, was detected, known, determined and reported, how fast it was mended, and what was learned.
package incident

// State is what there is, as rules and lists need it. The zero value is empty.
type State struct{}
