// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package serve

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/holdpoint/holdpoint/internal/cli"
	"github.com/holdpoint/holdpoint/internal/web"
)

func listening(dir string) cli.Listening {
	return cli.Listening{Dir: dir, Said: func(string) {}}
}

// selfSigned writes a certificate for localhost with a serial number.
func selfSigned(t *testing.T, dir string, serial int64) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	is := &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, is, is, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{key: {Type: "PRIVATE KEY", Bytes: raw}, cert: {Type: "CERTIFICATE", Bytes: der}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	at := time.Now().Add(time.Duration(serial) * time.Second)
	if err := os.Chtimes(cert, at, at); err != nil {
		t.Fatal(err)
	}
	return cert, key
}

// A renewed certificate is used without a restart.
func TestCertificatesAreReadAgain(t *testing.T) {
	dir := t.TempDir()
	c := Defaults()
	c.Listen = free(t)
	c.TLSCert, c.TLSKey = selfSigned(t, dir, 1)
	s, _ := newServer(t, c, Workspace{App: lab(t), Kind: web.Lab})
	stop := running(t, s)
	for serial := int64(1); serial <= 2; serial++ {
		selfSigned(t, dir, serial)
		conn, err := tls.Dial("tcp", c.Listen, &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		if got := conn.ConnectionState().PeerCertificates[0].SerialNumber.Int64(); got != serial {
			t.Errorf("certificate %d, want %d", got, serial)
		}
		conn.Close()
	}
	if err := os.WriteFile(c.TLSCert, []byte("half written"), 0o600); err != nil {
		t.Fatal(err)
	}
	if conn, err := tls.Dial("tcp", c.Listen, &tls.Config{InsecureSkipVerify: true}); err != nil {
		t.Errorf("a file that cannot be read took the server down: %v", err)
	} else {
		conn.Close()
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if _, err := newCertificates(c.TLSCert, c.TLSKey); err == nil {
		t.Error("a server starts with a certificate that cannot be read")
	}
}
