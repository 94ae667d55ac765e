package harness

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// TestKill kills a recording process again and again on the same folder: nothing that was answered is missing.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	var answered []uuid.UUID
	var f found
	for range *kills {
		answered = append(answered, killed(t, dir, earnest)...)
		f = look(t, dir)
		require.Zero(t, f.missing(answered), "of %d that were answered", len(answered))
	}
	require.NotZero(t, f.several)
	t.Logf("%d kills: %d commands answered, %d there, %d of them of several events, %d events; 0 missing, 0 twice",
		*kills, len(answered), len(f.commands), f.several, f.events)
}

// TestKillSeesLoss: the same, with a process that answers before it writes, must lose something.
func TestKillSeesLoss(t *testing.T) {
	dir := t.TempDir()
	missing, all := 0, 0
	for range min(*kills, 10) {
		answered := killed(t, dir, hasty)
		missing, all = missing+look(t, dir).missing(answered), all+len(answered)
	}
	require.NotZero(t, missing, "of %d that were answered before they were written none is missing: the test sees no loss", all)
	t.Logf("the control that answers before it writes lost %d of %d", missing, all)
}

// killed lets a process record for a while and kills it.
func killed(t *testing.T, dir, way string) []uuid.UUID {
	t.Helper()
	c := start(t, dir, way)
	time.Sleep(time.Duration(rand.IntN(200_000)) * time.Microsecond)
	c.kill(t)
	return c.answered
}
