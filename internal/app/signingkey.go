// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// SigningKey names the key of a signature that was made elsewhere: an armored SSH
// signature names it itself, any other is of the person's only ed25519 key.
func SigningKey(s access.State, person, signature string) (string, error) {
	if sig, err := sshsig.Unarmor([]byte(signature)); err == nil {
		return ssh.FingerprintSHA256(sig.PublicKey), nil
	}
	var id string
	n := 0
	for _, k := range s.ActiveKeys(person) {
		if k.Algorithm == access.Ed25519 {
			id = k.ID
			n++
		}
	}
	if n != 1 {
		return "", fault.Invalidf("this signature does not say which of %d ed25519 keys of %s made it", n, person).
			Hinted("an SSH signature names its key itself: ssh-keygen -Y sign -n holdpoint")
	}
	return id, nil
}
