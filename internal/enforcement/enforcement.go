// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package enforcement keeps the places that ask before something runs: enforcement points, their heartbeats, and those that only observe for a while.
package enforcement

// State is what there is, as rules and lists need it. The zero value is empty.
type State struct{}
