package main

import (
	"bytes"
	"context"
	"flag"
	"io"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
)

var giveWayRounds = flag.Int("giveway.rounds", 4, "how often a server wants the folder")

// A verbRun is a verb that runs in a process of its own.
type verbRun struct {
	cmd       *exec.Cmd
	out, errs heard
	ended     chan error
}

func startVerb(t *testing.T, args ...string) *verbRun {
	t.Helper()
	v := &verbRun{cmd: exec.CommandContext(context.Background(), "registre", args...), ended: make(chan error, 1)}
	v.cmd.Stdout, v.cmd.Stderr = &v.out, &v.errs
	require.NoError(t, v.cmd.Start())
	go func() { v.ended <- v.cmd.Wait() }()
	t.Cleanup(func() { _ = v.cmd.Process.Kill() })
	return v
}

// holds waits until a process holds the folder and can be reached.
func (v *verbRun) holds(t *testing.T, data string) {
	t.Helper()
	require.Eventually(t, func() bool {
		if lockHolder(filepath.Join(data, "lock")) != v.cmd.Process.Pid {
			return false
		}
		r, err := dial(t.Context(), data)
		_ = r.Close()
		return err == nil
	}, untilGivenUp, 5*time.Millisecond, &v.errs)
}

// interrupt ends it as Ctrl-C does.
func (v *verbRun) interrupt(t *testing.T) {
	t.Helper()
	require.NoError(t, v.cmd.Process.Signal(syscall.SIGINT))
	require.NoError(t, <-v.ended, &v.errs)
}

// A throng is verbs that record on a folder, one after the other and at once, whoever holds it.
type throng struct {
	t        *testing.T
	data     string
	all      sync.WaitGroup
	mu       sync.Mutex
	answered []string       // ids of commands
	faults   map[string]int // what they were told in between
}

func throngOf(ctx context.Context, t *testing.T, data string) *throng {
	w := &throng{t: t, data: data, faults: map[string]int{}}
	for range 2 {
		w.all.Go(func() {
			for ctx.Err() == nil {
				w.bring(1) // a verb that comes and goes
			}
		})
		w.all.Go(func() {
			for ctx.Err() == nil {
				w.bring(40) // one that stays for a while
			}
		})
	}
	return w
}

// bring is a verb that brings commands; each until it is answered, with the same id.
func (w *throng) bring(commands int) {
	a := newApp(nil, io.Discard, io.Discard)
	a.data = w.data
	defer a.letGo()
	d, err := a.open(context.Background(), false)
	if err != nil {
		w.count(faultOf(err).Name)
		return
	}
	for range commands {
		c := domain.Command{
			ID: uuid.New(), Group: domain.GroupID("g" + decimal(uint64(rand.IntN(noticesGroups)))), Effective: domain.OnDay(on(2024, 2, 1)), Actor: "a",
		}
		c.Act = &domain.MemberJoined{Basis: "b", Member: domain.MemberID("m" + c.ID.String()[:8]), Name: "M"}
		text, err := eventstore.AppendCommand(nil, &c)
		if err != nil {
			panic(err)
		}
		for tries := 0; ; tries++ {
			if _, err = d.Record(context.Background(), text); err == nil || tries == 100 {
				break
			}
			w.count(faultOf(err).Name)
		}
		w.mu.Lock()
		w.answered = append(w.answered, c.ID.String())
		w.mu.Unlock()
		time.Sleep(5 * time.Millisecond)
	}
	if err := d.Close(); err != nil {
		w.count("closing: " + faultOf(err).Name)
	}
}

func (w *throng) count(fault string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults[fault]++
}

// followersOn are verbs that follow a folder through whoever holds it, by what tells at the end what they should have told.
func followersOn(t *testing.T, data string) map[string]*verbRun {
	t.Helper()
	all := map[string]*verbRun{}
	for _, line := range []string{"follow g3 --json", "notices --json --follow --kind member-joined", "notices g5 --json --follow"} {
		all[line] = startVerb(t, append(strings.Fields(line), "--data", data)...)
	}
	return all
}

// toldAll waits until each follower has told everything, and in which order.
func toldAll(t *testing.T, data string, followers map[string]*verbRun) {
	t.Helper()
	for line, v := range followers {
		var want string
		if args := strings.Fields(strings.ReplaceAll(line, " --follow", "")); args[0] == "notices" {
			out, exit := command(t, t.TempDir(), append(args, "--data", data)...)
			require.Zero(t, exit, out)
			want = out
		} else {
			want = recordsOf(t, data, domain.GroupID(args[1]))
		}
		require.Eventually(t, func() bool { return len(v.out.String()) >= len(want) }, untilGivenUp, 20*time.Millisecond, "%s: %s", line, &v.errs)
		require.Equal(t, strings.Split(want, "\n"), strings.Split(v.out.String(), "\n"), line)
		v.interrupt(t)
	}
}

// recordsOf is a register as follow --json tells it.
func recordsOf(t *testing.T, data string, group domain.GroupID) string {
	t.Helper()
	d, err := openDesk(t.Context(), deskOptions{house: house{Data: data}, Now: time.Now})
	require.NoError(t, err)
	defer d.Close()
	var b bytes.Buffer
	for r, err := range d.Records(t.Context(), group, 0, false) {
		require.NoError(t, err)
		b.Write(append(r.Body, '\n'))
	}
	return b.String()
}

