package archive

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
)

// twoStates makes an archive, and the same when it has grown.
func twoStates(t *testing.T) (key *Key, first, second string) {
	t.Helper()
	key, err := GenerateKey(ours)
	require.NoError(t, err)
	d := quick()
	dir := filepath.Join(t.TempDir(), "house")
	s, err := Open(t.Context(), dir, key, eventstore.NewMemory(), Options{CutAfter: 1 << 40, disk: &d})
	require.NoError(t, err)
	ends := map[domain.GroupID]uint64{}
	grow := func() {
		for i := range 400 {
			group := domain.GroupID(fmt.Sprint("g", i%2))
			a := eventstore.Append{Group: group, After: ends[group], Bodies: [][]byte{fmt.Append(nil, "event ", ends[group], group)}}
			require.NoError(t, s.Write(t.Context(), []eventstore.Append{a})[0])
			ends[group]++
		}
		require.NoError(t, s.Sync(t.Context()))
		require.NoError(t, s.Cut(t.Context()))
	}
	grow()
	first = copyOf(t, dir)
	grow()
	require.NoError(t, s.Close())
	return key, first, dir
}

// TestMirrorFailsAtEveryStep has each step of two updates fail in turn: not done, done in part, and done all the same; once and
// from then on always. What is left at that moment, as after a kill, is a whole archive at the older checkpoint or at the
// newer, or else not yet one; and the next update brings it to the newest.
func TestMirrorFailsAtEveryStep(t *testing.T) {
	key, first, second := twoStates(t)
	grown := false
	updates := func(dir string, d disk) error {
		for _, from := range []string{first, second} {
			grown = from == second
			m := NewMirror(Folder(from), dir, key.PublicKey, MirrorOptions{Workers: 1, disk: &d})
			if _, err := m.Update(t.Context(), News); err != nil {
				return err
			}
		}
		return nil
	}
	counting := newStepper(func(_ int, _, _ string, do func(float64) error) error { return do(1) })
	require.NoError(t, updates(filepath.Join(t.TempDir(), "copy"), counting.disk))
	require.Greater(t, len(counting.steps), 60)
	between := 0
	for at := 0; at < len(counting.steps); at += OneIn(7) {
		for way := range 6 {
			if !*everyWay && way != at%6 {
				continue
			}
			dir, left := filepath.Join(t.TempDir(), "copy"), ""
			s := newStepper(func(n int, _, _ string, do func(float64) error) error {
				if n < at || n > at && way >= 3 {
					return do(1)
				}
				if n == at {
					err := errDisk
					if share := float64(way%3) / 2; share > 0 {
						err = cmp.Or(do(share), err)
					}
					left = copyOf(t, dir)
					return err
				}
				return errDisk
			})
			_ = updates(dir, s.disk)
			from := second
			if at%2 == 0 && !grown {
				from = first // nothing has come meanwhile
			}
			between += requireUpdatable(t, key, left, from)
			if *everyWay || at%4 == 0 {
				between += requireUpdatable(t, key, dir, from)
			}
		}
	}
	t.Logf("%d steps; %d times broken off while publishing", len(counting.steps), between)
}

// requireCopies requires that a copy can be copied, whole, at the checkpoint that counts.
func requireCopies(t *testing.T, key *Key, dir, signed string) {
	t.Helper()
	d := quick()
	to := filepath.Join(t.TempDir(), "again")
	_, err := NewMirror(Folder(dir), to, key.PublicKey, MirrorOptions{disk: &d}).Update(t.Context(), News)
	require.NoError(t, err)
	v, err := Verify(t.Context(), to, VerifyOptions{Key: key.PublicKey, Full: true})
	require.NoError(t, err)
	require.Empty(t, v.Findings)
	require.Equal(t, signed, string(v.Signed))
}

// requireUpdatable requires that a copy that was broken off is whole at the older checkpoint or at the newer, and that it can be gone
// on with. It is 1 when it was broken off while it published.
func requireUpdatable(t *testing.T, key *Key, dir, from string) (ahead int) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(dir, publicKey)); err == nil {
		v, err := Verify(t.Context(), dir, VerifyOptions{Key: key.PublicKey, Full: true})
		require.NoError(t, err)
		require.Empty(t, v.Findings)
		if _, err := os.Stat(filepath.Join(dir, headsDir, nextPath)); err == nil {
			requireCopies(t, key, dir, string(v.Signed))
			ahead = 1
		}
	}
	d := quick()
	_, err := NewMirror(Folder(from), dir, key.PublicKey, MirrorOptions{disk: &d}).Update(t.Context(), News)
	require.NoError(t, err)
	v, err := Verify(t.Context(), dir, VerifyOptions{Key: key.PublicKey, Full: true})
	require.NoError(t, err)
	require.Empty(t, v.Findings)
	_, signed, err := OpenLog(filepath.Join(from, headsDir), ours, keyring{key.PublicKey}).Checkpoint()
	require.NoError(t, err)
	require.Equal(t, string(signed), string(v.Signed))
	return ahead
}
