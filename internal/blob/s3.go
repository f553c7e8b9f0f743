// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"io"
	"iter"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// maxPut is the largest object that one request may put, by the protocol.
const maxPut = 5 << 30

// Credentials sign requests to an object store. Session is empty for a lasting
// key.
type Credentials struct{ Key, Secret, Session string }

// S3 is the [Store] in a bucket of an object store that speaks S3: path style,
// signature version 4. An object's name is PREFIX/ab/cdef..., as in a [Folder].
// The signature covers the digest of what is put, so the object store refuses
// bytes that were changed on the way, and has made them durable when it answers.
type S3 struct {
	endpoint *url.URL
	bucket   string
	prefix   string
	region   string
	who      Credentials
	client   *http.Client
	now      func() time.Time
}

// IsS3 tells whether a text is the address of a bucket.
func IsS3(text string) bool { return strings.HasPrefix(text, "s3://") }

// OpenS3 gives the store that an address names:
//
//	s3://BUCKET/PREFIX?endpoint=https://objects.example:9000&region=eu-central-1
//
// Without an endpoint it is Amazon's of that region; without a region
// us-east-1. Nothing is sent yet.
func OpenS3(address string, who Credentials) (*S3, error) {
	bad := func(what string) error {
		return fault.Invalidf("the address of the blob store %s", what).
			Hinted("write it as s3://bucket/prefix?endpoint=https://objects.example&region=eu-central-1; its credentials belong into the environment")
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "s3" || u.Host == "" || strings.Contains(u.Host, ":") {
		return nil, bad("cannot be read")
	}
	if u.User != nil {
		return nil, bad("holds credentials")
	}
	s := &S3{bucket: u.Host, prefix: strings.Trim(u.Path, "/"), region: "us-east-1", who: who, now: time.Now}
	endpoint := ""
	for name, values := range u.Query() {
		switch name {
		case "endpoint":
			endpoint = values[0]
		case "region":
			s.region = values[0]
		default:
			return nil, bad("has the unknown part " + name)
		}
	}
	if endpoint == "" {
		endpoint = "https://s3." + s.region + ".amazonaws.com"
	}
	if s.endpoint, err = url.Parse(endpoint); err != nil || s.endpoint.Host == "" || s.endpoint.User != nil ||
		s.endpoint.Scheme != "http" && s.endpoint.Scheme != "https" {
		return nil, bad("has an endpoint that is none")
	}
	if s.prefix != "" {
		s.prefix += "/"
	}
	if who.Key == "" || who.Secret == "" {
		return nil, fault.New(fault.Unavailable, "the credentials of the blob store are missing").
			Hinted("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = time.Minute
	// A redirect would be answered with a signature for another host.
	s.client = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return s, nil
}

// Put implements [Store]. The content waits in a temporary file until its digest
// is known.
func (s *S3) Put(ctx context.Context, r io.Reader, max int64) (digest string, size int64, err error) {
	f, err := os.CreateTemp("", "holdpoint-blob-*")
	if err != nil {
		return "", 0, fault.New(fault.Unavailable, "no temporary file can be made: %w", err)
	}
	defer func() {
		f.Close()
		os.Remove(f.Name())
	}()
	sum := sha256.New()
	max = min(max, maxPut)
	if size, err = io.Copy(io.MultiWriter(f, sum), io.LimitReader(&patient{ctx, r}, max+1)); err != nil {
		return "", 0, err
	}
	if size > max {
		return "", 0, fault.Invalidf("the content is larger than the limit of %d bytes", max)
	}
	digest = hex.EncodeToString(sum.Sum(nil))
	answer, err := s.send(ctx, request{method: http.MethodPut, name: s.name(digest), body: f, size: size, digest: digest})
	if err != nil {
		return "", 0, fault.New(fault.Unavailable, "blob %s could not be made durable: %w", digest, err)
	}
	return digest, size, answer.Body.Close()
}

// Get implements [Store].
func (s *S3) Get(ctx context.Context, digest string) (io.ReadCloser, int64, error) {
	if err := Check(digest); err != nil {
		return nil, 0, err
	}
	answer, err := s.send(ctx, request{method: http.MethodGet, name: s.name(digest)})
	if absent(err) {
		return nil, 0, fault.NotFoundf("blob %s is not here", digest)
	}
	if err != nil {
		return nil, 0, fault.New(fault.Unavailable, "blob %s cannot be opened: %w", digest, err)
	}
	return &checked{f: answer.Body, sum: sha256.New(), digest: digest}, answer.ContentLength, nil
}

// Has implements [Store].
func (s *S3) Has(ctx context.Context, digest string) (bool, error) {
	if err := Check(digest); err != nil {
		return false, err
	}
	answer, err := s.send(ctx, request{method: http.MethodHead, name: s.name(digest)})
	if absent(err) {
		// An answer to HEAD has no body, so it cannot say that the whole bucket
		// is missing.
		answer, err = s.send(ctx, request{method: http.MethodGet, name: s.name(digest)})
	}
	if absent(err) {
		return false, nil
	}
	if err != nil {
		return false, fault.New(fault.Unavailable, "blob %s cannot be looked up: %w", digest, err)
	}
	return true, answer.Body.Close()
}

// listing is a page of names.
type listing struct {
	Contents []struct{ Key string }
	Next     string `xml:"NextContinuationToken"`
}

// List implements [Store].
func (s *S3) List(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for next := ""; ; {
			page, err := s.page(ctx, next)
			if err != nil {
				yield("", fault.New(fault.Unavailable, "the blob store cannot be listed: %w", err))
				return
			}
			for _, object := range page.Contents {
				digest := strings.Replace(strings.TrimPrefix(object.Key, s.prefix), "/", "", 1)
				if Check(digest) == nil && s.name(digest) == object.Key && !yield(digest, nil) {
					return
				}
			}
			if next = page.Next; next == "" {
				return
			}
		}
	}
}

func (s *S3) page(ctx context.Context, next string) (page listing, err error) {
	q := url.Values{"list-type": {"2"}, "prefix": {s.prefix}}
	if next != "" {
		q.Set("continuation-token", next)
	}
	answer, err := s.send(ctx, request{method: http.MethodGet, query: q})
	if err != nil {
		return page, err
	}
	defer answer.Body.Close()
	return page, xml.NewDecoder(io.LimitReader(answer.Body, 16<<20)).Decode(&page)
}

func (s *S3) name(digest string) string { return s.prefix + digest[:2] + "/" + digest[2:] }

// refusal is an answer that is no success. It holds nothing of the request.
type refusal struct {
	status int
	code   string
}

func (r refusal) Error() string {
	text := "the object store answered " + http.StatusText(r.status)
	if r.code != "" {
		text += " (" + r.code + ")"
	}
	return text
}

// absent tells whether the object is not there. A bucket that is not there is a
// mistake in the address, not an absent blob.
func absent(err error) bool {
	r, ok := errors.AsType[refusal](err)
	return ok && r.status == http.StatusNotFound && r.code != "NoSuchBucket"
}

// again tells whether the same request may succeed a moment later.
func again(err error) bool {
	r, ok := errors.AsType[refusal](err)
	return !ok || r.status >= 500 || r.status == http.StatusTooManyRequests
}
