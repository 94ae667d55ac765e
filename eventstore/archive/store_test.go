package archive_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
	"registre/eventstore/jetstream"
	"registre/eventstore/storetest"
)

const origin = "registre.example/house"

func newKey(t testing.TB) *archive.Key {
	t.Helper()
	key, err := archive.GenerateKey(origin)
	require.NoError(t, err)
	return key
}

func openStore(t testing.TB, dir string, key *archive.Key, other eventstore.Store, options archive.Options) *archive.Store {
	t.Helper()
	s, err := archive.Open(context.Background(), dir, key, other, options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func write(t testing.TB, s eventstore.Store, group string, after uint64, bodies ...string) {
	t.Helper()
	a := eventstore.Append{Group: domain.GroupID(group), After: after}
	for _, body := range bodies {
		a.Bodies = append(a.Bodies, []byte(body))
	}
	require.NoError(t, s.Write(context.Background(), []eventstore.Append{a})[0])
	require.NoError(t, s.Sync(context.Background()))
}

// TestConforms runs the suite of a store, with cuts as often as can be and hardly any.
func TestConforms(t *testing.T) {
	for name, options := range map[string]archive.Options{"cut often": {CutAfter: 1}, "cut seldom": {CutAfter: 1 << 30}} {
		t.Run("memory/"+name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) storetest.Registers {
				dir, key, memory := t.TempDir(), newKey(t), eventstore.NewMemory()
				return storetest.Registers{Open: func(t *testing.T) eventstore.Store {
					return openStore(t, dir, key, memory.Handle(), options)
				}}
			})
		})
		t.Run("jetstream/"+name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) storetest.Registers {
				dir, key := t.TempDir(), newKey(t)
				return storetest.Registers{Open: func(t *testing.T) eventstore.Store {
					stream, err := jetstream.Open(context.Background(), dir, jetstream.Options{Create: true})
					require.NoError(t, err)
					return openStore(t, filepath.Join(dir, "archive"), key, stream, options)
				}}
			})
		})
	}
}

// TestCutAndTakenUp: whatever is in tiles and whatever in the tail, opening gives the same logs, and goes on.
func TestCutAndTakenUp(t *testing.T) {
	for _, cuts := range []int{0, 1, 7} {
		t.Run(fmt.Sprint(cuts), func(t *testing.T) {
			dir, key, memory := t.TempDir(), newKey(t), eventstore.NewMemory()
			s := openStore(t, dir, key, memory.Handle(), archive.Options{CutAfter: 1 << 30})
			want := map[string]archive.Tree{}
			for i := range 600 {
				group := fmt.Sprint("g", i%3)
				body := fmt.Sprint("body ", i)
				write(t, s, group, uint64(i/3), body)
				tree := want[group]
				tree.Append(archive.LeafHash([]byte(body)))
				want[group] = tree
				if cuts > 0 && i%(600/cuts) == 100/cuts {
					require.NoError(t, s.Cut(t.Context()))
				}
			}
			signed := s.Checkpoint()
			crashed := t.TempDir()
			require.NoError(t, os.CopyFS(crashed, os.DirFS(dir)))
			again := openStore(t, crashed, key, memory.Handle(), archive.Options{})
			require.Equal(t, string(signed), string(again.Checkpoint()))
			require.NoError(t, again.Close())
			for group, tree := range want {
				log := archive.OpenLog(filepath.Join(crashed, "groups", group), archive.GroupOrigin(origin, group), s.Keys())
				c, _, err := log.Checkpoint()
				require.NoError(t, err)
				require.Equal(t, archive.Checkpoint{Origin: log.Origin(), Size: tree.Size(), Root: tree.Root()}, c)
				for err := range log.Check(c) {
					require.NoError(t, err)
				}
			}
			heads := archive.OpenLog(filepath.Join(crashed, "heads"), origin, s.Keys())
			c, published, err := heads.Checkpoint()
			require.NoError(t, err)
			require.Equal(t, string(signed), string(published))
			for err := range heads.Check(c) {
				require.NoError(t, err)
			}
		})
	}
}

