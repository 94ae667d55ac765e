package archive

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"registre/eventstore"
)

func hexOf(b []byte) []byte { return []byte(hex.EncodeToString(b) + "\n") }

// bodies are the events from from up to to.
func bodies(from, to uint64) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for i := from; i < to; i++ {
			if !yield(body(i)) {
				return
			}
		}
	}
}

// A house in which a log grows.
type book struct {
	*Log
	key    *Key
	tree   Tree
	signed []byte
}

func newBook(t testing.TB, dir string) *book {
	key := testKey(t)
	b := &book{Log: OpenLog(dir, ours, verifiers(t, key.PublicKey, ours)), key: key}
	b.fsync = func(string) error { return nil }
	b.syncfs = b.fsync
	return b
}

// grow extends, lands and publishes, up to size.
func (b *book) grow(t testing.TB, size uint64) Checkpoint {
	x, err := b.Extend(b.tree, bodies(b.tree.size, size))
	require.NoError(t, err)
	require.NoError(t, x.Land())
	c := checkpointOf(ours, x.Tree())
	signed := sign(t, b.key, c)
	require.NoError(t, b.Publish(b.signed, signed))
	b.tree, b.signed = x.Tree(), signed
	return c
}

// files are the files below dir with their contents.
func files(t testing.TB, dir string) map[string]string {
	all := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		all[filepath.ToSlash(name)] = string(content)
		return err
	}))
	return all
}

// requireWhole reads everything that c stands for.
func requireWhole(t require.TestingT, l *Log, c Checkpoint) {
	for err := range l.Check(c) {
		require.NoError(t, err)
	}
	tree, err := l.At(c.Size).Tree()
	require.NoError(t, err)
	require.Equal(t, c.Root, tree.Root())
	n := uint64(0)
	for got, err := range l.At(c.Size).Entries(0, c.Size) {
		require.NoError(t, err)
		require.Equal(t, string(body(n)), string(got))
		n++
	}
	require.Equal(t, c.Size, n)
	var scanned Tree
	for got, err := range l.At(c.Size).Scan(0, c.Size) {
		require.NoError(t, err)
		scanned.Append(LeafHash(got))
	}
	require.Equal(t, c.Root, scanned.Root())
}

// TestLogGrows compares a log that has grown in steps with one that has grown at once: what both have is the same.
func TestLogGrows(t *testing.T) {
	for _, sizes := range [][]uint64{
		{1},
		{1, 2},
		{0, 1},
		{255},
		{256},
		{257},
		{100, 255, 256, 257, 300},
		{256, 512},
		{512, 513},
		{300, 300, 301},
		{700, 701, 1000},
		{5, 1000},
		{1000, 66000},
		{65535, 65536, 65537},
		{70000},
	} {
		if testing.Short() && slices.Max(sizes) > 2000 {
			continue
		}
		steps := newBook(t, filepath.Join(t.TempDir(), "new", "log"))
		var all []Checkpoint
		for _, size := range sizes {
			all = append(all, steps.grow(t, size))
		}
		for _, c := range all {
			requireWhole(t, steps.Log, c) // those of before are there still
		}
		once := newBook(t, t.TempDir())
		c := once.grow(t, sizes[len(sizes)-1])
		require.Equal(t, all[len(all)-1], c)
		have := files(t, steps.dir)
		for name, content := range files(t, once.dir) {
			require.Equal(t, content, have[name], name)
		}
		got, signed, err := steps.Checkpoint()
		require.NoError(t, err)
		require.Equal(t, c, got)
		require.Equal(t, steps.signed, signed)
	}
}

// TestLogGrowsAtRandom lets it grow and prunes it, and at each step finds what the checkpoint promises.
func TestLogGrowsAtRandom(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "log")
		require.NoError(r, err)
		b := newBook(t, dir)
		for range rapid.IntRange(1, 6).Draw(r, "steps") {
			was := b.tree.size
			c := b.grow(t, was+rapid.Uint64Range(0, 600).Draw(r, "more"))
			if rapid.Bool().Draw(r, "prune") {
				require.NoError(r, b.Prune(was, c.Size))
			}
			if rapid.Bool().Draw(r, "prune narrow") {
				require.NoError(r, b.PruneNarrow(was, c.Size))
			}
			requireWhole(r, b.Log, c)
		}
		c := checkpointOf(ours, b.tree)
		require.NoError(r, b.Prune(0, c.Size))
		requireWhole(r, b.Log, c)
		for name := range files(t, dir) {
			if part, _, partial := strings.Cut(name, ".p/"); partial {
				require.NoFileExists(r, filepath.Join(dir, part), "a full tile has no partial ones")
			}
		}
	})
}

