package witness

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/note"
	"pgregory.net/rapid"

	"registre/eventstore/archive"
)

func TestFolder(t *testing.T) {
	key := logKey(t)
	dir := newFolder(t, key)
	info, err := os.Stat(filepath.Join(dir, keyFile))
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
	_, err = Create(dir, "witness.example/another")
	require.ErrorIs(t, err, fs.ErrExist)
	_, err = Create(filepath.Join(dir, "new"), "a name with spaces")
	require.ErrorIs(t, err, archive.ErrMalformed)
	_, err = Open(t.TempDir(), Options{})
	require.ErrorIs(t, err, ErrNoFolder)
	already, err := AddLog(dir, key.PublicKey)
	require.NoError(t, err)
	require.True(t, already)

	w := openWitness(t, dir, Options{})
	public, err := PublicKey(dir)
	require.NoError(t, err)
	require.Equal(t, w.Key(), public)
	_, err = Open(dir, Options{})
	require.ErrorIs(t, err, ErrLocked, "two on one folder could cosign two histories")
	require.NoError(t, w.Close())
	_, err = w.AddCheckpoint(submit(t, key, numbered(1, 1, ""), 0, 1))
	require.ErrorIs(t, err, fs.ErrClosed)

	require.NoError(t, os.Chmod(filepath.Join(dir, keyFile), 0o644))
	_, err = Open(dir, Options{})
	require.ErrorIs(t, err, archive.ErrKeyExposed)
}

// TestJudgement goes through what a witness can be asked, in the order in which it refuses.
func TestJudgement(t *testing.T) {
	key, stranger, h, other := logKey(t), logKey(t), numbered(20, 20, ""), numbered(20, 3, "'")
	dir := newFolder(t, key)
	w := openWitness(t, dir, Options{Now: at(day)})
	ask := func(r Request) error { _, err := w.AddCheckpoint(r); return err }

	require.ErrorIs(t, ask(Request{Checkpoint: []byte("nonsense")}), archive.ErrMalformed)
	elsewhere := archive.Checkpoint{Origin: "elsewhere.example", Size: 1, Root: h.at(1).Root}
	foreign, err := archive.GenerateKey(elsewhere.Origin)
	require.NoError(t, err)
	require.ErrorIs(t, ask(Request{Checkpoint: signed(t, foreign, elsewhere)}), ErrUnknownLog)
	require.ErrorIs(t, ask(submit(t, stranger, h, 0, 5)), archive.ErrNotSigned)
	require.ErrorIs(t, ask(Request{Old: 6, Checkpoint: signed(t, key, h.at(5))}), archive.ErrMalformed)
	var conflict *ConflictError
	require.ErrorAs(t, ask(submit(t, key, h, 3, 5)), &conflict)
	require.Zero(t, conflict.Size)
	require.Empty(t, w.States())

	line, err := w.AddCheckpoint(submit(t, key, h, 0, 5))
	require.NoError(t, err)
	by, err := archive.Cosignatures(append(signed(t, key, h.at(5)), line...), w.Key())
	require.NoError(t, err)
	require.Equal(t, day, by[0].Time)

	require.ErrorAs(t, ask(submit(t, key, h, 0, 9)), &conflict)
	require.EqualValues(t, 5, conflict.Size)
	require.ErrorAs(t, ask(submit(t, key, h, 3, 4)), &conflict)
	require.ErrorIs(t, ask(Request{Old: 5, Checkpoint: signed(t, key, other.at(5))}), ErrContradiction)
	require.ErrorIs(t, ask(Request{Old: 0, Checkpoint: signed(t, key, other.at(5))}), ErrConflict)
	require.ErrorIs(t, ask(submit(t, key, other, 5, 9)), archive.ErrNotProven)
	require.NoError(t, ask(submit(t, key, h, 5, 5)), "the same again")
	require.NoError(t, ask(submit(t, key, h, 5, 9)))
	require.Equal(t, h.at(9), w.States()[0].Checkpoint)

	empty := archive.EmptyCheckpoint(origin)
	empty.Root = h.at(1).Root
	w = openWitness(t, newFolder(t, key), Options{})
	require.ErrorIs(t, ask(Request{Checkpoint: signed(t, key, empty)}), ErrContradiction, "an empty tree has one root")
	require.NoError(t, ask(Request{Checkpoint: signed(t, key, archive.EmptyCheckpoint(origin))}))
	require.NoError(t, ask(submit(t, key, h, 0, 1)))
}

