package archive

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/eventstore"
)

// frameOf is a record of one event, sealed.
func frameOf(body string) []byte {
	frame, _ := eventstore.Append{Group: "a", Bodies: [][]byte{[]byte(body)}}.AppendTo(append(make([]byte, eventstore.FrameHeader), tagAppend))
	frame = append(append(frame, tagCheckpoint), "signed"...)
	eventstore.SealFrame(frame)
	return frame
}

// TestTail: what was added is read, however far the segment is laid out; a record that is not whole, wherever it was cut or
// altered and whatever lies behind it, ends the reading, and is told from a clean end.
func TestTail(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, tailDir), 0o755))
	s, err := newSegment(thisDisk, dir, 1)
	require.NoError(t, err)
	const records = 300
	last := int64(0)
	for i := range records {
		last = s.size
		require.NoError(t, s.add(frameOf(fmt.Sprint(i, string(bytes.Repeat([]byte("x"), 1000))))))
	}
	require.NoError(t, s.sync(false))
	require.NoError(t, s.close())
	read := func() (int, int64, bool) {
		found, end, whole, err := readSegment(s.path)
		require.NoError(t, err)
		return len(found), end, whole
	}
	n, end, whole := read()
	require.Equal(t, []any{records, s.size, true}, []any{n, end, whole})
	text, err := os.ReadFile(s.path)
	require.NoError(t, err)
	require.Greater(t, int64(len(text)), s.size, "laid out ahead")
	for at := last; at < s.size; at += 13 {
		altered := bytes.Clone(text)
		clear(altered[at:min(at+500, s.size)]) // a sector that did not reach the disk
		require.NoError(t, os.WriteFile(s.path, altered, 0o644))
		n, end, whole = read()
		require.Equal(t, []any{records - 1, last}, []any{n, end}, "at %d", at)
		require.Equal(t, at == last && s.size-last <= 500, whole)
		require.NoError(t, os.WriteFile(s.path, text[:at], 0o644))
		n, _, whole = read()
		require.Equal(t, []any{records - 1, at == last}, []any{n, whole}, "cut at %d", at)
	}
}
