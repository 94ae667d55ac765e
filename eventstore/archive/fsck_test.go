package archive

import (
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/api/layout"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"pgregory.net/rapid"
)

// fsckOf has a folder checked by somebody else's program: the fsck of transparency-dev/tessera, which reads our files with
// its own code, recomputes all of them, and knows nothing of us but the name and the public key.
func fsckOf(t testing.TB, b *book) error {
	v, err := b.key.Verifier(ours)
	require.NoError(t, err)
	leaves := func(bundle []byte) ([][]byte, error) {
		var entries api.EntryBundle
		if err := entries.UnmarshalText(bundle); err != nil {
			return nil, err
		}
		var hashes [][]byte
		for _, entry := range entries.Entries {
			hashes = append(hashes, rfc6962.DefaultHasher.HashLeaf(entry))
		}
		return hashes, nil
	}
	return fsck.New(ours, v, client.FileFetcher{Root: b.dir}, leaves, fsck.Opts{N: 2}).Check(t.Context())
}

// TestTesseraTakesOurLogs, grown at once and in steps, with all partial files and without those that can go.
func TestTesseraTakesOurLogs(t *testing.T) {
	for _, size := range []uint64{1, 255, 256, 257, 1000, 70_000} {
		once := newBook(t, t.TempDir())
		once.grow(t, size)
		require.NoError(t, fsckOf(t, once), size)

		steps := newBook(t, t.TempDir())
		for _, part := range []uint64{size / 3, size / 2, size - 1, size} {
			was := steps.tree.size
			steps.grow(t, part)
			require.NoError(t, steps.Prune(was, part))
			require.NoError(t, steps.PruneNarrow(was, part))
			if part > 0 {
				require.NoError(t, fsckOf(t, steps), "%d of %d", part, size)
			}
		}
	}
}

// TestTesseraRefusesDamage sees that it looks at all: it must refuse each file of a log in which a bit was flipped.
func TestTesseraRefusesDamage(t *testing.T) {
	b := newBook(t, t.TempDir())
	b.grow(t, 600)
	for name := range files(t, b.dir) {
		flip(t, b.at(name), 30)
		require.Error(t, fsckOf(t, b), name)
		flip(t, b.at(name), 30)
	}
	require.NoError(t, fsckOf(t, b))
}

// TestTesseraFindsOurTiles compares the names of files.
func TestTesseraFindsOurTiles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		index := rapid.Uint64Range(0, MaxSize>>tileHeight).Draw(t, "index")
		level := rapid.IntRange(0, tileLevels-1).Draw(t, "level")
		width := rapid.IntRange(1, tileWidth).Draw(t, "width")
		require.Equal(t, layout.TilePath(uint64(level), index, uint8(width)), tile{level, index, width}.path())
		require.Equal(t, layout.EntriesPath(index, uint8(width)), tile{entries, index, width}.path())
	})
}
