// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package stats

import (
	"math/big"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// PassAtK gives the unbiased estimate that at least one of k attempts
// succeeds, from successes among n attempts at one item:
// 1 - C(n-c, k)/C(n, k). With fewer than k attempts it is undefined, which is
// an error and never 1. (Chen et al., arXiv 2107.03374, section 2.1.)
func PassAtK(successes, n, k int) (*big.Rat, error) {
	if err := attemptsInput(successes, n, k); err != nil {
		return nil, err
	}
	miss := new(big.Rat).SetFrac(choose(n-successes, k), choose(n, k))
	return miss.Sub(big.NewRat(1, 1), miss), nil
}

// PassAllK gives the unbiased estimate that all of k attempts succeed:
// C(c, k)/C(n, k).
func PassAllK(successes, n, k int) (*big.Rat, error) {
	if err := attemptsInput(successes, n, k); err != nil {
		return nil, err
	}
	return new(big.Rat).SetFrac(choose(successes, k), choose(n, k)), nil
}

// maxAttempts keeps exact binomial coefficients cheap.
const maxAttempts = 10_000

func attemptsInput(successes, n, k int) error {
	switch {
	case n < 0 || n > maxAttempts || successes < 0 || successes > n || k < 1:
		return fault.Invalidf("%d successes of %d attempts with k=%d is not a count", successes, n, k)
	case n < k:
		return fault.Invalidf("pass@%d is not defined for %d attempts", k, n).
			Hinted("run at least %d attempts of every item", k)
	}
	return nil
}

func choose(n, k int) *big.Int { return new(big.Int).Binomial(int64(n), int64(k)) }
