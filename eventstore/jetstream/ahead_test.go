package jetstream

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Blocks come whole and in their order, a short one after a long one as well, up to the first that is not there.
func TestEachBlockIsReadAheadOfItsTurn(t *testing.T) {
	stream := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(stream, messageDir), 0o700))
	want := map[uint64][]byte{}
	blocks := []uint64{1, 2, 3, 5, 8, 13}
	for i, block := range blocks {
		want[block] = bytes.Repeat([]byte{byte(block)}, []int{70_000, 3, 0, 5000, 90_000, 1}[i])
		require.NoError(t, os.WriteFile(blockPath(stream, block), want[block], 0o600))
	}
	var read []uint64
	look := func(block uint64, text []byte) {
		require.True(t, bytes.Equal(want[block], text), "block %d", block)
		read = append(read, block)
	}
	require.NoError(t, eachBlock(stream, blocks, look))
	require.Equal(t, blocks, read)
	read = nil
	require.ErrorIs(t, eachBlock(stream, []uint64{1, 2, 4, 5}, look), fs.ErrNotExist)
	require.Equal(t, []uint64{1, 2}, read)
	require.NoError(t, eachBlock(stream, nil, look))
}