// TestGivesWay: a verb that holds the folder gives way to a server; two servers may want it at once, the server or the holder be killed
// on the way, and verbs record through whoever holds it: who follows is told everything once and in order, and a command that was answered
// is recorded once.
//
//	go test ./cmd/registre -run TestGivesWay -giveway.rounds=20 -timeout 30m
func TestGivesWay(t *testing.T) {
	oneByOne(t)
	data := groupsJoined(t, 1)
	faults, answered := map[string]int{}, 0
	for round := range *giveWayRounds {
		holder := startVerb(t, "follow", "--json", "--data", data)
		holder.holds(t, data)
		followers := followersOn(t, data)
		ctx, stop := context.WithCancel(t.Context())
		w := throngOf(ctx, t, data)
		time.Sleep(time.Duration(200+rand.IntN(200)) * time.Millisecond)
		wants := []func(*testing.T, string, *verbRun){comesAndGoes, isKilled, holderIsKilled, twoAtOnce}[round%4]
		wants(t, data, holder)
		stop()
		w.all.Wait()
		toldAll(t, data, followers)
		_ = holder.cmd.Process.Signal(syscall.SIGINT)
		<-holder.ended
		times := map[string]int{}
		for g := range noticesGroups {
			for id, n := range recordedOf(t, data, domain.GroupID("g"+decimal(uint64(g))), 0) {
				times[id] += n
			}
		}
		for _, id := range w.answered {
			require.Equal(t, 1, times[id], id)
		}
		answered += len(w.answered)
		for name, n := range w.faults {
			faults[name] += n
		}
	}
	for name := range faults {
		require.Contains(t, []string{"unreachable", "locked"}, name, "nobody is told more than to come again")
	}
	out, exit := command(t, filepath.Dir(data), "verify", "--full", "--data", data)
	require.Zero(t, exit, out)
	t.Logf("%d commands answered, each there once; told in between: %v", answered, faults)
}

// comesAndGoes: the server serves, and is ended in order.
func comesAndGoes(t *testing.T, data string, holder *verbRun) {
	s := startServing(t, data, "")
	require.Equal(t, s.cmd.Process.Pid, lockHolder(filepath.Join(data, "lock")))
	time.Sleep(200 * time.Millisecond)
	require.Contains(t, s.log.String(), "gives way")
	require.NoError(t, s.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, s.cmd.Wait(), s.log)
	require.Empty(t, holder.ended, "%s", &holder.errs)
}

// isKilled: the server is killed at any moment from before it asks to after it serves.
func isKilled(t *testing.T, data string, holder *verbRun) {
	s := startVerb(t, "serve", "--listen", "127.0.0.1:0", "--data", data)
	midst(t, s, 100*time.Millisecond)
	require.NoError(t, s.cmd.Process.Kill())
	<-s.ended
	t.Logf("the server was killed; asked: %t, served: %t", strings.Contains(s.errs.String(), "gives way"), s.out.String() != "")
	time.Sleep(200 * time.Millisecond)
	require.Empty(t, holder.ended, "%s", &holder.errs)
}

// midst waits until a server runs, and then for some time within which it takes the folder.
func midst(t *testing.T, s *verbRun, within time.Duration) {
	t.Helper()
	require.Eventually(t, func() bool { return strings.Contains(s.errs.String(), "opening") }, untilGivenUp, time.Millisecond)
	time.Sleep(time.Duration(rand.Int64N(int64(within))))
}

// holderIsKilled: whoever is to give way is killed meanwhile.
func holderIsKilled(t *testing.T, data string, holder *verbRun) {
	s := startVerb(t, "serve", "--listen", "127.0.0.1:0", "--lang", "en", "--data", data)
	midst(t, s, 30*time.Millisecond)
	held := lockHolder(filepath.Join(data, "lock")) == holder.cmd.Process.Pid
	require.NoError(t, holder.cmd.Process.Kill())
	serves(t, s)
	t.Logf("the holder was killed; asked: %t, held the folder still: %t", strings.Contains(s.errs.String(), "gives way"), held)
	require.NoError(t, s.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, <-s.ended, &s.errs)
}

// twoAtOnce: one of two servers serves, and the other ends with R0858.
func twoAtOnce(t *testing.T, data string, holder *verbRun) {
	var two []*verbRun
	for range 2 {
		two = append(two, startVerb(t, "serve", "--listen", "127.0.0.1:0", "--lang", "en", "--data", data))
	}
	one, other := two[0], two[1]
	select {
	case err := <-one.ended:
		one.ended <- err
		one, other = other, one
	case err := <-other.ended:
		other.ended <- err
	}
	require.Error(t, <-other.ended)
	require.Contains(t, other.errs.String(), "R0858")
	serves(t, one)
	require.NoError(t, one.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, <-one.ended, &one.errs)
	require.Empty(t, holder.ended, "%s", &holder.errs)
}

func serves(t *testing.T, s *verbRun) {
	t.Helper()
	require.Eventually(t, func() bool { return strings.Contains(s.out.String(), "Serving on") }, untilGivenUp, 5*time.Millisecond, &s.errs)
}
