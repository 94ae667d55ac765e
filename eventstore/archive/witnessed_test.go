package archive_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/note"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
)

// cosigned adds a cosignature to a signed checkpoint.
func cosigned(t testing.TB, signed []byte, k *archive.CosignKey) []byte {
	t.Helper()
	text, _, _ := bytes.Cut(signed, []byte("\n\n"))
	own, err := note.Sign(&note.Note{Text: string(text) + "\n"}, k.Signer(time.Now))
	require.NoError(t, err)
	_, line, _ := bytes.Cut(own, []byte("\n\n"))
	return append(bytes.Clone(signed), line...)
}

// TestReceiptsAreWitnessed: an event that the kept checkpoint covers has its receipt there, wherever the heads lie by then;
// one that it does not cover has it at the newest.
func TestReceiptsAreWitnessed(t *testing.T) {
	dir, key, memory := t.TempDir(), newKey(t), eventstore.NewMemory()
	witness, err := archive.GenerateCosignKey("witness.example/w")
	require.NoError(t, err)
	s := openStore(t, dir, key, memory.Handle(), archive.Options{CutAfter: 1 << 30})
	covered := map[string]int{}
	check := func(s *archive.Store) {
		for group, n := range map[string]int{"g0": 200, "g1": 200, "g2": 200} {
			for _, i := range []int{1, covered[group], covered[group] + 1, n} {
				if i < 1 || i > n {
					continue
				}
				body := []byte(fmt.Sprint("body ", 3*(i-1)+int(group[1]-'0')))
				r, err := s.Receipt(t.Context(), domain.GroupID(group), uint64(i))
				require.NoError(t, err)
				_, _, err = r.Check(body, origin, s.Keys())
				require.NoError(t, err)
				by, err := archive.Cosignatures(r.Signed, witness.CosignPublicKey)
				require.NoError(t, err)
				require.Equal(t, i <= covered[group], len(by) == 1, "%s #%d of %d", group, i, covered[group])
				whether, err := s.WitnessedCovers(domain.GroupID(group), uint64(i))
				require.NoError(t, err)
				require.Equal(t, i <= covered[group], whether)
			}
		}
	}
	for i := range 600 {
		write(t, s, fmt.Sprint("g", i%3), uint64(i/3), fmt.Sprint("body ", i))
		if i == 100 || i == 400 || i == 550 {
			require.NoError(t, s.KeepWitnessed(t.Context(), cosigned(t, s.Checkpoint(), witness)))
			for k := range 3 {
				covered[fmt.Sprint("g", k)] = (i + 3 - k) / 3
			}
		}
		if i == 450 {
			require.NoError(t, s.Cut(t.Context()))
		}
	}
	check(s)
	require.NoError(t, s.Cut(t.Context()))
	check(s)
	require.NoError(t, s.Close())
	again := openStore(t, dir, key, memory.Handle(), archive.Options{})
	check(again)
	v, err := archive.Verify(t.Context(), dir, archive.VerifyOptions{Full: true})
	require.NoError(t, err)
	require.Empty(t, v.Findings)
	require.Equal(t, string(again.Witnessed()), string(v.Witnessed))

	to := t.TempDir()
	_, err = again.Backup(t.Context(), to)
	require.NoError(t, err)
	v, err = archive.Verify(t.Context(), to, archive.VerifyOptions{Full: true})
	require.NoError(t, err)
	require.Empty(t, v.Findings)
	require.Equal(t, string(again.Witnessed()), string(v.Witnessed), "a backup has the cosignatures too")
	was := again.Witnessed()
	write(t, again, "g0", 200, "one more")
	require.NoError(t, again.KeepWitnessed(t.Context(), cosigned(t, again.Checkpoint(), witness)))
	_, err = archive.Copy(t.Context(), dir, to, key.PublicKey) // what is in the tail is not copied
	require.NoError(t, err)
	v, err = archive.Verify(t.Context(), to, archive.VerifyOptions{Full: true})
	require.NoError(t, err)
	require.Empty(t, v.Findings)
	require.Equal(t, string(was), string(v.Witnessed))
}

// TestWitnessedIsHeld: what is not of this log is not kept; a file that was altered is left alone, and found by a verification.
func TestWitnessedIsHeld(t *testing.T) {
	dir, key, memory := t.TempDir(), newKey(t), eventstore.NewMemory()
	witness, err := archive.GenerateCosignKey("witness.example/w")
	require.NoError(t, err)
	s := openStore(t, dir, key, memory.Handle(), archive.Options{})
	write(t, s, "a", 0, "1", "2")
	first := cosigned(t, s.Checkpoint(), witness)
	require.NoError(t, s.KeepWitnessed(t.Context(), first))
	<-s.Durable()

	fork := openStore(t, t.TempDir(), key, eventstore.NewMemory(), archive.Options{})
	write(t, fork, "a", 0, "1", "another 2")
	require.ErrorIs(t, s.KeepWitnessed(t.Context(), fork.Checkpoint()), archive.ErrNotProven)
	stranger := openStore(t, t.TempDir(), newKey(t), eventstore.NewMemory(), archive.Options{})
	write(t, stranger, "a", 0, "1", "2")
	require.ErrorIs(t, s.KeepWitnessed(t.Context(), stranger.Checkpoint()), archive.ErrNotSigned)
	require.Equal(t, string(first), string(s.Witnessed()))
	require.NoError(t, s.Close())

	file := filepath.Join(dir, "witnessed")
	for name, c := range map[string]struct {
		text  []byte
		cause error
	}{
		"altered":   {bytes.Replace(first, []byte("\n1\n"), []byte("\n2\n"), 1), archive.ErrNotSigned},
		"rewritten": {fork.Checkpoint(), archive.ErrRewritten},
	} {
		require.NoError(t, os.WriteFile(file, c.text, 0o644))
		v, err := archive.Verify(t.Context(), dir, archive.VerifyOptions{})
		require.NoError(t, err)
		require.Len(t, v.Findings, 1, name)
		require.ErrorIs(t, v.Findings[0].Cause, c.cause)
		require.Nil(t, v.Witnessed)
		steps := 0
		full, err := archive.Verify(t.Context(), dir, archive.VerifyOptions{Full: true})
		require.NoError(t, err)
		require.NoError(t, full.Repair(t.Context(), key, memory.Handle(), func(s archive.Step) {
			require.Equal(t, archive.MendedWitnessed, s.What)
			steps++
		}))
		if name == "rewritten" {
			require.Zero(t, steps, "evidence is not taken away")
			require.FileExists(t, file)
		} else {
			require.Equal(t, 1, steps)
			require.NoFileExists(t, file)
			require.NoError(t, os.WriteFile(file, c.text, 0o644))
		}
		s, err := archive.Open(context.Background(), dir, key, memory.Handle(), archive.Options{})
		require.NoError(t, err)
		require.Equal(t, name == "altered", s.Witnessed() == nil)
		require.NoError(t, s.Close())
	}
}
