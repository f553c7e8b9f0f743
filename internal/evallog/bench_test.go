// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package evallog

import (
	"archive/zip"
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
)

// benchSamples is how many samples the benchmarked log has. With
// HOLDPOINT_BENCH_SAMPLES=20000 it is the log of the design's figures: about
// 560 MB of JSON.
func benchSamples(b *testing.B) int {
	n, err := strconv.Atoi(os.Getenv("HOLDPOINT_BENCH_SAMPLES"))
	if err != nil {
		return 2000
	}
	return n
}

// writeLog writes a log in the Inspect layout with samples of about 28 KB, as
// a multi-turn task leaves them, and gives the bytes of JSON in it.
func writeLog(b *testing.B, path string, samples int) int64 {
	b.Helper()
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	buf := bufio.NewWriter(f)
	z := zip.NewWriter(buf)
	z.RegisterCompressor(zstdMethod, zstd.ZipCompressor(zstd.WithEncoderConcurrency(1)))
	raw := int64(0)
	add := func(m member) {
		raw += int64(len(m.body))
		w, err := z.CreateHeader(&zip.FileHeader{Name: m.name, Method: zstdMethod})
		if err == nil {
			_, err = w.Write([]byte(m.body))
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	var summaries strings.Builder
	add(start())
	for i := range samples {
		add(benchSample(rng, i))
		fmt.Fprintf(&summaries, `,{"id":%d,"epoch":1,"input":"%s","target":"t","metadata":{},"scores":{"match":{"value":"C"}},"model_usage":{},"completed":true}`, i, words(rng, 40))
	}
	add(member{summariesMember, "[" + summaries.String()[1:] + "]"})
	add(header(samples, "0.5", ""))
	if err := z.Close(); err != nil {
		b.Fatal(err)
	}
	if err := buf.Flush(); err != nil {
		b.Fatal(err)
	}
	return raw
}

func benchSample(rng *rand.Rand, id int) member {
	var s strings.Builder
	for i := range 24 {
		fmt.Fprintf(&s, `,{"id":"m%d","role":"assistant","content":"%s","tool_calls":[{"id":"c%d","function":"bash","arguments":{"cmd":"ls -la \"%d\"\n"}}],"timestamp":"2026-01-02T03:04:05Z","working_start":%f}`,
			i, words(rng, 150), rng.Uint32(), rng.Uint32(), rng.Float64())
	}
	value := []string{`"C"`, `"I"`}[rng.IntN(2)]
	return member{fmt.Sprintf("samples/%d_epoch_1.json", id), fmt.Sprintf(
		`{"id":%d,"epoch":1,"input":"q","target":"t","messages":[%s],"scores":{"match":{"value":%s,"answer":"a","history":[]}},"metadata":{},"store":{},"error_retries":[],"attachments":{}}`,
		id, s.String()[1:], value)}
}

var vocabulary = strings.Fields(`the of and to in is that model answer run test file error output value first then check with \"quoted\" line\nbreak path/to tool call result`)

func words(rng *rand.Rand, n int) string {
	out := make([]string, n)
	for i := range out {
		if out[i] = vocabulary[rng.IntN(len(vocabulary))]; i%5 == 0 {
			out[i] = strconv.Itoa(int(rng.Uint32()))
		}
	}
	return strings.Join(out, " ")
}

// BenchmarkReadInspect is the design's row "import of a 20,000-sample, 560 MB
// Inspect log": header with summaries, and the full pass.
func BenchmarkReadInspect(b *testing.B) {
	n := benchSamples(b)
	path := filepath.Join(b.TempDir(), "bench.eval")
	raw := writeLog(b, path, n)
	for _, pass := range []struct {
		name string
		read func(string, *os.File, int64) (Run, error)
	}{
		{"header", func(p string, f *os.File, size int64) (Run, error) { return ReadHeader(p, f, size, Options{}) }},
		{"full", func(p string, f *os.File, size int64) (Run, error) { return Read(p, f, size, Options{}) }},
	} {
		b.Run(pass.name, func(b *testing.B) {
			f, err := os.Open(path)
			if err != nil {
				b.Fatal(err)
			}
			defer f.Close()
			info, err := f.Stat()
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			peak := heapPeak(b)
			for b.Loop() {
				r, err := pass.read(path, f, info.Size())
				if err != nil || r.Counts.Present != n {
					b.Fatal(r.Counts, err)
				}
			}
			perRun := b.Elapsed().Seconds() / float64(b.N)
			b.ReportMetric(float64(n)/perRun, "samples/s")
			b.ReportMetric(float64(raw)/1e6, "raw-MB")
			b.ReportMetric(peak(), "peak-MB")
		})
	}
}

// heapPeak watches how much memory is taken from the system for the heap.
func heapPeak(b *testing.B) func() float64 {
	b.Helper()
	runtime.GC()
	var most atomic.Uint64
	done := make(chan struct{})
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most.Store(max(most.Load(), m.HeapInuse+m.StackInuse))
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	return func() float64 {
		close(done)
		<-stopped
		return float64(most.Load()) / 1e6
	}
}
