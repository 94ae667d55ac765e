package domain

import (
	"bytes"
	"fmt"
	"testing"
	"time"
)

// A group of so many lines, from a snapshot; from its events, as they stand in one, folded again; and folded alone.
func BenchmarkSnapshot(b *testing.B) {
	for _, lines := range []int{10_000, 100_000, 1_000_000} {
		g, _ := load(lines, 100)
		written, err := g.AppendSnapshot(nil)
		if err != nil {
			b.Fatal(err)
		}
		var out bytes.Buffer
		acts := newWriter(&out)
		list(acts, &g.events, (*scribe).saying)
		if err := acts.end(); err != nil {
			b.Fatal(err)
		}
		events := out.Bytes()
		b.Run(fmt.Sprintf("lines=%d", lines), func(b *testing.B) {
			each := func(name string, do func() error) {
				b.Run(name, func(b *testing.B) {
					start := time.Now()
					for b.Loop() {
						if err := do(); err != nil {
							b.Fatal(err)
						}
					}
					b.ReportMetric(float64(time.Since(start).Nanoseconds())/float64(b.N*lines), "ns/line")
					b.ReportMetric(float64(len(written))/float64(lines), "B/line")
				})
			}
			each("write", func() error { _, err := g.AppendSnapshot(nil); return err })
			each("load", func() error { _, err := LoadBytes(written); return err })
			var said []saying
			each("events", func() (err error) { said, err = loadEvents(events); return err })
			each("fold", func() error {
				again := new(Group)
				for i := range said {
					Evolve(again, said[i].said)
				}
				return nil
			})
		})
	}
}

func loadEvents(b []byte) (said []saying, err error) {
	s, err := newReader(sectionOf(b), windowSize)
	if err != nil {
		return nil, err
	}
	list(s, &said, (*scribe).saying)
	return said, s.err
}
