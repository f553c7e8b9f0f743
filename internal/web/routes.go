// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web

// routes is every address of a site, on one page.
func (s *Site) routes() []route {
	var all []route
	for _, group := range [][]route{
		nowRoutes(),
		holdRoutes(),
		peopleRoutes(),
		boardRoutes(),
		dutyRoutes(),
		deskRoutes(),
		decisionRoutes(),
		journalRoutes(),
	} {
		all = append(all, group...)
	}
	return all
}

// nowRoutes are the pages about the present.
func nowRoutes() []route {
	return []route{
		{"GET", "/{$}", standingPage},
	}
}
