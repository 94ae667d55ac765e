package archive_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
)

// TestVerifiedRecords: what was verified is read as it was written, from files and from the tail.
func TestVerifiedRecords(t *testing.T) {
	for _, every := range []int{1, 90, 290, 1000} {
		h := build(t, 300, every)
		v := h.verify(t, archive.VerifyOptions{Full: true})
		for _, group := range []domain.GroupID{"alpha", "beta"} {
			var want, have []eventstore.Record
			for r, err := range h.memory.Handle().Read(t.Context(), group, 0) {
				require.NoError(t, err)
				want = append(want, r)
			}
			for r, err := range v.Records(t.Context(), group) {
				require.NoError(t, err)
				have = append(have, r)
			}
			require.NotEmpty(t, want)
			require.Equal(t, want, have)
		}
		for range v.Records(t.Context(), "nobody") {
			t.Fatal("there is no such group")
		}
	}
}

// TestVerifiedRecordsChange: an entry that is altered after the verification is not given.
func TestVerifiedRecordsChange(t *testing.T) {
	h := build(t, 300, 1)
	v := h.verify(t, archive.VerifyOptions{Full: true})
	files, err := filepath.Glob(filepath.Join(h.dir, "groups", "alpha", "tile", "entries", "001.p", "*"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	name, err := filepath.Rel(h.dir, files[0])
	require.NoError(t, err)
	content := h.files(t)[filepath.ToSlash(name)]
	content[len(content)-1] ^= 1
	h.put(t, name, content)
	read, failed := 0, error(nil)
	for _, err := range v.Records(t.Context(), "alpha") {
		if failed = err; err == nil {
			read++
		}
	}
	require.ErrorIs(t, failed, eventstore.ErrDamaged)
	require.Equal(t, 256, read, "the bundle before it")
}

// TestVerifiedKept: how many events each group had at a checkpoint that was kept.
func TestVerifiedKept(t *testing.T) {
	h := build(t, 300, 100)
	at := h.verify(t, archive.VerifyOptions{Full: true})
	sizes, err := h.verify(t, archive.VerifyOptions{Full: true, Kept: at.Signed}).Kept()
	require.NoError(t, err)
	require.Equal(t, map[domain.GroupID]uint64{"alpha": 300, "beta": 150}, sizes)
	other := build(t, 10, 100)
	_, err = h.verify(t, archive.VerifyOptions{Full: true, Kept: other.verify(t, archive.VerifyOptions{Full: true}).Signed}).Kept()
	require.ErrorIs(t, err, archive.ErrRewritten)
}
