package harness

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
)

// A smallDisk is a file system in memory that is soon full.
type smallDisk struct{ mount string }

func newSmallDisk(t *testing.T) smallDisk {
	t.Helper()
	d := smallDisk{filepath.Join(t.TempDir(), "mount")}
	require.NoError(t, os.Mkdir(d.mount, 0o755))
	if err := run("mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", d.mount); err != nil {
		t.Skipf("no small disk can be made here: %v", err)
	}
	t.Cleanup(func() { _ = (&disk{mount: d.mount}).off() })
	return d
}

// fill writes a file until not one byte more goes onto the disk, again and again until it is stopped.
func (d smallDisk) fill(t *testing.T, stop <-chan struct{}) {
	file, err := os.Create(filepath.Join(d.mount, "filler"))
	if err != nil {
		t.Error(err)
		return
	}
	defer file.Close()
	for chunk := make([]byte, 1<<16); ; {
		if _, err := file.Write(chunk); err != nil && len(chunk) > 1 {
			chunk = chunk[:len(chunk)/2]
		} else if err != nil {
			time.Sleep(time.Millisecond)
		}
		select {
		case <-stop:
			return
		default:
		}
	}
}

// outcomes are what writers were answered.
type outcomes struct {
	mu                            sync.Mutex
	done, refused, failed, unsure []domain.Command
	causes                        map[string]int
}

// write records until it is told that something did not succeed. It is as an office that is in no hurry to stop: it tries a few more.
func (o *outcomes) write(t *testing.T, ledger *eventstore.Ledger, group domain.GroupID) {
	for failures := 0; failures < 3; {
		c := command(group, &domain.ObligationSet{Article: fmt.Sprint(time.Now().UnixNano()), Basis: "L2113-6", Text: strings.Repeat("x", domain.MaxText)})
		_, err := ledger.Do(t.Context(), c)
		o.mu.Lock()
		switch {
		case err == nil:
			o.done = append(o.done, c)
		case errors.Is(err, eventstore.ErrNotWritten):
			o.refused, failures = append(o.refused, c), failures+1
		case errors.Is(err, eventstore.ErrUnknown):
			o.unsure, failures = append(o.unsure, c), failures+1
		default:
			o.failed, failures = append(o.failed, c), failures+1
		}
		if err != nil {
			o.causes[fmt.Sprintf("%.120s", err)]++
		}
		o.mu.Unlock()
	}
}

// TestFullDisk fills a small disk with both copies, or beneath them: what was answered is there, what was answered as not written is
// not, and once there is room the same folder goes on; every command that was given again counts once.
func TestFullDisk(t *testing.T) {
	for name, of := range map[string]struct {
		somebodyElse bool
		leaving      uint64 // of the disk, as it is asked for before anything is sent; with hardly anything writes fail in their midst
	}{
		"by both copies": {false, 1 << 20}, "by somebody else": {true, 1 << 20},
		"by both copies, to the last byte": {false, 1}, "by somebody else, to the last byte": {true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			d := newSmallDisk(t)
			h, err := openLeaving(t.Context(), d.mount, earnest, cutAfter(), of.leaving)
			require.NoError(t, err)
			ledger := eventstore.NewLedger(h.store, eventstore.LedgerOptions{})
			o := &outcomes{causes: map[string]int{}}
			stop := make(chan struct{})
			var filler, writers sync.WaitGroup
			for i := range 6 {
				group := domain.GroupID(fmt.Sprint("g", i))
				_, err := ledger.Do(t.Context(), founding(group))
				require.NoError(t, err)
				writers.Go(func() { o.write(t, ledger, group) })
			}
			if of.somebodyElse {
				time.Sleep(100 * time.Millisecond)
				filler.Go(func() { d.fill(t, stop) })
			}
			writers.Wait()
			close(stop)
			filler.Wait()
			closed := h.store.Close()
			t.Logf("%d answered, %d not written, %d unknown, %d failed otherwise; closed: %v; %v", len(o.done), len(o.refused), len(o.unsure), len(o.failed), closed, o.causes)
			d.makeRoom(t)
			o.hold(t, d.mount)
		})
	}
}

func (d smallDisk) makeRoom(t *testing.T) {
	t.Helper()
	require.NoError(t, os.RemoveAll(filepath.Join(d.mount, "filler")))
	require.NoError(t, run("mount", "-o", "remount,size=400m", d.mount))
}

// hold holds a folder that has room again to what was answered, and goes on in it.
func (o *outcomes) hold(t *testing.T, dir string) {
	t.Helper()
	require.NotEmpty(t, o.done)
	require.NotEmpty(t, append(append(o.refused, o.unsure...), o.failed...))
	found := look(t, dir, 0)
	for _, c := range o.done {
		require.True(t, found.commands[c.ID], "it was answered, and is not there")
	}
	for _, c := range o.refused {
		require.False(t, found.commands[c.ID], "it was answered as not written, and is there")
	}
	h, err := open(t.Context(), dir, earnest, 0)
	require.NoError(t, err)
	ledger := eventstore.NewLedger(h.store, eventstore.LedgerOptions{})
	for _, all := range [][]domain.Command{o.refused, o.unsure, o.failed, o.done[:3]} {
		for _, c := range all {
			_, err := ledger.Do(t.Context(), c)
			require.NoError(t, err, "given again, with room")
		}
	}
	require.NoError(t, h.store.Close())
	after := look(t, dir, 0)
	require.Len(t, after.commands, len(o.done)+len(o.refused)+len(o.unsure)+len(o.failed)+6, "each once")
	checkLogs(t, dir, publicKey(t, dir))
}
