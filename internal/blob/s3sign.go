// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"
)

// request is one call of the object store; the bucket itself where name is
// empty.
type request struct {
	method string
	name   string
	query  url.Values
	// body has size bytes with this digest; nil for none.
	body   *os.File
	size   int64
	digest string
}

// tries is how often a request is sent before its error counts: each of them
// may be repeated without harm.
const tries = 3

// send sends a request until it succeeds, is refused for good, or was tried
// often enough.
func (s *S3) send(ctx context.Context, r request) (*http.Response, error) {
	for try := 1; ; try++ {
		answer, err := s.once(ctx, r)
		if err == nil || try == tries || !again(err) || ctx.Err() != nil {
			return answer, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(time.Duration(try) * 200 * time.Millisecond):
		}
	}
}

func (s *S3) once(ctx context.Context, r request) (*http.Response, error) {
	u := *s.endpoint
	u.Path = strings.TrimSuffix(u.Path, "/") + "/" + s.bucket
	if r.name != "" {
		u.Path += "/" + r.name
	}
	u.RawPath, u.RawQuery = escape(u.Path, true), query(r.query)
	var body io.Reader
	if r.body != nil {
		body = io.NewSectionReader(r.body, 0, r.size)
	}
	req, err := http.NewRequestWithContext(ctx, r.method, u.String(), body)
	if err != nil {
		return nil, err
	}
	if r.digest == "" {
		empty := sha256.Sum256(nil)
		r.digest = hex.EncodeToString(empty[:])
	}
	if r.body != nil {
		req.ContentLength = r.size
	}
	s.sign(req, r.digest)
	answer, err := s.client.Do(req)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode/100 == 2 {
		return answer, nil
	}
	defer answer.Body.Close()
	var said struct{ Code string }
	_ = xml.NewDecoder(io.LimitReader(answer.Body, 1<<16)).Decode(&said)
	return nil, refusal{answer.StatusCode, said.Code}
}

// sign adds AWS signature version 4 over the method, the address, the host, the
// time and the digest of the body.
func (s *S3) sign(req *http.Request, digest string) {
	at := s.now().UTC()
	day, moment := at.Format("20060102"), at.Format("20060102T150405Z")
	req.Header.Set("X-Amz-Date", moment)
	req.Header.Set("X-Amz-Content-Sha256", digest)
	if s.who.Session != "" {
		req.Header.Set("X-Amz-Security-Token", s.who.Session)
	}
	headers := map[string]string{"host": req.URL.Host}
	for name := range req.Header {
		if lower := strings.ToLower(name); strings.HasPrefix(lower, "x-amz-") {
			headers[lower] = req.Header.Get(name)
		}
	}
	var names []string
	for name := range headers {
		names = append(names, name)
	}
	slices.Sort(names)
	lines := ""
	for _, name := range names {
		lines += name + ":" + headers[name] + "\n"
	}
	signed := strings.Join(names, ";")
	canonical := strings.Join([]string{req.Method, req.URL.EscapedPath(), req.URL.RawQuery, lines, signed, digest}, "\n")
	sum := sha256.Sum256([]byte(canonical))
	scope := day + "/" + s.region + "/s3/aws4_request"
	key := []byte("AWS4" + s.who.Secret)
	for _, part := range []string{day, s.region, "s3", "aws4_request"} {
		key = mac(key, part)
	}
	signature := mac(key, "AWS4-HMAC-SHA256\n"+moment+"\n"+scope+"\n"+hex.EncodeToString(sum[:]))
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+s.who.Key+"/"+scope+
		", SignedHeaders="+signed+", Signature="+hex.EncodeToString(signature))
}

func mac(key []byte, text string) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(text))
	return m.Sum(nil)
}

// query spells parameters as they are signed: sorted, each escaped.
func query(values url.Values) string {
	var parts []string
	for name := range values {
		parts = append(parts, escape(name, false)+"="+escape(values.Get(name), false))
	}
	slices.Sort(parts)
	return strings.Join(parts, "&")
}

// escape is the escaping of signature version 4: everything but letters, digits
// and -._~ , and in a path the slash.
func escape(text string, path bool) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(text) {
		plain := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0
		if plain || path && c == '/' {
			b.WriteByte(c)
			continue
		}
		b.WriteString("%" + string(digits[c>>4]) + string(digits[c&15]))
	}
	return b.String()
}
