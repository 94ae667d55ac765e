package archive_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/eventstore"
	"registre/eventstore/archive"
)

// recordsOf gives where the records of a segment begin, and where the last one ends.
func recordsOf(t testing.TB, segment []byte) (at []int) {
	t.Helper()
	at = []int{tailLines}
	for rest := segment[tailLines:]; ; {
		_, after, ok := eventstore.CutFrame(rest)
		if !ok {
			return at
		}
		rest = after
		at = append(at, len(segment)-len(rest))
	}
}

// TestLostRecordsAreChainedAgain loses records of the tail whole, one, two or three that follow on each other, wherever they stand:
// what is made of the stream's events are the very heads that were signed, so that what was given out for them still holds.
func TestLostRecordsAreChainedAgain(t *testing.T) {
	for _, lost := range []int{1, 2, 3} {
		h := build(t, 9, 100)
		const name = "tail/0000000000000001"
		segment := h.files(t)[name]
		before := h.verify(t, archive.VerifyOptions{}).Signed
		at := recordsOf(t, segment)
		require.Len(t, at, 14)
		for first := 0; first+lost < len(at); first++ {
			for how, fill := range map[string]byte{"zeros": 0, "ones": 0xff} {
				damaged := slices.Clone(segment)
				copy(damaged[at[first]:], bytes.Repeat([]byte{fill}, at[first+lost]-at[first]))
				h.put(t, name, damaged)
				require.NotEmpty(t, h.full(t), "%s over %d records from %d on", how, lost, first)
				steps, left := h.repair(t, h.memory.Handle())
				require.Empty(t, left, "%s over %d records from %d on: %v", how, lost, first, steps)
				v := h.verify(t, archive.VerifyOptions{Full: true, Kept: before})
				require.Empty(t, v.Findings)
				require.Equal(t, string(before), string(v.Signed))
				h.put(t, name, segment)
			}
		}
	}
}

// TestLostSegmentsAreChainedAgain: a segment that was removed, whether it was the newest or one before it, is missed, and made anew. So
// is one that was published already, of which nothing is missing.
func TestLostSegmentsAreChainedAgain(t *testing.T) {
	h := build(t, 9, 100)
	before := h.verify(t, archive.VerifyOptions{}).Signed
	path := filepath.Join(h.dir, "tail/0000000000000001")
	require.NoError(t, os.Remove(path))
	findings := h.full(t)
	require.True(t, slices.ContainsFunc(findings, func(f archive.Finding) bool { return f.Kind() == "shortened" }), "%v", findings)
	_, err := archive.Open(t.Context(), h.dir, h.key, h.memory.Handle(), archive.Options{})
	require.ErrorIs(t, err, eventstore.ErrDamaged)
	steps, left := h.repair(t, h.memory.Handle())
	require.Empty(t, left, "%v", steps)
	v := h.verify(t, archive.VerifyOptions{Full: true, Kept: before})
	require.Empty(t, v.Findings)
	require.Equal(t, string(before), string(v.Signed))
	s, err := archive.Open(t.Context(), h.dir, h.key, h.memory.Handle(), archive.Options{})
	require.NoError(t, err)
	require.Equal(t, string(before), string(s.Checkpoint()))
	require.NoError(t, s.Close())
}

// TestNothingElseIsChained: a stream that has other events than those that were signed for mends no tail.
func TestNothingElseIsChained(t *testing.T) {
	h := build(t, 9, 100)
	const name = "tail/0000000000000001"
	segment := h.files(t)[name]
	at := recordsOf(t, segment)
	damaged := slices.Clone(segment)
	clear(damaged[at[1]:at[2]])
	h.put(t, name, damaged)
	wrong := changed{h.memory.Handle(), func(all []string) []string {
		for i := range all {
			all[i] += "x"
		}
		return all
	}}.registers(t)
	_, left := h.repair(t, wrong)
	require.NotEmpty(t, left)
	_, left = h.repair(t, nil)
	require.NotEmpty(t, left)
	_, left = h.repair(t, h.memory.Handle())
	require.Empty(t, left)
}

// TestLostRecordsWithoutTheNewest loses records of the tail and what notes the newest checkpoint: the one bit that was flipped in that is
// found, also in its zeros; and where it is gone for good, records that are whole still tell of those that were lost before them, and
// only what was lost at the end is not told.
func TestLostRecordsWithoutTheNewest(t *testing.T) {
	h := build(t, 9, 100)
	const name = "tail/0000000000000001"
	segment, newest, before := h.files(t)[name], h.files(t)["newest"], h.verify(t, archive.VerifyOptions{}).Signed
	at := recordsOf(t, segment)
	lose := func(first, last int) {
		damaged := slices.Clone(segment)
		clear(damaged[at[first]:at[last]])
		h.put(t, name, damaged)
	}
	for _, bit := range []int{3, 8*100 + 1, 8*len(newest) - 5} {
		lose(len(at)-4, len(at)-1) // two of them of one group
		flipped := slices.Clone(newest)
		flipped[bit/8] ^= 1 << (bit % 8)
		h.put(t, "newest", flipped)
		steps, left := h.repair(t, h.memory.Handle())
		require.Empty(t, left, "bit %d: %v", bit, steps)
		require.Equal(t, string(before), string(h.verify(t, archive.VerifyOptions{}).Signed), "bit %d", bit)
		require.Equal(t, string(newest), string(h.files(t)["newest"]))
	}
	h.put(t, "newest", bytes.Repeat([]byte("x"), len(newest)))
	lose(2, 4)
	steps, left := h.repair(t, h.memory.Handle())
	require.Empty(t, left, "%v", steps)
	require.Equal(t, string(before), string(h.verify(t, archive.VerifyOptions{}).Signed))

	shorter := changed{h.memory.Handle(), func(all []string) []string { return all[:len(all)-1] }}.registers(t)
	h.put(t, "newest", bytes.Repeat([]byte("x"), len(newest)))
	lose(len(at)-2, len(at)-1)
	_, left = h.repair(t, shorter)
	require.NotEmpty(t, left, "the last event is in neither copy, and nothing is as if it had not been")
}

// TestNewestIsMended: the checkpoint that was noted is found altered, and noted anew; opening goes on without it.
func TestNewestIsMended(t *testing.T) {
	h := build(t, 9, 100)
	content := h.files(t)["newest"]
	for bit := 0; bit < 8*len(bytes.TrimRight(content, "\x00")); bit += 31 {
		flipped := slices.Clone(content)
		flipped[bit/8] ^= 1 << (bit % 8)
		h.put(t, "newest", flipped)
		findings := h.full(t)
		require.Len(t, findings, 1, "bit %d", bit)
		require.Equal(t, "newest", findings[0].File)
		_, left := h.repair(t, h.memory.Handle())
		require.Empty(t, left)
		require.Equal(t, string(content), string(h.files(t)["newest"]))
	}
	h.put(t, "newest", content[:100])
	require.NotEmpty(t, h.full(t))
	s, err := archive.Open(t.Context(), h.dir, h.key, h.memory.Handle(), archive.Options{})
	require.NoError(t, err)
	require.NoError(t, s.Close())
	require.Empty(t, h.full(t))
}
