package archive

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"registre/domain"
	"registre/eventstore"
)

// A rotator changes the key of an archive, in the steps in which a house does it, and remembers what was signed.
type rotator struct {
	t      require.TestingT
	dir    string // of archive and key
	stream eventstore.Store
	disk   disk
	s      *Store
	n      int

	keys   []PublicKey // that were in force
	kept   [][]byte    // checkpoints that were given out
	events []event     // that were answered for
}

func newRotator(t require.TestingT, dir string) *rotator {
	return newRotatorOn(t, dir, quick(), eventstore.NewMemory())
}

func newRotatorOn(t require.TestingT, dir string, d disk, stream eventstore.Store) *rotator {
	key, err := GenerateKey(ours)
	require.NoError(t, err)
	r := &rotator{t: t, dir: dir, stream: stream, disk: d, keys: []PublicKey{key.PublicKey}}
	require.NoError(t, WriteKey(r.keyFile(), key))
	require.NoError(t, r.open())
	return r
}

func (r *rotator) keyFile() string { return filepath.Join(r.dir, "key") }
func (r *rotator) archive() string { return filepath.Join(r.dir, "archive") }

// open opens the archive as a house does, which finishes what was begun.
func (r *rotator) open() error {
	key, err := ReadKey(r.keyFile())
	require.NoError(r.t, err)
	next, err := ReadNextKey(r.keyFile())
	require.NoError(r.t, err)
	r.s, err = Open(context.Background(), r.archive(), key, handle(r.stream), Options{CutAfter: 1 << 40, Next: next, disk: &r.disk})
	if err != nil || next == nil {
		return err
	}
	return SettleKey(r.keyFile(), next, r.s.PublicKey())
}

// handle is a store on the same registers, which can be closed.
func handle(s eventstore.Store) eventstore.Store {
	switch s := s.(type) {
	case *eventstore.Memory:
		return s.Handle()
	case *forgetful:
		return unclosed{s}
	}
	return s
}

func (r *rotator) write(group string, body []byte) error {
	ctx := context.Background()
	head, err := r.s.Head(ctx, domain.GroupID(group))
	if err != nil {
		return err
	}
	a := eventstore.Append{Group: head.Group, After: head.Number, Bodies: [][]byte{body}}
	if err := errors.Join(r.s.Write(ctx, []eventstore.Append{a})[0], r.s.Sync(ctx)); err != nil {
		return err
	}
	receipt, err := r.s.Receipt(ctx, head.Group, head.Number+1)
	if err != nil {
		return err
	}
	r.events = append(r.events, event{group: head.Group, number: head.Number + 1, body: string(body), receipt: receipt.Format()})
	r.kept = append(r.kept, r.s.Checkpoint())
	return nil
}

func (r *rotator) record() error {
	r.n++
	return r.write(fmt.Sprint("g", r.n%2), fmt.Appendf(nil, "event %d", r.n))
}

// says is the event by which next replaces the key in force, as number n of the house register.
func says(t require.TestingT, n uint64, from, to PublicKey) []byte {
	c := domain.Command{
		ID: uuid.UUID{15: byte(n)}, Group: domain.House, Actor: "operator", Effective: domain.OnDay(738000),
		Act: &domain.KeyRotated{NewKey: domain.VerifierKey(FormatPublicKey(to)), OldKey: domain.VerifierKey(FormatPublicKey(from)), Reason: "r"},
	}
	require.NoError(t, c.Check())
	e := eventstore.NewEnvelope(&c, domain.Event{Effective: c.Effective, Act: c.Act}, n, uuid.UUID{14: 1, 15: byte(n)}, domain.FirstInstant+domain.Instant(n))
	body, err := e.Append(nil)
	require.NoError(t, err)
	return body
}

// rotate changes the key, all steps of it.
func (r *rotator) rotate() error {
	next, err := GenerateKey(ours)
	require.NoError(r.t, err)
	require.NoError(r.t, WriteKey(NextKey(r.keyFile()), next))
	if err := r.announce(next); err != nil {
		return err
	}
	if err := r.s.Rotate(context.Background(), next); err != nil {
		return err
	}
	r.kept = append(r.kept, r.s.Checkpoint())
	r.keys = append(r.keys, next.PublicKey)
	return SettleKey(r.keyFile(), next, r.s.PublicKey())
}

