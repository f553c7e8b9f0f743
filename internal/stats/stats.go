// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package stats computes the numbers a threshold decision rests on.
package stats

// Warning is a weakness of a result that must travel with it. Code is stable
// and for machines, Text is one sentence for a person.
type Warning struct {
	Code string `json:"code"`
	Text string `json:"text"`
}
