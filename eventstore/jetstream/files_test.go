package jetstream

import (
	"encoding/binary"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
)

// anEvent is a real event, which says its own number.
func anEvent(t testing.TB, group string, number uint64) []byte {
	t.Helper()
	day, err := domain.NewDay(2026, 11, 24)
	require.NoError(t, err)
	c := domain.Command{ID: uuid.New(), Group: domain.GroupID(group), Effective: domain.OnDay(day), Actor: "a"}
	act := &domain.ObligationSet{Article: "1", Basis: "L2113-6", Text: fmt.Sprint("text ", number)}
	e := eventstore.NewEnvelope(&c, domain.Event{Effective: c.Effective, Act: act}, number, uuid.Must(uuid.NewV7()), domain.InstantOf(time.Unix(int64(number), 0)))
	body, err := e.Append(nil)
	require.NoError(t, err)
	return body
}

// aFolder has ten events in two groups, closed, and gives what they are, by their sequence numbers.
func aFolder(t testing.TB) (dir, block string, events []eventstore.Record) {
	t.Helper()
	dir = t.TempDir()
	s, err := Open(t.Context(), dir, Options{Create: true})
	require.NoError(t, err)
	for i := range uint64(10) {
		r := eventstore.Record{Group: domain.GroupID([]string{"alpha", "beta"}[i%2]), Number: i/2 + 1}
		r.Body = anEvent(t, string(r.Group), r.Number)
		require.NoError(t, s.Write(t.Context(), []eventstore.Append{{Group: r.Group, After: r.Number - 1, Bodies: [][]byte{r.Body}}})[0])
		events = append(events, r)
	}
	require.NoError(t, s.Sync(t.Context()))
	require.NoError(t, s.Close())
	return dir, blockPath(newSyncer(dir, bySyncFiles).stream, 1), events
}

func gather(t testing.TB, all iter.Seq2[eventstore.Record, error]) (records []eventstore.Record) {
	t.Helper()
	for r, err := range all {
		require.NoError(t, err)
		r.Body = slices.Clone(r.Body)
		records = append(records, r)
	}
	return records
}

// TestFilesAreWhatTheServerGives: of several blocks, in which there are appends of one event, of a few and of many.
func TestFilesAreWhatTheServerGives(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, Options{Create: true})
	require.NoError(t, err)
	end := uint64(0)
	for i := range 250 {
		a := eventstore.Append{Group: "g", After: end}
		for range []int{1, 3, 300}[min(i%40, 1)+i/249] {
			a.Bodies = append(a.Bodies, []byte(strings.Repeat("x", 1+(i*7919)%60000)))
		}
		end += uint64(len(a.Bodies))
		require.NoError(t, s.Write(t.Context(), []eventstore.Append{a, {Group: "h", After: uint64(i), Bodies: [][]byte{[]byte("h")}}})[0])
	}
	require.NoError(t, s.Sync(t.Context()))
	all, ofG := gather(t, s.ReadAll(t.Context())), gather(t, s.Read(t.Context(), "g", 100))
	heads, err := s.Heads(t.Context())
	require.NoError(t, err)
	require.NoError(t, s.Close())
	f, err := OpenFiles(dir)
	require.NoError(t, err)
	require.Empty(t, f.Survey().Flaws)
	require.Empty(t, f.Survey().Torn)
	require.EqualValues(t, len(all), f.Survey().Last)
	blocks, err := listBlocks(filepath.Join(newSyncer(dir, bySyncFiles).stream, messageDir))
	require.NoError(t, err)
	require.Greater(t, len(blocks), 2)
	require.Equal(t, all, gather(t, f.ReadAll(t.Context())))
	require.Equal(t, ofG, gather(t, f.Read(t.Context(), "g", 100)))
	ends, err := f.Heads(t.Context())
	require.NoError(t, err)
	require.Equal(t, heads, ends)
}

