package archive

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"registre/eventstore"
)

// damages are what a check finds, by file.
func damages(t require.TestingT, l *Log, c Checkpoint) map[string][]uint64 {
	found := map[string][]uint64{}
	for err := range l.Check(c) {
		require.ErrorIs(t, err, eventstore.ErrDamaged)
		var damage *DamageError
		require.True(t, errors.As(err, &damage))
		found[damage.Path] = append(found[damage.Path], damage.Index)
	}
	return found
}

// places are the leaves that a bit of a file touches: from the first up to the last.
func places(t require.TestingT, l *Log, size uint64, path string, bit int) (first, last uint64) {
	for level := entries; level < tileLevels; level++ {
		for index := uint64(0); ; index++ {
			tile := tileOf(level, index, size)
			if tile.width == 0 {
				break
			}
			if tile.path() != path {
				continue
			}
			if level >= 0 {
				at := index<<tileHeight + uint64(bit/256)
				return at << tile.below(), (at+1)<<tile.below() - 1
			}
			bodies, _, err := l.At(size).bundle(nil, nil, index)
			require.NoError(t, err)
			at, rest := tile.first(), bit/8
			for _, b := range bodies {
				if rest < len(b)+lengthBytes {
					return at, at
				}
				rest -= len(b) + lengthBytes
				at++
			}
		}
	}
	require.Fail(t, "no such file", path)
	return 0, 0
}

// TestCheckNamesEveryFlippedBit flips bits all over a log: one report for each, with the file and the leaf.
func TestCheckNamesEveryFlippedBit(t *testing.T) {
	b := newBook(t, t.TempDir())
	c := b.grow(t, 530)
	for name, content := range files(t, b.dir) {
		if name == checkpointPath {
			continue
		}
		for bit := 0; bit < len(content)*8; bit += 499 {
			first, _ := places(t, b.Log, c.Size, name, bit)
			flip(t, b.at(name), bit)
			found := damages(t, b.Log, c)
			require.Len(t, found, 1, "%s, bit %d: %v", name, bit, found)
			require.Len(t, found[name], 1)
			if strings.Contains(name, "entries") && found[name][0] != first {
				require.Greater(t, found[name][0], first, "a wrong length shows later at the latest")
				require.Less(t, found[name][0], first+2+512)
			} else {
				require.Equal(t, first, found[name][0], "%s, bit %d", name, bit)
			}
			flip(t, b.at(name), bit)
		}
	}
	require.Empty(t, damages(t, b.Log, c))
}

// TestCheckTellsSeveralDamagesApart flips a few bits at once, in bodies and hashes. Each is named, and nothing else is
// unless two of them are on one path to the root.
func TestCheckTellsSeveralDamagesApart(t *testing.T) {
	b := newBook(t, t.TempDir())
	c := b.grow(t, 1000)
	var names []string
	whole := files(t, b.dir)
	for name := range whole {
		if name != checkpointPath {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	apart := 0
	property := func(r *rapid.T) {
		want := map[string]uint64{}
		alone := true
		var ranges [][2]uint64
		for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(names), 2, 5, rapid.ID).Draw(r, "files") {
			bit := rapid.IntRange(0, len(whole[name])*8-1).Draw(r, "bit")
			if strings.Contains(name, "entries") {
				bit = rapid.IntRange(lengthBytes*8, 9*8-1).Draw(r, "bit of the first body")
			}
			first, last := places(r, b.Log, c.Size, name, bit)
			for _, other := range ranges {
				alone = alone && (last < other[0] || other[1] < first)
			}
			ranges = append(ranges, [2]uint64{first, last})
			want[name] = first
			defer flip(t, b.at(name), bit)
			flip(r, b.at(name), bit)
		}
		found := damages(r, b.Log, c)
		for name, at := range want {
			require.Contains(r, found[name], at, "%s: %v", name, found)
		}
		if alone {
			apart++
			require.Len(r, found, len(want))
		}
	}
	for rounds := 0; apart <= 10 && rounds < 10; rounds++ { // with -short a round draws few
		rapid.Check(t, property)
	}
	require.Greater(t, apart, 10)
}

// TestCheckNamesBothSidesOnce damages an entry and its hash: nothing tells what they were, and each is named one time.
func TestCheckNamesBothSidesOnce(t *testing.T) {
	b := newBook(t, t.TempDir())
	c := b.grow(t, 1000)
	flip(t, b.at("tile/entries/001"), lengthBytes*8)
	flip(t, b.at("tile/0/001"), 0)
	require.Equal(t, map[string][]uint64{"tile/entries/001": {256}, "tile/0/001": {256}}, damages(t, b.Log, c))
}

// TestCheckFindsWhatIsMissing removes, truncates and lengthens each file.
func TestCheckFindsWhatIsMissing(t *testing.T) {
	b := newBook(t, t.TempDir())
	c := b.grow(t, 530)
	for name, content := range files(t, b.dir) {
		if name == checkpointPath {
			continue
		}
		require.NoError(t, os.Remove(b.at(name)))
		require.Contains(t, damages(t, b.Log, c), name)
		require.Len(t, damages(t, b.Log, c), 1)
		for _, other := range []string{"", content[:1], content[:len(content)-1], content + "x", content + content} {
			require.NoError(t, os.WriteFile(b.at(name), []byte(other), 0o644))
			require.Contains(t, damages(t, b.Log, c), name)
			require.Len(t, damages(t, b.Log, c), 1)
		}
		require.NoError(t, os.WriteFile(b.at(name), []byte(content), 0o644))
	}
	require.NoError(t, os.RemoveAll(b.at("tile")))
	require.Len(t, damages(t, b.Log, c), len(tilesAt(c.Size))+4)
}

// TestCheckFindsARewrittenHistory has entries and tiles that agree with each other, and not with the checkpoint.
func TestCheckFindsARewrittenHistory(t *testing.T) {
	b := newBook(t, t.TempDir())
	b.grow(t, 530)
	other := checkpointOf(ours, grown(530))
	other.Root[0] ^= 1
	require.Equal(t, map[string][]uint64{checkpointPath: {530}}, damages(t, b.Log, other))
	require.ErrorIs(t, FirstDamage(b.Check(other)), ErrNotProven)

	// The tile of the first 256 and their bundle are those of other events, but not what is above them.
	forged := newBook(t, t.TempDir())
	x, err := forged.Extend(Tree{}, bodies(1, 257))
	require.NoError(t, err)
	require.NoError(t, x.Land())
	for _, name := range []string{"tile/0/000", "tile/entries/000"} {
		content, err := os.ReadFile(forged.at(name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(b.at(name), content, 0o644))
	}
	require.Equal(t, map[string][]uint64{"tile/0/000": {0}}, damages(t, b.Log, checkpointOf(ours, b.tree)))
}

func TestCheckStopsWhenNobodyListens(t *testing.T) {
	b := newBook(t, t.TempDir())
	c := b.grow(t, 5000)
	require.NoError(t, os.RemoveAll(b.at("tile")))
	n := 0
	for range b.Check(c) {
		if n++; n == 3 {
			break
		}
	}
	require.Equal(t, 3, n)
}
