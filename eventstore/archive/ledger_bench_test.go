package archive_test

import (
	"encoding/binary"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
	"registre/eventstore/jetstream"
)

// both opens a stream with an archive beside it, as the program does.
func both(b *testing.B) (*jetstream.Store, eventstore.Store) {
	dir := b.TempDir()
	stream, err := jetstream.Open(b.Context(), dir, jetstream.Options{Create: true})
	require.NoError(b, err)
	s, err := archive.Open(b.Context(), filepath.Join(dir, "archive"), newKey(b), stream, archive.Options{})
	require.NoError(b, err)
	return stream, s
}

// alone opens a stream without an archive.
func alone(b *testing.B) (*jetstream.Store, eventstore.Store) {
	stream, err := jetstream.Open(b.Context(), b.TempDir(), jetstream.Options{Create: true})
	require.NoError(b, err)
	return stream, stream
}

// BenchmarkLedger measures whole commands: decided, written twice, chained, signed, synced and answered; beside those that
// are written to the stream alone.
func BenchmarkLedger(b *testing.B) {
	b.Run("both", func(b *testing.B) { benchmarkLedgers(b, both) })
	b.Run("stream", func(b *testing.B) { benchmarkLedgers(b, alone) })
}

func benchmarkLedgers(b *testing.B, open func(*testing.B) (*jetstream.Store, eventstore.Store)) {
	for _, groups := range []int{1, 1000} {
		for _, writers := range []int{1, 16, 256} {
			b.Run(fmt.Sprintf("groups=%d/writers=%d", groups, writers), func(b *testing.B) {
				benchmarkLedger(b, open, groups, writers)
			})
		}
	}
}

func benchmarkLedger(b *testing.B, open func(*testing.B) (*jetstream.Store, eventstore.Store), groups, writers int) {
	_, store := open(b)
	ledger := eventstore.NewLedger(store, eventstore.LedgerOptions{})
	defer func() { require.NoError(b, ledger.Close()) }()
	ids := found(b, ledger, groups)
	var next atomic.Int64
	var wait sync.WaitGroup
	b.ReportAllocs()
	b.ResetTimer()
	for range writers {
		wait.Go(func() {
			for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
				c := benchCommand(ids[int(i)%groups], deliberation(i))
				if _, err := ledger.Do(b.Context(), c); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wait.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commands/s")
}

// found founds groups of one member.
func found(b *testing.B, ledger *eventstore.Ledger, groups int) []domain.GroupID {
	ids := make([]domain.GroupID, groups)
	var wait sync.WaitGroup
	for i := range ids {
		ids[i] = domain.GroupID(fmt.Sprintf("group-%d", i))
		wait.Go(func() {
			_, err := ledger.Do(b.Context(), benchCommand(ids[i], &domain.GroupFounded{
				Name: "Groupement", Title: "Convention", Changes: []domain.Change{&domain.MemberJoined{Member: "region", Name: "Région"}},
			}))
			if err != nil {
				b.Error(err)
			}
		})
	}
	wait.Wait()
	return ids
}

func benchCommand(group domain.GroupID, act domain.Act) domain.Command {
	day, _ := domain.NewDay(2020, 1, 1)
	return domain.Command{ID: uuid.New(), Group: group, Effective: domain.OnDay(day), Actor: "bench", Act: act}
}

// deliberation approves the convention in a version that no other deliberation names, so that it is never the same again.
func deliberation(i int64) *domain.MemberDeliberated {
	d := &domain.MemberDeliberated{Member: "region", Reference: "CP-2020-1", Text: domain.Convention}
	binary.BigEndian.PutUint64(d.SHA256[:], uint64(i))
	return d
}

// BenchmarkReplay measures reading every event of every register, decoded strictly and checked for its place, beside an
// ordered consumer that discards what it reads.
func BenchmarkReplay(b *testing.B) {
	const events, groups, writers = 200_000, 1000, 256
	stream, store := both(b)
	ledger := eventstore.NewLedger(store, eventstore.LedgerOptions{})
	defer func() { require.NoError(b, ledger.Close()) }()
	ids := found(b, ledger, groups)
	var next atomic.Int64
	var wait sync.WaitGroup
	for range writers {
		wait.Go(func() {
			for i := next.Add(1); i <= events-groups; i = next.Add(1) {
				if _, err := ledger.Do(b.Context(), benchCommand(ids[int(i)%groups], deliberation(i))); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wait.Wait()
	rate := func(b *testing.B) { b.ReportMetric(float64(b.N*events)/b.Elapsed().Seconds(), "events/s") }
	b.Run("bare", func(b *testing.B) {
		for b.Loop() {
			n, err := stream.Discard(b.Context(), "")
			require.NoError(b, err)
			require.Equal(b, uint64(events), n)
		}
		rate(b)
	})
	b.Run("ledger", func(b *testing.B) {
		for b.Loop() {
			n := 0
			for _, err := range ledger.All(b.Context()) {
				require.NoError(b, err)
				n++
			}
			require.Equal(b, events, n)
		}
		rate(b)
	})
}