// TestEveryBitOfABlock flips each bit of a block of ten events: it is found, with the number of the message, and all other
// events are given, each under its number. A server is not let at it after an unclean stop, when it would cut off what follows.
func TestEveryBitOfABlock(t *testing.T) {
	dir, block, events := aFolder(t)
	text, err := os.ReadFile(block)
	require.NoError(t, err)
	require.NoError(t, os.Remove(filepath.Join(filepath.Dir(block), indexFile)))
	sizes := recordSizes(text)
	require.Len(t, sizes, 10)
	for bit := range 8 * len(text) {
		seq := recordAt(sizes, bit/8)
		flipped := slices.Clone(text)
		flipped[bit/8] ^= 1 << (bit % 8)
		require.NoError(t, os.WriteFile(block, flipped, 0o600))
		found, err := Inspect(dir, true)
		require.NoError(t, err)
		require.Len(t, found.Flaws, 1, "bit %d", bit)
		flaw := found.Flaws[0]
		require.EqualValues(t, seq+1, flaw.First, "bit %d: %v", bit, flaw)
		if seq < 9 {
			require.EqualValues(t, seq+1, flaw.Last, "bit %d: %v", bit, flaw)
		}
		if bit%11 == 0 {
			f, err := OpenFiles(dir)
			require.NoError(t, err)
			require.Equal(t, slices.Delete(slices.Clone(events), seq, seq+1), gather(t, f.ReadAll(t.Context())), "bit %d", bit)
		}
		if bit%257 == 0 {
			_, err = Open(t.Context(), dir, Options{})
			var flawed *FlawedError
			require.ErrorAs(t, err, &flawed)
			require.ErrorIs(t, err, eventstore.ErrDamaged)
			after, err := os.ReadFile(block)
			require.NoError(t, err)
			require.Equal(t, string(flipped), string(after), "nothing is touched")
		}
	}
}

func recordSizes(text []byte) (sizes []int) {
	for r := newBlockReader(1, true); len(text) > 0; text = text[sizes[len(sizes)-1]:] {
		rec, err := r.cut(text)
		if err != nil {
			return sizes
		}
		sizes = append(sizes, rec.size)
	}
	return sizes
}

// recordAt gives which record a byte belongs to, counted from 0.
func recordAt(sizes []int, at int) (n int) {
	for at >= sizes[n] {
		at -= sizes[n]
		n++
	}
	return n
}

// TestNumbersThatFillMemory: a flipped bit in a sequence number, which the server would fill a gap of memory for, is not shown to
// it, not even where it has closed the stream and reads no block when it opens.
func TestNumbersThatFillMemory(t *testing.T) {
	dir, block, _ := aFolder(t)
	text, err := os.ReadFile(block)
	require.NoError(t, err)
	sizes, at := recordSizes(text), 0
	for n, size := range sizes {
		for _, bit := range []int{0, 17, 40, 47, 61, 63} {
			flipped := slices.Clone(text)
			seq := binary.LittleEndian.Uint64(flipped[at+4:]) ^ 1<<bit
			binary.LittleEndian.PutUint64(flipped[at+4:], seq)
			require.NoError(t, os.WriteFile(block, flipped, 0o600))
			_, err := Open(t.Context(), dir, Options{})
			require.ErrorContains(t, err, "msgs/1.blk", "record %d, bit %d", n, bit)
			require.ErrorIs(t, err, eventstore.ErrDamaged)
		}
		at += size
	}
	require.NoError(t, os.WriteFile(block, text, 0o600))
	s, err := Open(t.Context(), dir, Options{})
	require.NoError(t, err)
	require.NoError(t, s.Close())
}

