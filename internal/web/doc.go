// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package web is the pages of Holdpoint: documents made on the server, each of
// which answers one question and links every claim to the entry that proves it.
//
// Pages decide nothing and keep nothing: they read one moment of the journal and
// send intents through package app. Everything works without JavaScript but the
// signing with a passkey.
package web
