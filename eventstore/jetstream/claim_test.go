package jetstream

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestClaim(t *testing.T) {
	nowhere := filepath.Join(t.TempDir(), "none")
	_, err := Claim(nowhere)
	require.ErrorIs(t, err, ErrNoFolder)
	require.NoDirExists(t, nowhere)
	foreign := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(foreign, "letter"), nil, 0o600))
	_, err = Claim(foreign)
	require.ErrorIs(t, err, ErrForeign)
	require.NoFileExists(t, filepath.Join(foreign, nextFile))

	dir := t.TempDir()
	s, err := Open(t.Context(), dir, Options{Create: true})
	require.NoError(t, err)
	require.False(t, Claimed(dir))
	require.NoFileExists(t, filepath.Join(dir, nextFile))
	for range 2 {
		release, err := Claim(dir)
		require.NoError(t, err)
		require.True(t, Claimed(dir))
		_, err = Claim(dir)
		require.ErrorIs(t, err, ErrClaimed)
		require.NoError(t, release())
		require.False(t, Claimed(dir))
	}
	require.NoError(t, s.Close())
	release, err := Claim(dir) // it keeps nobody out by itself
	require.NoError(t, err)
	s, err = Open(t.Context(), dir, Options{})
	require.NoError(t, err)
	require.NoError(t, s.Close())
	require.NoError(t, release())
}
