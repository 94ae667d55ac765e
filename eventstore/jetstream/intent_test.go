package jetstream

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"registre/domain"
	"registre/eventstore"
)

// read gives a register's bodies, required to be numbered without a gap.
func read(t testing.TB, s *Store, group string) []string {
	t.Helper()
	bodies := []string{}
	for r, err := range s.Read(context.Background(), domain.GroupID(group), 0) {
		require.NoError(t, err)
		require.Equal(t, uint64(len(bodies)+1), r.Number)
		bodies = append(bodies, string(r.Body))
	}
	return bodies
}

// TestTornStraight stops the writing of appends of several events after each number of them, as kill -9 does.
func TestTornStraight(t *testing.T) {
	for kept := range 8 {
		t.Run(fmt.Sprint(kept), func(t *testing.T) {
			dir := t.TempDir()
			s := openIn(t, dir, Options{})
			write(t, s, "a", 0, "1")
			write(t, s, "b", 0, "1")
			it := intent{id: "note", appends: []eventstore.Append{events("a", 1, "2", "3"), events("b", 1, "2", "3", "4"), events("a", 3, "4", "5")}}
			require.NoError(t, s.embedded.intents.note(it))
			left := kept
			for _, a := range it.appends {
				end, _ := s.places.end(a.Group)
				for n, body := range a.Bodies {
					if left--; left < 0 {
						break
					}
					msg := guarded(subjectOf(a.Group), body, end.seq)
					msg.Header.Set(appendHeader, it.id)
					v := s.publish(t.Context(), []*nats.Msg{msg})[0]
					require.NoError(t, v.err)
					end = place{number: a.After + uint64(n) + 1, seq: v.seq}
					s.places.learn(a.Group, end)
				}
			}
			require.NoError(t, s.Close())
			for range 2 {
				s = openIn(t, dir, Options{})
				require.Equal(t, []int{1, 3, 5}[(min(kept, 2)+1)/2+(max(kept-5, 0)+1)/2], len(read(t, s, "a")))
				require.Equal(t, []int{1, 4}[min(max(kept-2, 0), 1)], len(read(t, s, "b")))
				require.NoError(t, s.Close())
			}
			s = openIn(t, dir, Options{})
			after := uint64(len(read(t, s, "a")))
			write(t, s, "a", after, "one more", "and another")
			require.Len(t, read(t, s, "a"), int(after)+2)
		})
	}
}

// TestTornBatch cuts the stream's file within a batch of the server's, as a power cut does when the server has removed
// its own copy of the batch and the file was not yet whole on the disk.
func TestTornBatch(t *testing.T) {
	const size = manyEvents + 4
	for _, kept := range []int{0, 1, 2, size - 1, size} {
		t.Run(fmt.Sprint(kept), func(t *testing.T) {
			dir := t.TempDir()
			s := openIn(t, dir, Options{})
			write(t, s, "a", 0, "1")
			var bodies []string
			for i := range size {
				bodies = append(bodies, fmt.Sprint(i+2))
			}
			require.NoError(t, s.Write(t.Context(), []eventstore.Append{events("a", 1, bodies...)})[0])
			require.NoError(t, s.Close())
			cutAfter(t, dir, 1+kept)

			s = openIn(t, dir, Options{})
			want := []string{"1"}
			if kept > 0 {
				want = append(want, bodies...)
			}
			require.Equal(t, want, read(t, s, "a"))
			write(t, s, "a", uint64(len(want)), "more")
			require.NoError(t, s.Close())
			require.Equal(t, append(want, "more"), read(t, openIn(t, dir, Options{}), "a"))
		})
	}
}

// TestTornWithoutNote requires that half an append without its note is said, and not taken for an append.
func TestTornWithoutNote(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir, Options{way: bySyncAlways})
	write(t, s, "a", 0, "1", "2", "3")
	require.NoError(t, s.Close())
	cutAfter(t, dir, 2)
	_, err := Open(t.Context(), dir, Options{})
	require.ErrorIs(t, err, eventstore.ErrDamaged)
}

