// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package serve is the running server: it ties pages and interface to
// workspaces, and starts and stops them.
//
// It decides nothing about what may run; it listens only when every workspace
// was opened, brought up to date and found sound.
package serve
