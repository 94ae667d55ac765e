package archive_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
	"registre/eventstore/jetstream"
)

// BenchmarkVerify is a full verification of 8 groups of 40,000 events beside bare reading of the same files with SHA-256, both
// with one worker: MB/s are of the files' bytes.
func BenchmarkVerify(b *testing.B) {
	for _, size := range []int{300, 800} {
		dir, key := b.TempDir(), newKey(b)
		s, err := archive.Open(context.Background(), dir, key, eventstore.NewMemory(), archive.Options{CutAfter: 1 << 40})
		require.NoError(b, err)
		bodies := make([][]byte, 1000)
		for i := range bodies {
			bodies[i] = make([]byte, size)
		}
		for n := range uint64(40) {
			for g := range 8 {
				copy(bodies[0], fmt.Sprint(g, n))
				a := eventstore.Append{Group: domain.GroupID(fmt.Sprint("g", g)), After: n * 1000, Bodies: bodies}
				require.NoError(b, s.Write(b.Context(), []eventstore.Append{a})[0])
			}
			require.NoError(b, s.Sync(b.Context()))
		}
		require.NoError(b, s.Close())
		all := filesBelow(b, dir)
		b.Run(fmt.Sprintf("bare/%d", size), func(b *testing.B) {
			b.SetBytes(all)
			for b.Loop() {
				bareRead(b, dir)
			}
		})
		b.Run(fmt.Sprintf("full/%d", size), func(b *testing.B) {
			b.SetBytes(all)
			for b.Loop() {
				v, err := archive.Verify(b.Context(), dir, archive.VerifyOptions{Full: true, Workers: 1})
				require.NoError(b, err)
				require.Empty(b, v.Findings)
				require.EqualValues(b, 320_000, v.Events)
			}
		})
	}
}

func eachFile(b *testing.B, dir string, look func(path string)) {
	require.NoError(b, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			look(path)
		}
		return err
	}))
}

func filesBelow(b *testing.B, dir string) (bytes int64) {
	eachFile(b, dir, func(path string) {
		info, err := os.Stat(path)
		require.NoError(b, err)
		bytes += info.Size()
	})
	return bytes
}

var sink [sha256.Size]byte

func bareRead(b *testing.B, dir string) {
	eachFile(b, dir, func(path string) {
		content, err := os.ReadFile(path)
		require.NoError(b, err)
		sink = sha256.Sum256(content)
	})
}

// BenchmarkVerifyStream holds a whole stream to an archive that was verified, beside an ordered consumer that discards what
// it reads: 100 groups of 2,000 events of 300 bytes.
func BenchmarkVerifyStream(b *testing.B) {
	const groups, each, size = 100, 2000, 300
	dir := b.TempDir()
	stream, err := jetstream.Open(b.Context(), dir, jetstream.Options{Create: true})
	require.NoError(b, err)
	s, err := archive.Open(b.Context(), filepath.Join(dir, "archive"), newKey(b), stream, archive.Options{})
	require.NoError(b, err)
	defer func() { require.NoError(b, s.Close()) }()
	for n := range uint64(each) {
		appends := make([]eventstore.Append, groups)
		for g := range appends {
			body := make([]byte, size)
			copy(body, fmt.Sprint(g, n))
			appends[g] = eventstore.Append{Group: domain.GroupID(fmt.Sprint("g", g)), After: n, Bodies: [][]byte{body}}
		}
		for _, err := range s.Write(b.Context(), appends) {
			require.NoError(b, err)
		}
	}
	require.NoError(b, s.Sync(b.Context()))
	require.NoError(b, s.Cut(b.Context()))
	found, err := archive.Verify(b.Context(), filepath.Join(dir, "archive"), archive.VerifyOptions{Full: true})
	require.NoError(b, err)
	require.EqualValues(b, groups*each, found.Events)
	rate := func(b *testing.B) { b.ReportMetric(float64(b.N*groups*each)/b.Elapsed().Seconds(), "events/s") }
	b.Run("bare", func(b *testing.B) {
		for b.Loop() {
			n, err := stream.Discard(b.Context(), "")
			require.NoError(b, err)
			require.EqualValues(b, groups*each, n)
		}
		rate(b)
	})
	b.Run("full", func(b *testing.B) {
		for b.Loop() {
			require.NoError(b, found.Compare(b.Context(), stream, false))
			require.Empty(b, found.Findings)
		}
		rate(b)
	})
}
