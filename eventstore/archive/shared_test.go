package archive_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
	"registre/eventstore/jetstream"
	"registre/eventstore/storetest"
)

// A fault of a move, told apart by what was answered and what was done.
type moveFault int

const (
	moveKept    moveFault = iota // passed on
	moveLost                     // ErrUnknown, and never done
	moveDone                     // ErrUnknown, and yet done
	moveLate                     // ErrUnknown, and done at the beginning of the next move
	moveRefused                  // ErrNotWritten, and never done
)

// A memoryFence is a fence in memory, whose moves can be struck, one after the other.
type memoryFence struct {
	mu       sync.Mutex
	signed   []byte
	revision uint64
	faults   []moveFault
	late     []func()
	moves    int
}

var errOnPurpose = errors.New("a fault made on purpose")

// Standing implements archive.Fence.
func (f *memoryFence) Standing(context.Context) ([]byte, uint64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.signed, f.revision, nil
}

// Move implements archive.Fence.
func (f *memoryFence) Move(_ context.Context, signed []byte, revision uint64) (uint64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.moves++
	for _, late := range f.late {
		late()
	}
	f.late = nil
	fault := moveKept
	if len(f.faults) > 0 {
		fault, f.faults = f.faults[0], f.faults[1:]
	}
	switch fault {
	case moveKept:
		return f.move(signed, revision)
	case moveDone:
		_, _ = f.move(signed, revision)
	case moveLate:
		f.late = append(f.late, func() { _, _ = f.move(signed, revision) })
	case moveRefused:
		return 0, fmt.Errorf("%w: %w", eventstore.ErrNotWritten, errOnPurpose)
	}
	return 0, fmt.Errorf("%w: %w", eventstore.ErrUnknown, errOnPurpose)
}

func (f *memoryFence) move(signed []byte, revision uint64) (uint64, error) {
	if revision != f.revision {
		return 0, fmt.Errorf("%w: the fence is at revision %d", eventstore.ErrOvertaken, f.revision)
	}
	f.signed = bytes.Clone(signed)
	f.revision++
	return f.revision, nil
}

// TestFences holds the fences to what archive.Fence says.
func TestFences(t *testing.T) {
	for name, fresh := range map[string]func(t *testing.T) archive.Fence{
		"memory": func(*testing.T) archive.Fence { return &memoryFence{} },
		"key-value bucket": func(t *testing.T) archive.Fence {
			_, url := newServer(t)
			fence, err := connect(t, url).Fence(t.Context(), origin)
			require.NoError(t, err)
			return fence
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, f := t.Context(), fresh(t)
			stands := func(want string, revision uint64) {
				t.Helper()
				signed, at, err := f.Standing(ctx)
				require.NoError(t, err)
				require.Equal(t, want, string(signed))
				require.Equal(t, revision, at)
			}
			stands("", 0)
			_, err := f.Move(ctx, []byte("x"), 7)
			require.ErrorIs(t, err, eventstore.ErrOvertaken)
			one, err := f.Move(ctx, []byte("1"), 0)
			require.NoError(t, err)
			require.NotZero(t, one)
			stands("1", one)
			for _, wrong := range []uint64{0, one + 1} {
				_, err = f.Move(ctx, []byte("x"), wrong)
				require.ErrorIs(t, err, eventstore.ErrOvertaken)
			}
			two, err := f.Move(ctx, []byte("2"), one)
			require.NoError(t, err)
			require.NotEqual(t, one, two)
			_, err = f.Move(ctx, []byte("x"), one)
			require.ErrorIs(t, err, eventstore.ErrOvertaken)
			stands("2", two)
		})
	}
}

// newServer runs a server that others can reach, and gives its store and its address.
func newServer(t *testing.T) (*jetstream.Store, string) {
	t.Helper()
	host, err := jetstream.Open(context.Background(), t.TempDir(), jetstream.Options{Create: true, Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, host.Close()) })
	return host, host.URL()
}