// TestPruneNarrowLeavesWhatIsPublished grows one by one, as with a checkpoint at every commit.
func TestPruneNarrowLeavesWhatIsPublished(t *testing.T) {
	b := newBook(t, t.TempDir())
	for size := uint64(1); size < 600; size++ {
		c := b.grow(t, size)
		require.NoError(t, b.PruneNarrow(size-1, size))
		require.NoError(t, b.Prune(size-1, size))
		if size%100 == 0 || size%256 < 2 {
			requireWhole(t, b.Log, c)
		}
	}
	require.ElementsMatch(t, []string{
		"checkpoint", "tile/entries/000", "tile/entries/001", "tile/entries/002.p/87", "tile/0/000", "tile/0/001", "tile/0/002.p/87",
		"tile/1/000.p/2",
	}, slices.Collect(maps.Keys(files(t, b.dir))))
}

// TestFullTilesStandIn reads an old size whose partial files have gone, out of the full ones.
func TestFullTilesStandIn(t *testing.T) {
	b := newBook(t, t.TempDir())
	old := b.grow(t, 100)
	b.grow(t, 300)
	require.NoError(t, b.Prune(100, 300))
	require.NoFileExists(t, b.at("tile/entries/000.p/100"))
	requireWhole(t, b.Log, old)
	flip(t, b.at("tile/entries/000"), lengthBytes*8)
	require.Error(t, FirstDamage(b.Check(old)))
}

// TestEntriesCanBeKept, and what Scan gives cannot.
func TestEntriesCanBeKept(t *testing.T) {
	b := newBook(t, t.TempDir())
	b.grow(t, 1000)
	var kept [][]byte
	for got, err := range b.At(1000).Entries(0, 1000) {
		require.NoError(t, err)
		kept = append(kept, got)
	}
	for i, got := range kept {
		require.Equal(t, string(body(uint64(i))), string(got))
		require.Equal(t, len(got), cap(got), "an append must not reach the next")
	}
}

func TestViewOfAPart(t *testing.T) {
	b := newBook(t, t.TempDir())
	b.grow(t, 1000)
	for _, part := range [][2]uint64{{0, 0}, {0, 1}, {255, 257}, {256, 256}, {256, 512}, {300, 700}, {999, 1000}, {1000, 1000}} {
		n := part[0]
		for got, err := range b.At(1000).Entries(part[0], part[1]) {
			require.NoError(t, err)
			require.Equal(t, string(body(n)), string(got))
			n++
		}
		require.Equal(t, part[1], n)
	}
	for _, part := range [][2]uint64{{1, 0}, {0, 1001}, {2000, 2000}} {
		for _, err := range b.At(1000).Entries(part[0], part[1]) {
			require.ErrorIs(t, err, ErrNotProven)
		}
	}
	_, err := b.At(1000).Hash(0, 1000)
	require.ErrorIs(t, err, ErrNotProven)
	_, err = b.At(1000).TreeAt(1001)
	require.ErrorIs(t, err, ErrNotProven)
	for size := range uint64(1001) {
		tree, err := b.At(1000).TreeAt(size)
		require.NoError(t, err)
		want := grown(size)
		require.Equal(t, want.Root(), tree.Root(), size)
	}
}