// TestEvidence keeps what the log's key has signed and nothing else, each once, and drops a suspicion that was dispelled.
func TestEvidence(t *testing.T) {
	key, stranger, h, other := logKey(t), logKey(t), numbered(300, 300, ""), numbered(300, 3, "'")
	dir := newFolder(t, key)
	now := day
	w := openWitness(t, dir, Options{Now: func() time.Time { return now }})
	ask := func(r Request) error { _, err := w.AddCheckpoint(r); return err }
	found := func() map[string]int {
		all, err := ReadEvidence(dir)
		require.NoError(t, err)
		kinds := map[string]int{}
		for _, e := range all {
			kinds[e.Kind]++
		}
		return kinds
	}
	require.NoError(t, ask(submit(t, key, h, 0, 5)))
	require.Error(t, ask(submit(t, stranger, other, 5, 9)))
	require.Error(t, ask(submit(t, key, h, 0, 4)))
	require.Empty(t, found())

	require.Error(t, ask(Request{Old: 5, Checkpoint: signed(t, key, other.at(5))}))
	now = day.Add(time.Hour)
	require.Error(t, ask(Request{Old: 2, Checkpoint: signed(t, key, other.at(5))}))
	require.Equal(t, map[string]int{Contradiction: 1}, found())
	all, err := ReadEvidence(dir)
	require.NoError(t, err)
	require.Equal(t, day, all[0].Seen, "when it was seen first")
	a, _, err := archive.OpenCheckpoint([]byte(all[0].Submitted), origin, key.Ring())
	require.NoError(t, err)
	b, _, err := archive.OpenCheckpoint([]byte(all[0].Cosigned), origin, key.Ring())
	require.NoError(t, err)
	require.Equal(t, a.Size, b.Size)
	require.NotEqual(t, a.Root, b.Root, "the log's own key has signed both")

	garbled := submit(t, key, h, 5, 9)
	garbled.Proof[0][0] ^= 1
	require.Error(t, ask(garbled))
	garbled.Proof[0][1] ^= 1
	require.Error(t, ask(garbled))
	require.Equal(t, map[string]int{Contradiction: 1, Unproven: 1}, found())
	require.NoError(t, ask(submit(t, key, h, 5, 9)))
	require.Equal(t, map[string]int{Contradiction: 1}, found(), "its proof was garbled on the way")

	for n := 10; n < 10+mostEvidence+5; n++ {
		require.Error(t, ask(submit(t, key, other, 9, n)))
	}
	require.Equal(t, map[string]int{Contradiction: 1, Unproven: mostEvidence}, found())
	require.Error(t, ask(Request{Old: 9, Checkpoint: signed(t, key, other.at(9))}))
	require.Equal(t, 2, found()[Contradiction], "however much unproven there is")
}

// TestLogsAreReread while the witness runs: one more key of a log, one log less, and a list that cannot be read.
func TestLogsAreReread(t *testing.T) {
	first, second, h := logKey(t), logKey(t), numbered(9, 9, "")
	dir := newFolder(t, first)
	w := openWitness(t, dir, Options{})
	ask := func(r Request) error { _, err := w.AddCheckpoint(r); return err }
	require.NoError(t, ask(submit(t, first, h, 0, 2)))
	require.ErrorIs(t, ask(submit(t, second, h, 2, 3)), archive.ErrNotSigned)
	_, err := AddLog(dir, second.PublicKey)
	require.NoError(t, err)
	require.NoError(t, ask(submit(t, second, h, 2, 3)), "a house's new key")
	require.NoError(t, ask(submit(t, first, h, 3, 4)))
	require.NoError(t, os.WriteFile(filepath.Join(dir, logsFile), []byte("nonsense\n"), 0o644))
	require.NoError(t, ask(submit(t, first, h, 4, 5)), "what cannot be read changes nothing")
	require.NoError(t, os.WriteFile(filepath.Join(dir, logsFile), nil, 0o644))
	require.ErrorIs(t, ask(submit(t, first, h, 5, 6)), ErrUnknownLog)
	_, err = AddLog(dir, first.PublicKey)
	require.NoError(t, err)
	require.ErrorIs(t, ask(submit(t, first, h, 0, 6)), ErrConflict, "what was cosigned is not forgotten")
	keys, err := ReadLogs(dir)
	require.NoError(t, err)
	require.Len(t, keys, 1)
}

