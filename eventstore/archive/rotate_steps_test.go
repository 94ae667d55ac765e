package archive

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/eventstore"
)

// rotateUntil lets a house begin to change its key on a disk of which one step fails, not done, done in part, or done all the
// same, and every later one too; and gives the folder as it is then, beside a stream as a kill leaves it, or a power cut. It is nil when there are no so many steps.
func rotateUntil(t *testing.T, at int, share float64) (left *rotator, what string, answered []event) {
	t.Helper()
	failing, n := false, 0
	d := newStepper(func(_ int, op, path string, do func(float64) error) error {
		if !failing {
			return do(1)
		}
		if n++; n <= at {
			return do(1)
		}
		if n == at+1 {
			what = fmt.Sprintf("step %d, %s %s, of which %v is done", at, op, filepath.Base(path), share)
			if share > 0 {
				if err := do(share); err != nil {
					return err
				}
			}
		}
		return errDisk
	}).disk
	stream := &forgetful{Memory: eventstore.NewMemory()}
	r := newRotatorOn(t, t.TempDir(), d, stream)
	for range 4 {
		require.NoError(t, r.record())
	}
	require.NoError(t, r.s.Cut(t.Context()))
	require.NoError(t, r.record())
	failing = true
	if r.rotate() == nil { // what may have failed since is a cut that came by itself
		require.NoError(t, r.s.Close())
		return nil, "", nil
	}
	to := t.TempDir()
	require.NoError(t, os.CopyFS(to, os.DirFS(r.dir)))
	for _, key := range []string{"key", "key.next"} {
		require.NoError(t, os.Chmod(filepath.Join(to, key), 0o600))
	}
	left = &rotator{t: t, dir: to, stream: stream.kept()[at%2], disk: quick(), keys: r.keys, kept: r.kept, n: 100}
	_ = r.s.Close()
	return left, what, r.events
}

// TestRotationCutOff cuts a rotation off at each step on the disk. Opened again, the key is changed; whoever has
// any key that was in force, any checkpoint or any receipt can verify it; and the next rotation succeeds.
func TestRotationCutOff(t *testing.T) {
	tried, changed, unfinished := 0, 0, 0
	for at := 0; ; at += OneIn(5) {
		left, what, answered := rotateUntil(t, at, float64(at%3)/2)
		if left == nil {
			t.Logf("%d steps: found unfinished after %d", at, unfinished)
			require.Equal(t, changed, tried, "the event was in one copy at least")
			require.Greater(t, unfinished, 10/OneIn(5))
			return
		}
		tried++
		t.Run(what, func(t *testing.T) {
			left.t, left.events = t, answered
			if v, err := Verify(t.Context(), left.archive(), VerifyOptions{Full: true}); err == nil {
				for _, f := range v.Findings {
					if f.File == "groups/registre/checkpoint" {
						require.Equal(t, "missing", f.Kind(), "its first tiles were not published yet")
						continue
					}
					require.Contains(t, []string{"unfinished", "torn", "unreadable"}, f.Kind(), "%v", f)
					if f.Kind() == "unfinished" {
						unfinished++
					}
				}
			}
			left.requireNextNeeded()
			require.NoError(t, left.open())
			key := left.s.PublicKey()
			require.False(t, key.same(left.keys[0]))
			left.keys = append(left.keys, key)
			changed++
			require.NoError(t, left.record())
			left.requireProven()
			require.NoError(t, left.rotate())
			require.NoError(t, left.record())
			left.requireProven()
			require.NoError(t, left.s.Close())
		})
	}
}

// requireNextNeeded requires that from the receipt on nothing is opened, and so nothing signed, with the old key alone.
func (r *rotator) requireNextNeeded() {
	if rotations, err := Rotations(r.archive()); err != nil || len(rotations) == 0 {
		return
	}
	key, err := ReadKey(r.keyFile())
	require.NoError(r.t, err)
	_, err = Open(context.Background(), r.archive(), key, handle(r.stream), Options{disk: &r.disk})
	if public, _ := os.ReadFile(filepath.Join(r.archive(), publicKey)); string(public) == FormatPublicKey(key.PublicKey)+"\n" {
		require.ErrorIs(r.t, err, ErrNextKey)
	} else {
		require.ErrorIs(r.t, err, ErrOtherKey)
	}
}

