package harness

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// aLife is how often the same folder is struck before another one begins.
const aLife = 25

// A tally adds up what folders held.
type tally struct{ answered, receipts, checkpoints, commands, several, events int }

func (a *tally) add(m *memory) {
	a.answered += len(m.answered)
	a.receipts += len(m.receipts)
	a.checkpoints += len(m.checkpoints)
	a.commands += len(m.found.commands)
	a.several += m.found.several
	a.events += m.found.events
}

func (a *tally) report(t *testing.T, what string, n int) {
	t.Helper()
	require.NotZero(t, a.receipts)
	require.NotZero(t, a.several)
	t.Logf("%d %s: %d commands answered, %d there, %d of them of several events, %d events; 0 missing, 0 twice; "+
		"%d receipts, all of which hold; %d checkpoints, all of which the log of heads goes on from",
		n, what, a.answered, a.commands, a.several, a.events, a.receipts, a.checkpoints)
}

// cutAfter draws after how many bytes the tail is cut: after a few commands, or hardly ever.
func cutAfter() int64 { return []int64{4 << 10, 0}[rand.IntN(2)] }

// TestKill kills a recording process again and again on the same folder: nothing that was answered is missing. What is looked
// at is the folder, which is closed then, or a copy of it, and the next process begins with what this one has left.
func TestKill(t *testing.T) {
	var all tally
	for left := *kills; left > 0; left -= aLife {
		dir, m := t.TempDir(), newMemory()
		for range min(left, aLife) {
			c := killed(t, dir, earnest, 200*time.Millisecond)
			at := dir
			if rand.IntN(2) == 0 {
				at = copied(t, dir)
			}
			m.hold(t, at, c, cutAfter(), at != dir)
			if at != dir {
				require.NoError(t, os.RemoveAll(at))
			}
		}
		all.add(m)
		require.NoError(t, os.RemoveAll(dir))
	}
	all.report(t, "kills", *kills)
}

// TestKillSeesLoss: the same, with a process that answers before it writes, must lose something.
func TestKillSeesLoss(t *testing.T) {
	dir := t.TempDir()
	missing, all := 0, 0
	for i := 0; i < 10 && missing == 0; i++ {
		var answered []uuid.UUID
		for len(answered) == 0 {
			answered = killed(t, dir, hasty, 200*time.Millisecond).answered
		}
		missing, all = missing+look(t, dir, 0).missing(answered), all+len(answered)
	}
	require.NotZero(t, missing, "of %d that were answered before they were written none is missing: the test sees no loss", all)
	t.Logf("the control that answers before it writes lost %d of %d", missing, all)
}

// killed lets a process record for a while and kills it.
func killed(t *testing.T, dir, way string, most time.Duration) *child {
	t.Helper()
	c := start(t, dir, way, cutAfter())
	c.wait(t, most, way == earnest)
	c.kill(t)
	return c
}

// copied copies what was left of a register folder.
func copied(t *testing.T, dir string) string {
	t.Helper()
	at := t.TempDir()
	copyTo(t, at, dir)
	return at
}

func copyTo(t *testing.T, at, dir string) {
	t.Helper()
	err := os.CopyFS(filepath.Join(at, "registers"), os.DirFS(filepath.Join(dir, "registers")))
	if !errors.Is(err, fs.ErrNotExist) {
		require.NoError(t, err)
	}
	if err := os.Chmod(filepath.Join(at, "registers", "key"), 0o600); !errors.Is(err, fs.ErrNotExist) { // which is not copied along
		require.NoError(t, err)
	}
}
