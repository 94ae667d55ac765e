package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/storetest"
)

// failing is a disk that refuses one step as long as it is told to.
func failing(step string, err *error) disk {
	return newStepper(func(_ int, op, path string, do func(float64) error) error {
		if o, p, _ := strings.Cut(step, " "); *err != nil && o == op && strings.HasSuffix(path, p) {
			return *err
		}
		return do(1)
	}).disk
}

// begin gives a store that a worker records on, with a disk.
func begin(t *testing.T, other eventstore.Store, d disk) (*Store, *worker, map[domain.GroupID]uint64) {
	t.Helper()
	key, err := GenerateKey(ours)
	require.NoError(t, err)
	w := &worker{key: key, dir: filepath.Join(t.TempDir(), "archive"), disk: &d}
	s, err := Open(t.Context(), w.dir, key, other, Options{CutAfter: 1 << 40, disk: &d})
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s, w, map[domain.GroupID]uint64{}
}

// TestCutsAreMadeUpFor fails at cutting, and cuts again: nothing stands in the way of the second time.
func TestCutsAreMadeUpFor(t *testing.T) {
	for _, step := range []string{
		"open 0000000000000002.tmp", "append 0000000000000002.tmp", "rename 0000000000000002", "fsync tail",
		"write heads/checkpoint.tmp", "fsync heads/checkpoint.tmp", "write groups/g0/checkpoint.tmp", "rename heads/tile/0/000.p/3",
		"remove heads/tile/entries/000.p/3", "remove 0000000000000001",
	} {
		t.Run(step, func(t *testing.T) {
			var failure error
			s, w, ends := begin(t, eventstore.NewMemory(), failing(step, &failure))
			for i := range 2 {
				require.NoError(t, w.commit(t.Context(), s, ends, i))
			}
			if strings.HasPrefix(step, "remove heads") {
				require.NoError(t, s.Cut(t.Context()))
				require.NoError(t, w.commit(t.Context(), s, ends, 2))
			}
			failure = syscall.ENOSPC
			require.ErrorIs(t, s.Cut(t.Context()), syscall.ENOSPC)
			failure = nil
			require.NoError(t, w.commit(t.Context(), s, ends, 3))
			require.NoError(t, s.Cut(t.Context()))
			for _, e := range w.answered {
				requireEvent(t, s, e)
			}
			require.NoError(t, s.Close())
			requireSound(t, w.key, w.dir, w.answered)
		})
	}
}

// TestPublishedAllTheSame fails when checkpoints have taken their place, and nothing says that they stay there: the next cut goes on
// from them.
func TestPublishedAllTheSame(t *testing.T) {
	for _, name := range []string{"heads/checkpoint", "groups/g0/checkpoint"} {
		var failure error
		d := newStepper(func(_ int, op, path string, do func(float64) error) error {
			if failure != nil && op == "rename" && strings.HasSuffix(path, name) {
				return errors.Join(do(1), failure)
			}
			return do(1)
		}).disk
		s, w, ends := begin(t, eventstore.NewMemory(), d)
		require.NoError(t, w.commit(t.Context(), s, ends, 0))
		require.NoError(t, s.Cut(t.Context()))
		require.NoError(t, w.commit(t.Context(), s, ends, 1))
		failure = syscall.EIO
		require.ErrorIs(t, s.Cut(t.Context()), syscall.EIO)
		failure = nil
		require.NoError(t, w.commit(t.Context(), s, ends, 3))
		require.NoError(t, s.Cut(t.Context()))
		for _, e := range w.answered {
			requireEvent(t, s, e)
		}
		require.NoError(t, s.Close())
		requireSound(t, w.key, w.dir, w.answered)
	}
}

// TestCutsThatFailLeaveOneSegment: trying again and again does not fill the folder with segments, nor the process with files.
func TestCutsThatFailLeaveOneSegment(t *testing.T) {
	failure := error(syscall.ENOSPC)
	s, w, ends := begin(t, eventstore.NewMemory(), failing("write heads/checkpoint.tmp", &failure))
	require.NoError(t, w.commit(t.Context(), s, ends, 0))
	for range 10 {
		require.ErrorIs(t, s.Cut(t.Context()), syscall.ENOSPC)
	}
	numbers, err := segmentsIn(w.dir)
	require.NoError(t, err)
	require.Equal(t, []uint64{1, 2}, numbers)
	require.Nil(t, s.old[0].file)
}

