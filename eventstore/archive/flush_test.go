package archive

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/eventstore"
)

// A flushing store is one whose Sync has the device flushed on which the archive lies too.
type flushing struct {
	eventstore.Store
	flush func()
}

func (flushing) Flushes(string) bool { return true }

func (f flushing) SyncAlong(ctx context.Context, along func() error) error {
	if err := along(); err != nil {
		return err
	}
	f.flush()
	return f.Sync(ctx)
}

// A watched file knows what of it has not reached the device, and how long it is there.
type watched struct {
	file
	t             *testing.T
	from, to, end int64 // what was written and has not reached it, and up to where anything was
	length        int64 // up to where the file is laid out durably
	line          int   // times that the line of what was confirmed was written and has not reached it
	syncs, outs   int
}

func (f *watched) Write(b []byte) (int, error) { return f.WriteAt(b, f.end) }

func (f *watched) WriteAt(b []byte, at int64) (int, error) {
	if at > 0 && at < tailStart {
		f.line++
		return f.file.WriteAt(b, at)
	}
	if f.from == f.to {
		f.from, f.to = at, at
	}
	f.from, f.to = min(f.from, at), max(f.to, at+int64(len(b)))
	f.end = max(f.end, f.to)
	return f.file.WriteAt(b, at)
}

func (f *watched) Sync() error {
	f.from, f.to, f.length, f.line, f.syncs = 0, 0, f.end, 0, f.syncs+1
	return nil
}

func (f *watched) WriteOut(from, size int64) error {
	require.LessOrEqual(f.t, from+size, f.length, "only what was laid out can be written over in place")
	if from <= f.from && f.to <= from+size {
		f.from, f.to = 0, 0
	}
	if from < tailStart {
		f.line = 0
	}
	f.outs++
	return f.file.WriteOut(from, size)
}

// TestOneFlushForBoth: where the other copy's sync has the device flushed, a record has reached the device before that, and never
// through bytes of the file that are not durably laid out; it is not answered before; and the line of what was confirmed follows.
func TestOneFlushForBoth(t *testing.T) {
	var tail *watched
	d := quick()
	open := d.open
	d.open = func(path string, flag int) (file, error) {
		f, err := open(path, flag)
		if strings.HasPrefix(filepath.Base(path), "0000") && flag&os.O_CREATE != 0 {
			tail = &watched{file: f, t: t}
			return tail, err
		}
		return f, err
	}
	flushes, signed := 0, ""
	var s *Store
	other := flushing{eventstore.NewMemory(), func() {
		flushes++
		require.Equal(t, tail.from, tail.to, "something has not reached the device")
		if s != nil {
			require.Equal(t, signed, string(s.Checkpoint()), "nothing is given out before the flush")
		}
	}}
	s, _, ends := begin(t, other, d)
	for i := range 200 {
		a := eventstore.Append{Group: "g", After: ends["g"], Bodies: [][]byte{fmt.Appendf(nil, "%2000d", i)}}
		ends["g"]++
		before := flushes
		require.NoError(t, s.Write(t.Context(), []eventstore.Append{a})[0])
		require.NoError(t, s.Sync(t.Context()))
		require.Equal(t, before+1, flushes)
		require.NotEqual(t, signed, string(s.Checkpoint()))
		require.LessOrEqual(t, tail.line, 17)
		signed = string(s.Checkpoint())
	}
	require.Greater(t, tail.outs, 150)
	require.Less(t, tail.syncs, 10)
	require.Greater(t, tail.length, int64(firstLayout), "it was laid out further")
}
