package jetstream

import (
	"encoding/binary"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
)

// BenchmarkLedger measures whole commands: decided, written, synced and answered.
func BenchmarkLedger(b *testing.B) {
	for _, groups := range []int{1, 1000} {
		for _, writers := range []int{1, 16, 256} {
			b.Run(fmt.Sprintf("groups=%d/writers=%d", groups, writers), func(b *testing.B) {
				benchmarkLedger(b, groups, writers)
			})
		}
	}
}

func benchmarkLedger(b *testing.B, groups, writers int) {
	store, err := Open(b.Context(), b.TempDir(), Options{Create: true})
	require.NoError(b, err)
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
				c := command(ids[int(i)%groups], deliberation(i))
				if _, err := ledger.Do(b.Context(), c); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wait.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commands/s")
}

// found founds groups of one member.
func found(b *testing.B, ledger *eventstore.Ledger, groups int) []domain.GroupID {
	ids := make([]domain.GroupID, groups)
	var wait sync.WaitGroup
	for i := range ids {
		ids[i] = domain.GroupID(fmt.Sprintf("group-%d", i))
		wait.Go(func() {
			_, err := ledger.Do(b.Context(), command(ids[i], &domain.GroupFounded{
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

func command(group domain.GroupID, act domain.Act) domain.Command {
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
	store, err := Open(b.Context(), b.TempDir(), Options{Create: true})
	require.NoError(b, err)
	ledger := eventstore.NewLedger(store, eventstore.LedgerOptions{})
	defer func() { require.NoError(b, ledger.Close()) }()
	ids := found(b, ledger, groups)
	var next atomic.Int64
	var wait sync.WaitGroup
	for range writers {
		wait.Go(func() {
			for i := next.Add(1); i <= events-groups; i = next.Add(1) {
				if _, err := ledger.Do(b.Context(), command(ids[int(i)%groups], deliberation(i))); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wait.Wait()
	rate := func(b *testing.B) { b.ReportMetric(float64(b.N*events)/b.Elapsed().Seconds(), "events/s") }
	b.Run("bare", func(b *testing.B) {
		for b.Loop() {
			discard(b, store, events)
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
