package atmost

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	for _, c := range []struct {
		content string
		most    int64
		long    bool
	}{{"", 0, false}, {"abc", 3, false}, {"abc", 2, true}, {"abc", 0, true}, {strings.Repeat("x", 1<<16), 1 << 16, false}, {strings.Repeat("x", 1<<16+1), 1 << 16, true}} {
		require.NoError(t, os.WriteFile(path, []byte(c.content), 0o600))
		room := bytes.NewBufferString("what was there before")
		text, err := File(path, c.most)
		intoErr := Into(room, path, c.most)
		read, readErr := Read(strings.NewReader(c.content), c.most)
		if c.long {
			require.Equal(t, &Error{path, c.most}, err)
			require.Equal(t, &Error{path, c.most}, intoErr)
			require.Equal(t, &Error{"", c.most}, readErr)
			continue
		}
		require.NoError(t, errors.Join(err, intoErr, readErr))
		require.Equal(t, c.content, string(text))
		require.Equal(t, c.content, room.String())
		require.Equal(t, c.content, string(read))
	}
}

// A device says that it has no byte, and gives them without end.
func TestDevice(t *testing.T) {
	if _, err := os.Stat("/dev/zero"); err != nil {
		t.Skip("there is none here")
	}
	_, err := File("/dev/zero", 1<<20)
	require.Equal(t, &Error{"/dev/zero", 1 << 20}, err)
	require.EqualError(t, err, "/dev/zero: more than 1048576 bytes, which are the most that it can have")
	require.Equal(t, &Error{"/dev/zero", 1 << 20}, Into(new(bytes.Buffer), "/dev/zero", 1<<20))
}

func TestWhatTheSystemSays(t *testing.T) {
	dir := t.TempDir()
	_, err := File(filepath.Join(dir, "none"), 1)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorIs(t, Into(new(bytes.Buffer), filepath.Join(dir, "none"), 1), fs.ErrNotExist)
	_, err = File(dir, 1)
	_, want := os.ReadFile(dir)
	require.Equal(t, want, err)
}
