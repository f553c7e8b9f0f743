// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package notice keeps what somebody must be told: the outbox, and who acknowledged what.
package notice

// State is what there is, as rules and lists need it. The zero value is empty.
type State struct{}