// TestViewProves has its hashes prove what those of a tree in memory prove.
func TestViewProves(t *testing.T) {
	b := newBook(t, t.TempDir())
	b.grow(t, 5000)
	rapid.Check(t, func(t *rapid.T) {
		index := rapid.Uint64Range(0, 4999).Draw(t, "index")
		want, err := ProveInclusion(large, index, 5000)
		require.NoError(t, err)
		got, err := ProveInclusion(b.At(5000), index, 5000)
		require.NoError(t, err)
		require.Equal(t, want, got)
		want, err = ProveConsistency(large, index, 5000)
		require.NoError(t, err)
		got, err = ProveConsistency(b.At(5000), index, 5000)
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
}

var errDisk = errors.New("the disk is gone")

// TestLogSurvivesACutAnywhere fails at each sync in turn, not done and done, and begins again from what is published.
func TestLogSurvivesACutAnywhere(t *testing.T) {
	for _, done := range []bool{false, true} {
		for cut := 1; ; cut++ {
			b := newBook(t, filepath.Join(t.TempDir(), "log"))
			was := b.grow(t, 300)
			left := cut
			b.fsync = func(path string) error {
				if left--; left == 0 && done {
					require.NoError(t, syncPath(path))
				}
				if left <= 0 {
					return errDisk
				}
				return syncPath(path)
			}
			b.syncfs = b.fsync
			x, err := b.Extend(b.tree, bodies(300, 600))
			require.NoError(t, err)
			if err = x.Land(); err == nil {
				err = b.Publish(b.signed, sign(t, b.key, checkpointOf(ours, x.Tree())))
			} else {
				b.fsync = syncPath
				require.ErrorIs(t, x.Land(), errDisk, "a second sync would succeed, and prove nothing")
			}
			b.fsync, b.syncfs = syncPath, syncPath
			if err == nil {
				require.Greater(t, cut, 8)
				return
			}
			require.ErrorIs(t, err, errDisk)
			requireWhole(t, b.Log, was)
			standing, signed, err := b.Checkpoint()
			require.NoError(t, err)
			requireWhole(t, b.Log, standing)
			b.signed = signed
			b.tree, err = b.At(standing.Size).Tree()
			require.NoError(t, err)
			requireWhole(t, b.Log, b.grow(t, 700))
		}
	}
}

// TestLandSyncsBeforeItNames watches the order: no name before its bytes, no folder before its names.
func TestLandSyncsBeforeItNames(t *testing.T) {
	b := newBook(t, filepath.Join(t.TempDir(), "log"))
	x, err := b.Extend(Tree{}, bodies(0, 300))
	require.NoError(t, err)
	require.Len(t, x.staged, 5)
	synced := map[string]bool{}
	b.fsync = func(path string) error {
		synced[path] = true
		_, isTemp := strings.CutSuffix(path, tempSuffix)
		for _, name := range x.staged {
			_, err := os.Stat(b.at(name))
			require.Equal(t, isTemp, errors.Is(err, fs.ErrNotExist), "%s, when %s is synced", name, path)
		}
		return nil
	}
	require.NoError(t, x.Land())
	for _, name := range x.staged {
		require.True(t, synced[b.at(name)+tempSuffix], name)
		for path := b.at(name); path != filepath.Dir(b.dir); {
			path = filepath.Dir(path)
			require.True(t, synced[path], path)
		}
	}
}

// TestLandSyncsManyAtOnce uses one sync of the file system for the files; the few folders are synced one by one.
func TestLandSyncsManyAtOnce(t *testing.T) {
	b := newBook(t, t.TempDir())
	if fileSystems([]string{b.dir}) == nil {
		t.Skip("not known on this system")
	}
	x, err := b.Extend(Tree{}, bodies(0, 10_000))
	require.NoError(t, err)
	systems := 0
	b.syncfs = func(string) error { systems++; return nil }
	b.fsync = func(path string) error { require.DirExists(t, path); return nil }
	require.NoError(t, x.Land())
	require.Equal(t, 1, systems)
	b.syncfs = func(string) error { return errDisk }
	x, err = b.Extend(x.Tree(), bodies(10_000, 20_000))
	require.NoError(t, err)
	require.ErrorIs(t, x.Land(), errDisk)
}

// TestSeveralLogsLandTogether lands two of them in one call.
func TestSeveralLogsLandTogether(t *testing.T) {
	a, b := newBook(t, t.TempDir()), newBook(t, t.TempDir())
	x, err := a.Extend(Tree{}, bodies(0, 3))
	require.NoError(t, err)
	y, err := b.Extend(Tree{}, bodies(0, 4))
	require.NoError(t, err)
	require.NoError(t, Land(x, y))
	requireWhole(t, a.Log, checkpointOf(ours, x.Tree()))
	requireWhole(t, b.Log, checkpointOf(ours, y.Tree()))
	require.NoError(t, Land())
}

// TestExtendOverwritesNothing finds other bytes under each name that it wants, and lets them be.
func TestExtendOverwritesNothing(t *testing.T) {
	b := newBook(t, t.TempDir())
	b.grow(t, 300)
	x, err := b.Extend(b.tree, bodies(300, 600))
	require.NoError(t, err)
	require.NotEmpty(t, x.staged)
	for _, name := range x.staged {
		for _, content := range []string{"", "other"} {
			require.NoError(t, os.WriteFile(b.at(name), []byte(content), 0o644))
			_, err := b.Extend(b.tree, bodies(300, 600))
			require.ErrorIs(t, err, eventstore.ErrDamaged)
			var damage *DamageError
			require.ErrorAs(t, err, &damage)
			require.Equal(t, name, damage.Path)
			got, err := os.ReadFile(b.at(name))
			require.NoError(t, err)
			require.Equal(t, content, string(got))
		}
		require.NoError(t, os.Remove(b.at(name)))
	}
	again, err := b.Extend(b.tree, bodies(300, 600))
	require.NoError(t, err)
	require.NoError(t, again.Land())
	third, err := b.Extend(b.tree, bodies(300, 600))
	require.NoError(t, err)
	require.Empty(t, third.staged, "what is there is let be")
	require.NotEmpty(t, third.folders, "but its name may not be durable")
	require.NoError(t, third.Land())
}

// TestExtendTakesOverNothingDamaged flips bits in the partial files that it begins with.
func TestExtendTakesOverNothingDamaged(t *testing.T) {
	b := newBook(t, t.TempDir())
	b.grow(t, 300)
	for name, content := range files(t, b.dir) {
		if !strings.Contains(name, ".p/") {
			continue
		}
		for bit := 0; bit < len(content)*8; bit += 31 {
			flip(t, b.at(name), bit)
			_, err := b.Extend(b.tree, bodies(300, 310))
			require.ErrorIs(t, err, eventstore.ErrDamaged, "%s, bit %d", name, bit)
			flip(t, b.at(name), bit)
		}
	}
	_, err := b.Extend(b.tree, bodies(300, 310))
	require.NoError(t, err)
}

func flip(t require.TestingT, path string, bit int) {
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	content[bit/8] ^= 1 << (bit % 8)
	require.NoError(t, os.WriteFile(path, content, 0o644))
}

func TestExtendRefusesBodies(t *testing.T) {
	b := newBook(t, t.TempDir())
	for _, bad := range [][]byte{nil, {}, make([]byte, eventstore.MaxBody+1)} {
		_, err := b.Extend(Tree{}, slices.Values([][]byte{body(0), bad}))
		require.ErrorIs(t, err, eventstore.ErrNotWritten)
	}
}

// TestPublishRefuses gives each refusal its case; the checkpoint stays.
func TestPublishRefuses(t *testing.T) {
	b := newBook(t, t.TempDir())
	b.grow(t, 300)
	first := b.signed
	x, err := b.Extend(b.tree, bodies(300, 600))
	require.NoError(t, err)
	good := sign(t, b.key, checkpointOf(ours, x.Tree()))
	refuse := func(name string, was, signed []byte, wants ...error) {
		err := b.Publish(was, signed)
		for _, want := range wants {
			require.ErrorIs(t, err, want, name)
		}
		got, err := os.ReadFile(b.at(checkpointPath))
		require.NoError(t, err)
		require.Equal(t, string(first), string(got), name)
	}
	refuse("not landed", first, good, eventstore.ErrNotWritten, eventstore.ErrDamaged, fs.ErrNotExist)
	require.NoError(t, x.Land())
	refuse("none expected", nil, good, eventstore.ErrOvertaken)
	refuse("another expected", good, good, eventstore.ErrOvertaken)
	refuse("empty expected", []byte{}, good, eventstore.ErrOvertaken)
	refuse("not a checkpoint", first, []byte("x"), eventstore.ErrNotWritten, ErrMalformed)
	refuse("another key", first, sign(t, generate(t, house), checkpointOf(ours, x.Tree())), eventstore.ErrNotWritten, ErrNotSigned)
	refuse("another log", first, sign(t, b.key, checkpointOf(house, x.Tree())), eventstore.ErrNotWritten, ErrOtherLog)
	refuse("smaller", first, sign(t, b.key, checkpointOf(ours, grown(299))), eventstore.ErrNotWritten, ErrNotProven)
	refuse("empty", first, sign(t, b.key, checkpointOf(ours, Tree{})), eventstore.ErrNotWritten, ErrNotProven)
	refuse("another root", first, sign(t, b.key, Checkpoint{ours, 600, Hash{1}}), eventstore.ErrNotWritten, ErrNotProven)
	refuse("another root, same size", first, sign(t, b.key, Checkpoint{ours, 300, Hash{1}}), eventstore.ErrNotWritten, ErrNotProven)
	bundle := b.at("tile/entries/002.p/88")
	content, err := os.ReadFile(bundle)
	require.NoError(t, err)
	require.NoError(t, os.Remove(bundle))
	refuse("entries missing", first, good, eventstore.ErrNotWritten, fs.ErrNotExist)
	require.NoError(t, os.WriteFile(bundle, content, 0o644))
	require.NoError(t, os.WriteFile(b.at(checkpointPath), nil, 0o644))
	require.ErrorIs(t, b.Publish(nil, good), eventstore.ErrOvertaken, "an empty checkpoint is not none")
	require.NoError(t, os.WriteFile(b.at(checkpointPath), first, 0o644))
	require.NoError(t, b.Publish(first, good))
	require.NoError(t, b.Publish(good, good), "the same again is no harm")
}

// TestPublishRefusesAnotherHistory has tiles that were written anew from other events.
func TestPublishRefusesAnotherHistory(t *testing.T) {
	b := newBook(t, t.TempDir())
	b.grow(t, 300)
	require.NoError(t, os.RemoveAll(b.at("tile")))
	x, err := b.Extend(Tree{}, bodies(1, 601))
	require.NoError(t, err)
	require.NoError(t, x.Land())
	err = b.Publish(b.signed, sign(t, b.key, checkpointOf(ours, x.Tree())))
	require.ErrorIs(t, err, ErrNotProven)
	fresh := newBook(t, t.TempDir())
	err = fresh.Publish(nil, sign(t, b.key, checkpointOf(ours, grown(3))))
	require.ErrorIs(t, err, fs.ErrNotExist, "a first checkpoint wants its tiles too")
	x, err = fresh.Extend(Tree{}, bodies(1, 4))
	require.NoError(t, err)
	require.NoError(t, x.Land())
	err = fresh.Publish(nil, sign(t, b.key, checkpointOf(ours, grown(3))))
	require.ErrorIs(t, err, ErrNotProven, "and their root")
}

func TestCheckpointOfALog(t *testing.T) {
	b := newBook(t, t.TempDir())
	_, _, err := b.Checkpoint()
	require.ErrorIs(t, err, fs.ErrNotExist)
	b.grow(t, 3)
	for bit := 0; bit < len(b.signed)*8; bit += 7 {
		flip(t, b.at(checkpointPath), bit)
		_, _, err := b.Checkpoint()
		require.ErrorIs(t, err, eventstore.ErrDamaged)
		flip(t, b.at(checkpointPath), bit)
	}
}

// TestPublishDoesNotKnow fails where either checkpoint may stand.
func TestPublishDoesNotKnow(t *testing.T) {
	b := newBook(t, t.TempDir())
	x, err := b.Extend(Tree{}, bodies(0, 3))
	require.NoError(t, err)
	require.NoError(t, x.Land())
	signed := sign(t, b.key, checkpointOf(ours, x.Tree()))
	was := []byte(nil)
	for _, folder := range []string{b.dir, filepath.Dir(b.dir)} {
		b.fsync = func(path string) error {
			if path == folder {
				return errDisk
			}
			return nil
		}
		err = b.Publish(was, signed)
		require.ErrorIs(t, err, eventstore.ErrUnknown, folder)
		require.NotErrorIs(t, err, eventstore.ErrNotWritten)
		was = signed // it does stand, as it happens
	}
	b = newBook(t, b.dir)
	b.fsync = func(string) error { return errDisk }
	err = b.Publish(signed, signed)
	require.ErrorIs(t, err, eventstore.ErrNotWritten)
	require.NotErrorIs(t, err, eventstore.ErrUnknown)
}

// TestMend brings back every file from the bodies, and takes no others.
func TestMend(t *testing.T) {
	b := newBook(t, t.TempDir())
	c := b.grow(t, 1000)
	whole := files(t, b.dir)
	flip(t, b.at("tile/entries/001"), 1000)
	require.NoError(t, os.Remove(b.at("tile/0/002")))
	require.NoError(t, os.Truncate(b.at("tile/1/000.p/3"), 5))
	spoiled := files(t, b.dir)
	_, _, err := b.Mend(c, bodies(1, 1001))
	require.ErrorIs(t, err, ErrNotProven)
	_, _, err = b.Mend(c, bodies(0, 999))
	require.ErrorIs(t, err, ErrNotProven)
	x, differ, err := b.Mend(c, bodies(0, 1000))
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"tile/entries/001", "tile/0/002", "tile/1/000.p/3"}, differ)
	for name, content := range spoiled {
		got, err := os.ReadFile(b.at(name))
		require.NoError(t, err)
		require.Equal(t, content, string(got), "nothing is replaced before it lands")
	}
	require.NoError(t, x.Land())
	got := files(t, b.dir)
	maps.DeleteFunc(got, func(name, _ string) bool { return strings.HasSuffix(name, tempSuffix) })
	require.Equal(t, whole, got)
}