// cutAfter leaves so many messages in the first block of a closed folder.
func cutAfter(t *testing.T, dir string, messages int) {
	t.Helper()
	msgs := filepath.Join(newSyncer(dir, bySyncFiles).stream, messageDir)
	path := filepath.Join(msgs, "1.blk")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	at := uint32(0)
	for range messages {
		at += binary.LittleEndian.Uint32(text[at:]) &^ (1 << 31)
	}
	require.NoError(t, os.Truncate(path, int64(at)))
	require.NoError(t, os.Remove(filepath.Join(msgs, "index.db")))
}

func TestStaleNoteDoesNoHarm(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir, Options{})
	write(t, s, "a", 0, "1")
	require.NoError(t, s.embedded.intents.note(intent{id: "never", appends: []eventstore.Append{events("a", 1, "x", "y"), events("b", 0, "x", "y")}}))
	write(t, s, "a", 1, "x") // another's, of the same text
	require.NoError(t, s.Close())
	s = openIn(t, dir, Options{})
	require.Equal(t, []string{"1", "x"}, read(t, s, "a"))
	require.Empty(t, read(t, s, "b"))
}

func TestNotesAreWrittenOver(t *testing.T) {
	s := openIn(t, t.TempDir(), Options{})
	for i := range 100 {
		write(t, s, "a", uint64(2*i), "x", "y")
	}
	info, err := s.embedded.intents.file.Stat()
	require.NoError(t, err)
	require.Less(t, info.Size(), int64(200))
}

// TestSyncDuringWriteKeepsNotes requires that a Sync drops no note of an append that was not answered before it.
func TestSyncDuringWriteKeepsNotes(t *testing.T) {
	n, err := openIntents(filepath.Join(t.TempDir(), "intent"))
	require.NoError(t, err)
	require.NoError(t, n.note(intent{id: "first"}))
	n.answered()
	before := n.noted()
	require.NoError(t, n.note(intent{id: "second"}))
	n.drop(before)
	text, err := os.ReadFile(n.file.Name())
	require.NoError(t, err)
	require.Len(t, parseIntents(text), 2)
	n.drop(n.noted())
	require.NoError(t, n.note(intent{id: "third"}))
	text, err = os.ReadFile(n.file.Name())
	require.NoError(t, err)
	require.Equal(t, "second", parseIntents(text)[1].id, "the second is still there")
}

func genIntent(t *rapid.T) intent {
	it := intent{id: rapid.StringMatching(`[a-zA-Z0-9]*`).Draw(t, "id")}
	for range rapid.IntRange(0, 4).Draw(t, "appends") {
		a := eventstore.Append{Group: domain.GroupID(rapid.String().Draw(t, "group")), After: rapid.Uint64().Draw(t, "after")}
		a.Bodies = rapid.SliceOfN(rapid.SliceOf(rapid.Byte()), 0, 4).Draw(t, "bodies")
		if len(a.Bodies) == 0 {
			a.Bodies = nil
		}
		it.appends = append(it.appends, a)
	}
	return it
}

// TestNoteFormat: Parse(Format(x)) == x, and what is cut or changed anywhere is no note.
func TestNoteFormat(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		it := genIntent(t)
		text := formatIntent(it)
		require.Equal(t, []intent{it}, parseIntents(text))
		require.Empty(t, parseIntents(text[:rapid.IntRange(0, len(text)-1).Draw(t, "cut")]))
	})
}

func TestNotesCutShort(t *testing.T) {
	path := filepath.Join(t.TempDir(), "intent")
	n, err := openIntents(path)
	require.NoError(t, err)
	for i := range 3 {
		require.NoError(t, n.note(intent{id: fmt.Sprint(i), appends: []eventstore.Append{events("a", 0, "x", "y")}}))
	}
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	whole := len(text) / 3
	for cut := range text {
		require.Len(t, parseIntents(text[:cut]), cut/whole)
		changed := append([]byte(nil), text...)
		changed[cut] ^= 0x40
		require.LessOrEqual(t, len(parseIntents(changed)), cut/whole)
	}
}
