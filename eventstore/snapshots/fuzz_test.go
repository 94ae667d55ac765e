package snapshots

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore/archive"
)

// always is a register whose trees have one root.
type always struct{}

func (always) RootAt(domain.GroupID, uint64) (archive.Hash, error) { return archive.Hash{7}, nil }
func (always) Sealer(purpose string) func() hash.Hash {
	return func() hash.Hash { return hmac.New(sha256.New, []byte(purpose)) }
}

// Of all bytes, none but those that were written are taken.
func FuzzOpen(f *testing.F) {
	folder := Open(f.TempDir(), always{}, Options{Code: [32]byte{1}})
	good := append(folder.head("g", 12, archive.Hash{7}), "content"...)
	good = append(good, sealOf(folder, good)...)
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add(append(bytes.Clone(good), 0))
	f.Fuzz(func(t *testing.T, file []byte) {
		number, content, err := folder.open("g", sectionOf(file))
		if err != nil {
			require.Nil(t, content)
			return
		}
		all, err := io.ReadAll(content)
		require.NoError(t, err)
		again := append(folder.head("g", number, archive.Hash{7}), all...)
		require.Equal(t, file, append(again, sealOf(folder, again)...))
	})
}

func sectionOf(b []byte) *io.SectionReader {
	return io.NewSectionReader(bytes.NewReader(b), 0, int64(len(b)))
}

func sealOf(f *Folder, sealed []byte) []byte {
	h := f.seal()
	h.Write(sealed)
	return h.Sum(nil)
}
