package archive_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/eventstore"
	"registre/eventstore/archive"
)

// repair verifies and repairs, until a round has nothing to mend, and gives what is left.
func (h aHouse) repair(t testing.TB, stream eventstore.Store) (steps []archive.Step, left []archive.Finding) {
	t.Helper()
	for range 3 {
		v := h.verify(t, archive.VerifyOptions{Full: true})
		if left = v.Findings; len(left) == 0 {
			return steps, nil
		}
		require.NoError(t, v.Repair(t.Context(), h.key, stream, func(s archive.Step) { steps = append(steps, s) }))
	}
	return steps, h.full(t)
}

// TestRepairOfEveryBit flips bits in every file: each is mended, and all files are to the byte what they were.
func TestRepairOfEveryBit(t *testing.T) {
	h := build(t, 350, 346)
	before := h.files(t)
	flips := 0
	for name, content := range before {
		for bit := 0; bit < len(content)*8; bit += strideRepair(bit, len(content)*8) * archive.OneIn(11) {
			flipped := slices.Clone(content)
			flipped[bit/8] ^= 1 << (bit % 8)
			h.put(t, name, flipped)
			steps, left := h.repair(t, h.memory.Handle())
			require.Empty(t, left, "%s, bit %d: %v", name, bit, steps)
			require.NotEmpty(t, steps)
			requireSame(t, before, h.files(t))
			flips++
		}
	}
	require.Greater(t, flips, 200/archive.OneIn(11))
}

func strideRepair(bit, bits int) int {
	if bit < 12 || bits-bit < 8 {
		return 1
	}
	return 1999
}

// TestRepairOfFiles: a file that was removed, cut off or swapped is mended when the other copy is whole, and leads to the
// checkpoint that was signed.
func TestRepairOfFiles(t *testing.T) {
	h := build(t, 350, 346)
	before, signed := h.files(t), h.verify(t, archive.VerifyOptions{}).Signed
	mended := 0
	for name, content := range before {
		for what, change := range map[string]func() error{
			"removed": func() error { return os.Remove(filepath.Join(h.dir, name)) },
			"cut off": func() error { return os.WriteFile(filepath.Join(h.dir, name), content[:len(content)/2], 0o644) },
			"scribbled": func() error {
				return os.WriteFile(filepath.Join(h.dir, name), []byte(strings.Repeat("x", len(content))), 0o644)
			},
		} {
			if name == "newest" && what == "removed" {
				continue // it only says more
			}
			require.NoError(t, change())
			steps, left := h.repair(t, h.memory.Handle())
			require.Empty(t, left, "%s %s: %v", name, what, steps)
			if !strings.HasPrefix(name, "tail/") { // it may be put in order otherwise, with the same heads
				requireSame(t, before, h.files(t))
			}
			require.Equal(t, string(signed), string(h.verify(t, archive.VerifyOptions{}).Signed))
			mended++
			if strings.HasPrefix(name, "tail/") {
				require.NoError(t, os.RemoveAll(filepath.Join(h.dir, "tail")))
				require.NoError(t, os.Mkdir(filepath.Join(h.dir, "tail"), 0o755))
			}
			h.put(t, name, content)
		}
	}
	require.Greater(t, mended, 20)
	for _, group := range []string{"alpha", "beta"} {
		require.NoError(t, os.RemoveAll(filepath.Join(h.dir, "groups", group)))
	}
	_, left := h.repair(t, h.memory.Handle())
	require.Empty(t, left)
	requireSame(t, before, h.files(t))
}

// TestRepairWithWrongBytes: a stream with other bytes than those signed for mends nothing, and says so.
func TestRepairWithWrongBytes(t *testing.T) {
	h := build(t, 100, 100)
	wrong := changed{h.memory.Handle(), func(all []string) []string { all[41] = "event 42 of alphA"; return all }}.registers(t)
	const name = "groups/alpha/tile/entries/000.p/100"
	content := h.files(t)[name]
	damaged := []byte(strings.Replace(string(content), "event 42 of alpha", "event 42 of alphB", 1))
	h.put(t, name, damaged)
	steps, left := h.repair(t, wrong)
	require.NotEmpty(t, left)
	require.Equal(t, archive.NotMended, steps[0].What)
	require.EqualValues(t, "alpha", steps[0].Group)
	require.Equal(t, string(damaged), string(h.files(t)[name]))

	h.put(t, name, []byte(strings.Replace(string(content), "event 9 of alpha", "event 8 of alpha", 1)))
	steps, left = h.repair(t, wrong)
	require.Empty(t, left, "each event from the copy that has it: %v", steps)
	require.Equal(t, string(content), string(h.files(t)[name]))
	steps, left = h.repair(t, nil)
	require.Empty(t, steps)
	require.Empty(t, left)
}

// TestRepairOfTheTail: two events of a record that were altered in several bits are taken from the stream.
func TestRepairOfTheTail(t *testing.T) {
	h := build(t, 9, 100)
	const name = "tail/0000000000000001"
	content := h.files(t)[name]
	h.put(t, name, []byte(strings.NewReplacer("event 6 of alpha", "event x of ALPHA", "event 3 of beta", "EVENT 3 of beta").Replace(string(content))))
	require.NotEmpty(t, h.full(t))
	_, left := h.repair(t, nil)
	require.NotEmpty(t, left, "without the stream nobody knows")
	_, left = h.repair(t, h.memory.Handle())
	require.Empty(t, left)
	require.Equal(t, string(content), string(h.files(t)[name]))
}

// TestRepairByAnotherKey: nobody else's key mends anything.
func TestRepairByAnotherKey(t *testing.T) {
	h := build(t, 3, 3)
	v := h.verify(t, archive.VerifyOptions{Full: true})
	require.ErrorIs(t, v.Repair(t.Context(), newKey(t), h.memory.Handle(), func(s archive.Step) { t.Error(fmt.Sprint(s)) }), archive.ErrOtherKey)
}

func requireSame(t testing.TB, before, after map[string][]byte) {
	t.Helper()
	require.ElementsMatch(t, slices.Collect(maps.Keys(before)), slices.Collect(maps.Keys(after)))
	for name, content := range before {
		require.Equal(t, string(content), string(after[name]), name)
	}
}

// TestFullDiskKeepsWhatStands: where the disk takes nothing more, a file that was to be written anew stays as it was.
func TestFullDiskKeepsWhatStands(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("there is no /dev/full here")
	}
	name := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(name, []byte("as it was"), 0o600))
	require.NoError(t, os.Symlink("/dev/full", name+".registre~"))
	require.ErrorIs(t, archive.ReplaceKey(name, []byte("anew")), syscall.ENOSPC)
	info, err := os.Lstat(name)
	require.NoError(t, err)
	require.True(t, info.Mode().IsRegular())
	content, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, "as it was", string(content))
	require.NoError(t, archive.ReplaceKey(name, []byte("anew")), "when there is room again")
	content, err = os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, "anew", string(content))
}
