package jetstream

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// lastBlock gives the path of the block that is written to.
func lastBlock(t *testing.T, dir string) string {
	t.Helper()
	blocks, err := filepath.Glob(filepath.Join(newSyncer(dir, bySyncFiles).stream, messageDir, "*"+blockSuffix))
	require.NoError(t, err)
	require.Len(t, blocks, 1)
	return blocks[0]
}

// TestTornRecord tears the last message's record in the block at each byte, as a power cut does: the folder opens, and what
// is written then can be read.
func TestTornRecord(t *testing.T) {
	for _, clean := range []bool{false, true} {
		dir := t.TempDir()
		s := openIn(t, dir, Options{Create: true})
		for i := range 5 {
			write(t, s, fmt.Sprint("g", i%2), uint64(i/2), strings.Repeat("x", 100+i))
		}
		if clean {
			require.NoError(t, s.Close())
			s = openIn(t, dir, Options{})
		}
		before, err := os.ReadFile(lastBlock(t, dir))
		require.NoError(t, err)
		left := t.TempDir()
		require.NoError(t, os.CopyFS(left, os.DirFS(dir)))
		write(t, s, "g1", 2, strings.Repeat("y", 200))
		after, err := os.ReadFile(lastBlock(t, dir))
		require.NoError(t, err)
		require.Equal(t, string(before), string(after[:len(before)]))
		for n := len(before); n < len(after); n += 3 {
			torn := t.TempDir()
			require.NoError(t, os.CopyFS(torn, os.DirFS(left)))
			require.NoError(t, os.WriteFile(lastBlock(t, torn), after[:n], 0o644))
			again, err := Open(t.Context(), torn, Options{Patience: 2 * time.Second})
			require.NoError(t, err, "%d bytes of %d", n-len(before), len(after)-len(before))
			write(t, again, "g1", 2, strings.Repeat("z", 300))
			write(t, again, "g0", 3, strings.Repeat("z", 300))
			require.Len(t, read(t, again, "g0"), 4, n-len(before))
			require.Len(t, read(t, again, "g1"), 3, n-len(before))
			require.NoError(t, again.Close())
		}
		require.NoError(t, s.Close())
	}
}
