package harness

import (
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/note"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
)

// A found is what a folder holds.
type found struct {
	commands map[uuid.UUID]bool
	bodies   map[domain.GroupID][][]byte
	events   int
	several  int // commands of several events
}

// look opens a folder and requires that each register is sound, and that both copies of it are the same.
func look(t *testing.T, dir string, cutAfter int64) found {
	t.Helper()
	h, err := open(t.Context(), dir, earnest, cutAfter)
	require.NoError(t, err)
	f := lookAt(t, h)
	require.NoError(t, h.store.Close())
	return f
}

// lookAt requires that each register of a house that is open is sound, and that both copies of it are the same.
func lookAt(t *testing.T, h *house) found {
	t.Helper()
	f := found{commands: map[uuid.UUID]bool{}, bodies: map[domain.GroupID][][]byte{}}
	heads, err := h.store.Heads(t.Context())
	require.NoError(t, err)
	for _, head := range heads {
		f.look(t, h, head)
	}
	inStream, err := h.stream.Heads(t.Context())
	require.NoError(t, err)
	require.ElementsMatch(t, inStream, heads)
	return f
}

// look reads a register.
func (f *found) look(t *testing.T, h *house, head eventstore.Head) {
	t.Helper()
	var before eventstore.Envelope
	for r, err := range h.store.Read(t.Context(), head.Group, 0) {
		require.NoError(t, err)
		e, err := eventstore.OpenAfter(before.Number, r)
		require.NoError(t, err, "numbers have no gap")
		require.True(t, before.Number == 0 || e.Recorded > before.Recorded, "instants increase")
		_, follows := e.Act.(*domain.AvenantEnteredIntoForce)
		_, signed := before.Act.(*domain.MemberSigned)
		require.Equal(t, signed, follows, "event %d of %s: what belongs together is together", e.Number, head.Group)
		require.Equal(t, follows, e.Command == before.Command)
		require.True(t, follows || !f.commands[e.Command], "the command %s stands there twice", e.Command)
		f.commands[e.Command] = true
		f.bodies[head.Group] = append(f.bodies[head.Group], r.Body)
		f.events++
		if follows {
			f.several++
		}
		before = e
	}
	_, signed := before.Act.(*domain.MemberSigned)
	require.False(t, signed, "%s ends within a command", head.Group)
	require.Equal(t, head.Number, before.Number)
	n := 0
	for r, err := range h.stream.Read(t.Context(), head.Group, 0) {
		require.NoError(t, err)
		require.Equal(t, string(f.bodies[head.Group][n]), string(r.Body), "event %d of %s in both copies", r.Number, head.Group)
		n++
	}
	require.Len(t, f.bodies[head.Group], n)
}

// missing counts what was answered and is not there.
func (f found) missing(answered []uuid.UUID) (n int) {
	for _, id := range answered {
		if !f.commands[id] {
			n++
		}
	}
	return n
}

// A memory is what was said by all who have recorded in one folder: what the folder has to answer for.
type memory struct {
	answered    []uuid.UUID
	receipts    map[uuid.UUID][sha256.Size]byte // of the body that each was found to be for
	checkpoints map[archive.Checkpoint]bool     // of the log of heads
	found       found
}

func newMemory() *memory {
	return &memory{receipts: map[uuid.UUID][sha256.Size]byte{}, checkpoints: map[archive.Checkpoint]bool{}}
}

// hold holds a folder to what a child has said, and to all that was said before. What is found at the end of a copy is
// nothing that the folder itself has to answer for.
func (m *memory) hold(t *testing.T, dir string, c *child, cutAfter int64, copied bool) {
	t.Helper()
	if *keep != "" {
		kept := filepath.Join(*keep, uuid.NewString())
		copyTo(t, kept, dir)
		defer func() {
			if !t.Failed() {
				require.NoError(t, os.RemoveAll(kept))
			}
		}()
	}
	m.answered = append(m.answered, c.answered...)
	m.found = look(t, dir, cutAfter)
	require.Zero(t, m.found.missing(m.answered), "of %d that were answered", len(m.answered))
	keys := publicKey(t, dir)
	m.verify(t, c.receipts, keys)
	require.Zero(t, inconsistent(t, dir, keys, m.checkpoints), "of %d checkpoints", len(m.checkpoints))
	if now, _, err := headsOf(dir, keys).Checkpoint(); err == nil && !copied {
		m.checkpoints[now] = true
	}
	checkLogs(t, dir, keys)
}

