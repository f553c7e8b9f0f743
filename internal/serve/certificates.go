// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package serve

import (
	"crypto/tls"
	"os"
	"sync"
	"time"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// certificates gives the server's certificate, and reads it again when its file
// has changed: a renewed certificate needs no restart. A new one that cannot be
// read leaves the old one in use.
type certificates struct {
	cert, key string

	mu      sync.Mutex
	now     *tls.Certificate
	changed time.Time
}

func newCertificates(cert, key string) (*certificates, error) {
	c := &certificates{cert: cert, key: key}
	if err := c.read(); err != nil {
		return nil, fault.New(fault.Invalid, "the TLS files cannot be used: %w", err).Hinted("tls_cert and tls_key are PEM files that belong together")
	}
	return c, nil
}

func (c *certificates) read() error {
	info, err := os.Stat(c.cert)
	if err != nil {
		return err
	}
	if c.now != nil && info.ModTime().Equal(c.changed) {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return err
	}
	c.now, c.changed = &pair, info.ModTime()
	return nil
}

func (c *certificates) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.read(); err != nil && c.now == nil {
		return nil, err
	}
	return c.now, nil
}
