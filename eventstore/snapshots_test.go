package eventstore

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/domain/domaintest"
)

func bookOf(tb testing.TB, seed uint64, about int) *book {
	b := newBook("g")
	for i, c := range domaintest.History(domaintest.Seeded(seed), about) {
		c.ID, c.OnBehalfOf = uuid.NewSHA1(uuid.Nil, []byte{byte(i), byte(i >> 8)}), domain.MemberID([]string{"", "a"}[i%2])
		events, err := domain.Enact(b.state, c)
		require.NoError(tb, err)
		for range events {
			b.invented.add(uint64(len(b.recorded)+1), []string{"", "all of it", "the day"}[i%3])
			b.recorded = append(b.recorded, domain.FirstInstant+domain.Instant(len(b.recorded)*i+len(b.recorded)))
		}
		b.commands.add(c.ID, told{first: b.written() - uint64(len(events)) + 1, by: surroundingsOf(&c)})
		b.fold(c.Act)
	}
	return b
}

func writtenDown(b *book) ([]byte, error) {
	var all bytes.Buffer
	err := b.writeSnapshot(&all)
	return all.Bytes(), err
}

func sectionOf(b []byte) *io.SectionReader {
	return io.NewSectionReader(bytes.NewReader(b), 0, int64(len(b)))
}

func fieldsOf[T any]() (names []string) {
	for _, f := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		names = append(names, f.Name)
	}
	return names
}

func TestABookComesBack(t *testing.T) {
	for seed := range uint64(20) {
		b := bookOf(t, seed, int(seed)*20)
		content, err := writtenDown(b)
		require.NoError(t, err)
		loaded := newBook("g")
		require.NoError(t, loaded.loadSnapshot(b.written(), sectionOf(content)))
		require.Equal(t, b.folded, loaded.folded)
		require.Zero(t, loaded.unsaved)
		require.ElementsMatch(t, b.recorded, loaded.recorded)
		require.Equal(t, b.commands.all, loaded.commands.all)
		require.Equal(t, b.invented.sayings, loaded.invented.sayings)
		require.ElementsMatch(t, b.invented.of, loaded.invented.of)
		again, err := writtenDown(loaded)
		require.NoError(t, err)
		require.Equal(t, content, again)
		require.Error(t, newBook("g").loadSnapshot(b.written()+1, sectionOf(content)), "of another number")
	}
}

// What is invented is told of runs of events. Where one would reach past the end, or two would be one, it is not what was written.
func TestInventionsAreRuns(t *testing.T) {
	var v inventions
	says := map[uint64]string{3: "a", 4: "a", 5: "b", 7: "b", 8: "b", 9: "a"}
	for n := uint64(1); n <= 10; n++ {
		v.add(n, says[n])
	}
	require.Equal(t, []invention{{3, 4, 0}, {5, 5, 1}, {7, 8, 1}, {9, 9, 0}}, v.of)
	for n := uint64(1); n <= 11; n++ {
		require.Equal(t, says[n], v.said(n))
		require.Equal(t, n >= 3, v.any(n))
	}
	load := func(v inventions, events int) (loaded inventions, failed bool) {
		c := newSnapshotReader(sectionOf(v.append(nil)))
		loaded.load(c, events)
		return loaded, c.failed
	}
	for events, fails := range map[int]bool{10: false, 9: false, 8: true, 3: true} {
		loaded, failed := load(v, events)
		require.Equal(t, fails, failed, events)
		require.True(t, failed || slices.Equal(v.of, loaded.of))
	}
	for _, of := range [][]invention{{{3, 11, 0}}, {{3, 4, 0}, {5, 6, 0}}, {{3, 4, 0}, {4, 5, 1}}, {{3, 4, 2}}} {
		_, failed := load(inventions{of: of, sayings: v.sayings}, 10)
		require.True(t, failed, of)
	}
}

// A command is known again by the hash that an earlier process has saved.
func TestSurroundingsAreHashedAlikeEverywhere(t *testing.T) {
	evidence := []domain.Evidence{{Kind: "report", Reference: "R-1", SHA256: domain.Hash{1}}}
	require.Equal(t, uint64(0x9c754841b066468d), surroundings("cea", evidence, "illustrative"))
	require.NotEqual(t, surroundings("a", nil, "b"), surroundings("ab", nil, ""))
}

// Every field of a book is in a snapshot, or says why it is not.
func TestABookHasNoOtherFields(t *testing.T) {
	require.Equal(t, []string{
		"mu", "id", "loaded", // as it is opened
		"state", "recorded", "commands", "invented", // saved
		"committed", "flight", "in", "failed", "spoilt", // what is durable alone is saved
		"seen", "used", // this process's own
		"folded", "unsaved", // saved, and 0
	}, fieldsOf[book]())
	require.Equal(t, []string{"first", "by"}, fieldsOf[told]())
}

func FuzzLoadBook(f *testing.F) {
	for seed := range uint64(3) {
		content, err := writtenDown(bookOf(f, seed, 40))
		require.NoError(f, err)
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		b := newBook("g")
		head := uint64(len(bookOf(t, 0, 1).recorded))
		if b.loadSnapshot(head, sectionOf(content)) != nil {
			require.Zero(t, b.written())
			require.Empty(t, b.recorded)
			require.Empty(t, b.commands.all)
			return
		}
		require.Equal(t, head, b.written())
		for i, at := range b.recorded[1:] {
			require.Greater(t, at, b.recorded[i])
		}
	})
}

// What a register is folded by is told apart by all of its text.
func TestCodeIsAllSource(t *testing.T) {
	for dir, files := range map[string]fs.ReadDirFS{".": source, "../domain": domain.Source} {
		var want, have []string
		all, err := filepath.Glob(filepath.Join(dir, "*.go"))
		require.NoError(t, err)
		for _, path := range all {
			if !strings.HasSuffix(path, "_test.go") {
				want = append(want, filepath.Base(path))
			}
		}
		entries, err := files.ReadDir(".")
		require.NoError(t, err)
		for _, e := range entries {
			have = append(have, e.Name())
			text, err := fs.ReadFile(files, e.Name())
			require.NoError(t, err)
			there, err := os.ReadFile(filepath.Join(dir, e.Name()))
			require.NoError(t, err)
			require.Equal(t, there, text)
		}
		require.Greater(t, len(want), 10)
		require.ElementsMatch(t, want, have, "%s: name them in the embed directive", dir)
	}
	require.Equal(t, Code(), Code())
	require.NotZero(t, Code())
}
