// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package policy

import "slices"

// maxCircles bounds how many circles are given.
const maxCircles = 20

// circles gives paths that lead back to their first member, each beginning at
// the member that stands first in ids. Up to [maxCircles], every circle shares
// a member with one that is given, and the time is linear in members and links.
func circles(ids []string, next map[string][]string) [][]string {
	w := rounds{next: next, place: map[string]int{}, on: map[string]int{}, done: map[string]bool{}}
	for i, id := range slices.Backward(ids) {
		w.place[id] = i
	}
	for _, id := range ids {
		w.visit(id)
	}
	return w.found
}

// rounds is one walk along the links, depth first.
type rounds struct {
	next  map[string][]string
	place map[string]int // of a member in the file
	path  []string
	on    map[string]int // where a member stands on the path, from 1
	done  map[string]bool
	found [][]string
}

func (w *rounds) visit(id string) {
	if w.done[id] {
		return
	}
	w.path = append(w.path, id)
	w.on[id] = len(w.path)
	for _, n := range w.next[id] {
		switch at := w.on[n]; {
		case at > 0 && len(w.found) < maxCircles:
			w.found = append(w.found, w.turned(slices.Clone(w.path[at-1:])))
		case at == 0:
			w.visit(n)
		}
	}
	w.path = w.path[:len(w.path)-1]
	w.on[id], w.done[id] = 0, true
}

// turned lets a circle begin with the member that comes first in the file.
func (w *rounds) turned(path []string) []string {
	first := 0
	for i, id := range path {
		if w.place[id] < w.place[path[first]] {
			first = i
		}
	}
	return append(path[first:len(path):len(path)], path[:first]...)
}
