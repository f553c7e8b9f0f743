// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web

// routes is every address of a site, on one page.
func (s *Site) routes() []route {
	var all []route
	for _, group := range [][]route{
		nowRoutes(),
		deskRoutes(), boardRoutes(),
		holdRoutes(), modelRoutes(), gateRoutes(), exceptionRoutes(), searchRoutes(),
		assessmentRoutes(), evidenceRoutes(), safeguardRoutes(), decisionRoutes(), policyRoutes(),
		dutyRoutes(), peopleRoutes(), passkeyRoutes(), journalRoutes(), s.signInRoutes(),
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