func connect(t *testing.T, url string) *jetstream.Store {
	t.Helper()
	s, err := jetstream.Connect(context.Background(), jetstream.Remote{URL: url})
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// TestSharedConforms runs the suite of a store on archives that are not alone: each store has one of its own, as each process
// would.
func TestSharedConforms(t *testing.T) {
	t.Run("memory", func(t *testing.T) {
		storetest.Run(t, func(t *testing.T) storetest.Registers {
			memory := eventstore.NewMemory()
			return storetest.Registers{Shared: true, Open: func(t *testing.T) eventstore.Store {
				return openStore(t, t.TempDir(), newKey(t), memory.Handle(), archive.Options{
					Shared: true, Fence: &memoryFence{}, CutAfter: 1, FollowAfter: 2 * time.Millisecond,
				})
			}}
		})
	})
	t.Run("connected", func(t *testing.T) {
		storetest.Run(t, func(t *testing.T) storetest.Registers {
			_, url := newServer(t)
			return storetest.Registers{Shared: true, Open: func(t *testing.T) eventstore.Store {
				stream, key := connect(t, url), newKey(t)
				fence, err := stream.Fence(t.Context(), archive.FormatPublicKey(key.PublicKey))
				require.NoError(t, err)
				return openStore(t, t.TempDir(), key, stream, archive.Options{Shared: true, Fence: fence, FollowAfter: 10 * time.Millisecond})
			}}
		})
	})
}

// A pair of archives stands on the same stream.
type aSide struct {
	dir   string
	key   *archive.Key
	fence *memoryFence
}

func newSide(t *testing.T) *aSide {
	return &aSide{dir: filepath.Join(t.TempDir(), "archive"), key: newKey(t), fence: &memoryFence{}}
}

func (a *aSide) options() archive.Options {
	return archive.Options{Shared: true, Fence: a.fence, FollowAfter: time.Hour}
}

func (a *aSide) open(t *testing.T, memory *eventstore.Memory) *archive.Store {
	t.Helper()
	return openStore(t, a.dir, a.key, memory.Handle(), a.options())
}

// whole requires that the archive of a closed store is whole, and has as many events.
func (a *aSide) whole(t *testing.T, memory *eventstore.Memory, events int) {
	t.Helper()
	v, err := archive.Verify(t.Context(), a.dir, archive.VerifyOptions{Full: true, Key: a.key.PublicKey})
	require.NoError(t, err)
	require.NoError(t, v.Compare(t.Context(), memory.Handle(), false))
	require.Empty(t, v.Findings)
	require.EqualValues(t, events, v.Events)
}

// TestTwoArchives: two stores write to the same groups and to different ones. Each takes up what the other has written, at the
// latest before it writes there itself; every event has a receipt of either; in the end both have the same.
func TestTwoArchives(t *testing.T) {
	memory, one, two := eventstore.NewMemory(), newSide(t), newSide(t)
	a, b := one.open(t, memory), two.open(t, memory)
	ends := map[string]uint64{}
	for i := range 60 {
		s, group := a, fmt.Sprint("g", i%4)
		if i%3 == 0 {
			s = b
		}
		write(t, s, group, ends[group], fmt.Sprint("x", i), fmt.Sprint("y", i))
		ends[group] += 2
	}
	write(t, a, "only-a", 0, "1", "2", "3")
	lag, err := b.Lag(t.Context())
	require.NoError(t, err)
	require.NotZero(t, lag.Events)
	require.Empty(t, lag.Refused)
	for _, s := range []*archive.Store{a, b} {
		head, err := s.Head(t.Context(), "only-a")
		require.NoError(t, err)
		require.EqualValues(t, 3, head.Number, "what is beyond the archive is read from the stream")
		for group, end := range map[string]uint64{"g0": 30, "only-a": 3} {
			n := uint64(0)
			for r, err := range s.Read(t.Context(), domain.GroupID(group), 0) {
				require.NoError(t, err)
				n++
				receipt, err := s.Receipt(t.Context(), r.Group, r.Number)
				require.NoError(t, err)
				_, _, err = receipt.Check(r.Body, origin, s.Keys())
				require.NoError(t, err)
			}
			require.Equal(t, end, n)
		}
		_, err = s.Receipt(t.Context(), "only-a", 4)
		require.ErrorIs(t, err, archive.ErrNotDurable)
		require.NoError(t, s.TakeUp(t.Context()))
		lag, err := s.Lag(t.Context())
		require.NoError(t, err)
		require.Equal(t, archive.Lag{}, lag)
		require.NoError(t, s.Close())
	}
	one.whole(t, memory, 123)
	two.whole(t, memory, 123)
	require.NotEqual(t, one.fence.signed, two.fence.signed)
}

// TestTakesUpMuch: an archive that begins beside a stream with much in it takes all of it up, in several records, and cuts.
func TestTakesUpMuch(t *testing.T) {
	memory, side := eventstore.NewMemory(), newSide(t)
	for i := range uint64(30) {
		var bodies []string
		for k := range 500 {
			bodies = append(bodies, strings.Repeat("x", 700)+fmt.Sprint(i, k))
		}
		write(t, memory, "g", 500*i, bodies...)
	}
	s := openStore(t, side.dir, side.key, memory.Handle(), archive.Options{Shared: true, Fence: side.fence, CutAfter: 1 << 20, FollowAfter: time.Hour})
	write(t, s, "g", 15_000, "mine")
	require.Greater(t, side.fence.moves, 2, "in several records")
	require.NoError(t, s.Close())
	side.whole(t, memory, 15_001)
}

// TestFollows: without anybody's asking, what others write is taken up.
func TestFollows(t *testing.T) {
	memory, side := eventstore.NewMemory(), newSide(t)
	s := openStore(t, side.dir, side.key, memory.Handle(), archive.Options{Shared: true, Fence: side.fence, FollowAfter: time.Millisecond})
	write(t, memory, "g", 0, "1", "2")
	require.Eventually(t, func() bool { return s.Checkpoint() != nil }, 10*time.Second, time.Millisecond)
	receipt, err := archive.UnverifiedCheckpoint(s.Checkpoint())
	require.NoError(t, err)
	require.EqualValues(t, 1, receipt.Size)
	require.NoError(t, s.Close())
	side.whole(t, memory, 2)
}

// TestFenceFaults: whatever becomes of a move, the commit is answered once the fence stands at its checkpoint.
func TestFenceFaults(t *testing.T) {
	for _, faults := range [][]moveFault{
		{moveLost}, {moveDone}, {moveLate}, {moveRefused}, {moveLate, moveLate, moveLost, moveDone}, {moveKept, moveDone, moveLate, moveKept},
	} {
		t.Run(fmt.Sprint(faults), func(t *testing.T) {
			memory, side := eventstore.NewMemory(), newSide(t)
			side.fence.faults = faults
			s := side.open(t, memory)
			for i := range uint64(3) {
				write(t, s, "g", i, "x")
				require.Equal(t, string(s.Checkpoint()), string(side.fence.signed))
			}
			require.NoError(t, s.Close())
			side.open(t, memory)
		})
	}
}

// TestTwoOfOneKey: two processes that have copies of one folder. As soon as they sign different histories one of them stops, and is
// not opened again, since another history was signed with its key. The other goes on.
func TestTwoOfOneKey(t *testing.T) {
	memory, side := eventstore.NewMemory(), newSide(t)
	s := side.open(t, memory)
	write(t, s, "g", 0, "1")
	require.NoError(t, s.Close())
	copied := &aSide{dir: filepath.Join(t.TempDir(), "archive"), key: side.key, fence: side.fence}
	require.NoError(t, os.CopyFS(copied.dir, os.DirFS(side.dir)))
	sides := []*aSide{side, copied}
	stores := []*archive.Store{side.open(t, memory), copied.open(t, memory)}
	var err error
	events, loser := 1, 0
	for i := uint64(0); err == nil; i++ {
		require.Less(t, i, uint64(3), "both sign with the same key")
		for n, s := range stores {
			group := domain.GroupID(fmt.Sprint("of-", n))
			require.NoError(t, s.Write(t.Context(), []eventstore.Append{{Group: group, After: i, Bodies: [][]byte{[]byte("x")}}})[0])
			events++
			if err = s.Sync(t.Context()); err != nil {
				loser = n
				break
			}
		}
	}
	require.ErrorIs(t, err, archive.ErrFenced)
	lost, won := sides[loser], sides[1-loser]
	err = stores[loser].Write(t.Context(), []eventstore.Append{{Group: "h", Bodies: [][]byte{[]byte("2")}}})[0]
	require.ErrorIs(t, err, eventstore.ErrNotWritten)
	require.ErrorIs(t, err, archive.ErrFenced)
	require.NoError(t, stores[loser].Close())
	_, err = archive.Open(t.Context(), lost.dir, side.key, memory.Handle(), lost.options())
	require.ErrorIs(t, err, archive.ErrFenced)
	v, err := archive.Verify(t.Context(), lost.dir, archive.VerifyOptions{Full: true})
	require.NoError(t, err)
	_, err = v.TakeFence(t.Context(), side.key, side.fence)
	require.ErrorIs(t, err, archive.ErrFenced)
	write(t, stores[1-loser], "h", 0, "2")
	require.NoError(t, stores[1-loser].TakeUp(t.Context()))
	require.NoError(t, stores[1-loser].Close())
	won.whole(t, memory, events+1)
}

// TestOlderCopy: a folder put back from an older copy is refused, and goes on once the fence was moved back to it, by name.
func TestOlderCopy(t *testing.T) {
	memory, side := eventstore.NewMemory(), newSide(t)
	s := side.open(t, memory)
	write(t, s, "g", 0, "1")
	require.NoError(t, s.Cut(t.Context()))
	older := t.TempDir()
	require.NoError(t, os.CopyFS(older, os.DirFS(side.dir)))
	write(t, s, "g", 1, "2")
	write(t, s, "g", 2, "3")
	require.NoError(t, s.Close())
	signed := bytes.Clone(side.fence.signed)
	side.dir = older
	_, err := archive.Open(t.Context(), side.dir, side.key, memory.Handle(), side.options())
	require.ErrorIs(t, err, archive.ErrOlder)
	require.Equal(t, string(signed), string(side.fence.signed))

	v, err := archive.Verify(t.Context(), side.dir, archive.VerifyOptions{Full: true})
	require.NoError(t, err)
	left, err := v.TakeFence(t.Context(), side.key, side.fence)
	require.NoError(t, err)
	require.EqualValues(t, 3, left.Size)
	again, err := v.TakeFence(t.Context(), side.key, side.fence)
	require.NoError(t, err)
	require.Nil(t, again)
	s = side.open(t, memory)
	require.NoError(t, s.TakeUp(t.Context()))
	require.NoError(t, s.Close())
	side.whole(t, memory, 3)
}

// TestGoneArchive: where the fence says that something was signed, an archive that is not there is not begun anew.
func TestGoneArchive(t *testing.T) {
	memory, side := eventstore.NewMemory(), newSide(t)
	s := side.open(t, memory)
	write(t, s, "g", 0, "1")
	require.NoError(t, s.Close())
	side.dir = filepath.Join(t.TempDir(), "archive")
	_, err := archive.Open(t.Context(), side.dir, side.key, memory.Handle(), side.options())
	require.ErrorIs(t, err, archive.ErrNoArchive)
	require.NoError(t, archive.Begin(side.dir, side.key))
	_, err = archive.Open(t.Context(), side.dir, side.key, memory.Handle(), side.options())
	require.ErrorIs(t, err, archive.ErrOlder)
	v, err := archive.Verify(t.Context(), side.dir, archive.VerifyOptions{Full: true})
	require.NoError(t, err)
	left, err := v.TakeFence(t.Context(), side.key, side.fence)
	require.NoError(t, err)
	require.EqualValues(t, 1, left.Size)
	s = side.open(t, memory)
	write(t, s, "g", 1, "2")
	require.NoError(t, s.Close())
	side.whole(t, memory, 2)
	other := newSide(t)
	other.fence = side.fence
	_, err = archive.Open(t.Context(), other.dir, other.key, memory.Handle(), other.options())
	require.ErrorIs(t, err, archive.ErrFenced, "another key of the same name")
}

// TestFenceBehind: a process that ended between its record's sync and the fence's move goes on by itself.
func TestFenceBehind(t *testing.T) {
	memory, side := eventstore.NewMemory(), newSide(t)
	s := side.open(t, memory)
	write(t, s, "g", 0, "1")
	signed, revision := bytes.Clone(side.fence.signed), side.fence.revision
	write(t, s, "g", 1, "2")
	now := s.Checkpoint()
	require.NoError(t, s.Close())
	side.fence.signed, side.fence.revision = signed, revision
	s = side.open(t, memory)
	require.Equal(t, string(now), string(side.fence.signed))
	write(t, s, "g", 2, "3")
}

// TestStreamLost: a stream that has lost events that were signed for. Nothing is written to that group any more, not even by
// who has the right number; the others go on. When the stream has them again, or Restore gave them back, the group goes on too.
func TestStreamLost(t *testing.T) {
	memory, side := eventstore.NewMemory(), newSide(t)
	s := side.open(t, memory)
	write(t, s, "g", 0, "1", "2", "3")
	write(t, s, "h", 0, "1")
	require.NoError(t, s.Close())
	for name, there := range map[string][]string{"fewer": {"1"}, "others in their place": {"1", "2", "x", "y"}} {
		t.Run(name, func(t *testing.T) {
			lost := eventstore.NewMemory()
			write(t, lost, "g", 0, there...)
			write(t, lost, "h", 0, "1")
			at := &aSide{dir: filepath.Join(t.TempDir(), "archive"), key: side.key, fence: &memoryFence{signed: side.fence.signed, revision: 1}}
			require.NoError(t, os.CopyFS(at.dir, os.DirFS(side.dir)))
			s := at.open(t, lost)
			_ = s.TakeUp(t.Context())
			for after := range uint64(5) {
				err := s.Write(t.Context(), []eventstore.Append{{Group: "g", After: after, Bodies: [][]byte{[]byte("z")}}})[0]
				require.ErrorIs(t, err, eventstore.ErrNotWritten)
				require.ErrorIs(t, err, archive.ErrStreamLacks)
				require.ErrorIs(t, err, eventstore.ErrDamaged)
				require.NotErrorIs(t, err, eventstore.ErrOvertaken)
			}
			write(t, s, "h", 1, "2")
			lag, err := s.Lag(t.Context())
			require.NoError(t, err)
			require.Len(t, lag.Refused, 1)
			require.Equal(t, domain.GroupID("g"), lag.Refused[0].Group)
			var bodies []string
			for r, err := range s.Read(t.Context(), "g", 0) {
				require.NoError(t, err)
				bodies = append(bodies, string(r.Body))
			}
			require.Equal(t, []string{"1", "2", "3"}, bodies, "what was signed for, and nothing else")

			if name == "fewer" {
				require.NoError(t, s.Restore(t.Context(), "g"))
				require.NoError(t, s.TakeUp(t.Context()))
				write(t, s, "g", 3, "4")
				require.NoError(t, s.Close())
				at.whole(t, lost, 6)
				return
			}
			require.ErrorIs(t, s.Restore(t.Context(), "g"), archive.ErrStreamLacks)
			head, err := lost.Head(t.Context(), "g")
			require.NoError(t, err)
			require.EqualValues(t, 4, head.Number, "nothing was written on top of what differs")
		})
	}
}

// TestParts: what was taken up and not yet signed for is signed for when the store is closed.
func TestParts(t *testing.T) {
	memory, side := eventstore.NewMemory(), newSide(t)
	s := side.open(t, memory)
	write(t, memory, "g", 0, "1", "2")
	require.NoError(t, s.Write(t.Context(), []eventstore.Append{{Group: "g", After: 2, Bodies: [][]byte{[]byte("3")}}})[0])
	require.NoError(t, s.Close())
	side.whole(t, memory, 3)
}

// TestLostWhileOpen: a stream that loses events, or gets others in their place, while the archive is open. The first append to
// the group finds out, whether it comes where the archive ends or where the stream does.
func TestLostWhileOpen(t *testing.T) {
	for name, there := range map[string][]string{"fewer": {"1"}, "others in their place": {"1", "x"}} {
		t.Run(name, func(t *testing.T) {
			memory, side := eventstore.NewMemory(), newSide(t)
			stream := &exchanged{Store: memory.Handle()}
			s := openStore(t, side.dir, side.key, stream, side.options())
			write(t, s, "h", 0, "1")
			write(t, memory, "g", 0, "1", "2")
			require.NoError(t, s.TakeUp(t.Context()))
			lost := eventstore.NewMemory()
			write(t, lost, "g", 0, there...)
			write(t, lost, "h", 0, "1")
			if name == "others in their place" { // nothing of it was written by this store
				require.NoError(t, s.Close())
				s = openStore(t, side.dir, side.key, lost.Handle(), side.options())
			} else {
				stream.exchange(lost)
			}
			err := s.Write(t.Context(), []eventstore.Append{{Group: "g", After: 2, Bodies: [][]byte{[]byte("3")}}})[0]
			require.ErrorIs(t, err, archive.ErrStreamLacks)
			require.ErrorIs(t, err, eventstore.ErrNotWritten)
			require.NotErrorIs(t, err, eventstore.ErrOvertaken)
			write(t, s, "h", 1, "2")
		})
	}
}

// An exchanged store gives way to another one: servers that were put back from an older state.
type exchanged struct {
	eventstore.Store
	mu sync.Mutex
	to eventstore.Store
}

func (e *exchanged) exchange(to *eventstore.Memory) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.to = to.Handle()
}

func (e *exchanged) now() eventstore.Store {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.to != nil {
		return e.to
	}
	return e.Store
}

// Write implements eventstore.Store.
func (e *exchanged) Write(ctx context.Context, appends []eventstore.Append) []error {
	return e.now().Write(ctx, appends)
}

// Read implements eventstore.Store.
func (e *exchanged) Read(ctx context.Context, group domain.GroupID, after uint64) iter.Seq2[eventstore.Record, error] {
	return e.now().Read(ctx, group, after)
}

// Head implements eventstore.Store.
func (e *exchanged) Head(ctx context.Context, group domain.GroupID) (eventstore.Head, error) {
	return e.now().Head(ctx, group)
}

// Heads implements eventstore.Store.
func (e *exchanged) Heads(ctx context.Context) ([]eventstore.Head, error) { return e.now().Heads(ctx) }
