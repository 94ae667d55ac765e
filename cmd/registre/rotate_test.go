package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"registre/eventstore/archive"
)

// TestRotationKilled kills the program again and again while it changes the key, at any moment. Opened again, the folder has one key
// that signs, nothing is damaged, and whoever has kept the first key and the first checkpoint walks to the newest.
func TestRotationKilled(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	data, first, kept := filepath.Join(dir, "data"), filepath.Join(dir, "first.pub"), filepath.Join(dir, "kept")
	run := func(args ...string) []byte {
		out, err := exec.Command("registre", append(args, "--data", data)...).CombinedOutput()
		require.NoError(t, err, "%v: %s", args, out)
		return out
	}
	run("found", "ent", "--name", "ENT", "--title", "Convention", "--origin", "registre.example/maison")
	public, err := os.ReadFile(filepath.Join(data, archiveDir, "key.pub"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(first, public, 0o644))
	require.NoError(t, os.WriteFile(kept, run("checkpoint"), 0o644))
	most, begun, done := 25*time.Millisecond, 0, 0
	for ; begun < 8 || done == 0; begun++ {
		killedRotating(t, data, rand.N(most))
		run("member", "join", "ent", fmt.Sprint("m", begun), "--name", "M", "--basis", "x")
		require.NoFileExists(t, filepath.Join(data, "key.next"))
		require.Contains(t, string(run("verify", "--full", "--public-key", first, "--checkpoint", kept)), "Nothing is wrong")
		rotations, err := archive.Rotations(filepath.Join(data, archiveDir))
		require.NoError(t, err)
		if done = len(rotations); done == 0 { // the machine takes longer
			require.Less(t, most, time.Hour, "it was killed too soon each time: the test sees nothing")
			most *= 2
		}
	}
	rotations, err := archive.Rotations(filepath.Join(data, archiveDir))
	require.NoError(t, err)
	key, err := archive.ReadKey(filepath.Join(data, keyFile))
	require.NoError(t, err)
	require.Equal(t, archive.FormatPublicKey(rotations[len(rotations)-1].To), archive.FormatPublicKey(key.PublicKey))
	t.Logf("of %d rotations that were killed %d are done", begun, len(rotations))
}

// killedRotating begins a rotation and kills it, a while after the new key was made.
func killedRotating(t *testing.T, data string, while time.Duration) {
	t.Helper()
	cmd := exec.Command("registre", "key", "rotate", "--reason", "x", "--data", data)
	var said strings.Builder
	cmd.Stderr = &said
	require.NoError(t, cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for made := false; !made; {
		select {
		case err := <-ended:
			require.NoError(t, err, said.String())
			return
		case <-time.After(time.Millisecond):
			_, err := os.Stat(filepath.Join(data, "key.next"))
			made = err == nil
		}
	}
	select {
	case <-ended:
	case <-time.After(while):
		if err := cmd.Process.Kill(); !errors.Is(err, os.ErrProcessDone) {
			require.NoError(t, err)
		}
		<-ended
	}
}
