// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Command holdpoint holds every training run, weight release and deployment
// whose safeguards are not shown to be in force. Run holdpoint --help.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/holdpoint/holdpoint/internal/cli"
	"github.com/holdpoint/holdpoint/internal/serve"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, serve.Door{})
	stop()
	os.Exit(code)
}