// BenchmarkLog writes and reads 70,000 events of 300 bytes.
func BenchmarkLog(b *testing.B) {
	const n, size = 70_000, 300
	payload := bytes.Repeat([]byte("x"), size)
	all := func(yield func([]byte) bool) {
		for i := range uint64(n) {
			copy(payload, body(i))
			if !yield(payload) {
				return
			}
		}
	}
	dir := b.TempDir()
	bk := newBook(b, dir)
	x, err := bk.Extend(Tree{}, all)
	require.NoError(b, err)
	require.NoError(b, x.Land())
	c := checkpointOf(ours, x.Tree())
	run := func(name string, step func(b *testing.B)) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(n * size)
			for b.Loop() {
				step(b)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/event")
		})
	}
	bundles := func(b *testing.B, use func(file []byte)) {
		var file []byte
		for i := uint64(0); i<<tileHeight < n; i++ {
			var err error
			file, _, err = bk.readTile(file, tileOf(entries, i, n))
			require.NoError(b, err)
			use(file)
		}
	}
	run("read", func(b *testing.B) { bundles(b, func([]byte) {}) })
	run("read+sha256", func(b *testing.B) { bundles(b, func(file []byte) { LeafHash(file) }) })
	run("read+sha256 each", func(b *testing.B) {
		bundles(b, func(file []byte) {
			for chunk := range slices.Chunk(file, size+lengthBytes) {
				LeafHash(chunk[lengthBytes:])
			}
		})
	})
	run("entries", func(b *testing.B) {
		for _, err := range bk.At(n).Entries(0, n) {
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	run("scan", func(b *testing.B) {
		for _, err := range bk.At(n).Scan(0, n) {
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	run("check", func(b *testing.B) { require.NoError(b, FirstDamage(bk.Check(c))) })
	run("write", func(b *testing.B) { // as many files of the same bytes, without anything else
		b.StopTimer()
		dir := b.TempDir()
		b.StartTimer()
		for i := range n / tileWidth {
			require.NoError(b, os.WriteFile(filepath.Join(dir, strconv.Itoa(i)), make([]byte, tileWidth*(size+lengthBytes)), 0o644))
			require.NoError(b, os.WriteFile(filepath.Join(dir, strconv.Itoa(i)+".tile"), make([]byte, tileWidth*32), 0o644))
		}
	})
	run("extend", func(b *testing.B) {
		b.StopTimer()
		fresh := newBook(b, b.TempDir())
		b.StartTimer()
		_, err := fresh.Extend(Tree{}, all)
		require.NoError(b, err)
	})
}

// BenchmarkLand lands an extension by one event of each of several logs, one file at a time and with the whole file system.
func BenchmarkLand(b *testing.B) {
	for _, logs := range []int{1, 4, 16, 64} {
		for _, way := range []string{"files", "file system"} {
			b.Run(fmt.Sprintf("%d/%s", logs, way), func(b *testing.B) {
				dir := b.TempDir()
				books := make([]*book, logs)
				for i := range books {
					books[i] = newBook(b, filepath.Join(dir, strconv.Itoa(i)))
					books[i].fsync, books[i].syncfs = syncPath, syncFS
				}
				for b.Loop() {
					land(b, books, way == "files")
				}
			})
		}
	}
}

func land(b *testing.B, books []*book, byFiles bool) {
	var all landing
	for _, bk := range books {
		x, err := bk.Extend(bk.tree, bodies(bk.tree.size, bk.tree.size+1))
		require.NoError(b, err)
		bk.tree = x.Tree()
		all.add(x)
	}
	bring := func(paths []string) {
		for _, path := range paths {
			if !byFiles {
				require.NoError(b, books[0].syncfs(path))
				return
			}
			require.NoError(b, books[0].fsync(path))
		}
	}
	bring(all.temps)
	for i := range all.temps {
		require.NoError(b, os.Rename(all.temps[i], all.finals[i]))
	}
	bring(all.folders)
}
