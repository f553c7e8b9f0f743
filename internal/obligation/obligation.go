// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package obligation keeps the dated duties of the policy: when each began, by when it is due, when it was done or missed.
package obligation

// State is what there is, as rules and lists need it. The zero value is empty.
type State struct{}
