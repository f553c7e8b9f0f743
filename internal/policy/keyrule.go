// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
)

var aaguidForm = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// keys holds a role's rule about keys to what keys can be: a rule that asks for
// nothing, or that an allowed kind can never meet, is a slip.
func (c *checker) keys(k KeyRule, ptr string) {
	if len(k.Kinds)+len(k.AAGUIDs)+len(k.Roots) == 0 && !k.Hardware && !k.Attested {
		c.bad(ptr, "say kinds, hardware or attested, or leave keys out", "a rule about keys that asks for nothing")
	}
	for i, kind := range k.Kinds {
		at := fmt.Sprintf("%s/kinds/%d", ptr, i)
		switch {
		case slices.Contains(k.Kinds[:i], kind):
			c.bad(at, "name it once", "the kind %s is listed twice", kind)
		case k.Hardware && kind == KeyEd25519:
			c.bad(at, "leave it out of kinds", "an ed25519 key is a file and cannot be hardware")
		case k.Attested && kind != KeyPasskey:
			c.bad(at, "leave it out of kinds", "only a passkey can be attested, not a key of the kind %s", kind)
		}
	}
	if len(k.AAGUIDs)+len(k.Roots) > 0 && !k.Attested {
		c.bad(ptr, "add attested: true", "without attestation the make of a key is whatever the browser says")
	}
	c.makes(k, ptr)
}

func (c *checker) makes(k KeyRule, ptr string) {
	for i, a := range k.AAGUIDs {
		if at := fmt.Sprintf("%s/aaguids/%d", ptr, i); !aaguidForm.MatchString(a) {
			c.bad(at, "32 lower-case hexadecimal digits in groups of 8, 4, 4, 4 and 12", "%q is not an AAGUID", a)
		} else if slices.Contains(k.AAGUIDs[:i], a) {
			c.bad(at, "name it once", "%q is listed twice", a)
		}
	}
	for i, r := range k.Roots {
		der, err := base64.StdEncoding.Strict().DecodeString(r)
		if err == nil {
			_, err = x509.ParseCertificate(der)
		}
		if err != nil {
			c.bad(fmt.Sprintf("%s/roots/%d", ptr, i), "the base64 of a certificate in DER, on one line", "root %d is not a certificate", i+1)
		}
	}
}

// RootsDER gives the roots as bytes.
func (k KeyRule) RootsDER() [][]byte {
	var all [][]byte
	for _, r := range k.Roots {
		// A pack whose roots cannot be read is refused before it is adopted; one
		// that stands for nothing lets nobody in.
		der, _ := base64.StdEncoding.DecodeString(r)
		all = append(all, der)
	}
	return all
}

// keys compares what a role's keys must be. Fewer allowed kinds, makes and roots
// ask for more, and no list at all asks for nothing.
func (d *differ) keys(a, b Role) {
	var was, is KeyRule
	if a.Keys != nil {
		was = *a.Keys
	}
	if b.Keys != nil {
		is = *b.Keys
	}
	if was.Hardware != is.Hardware {
		d.stricter(is.Hardware, b.Element, "%s: must sign with a key that stays in one piece of hardware: %s", b.ID, yes(is.Hardware))
	}
	if was.Attested != is.Attested {
		d.stricter(is.Attested, b.Element, "%s: must sign with a passkey that its maker attests: %s", b.ID, yes(is.Attested))
	}
	allowed(d, b, "kinds of key", was.Kinds, is.Kinds)
	allowed(d, b, "makes of authenticator", was.AAGUIDs, is.AAGUIDs)
	allowed(d, b, "root certificates", short(was.Roots), short(is.Roots))
}

func allowed[T ~string](d *differ, b Role, what string, was, is []T) {
	lost, gained := lists(was, is)
	switch {
	case len(lost)+len(gained) == 0:
	case len(was) == 0:
		d.say(Tightening, b.Element, "%s: signs with these %s only: %s", b.ID, what, among(gained))
	case len(is) == 0:
		d.say(Loosening, b.Element, "%s: no longer signs with certain %s only: any will do", b.ID, what)
	default:
		if len(gained) > 0 {
			d.say(Loosening, b.Element, "%s: may also sign with these %s: %s", b.ID, what, among(gained))
		}
		if len(lost) > 0 {
			d.say(Tightening, b.Element, "%s: no longer signs with these %s: %s", b.ID, what, among(lost))
		}
	}
}

// short names certificates by the SHA-256 of their text, for a sentence.
func short(roots []string) []string {
	var all []string
	for _, r := range roots {
		all = append(all, fmt.Sprintf("%x", sha256.Sum256([]byte(r)))[:16])
	}
	return all
}
