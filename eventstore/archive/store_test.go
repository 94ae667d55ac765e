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
