// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package serve

import (
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// Config is everything that can be set about a server. Each member is read from
// the file named by --config, then from the environment, then from flags; the
// last one counts. "holdpoint config" prints all of it with these comments.
type Config struct {
	// Listen is the address to listen on. Only this machine can reach 127.0.0.1;
	// what others can reach needs TLS, here or in a proxy.
	Listen string `yaml:"listen" env:"HOLDPOINT_LISTEN"`
	// Origin is the address that browsers use, such as https://holdpoint.lab.example.
	// Passkeys are bound to its host: changing it later orphans them. Empty means
	// http://localhost with the port listened on.
	Origin string `yaml:"origin" env:"HOLDPOINT_ORIGIN"`
	// TLSCert and TLSKey are PEM files; both or neither. They are read again when
	// the file of the certificate has changed.
	TLSCert string `yaml:"tls_cert" env:"HOLDPOINT_TLS_CERT"`
	TLSKey  string `yaml:"tls_key" env:"HOLDPOINT_TLS_KEY"`
	// Proxied says that a proxy in front does TLS. Without it, a server that others
	// can reach and that has no TLS files does not start.
	Proxied bool `yaml:"proxied" env:"HOLDPOINT_PROXIED"`
	// Metrics is a second address for /metrics, such as 127.0.0.1:8421. Empty means
	// none: counts of what waits and what is held are nobody's business.
	Metrics string `yaml:"metrics" env:"HOLDPOINT_METRICS"`
	// SweepEvery is how often the server writes down what dates have done. Dates act
	// without it; it only records that they did. 0 turns it off.
	SweepEvery time.Duration `yaml:"sweep_every" env:"HOLDPOINT_SWEEP_EVERY"`
	// StopWithin is how long requests may take to end when the server stops.
	StopWithin time.Duration `yaml:"stop_within" env:"HOLDPOINT_STOP_WITHIN"`
	// OIDCIssuer, OIDCClient and OIDCSecret are for sign-in with the company's
	// accounts; all or none. The secret is better put into the environment.
	OIDCIssuer string `yaml:"oidc_issuer" env:"HOLDPOINT_OIDC_ISSUER"`
	OIDCClient string `yaml:"oidc_client" env:"HOLDPOINT_OIDC_CLIENT"`
	OIDCSecret string `yaml:"oidc_secret" env:"HOLDPOINT_OIDC_SECRET" secret:"true"`
	// LogJSON writes the log as one JSON object a line instead of as text.
	LogJSON bool `yaml:"log_json" env:"HOLDPOINT_LOG_JSON"`
}

// Defaults is a server for one person on one machine.
func Defaults() Config {
	return Config{Listen: "127.0.0.1:8420", SweepEvery: 5 * time.Minute, StopWithin: 10 * time.Second}
}

// Check tells everything that is wrong with a configuration, at once.
func (c Config) Check() error {
	var all fault.List
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil || port == "" {
		all = append(all, fault.Invalidf("listen: %q is not an address", c.Listen).Hinted("write HOST:PORT, such as 127.0.0.1:8420"))
	} else if !loopback(host) && c.TLSCert == "" && !c.Proxied {
		all = append(all, fault.Invalidf("listen: others can reach %s, and what they send would not be encrypted", c.Listen).
			Hinted("set tls_cert and tls_key, or proxied where a proxy does TLS, or listen on 127.0.0.1"))
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		all = append(all, fault.Invalidf("tls_cert and tls_key: one is set without the other").Hinted("set both, or neither"))
	}
	if u, err := url.Parse(c.Origin); c.Origin != "" && (err != nil || u.Host == "" || u.Scheme != "https" && !loopback(u.Hostname()) || strings.Trim(u.Path, "/") != "" || u.RawQuery != "") {
		all = append(all, fault.Invalidf("origin: %q is not the address of a server", c.Origin).Hinted("write https://HOST, without a path; http only for this machine"))
	}
	if set := btoi(c.OIDCIssuer != "") + btoi(c.OIDCClient != ""); set == 1 || c.OIDCSecret != "" && set == 0 {
		all = append(all, fault.Invalidf("oidc_issuer and oidc_client: one is set without the other").Hinted("set both, or neither; oidc_secret goes with them"))
	}
	if c.SweepEvery < 0 || c.SweepEvery > 0 && c.SweepEvery < time.Second {
		all = append(all, fault.Invalidf("sweep_every: %s is too often", c.SweepEvery).Hinted("write 1s or more, or 0 for never"))
	}
	return all.Err()
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// origin is the address that browsers use.
func (c Config) origin() string {
	if c.Origin != "" {
		return strings.TrimRight(c.Origin, "/")
	}
	scheme := "http"
	if c.TLSCert != "" {
		scheme = "https"
	}
	_, port, _ := net.SplitHostPort(c.Listen)
	return scheme + "://localhost:" + port
}

// rpID is the host that passkeys are bound to.
func (c Config) rpID() string {
	u, err := url.Parse(c.origin())
	if err != nil {
		return ""
	}
	return u.Hostname()
}
