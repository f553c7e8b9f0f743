// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import "testing"

func TestRounded(t *testing.T) {
	for in, want := range map[string]string{
		"the bounds 0.146929369 to 0.340481584": "the bounds 0.147 to 0.340",
		"0.29996 is below 0.3":                  "0.29996 is below 0.3",
		"0.300041 is above 0.3":                 "0.30004 is above 0.3",
		"0.1304 of anthropic-rsp@2.2":           "0.130 of anthropic-rsp@2.2",
		"0.349970158 and 0.35":                  "0.34997 and 0.35",
		"12.5, 3":                               "12.5, 3",
	} {
		if got := rounded(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}
