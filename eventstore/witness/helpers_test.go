package witness

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"registre/eventstore/archive"
)

const origin = "registre.example/house"

// A history is a log that a test writes: its leaves, each a text.
type history []string

// numbered is a history of so many leaves; from the one at fork on they differ from those of another branch.
func numbered(n, fork int, branch string) (h history) {
	for i := range n {
		leaf := fmt.Sprint("leaf ", i)
		if i >= fork {
			leaf += branch
		}
		h = append(h, leaf)
	}
	return h
}

// Hash implements archive.Hashes.
func (h history) Hash(level int, index uint64) (archive.Hash, error) {
	if level == 0 {
		return archive.LeafHash([]byte(h[index])), nil
	}
	left, _ := h.Hash(level-1, 2*index)
	right, _ := h.Hash(level-1, 2*index+1)
	return archive.NodeHash(left, right), nil
}

// at is the checkpoint of the history at a size.
func (h history) at(size int) archive.Checkpoint {
	var tree archive.Tree
	for _, leaf := range h[:size] {
		tree.Append(archive.LeafHash([]byte(leaf)))
	}
	return archive.Checkpoint{Origin: origin, Size: uint64(size), Root: tree.Root()}
}

func logKey(t testing.TB) *archive.Key {
	t.Helper()
	k, err := archive.GenerateKey(origin)
	require.NoError(t, err)
	return k
}

func signed(t testing.TB, k *archive.Key, c archive.Checkpoint) []byte {
	t.Helper()
	s, err := k.Signer(c.Origin)
	require.NoError(t, err)
	text, err := c.Sign(s)
	require.NoError(t, err)
	return text
}

// submit is a submission of a history at a size, from an older size.
func submit(t testing.TB, k *archive.Key, h history, older, newer int) Request {
	t.Helper()
	proof, err := archive.ProveConsistency(h, uint64(older), uint64(newer))
	require.NoError(t, err)
	return Request{Old: uint64(older), Proof: proof, Checkpoint: signed(t, k, h.at(newer))}
}

// newFolder makes a witness's folder that watches logs signed by keys.
func newFolder(t testing.TB, keys ...*archive.Key) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "witness")
	_, err := Create(dir, "witness.example/w")
	require.NoError(t, err)
	for _, k := range keys {
		_, err := AddLog(dir, k.PublicKey)
		require.NoError(t, err)
	}
	return dir
}

func openWitness(t testing.TB, dir string, options Options) *Witness {
	t.Helper()
	w, err := Open(dir, options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, w.Close()) })
	return w
}

// day is when tests take place.
var day = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func at(when time.Time) func() time.Time { return func() time.Time { return when } }
