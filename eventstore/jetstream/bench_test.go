package jetstream

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	natsjs "github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
)

// A committer gathers waiting writers as the ledger does: it yields once, so that those that are about to wait are in,
// writes for all, syncs once, and answers all.
type committer struct {
	waiting chan waiter
	commit  func(groups []int) error
}

type waiter struct {
	group int
	done  chan error
}

func (c *committer) run() {
	for first := range c.waiting {
		runtime.Gosched()
		waiters, groups := []waiter{first}, []int{first.group}
	gather:
		for len(waiters) < cap(c.waiting) {
			select {
			case w, ok := <-c.waiting:
				if !ok {
					break gather
				}
				waiters, groups = append(waiters, w), append(groups, w.group)
			default:
				break gather
			}
		}
		err := c.commit(groups)
		for _, w := range waiters {
			w.done <- err
		}
	}
}

// write lets so many writers wait for their commits until b.N are done.
func (c *committer) write(b *testing.B, writers, groups int) {
	c.waiting = make(chan waiter, writers)
	go c.run()
	var left atomic.Int64
	left.Store(int64(b.N))
	b.ResetTimer()
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			done := make(chan error, 1)
			for group := w % groups; left.Add(-1) >= 0; group = (group + writers) % groups {
				c.waiting <- waiter{group: group, done: done}
				if err := <-done; err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	b.StopTimer()
	close(c.waiting)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

var benchBody = bytes.Repeat([]byte("0123456789"), 30)

// bareFile is the limit: a file to which each commit is written and synced.
func bareFile(b *testing.B) func([]int) error {
	file, err := os.Create(filepath.Join(b.TempDir(), "bare"))
	require.NoError(b, err)
	b.Cleanup(func() { _ = file.Close() })
	return func(groups []int) error {
		if _, err := file.Write(bytes.Repeat(benchBody, len(groups))); err != nil {
			return err
		}
		return file.Sync()
	}
}

// storeCommit commits through a store.
func storeCommit(b *testing.B, s *Store) func([]int) error {
	ctx := context.Background()
	ends := map[domain.GroupID]uint64{}
	return func(groups []int) error {
		appends := make([]eventstore.Append, len(groups))
		for i, g := range groups {
			group := domain.GroupID(fmt.Sprint("g", g))
			appends[i] = eventstore.Append{Group: group, After: ends[group], Bodies: [][]byte{benchBody}}
			ends[group]++
		}
		for _, err := range s.Write(ctx, appends) {
			if err != nil {
				return err
			}
		}
		return s.Sync(ctx)
	}
}

// BenchmarkCommit compares the ways of bringing the events of waiting writers to the disk.
func BenchmarkCommit(b *testing.B) {
	for _, writers := range []int{1, 16, 256} {
		b.Run(fmt.Sprintf("bare/writers=%d", writers), func(b *testing.B) {
			(&committer{commit: bareFile(b)}).write(b, writers, 1)
		})
		for _, groups := range []int{1, 1000} {
			for _, way := range []syncWay{bySyncAlways, byBatch, bySyncFS, bySyncFiles} {
				b.Run(fmt.Sprintf("%v/writers=%d/groups=%d", way, writers, groups), func(b *testing.B) {
					s := openIn(b, b.TempDir(), Options{way: way})
					(&committer{commit: storeCommit(b, s)}).write(b, writers, groups)
				})
			}
		}
	}
}

// BenchmarkAppend commits appends of several events, one writer.
func BenchmarkAppend(b *testing.B) {
	for _, events := range []int{2, 10, 100, 1000} {
		for _, way := range []syncWay{bySyncAlways, bySyncFS, bySyncFiles} {
			b.Run(fmt.Sprintf("%v/events=%d", way, events), func(b *testing.B) {
				s := openIn(b, b.TempDir(), Options{way: way})
				a := eventstore.Append{Group: "a"}
				for range events {
					a.Bodies = append(a.Bodies, benchBody)
				}
				for b.Loop() {
					require.NoError(b, s.Write(b.Context(), []eventstore.Append{a})[0])
					require.NoError(b, s.Sync(b.Context()))
					a.After += uint64(events)
				}
				b.ReportMetric(float64(b.N*events)/b.Elapsed().Seconds(), "events/s")
			})
		}
	}
}

// filled is a store with so many events of 500 bytes in so many groups.
func filled(b *testing.B, events, groups int) *Store {
	s := openIn(b, b.TempDir(), Options{})
	ends := map[int]uint64{}
	for from := 0; from < events; from += 4000 {
		var appends []eventstore.Append
		for i := from; i < min(from+4000, events); i++ {
			g := i % groups
			appends = append(appends, eventstore.Append{Group: domain.GroupID(fmt.Sprint("g", g)), After: ends[g], Bodies: [][]byte{bytes.Repeat([]byte("x"), 500)}})
			ends[g]++
		}
		for _, err := range s.Write(b.Context(), appends) {
			require.NoError(b, err)
		}
	}
	require.NoError(b, s.Sync(b.Context()))
	return s
}

// discard reads so many messages with an ordered consumer and does nothing with them.
func discard(b *testing.B, s *Store, events int) {
	consumer, err := s.js.OrderedConsumer(b.Context(), streamName, natsjs.OrderedConsumerConfig{})
	require.NoError(b, err)
	messages, err := consumer.Messages(natsjs.PullMaxMessages(5000))
	require.NoError(b, err)
	defer messages.Stop()
	for range events {
		_, err := messages.Next()
		require.NoError(b, err)
	}
}

// BenchmarkReadAll reads 200,000 events of 500 bytes, beside an ordered consumer that throws them away.
func BenchmarkReadAll(b *testing.B) {
	const events = 200_000
	s := filled(b, events, 1000)
	rate := func(b *testing.B) {
		b.ReportMetric(float64(b.N*events)/b.Elapsed().Seconds(), "events/s")
	}
	b.Run("bare", func(b *testing.B) {
		for b.Loop() {
			discard(b, s, events)
		}
		rate(b)
	})
	b.Run("ReadAll", func(b *testing.B) {
		for b.Loop() {
			n := 0
			for _, err := range s.ReadAll(b.Context()) {
				require.NoError(b, err)
				n++
			}
			require.Equal(b, events, n)
		}
		rate(b)
	})
}

// BenchmarkRead reads one register of 200 events among 200,000, whole and its last event.
func BenchmarkRead(b *testing.B) {
	s := filled(b, 200_000, 1000)
	for name, after := range map[string]uint64{"whole": 0, "tail": 199} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				n := uint64(0)
				for _, err := range s.Read(b.Context(), "g7", after) {
					require.NoError(b, err)
					n++
				}
				require.Equal(b, 200-after, n)
			}
		})
	}
	b.Run("head", func(b *testing.B) {
		for b.Loop() {
			_, err := s.Head(b.Context(), "g7")
			require.NoError(b, err)
		}
	})
}