// TestSegmentThatStays: a segment that could not be removed, although all in it is published, takes nothing from what was
// published after it.
func TestSegmentThatStays(t *testing.T) {
	memory, failure := eventstore.NewMemory(), error(syscall.EIO)
	s, w, ends := begin(t, memory.Handle(), failing("remove "+segmentPath("", 1), &failure))
	for i := range 3 {
		require.NoError(t, w.commit(t.Context(), s, ends, 2*i)) // always the same group
		if err := s.Cut(t.Context()); i == 0 {
			require.ErrorIs(t, err, syscall.EIO)
		} else {
			require.NoError(t, err)
		}
	}
	require.NoError(t, s.Close())
	numbers, err := segmentsIn(w.dir)
	require.NoError(t, err)
	require.Contains(t, numbers, uint64(1))
	failure = nil
	requireKept(t, w.key, w.dir, memory, w.answered)
}

// TestFullDiskInTheTail: a record that the disk takes a half of is not answered; opened again, everything before it is there.
func TestFullDiskInTheTail(t *testing.T) {
	full := false
	d := newStepper(func(_ int, op, _ string, do func(float64) error) error {
		if full && op == "append" {
			return errors.Join(do(0.5), syscall.ENOSPC)
		}
		return do(1)
	}).disk
	memory := eventstore.NewMemory()
	s, w, ends := begin(t, memory.Handle(), d)
	require.NoError(t, w.commit(t.Context(), s, ends, 0))
	full = true
	require.ErrorIs(t, w.commit(t.Context(), s, ends, 1), syscall.ENOSPC)
	require.ErrorIs(t, w.commit(t.Context(), s, ends, 2), eventstore.ErrNotWritten)
	require.NoError(t, s.Close())
	requireKept(t, w.key, w.dir, memory, w.answered)
}

// TestAlteredTail flips each bit of a tail in which everything was confirmed, and cuts it off at each byte: it is refused,
// since it is not what a power cut leaves. What is added behind is what one leaves, and is taken away.
func TestAlteredTail(t *testing.T) {
	memory := eventstore.NewMemory()
	s, w, ends := begin(t, memory.Handle(), quick())
	for i := range 3 {
		require.NoError(t, w.commit(t.Context(), s, ends, i))
	}
	whole := copyOf(t, w.dir) // which nobody cuts into tiles meanwhile
	text, err := os.ReadFile(segmentPath(whole, 1))
	require.NoError(t, err)
	text = bytes.TrimRight(text, "\x00") // what is laid out ahead says nothing
	signed := string(s.Checkpoint())
	open := func(text []byte) (*Store, error) {
		dir := copyOf(t, whole)
		require.NoError(t, os.WriteFile(segmentPath(dir, 1), text, 0o644))
		return Open(t.Context(), dir, w.key, memory.Handle(), Options{disk: w.disk})
	}
	for bit := range 8 * len(text) {
		if bit%7 == 0 || bit < 8*int(tailStart)+64 {
			altered := []byte(string(text))
			altered[bit/8] ^= 1 << (bit % 8)
			again, err := open(altered)
			if confirmed, e := readConfirmed(altered); e == nil && confirmed <= int64(len(text)) && bit < 8*int(tailStart) {
				require.NoError(t, err, "bit %d: less is said to be confirmed, which alters nothing", bit)
				require.Equal(t, signed, string(again.Checkpoint()))
				require.NoError(t, again.Close())
				continue
			}
			require.ErrorIs(t, err, eventstore.ErrDamaged, "bit %d", bit)
			require.ErrorContains(t, err, "tail/0000000000000001")
		}
	}
	for n := 0; n < len(text); n += 13 {
		_, err := open(text[:n])
		require.ErrorIs(t, err, eventstore.ErrDamaged, "of %d bytes %d", len(text), n)
	}
	for n := 1; n < len(text)-int(tailStart); n += 101 {
		again, err := open(append([]byte(string(text)), text[tailStart:int(tailStart)+n]...))
		require.NoError(t, err)
		require.Equal(t, signed, string(again.Checkpoint()))
		require.NoError(t, again.Close())
	}
}

// TestLateAppendJoins: an append whose outcome is unknown may come after the archive has looked for it. Once it can be read
// it is in the archive, and a sync that follows gives it a receipt.
func TestLateAppendJoins(t *testing.T) {
	faulty := storetest.NewFaulty(eventstore.NewMemory(), &storetest.Script{Writes: []storetest.Step{{Fault: storetest.LateBefore}}})
	s, _, _ := begin(t, faulty, quick())
	late := eventstore.Append{Group: "g", Bodies: [][]byte{[]byte("late")}}
	require.ErrorIs(t, s.Write(t.Context(), []eventstore.Append{late})[0], eventstore.ErrUnknown)
	require.NoError(t, s.Sync(t.Context()), "it looks for it, and does not find it")
	faulty.Settle()
	head, err := s.Head(t.Context(), "g")
	require.NoError(t, err)
	require.Equal(t, uint64(1), head.Number)
	require.NoError(t, s.Sync(t.Context()))
	r, err := s.Receipt(t.Context(), "g", 1)
	require.NoError(t, err)
	_, _, err = r.Check([]byte("late"), ours, s.Keys())
	require.NoError(t, err)
	require.False(t, s.inDoubt(""), "the register has moved on")
}