// TestDamagedState: a witness that cannot tell what it has cosigned does not begin anew.
func TestDamagedState(t *testing.T) {
	key, h := logKey(t), numbered(9, 9, "")
	dir := newFolder(t, key)
	w := openWitness(t, dir, Options{})
	_, err := w.AddCheckpoint(submit(t, key, h, 0, 5))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	path := filepath.Join(dir, checkpointsDir, OriginHash(origin))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	body, own := strings.Index(string(text), "\n\n"), strings.LastIndex(string(text), "— ")
	for i := range text {
		if i < body || i >= own { // the log's signature between them is none of the witness's
			altered := append([]byte(nil), text...)
			altered[i] ^= 4
			require.NoError(t, os.WriteFile(path, altered, 0o644))
			_, err := Open(dir, Options{})
			require.ErrorIs(t, err, ErrDamaged, "byte %d", i)
		}
	}
	require.NoError(t, os.RemoveAll(filepath.Join(dir, checkpointsDir)))
	_, err = Open(dir, Options{})
	require.ErrorIs(t, err, ErrDamaged)
}

// errStruck is what a disk says that was struck.
var errStruck = errors.New("struck")

// strikes is a disk whose n-th step is not done, or is done and reported as failed; after it nothing works: the process is gone.
func strikes(n int, done bool) (disk, *int) {
	step, real := 0, thisDisk
	do := func(f func() error) error {
		step++
		switch {
		case step > n:
			return errStruck
		case step == n && !done:
			return errStruck
		case step == n:
			return errors.Join(errStruck, f())
		}
		return f()
	}
	return disk{
		write: func(path string, content []byte) error {
			return do(func() error { return real.write(path, content) })
		},
		fsync:  func(path string) error { return do(func() error { return real.fsync(path) }) },
		rename: func(from, to string) error { return do(func() error { return real.rename(from, to) }) },
		remove: func(path string) error { return do(func() error { return real.remove(path) }) },
	}, &step
}

// TestStruckAtEachStep cuts a witness off at each step of keeping a checkpoint, the step not done and done but failed: nothing
// that was not kept is cosigned, nothing that was cosigned is forgotten, and no second history is.
func TestStruckAtEachStep(t *testing.T) {
	key, h, other := logKey(t), numbered(20, 20, ""), numbered(20, 5, "'")
	for _, done := range []bool{false, true} {
		for n := 1; ; n++ {
			dir := newFolder(t, key)
			w := openWitness(t, dir, Options{})
			_, err := w.AddCheckpoint(submit(t, key, h, 0, 5))
			require.NoError(t, err)
			require.NoError(t, w.Close())

			w, err = Open(dir, Options{})
			require.NoError(t, err)
			var step *int
			w.disk, step = strikes(n, done)
			line, err := w.AddCheckpoint(submit(t, key, h, 5, 9))
			if err == nil {
				require.Equal(t, 5, n, "write, fsync, rename, fsync: each was struck")
				require.NoError(t, w.Close())
				break
			}
			require.Empty(t, line)
			require.ErrorIs(t, err, errStruck)
			_, err = w.AddCheckpoint(submit(t, key, other, 5, 12))
			require.Error(t, err, "step %d: nothing works any more", *step)
			require.NoError(t, w.Close()) // as a kill would

			w = openWitness(t, dir, Options{})
			last := w.States()[0].Checkpoint
			require.Contains(t, []archive.Checkpoint{h.at(5), h.at(9)}, last)
			size := int(last.Size)
			if size == 9 {
				_, err = w.AddCheckpoint(submit(t, key, other, 9, 12))
				require.ErrorIs(t, err, archive.ErrNotProven)
			}
			_, err = w.AddCheckpoint(submit(t, key, h, size, 12))
			require.NoError(t, err)
			require.NoError(t, w.Close())
		}
	}
}