// TestAKeyThatNoEventNames was made, and the rotation ended there: it goes, and nothing has changed.
func TestAKeyThatNoEventNames(t *testing.T) {
	r := newRotator(t, t.TempDir())
	require.NoError(t, r.record())
	next, err := GenerateKey(ours)
	require.NoError(t, err)
	require.NoError(t, WriteKey(NextKey(r.keyFile()), next))
	require.ErrorIs(t, r.s.Rotate(t.Context(), next), errNoRotation)
	require.ErrorIs(t, r.s.Rotate(t.Context(), next), eventstore.ErrNotWritten)
	require.NoError(t, r.record(), "it goes on under the key in force")
	require.NoError(t, r.s.Close())
	require.NoError(t, r.open())
	r.requireProven()
	require.NoError(t, r.s.Close())
}

// TestANextKeyThatIsLost: the event stands, and the key that it names is gone before it has signed anything. The old one stays in
// force, verification says that the rotation is not finished, and the same key is replaced once more.
func TestANextKeyThatIsLost(t *testing.T) {
	r := newRotator(t, t.TempDir())
	require.NoError(t, r.record())
	lost, err := GenerateKey(ours)
	require.NoError(t, err)
	require.NoError(t, r.announce(lost))
	require.NoError(t, r.s.Close())
	require.NoError(t, r.open())
	require.NoError(t, r.record())
	v, err := Verify(t.Context(), r.archive(), VerifyOptions{Full: true})
	require.NoError(t, err)
	require.Len(t, v.Findings, 1)
	require.Equal(t, "unfinished", v.Findings[0].Kind())
	require.Equal(t, "rotations/1", v.Findings[0].File)
	require.NoError(t, r.rotate())
	r.requireProven()
	require.NoError(t, r.s.Close())
}

// TestASegmentThatStaysIsDropped: a segment that could not be removed when it was published holds what the old key has signed; the
// rotation takes it away.
func TestASegmentThatStaysIsDropped(t *testing.T) {
	r := newRotator(t, t.TempDir())
	require.NoError(t, r.record())
	stays, err := os.ReadFile(segmentPath(r.archive(), 1))
	require.NoError(t, err)
	require.NoError(t, r.s.Cut(t.Context()))
	require.NoError(t, os.WriteFile(segmentPath(r.archive(), 1), stays, fileMode))
	require.NoError(t, r.rotate())
	require.NoFileExists(t, segmentPath(r.archive(), 1))
	r.requireProven()
	require.NoError(t, r.s.Close())
}

// thief signs what it likes with a key that was stolen.
func thief(t *testing.T, key *Key, events int) []byte {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "archive"), key, eventstore.NewMemory(), Options{CutAfter: 1 << 40})
	require.NoError(t, err)
	for i := range events {
		a := eventstore.Append{Group: "g0", After: uint64(i), Bodies: [][]byte{[]byte("forged")}}
		require.NoError(t, s.Write(t.Context(), []eventstore.Append{a})[0])
		require.NoError(t, s.Sync(t.Context()))
	}
	signed := s.Checkpoint()
	require.NoError(t, s.Close())
	return signed
}

// TestAStolenKey: the old key, in other hands, signs other histories once it was replaced. Whoever holds the new state refuses
// them: one that goes beyond the rotation is signed with a key that was replaced, and a shorter one is no beginning of the log.
func TestAStolenKey(t *testing.T) {
	r := newRotator(t, t.TempDir())
	for range 3 {
		require.NoError(t, r.record())
	}
	stolen, err := ReadKey(r.keyFile())
	require.NoError(t, err)
	require.NoError(t, r.rotate())
	for range 3 {
		require.NoError(t, r.record())
	}
	require.NoError(t, r.s.Close())
	for events, kind := range map[int]string{2: "rewritten", 4: "rewritten", 5: "replaced-key", 9: "replaced-key"} {
		v, err := Verify(t.Context(), r.archive(), VerifyOptions{Kept: thief(t, stolen, events)})
		require.NoError(t, err)
		require.Len(t, v.Findings, 1, events)
		require.Equal(t, kind, v.Findings[0].Kind(), events)
	}
	forged := thief(t, stolen, 9)
	require.NoError(t, os.WriteFile(filepath.Join(r.archive(), headsDir, checkpointPath), forged, fileMode))
	v, err := Verify(t.Context(), r.archive(), VerifyOptions{Full: true, Key: stolen.PublicKey})
	require.NoError(t, err)
	require.NotEmpty(t, v.Findings)
	require.Equal(t, "not-signed", v.Findings[0].Kind())
	_, err = Open(t.Context(), r.archive(), stolen, handle(r.stream), Options{})
	require.ErrorIs(t, err, ErrOtherKey)
}

