// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package chart draws SVG: interval plots, timelines and curves.
//
// The same input gives the same bytes. A drawing carries classes and no styles,
// reads without colour, has a title and a description, and never stands without
// its numbers beside it. The package computes no statistics.
package chart
