// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package client talks to a Holdpoint server over its JSON interface.
package client