// TestReceipts: every event has a receipt that holds, whatever of it is in tiles and whatever in the tail, before and after
// the store was opened again; and none before it is durable.
func TestReceipts(t *testing.T) {
	dir, key, memory := t.TempDir(), newKey(t), eventstore.NewMemory()
	s := openStore(t, dir, key, memory.Handle(), archive.Options{CutAfter: 1 << 30})
	bodies := map[string][]string{}
	check := func(s *archive.Store) {
		for group, all := range bodies {
			for i, body := range all {
				r, err := s.Receipt(t.Context(), domain.GroupID(group), uint64(i+1))
				require.NoError(t, err)
				again, err := archive.ParseReceipt(r.Format())
				require.NoError(t, err)
				_, _, err = again.Check([]byte(body), origin, s.Keys())
				require.NoError(t, err)
				_, _, err = again.Check([]byte(body+"?"), origin, s.Keys())
				require.ErrorIs(t, err, archive.ErrNotProven)
			}
		}
	}
	for i := range 700 {
		group, body := fmt.Sprint("g", i*i%3), fmt.Sprint("body ", i)
		write(t, s, group, uint64(len(bodies[group])), body)
		bodies[group] = append(bodies[group], body)
		if i%150 == 149 {
			check(s)
			require.NoError(t, s.Cut(t.Context()))
			check(s)
		}
	}
	a := eventstore.Append{Group: "g0", After: uint64(len(bodies["g0"])), Bodies: [][]byte{[]byte("x")}}
	require.NoError(t, s.Write(t.Context(), []eventstore.Append{a})[0])
	_, err := s.Receipt(t.Context(), "g0", a.After+1)
	require.ErrorIs(t, err, archive.ErrNotDurable)
	require.NoError(t, s.Sync(t.Context()))
	bodies["g0"] = append(bodies["g0"], "x")
	check(s)
	require.NoError(t, s.Close())
	check(openStore(t, dir, key, memory.Handle(), archive.Options{}))
}

// TestReadsNothingAltered flips bits in the bundles and tiles of an archive: what is read is what was written, from the
// other copy, or an error and nothing more.
func TestReadsNothingAltered(t *testing.T) {
	dir, key, memory := t.TempDir(), newKey(t), eventstore.NewMemory()
	s := openStore(t, dir, key, memory.Handle(), archive.Options{CutAfter: 1 << 30})
	for i := range 300 {
		write(t, s, "a", uint64(i), fmt.Sprint("body ", i))
	}
	require.NoError(t, s.Cut(t.Context()))
	var files []string
	require.NoError(t, filepath.WalkDir(filepath.Join(dir, "groups", "a", "tile"), func(path string, e os.DirEntry, err error) error {
		if !e.IsDir() {
			files = append(files, path)
		}
		return err
	}))
	require.Len(t, files, 5, "two bundles, two tiles of leaves, one above them")
	taken := 0
	for _, path := range files {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		for at := 0; at < len(text); at += 1 + len(text)/20 {
			altered := append([]byte(nil), text...)
			altered[at] ^= 1 << (at % 8)
			require.NoError(t, os.WriteFile(path, altered, 0o644))
			n := 0
			var damage error
			for r, err := range s.Read(t.Context(), "a", 0) {
				if err != nil {
					damage = err
					break
				}
				require.Equal(t, fmt.Sprint("body ", n), string(r.Body))
				n++
			}
			if damage != nil {
				require.ErrorIs(t, damage, eventstore.ErrDamaged, path)
			} else {
				require.Equal(t, 300, n)
				taken++
			}
		}
		require.NoError(t, os.WriteFile(path, text, 0o644))
	}
	require.Greater(t, taken, 30, "altered entries are read from the other copy")
}

// TestStreamThatLostABeginning: a stream that counts fewer events because one before the last has gone is not filled up at
// its end: that the copies do not meet is said.
func TestStreamThatLostABeginning(t *testing.T) {
	for name, there := range map[string][]string{"fewer": {"1", "3"}, "as many and more": {"2", "3", "4", "5"}} {
		t.Run(name, func(t *testing.T) {
			dir, key := t.TempDir(), newKey(t)
			s := openStore(t, dir, key, eventstore.NewMemory(), archive.Options{})
			write(t, s, "a", 0, "1", "2", "3")
			require.NoError(t, s.Close())
			memory := eventstore.NewMemory()
			write(t, memory, "a", 0, there...)
			_, err := archive.Open(t.Context(), dir, key, memory.Handle(), archive.Options{})
			require.ErrorIs(t, err, eventstore.ErrDamaged)
			head, err := memory.Head(t.Context(), "a")
			require.NoError(t, err)
			require.EqualValues(t, len(there), head.Number)
		})
	}
}