// A slow store has written, and does not say so before it is let.
type slow struct {
	eventstore.Store
	unknown bool
	written chan struct{}
	let     chan struct{}
}

func (s *slow) Write(ctx context.Context, appends []eventstore.Append) []error {
	errs := s.Store.Write(ctx, appends)
	if s.unknown {
		s.unknown = false
		return []error{eventstore.ErrUnknown}
	}
	s.written <- struct{}{}
	<-s.let
	return errs
}

// TestReadingInDoubtWaits: who reads a register that is in doubt, while it is written to, does not take away from who
// writes what he is about to take in.
func TestReadingInDoubtWaits(t *testing.T) {
	inner := eventstore.NewMemory()
	store := &slow{Store: inner, unknown: true, written: make(chan struct{}), let: make(chan struct{})}
	s, _, _ := begin(t, store, quick())
	require.NoError(t, inner.Handle().Write(t.Context(), []eventstore.Append{{Group: "g", Bodies: [][]byte{[]byte("other")}}})[0])
	for i := range 2 { // the first one is overtaken, and nobody hears of it
		a := eventstore.Append{Group: "g", After: uint64(i), Bodies: [][]byte{fmt.Appendf(nil, "%d", i)}}
		wrote := make(chan error, 1)
		go func() { wrote <- s.Write(t.Context(), []eventstore.Append{a})[0] }()
		if i == 0 {
			require.ErrorIs(t, <-wrote, eventstore.ErrUnknown)
			continue
		}
		<-store.written
		read := make(chan uint64, 1)
		go func() {
			head, _ := s.Head(t.Context(), "g")
			read <- head.Number
		}()
		time.Sleep(20 * time.Millisecond)
		store.let <- struct{}{}
		require.NoError(t, <-wrote)
		require.Equal(t, uint64(2), <-read)
	}
	require.NoError(t, s.Sync(t.Context()))
}

// TestNothingAlteredIsPushed: what the stream lacks is not written to it from files that do not fit the tree.
func TestNothingAlteredIsPushed(t *testing.T) {
	s, w, ends := begin(t, eventstore.NewMemory(), quick())
	for i := range 3 {
		require.NoError(t, w.commit(t.Context(), s, ends, i))
	}
	require.NoError(t, s.Close())
	flip(t, filepath.Join(w.dir, "groups/g0/tile/entries/000.p", fmt.Sprint(ends["g0"])), 8*3)
	lost := eventstore.NewMemory()
	_, err := Open(t.Context(), w.dir, w.key, lost.Handle(), Options{disk: w.disk})
	require.ErrorIs(t, err, eventstore.ErrDamaged)
	head, err := lost.Head(t.Context(), "g0")
	require.NoError(t, err)
	require.Zero(t, head.Number)
}

// TestNoArchiveBeforeItIsDurable: the public key, which says that an archive is whole, does not stand where it could not be
// brought to the disk.
func TestNoArchiveBeforeItIsDurable(t *testing.T) {
	key, err := GenerateKey(ours)
	require.NoError(t, err)
	dir, failure := t.TempDir(), error(syscall.EIO)
	d := failing("fsync "+filepath.Join(dir, publicKey)+tempSuffix, &failure)
	_, err = Open(t.Context(), dir, key, eventstore.NewMemory(), Options{disk: &d})
	require.ErrorIs(t, err, syscall.EIO)
	require.NoFileExists(t, filepath.Join(dir, publicKey))
	failure = nil
	s, err := Open(t.Context(), dir, key, eventstore.NewMemory(), Options{disk: &d})
	require.NoError(t, err)
	require.NoError(t, s.Close())
}

// TestMoreGatherWhereCuttingIsDear: what is cut at once grows to a bound where cutting takes much of the time, and shrinks again to what
// was asked for.
func TestMoreGatherWhereCuttingIsDear(t *testing.T) {
	s, _, _ := begin(t, eventstore.NewMemory(), quick())
	after := s.options.CutAfter
	for _, step := range []struct {
		took, since time.Duration
		want        int64
	}{
		{200, 1000, 2 * after},
		{101, 1000, 4 * after},
		{500, 1000, 4 * after},
		{50, 1000, 4 * after},
		{24, 1000, 2 * after},
		{1, 1000, after},
		{1, 1000, after},
	} {
		s.space(step.took*time.Millisecond, step.since*time.Millisecond)
		require.Equal(t, step.want, s.cutAfter)
	}
}
