// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package api is the JSON interface of Holdpoint, /api/v1: every read and every
// act, described by OpenAPI 3.1.
//
// It decides nothing: reads answer from one moment of the journal and acts are
// intents of package app. Errors are problems as RFC 9457 has them.
package api