// TestBlocksAreMissed: a block that was removed is missed, whether it was the first, one in between, or the last.
func TestBlocksAreMissed(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, Options{Create: true})
	require.NoError(t, err)
	for i := range uint64(500) {
		require.NoError(t, s.Write(t.Context(), []eventstore.Append{{Group: "g", After: i, Bodies: [][]byte{make([]byte, 60000)}}})[0])
	}
	require.NoError(t, s.Sync(t.Context()))
	require.NoError(t, s.Close())
	stream := newSyncer(dir, bySyncFiles).stream
	blocks, err := listBlocks(filepath.Join(stream, messageDir))
	require.NoError(t, err)
	require.Greater(t, len(blocks), 3)
	for _, block := range []uint64{blocks[0], blocks[1], blocks[len(blocks)-1]} {
		away := filepath.Join(t.TempDir(), "away")
		require.NoError(t, os.Rename(blockPath(stream, block), away))
		for _, sums := range []bool{false, true} {
			found, err := Inspect(dir, sums)
			require.NoError(t, err)
			require.Len(t, found.Flaws, 1)
			require.Positive(t, found.Flaws[0].Last, "it is told how many are missing")
		}
		_, err = Open(t.Context(), dir, Options{})
		require.ErrorIs(t, err, eventstore.ErrDamaged)
		require.NoError(t, os.Rename(away, blockPath(stream, block)))
	}
	s, err = Open(t.Context(), dir, Options{})
	require.NoError(t, err)
	require.NoError(t, s.Close())
}

// TestMetaFiles flips each bit of the files with the stream's configuration, without which the server knows of no stream.
func TestMetaFiles(t *testing.T) {
	dir, block, _ := aFolder(t)
	for _, name := range []string{"meta.inf", "meta.sum"} {
		path := filepath.Join(filepath.Dir(filepath.Dir(block)), name)
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		for bit := range 8 * len(text) {
			flipped := slices.Clone(text)
			flipped[bit/8] ^= 1 << (bit % 8)
			require.NoError(t, os.WriteFile(path, flipped, 0o600))
			_, err := Open(t.Context(), dir, Options{})
			require.ErrorIs(t, err, eventstore.ErrDamaged)
			require.ErrorContains(t, err, "meta.inf")
		}
		require.NoError(t, os.WriteFile(path, text, 0o600))
	}
}

// TestIndexThatRemembersMore: an index from a clean end that is on the disk although the block behind it is not makes the server
// keep a number for what nobody has. It is taken away first, and numbers go on without a gap.
func TestIndexThatRemembersMore(t *testing.T) {
	dir, block, events := aFolder(t)
	text, err := os.ReadFile(block)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, confirmedFile), fmt.Appendf(nil, confirmedForm, 9), 0o644))
	sizes := recordSizes(text)
	require.NoError(t, os.Truncate(block, int64(len(text)-sizes[9])))
	s, err := Open(t.Context(), dir, Options{})
	require.NoError(t, err)
	require.Equal(t, events[:9], gather(t, s.ReadAll(t.Context())))
	body := anEvent(t, "beta", 5)
	require.NoError(t, s.Write(t.Context(), []eventstore.Append{{Group: "beta", After: 4, Bodies: [][]byte{body}}})[0])
	require.Len(t, gather(t, s.ReadAll(t.Context())), 10)
	info, err := s.info(t.Context(), "", 0)
	require.NoError(t, err)
	require.EqualValues(t, 10, info.State.LastSeq)
	require.NoError(t, s.Close())
}

// TestTornIsToldFromDamaged: what is not whole behind what was confirmed was cut off by a crash, and opening takes it away; what
// was confirmed is damage.
func TestTornIsToldFromDamaged(t *testing.T) {
	dir, block, events := aFolder(t)
	text, err := os.ReadFile(block)
	require.NoError(t, err)
	require.NoError(t, os.Remove(filepath.Join(filepath.Dir(block), indexFile)))
	sizes := recordSizes(text)
	text[len(text)-sizes[9]-sizes[8]+50] ^= 1 // in the last but one
	require.NoError(t, os.WriteFile(block, text, 0o600))
	for confirmed := uint64(10); confirmed > 6; confirmed-- {
		require.NoError(t, os.WriteFile(filepath.Join(dir, confirmedFile), fmt.Appendf(nil, confirmedForm, confirmed), 0o644))
		found, err := Inspect(dir, true)
		require.NoError(t, err)
		require.Equal(t, confirmed >= 9, len(found.Flaws) > 0, confirmed)
		require.Equal(t, confirmed < 9, len(found.Torn) > 0, confirmed)
	}
	s, err := Open(t.Context(), dir, Options{})
	require.NoError(t, err)
	require.Equal(t, events[:8], gather(t, s.ReadAll(t.Context())))
	require.NoError(t, s.Close())
}
