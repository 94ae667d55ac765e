package jetstream

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/eventstore"
)

// TestCutTail takes away, in several ways, what the end of the stream lies in. The server would serve what is left as if
// nothing had been there; the opening says that it is damaged.
func TestCutTail(t *testing.T) {
	ways := map[string]func(t *testing.T, block string){
		"cut off":    func(t *testing.T, block string) { require.NoError(t, os.Truncate(block, 300)) },
		"taken away": func(t *testing.T, block string) { require.NoError(t, os.Remove(block)) },
		"cut off, the index too": func(t *testing.T, block string) {
			require.NoError(t, os.Truncate(block, 300))
			require.NoError(t, os.Remove(filepath.Join(filepath.Dir(block), "index.db")))
		},
	}
	for name, harm := range ways {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s, err := Open(t.Context(), dir, Options{Create: true})
			require.NoError(t, err)
			for i := range uint64(5) {
				require.NoError(t, s.Write(t.Context(), []eventstore.Append{{Group: "g", After: i, Bodies: [][]byte{make([]byte, 200)}}})[0])
			}
			require.NoError(t, s.Sync(t.Context()))
			require.NoError(t, s.Close())
			blocks, err := filepath.Glob(filepath.Join(dir, serverDir, "*", "streams", streamName, "msgs", "*.blk"))
			require.NoError(t, err)
			require.Len(t, blocks, 1)
			harm(t, blocks[0])
			_, err = Open(t.Context(), dir, Options{})
			require.ErrorIs(t, err, eventstore.ErrDamaged)
			var flawed *FlawedError
			require.ErrorAs(t, err, &flawed)
			require.Contains(t, flawed.Flaws[0].File, "msgs")
		})
	}
}
