package archive_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
)

// BenchmarkMirror measures the first copy of an archive, over HTTP and from a folder, beside reading its files and beside
// verifying it. Events of 300 bytes.
func BenchmarkMirror(b *testing.B) {
	const groups, each = 10, 20_000
	p := publish(b, newKey(b), nil)
	body := strings.Repeat("x", 300)
	for after := 0; after < each; after += 1000 {
		var appends []eventstore.Append
		for g := range groups {
			a := eventstore.Append{Group: domain.GroupID(fmt.Sprint("g", g)), After: uint64(after)}
			for range 1000 {
				a.Bodies = append(a.Bodies, []byte(body))
			}
			appends = append(appends, a)
		}
		for _, err := range p.store.Write(b.Context(), appends) {
			require.NoError(b, err)
		}
		require.NoError(b, p.store.Sync(b.Context()))
	}
	p.cut(b)
	rate := func(b *testing.B) { b.ReportMetric(float64(groups*each*b.N)/b.Elapsed().Seconds(), "events/s") }
	b.Run("reading", func(b *testing.B) {
		for b.Loop() {
			require.NoError(b, filepath.WalkDir(p.dir, func(path string, d fs.DirEntry, err error) error {
				if err == nil && !d.IsDir() {
					_, err = os.ReadFile(path)
				}
				return err
			}))
		}
		rate(b)
	})
	b.Run("verifying", func(b *testing.B) {
		for b.Loop() {
			_, err := archive.Verify(b.Context(), p.dir, archive.VerifyOptions{Full: true})
			require.NoError(b, err)
		}
		rate(b)
	})
	for name, source := range map[string]archive.Source{"folder": archive.Folder(p.dir), "http": web(b, p.url)} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				u, err := update(b, source, b.TempDir(), p.key, archive.News)
				require.NoError(b, err)
				require.Len(b, u.Grown, groups)
			}
			rate(b)
		})
	}
	b.Run("nothing new", func(b *testing.B) {
		to := b.TempDir()
		_, err := update(b, web(b, p.url), to, p.key, archive.News)
		require.NoError(b, err)
		for b.Loop() {
			_, err := update(b, web(b, p.url), to, p.key, archive.News)
			require.NoError(b, err)
		}
	})
}
