// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"archive/zip"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/holdpoint/holdpoint/internal/stats"
)

// inspectLog is a made-up evaluation, to be written as an Inspect log: a zip
// with the members and the JSON that Inspect writes on a normal finish
// (_journal/start.json, samples/, _journal/summaries/, summaries.json,
// reductions.json, header.json), stored without compression and with fixed
// times, so that the bytes are the same on every machine. Its tags and metadata
// say that it is simulated.
type inspectLog struct {
	task    string
	model   string // as the log calls it
	scorer  string
	solvers []logSolver
	// begin is when the run began, milliseconds since 1970.
	begin  int64
	epochs int
	items  []logItem
	// graded tells that scores are parts of 1, not C and I.
	graded bool
}

// logItem is one item with its scores, one for each epoch. An item without
// scores ended in an error.
type logItem struct {
	id     string
	scores []stats.Decimal
}

const (
	// logPace is how long each made-up sample took, in milliseconds.
	logPace = 45_000
	// zipEpoch is 1980-01-01 in the date of a zip, the first there is.
	zipEpoch = 1<<5 | 1
)

// passing makes n items of which k pass. Which ones is decided by the hash of
// task and item, so that it is the same on every machine and looks like no
// pattern.
func passing(task string, n, k int) []logItem {
	items := make([]logItem, n)
	for i := range items {
		items[i] = logItem{id: fmt.Sprintf("%s-%03d", task, i+1), scores: []stats.Decimal{"0"}}
	}
	order := slices.Clone(items)
	slices.SortFunc(order, func(a, b logItem) int { return cmp.Compare(hashed(task, a.id), hashed(task, b.id)) })
	pass := map[string]bool{}
	for _, it := range order[:k] {
		pass[it.id] = true
	}
	for i := range items {
		if pass[items[i].id] {
			items[i].scores[0] = "1"
		}
	}
	return items
}

// rated makes n items with a score of quarters, up to three quarters, in each
// of several epochs.
func rated(task string, n, epochs int) []logItem {
	items := make([]logItem, n)
	for i := range items {
		items[i].id = fmt.Sprintf("%s-%03d", task, i+1)
		for e := range epochs {
			quarter := [8]stats.Decimal{"0", "0", "0.25", "0.25", "0.25", "0.25", "0.5", "0.75"}
			h := hashed(task, fmt.Sprint(items[i].id, " ", e+1))
			items[i].scores = append(items[i].scores, quarter[h[0]%8])
		}
	}
	return items
}

func hashed(words ...string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", words))
	return hex.EncodeToString(sum[:])
}

// name is the file name in Inspect's own pattern.
func (l inspectLog) name() string {
	stamp := rfc3339(l.begin)
	stamp = string(bytes.ReplaceAll([]byte(stamp[:len(stamp)-1]+"-00-00"), []byte(":"), []byte("-")))
	return stamp + "_" + l.task + "_" + l.taskID() + ".eval"
}

func (l inspectLog) taskID() string { return shortID("task", l.task, l.model, rfc3339(l.begin)) }

// shortID looks like Inspect's ids: 22 letters and digits.
func shortID(words ...string) string {
	const letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", words))
	id := make([]byte, 22)
	for i := range id {
		id[i] = letters[int(sum[i])%len(letters)]
	}
	return string(id)
}

// encode gives the bytes of the log.
func (l inspectLog) encode() ([]byte, error) {
	var buf bytes.Buffer
	z := zipFile{w: zip.NewWriter(&buf)}
	z.add("_journal/start.json", l.start())
	samples, summaries := l.samples()
	for _, s := range samples {
		z.add(fmt.Sprintf("samples/%s_epoch_%d.json", s.ID, s.Epoch), s)
	}
	z.add("_journal/summaries/1.json", summaries)
	z.add("summaries.json", summaries)
	reduced := l.reduced()
	z.add("reductions.json", l.reductions(reduced))
	header, err := l.header(reduced)
	if err != nil {
		return nil, err
	}
	z.add("header.json", header)
	if z.err == nil {
		z.err = z.w.Close()
	}
	return buf.Bytes(), z.err
}

// zipFile adds members that are stored and have their sizes in front, as a
// seekable writer makes them. After an error it does nothing more.
type zipFile struct {
	w   *zip.Writer
	err error
}

func (z *zipFile) add(name string, v any) {
	if z.err != nil {
		return
	}
	b, err := json.Marshal(v)
	if err != nil {
		z.err = fmt.Errorf("%s: %w", name, err)
		return
	}
	h := &zip.FileHeader{
		Name: name, Method: zip.Store, CRC32: crc32.ChecksumIEEE(b),
		CompressedSize64: uint64(len(b)), UncompressedSize64: uint64(len(b)),
	}
	//lint:ignore SA1019 a raw header takes its date in this form only
	h.ModifiedDate = zipEpoch
	w, err := z.w.CreateRaw(h)
	if err == nil {
		_, err = w.Write(b)
	}
	z.err = err
}

// reduced gives the mean of each item over its epochs, as Inspect's reducer
// "mean" does; errored items are left out.
func (l inspectLog) reduced() []logReduced {
	var all []logReduced
	for _, it := range l.items {
		if len(it.scores) == 0 {
			continue
		}
		sum := 0.0
		for _, s := range it.scores {
			sum += s.Float()
		}
		all = append(all, logReduced{Value: sum / float64(len(it.scores)), SampleID: it.id})
	}
	return all
}

// number writes a figure that says the same on every processor.
func number(x float64) (jsontext.Value, error) {
	d, err := stats.FromFloat(x)
	return jsontext.Value(d), err
}