// TestRotationSeesEveryBit flips every bit of the files of two rotations, and removes them: each is found, in that file.
func TestRotationSeesEveryBit(t *testing.T) {
	r := newRotator(t, t.TempDir())
	for range 2 {
		require.NoError(t, r.record())
		require.NoError(t, r.rotate())
	}
	require.NoError(t, r.record())
	require.NoError(t, r.s.Close())
	flips := 0
	for _, name := range []string{"rotations/1", "rotations/2"} {
		file := filepath.Join(r.archive(), name)
		whole, err := os.ReadFile(file)
		require.NoError(t, err)
		again, err := ParseRotation(whole)
		require.NoError(t, err)
		require.Equal(t, string(whole), string(again.Format()))
		found := func(why string) {
			v, err := Verify(t.Context(), r.archive(), VerifyOptions{})
			require.NoError(t, err)
			require.NotEmpty(t, v.Findings, why)
			require.Equal(t, name, v.Findings[0].File, why)
		}
		for bit := 0; bit < 8*len(whole); bit += OneIn(101) {
			flip(t, file, bit)
			found(fmt.Sprint("bit ", bit))
			flip(t, file, bit)
			flips++
		}
		require.NoError(t, os.Remove(file))
		found("removed")
		require.NoError(t, os.WriteFile(file, whole[:len(whole)-1], fileMode))
		found("cut off")
		require.NoError(t, os.WriteFile(file, whole, fileMode))
	}
	first, err := os.ReadFile(filepath.Join(r.archive(), "rotations/1"))
	require.NoError(t, err)
	for _, name := range []string{"rotations/2", "rotations/3"} {
		was, readErr := os.ReadFile(filepath.Join(r.archive(), name))
		require.NoError(t, os.WriteFile(filepath.Join(r.archive(), name), first, fileMode))
		v, err := Verify(t.Context(), r.archive(), VerifyOptions{})
		require.NoError(t, err)
		require.NotEmpty(t, v.Findings, "the first in the place of another, or once more: %s", name)
		if readErr != nil {
			require.NoError(t, os.Remove(filepath.Join(r.archive(), name)))
		} else {
			require.NoError(t, os.WriteFile(filepath.Join(r.archive(), name), was, fileMode))
		}
	}
	for _, name := range []string{"rotations/x", "rotations/01", "rotations/1.old"} {
		require.NoError(t, os.WriteFile(filepath.Join(r.archive(), name), first, fileMode))
		v, err := Verify(t.Context(), r.archive(), VerifyOptions{Full: true})
		require.NoError(t, err)
		require.Len(t, v.Findings, 1)
		require.Equal(t, "stray", v.Findings[0].Kind())
		require.NoError(t, os.Remove(filepath.Join(r.archive(), name)))
	}
	require.Greater(t, flips, 8*2000/OneIn(101))
}

// TestLostFirstRotation: without the first one, whoever has only the first key cannot walk on, and is told so; the second key
// still leads to the newest.
func TestLostFirstRotation(t *testing.T) {
	r := newRotator(t, t.TempDir())
	for range 2 {
		require.NoError(t, r.record())
		require.NoError(t, r.rotate())
	}
	require.NoError(t, r.s.Close())
	require.NoError(t, os.Remove(filepath.Join(r.archive(), "rotations/1")))
	for i, kinds := range []string{"missing other-key", "missing", "missing"} {
		v, err := Verify(t.Context(), r.archive(), VerifyOptions{Key: r.keys[i]})
		require.NoError(t, err)
		var got []string
		for _, f := range v.Findings[:min(2, len(v.Findings))] {
			got = append(got, f.Kind())
		}
		require.Equal(t, kinds, strings.Join(got, " "), "key %d", i)
	}
}

// TestBackupAcrossRotations: a backup made under an earlier key goes on under the newest, and the rotations travel with it.
func TestBackupAcrossRotations(t *testing.T) {
	r, to := newRotator(t, t.TempDir()), filepath.Join(t.TempDir(), "archive")
	for range 3 {
		require.NoError(t, r.record())
		_, err := r.s.Backup(t.Context(), to)
		require.NoError(t, err)
		require.NoError(t, r.rotate())
	}
	copied, err := r.s.Backup(t.Context(), to)
	require.NoError(t, err)
	require.NotZero(t, copied.Files)
	again, err := r.s.Backup(t.Context(), to)
	require.NoError(t, err)
	require.Zero(t, again.Files)
	require.NoError(t, r.s.Close())
	for _, key := range r.keys {
		v, err := Verify(t.Context(), to, VerifyOptions{Full: true, Key: key, Kept: r.kept[0]})
		require.NoError(t, err)
		require.Empty(t, v.Findings)
	}
	other := newRotator(t, t.TempDir())
	require.NoError(t, other.record())
	require.NoError(t, other.rotate())
	_, err = other.s.Backup(t.Context(), to)
	require.ErrorIs(t, err, ErrOtherKey)
	require.NoError(t, other.s.Close())
}
