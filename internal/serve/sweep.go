// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package serve

import (
	"context"
	"time"

	"github.com/holdpoint/holdpoint/internal/app"
)

// sweep writes down what dates have done, as often as the configuration says,
// until the context ends. A date acts without it, so what fails is logged and
// tried again at the next turn; several servers may do it at once, since what is
// written down already is not written again.
func (s *Server) sweep(ctx context.Context) {
	if s.config.SweepEvery == 0 {
		return
	}
	turn := time.NewTicker(s.config.SweepEvery)
	defer turn.Stop()
	for {
		for _, w := range s.workspaces {
			s.swept(ctx, w)
		}
		select {
		case <-ctx.Done():
			return
		case <-turn.C:
		}
	}
}

func (s *Server) swept(ctx context.Context, w Workspace) {
	if w.App.ReadOnly() != nil || w.App.Refusal() != nil {
		return // nothing can be written here, and readiness says so
	}
	done, err := w.App.Sweep(ctx, app.Who{Actor: app.Operator})
	switch {
	case ctx.Err() != nil:
	case err != nil:
		s.observer.log.Error("a sweep failed; the next one goes on", "base", w.Base, "error", err)
	case len(done) > 0:
		s.observer.log.Info("dates were written down", "base", w.Base, "acts", len(done))
	}
}
