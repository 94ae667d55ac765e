package jetstream

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"registre/eventstore"
)

const childFolder = "REGISTRE_TEST_CHILD_FOLDER"

// TestChild is the process that TestKill kills: it writes without end and says what it was promised.
func TestChild(t *testing.T) {
	dir := os.Getenv(childFolder)
	if dir == "" {
		t.Skip("only as the child of TestKill")
	}
	ctx := context.Background()
	s, err := Open(ctx, dir, Options{Create: true})
	require.NoError(t, err)
	ends := map[string]uint64{}
	for g := range 10 {
		group := fmt.Sprint("g", g)
		ends[group] = uint64(len(read(t, s, group)))
	}
	for round := 0; ; round++ {
		var appends []eventstore.Append
		for i := range 300 {
			group := fmt.Sprint("g", (round+i)%10)
			a := childAppend(group, ends[group], 1+(round+i)%4)
			ends[group] += uint64(len(a.Bodies))
			appends = append(appends, a)
		}
		for _, err := range s.Write(ctx, appends) {
			require.NoError(t, err)
		}
		require.NoError(t, s.Sync(ctx))
		line, err := json.Marshal(ends)
		require.NoError(t, err)
		fmt.Printf("promised %s\n", line)
	}
}

// childAppend makes an append whose bodies say how many there are before and after each.
func childAppend(group string, after uint64, n int) eventstore.Append {
	var bodies []string
	for i := range n {
		bodies = append(bodies, fmt.Sprintf("%s %d %d/%d %s", group, after+uint64(i)+1, i+1, n, strings.Repeat("x", 400)))
	}
	return events(group, after, bodies...)
}

// TestKill kills a writing process, several times on the same folder: what was promised is there, and every append whole.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	promised := map[string]uint64{}
	for range 5 {
		writeAndKill(t, dir, promised)
		start := time.Now()
		s, err := Open(t.Context(), dir, Options{})
		require.NoError(t, err)
		took := time.Since(start)
		total := 0
		for group, end := range promised {
			bodies := read(t, s, group)
			require.GreaterOrEqual(t, uint64(len(bodies)), end, group)
			checkChildBodies(t, group, bodies)
			total += len(bodies)
		}
		t.Logf("opened %d events after kill -9 in %v", total, took)
		require.NoError(t, s.Close())
	}
}

func checkChildBodies(t *testing.T, group string, bodies []string) {
	t.Helper()
	next, of := 1, 0
	for i, body := range bodies {
		var name string
		var number, place, n int
		_, err := fmt.Sscanf(body, "%s %d %d/%d", &name, &number, &place, &n)
		require.NoError(t, err)
		require.Equal(t, []any{group, i + 1, next}, []any{name, number, place})
		if next, of = place+1, n; place == n {
			next = 1
		}
	}
	require.Equal(t, 1, next, "%s ends within an append of %d", group, of)
}

func writeAndKill(t *testing.T, dir string, promised map[string]uint64) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestChild$", "-test.v")
	child.Env = append(os.Environ(), childFolder+"="+dir)
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	kill := time.AfterFunc(90*time.Second, func() { _ = child.Process.Kill() })
	defer kill.Stop()
	rounds := 0
	for lines := bufio.NewScanner(out); lines.Scan(); {
		line, ok := strings.CutPrefix(lines.Text(), "promised ")
		if !ok || json.Unmarshal([]byte(line), &promised) != nil {
			continue // cut short by the kill
		}
		if rounds++; rounds == 3 { // however long these took on a busy machine
			kill.Reset(300 * time.Millisecond)
		}
	}
	require.Error(t, child.Wait())
	require.Greater(t, rounds, 2, "the child must have written")
}