// TestDoubtStopsALog: after a step that may have been done the log is at rest, and others go on; before it, all goes on.
func TestDoubtStopsALog(t *testing.T) {
	key, h := logKey(t), numbered(20, 20, "")
	for n, goesOn := range map[int]bool{1: true, 2: true, 3: false, 4: false} {
		dir := newFolder(t, key)
		w := openWitness(t, dir, Options{})
		_, err := w.AddCheckpoint(submit(t, key, h, 0, 5))
		require.NoError(t, err)
		w.disk, _ = strikes(n, true)
		_, err = w.AddCheckpoint(submit(t, key, h, 5, 9))
		require.ErrorIs(t, err, errStruck)
		w.disk = thisDisk
		_, err = w.AddCheckpoint(submit(t, key, h, 5, 12))
		require.Equal(t, goesOn, err == nil, "step %d: %v", n, err)
	}
}

// TestManyAtOnce has two histories race for the witness, in random pieces: whatever it cosigns is one history, and never
// goes back.
func TestManyAtOnce(t *testing.T) {
	key := logKey(t)
	rapid.Check(t, func(r *rapid.T) {
		const most = 24
		w, err := Open(newFolder(t, key), Options{})
		require.NoError(t, err)
		defer w.Close()
		branches := []history{numbered(most, most, ""), numbered(most, rapid.IntRange(1, most-1).Draw(r, "fork"), "'")}
		var mu sync.Mutex
		var cosigned []archive.Checkpoint
		var all sync.WaitGroup
		for i := range 4 {
			h := branches[i%2]
			steps := rapid.SliceOfN(rapid.IntRange(1, most), 5, 8).Draw(r, "steps")
			all.Go(func() {
				for _, to := range steps {
					from := 0
					if last := w.States(); len(last) > 0 {
						from = int(last[0].Checkpoint.Size)
					}
					if from > to {
						continue
					}
					request := submit(t, key, h, from, to)
					mu.Lock() // so that what is noted is in the order in which it was cosigned
					if _, err := w.AddCheckpoint(request); err == nil {
						cosigned = append(cosigned, h.at(to))
					}
					mu.Unlock()
				}
			})
		}
		all.Wait()
		require.NotEmpty(r, cosigned)
		for i, c := range cosigned[1:] {
			require.GreaterOrEqual(r, c.Size, cosigned[i].Size)
		}
		holds := func(h history) bool {
			for _, c := range cosigned {
				if h.at(int(c.Size)) != c {
					return false
				}
			}
			return true
		}
		require.True(r, holds(branches[0]) || holds(branches[1]))
	})
}

// TestRace submits without any order among goroutines; for the race detector, and for the disk's last word.
func TestRace(t *testing.T) {
	key, h, other := logKey(t), numbered(40, 40, ""), numbered(40, 2, "'")
	dir := newFolder(t, key)
	w := openWitness(t, dir, Options{})
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			mine := []history{h, other}[i%2]
			for to := 1; to <= 40; to++ {
				from := uint64(0)
				for range 20 {
					_, err := w.AddCheckpoint(submit(t, key, mine, int(from), to))
					var conflict *ConflictError
					if !errors.As(err, &conflict) || conflict.Size > uint64(to) {
						break
					}
					from = conflict.Size
				}
			}
		})
	}
	all.Wait()
	last := w.States()[0]
	require.EqualValues(t, 40, last.Checkpoint.Size)
	states, err := ReadStates(dir)
	require.NoError(t, err)
	require.Equal(t, last.Checkpoint, states[0].Checkpoint)
	_, err = note.Open(last.Signed, note.VerifierList(w.Key().Verifier()))
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), last.Time, time.Minute)
}