// announce records the event that names the next key.
func (r *rotator) announce(next *Key) error {
	head, err := r.s.Head(context.Background(), domain.House)
	if err != nil {
		return err
	}
	return r.write(string(domain.House), says(r.t, head.Number+1, r.s.PublicKey(), next.PublicKey))
}

// requireProven closes the archive and requires of its files what whoever has any of the keys wants to know.
func (r *rotator) requireProven() {
	t := r.t
	require.NoError(t, r.s.Close())
	now := r.keys[len(r.keys)-1]
	for _, key := range append(slices.Clone(r.keys), PublicKey{}) {
		v, err := Verify(context.Background(), r.archive(), VerifyOptions{Full: true, Key: key})
		require.NoError(t, err)
		require.Empty(t, v.Findings)
		require.True(t, v.Key.same(now))
		require.NoError(t, v.Compare(context.Background(), r.stream, false))
		require.Empty(t, v.Findings)
		for _, kept := range r.kept {
			require.NoError(t, v.continuesFrom(kept))
		}
	}
	rotations, err := Rotations(r.archive())
	require.NoError(t, err)
	require.Len(t, rotations, len(r.keys)-1)
	keys := NewKeychain(rotations, now)
	for _, e := range r.events {
		receipt, err := ParseReceipt(e.receipt)
		require.NoError(t, err)
		_, key, _, err := keys.Signer(receipt.Signed)
		require.NoError(t, err)
		_, _, err = receipt.Check([]byte(e.body), ours, key.Ring())
		require.NoError(t, err)
	}
	r.requireOldGone()
	require.NoError(t, r.open())
}

// requireOldGone requires that nothing signed with an earlier key is left beside the rotations.
func (r *rotator) requireOldGone() {
	ring := keyring(r.keys[:len(r.keys)-1])
	for name, content := range files(r.t.(testing.TB), r.archive()) {
		if strings.HasSuffix(name, checkpointPath) {
			c, err := UnverifiedCheckpoint([]byte(content))
			require.NoError(r.t, err)
			_, _, err = OpenCheckpoint([]byte(content), c.Origin, ring)
			require.ErrorIs(r.t, err, ErrNotSigned, name)
		}
		if i := strings.Index(content, "— "+ours+" "); i >= 0 && strings.HasPrefix(name, tailDir) {
			require.Len(r.t, r.keys, 1, "a record of the tail is left")
		}
	}
	require.NoFileExists(r.t.(testing.TB), NextKey(r.keyFile()))
	key, err := ReadKey(r.keyFile())
	require.NoError(r.t, err)
	require.True(r.t, key.same(r.keys[len(r.keys)-1]))
}

// TestTwoRotations tells the story of two rotations with events before, between and after them.
func TestTwoRotations(t *testing.T) {
	r := newRotator(t, t.TempDir())
	for i := range 3 {
		for range 4 {
			require.NoError(t, r.record())
			if i == 1 {
				require.NoError(t, r.s.Cut(t.Context()))
			}
		}
		if i < 2 {
			require.NoError(t, r.rotate())
		}
		r.requireProven()
	}
	rotations, err := Rotations(r.archive())
	require.NoError(t, err)
	require.Equal(t, []uint64{5, 10}, []uint64{rotations[0].Last.Size, rotations[1].Last.Size})
	require.Equal(t, "r", rotations[1].Reason())
	require.NoError(t, r.s.Close())
}

// TestAnyRow records, rotates, cuts and opens again in any order: the archive verifies from each of its keys.
func TestAnyRow(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		require.NoError(rt, err)
		r := newRotator(rt, dir)
		for _, what := range rapid.SliceOfN(rapid.IntRange(0, 4), 0, 12).Draw(rt, "row") {
			switch what {
			case 0, 1:
				require.NoError(rt, r.record())
			case 2:
				require.NoError(rt, r.rotate())
			case 3:
				require.NoError(rt, r.s.Cut(context.Background()))
			default:
				require.NoError(rt, r.s.Close())
				require.NoError(rt, r.open())
			}
		}
		r.t = t
		r.requireProven()
		require.NoError(t, r.s.Close())
	})
}