// verify requires that receipts hold for the bodies as they were read, those of before too.
func (m *memory) verify(t *testing.T, receipts []receipt, keys keyring) {
	t.Helper()
	for _, r := range receipts {
		parsed, err := archive.ParseReceipt(r.text)
		require.NoError(t, err)
		bodies := m.found.bodies[r.group]
		require.LessOrEqual(t, r.number, uint64(len(bodies)), "event %d of %s, of which there is a receipt", r.number, r.group)
		at, _, err := parsed.Check(bodies[r.number-1], origin, keys)
		require.NoError(t, err, "event %d of %s", r.number, r.group)
		require.Equal(t, archive.GroupOrigin(origin, string(r.group)), parsed.Group.Origin)
		require.Equal(t, r.number-1, parsed.Index)
		e, err := eventstore.Decode(bodies[r.number-1])
		require.NoError(t, err)
		require.Equal(t, r.command, e.Command)
		m.checkpoints[at] = true
		m.receipts[r.command] = sha256.Sum256(bodies[r.number-1])
	}
	have := map[[sha256.Size]byte]bool{}
	for _, bodies := range m.found.bodies {
		for _, body := range bodies {
			have[sha256.Sum256(body)] = true
		}
	}
	for id, sum := range m.receipts {
		require.True(t, have[sum], "the event of %s, of which there is a receipt, has been altered", id)
	}
}

func headsOf(dir string, keys keyring) *archive.Log {
	return archive.OpenLog(filepath.Join(dir, "registers", "archive", "heads"), origin, keys)
}

// inconsistent counts the checkpoints that the log of heads does not begin with.
func inconsistent(t *testing.T, dir string, keys keyring, given map[archive.Checkpoint]bool) (n int) {
	t.Helper()
	if len(given) == 0 {
		return 0
	}
	log := headsOf(dir, keys)
	now, _, err := log.Checkpoint()
	require.NoError(t, err)
	view := log.At(now.Size)
	for c := range given {
		proof, err := archive.ProveConsistency(view, c.Size, now.Size)
		if err != nil || archive.CheckConsistency(proof, c, now) != nil {
			n++
		}
	}
	return n
}

// checkLogs requires that no log has any damage.
func checkLogs(t *testing.T, dir string, keys keyring) {
	t.Helper()
	root := filepath.Join(dir, "registers", "archive")
	logs := []*archive.Log{headsOf(dir, keys)}
	groups, err := os.ReadDir(filepath.Join(root, "groups"))
	require.NoError(t, err)
	for _, g := range groups {
		logs = append(logs, archive.OpenLog(filepath.Join(root, "groups", g.Name()), archive.GroupOrigin(origin, g.Name()), keys))
	}
	for _, log := range logs {
		c, _, err := log.Checkpoint()
		if errors.Is(err, fs.ErrNotExist) && (len(groups) == 0 || log.Origin() != origin) {
			continue
		}
		require.NoError(t, err)
		for err := range log.Check(c) {
			require.NoError(t, err, "%s at size %d", log.Origin(), c.Size)
		}
	}
}

// A keyring knows the keys of all logs of a house, by its public key alone.
type keyring struct{ archive.PublicKey }

// Verifier implements note.Verifiers.
func (k keyring) Verifier(name string, hash uint32) (note.Verifier, error) {
	if v, err := k.PublicKey.Verifier(name); err == nil && v.KeyHash() == hash {
		return v, nil
	}
	return nil, &note.UnknownVerifierError{Name: name, KeyHash: hash}
}

func publicKey(t *testing.T, dir string) keyring {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "registers", "archive", "key.pub"))
	require.NoError(t, err)
	key, err := archive.ParsePublicKey(strings.TrimSuffix(string(text), "\n"))
	require.NoError(t, err)
	return keyring{key}
}
