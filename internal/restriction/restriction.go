// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package restriction keeps what follows when something live is held: response duties, and restrictions that people decide, carry out and verify.
package restriction

// State is what there is, as rules and lists need it. The zero value is empty.
type State struct{}
